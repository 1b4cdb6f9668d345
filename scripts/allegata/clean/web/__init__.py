"""Cleaning of web pages: which lines of a page are its article, and why the others are not."""
