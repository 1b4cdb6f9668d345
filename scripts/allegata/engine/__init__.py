"""Ground floor: two verbs, map and shuffle, over Arrow tables: in this process, in a pool, or on a Ray cluster."""
