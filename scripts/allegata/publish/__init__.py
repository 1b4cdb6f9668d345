"""Publication: splits, Parquet, digests, features, configs, Croissant, card, and the release transaction."""
