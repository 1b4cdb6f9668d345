"""Token classification in memory: a row a sentence, a column of tags a level of nesting, aligned to a tokenizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from allegata.exchange.flat import Lose, Shown, levels, sentence_starts, tags_of
from allegata.exchange.sentence_words import sentence_words, words_of
from allegata.exchange.subwords import labels_of
from allegata.models.bio import tag_set
from allegata.text.documents import Document, LayerType

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
    sentences = sentence_words(document, layer, sentence_starts(document), tokenizer)
    placed = words_of(sentences)
    shown: Sequence[Sequence[Shown]] = levels(document, layer, placed, lose, most)
    used = dict.fromkeys(one.annotation.label for level in shown for one in level)
    labels += [label for label in used if label not in labels]
    tags = [iter(tags_of(level, len(placed))) for level in shown]
    found = []
    for sentence in sentences:
        own = [[next(level) for _ in sentence.words] for level in tags]
        if not sentence.words:
            continue
        row: dict[str, Any] = {"article_id": document.id, **sentence.columns(document)}
        word_ids: list[int | None] = []
        if sentence.pieces:
            ids, _, _, word_ids = sentence.pieces
            row |= {"input_ids": ids, "attention_mask": [1] * len(word_ids), "word_ids": word_ids}
        found.append((row, word_ids, own))
    return found
