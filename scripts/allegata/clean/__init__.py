"""Cleaning: a source text to typed removals. Nothing is rewritten; spans are marked as removed."""
