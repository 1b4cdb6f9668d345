"""The offset map between a source text and its clean text: total and exact in both directions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from allegata.text.spans import Span, complement


@dataclass(frozen=True)
class OffsetMap:
    """Kept spans of a source text, in order; the clean text is their concatenation.

    Invariants (tested as properties): for every clean position p, `to_clean(to_source(p)) == p`; for every
    kept source position s, `to_source(to_clean(s)) == s`; both directions are monotonic; a removed source
    position maps to the clean position where its removal closed up.
    """

    kept: tuple[Span, ...]
    source_length: int
    _clean_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _source_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    clean_length: int = field(init=False)

    def __post_init__(self) -> None:
        clean_starts, position = [], 0
        for span in self.kept:
            clean_starts.append(position)
            position += span.length
        object.__setattr__(self, "_clean_starts", tuple(clean_starts))
        object.__setattr__(self, "_source_starts", tuple(span.start for span in self.kept))
        object.__setattr__(self, "clean_length", position)

    @classmethod
    def without(cls, removed: Iterable[Span], source_length: int) -> OffsetMap:
        """The map of a source text of `source_length` code points that loses the spans `removed`."""
        return cls(tuple(complement(removed, source_length)), source_length)

    def apply(self, source_text: str) -> str:
        """The clean text. Raises ValueError if `source_text` is not the text the map was made for."""
        if len(source_text) != self.source_length:
            raise ValueError(f"the text has {len(source_text)} characters, its map {self.source_length}")
        return "".join(source_text[span.start : span.end] for span in self.kept)

    def to_source(self, position: int) -> int:
        """The source position of the character at a clean position; the text's end for the clean end."""
        if not 0 <= position <= self.clean_length:
            raise ValueError(f"clean position {position} lies outside [0,{self.clean_length}]")
        if position == self.clean_length:
            return self.kept[-1].end if self.kept else 0
        index = bisect_right(self._clean_starts, position) - 1
        return self.kept[index].start + position - self._clean_starts[index]

    def to_clean(self, position: int) -> int:
        """The clean position of a source position; inside a removal: where the removal closed up."""
        if not 0 <= position <= self.source_length:
            raise ValueError(f"source position {position} lies outside [0,{self.source_length}]")
        index = bisect_right(self._source_starts, position) - 1
        if index < 0:
            return 0
        span = self.kept[index]
        return self._clean_starts[index] + min(position, span.end) - span.start

    def span_to_source(self, span: Span) -> Span:
        """The smallest source span that covers a non-empty clean span (removals inside it included)."""
        return Span(self.to_source(span.start), self.to_source(span.end - 1) + 1)

    def span_to_clean(self, span: Span) -> Span:
        """The clean span of a source span; shorter, or empty, where characters of it were removed."""
        return Span(self.to_clean(span.start), self.to_clean(span.end))

    def is_kept(self, position: int) -> bool:
        """True if the source character at `position` stands in the clean text."""
        index = bisect_right(self._source_starts, position) - 1
        return index >= 0 and position < self.kept[index].end
