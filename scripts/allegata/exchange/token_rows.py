"""Token classification in memory: a row a sentence, a column of tags a level of nesting, aligned to a tokenizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from allegata.exchange.flat import Lose, Shown, levels, longest_segment, outside, sentence_starts, tags_of
from allegata.exchange.subwords import labels_of, pieces_of
from allegata.measures.matching import tokens
from allegata.models.bio import tag_set
from allegata.text.documents import Document, LayerType
from allegata.text.spans import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WORDS = [
    ("article_id", pa.string()),
    ("language", pa.string()),
    ("start", pa.int64()),
    ("text", pa.string()),
    ("tokens", pa.list_(pa.string())),
    ("token_starts", pa.list_(pa.int32())),
]
_PIECES = [
    ("input_ids", pa.list_(pa.int32())),
    ("attention_mask", pa.list_(pa.int8())),
    ("word_ids", pa.list_(pa.int32())),
]


@dataclass(frozen=True)
class TokenExamples:
    """The sentences of a layer as a table, and its tags in the order of their numbers.

    Columns: `article_id`, `language`, `start` (of the row in the text of the article), `text`, `tokens`,
    `token_starts` (in the row), and the tags of the tokens: `tags`, or `tags_1`, `tags_2`, … from the outermost spans
    inwards. With a tokenizer also `input_ids`, `attention_mask`, `word_ids` (of each piece its token, null for none),
    and beside each column of tags the numbers of the pieces (`labels`, or `labels_1`, …; -100: not learnt).
    """

    table: pa.Table
    tags: tuple[str, ...]

    @property
    def tag_columns(self) -> tuple[str, ...]:
        """The columns of tags, outermost first."""
        return tuple(name for name in self.table.column_names if name.startswith("tags"))

    @property
    def label2id(self) -> dict[str, int]:
        """Tag -> number, as a model of transformers is configured with it."""
        return {tag: number for number, tag in enumerate(self.tags)}

    @property
    def id2label(self) -> dict[int, str]:
        """Number -> tag."""
        return dict(enumerate(self.tags))


def token_examples(
    documents: Iterable[Document], layer: LayerType, tokenizer: Tokenizer | None, most: int | None, lose: Lose
) -> TokenExamples:
    """The layer in all documents; in `most` columns of tags, or as many as nested spans need. What has no place in them
    is a loss."""
    labels, found, deepest = list(layer.labels), list[tuple[dict[str, Any], list[list[str]]]](), 1
    numbers: list[list[int | None]] = []
    for document in documents:
        for row, word_ids, tags in _rows(document, layer.name, tokenizer, most, lose, labels):
            deepest = max(deepest, len(tags))
            numbers.append(word_ids)
            found.append((row, tags))
    tag_names = tag_set(labels)
    number_of = {tag: number for number, tag in enumerate(tag_names)}
    endings = [""] if most == 1 else [f"_{level}" for level in range(1, deepest + 1)]
    rows = []
    for (row, tags), word_ids in zip(found, numbers, strict=True):
        for level, ending in enumerate(endings):
            own = tags[level] if level < len(tags) else ["O"] * len(row["tokens"])
            row[f"tags{ending}"] = own
            if tokenizer:
                row[f"labels{ending}"] = labels_of(word_ids, own, number_of)
        rows.append(row)
    schema = _WORDS + (_PIECES if tokenizer else [])
    for ending in endings:
        schema = [*schema, (f"tags{ending}", pa.list_(pa.string()))]
        schema += [(f"labels{ending}", pa.list_(pa.int64()))] if tokenizer else []
    return TokenExamples(pa.Table.from_pylist(rows, schema=pa.schema(schema)), tag_names)


def _rows(
    document: Document, layer: str, tokenizer: Tokenizer | None, most: int | None, lose: Lose, labels: list[str]
) -> list[tuple[dict[str, Any], list[int | None], list[list[str]]]]:
    """The sentences of a document, none of which ends within an annotation: row, word of each piece, tags by level."""
    segments = (longest_segment(one) for one in document.annotations if one.layer == layer)
    cuts = [0, *outside(sentence_starts(document)[1:], segments), len(document.text)]
    places = [Span(*pair) for pair in pairwise(cuts)]
    texts = [place.quote(document.text) for place in places]
    pieces = pieces_of(texts, tokenizer) if tokenizer else []
    words = [one.words for one in pieces] if tokenizer else [tokens(text) for text in texts]
    placed = [
        Span(place.start + start, place.start + end)
        for place, some in zip(places, words, strict=True)
        for start, end in some
    ]
    shown: Sequence[Sequence[Shown]] = levels(document, layer, placed, lose, most)
    used = dict.fromkeys(one.annotation.label for level in shown for one in level)
    labels += [label for label in used if label not in labels]
    tags = [iter(tags_of(level, len(placed))) for level in shown]
    found = []
    for at, (place, text) in enumerate(zip(places, texts, strict=True)):
        own = [[next(level) for _ in words[at]] for level in tags]
        if not words[at]:
            continue
        row: dict[str, Any] = {
            "article_id": document.id,
            "language": document.language,
            "start": place.start,
            "text": text,
            "tokens": [word.quote(text) for word in words[at]],
            "token_starts": [word.start for word in words[at]],
        }
        word_ids: list[int | None] = []
        if tokenizer:
            word_ids = pieces[at].word_ids
            row |= {"input_ids": pieces[at].ids, "attention_mask": [1] * len(word_ids), "word_ids": word_ids}
        found.append((row, word_ids, own))
    return found
