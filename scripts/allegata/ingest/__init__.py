"""Bytes to source text: the manifest, plain text, and what else raw/ may hold."""
