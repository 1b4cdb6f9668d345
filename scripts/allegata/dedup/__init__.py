"""Deduplication: exact copies, near-duplicates, passages shared by many articles."""
