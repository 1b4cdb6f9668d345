"""What the words of a block say of it: learned weights of the words of short lines, of how long ones begin, and of the
heading above."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]+")
# Characters of a block that are read, and the most words of a short line and of a heading that says what follows.
_READ, _SHORT, _HEADING, _OPENING = 120, 14, 10, 4
_COUNTS = tuple(f"#{count}" for count in range(7))
# Letters of ASCII in lower case, blanks for all else.
_LETTERS = bytes(code | 32 if chr(code & 127).isalpha() and code < 128 else 32 for code in range(256))


def _words(text: str) -> list[str]:
    """The words of a text in lower case."""
    if text.isascii():
        return text.encode().translate(_LETTERS).decode().split()  # a fifth of the time of the pattern
    return _WORD.findall(text.lower())


def tokens_of(text: str) -> tuple[str, ...]:
    """The tokens of a block: all words of a short line and how many, the first words of a long one; in both the first
    two together. Each says which of the two it is."""
    words = _words(text[:_READ])
    short = len(text) <= _READ and len(words) <= _SHORT
    read, kind = (words, "w") if short else (words[:_OPENING], "s")
    pair = (f"{kind}:{words[0]} {words[1]}",) if len(words) > 1 else ()
    count = (_COUNTS[min(len(words), 6)],) if short else ()
    return (*dict.fromkeys(f"{kind}:{word}" for word in read), *pair, *count)


def heading_tokens_of(text: str) -> tuple[str, ...]:
    """The tokens that a heading gives the blocks below it."""
    words = _words(text[:_READ])
    if len(words) > _HEADING:
        return ("h:",)
    pair = (f"h:{words[0]} {words[1]}",) if len(words) > 1 else ()
    return (*dict.fromkeys(f"h:{word}" for word in words), *pair)


def below_headings(texts: Sequence[str], is_heading: Iterable[bool]) -> list[tuple[str, ...]]:
    """The tokens of the heading that each block stands below; those of a heading are its own."""
    found: list[tuple[str, ...]] = []
    current: tuple[str, ...] = ()
    for text, heading in zip(texts, is_heading, strict=True):
        if heading:
            current = heading_tokens_of(text)
        found.append(current)
    return found


class WordWeights:
    """Token -> its weight, a whole number."""

    def __init__(self, weights: Mapping[str, int]) -> None:
        self.weights = weights
        self._short, self._long = ({t[2:]: w for t, w in weights.items() if t[:2] == kind} for kind in ("w:", "s:"))
        self._counts = [weights.get(count, 0) for count in _COUNTS]

    def of_blocks(self, texts: Sequence[str], is_heading: NDArray[np.bool_]) -> NDArray[np.float64]:
        """For every block the weight of its words, and of the heading above it: two rows."""
        headings = np.flatnonzero(is_heading)
        weights = [
            sum(self.weights.get(token, 0) for token in heading_tokens_of(texts[at])) for at in headings.tolist()
        ]
        above = np.append(weights, 0)[np.searchsorted(headings, np.arange(len(texts)), "right") - 1]
        return np.array([list(map(self._of, texts)), above], float)

    def _of(self, text: str) -> int:
        """The weights of `tokens_of(text)`, without writing those."""
        words = _words(text[:_READ])
        if len(text) <= _READ and len(words) <= _SHORT:
            return _sum(self._short, words) + self._counts[min(len(words), 6)]
        return _sum(self._long, words[:_OPENING])


def _sum(weights: Mapping[str, int], words: list[str]) -> int:
    if len(words) < 2:
        return weights.get(words[0], 0) if words else 0
    return sum(map(weights.get, set(words), repeat(0)), weights.get(f"{words[0]} {words[1]}", 0))
