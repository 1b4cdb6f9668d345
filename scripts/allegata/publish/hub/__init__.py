"""A version on the Hub."""
