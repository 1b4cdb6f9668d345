"""Anchoring quotes: W3C TextPositionSelector and TextQuoteSelector, used together.

A stored span has offsets *and* its quote with a little context. When both agree the span is trusted; when the
text has moved, the quote and its context find the new place, or the span is refused with the reason.
Source of the two selectors: W3C Web Annotation Data Model, sections 4.2.4 and 4.2.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import takewhile

from allegata.text.spans import Span

CONTEXT = 16
# Measured on the four articles that say nothing twice, by deleting each sentence in turn and resolving every gold
# span (13 000 trials): without a demand on the context 58 spans of a deleted sentence were found in another one,
# with these two demands 6; for that 69 spans more are refused.
ENOUGH = CONTEXT // 2
# A quote that has this length together with the context that agrees tells its place.
TELLING = 2 * CONTEXT
_MOST = 1_000  # places whose context is looked at: the time for all quotes of an article stays bounded


@dataclass(frozen=True)
class Anchor:
    """Offsets with the quoted text and up to `CONTEXT` code points on either side."""

    start: int
    end: int
    exact: str
    prefix: str
    suffix: str

    @property
    def span(self) -> Span:
        """The offsets."""
        return Span(self.start, self.end)


_KINDS = {field.name: int if field.name in ("start", "end") else str for field in fields(Anchor)}


def is_anchor(value: object) -> bool:
    """Whether a value of JSON is an anchor: an object with exactly its fields, each of its type."""
    return isinstance(value, dict) and {name: type(one) for name, one in value.items()} == _KINDS


def make_anchor(span: Span, text: str) -> Anchor:
    """The anchor of `span` in `text`."""
    return Anchor(
        span.start,
        span.end,
        text[span.start : span.end],
        text[max(0, span.start - CONTEXT) : span.start],
        text[span.end : span.end + CONTEXT],
    )


def _occurrences(quote: str, text: str) -> list[int]:
    """Where a quote stands; no more places than one above `_MOST`."""
    found: list[int] = []
    position = text.find(quote)
    while position >= 0 and len(found) <= _MOST:
        found.append(position)
        position = text.find(quote, position + 1)
    return found


def _places(anchor: Anchor, text: str) -> list[int]:
    """Where the quote stands; of a quote that stands everywhere, where `ENOUGH` of its context is on one side."""
    places = _occurrences(anchor.exact, text)
    if len(places) <= _MOST:
        return places
    before = anchor.prefix[-ENOUGH:]
    found = {place + len(before) for place in _occurrences(before + anchor.exact, text)}
    return sorted(found.union(_occurrences(anchor.exact + anchor.suffix[:ENOUGH], text)))


def _agreement(ours: Iterable[str], theirs: Iterable[str]) -> int:
    """How many characters agree, counted outwards from the quote."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))


def _context(anchor: Anchor, start: int, text: str) -> tuple[int, int]:
    """Characters of context that agree before and after the quote at `start`."""
    end = start + len(anchor.exact)
    before = text[max(0, start - len(anchor.prefix)) : start]
    after = text[end : end + len(anchor.suffix)]
    return _agreement(reversed(before), reversed(anchor.prefix)), _agreement(after, anchor.suffix)


def _is_in_place(anchor: Anchor, text: str) -> bool:
    """Quote and all of its context are where the offsets say; no other place can have more of it."""
    start, end = anchor.start, anchor.start + len(anchor.exact)
    return (
        start >= 0
        and end == anchor.end
        and text.startswith(anchor.exact, start)
        and text[max(0, start - len(anchor.prefix)) : start] == anchor.prefix
        and text[end : end + len(anchor.suffix)] == anchor.suffix
    )


def resolve(anchor: Anchor, text: str) -> tuple[Span | None, str]:
    """Where the anchor stands in `text`, and how it was found.

    Returns `(span, "exact")` when offsets and quote agree, `(span, "re-anchored")` when the quote stands in
    exactly one best place by its context, `(None, reason)` when it is gone or its place is ambiguous.
    Offsets that agree by chance are not trusted: if the quote stands elsewhere with more of its context, the
    anchor has moved. A quote needs `ENOUGH` context beside it, on both sides at a new place, on one side at its
    old offsets; or quote and agreeing context together need `TELLING` code points.
    """
    if not anchor.exact:
        return None, "the quote is empty"
    if _is_in_place(anchor, text):
        return anchor.span, "exact"
    places = _places(anchor, text)
    if not places:
        return None, "the quoted text is not in the article any more"
    if len(places) > _MOST:
        return None, f"the quoted text stands in more than {_MOST:,} places and its context does not tell which"
    contexts = {start: _context(anchor, start, text) for start in places}
    best = max(map(sum, contexts.values()))
    winners = [start for start, context in contexts.items() if sum(context) == best]
    if anchor.start in winners:
        start, how, sides_needed = anchor.start, "exact", 1
    elif len(winners) == 1:
        start, how, sides_needed = winners[0], "re-anchored", 2
    else:
        return None, f"the quoted text stands in {len(contexts)} places and its context does not tell which"
    sides = [(n, side) for n, side in zip(contexts[start], (anchor.prefix, anchor.suffix), strict=True) if side]
    agreeing = sum(n >= min(ENOUGH, len(side)) for n, side in sides)
    if agreeing < min(sides_needed, len(sides)) and len(anchor.exact) + best < TELLING:
        return None, "the same words stand in the article, but too little of their context is left to trust them"
    return Span(start, start + len(anchor.exact)), how
