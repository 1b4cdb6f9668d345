"""A Potato project as documents: `user_state.json`, the older `annotated_instances.jsonl`, and predictions in the data.

Sources: Potato 2.12.1, `user_state_management.py`, `export/cli.py`, `server_utils/span_text.py` (what the page makes of
a plain text), `flask_server.py` (predictions); for the older files `save_user_state` of Potato 1.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.folder import Reading
from allegata.exchange.json_rows import rows_of_files
from allegata.exchange.label_names import layer_named
from allegata.exchange.spans_only import span_of, whole_characters
from allegata.exchange.utf16 import Utf16
from allegata.schema.file_kinds import utf8_text
from allegata.schema.plain_values import shown
from allegata.schema.problems import Problem
from allegata.schema.yaml_values import yaml_value
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span

DOCUMENT, PREDICTIONS, STATE = "document", "predictions", "user_state.json"
_OLDER = "annotated_instances.jsonl"
_SHOWN = re.compile(
    r"</?[A-Za-z][^<>]{0,2000}>|<!--.{0,2000}?-->|&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);|[ \t]+|.", re.DOTALL
)


@dataclass(frozen=True)
class _Project:
    """What a configuration says of the data: the fields of an item, and how those that are displayed are shown."""

    id: str = "id"
    text: str = "text"
    predictions: str = PREDICTIONS
    displays: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Work:
    """What one annotator, or a machine, did with one text. `displayed` is the text as the page had it, where known."""

    file: str
    line: int
    annotator: str
    item: str
    spans: list[dict[str, Any]]
    links: list[dict[str, Any]] = field(default_factory=list)
    displayed: str | None = None
    machine: bool = False


_Items = dict[str, tuple[str, int, Shape]]


def read_potato(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """A document for every text that an annotator has annotated, and one of a machine for every prediction.

    Texts that nobody annotated, answers about a text as a whole and spans of further fields are notices.
    """
    project = _project(path, reading)
    items, works = _rows(path, project, reading)
    for item, (name, number, row) in items.items():
        found = row.values.get(project.predictions)
        if isinstance(found, dict):
            listed = [{"schema": key, **one} for key, of in found.items() for one in _dicts(of)]
            works.append(_Work(name, number, "", item, listed, machine=True))
    done = {work.item for work in works}
    for item in items:
        if item not in done:
            reading.notices.add("text that nobody has annotated, skipped", item)
    texts = _Texts(project, items, reading)
    for work in works:
        try:
            yield whole_characters(texts.document(work, types))
        except ShapeError as error:
            what = f"{work.item}: {error}"
            reading.problems.add(Problem(what, "correct the annotation", file=work.file, line=work.line))


def _project(path: Path, reading: Reading) -> _Project:
    for name, file in reading.files(path, ".yaml", ".yml") if path.is_dir() else []:
        try:
            config = yaml_value(file.read_bytes())
            if isinstance(config, dict) and "item_properties" in config:
                row = Shape(config)
                fields = row.row("item_properties")
                return _Project(
                    fields.text("id_key", "id"),
                    fields.text("text_key", "text"),
                    row.row("pre_annotation").text("field", PREDICTIONS),
                    {one.text("key"): one.text("type") for one in row.row("instance_display").rows("fields")},
                )
        except ValueError as error:
            problem = Problem(f"is no configuration: {error}", "correct it, or take it out", file=name)
            reading.problems.add(problem)
    return _Project()


def _rows(path: Path, project: _Project, reading: Reading) -> tuple[_Items, list[_Work]]:
    """The items of the data by id, and what every annotator did with each."""
    items: _Items = {}
    works: list[_Work] = []
    for name, number, row in (*rows_of_files(path, reading, ".json", ".jsonl"), *_tables(path, reading)):
        place, shape = PurePosixPath(name), Shape(row)
        try:
            if place.name == STATE:
                works += _of_state(shape, name, number)
            elif place.name == _OLDER:
                works.append(_of_older(shape, name, number))
                if row.get("label_annotations"):
                    reading.notices.add("answer about a text as a whole, which is not read", f"{name}:{number}")
            elif project.id in row and project.text in row:
                items[shape.name(project.id)] = (name, number, shape)
        except ShapeError as error:
            reading.problems.add(Problem(str(error), "correct the line", file=name, line=number))
    return items, works


def _tables(path: Path, reading: Reading) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for name, file in reading.files(path, ".csv", ".tsv") if path.is_dir() else []:
        text = utf8_text(file.read_bytes(), name)
        if isinstance(text, Problem):
            reading.problems.add(text)
            continue
        text = text.removeprefix("\ufeff")
        try:
            table = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if name.endswith(".tsv") else ",")
            yield from ((name, table.line_num, {key or "": value for key, value in row.items()}) for row in table)
        except csv.Error as error:
            reading.problems.add(Problem(f"is no table: {error}", "correct the file", file=name))


def _of_state(state: Shape, name: str, number: int) -> Iterator[_Work]:
    annotator = state.name("user_id", PurePosixPath(name).parent.name)
    # No origin is a person, as in Potato, and one that says nothing a machine.
    machine = bool(state.values.get("origin")) and state.row("origin").values.get("kind") != "human"
    fields = [state.row(f"instance_id_to_{kind}_to_value").values for kind in ("span", "link", "label")]
    for item in dict.fromkeys(key for field_ in fields for key in field_):
        spans, links = (_dicts(field_.get(item)) for field_ in fields[:2])
        yield _Work(name, number, annotator, item, spans, links, machine=machine)


def _of_older(row: Shape, name: str, number: int) -> _Work:
    annotator = PurePosixPath(name).parent.name
    spans = row.values.get("span_annotations")
    return _Work(name, number, annotator, row.name("id"), _dicts(spans), displayed=row.text("displayed_text"))


def _dicts(value: object) -> list[dict[str, Any]]:
    """The objects of a list, of a list of pairs of an object and a value, of an object of objects, or of one of lists.

    In the last form the key is the schema of what is in the list. Raises `ShapeError` for anything else.
    """
    if value is None:
        return []
    if isinstance(value, dict):
        found = []
        for key, one in value.items():
            found += [{"schema": key, **each} for each in _dicts(one)] if isinstance(one, list) else _dicts([one])
        return found
    if not isinstance(value, list):
        raise ShapeError(f"{shown(value)} is no list of spans")
    inner = [one[0] if isinstance(one, list) and one else one for one in value]
    if faulty := [one for one in inner if not isinstance(one, dict)]:
        raise ShapeError(f"{shown(faulty[0])} is no span")
    return inner


class _Texts:
    """The texts of a project, and where a span is in them."""

    def __init__(self, project: _Project, items: _Items, reading: Reading) -> None:
        self._project, self._items, self._reading = project, items, reading

    def document(self, work: _Work, types: TypeSystem) -> Document:
        """The document of an annotator's work on a text. Raises `ShapeError` for what is wrong with it."""
        row = self._items[work.item][2] if work.item in self._items else Shape({})
        targets = [one.get("target_field") for one in work.spans]
        target = next((one for one in targets if isinstance(one, str)), None)
        text, places = self._text(work, row, target)
        units = Utf16(text)
        annotations = []
        for number, values in enumerate(work.spans, 1):
            if target is not None and values.get("target_field") not in (None, target):
                self._reading.notices.add("span of a further field of a text, skipped", work.item)
                continue
            one = Shape(values)
            label = one.text("name", "") or one.text("label", "") or one.text("annotation")
            parts = [one, *one.rows("additional_parts")]
            segments = tuple(self._segment(part, text, places, units) for part in parts)
            layer = layer_named(one.text("schema", ""), label, types)
            annotations.append(Annotation(one.name("id", str(number)), layer, label, segments))
        if len({one.id for one in annotations}) < len(annotations):
            raise ShapeError("two of its spans have the same id")
        relations = tuple(self._relations(work, {one.id for one in annotations}))
        language, split = row.text("language", "und"), row.text("split", "")
        return Document(work.item, text, tuple(annotations), relations, language, work.annotator, work.machine, split)

    def _text(self, work: _Work, row: Shape, target: str | None) -> tuple[str, list[int] | None]:
        """The text, and where each character that the page shows is in it; None where it shows all as they are."""
        if work.displayed is not None:
            return work.displayed, None
        if not row.values:
            raise ShapeError("its text is not in the data: add the data files of the project")
        name = target or next(iter(self._project.displays), self._project.text)
        if name not in row.values:
            name = self._project.text
        text = row.text(name)
        if self._project.displays.get(name, DOCUMENT if name == DOCUMENT else "") == DOCUMENT:
            return html.unescape(re.sub(r"<[^>]+>", "", text)), None
        return (text, None) if self._project.displays else (text, displayed(text))

    def _segment(self, part: Shape, text: str, places: list[int] | None, units: Utf16) -> Span:
        start, end = part.number("start"), part.number("end")
        if places is not None:
            if not 0 <= start < end < len(places):
                raise ShapeError(f"[{start},{end}) lies outside the text")
            start, end = places[start], places[end - 1] + 1
        quote = part.values.get("span", part.values.get("text"))
        if isinstance(quote, str) and text[start:end].split() != quote.split():
            first, last = units.code_points(start), units.code_points(end)
            if first is None or last is None or text[first:last].split() != quote.split():
                raise ShapeError(f"[{start},{end}) is {text[start:end][:40]!r} in the text, not {quote[:40]!r}")
            self._reading.notices.add("span counted in UTF-16 units, converted by its quote", part.text("schema", ""))
            start, end = first, last
        return span_of(start, end, text)

    def _relations(self, work: _Work, known: set[str]) -> Iterator[Relation]:
        for values in work.links:
            link = Shape(values)
            label, ends = link.text("link_type"), link.texts("span_ids")
            if len(ends) != 2:
                self._reading.notices.add("link of other than two spans, skipped", work.item)
            elif not known.issuperset(ends):
                raise ShapeError(f"the link {label!r} points to a span that is not there")
            else:
                yield Relation(label, *ends)


def displayed(text: str) -> list[int]:
    """Where each character that the page shows of a plain text is in it, and its length.

    Runs of spaces and tabs are one space, other control characters than line feeds and what is markup are nothing, and
    the text is stripped.
    """
    places: list[tuple[int, str]] = []
    for match in _SHOWN.finditer(text):
        found = match[0]
        if found[0] in " \t":
            places.append((match.start(), " "))
        elif found[0] == "&" and len(found) > 1:
            places += [(match.start(), one) for one in html.unescape(found)]
        elif len(found) == 1 and (found == "\n" or not (found < " " or found == "\x7f")):
            places.append((match.start(), found))
    while places and places[-1][1].isspace():
        places.pop()
    first = next((at for at, (_, one) in enumerate(places) if not one.isspace()), 0)
    return [*(at for at, _ in places[first:]), len(text)]
