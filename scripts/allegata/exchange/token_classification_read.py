"""Data sets for token classification, ours and others': Parquet, the folders of `save_to_disk`, and JSON.

Files are read as they are, without `datasets`: nothing of a data set is run. What the numbers of tags mean is looked
for where `datasets` writes it: in the metadata of the Arrow schema (key `huggingface`), in `dataset_info.json` beside
the file, in the front matter of `README.md` (`datasets`: `arrow_writer.py`, `arrow_dataset.py`, `info.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.flat import joined, numbered
from allegata.exchange.folder import Reading, beginnings, id_of
from allegata.exchange.json_rows import half_characters, rows_of_file
from allegata.models.bio import OUTSIDE, decode_tags
from allegata.schema.json_lines import json_value
from allegata.schema.plain_values import shown
from allegata.schema.problems import Problem
from allegata.schema.yaml_values import yaml_value
from allegata.text.documents import OTHER, Document, TypeSystem
from allegata.text.spans import Span

_OURS = {"document_id", "start", "text", "tokens", "token_starts", "ner_tags"}
# Names that data sets of the Hub have for the two columns, the usual ones first.
_TOKENS = ("tokens", "words")
_TAGS = ("ner_tags", "ner", "tags", "labels", "fine_ner_tags")
_READ = {*_OURS, *_TOKENS, *_TAGS, "id", "language"}
_ABOUT = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")  # no data
_BATCH = 1000
_SHARD = re.compile(r"(^|[-/])(data-)?\d{5}-of-\d{5}$|/data$")
_FIX = "write the data set again with datasets"

Row = Mapping[str, Any]


@dataclass
class _Parts:
    """The rows of one of our documents in one layer: where each begins, its text, and its spans in this."""

    language: str
    split: str
    rows: list[tuple[int, str, list[tuple[str, Span]]]] = field(default_factory=list)

    def text(self) -> str:
        """The rows put together. Raises `ShapeError` where one is missing or there twice."""
        self.rows.sort(key=lambda row: row[:2])
        position = 0
        for start, text, _ in self.rows:
            if start != position:
                raise ShapeError(f"its rows do not follow one another: one begins at {start}, not at {position}")
            position += len(text)
        return "".join(text for _, text, _ in self.rows)

    def spans(self, layer: str) -> Iterator[tuple[str, str, Span]]:
        """Layer, label and place in the document."""
        for start, _, found in self.rows:
            for label, span in found:
                yield layer, label, Span(start + span.start, start + span.end)


def read_token_classification(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of a data set. Of others each row is one, its text the tokens joined by blanks.

    Their tags may be texts, or numbers whose names the data set gives. A row or file that is neither is a problem.
    """
    ours: dict[str, dict[str, _Parts]] = {}  # by document, then by layer
    seen: set[str] = set()
    for name, file in reading.files(path, ".parquet", ".arrow", ".jsonl", ".json"):
        if name.rpartition("/")[2] in _ABOUT:
            continue
        try:
            columns, rows = _rows_of(file, name, reading)
            if not columns:
                continue
            tokens = next((column for column in _TOKENS if column in columns), None)
            tags = next((column for column in _TAGS if column in columns), None)
            if tokens is None or tags is None:
                raise ShapeError(f"has no column of tokens ({', '.join(_TOKENS)}) or of tags ({', '.join(_TAGS)})")
            names = _names(columns[tags], tags, file, path)
            is_ours = columns.keys() >= _OURS
            for number, row in rows:
                try:
                    words, found = _texts(row.get(tokens), tokens), _tags(row.get(tags), tags, names)
                    if len(words) != len(found):
                        raise ShapeError(f"has tokens: {len(words)}, but tags: {len(found)}")
                    if is_ours:
                        _add(ours, name, row, words, found)
                    else:
                        yield _foreign(row, _name(row, name, number, seen), words, found, types)
                except ShapeError as error:
                    reading.problems.add(Problem(f"row {number}: {error}", "correct the row", file=name))
        except (ShapeError, pa.ArrowException, OSError, ValueError, RecursionError) as error:
            said = str(error) if isinstance(error, ShapeError) else f"cannot be read: {str(error)[:120]}"
            reading.problems.add(Problem(said, _FIX, file=name))
    for document_id, layers in ours.items():
        yield from _put_together(document_id, layers, reading)


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows_of(file: Path, name: str, reading: Reading) -> tuple[Mapping[str, Any], Iterator[tuple[int, Row]]]:
    """The columns of a file, with what its metadata says of each, and its rows by number."""
    if name.endswith(".parquet"):
        parquet = pq.ParquetFile(file)
        columns = _described(parquet.schema_arrow)
        return columns, _arrow_rows(parquet.iter_batches(_BATCH, columns=list(columns)), columns)
    if name.endswith(".arrow"):  # `save_to_disk` writes streams, the cache of `datasets` too
        stream = pa.ipc.open_stream(pa.OSFile(str(file)))
        columns = _described(stream.schema)
        return columns, _arrow_rows(stream, columns)
    found = _json_rows(file, name, reading)
    return dict.fromkeys(key for _, row in found for key in row), iter(found)


def _described(schema: pa.Schema) -> dict[str, Any]:
    """The columns that are read, with what the metadata says of each. Raises `ShapeError` for two of one name."""
    metadata = (schema.metadata or {}).get(b"huggingface", b"{}")
    features = _inside(json_value(metadata), "info", "features")
    names = [name for name in schema.names if name in _READ]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ShapeError(f"has more than one column {twice[0]!r}")
    return {name: _inside(features, name) for name in names if _is_plain(schema.field(name).type)}


def _is_plain(kind: pa.DataType) -> bool:
    """Whether a column holds texts, numbers, or lists of them: a day may be one that Python does not have, and of
    nothing, or in a list of a fixed length, a small file may hold any number."""
    while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_dictionary(kind):
        kind = kind.value_type
    of_texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_one(kind) for is_one in (*of_texts, pa.types.is_integer, pa.types.is_floating))


def _arrow_rows(batches: Iterable[pa.RecordBatch], columns: Iterable[str]) -> Iterator[tuple[int, Row]]:
    """Each batch is checked before it is read: of a damaged stream Arrow believes every offset."""
    number, names = 0, list(columns)
    for batch in batches:
        read = batch.select(names)
        read.validate(full=True)
        for row in read.to_pylist():
            number += 1
            yield number, row


def _json_rows(file: Path, name: str, reading: Reading) -> list[tuple[int, Row]]:
    """JSON Lines, a list of rows, or an object with the list as `data`."""
    rows: list[tuple[int, Row]] = list(rows_of_file(file, name, reading))
    if len(rows) == 1 and isinstance(inner := rows[0][1].get("data"), list):
        if not all(isinstance(row, dict) for row in inner):
            raise ShapeError("'data' has an entry that is no object")
        return list(enumerate(inner, 1))
    return rows


def _texts(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ShapeError(f"{name!r} is {shown(value)}, not a list of texts")
    if half_characters(value):
        raise ShapeError(f"{name!r} has half of a character (a lone surrogate)")
    return value


def _tags(value: Any, name: str, names: Sequence[str] | None) -> list[str]:
    if not isinstance(value, list):
        raise ShapeError(f"{name!r} is {shown(value)}, not a list")
    found = []
    for item in value:
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, int) and not isinstance(item, bool) and names and 0 <= item < len(names):
            found.append(names[item])
        elif isinstance(item, int) and not names:
            raise ShapeError(f"{name!r} has numbers, and the data set does not say which labels they are")
        else:
            raise ShapeError(f"{name!r} has {shown(item)}, which is no tag of the data set")
    return found


# -- what the numbers of tags mean -------------------------------------------------------------------------------------


def _inside(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _names(described: Any, column: str, file: Path, root: Path) -> Sequence[str] | None:
    """The names of the tags of a column: of its own metadata, of a file beside it, or of the card."""
    if found := _class_label(described):
        return found
    folder = file.parent
    while True:
        for about in (folder / "dataset_info.json", folder / "dataset_infos.json"):
            content = _loaded(about, json_value)
            for info in (content, *(content.values() if isinstance(content, dict) else ())):
                if found := _class_label(_inside(info, "features", column)):
                    return found
        if found := _of_card(folder / "README.md", column, file):
            return found
        if folder in (root, folder.parent) or not folder.is_relative_to(root):
            return None
        folder = folder.parent


def _of_card(card: Path, column: str, file: Path) -> Sequence[str] | None:
    """By the front matter: of the configuration that is named as a folder of the file, else of the first."""
    content = _loaded(card, lambda text: yaml_value(text.partition("---")[2].partition("\n---")[0]))
    infos = _inside(content, "dataset_info")
    infos = [info for info in (infos if isinstance(infos, list) else [infos]) if isinstance(info, dict)]
    infos.sort(key=lambda info: info.get("config_name") not in file.parts)
    for info in infos:
        features = info.get("features")
        for one in features if isinstance(features, list) else ():
            if _inside(one, "name") == column and (found := _class_label(one)):
                return found
    return None


def _loaded(file: Path, parse: Any) -> Any:
    try:
        return parse(file.read_text("utf-8-sig")) if file.is_file() else None
    except (OSError, ValueError, RecursionError):
        return None


def _class_label(described: Any) -> Sequence[str] | None:
    """The names of a `ClassLabel`, or of a list of it, as JSON or as YAML have it."""
    for _ in range(4):
        if not isinstance(described, dict):
            return None
        names = described.get("names")
        if isinstance(names, dict):
            names = [names.get(str(number), names.get(number)) for number in range(len(names))]
        if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
            return names
        inner = ("feature", "sequence", "list", "dtype", "class_label")
        described = next((described[key] for key in inner if isinstance(described.get(key), dict)), None)
    return None


# -- documents ---------------------------------------------------------------------------------------------------------


def _add(ours: dict[str, dict[str, _Parts]], name: str, row: Row, words: Sequence[str], tags: Sequence[str]) -> None:
    about = Shape(row)
    document_id, start, text, starts = (
        about.text("document_id"),
        about.number("start"),
        about.text("text"),
        about.items("token_starts"),
    )
    if len(starts) != len(words):
        raise ShapeError(f"has tokens: {len(words)}, but places of tokens: {len(starts)}")
    places = []
    for word, place in zip(words, starts, strict=True):
        if not isinstance(place, int) or place < 0 or not text.startswith(word, place):
            raise ShapeError(f"its text has no {word!r} at {shown(place)}")
        places.append(Span(place, place + len(word)))
    layer, _, file = name.rpartition("/")
    split = file.partition("-")[0].removesuffix(".parquet")
    parts = ours.setdefault(document_id, {}).setdefault(
        id_of(layer) or OTHER, _Parts(about.text("language", "und"), split)
    )
    parts.rows.append((start, text, [(one.label, one.hull) for one in decode_tags(places, tags)]))


def _put_together(document_id: str, layers: Mapping[str, _Parts], reading: Reading) -> Iterator[Document]:
    found: list[tuple[str, str, Span]] = []
    text = None
    for layer, parts in layers.items():
        try:
            own = parts.text()
            text = own if text is None else text
            if own != text:
                raise ShapeError("its text is not that of the other layers")
            found += parts.spans(layer)
        except ShapeError as error:
            problem = Problem(f"document {document_id}: {error}", "export it again", file=layer)
            reading.problems.add(problem)
    if text is not None:
        parts = next(iter(layers.values()))
        yield Document(document_id, text, numbered(found), language=parts.language, split=parts.split)


def _name(row: Row, file: str, number: int, seen: set[str]) -> str:
    """The id of the row where it is one that no row before it had; else the file and the number of the row."""
    stem = file.rpartition(".")[0]
    while (shorter := _SHARD.sub("", stem)) != stem:
        stem = shorter
    own = row.get("id")
    name = own if isinstance(own, str) and own and not own.isdecimal() and own not in seen else f"{stem}-{number:05}"
    seen.add(name)
    return name


def _foreign(row: Row, name: str, words: Sequence[str], tags: Sequence[str], types: TypeSystem) -> Document:
    text, [places] = joined([words])
    marked = [tag if tag[1:2] == "-" or tag == OUTSIDE else f"I-{tag}" for tag in tags]  # labels without B- and I-
    found = [(types.layer_of(one.label), one.label, one.hull) for one in decode_tags(places, marked)]
    return Document(name, text, numbered(found))


def recognises(folder: Path) -> bool:
    """By what says which columns a data set has."""
    try:
        folders = (folder, *sorted(one for one in folder.iterdir() if one.is_dir()))
    except OSError:
        return False
    names = ("README.md", "dataset_info.json")
    return any(name in names and b"ner_tags" in start for one in folders for name, start in beginnings(one, *names))
