"""Annotation: gold files, drafts, registers; spans anchored to the source text or refused."""
