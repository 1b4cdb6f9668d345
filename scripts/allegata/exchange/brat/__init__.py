"""brat standoff: what brat writes and reads, and what other programs write for it."""
