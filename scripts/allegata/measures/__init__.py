"""Matching, agreement, resampling, ranking: pure functions."""
