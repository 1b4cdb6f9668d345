"""A data set of Hugging Face for token classification: a configuration a layer, a row a sentence.

`load_dataset(DIR)` has `tokens` and `ner_tags`, a `ClassLabel` of IOB2 tags in the order of the type system; which
annotation wins where several share words: `exchange/flat.py`. No row ends within an annotation of its layer. The
`text` of the rows of a document, in the order of `start`, is its text; `token_starts` count in the text of the row.

With a tokenizer each row has its pieces too (`exchange/subwords.py`): `input_ids`, `word_ids`, `offsets` in the text
of the row, and `labels`, which a model can be trained on as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from allegata.exchange.flat import (
    Shown,
    flat,
    layers_of,
    note_the_rest,
    sentence_starts,
    tags_of,
)
from allegata.exchange.folder import Export, stem_of
from allegata.exchange.format import Format
from allegata.exchange.sentence_words import sentence_words, words_of
from allegata.exchange.subwords import fast_tokenizer, labels_of
from allegata.exchange.token_classification_read import read_token_classification, recognises
from allegata.models.bio import tag_set
from allegata.schema.features import yaml_features
from allegata.text.documents import Document, TypeSystem

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_WORDS = pa.schema(
    [
        ("document_id", pa.string()),
        ("language", pa.string()),
        ("start", pa.int64()),
        ("text", pa.string()),
        ("tokens", pa.list_(pa.string())),
        ("token_starts", pa.list_(pa.int32())),
        ("ner_tags", pa.list_(pa.string())),
    ]
)
_PIECES = [
    ("input_ids", pa.list_(pa.int32())),
    ("word_ids", pa.list_(pa.int32())),
    ("offsets", pa.list_(pa.list_(pa.int32()))),
    ("labels", pa.list_(pa.int64())),
]
_BATCH = 2000  # rows that are written at once
_PAGE = """
# Token classification

A configuration a layer, a row a sentence. `load_dataset(DIR, LAYER)` has `tokens` and their `ner_tags`.
The texts of the rows of a document, in the order of `start`, are its text.
"""


class _Layer:
    """The configuration of a layer: its labels, and the files of its splits."""

    def __init__(self, name: str, labels: Iterable[str], schema: pa.Schema, out: Export, files: ExitStack) -> None:
        self.name, self._schema, self._out, self._files = name, schema, out, files
        self.labels = list(labels)
        self.paths: dict[str, str] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def tags(self, labels: Iterable[str]) -> dict[str, int]:
        """The number of every tag; labels that are not declared come last, as they are met."""
        self.labels += [label for label in dict.fromkeys(labels) if label not in self.labels]
        return {tag: number for number, tag in enumerate(tag_set(self.labels))}

    def add(self, split: str, rows: Iterable[dict[str, Any]]) -> None:
        """Write rows, some at a time."""
        if split not in self.paths:
            self.paths[split] = f"{stem_of(self.name)}/{split}-00000-of-00001.parquet"
            file = self._files.enter_context(self._out.open(self.paths[split]))
            self._writers[split] = self._files.enter_context(pq.ParquetWriter(file, self._schema))
            self._rows[split] = []
        self._rows[split] += rows
        if len(self._rows[split]) >= _BATCH:
            self.flush(split)

    def flush(self, split: str) -> None:
        """Write what is not written yet."""
        if self._rows[split]:
            self._writers[split].write_table(pa.Table.from_pylist(self._rows[split], schema=self._schema))
            self._rows[split] = []

    def about(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the front matter says of the configuration and of its columns."""
        name = stem_of(self.name)
        files = [{"split": split, "path": path} for split, path in self.paths.items()]
        features = yaml_features(self._schema, {"ner_tags": tag_set(self.labels)})
        return {"config_name": name, "data_files": files}, {"config_name": name, "features": features}


def write_token_classification(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`LAYER/SPLIT-00000-of-00001.parquet` and `README.md`; documents of no split are in `train`.

    Raises `UsageError` for a tokenizer that cannot be loaded.
    """
    tokenizer = fast_tokenizer(out.tokenizer) if out.tokenizer else None
    schema = pa.schema([*_WORDS, *_PIECES]) if tokenizer else _WORDS
    with ExitStack() as files:
        layers = []
        for name in layers_of(types):
            declared = types.layer(name)
            layers.append(_Layer(name, declared.labels if declared else (), schema, out, files))
        for document in documents:
            starts = sentence_starts(document)
            split = "".join(letter if letter.isalnum() else "_" for letter in document.split) or "train"
            every: list[Shown] = []
            for layer in layers:
                shown, rows = _rows(document, layer, starts, tokenizer, out)
                every += shown
                layer.add(split, rows)
            note_the_rest(document, layers_of(types), every, out.lose)
        for layer in layers:
            for split in layer.paths:
                layer.flush(split)
    out.write("README.md", _front_matter(layers) + _PAGE)


def _rows(
    document: Document, layer: _Layer, starts: Sequence[int], tokenizer: Tokenizer | None, out: Export
) -> tuple[list[Shown], list[dict[str, Any]]]:
    sentences = sentence_words(document, layer.name, starts, tokenizer)
    placed = words_of(sentences)
    shown = flat(document, layer.name, placed, out.lose)
    tags = iter(tags_of(shown, len(placed)))
    numbers = layer.tags(one.annotation.label for one in shown)
    rows = []
    for sentence in sentences:
        own = [next(tags) for _ in sentence.words]
        row = {"document_id": document.id, **sentence.columns(document), "ner_tags": own}
        if sentence.pieces:
            ids, offsets, _, word_ids = sentence.pieces
            labels = labels_of(word_ids, own, numbers)
            row |= {"input_ids": ids, "word_ids": word_ids, "offsets": offsets, "labels": labels}
        rows.append(row)
    return shown, rows


def _front_matter(layers: Iterable[_Layer]) -> str:
    about = [layer.about() for layer in layers if layer.paths]
    if about:
        about[0][0]["default"] = True
    facts = {
        "task_categories": ["token-classification"],
        "configs": [config for config, _ in about],
        "dataset_info": [features for _, features in about],
    }
    text = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=10**6)
    return f"---\n{text}---\n"


TOKEN_CLASSIFICATION = Format(
    "token-classification",
    "Hugging Face token classification",
    write_token_classification,
    read_token_classification,
    recognises,
)
