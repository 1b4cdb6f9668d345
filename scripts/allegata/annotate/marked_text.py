"""Text with marks as nested HTML elements; marks that cross are cut where they cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from allegata.text.spans import Span


@dataclass(frozen=True)
class Mark:
    """A span to be shown, the classes of its element and the small label in front of it."""

    span: Span
    classes: str
    label: str


def marked_text(text: str, within: Span, marks: Sequence[Mark]) -> str:
    """The part `within` of a text as HTML, everything escaped; each mark is a `span.mark`, longer ones outside.

    A mark that crosses another is closed and opened again where the other ends: the second piece has no label.
    """
    ordered = sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end, mark.label))
    edges = sorted({within.start, within.end, *(edge for mark in ordered for edge in mark.span)})
    open_marks: list[Mark] = []
    html = []
    for start, end in zip(edges, [*edges[1:], edges[-1]], strict=True):
        ending = [index for index, mark in enumerate(open_marks) if mark.span.end == start]
        if ending:
            crossing = [mark for mark in open_marks[ending[0] :] if mark.span.end != start]
            html.append("</span>" * (len(open_marks) - ending[0]))
            open_marks = open_marks[: ending[0]]
            for mark in crossing:
                html.append(f"<span class='mark {mark.classes}'>")
                open_marks.append(mark)
        for mark in ordered:
            if mark.span.start == start:
                html.append(f"<span class='mark {mark.classes} {_height(mark, ordered)}'>")
                html.append(f"<b>{escape(mark.label)}</b>")
                open_marks.append(mark)
        html.append(escape(text[start:end]))
    return "".join(html)


def _height(mark: Mark, marks: Sequence[Mark]) -> str:
    """How many marks lie inside one another in this one, up to three: the outer box is drawn higher."""
    inside = [other for other in marks if other is not mark and mark.span.contains(other.span)]
    inner = [other for other in inside if any(o is not other and other.span.contains(o.span) for o in inside)]
    return "high2" if inner else "high1" if inside else "high0"
