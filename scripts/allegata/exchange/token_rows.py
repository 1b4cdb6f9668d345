"""Token classification in memory: a row a sentence, a column of tags a level of nesting, aligned to a tokenizer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from allegata.exchange.flat import Lose, Shown, levels, sentence_starts, tags_of
from allegata.exchange.sentence_words import sentence_words, words_of
from allegata.exchange.subwords import labels_of
from allegata.measures.matching import LabelledSpan
from allegata.models.bio import decode_tags, tag_set
from allegata.schema.problems import UsageError
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

    def token_tags(self, rows: pa.Table, numbers: Sequence[Sequence[int]]) -> list[list[str]]:
        """The tags of the tokens of `rows`, of the numbers that a model gives their pieces: of a token that of its
        first piece. A sequence of numbers for each row, padded or not.

        Raises `UsageError` where there are not as many sequences as rows, or fewer numbers than pieces, a number that
        is no tag, and where the rows have no pieces (`training_data` without a tokenizer).
        """
        if "word_ids" not in rows.column_names:
            raise UsageError("the rows have no column word_ids: make them by training_data with a tokenizer")
        every = rows["word_ids"].to_pylist()
        _a_row_each(every, numbers, "sequences of numbers")
        found = []
        for at, (word_ids, given) in enumerate(zip(every, numbers, strict=True)):
            if len(given) < len(word_ids):
                raise UsageError(f"row {at}: {len(given)} numbers for {len(word_ids)} pieces: give every piece one")
            first: dict[int, int] = {}
            for word, number in zip(word_ids, given, strict=False):
                if word is not None:
                    first.setdefault(word, int(number))
            if unknown := sorted({number for number in first.values() if not 0 <= number < len(self.tags)}):
                raise UsageError(f"row {at}: no tag has the number {unknown[0]}: use those of id2label")
            found.append([self.tags[number] for _, number in sorted(first.items())])
        return found

    def spans(self, rows: pa.Table, *levels: Sequence[Sequence[str]]) -> dict[str, list[LabelledSpan]]:
        """Article -> the spans that tags of the tokens of `rows` say, in code points of the published text, each once,
        sorted: what `TrainingData.submission` takes.

        `rows` are all or some rows of the table, each level has a sequence of tags for each row. An article of whose
        rows none has a span has an empty list. Raises `UsageError` where a level has not one sequence a row, a
        sequence not one tag a token, or a tag is not one of `tags`.
        """
        found: dict[str, set[LabelledSpan]] = {name: set() for name in rows["article_id"].to_pylist()}
        places = rows.select(["article_id", "start", "tokens", "token_starts"]).to_pylist()
        for level in levels:
            _a_row_each(places, level, "sequences of tags")
            for at, (row, tags) in enumerate(zip(places, level, strict=True)):
                if len(tags) != len(row["tokens"]):
                    raise UsageError(f"row {at}: {len(tags)} tags for {len(row['tokens'])} tokens: give each token one")
                if unknown := sorted(set(tags) - set(self.tags)):
                    raise UsageError(f"row {at}: unknown tag {unknown[0]!r}: one of {', '.join(self.tags)}")
                starts = [row["start"] + start for start in row["token_starts"]]
                words = [Span(start, start + len(word)) for start, word in zip(starts, row["tokens"], strict=True)]
                found[row["article_id"]].update(decode_tags(words, tags))
        return {name: sorted(spans) for name, spans in found.items()}


def _a_row_each(rows: Sequence[object], given: Sequence[object], what: str) -> None:
    if len(given) != len(rows):
        raise UsageError(f"{len(given)} {what} for {len(rows)} rows: give one for each, in the order of the rows")


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
