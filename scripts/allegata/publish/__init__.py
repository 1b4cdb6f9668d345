"""Publication: layers projected through what is left, splits, Parquet, card, Croissant, the release transaction."""
