"""Normalised text, for comparison only: it never leaves the program and never replaces a text."""

from __future__ import annotations

import hashlib
import unicodedata
from itertools import chain, takewhile

# Combining characters in a row. The Stream-Safe Text Format of Unicode (UAX 15, section 13) has 30 at most, and the
# time of normalisation grows with the square: 40,000 took 1.6 s.
MOST_MARKS = 1_000
# Lines of an article. Every rule looks at every line: 50 microseconds of CPU time a line on a busy machine; a million
# lines of one letter took 35 s and 940 MB. The most of 45 development pages, every twentieth, is 551.
MOST_LINES = 100_000


def normalise(text: str) -> str:
    """NFKC, case folded, runs of blanks as one space, no blanks at the edges."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_digest(text: str) -> str:
    """sha256 (hex) of the normalised text: equal for texts that differ in case, width or blanks only."""
    return hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()


def has_endless_marks(text: str) -> bool:
    """True if more than `MOST_MARKS` combining characters follow one another in `text`: no normalisation may see it."""
    is_mark = unicodedata.combining
    for at in range(0, len(text), MOST_MARKS):  # every run that is too long holds one of these places
        if is_mark(text[at]):
            before = takewhile(is_mark, reversed(text[max(0, at - MOST_MARKS) : at]))
            after = takewhile(is_mark, text[at : at + MOST_MARKS + 1])
            if sum(1 for _ in chain(before, after)) > MOST_MARKS:
                return True
    return False


_FOLD = {"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "–": "-", "—": "-", "…": "..."}


def for_matching(text: str) -> str:
    """`text` for matching: case folded, straight quotes and hyphens, single blanks."""
    if not text.isascii():  # no ASCII character is folded
        for character, plain in _FOLD.items():  # eight searches at C speed: a tenth of the time of str.translate
            text = text.replace(character, plain)
    return " ".join(text.casefold().split())
