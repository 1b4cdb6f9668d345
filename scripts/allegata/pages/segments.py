"""Text cut where marks begin and end, so that marks may nest, overlap and interrupt one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from allegata.text.spans import Span


@dataclass(frozen=True)
class Mark:
    """A span of a text that is shown: the layer it belongs to, and the anchor of what is said about it on the page."""

    span: Span
    layer: str
    anchor: str


class Segment(NamedTuple):
    """A piece of text under the same marks from its first to its last character.

    `starting` are those that no piece before it is under, `ended` those of the last marked piece that are over: what
    a page states of each piece stays linear, however many marks stand over one another.
    """

    text: str
    marks: tuple[Mark, ...]
    starting: tuple[Mark, ...]
    ended: tuple[Mark, ...] = ()


def lines(text: str, marks: Iterable[Mark]) -> Iterator[tuple[int, list[Segment]]]:
    """The lines of a text, each as its offset and its segments; together they hold every character but the newlines.

    Of several marks the longer comes first. Empty marks and those outside the text are left out. Time: linear in
    text and marks, times the marks that stand over one another.
    """
    inside = [mark for mark in marks if 0 <= mark.span[0] < mark.span[1] <= len(text)]
    ordered = sorted(inside, key=lambda mark: (mark.span[0], -mark.span[1], mark.layer, mark.anchor))
    edges = sorted({edge for mark in ordered for edge in mark.span} | {0, len(text)})
    coming, place = 0, 0
    over: tuple[Mark, ...] = ()
    before: tuple[Mark, ...] = ()
    shown = first = 0
    found: list[Segment] = []
    for end in edges[1:]:
        first_new = coming
        while coming < len(ordered) and ordered[coming].span[0] == place:
            coming += 1
        over = (*[mark for mark in over if mark.span[1] > place], *ordered[first_new:coming])
        for number, piece in enumerate(text[place:end].split("\n")):
            if number:
                yield first, found
                found = []
                first = place
            if piece:
                starting = tuple([mark for mark in over if mark.span[0] >= shown])
                ended = tuple([mark for mark in before if mark.span[1] <= place]) if over else ()
                found.append(Segment(piece, over, starting, ended))
                before, shown = over or before, place + len(piece)
            place += len(piece) + 1
        place = end
    yield first, found
