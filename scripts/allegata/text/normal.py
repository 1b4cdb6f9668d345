"""Normalised text, for comparison only: it never leaves the program and never replaces a text."""

from __future__ import annotations

import hashlib
import unicodedata


def normalise(text: str) -> str:
    """NFKC, case folded, runs of blanks as one space, no blanks at the edges."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_digest(text: str) -> str:
    """sha256 (hex) of the normalised text: equal for texts that differ in case, width or blanks only."""
    return hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()
