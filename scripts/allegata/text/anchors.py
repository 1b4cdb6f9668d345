"""Anchoring quotes: W3C TextPositionSelector and TextQuoteSelector, used together.

A stored span has offsets *and* its quote with a little context. When both agree the span is trusted; when the
text has moved, the quote and its context find the new place, or the span is refused with the reason.
Source of the two selectors: W3C Web Annotation Data Model, sections 4.2.4 and 4.2.5.
"""

from __future__ import annotations

from dataclasses import dataclass

from allegata.text.spans import Span

CONTEXT = 16


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
    found, position = [], text.find(quote)
    while position >= 0:
        found.append(position)
        position = text.find(quote, position + 1)
    return found


def _context_score(anchor: Anchor, start: int, text: str) -> int:
    """Characters of context that agree, counted outwards from the quote on both sides."""
    end = start + len(anchor.exact)
    before = text[max(0, start - len(anchor.prefix)) : start]
    after = text[end : end + len(anchor.suffix)]
    score = 0
    for ours, theirs in zip(reversed(before), reversed(anchor.prefix), strict=False):
        if ours != theirs:
            break
        score += 1
    for ours, theirs in zip(after, anchor.suffix, strict=False):
        if ours != theirs:
            break
        score += 1
    return score


def resolve(anchor: Anchor, text: str) -> tuple[Span | None, str]:
    """Where the anchor stands in `text`, and how it was found.

    Returns `(span, "exact")` when offsets and quote agree, `(span, "re-anchored")` when the quote stands in
    exactly one best place by its context, `(None, reason)` when it is gone or its place is ambiguous.
    Offsets that agree by chance are not trusted: if the quote stands elsewhere with more of its context, the
    anchor has moved.
    """
    if not anchor.exact:
        return None, "the quote is empty"
    starts = _occurrences(anchor.exact, text)
    if not starts:
        return None, "the quoted text is not in the article any more"
    scores = {start: _context_score(anchor, start, text) for start in starts}
    full = len(anchor.prefix) + len(anchor.suffix)
    if anchor.start in scores and scores[anchor.start] == max(scores.values()):
        return Span(anchor.start, anchor.start + len(anchor.exact)), "exact"
    best = max(scores.values())
    winners = [start for start, score in scores.items() if score == best]
    if len(winners) > 1:
        return None, f"the quoted text stands in {len(starts)} places and its context does not tell which"
    if len(starts) > 1 and best < min(full, CONTEXT // 2):
        return None, "the quoted text stands in several places and too little of its context is left"
    return Span(winners[0], winners[0] + len(anchor.exact)), "re-anchored"
