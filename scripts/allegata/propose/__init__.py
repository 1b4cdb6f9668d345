"""Machine proposals for new articles: mentions, attributions, claims; to be corrected by people."""
