"""Ground floor: two verbs, map and shuffle, over Arrow tables, on one machine or on a Ray cluster."""
