"""Fingerprints that find a text again in a copy of it, and say too little for anybody to read it.

A text is compared by its letters and digits alone: without case, accents, blanks, punctuation and the spelling of HTML
entities. Its letters are cut into windows that do not overlap; of each window `BITS` of a hash are kept. A copy is
searched at every letter, so windows are found again behind what was inserted or deleted (the algorithm of rsync,
Tridgell and Mackerras 1996).

Why this cannot be read: printed English holds at least 0.6 bits a letter (Shannon 1951), a window therefore 38 bits or
more; of these `BITS` are given away. Far more texts fit than a reader could tell apart, and since windows do not
overlap, who knows one cannot go on from letter to letter.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import NamedTuple

from allegata.text.alignment import increasing
from allegata.text.spans import Span

WINDOW = 64
BITS = 16
_SHORT = 4  # windows: an edit or two may leave no pair of them in a row but the last
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


@dataclass(frozen=True)
class Letters:
    """The letters and digits of a text as one string; `starts` and `ends` of each in the text."""

    string: str
    starts: Sequence[int]
    ends: Sequence[int]
    text: str

    @classmethod
    def of(cls, text: str) -> Letters:
        """The letters of `text`."""
        letters: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        entities = {match.start(): match.end() for match in _ENTITY.finditer(text)} if "&" in text else {}
        position, length = 0, len(text)
        while position < length:
            end = entities.get(position, position + 1)
            found = text[position:end] if end == position + 1 else unescape(text[position:end])
            for letter in map(_base, found):
                letters.append(letter)
                starts += [position] * len(letter)
                ends += [end] * len(letter)
            position = end
        return cls("".join(letters), starts, ends, text)

    @property
    def digest(self) -> str:
        """The sha256 of all letters."""
        return hashlib.sha256(self.string.encode()).hexdigest()

    def before(self, position: int) -> int:
        """How many letters begin before a place of the text."""
        return bisect_right(self.starts, position - 1)

    def gap(self, letter: int) -> Span:
        """The place of the text between a letter and the one before it."""
        start = self.ends[letter - 1] if letter else 0
        end = self.starts[letter] if letter < len(self.starts) else len(self.text)
        return Span(min(start, end), end)


def letters_alone(text: str) -> str:
    """The string of `Letters.of(text)`, without the places: of short words in a fifth of the time."""
    return Letters.of(text).string if "&" in text else "".join(map(_base, text))


@lru_cache(maxsize=1 << 16)
def _base(char: str) -> str:
    """The letters of a character without case and marks."""
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    found = unicodedata.normalize("NFKD", char).casefold()
    return "".join(letter for letter in found if letter.isalnum())


def windows(length: int) -> list[Span]:
    """The windows of so many letters; the last one holds what is too short for one of its own."""
    count = max(1, length // WINDOW)
    return [Span(at * WINDOW, length if at == count - 1 else (at + 1) * WINDOW) for at in range(count)]


def fingerprints(letters: str) -> list[int]:
    """`BITS` of the hash of every window."""
    return [_hash(letters[start:end]) for start, end in windows(len(letters))]


def _hash(letters: str) -> int:
    return int.from_bytes(hashlib.blake2b(letters.encode(), digest_size=BITS // 8).digest(), "big")


class Run(NamedTuple):
    """So many letters are the same from these two places on."""

    start: int
    other: int
    length: int


def common_runs(prints: Sequence[int], length: int, copy: str) -> list[Run]:
    """The stretches that a text of `length` letters, of which only the fingerprints are known, has in common with the
    letters of a copy, in the order of both. A place is trusted where two windows in a row are found there."""
    places, hashes = windows(length), _hashes(copy)
    only: dict[tuple[int, int], int | None] = {}  # where two windows in a row are; None if in several places
    for at, two in enumerate(zip(hashes[:-WINDOW], hashes[WINDOW:], strict=True)):
        only[two] = None if two in only else at
    anchors = []
    for number, pair in enumerate(pairwise(prints)):
        longer = places[number + 1].length - WINDOW  # of the last window
        place = _only(hashes, copy, pair, longer) if longer else only.get(pair)
        if place is not None:
            anchors.append((number, place))
    runs: list[Run] = []
    for number, place in increasing(anchors):
        both = Run(places[number].start, place, places[number].length + places[number + 1].length)
        last = runs[-1] if runs else Run(0, 0, 0)
        end = last.start + last.length
        if runs and both.start <= end and both.other - both.start == last.other - last.start:
            runs[-1] = last._replace(length=both.start + both.length - last.start)
        elif both.start >= end and both.other >= last.other + last.length:
            runs.append(both)
    return runs


def _hashes(copy: str) -> list[int]:
    """The hash of a window at every letter where one fits."""
    return [_hash(copy[place : place + WINDOW]) for place in range(len(copy) - WINDOW + 1)]


def _only(hashes: Sequence[int], copy: str, pair: tuple[int, int], longer: int) -> int | None:
    """The one place of two windows in a row, the second so much longer; None if there is none, or several."""
    found = (
        place
        for place, one in enumerate(hashes[: -WINDOW - longer])
        if one == pair[0] and _hash(copy[place + WINDOW : place + 2 * WINDOW + longer]) == pair[1]
    )
    place = next(found, None)
    return place if next(found, None) is None else None


def search_keys(prints: Sequence[int]) -> list[int]:
    """Numbers by which a text is sought among many: two fingerprints in a row as one; of a short text each as well."""
    alone = [-1 - one for one in prints] if len(prints) <= _SHORT else []
    return [first << BITS | second for first, second in pairwise(prints[:-1])] + alone


def keys_anywhere(copy: str) -> set[int]:
    """The same numbers, at every letter of a copy."""
    hashes = _hashes(copy)
    pairs = {first << BITS | second for first, second in zip(hashes[:-WINDOW], hashes[WINDOW:], strict=True)}
    return pairs | {-1 - one for one in hashes}


class Edge(NamedTuple):
    """A place of a text as it can be found again without the text: how many letters and visible marks stand before it.

    `marks` of the characters since the last letter stand before it, `marks_behind` up to the next. `blanks`: 1 where a
    blank is before it, 2 where one is behind, 3 for both.
    """

    offset: int
    letters: int
    marks: int
    marks_behind: int
    blanks: int


def edge(letters: Letters, offset: int) -> Edge:
    """The edge at a place of a text."""
    number, text = letters.before(offset), letters.text
    start, end = letters.gap(number)
    before, behind = text[start : max(start, offset)], text[min(offset, end) : end]
    blanks = text[max(0, offset - 1) : offset].isspace() + 2 * text[offset : offset + 1].isspace()
    return Edge(offset, number, _visible(before), _visible(behind), blanks)


def _visible(text: str) -> int:
    return sum(1 for char in text if not char.isspace())


def place_of(found: Edge, letters: Letters, mapped: Mapped, *, is_start: bool) -> int | None:
    """Where an edge stands in a copy; None where the letters beside it, inside its span, are not found."""
    behind, before = mapped(found.letters), mapped(found.letters - 1)
    number = behind if behind is not None else None if before is None else before + 1
    if not is_start and before is not None:
        number = before + 1
    if number is None:
        return None
    start, end = letters.gap(number)
    text = letters.text
    marks = [at for at in range(start, end) if not text[at].isspace()]
    if is_start:
        place = marks[found.marks] if found.marks_behind and found.marks < len(marks) else end
        while found.blanks & 2 and place > start and text[place - 1].isspace():
            place -= 1
        return place
    if found.marks and not found.marks_behind:
        place = marks[-1] + 1 if marks else start
    else:
        place = marks[min(found.marks, len(marks)) - 1] + 1 if found.marks and marks else start
    while found.blanks & 1 and place < end and text[place].isspace():
        place += 1
    return place


class Mapped:
    """Where each letter of a text stands among those of a copy."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._starts = [run.start for run in runs]

    def __call__(self, letter: int) -> int | None:
        """The place of a letter; None where it is not found."""
        run = self._run(letter)
        return None if run is None else letter - run.start + run.other

    def are_same(self, span: Span) -> bool:
        """Whether the copy has these letters in one piece."""
        run = self._run(span.start)
        return run is not None and span.end <= run.start + run.length

    def _run(self, letter: int) -> Run | None:
        at = bisect_right(self._starts, letter) - 1
        run = self._runs[at] if at >= 0 else None
        return run if run is not None and run.start <= letter < run.start + run.length else None
