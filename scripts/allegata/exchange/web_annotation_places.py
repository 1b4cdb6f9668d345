"""Where a target of a Web Annotation is in a text: its selectors, against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.utf16 import Utf16
from allegata.schema.plain_values import shown
from allegata.text.anchors import Anchor, resolve
from allegata.text.spans import Span, span_fault

_CHARACTERS = re.compile(r"char=(\d{1,18}),(\d{1,18})")  # of plain text (RFC 5147)


def several(value: object) -> list[Any]:
    """The values of a property of JSON-LD, which may be one or a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def kinds(row: Mapping[str, Any]) -> list[Any]:
    """The types of a resource."""
    return several(row.get("type", row.get("@type")))


def flat_targets(row: Mapping[str, Any]) -> list[Any]:
    """The targets of an annotation, those in a set one by one. Raises `ShapeError` where there is none."""
    found: list[Any] = []
    waiting = several(row.get("target"))[::-1]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and "items" in one:
            waiting += several(one["items"])[::-1]
        else:
            found.append(one)
    if not found:
        raise ShapeError("has no target")
    return found


def span_of(target: Mapping[str, Any], text: str, units: Utf16, note: Callable[[str], None]) -> Span:
    """The span of a target; `note` is called with what was repaired.

    Raises `ShapeError` where there is no selector of text, or none finds its place.
    """
    position: tuple[int, int] | None = None
    quote: Shape | None = None
    for selector in _selectors(target.get("selector")):
        if "TextPositionSelector" in kinds(selector):
            row = Shape(selector)
            position = row.number("start"), row.number("end")
        elif "TextQuoteSelector" in kinds(selector):
            quote = Shape(selector)
        elif match := _CHARACTERS.match(str(selector.get("value"))):
            position = int(match[1]), int(match[2])
    if position is None and quote is None:
        raise ShapeError("has a target without a selector of text")
    if position is not None:
        fault = span_fault(*position, len(text))
        if quote is None:
            if fault:
                raise ShapeError(fault)
            return Span(*position)
        exact = quote.text("exact")
        if not fault and Span(*position).quote(text) == exact:
            return Span(*position)
        counted = [units.code_points(unit) for unit in position]
        if None not in counted and text[counted[0] : counted[1]] == exact != "":
            note("offsets in UTF-16 units: counted anew")
            return Span(*(one for one in counted if one is not None))
    return _quoted(quote, position or (-1, -1), text, note)


def _selectors(value: object) -> Iterator[Mapping[str, Any]]:
    """The selectors, also those that refine one of the whole text."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            yield one
            waiting.append(one.get("refinedBy"))


def _quoted(quote: Shape | None, position: tuple[int, int], text: str, note: Callable[[str], None]) -> Span:
    if quote is None:
        raise ShapeError("has a target without a selector of text")
    anchor = Anchor(*position, quote.text("exact"), quote.text("prefix", ""), quote.text("suffix", ""))
    span, how = resolve(anchor, text)
    if span is None:
        raise ShapeError(f"{shown(anchor.exact)}: {how}")
    if position[0] >= 0 and how != "exact":
        note("text that moved: found by its quote and context")
    return span
