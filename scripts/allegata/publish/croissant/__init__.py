"""The Croissant document of a version."""
