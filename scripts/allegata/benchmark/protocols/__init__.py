"""Published protocols: train by their rules, print our row inside their table."""
