"""Plain JSON Lines, a document a line with its spans: for one's own programs. Holds everything."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.folder import Export, Reading
from allegata.exchange.format import Format
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span, span_fault

FILE = "spans.jsonl"


def write_spans(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """One file, `spans.jsonl`, a line a document."""
    with out.open(FILE) as file:
        for document in documents:
            file.write(json.dumps(_row(document), ensure_ascii=False).encode() + b"\n")


def _row(document: Document) -> dict[str, Any]:
    spans = [
        {
            "id": one.id,
            "layer": one.layer,
            "label": one.label,
            "segments": [[start, end] for start, end in one.segments],
            "quotes": [segment.quote(document.text) for segment in one.segments],
            "attributes": {name: list(v) if isinstance(v, tuple) else v for name, v in one.attributes.items()},
        }
        for one in document.annotations
    ]
    return {
        "id": document.id,
        "language": document.language,
        "split": document.split,
        "annotator": document.annotator,
        "machine": document.machine,
        "text": document.text,
        "spans": spans,
        "relations": [relation._asdict() for relation in document.relations],
    }


def read_spans(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of every `.jsonl` file. A line that is no document, or a quote that is not there, is a problem.

    `quotes` may be missing; then nothing shows that the offsets are those of this text.
    """
    for name, file in reading.files(path, ".jsonl"):
        lines, problems = parse_json_lines(file.read_bytes(), name)
        reading.problems.extend(problems)
        for number, row in lines:
            try:
                yield _document(Shape(row))
            except ShapeError as error:
                reading.problems.add(Problem(str(error), "correct the line", file=name, line=number))


def _document(row: Shape) -> Document:
    text = row.text("text")
    annotations = tuple(_annotation(span, text) for span in row.rows("spans"))
    relations = tuple(
        Relation(one.text("label"), one.text("first"), one.text("second")) for one in row.rows("relations")
    )
    ids = Counter(one.id for one in annotations)
    if doubled := sorted(name for name, count in ids.items() if count > 1):
        raise ShapeError(f"{doubled[0]!r} is the id of {ids[doubled[0]]} spans")
    for one in relations:
        if unknown := [name for name in (one.first, one.second) if name not in ids]:
            raise ShapeError(f"relation {one.label!r}: no span has the id {unknown[0]!r}")
    return Document(
        row.text("id"),
        text,
        annotations,
        relations,
        row.text("language", "und"),
        row.text("annotator", ""),
        row.flag("machine"),
        row.text("split", ""),
    )


def _annotation(span: Shape, text: str) -> Annotation:
    segments = tuple(Span(*pair) for pair in span.pairs("segments"))
    quotes: Sequence[str | None] = span.texts("quotes") or [None] * len(segments)
    if len(quotes) != len(segments):
        raise ShapeError(f"{span.text('id')}: segments: {len(segments)}, but quotes: {len(quotes)}")
    for segment, quote in zip(segments, quotes, strict=True):
        fault = span_fault(*segment, len(text))
        if not fault and quote is not None and segment.quote(text) != quote:
            fault = f"its text is not {quote!r}"
        if fault:
            raise ShapeError(f"{span.text('id')}: [{segment.start},{segment.end}): {fault}")
    return Annotation(span.text("id"), span.text("layer"), span.text("label"), segments, span.attributes("attributes"))


def _recognises(folder: Path) -> bool:
    return (folder / FILE).is_file()


SPANS = Format("spans", "plain JSON Lines", write_spans, read_spans, _recognises)
