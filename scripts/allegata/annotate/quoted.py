"""Which sentences of the articles the guidelines quote: an annotator has seen the answer to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LEAST = 8  # consecutive words; fewer are a phrase, which another sentence may share
SECTIONS = ("4.7", "10")
_HEADING = re.compile(r"^(#+) +([\d.]*\d)\b.*$", re.MULTILINE)
_EXAMPLE = re.compile(r"`([^`]*)`|^\d+\. (.*)$", re.MULTILINE)
_BRACKET = re.compile(r"\[(?:\d+[a-z]?\b)?|\]")  # `[1a This] is claimed [1b to be`
_WORD = re.compile(r"\w+")


def section(guidelines: str, number: str) -> str:
    """The text of a numbered section of a Markdown file, up to the next heading of its depth or above."""
    headings = list(_HEADING.finditer(guidelines))
    for index, match in enumerate(headings):
        if match[2] == number:
            later = (other.start() for other in headings[index + 1 :] if len(other[1]) <= len(match[1]))
            return guidelines[match.end() : next(later, len(guidelines))]
    return ""


def _runs(texts: Iterable[str]) -> set[tuple[str, ...]]:
    runs = set()
    for text in texts:
        for piece in re.split("…", text):  # a dash or dots stand for words that are left out
            words = _WORD.findall(piece.casefold())
            runs |= {tuple(words[start : start + LEAST]) for start in range(len(words) - LEAST + 1)}
    return runs


def quoted_sentences(guidelines: str, sentences: Sequence[str]) -> list[bool]:
    """For each sentence: do the worked sentences or hard cases quote eight or more consecutive words of it?

    The brackets of the worked notation and the digits that number its claims are not words.
    """
    examples = (
        _BRACKET.sub("", example)
        for number in SECTIONS
        for match in _EXAMPLE.finditer(section(guidelines, number))
        for example in match.groups()
        if example
    )
    runs = _runs(examples)
    return [bool(_runs([sentence]) & runs) for sentence in sentences]
