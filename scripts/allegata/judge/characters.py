"""The characters and words of a text as arrays: what kind each character is, and which words are equal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

LOWER, UPPER, DIGIT, SPACE, COMMA, END, COLON, QUOTE, SYMBOL, OTHER, MARK, DENSE = range(12)
_GROUPS = (
    (END, ".!?…。！？｡।॥؟۔։።៕។჻"),
    (COMMA, ",，、،՝፣;；"),
    (QUOTE, "\"'“”„«»‘’‚‹›「」『』"),
    (COLON, ":"),
    (SYMBOL, "|/@#•·*_&"),
)
_KNOWN = {character: kind for kind, group in _GROUPS for character in group}
# Code points of scripts that write no blanks between words: a character is half a word there.
_DENSE = (
    *((0x0E00, 0x10A0), (0x1780, 0x1800), (0x2E80, 0xA4D0)),
    *((0xF900, 0xFB00), (0x1B000, 0x1B170), (0x20000, 0x32000)),
)


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of `text`."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def kinds(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The kind of every character."""
    if not len(codes):
        return np.zeros(0, np.uint8)
    table = np.zeros(codes.max() + 1, np.uint8)
    table[codes] = 1
    met = np.flatnonzero(table)
    table[met] = [_kind(code) for code in met.tolist()]
    return table[codes]


def is_dense(character: str) -> bool:
    """True for a character of a script that writes no blanks between words."""
    return _kind(ord(character)) == DENSE


@lru_cache(maxsize=1 << 14)
def _kind(code: int) -> int:
    character = chr(code)
    if character in _KNOWN:
        return _KNOWN[character]
    category = unicodedata.category(character)
    if category == "Lo":
        return DENSE if any(start <= ord(character) < end for start, end in _DENSE) else LOWER
    if category in ("Ll", "Lm"):
        return LOWER
    if category in ("Lu", "Lt"):
        return UPPER
    if category[0] == "N":
        return DIGIT
    if category[0] == "Z" or character in "\t\n\r":
        return SPACE
    return {"M": MARK, "S": SYMBOL}.get(category[0], OTHER)


_AT_ONCE = 1 << 20  # characters: memory does not grow with a text
_POWERS = np.array([pow(0x9E3779B97F4A7C15, k + 1, 1 << 64) for k in range(64)], np.uint64)


@dataclass(frozen=True)
class Text:
    """A text of N characters as arrays of length N."""

    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, text: str) -> Text:
        """The arrays of `text`."""
        codes = code_points(text)
        return cls(codes, kinds(codes))

    @cached_property
    def _bounds(self) -> tuple[Indices, Indices]:
        inside = (self.kinds <= DIGIT) | (self.kinds >= MARK)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.view(np.int8), [0]))))
        return edges[::2], edges[1::2]

    @property
    def words(self) -> Indices:
        """Where each word begins."""
        return self._bounds[0]

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """One number a word, the same for the same word in capitals and in small letters (A to Z)."""
        starts, ends = self._bounds
        found = np.empty(len(starts), np.uint64)
        cuts = np.searchsorted(starts, np.arange(0, len(self.codes), _AT_ONCE)).tolist()
        for few in (slice(*cut) for cut in pairwise([*cuts, len(starts)])):
            if few.start < few.stop:
                found[few] = _hashes(self.codes[starts[few.start] : ends[few.stop - 1]], starts[few], ends[few])
        return found

    def count(self, hits: Flags, starts: Indices, ends: Indices) -> Indices:
        """How many of `hits` lie in each of the spans `[starts, ends)`."""
        places = np.flatnonzero(hits)
        return np.searchsorted(places, ends) - np.searchsorted(places, starts)

    def count_kind(self, kind: int, starts: Indices, ends: Indices) -> Indices:
        """How many characters of one kind lie in each span."""
        return self.count(self.kinds == kind, starts, ends)


def _hashes(codes: NDArray[np.uint32], starts: Indices, ends: Indices) -> NDArray[np.uint64]:
    """The numbers of words `[starts, ends)`, of which `codes` are the characters from the first start on."""
    starts, ends = starts - starts[0], ends - starts[0]
    low = np.where((codes >= 65) & (codes <= 90), codes + 32, codes).astype(np.uint64)
    place = np.arange(len(codes)) - np.repeat(starts, np.diff(np.append(starts, len(codes))))
    mixed = (low + np.uint64(977)) * _POWERS[np.minimum(place, 63)]
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)))
    found: NDArray[np.uint64] = sums[ends] - sums[starts]
    return found
