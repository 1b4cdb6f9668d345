"""The data card and its pages."""
