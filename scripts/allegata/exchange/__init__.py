"""Doors for external data sets: a researcher's own copy becomes tables of our schema. Nothing is shipped."""
