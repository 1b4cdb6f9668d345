"""Normalised text, for comparison only: it never leaves the program and never replaces a text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

# Combining characters in a row. The Stream-Safe Text Format of Unicode (UAX 15, section 13) has 30 at most, and the
# time of normalisation grows with the square: 40,000 took 1.6 s.
MOST_MARKS = 1_000
_LAST_MARK = 0x1F000  # Unicode has none beyond


def normalise(text: str) -> str:
    """NFKC, case folded, runs of blanks as one space, no blanks at the edges."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_digest(text: str) -> str:
    """sha256 (hex) of the normalised text: equal for texts that differ in case, width or blanks only."""
    return hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()


def has_endless_marks(text: str) -> bool:
    """True if more than `MOST_MARKS` combining characters follow one another in `text`: no normalisation may see it."""
    return not text.isascii() and bool(_endless_marks().search(text))


@cache
def _endless_marks() -> re.Pattern[str]:
    marks = "".join(character for character in map(chr, range(_LAST_MARK)) if unicodedata.combining(character))
    return re.compile(f"[{marks}]{{{MOST_MARKS + 1}}}")
