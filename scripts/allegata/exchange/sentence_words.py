"""The sentences of a document as the rows that taggers learn from, none of which ends within an annotation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from allegata.exchange.flat import longest_segment, outside
from allegata.exchange.subwords import Pieces, pieces_of
from allegata.measures.matching import tokens
from allegata.text.documents import Document
from allegata.text.spans import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer


class SentenceWords(NamedTuple):
    """A row: its place in the text of the document, its text, its words as spans of that, and their pieces, if any."""

    place: Span
    text: str
    words: Sequence[Span]
    pieces: Pieces | None

    def columns(self, document: Document) -> dict[str, Any]:
        """What every such row has, whatever its tags."""
        return {
            "language": document.language,
            "start": self.place.start,
            "text": self.text,
            "tokens": [word.quote(self.text) for word in self.words],
            "token_starts": [word.start for word in self.words],
        }


def sentence_words(
    document: Document, layer: str, starts: Sequence[int], tokenizer: Tokenizer | None
) -> list[SentenceWords]:
    """The rows of a document for a layer; `starts` are where its sentences begin. Together they are its whole text."""
    segments = (longest_segment(one) for one in document.annotations if one.layer == layer)
    places = [Span(*pair) for pair in pairwise([0, *outside(starts[1:], segments), len(document.text)])]
    texts = [place.quote(document.text) for place in places]
    if not tokenizer:
        return [SentenceWords(place, text, tokens(text), None) for place, text in zip(places, texts, strict=True)]
    pieces = pieces_of(texts, tokenizer)
    return [SentenceWords(place, text, one.words, one) for place, text, one in zip(places, texts, pieces, strict=True)]


def words_of(rows: Iterable[SentenceWords]) -> list[Span]:
    """The words of all rows, as spans of the text of the document."""
    return [Span(row.place.start + start, row.place.start + end) for row in rows for start, end in row.words]
