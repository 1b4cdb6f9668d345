"""Where an extractor's text stands in the source text, character by character.

Extractors rewrite blanks, join and split lines, drop footnote marks. So both texts are compared by their
letters and digits only: a line of the extract is looked up as one string in the letters of the source text
(one C-speed search a line), lines that stand in one place only first, the others between those. A line that
stands nowhere as a whole is found again piece by piece. Nothing is guessed: a letter is covered only if the
extract holds it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise

from allegata.text.spans import Span, union

_TOKEN = re.compile(r"[^\W_]+")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) != "\n")
# A line shorter than this may stand anywhere by chance; it is no anchor. (Letters.)
_ANCHOR = 24
# The shortest piece of a broken line that counts. (Letters.)
_PIECE = 16
# Letters that may be looked at for one page: a second or two. The largest of 990 development pages took 20 million.
_EFFORT = 2_000_000_000
# The characters of a line after which it is cut at a blank.
_LONG = 50_000
# How far ahead a line is looked for on a page beyond that. (Letters.)
_AHEAD = 200_000


@dataclass(frozen=True)
class Letters:
    """The letters and digits of a text as one string, with the way back.

    `at` has, for each line of the text, how many letters stand before it. `decomposed`: only base letters are
    compared, because the text is not in NFC and extractors normalise.
    """

    string: str
    text: str
    at: tuple[int, ...]
    decomposed: bool
    lines: dict[str, str] = field(repr=False, compare=False)  # of the text, with the letters of each
    # Of lines that were asked for: their parts, and the words of each by its start.
    _cuts: dict[int, tuple[list[int], list[int]]] = field(default_factory=dict, repr=False, compare=False)
    _words: dict[int, _Words] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, text: str) -> Letters:
        """The letters of `text`."""
        decomposed = not unicodedata.is_normalized("NFC", text)
        lines = text.split("\n")
        known = _letters_of(dict.fromkeys(lines), decomposed=decomposed)
        letters = [known[line] for line in lines]
        return cls("".join(letters), text, tuple(accumulate(map(len, letters), initial=0))[:-1], decomposed, known)

    def of_lines(self, text: str) -> list[str]:
        """The letters of each line of another text: most lines of an extract are lines of the text."""
        lines, known = text.split("\n"), self.lines
        new = _letters_of((line for line in lines if line not in known), decomposed=self.decomposed)
        return [known[line] if line in known else new[line] for line in lines]

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line of the text begins."""
        return list(accumulate((len(line) + 1 for line in self.text.split("\n")), initial=0))

    def span(self, start: int, end: int) -> Span:
        """The span of the text that holds the letters `[start, end)`."""
        return Span(self._back(start), self._back(end - 1) + 1)

    def _back(self, index: int) -> int:
        line = bisect_right(self.at, index) - 1
        if line not in self._cuts:
            self._cuts[line] = self._cut(line)
        starts, at = self._cuts[line]
        part = bisect_right(at, index) - 1
        start = starts[part]
        if start not in self._words:
            self._words[start] = _Words.of(self.text[start : starts[part + 1] - 1], self.decomposed)
        return start + self._words[start].back(index - at[part])

    def _cut(self, line: int) -> tuple[list[int], list[int]]:
        """Where the parts of a line begin, and the next line, and how many letters stand before each part. Lines are
        one part, but for those of megabytes: only the parts that are asked for are taken apart."""
        starts, at, end = [self._starts[line]], [self.at[line]], self._starts[line + 1]
        while (blank := self.text.find(" ", starts[-1] + _LONG, end - 1)) >= 0:
            at.append(at[-1] + len(_bare(self.text[starts[-1] : blank], decomposed=self.decomposed)))
            starts.append(blank + 1)
        return [*starts, end], at


@dataclass(frozen=True)
class _Words:
    """The words of a line or a part of one: where they stand in it, and how many letters stand before each."""

    spans: list[tuple[int, int]]
    at: list[int]

    @classmethod
    def of(cls, line: str, decomposed: bool) -> _Words:
        spans = [word.span() for word in _TOKEN.finditer(line)]
        if decomposed:
            lengths = [len(_bare(line[start:end], decomposed=True)) for start, end in spans]
        else:  # a word is letters and digits only
            lengths = [end - start for start, end in spans]
        return cls(spans, list(accumulate(lengths, initial=0))[:-1])

    def back(self, index: int) -> int:
        word = bisect_right(self.at, index) - 1
        start, end = self.spans[word]
        return min(start + index - self.at[word], end - 1)


def _letters_of(lines: Iterable[str], *, decomposed: bool) -> dict[str, str]:
    """Each line with its letters and digits; those in ASCII in one go, a tenth of the time of the pattern."""
    found = dict.fromkeys(lines, "")
    plain = [line for line in found if line.isascii()]
    bare = "\n".join(plain).encode().translate(None, _NO_LETTERS).decode().split("\n")
    found.update(zip(plain, bare, strict=False))
    found.update((line, _bare(line, decomposed=decomposed)) for line in found.keys() - set(plain))
    return found


def _bare(text: str, *, decomposed: bool) -> str:
    """Only the letters and digits of `text`, as one string."""
    return "".join(_TOKEN.findall(unicodedata.normalize("NFD", text) if decomposed else text))


def covered(source: Letters, extract: str) -> list[Span]:
    """The spans of a source text whose letters `extract` holds: sorted, disjoint, from letter to letter.

    The extract may miss letters of the source, repeat them, or hold some the source does not have (then
    they are passed over). Time is bounded: of a page of many megabytes, lines out of order are not found.
    """
    found = union(map(Span._make, _place(source.string, source.of_lines(extract))))
    return [source.span(*letters) for letters in found]


def _place(source: str, lines: list[str]) -> list[tuple[int, int]]:
    """Where each of `lines` stands in `source`: letter spans, in no order."""
    if len(source) * len(lines) > _EFFORT:
        return _place_in_order(source, lines)
    anchors: list[tuple[int, int]] = []  # (line, position) of lines that stand in one place
    for index, line in enumerate(lines):
        if len(line) >= _ANCHOR:
            position = source.find(line)
            if position >= 0 and source.find(line, position + 1) < 0:
                anchors.append((index, position))
    anchors = increasing(anchors)
    found = [(position, position + len(lines[index])) for index, position in anchors]
    bounds = [(-1, 0, 0), *((i, p, p + len(lines[i])) for i, p in anchors), (len(lines), len(source), 0)]
    effort = _EFFORT
    for (before, _, low), (after, high, _) in pairwise(bounds):
        for line in lines[before + 1 : after]:
            if not line:
                continue
            position = source.find(line, low, high)
            if position >= 0:
                found.append((position, position + len(line)))
                low = position + len(line)
            elif len(line) >= _ANCHOR and (elsewhere := source.find(line)) >= 0:
                found.append((elsewhere, elsewhere + len(line)))  # moved by the extractor
            elif effort > 0:
                pieces, cost = _pieces(source, line, low, high, effort)
                effort -= cost
                found.extend(pieces)
                if pieces:
                    low = pieces[-1][1]
    return found


def _place_in_order(source: str, lines: list[str]) -> list[tuple[int, int]]:
    """The same for a page too large to search as a whole for every line: each is looked up a little ahead."""
    found = []
    low = 0
    for line in lines:
        position = source.find(line, low, low + len(line) + _AHEAD) if line else -1
        if position >= 0:
            low = position + len(line)
            found.append((position, low))
    return found


def increasing(anchors: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of anchors whose positions rise with their lines (patience sorting)."""
    tails: list[int] = []  # position of the last anchor of the best run of each length
    at: list[int] = []
    back: list[int] = []
    for index, (_, position) in enumerate(anchors):
        length = bisect_left(tails, position)
        back.append(at[length - 1] if length else -1)
        if length == len(tails):
            tails.append(position)
            at.append(index)
        else:
            tails[length], at[length] = position, index
    chain: list[tuple[int, int]] = []
    index = at[-1] if at else -1
    while index >= 0:
        chain.append(anchors[index])
        index = back[index]
    return chain[::-1]


def _pieces(source: str, line: str, low: int, high: int, effort: int) -> tuple[list[tuple[int, int]], int]:
    """The pieces of `line` that stand in `source[low:high]`, in order, each as long as possible; and the cost.

    Stops when the letters looked at, which are the cost, reach `effort`.
    """
    pieces: list[tuple[int, int]] = []
    offset, cost = 0, 0
    while offset + _PIECE <= len(line) and cost < effort:
        position = source.find(line[offset : offset + _PIECE], low, high)
        if position < 0:
            cost += high - low
            offset += 4
            continue
        length = _common(source, position, line, offset)
        cost += position + length - low
        pieces.append((position, position + length))
        low, offset = position + length, offset + length
    return pieces, cost


def _common(source: str, position: int, line: str, offset: int) -> int:
    """How many letters agree from the two places on."""
    most = min(len(source) - position, len(line) - offset)
    length = 0
    step = most
    while step:  # doubling down: compare in slices, at C speed
        if source[position + length : position + length + step] == line[offset + length : offset + length + step]:
            length += step
            step = min(step, most - length)
        else:
            step //= 2
    return length
