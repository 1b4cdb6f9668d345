"""Commands, and what people see on a terminal."""
