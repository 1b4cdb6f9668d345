"""doccano: JSON Lines with `entities` and `relations`, and the older triples in `label`.

Sources: doccano 1.8.4, `data_import/pipeline/label.py` and `labels.py` (what it takes), `data_export/pipeline` and
`celery_tasks.py` (what it writes: `all.jsonl`, or a file for every member of a project in which each labels for
himself), and its annotator (v-annotator, `Text` and `TextSelectionHandler`) for the unit of offsets.

Offsets are those of the browser's strings, UTF-16 units; in a project that counts grapheme clusters, clusters. The file
does not say which, so ours say it in a field of their own, which doccano keeps, as every field of an example that it
does not know. An import into a project that does not allow overlapping spans drops, without a word, every span that
begins before the last one ended: a project for our files must allow them, and use relations.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.folder import Export, Reading, beginnings
from allegata.exchange.format import Format
from allegata.exchange.json_rows import rows_of_files
from allegata.exchange.label_names import COLOURS, LabelNames
from allegata.exchange.spans_only import numbered, span_of, spans_only, whole_characters
from allegata.exchange.units import Unit, counter, likely_unit
from allegata.exchange.utf16 import Utf16
from allegata.schema.plain_values import shown
from allegata.schema.problems import Problem
from allegata.text.documents import Annotation, Document, TypeSystem

FILE = "all.jsonl"  # as doccano calls the file of a project in which all label together
_UNIT = "offset_unit"


def write_doccano(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`all.jsonl`, and the labels of spans and relations for the page Labels of the project.

    In ASCII: doccano guesses the encoding of a file.
    """
    names = LabelNames(types)
    with out.open(FILE) as file:
        for document in documents:
            shown_ = spans_only(document, names, out.lose, "doccano")
            file.write(json.dumps(_row(shown_, names)).encode() + b"\n")
    for name, labels in (
        ("span_labels.json", names.definitions),
        ("relation_labels.json", [one.label for one in types.relations]),
    ):
        rows = [
            {"text": label, "background_color": COLOURS[at % len(COLOURS)], "text_color": "#ffffff"}
            for at, label in enumerate(labels)
        ]
        out.write(name, json.dumps(rows, indent=2) + "\n")


def _row(document: Document, names: LabelNames) -> dict[str, Any]:
    count = Utf16(document.text).units
    entities = [
        {
            "id": int(one.id),
            "label": names.name(one.layer, one.label),
            "start_offset": count(one.hull.start),
            "end_offset": count(one.hull.end),
        }
        for one in document.annotations
    ]
    relations = [
        {"id": number, "from_id": int(one.first), "to_id": int(one.second), "type": one.label}
        for number, one in enumerate(document.relations, 1)
    ]
    facts = {_UNIT: "utf-16", "language": document.language, "split": document.split}
    return {"id": document.id, "text": document.text, "entities": entities, "relations": relations, **facts}


def read_doccano(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The texts of every `.jsonl` file.

    Where several files have a text, their names are those of its annotators. In which unit a file without a word about
    it counts is found from where its spans begin and end, and is a notice where it matters.
    """
    names = LabelNames(types)
    rows = list(rows_of_files(path, reading, ".jsonl"))
    unit = _unit(rows, reading)
    times = Counter(row["id"] for _, _, row in rows if isinstance(row.get("id"), str | int))
    for name, number, row in rows:
        stem, where = PurePosixPath(name).stem, f"{name}:{number}"
        try:
            shape = Shape(row)
            document_id = shape.name("id", f"{stem}-{number}")
            annotator = stem if times[row.get("id")] > 1 and stem != PurePosixPath(FILE).stem else ""
            found = whole_characters(_document(shape, document_id, annotator, names, unit))
        except ShapeError as error:
            reading.problems.add(Problem(str(error), "correct the line", file=name, line=number))
            continue
        if row.get("Comments"):
            reading.notices.add("comments, which are not read", where)
        if annotator and not found.annotations:
            reading.notices.add("text that one of several annotators has not labelled, skipped", where)
        else:
            yield found


def _unit(rows: Iterable[tuple[str, int, dict[str, Any]]], reading: Reading) -> Unit:
    silent = [(name, row) for name, _, row in rows if row.get(_UNIT) != "utf-16"]
    texts = []
    for _, row in silent:
        text = row.get("text")
        if isinstance(text, str) and (not text.isascii() or "\r\n" in text):
            try:
                texts.append((text, [(start, end) for _, start, end, _ in _spans(Shape(row))]))
            except ShapeError:
                continue  # reported where it is read
    unit, differs = likely_unit(texts)
    if differs:
        what = f"file that does not say how it counts characters; most spans fit words when it counts {unit}"
        for name in sorted({name for name, _ in silent}):
            reading.notices.add(what, name)
    return unit


def _spans(row: Shape) -> Iterator[tuple[Any, int, int, str]]:
    """Key, start, end and name of every span, in the form with `entities` or the older one."""
    if isinstance(row.values.get("entities"), list) and any(isinstance(one, dict) for one in row.items("entities")):
        for number, one in enumerate(row.rows("entities")):
            yield (
                one.name("id", f"no id {number}"),
                one.number("start_offset"),
                one.number("end_offset"),
                one.text("label"),
            )
        return
    for name in ("label", "labels", "entities"):
        for number, item in enumerate(row.items(name)):
            if not isinstance(item, list) or [type(part) for part in item] != [int, int, str]:
                raise ShapeError(f"{name!r} holds {shown(item)}, not [start, end, label]")
            yield f"no id {number}", *item


def _document(row: Shape, document_id: str, annotator: str, names: LabelNames, unit: Unit) -> Document:
    text = row.text("text")
    count = counter(text, "utf-16" if row.values.get(_UNIT) == "utf-16" else unit)
    found = []
    for key, start, end, name in _spans(row):
        first, last = count(start), count(end)
        if first is None or last is None:
            raise ShapeError(f"[{start},{end}) lies outside the text, or within a character")
        layer, label = names.found(name)
        found.append((key, Annotation("", layer, label, (span_of(first, last, text),))))
    relations = [(one.text("type"), one.name("from_id"), one.name("to_id")) for one in row.rows("relations")]
    annotations, between = numbered(found, relations)
    language, split = row.text("language", "und"), row.text("split", "")
    return Document(document_id, text, annotations, between, language, annotator, split=split)


def _recognises(folder: Path) -> bool:
    signs = (b'"entities"', b'"label": [', b'"label":[')
    lines = (start.partition(b"\n")[0] for _, start in beginnings(folder, ".jsonl"))
    return any(b'"text"' in line and any(sign in line for sign in signs) for line in lines)


DOCCANO = Format("doccano", "doccano JSON Lines", write_doccano, read_doccano, _recognises)
