"""Half-open spans of Unicode code points, and the set operations on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """`[start, end)` in code points of one text."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of code points."""
        return self.end - self.start

    def quote(self, text: str) -> str:
        """The characters the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """True if the spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """True if `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end


class Taken:
    """The places of a text that spans have taken, for "is this one free": linear in the text, however many they are."""

    def __init__(self, length: int, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._places = bytearray(length)
        for span in spans:
            self.add(span)

    def add(self, span: tuple[int, int]) -> None:
        """Take the places of a span."""
        start, end = span
        self._places[start:end] = b"\1" * (end - start)

    def is_free(self, span: tuple[int, int]) -> bool:
        """True if no place of the span is taken."""
        return self._places.find(1, *span) < 0


def span_fault(start: int, end: int, length: int) -> str | None:
    """What is wrong with `[start, end)` on a text of `length` code points; None if nothing is."""
    if start < 0 or end > length:
        return f"[{start},{end}) lies outside the text of {length} characters"
    if start >= end:
        return f"[{start},{end}) is empty or reversed"
    return None


def union(spans: Iterable[Span]) -> list[Span]:
    """The same code points as sorted, disjoint, maximal spans."""
    merged: list[Span] = []
    for span in sorted(span for span in spans if span.length):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def complement(spans: Iterable[Span], length: int) -> list[Span]:
    """What `spans` leave of a text of `length` code points, as sorted, disjoint, maximal spans."""
    kept: list[Span] = []
    position = 0
    for span in union(spans):
        if span.start > position:
            kept.append(Span(position, span.start))
        position = max(position, span.end)
    if position < length:
        kept.append(Span(position, length))
    return kept


def trim(span: Span, text: str) -> Span:
    """The span without blanks at its edges (empty at its start if it is all blank)."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
