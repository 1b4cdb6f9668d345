"""Tasks, scores, baselines, external data sets and the leaderboard."""
