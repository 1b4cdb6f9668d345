"""Where the guidelines let a record stand: inside one sentence, and what is claimed in no heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allegata.text.spans import Span


@dataclass(frozen=True)
class Sentence:
    """A sentence of a clean text and the zone it stands in."""

    span: Span
    zone: str


@dataclass(frozen=True)
class Placement:
    """The sentences of one text; without them a record may stand anywhere."""

    sentences: Sequence[Sentence] | None = None

    def holds(self, span: Span) -> bool:
        """True if one sentence holds the span."""
        return self.sentences is None or any(sentence.span.contains(span) for sentence in self.sentences)

    def is_heading(self, span: Span) -> bool:
        """True if a part of the span stands in a heading."""
        return any(s.zone == "heading" and s.span.overlaps(span) for s in self.sentences or ())
