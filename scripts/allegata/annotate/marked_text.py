"""Text with marks as boxes inside one another; marks that cross are cut where they cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allegata.pages.segments import Mark, Segment, lines

_HIGHEST = 2


@dataclass(frozen=True)
class Labelled(Mark):
    """A mark with the small label in front of it; `state` says whether the other pass has the same."""

    label: str = ""
    state: str = "same"


@dataclass(frozen=True)
class Box:
    """A mark that is drawn from here on; `begins` is false where it goes on after a cut. `height` is how many marks
    lie inside one another in it, at most two: the outer box is drawn higher."""

    mark: Mark
    begins: bool
    height: int


@dataclass(frozen=True)
class Piece:
    """What a page writes next: that so many boxes are closed, that others are opened, and text."""

    closes: int
    opens: tuple[Box, ...]
    text: str


def boxed(text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    """A text with all its characters, in pieces. The boxes nest, the longer ones outside, and all are closed."""
    pieces = [Segment("\n", (), ()) if part is None else part for part in _segments(text, marks)]
    heights: dict[Mark, int] = {}
    for piece in pieces:
        for depth, mark in enumerate(reversed(piece.marks)):
            heights[mark] = max(heights.get(mark, 0), min(depth, _HIGHEST))
    before: tuple[Mark, ...] = ()
    for piece in pieces:
        same = 0
        while same < min(len(before), len(piece.marks)) and before[same] == piece.marks[same]:
            same += 1
        opens = tuple(Box(mark, mark in piece.starting, heights[mark]) for mark in piece.marks[same:])
        yield Piece(len(before) - same, opens, piece.text)
        before = piece.marks
    yield Piece(len(before), (), "")


def _segments(text: str, marks: Sequence[Mark]) -> Iterator[Segment | None]:
    """The segments of all lines; None for the line break between two."""
    for number, (_, segments) in enumerate(lines(text, marks)):
        if number:
            yield None
        yield from segments
