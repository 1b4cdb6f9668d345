"""One article, and the way from its source offsets to clean offsets, quoted text and sentence ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

Row = dict[str, Any]


def numbered_id(article_id: str, letter: str, number: int, count: int) -> str:
    """The id of the `number`-th of `count` things of an article: `000_a:s007`, or `s0007` among a thousand.

    All ids of one kind in one article have the same width, so that as strings they sort in the order of the text.
    """
    return f"{article_id}:{letter}{number:0{max(3, len(str(count)))}}"


@dataclass(frozen=True)
class Projector:
    """One article: its two texts, the map between them, its sentences in clean offsets."""

    article: Mapping[str, Any]
    offsets: OffsetMap
    sentences: Sequence[Span]

    @classmethod
    def of(cls, article: Mapping[str, Any]) -> Projector:
        """The projector of one row of the article table."""
        removed = [Span(removal["start"], removal["end"]) for removal in article["removals"]]
        offsets = OffsetMap.without(removed, len(article["source_text"]))
        sentences = [offsets.span_to_clean(Span(s["start"], s["end"])) for s in article["sentences"]]
        return cls(article, offsets, sentences)

    def span(self, source: Span) -> Row:
        """The four offsets of a source span. Its source end follows the last kept character."""
        clean = self.offsets.span_to_clean(source)
        if clean.length == 0:
            return {"start": clean.start, "end": clean.end, "source_start": source.start, "source_end": source.end}
        back = self.offsets.span_to_source(clean)
        return {"start": clean.start, "end": clean.end, "source_start": back.start, "source_end": back.end}

    def quoted(self, source: Span) -> Row:
        """The four offsets of a source span, and its clean text as `surface`."""
        row = self.span(source)
        row["surface"] = self.article["text"][row["start"] : row["end"]]
        return row

    def segments(self, layer: Iterable[Mapping[str, int]]) -> list[Row]:
        """The segments of a span, in the order of the text."""
        spans = sorted(Span(segment["start"], segment["end"]) for segment in layer)
        return [self.quoted(span) for span in spans]

    def hull(self, layer: Iterable[Mapping[str, int]]) -> Row:
        """From the first character of the first segment to the last of the last, quoted."""
        spans = [Span(segment["start"], segment["end"]) for segment in layer]
        return self.quoted(Span(min(span.start for span in spans), max(span.end for span in spans)))

    def sentence_id(self, clean_start: int) -> str:
        """The id of the sentence that holds a clean position; empty if none does."""
        for number, sentence in enumerate(self.sentences, 1):
            if sentence.start <= clean_start < sentence.end:
                return numbered_id(self.article["article_id"], "s", number, len(self.sentences))
        return ""

    def full_id(self, record_id: str | None) -> str | None:
        """The id of a record of this article as it is published; None for none."""
        return f"{self.article['article_id']}:{record_id}" if record_id else None
