"""W3C Web Annotation to documents: pages, collections, lists, single annotations and JSON Lines, of any tool.

The text is that of a `.txt` file named as the source of the annotations, or as the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allegata.exchange.fields import ShapeError
from allegata.exchange.folder import Reading
from allegata.exchange.web_annotation_bodies import iri_of, said
from allegata.exchange.web_annotation_places import flat_targets, kinds, several, span_of
from allegata.exchange.web_annotation_texts import Source, Texts, annotation_id
from allegata.schema.json_lines import JsonError, json_value, parse_json_lines
from allegata.schema.plain_values import shown
from allegata.schema.problems import Problem
from allegata.schema.wording import number
from allegata.text.documents import Annotation, Document, Relation, TypeSystem, place

ENDINGS = (".jsonld", ".json", ".jsonl")
_FIX = "correct the annotation, or take it out"


@dataclass(frozen=True)
class _Item:
    """An annotation as it was read, and where."""

    row: Mapping[str, Any]
    file: Path
    name: str
    line: int | None = None

    def problem(self, what: str) -> Problem:
        """What is wrong with it."""
        its_id = self.row.get("id", self.row.get("@id"))
        who = f"{its_id}: " if isinstance(its_id, str) else ""
        return Problem(f"{who}{what}", _FIX, file=self.name, line=self.line)


def read_web_annotations(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of every file; annotations that lie in a file each are brought together by their text."""
    loose: list[_Item] = []
    texts = Texts(path if path.is_dir() else path.parent)
    for name, file in reading.files(path, *ENDINGS):
        rows, is_page = _rows(file.read_bytes(), name, reading)
        items = [_Item(row, file, name, line) for line, row in rows]
        if not is_page:
            loose += items
        elif items:
            yield from _documents(items, texts, types, reading)
        else:
            try:
                source = texts.beside(file)
                yield Document(source.id, source.text)
            except ShapeError as error:
                reading.problems.add(Problem(str(error), f"add {file.stem}.txt", file=name))
    yield from _documents(loose, texts, types, reading)


def _rows(data: bytes, name: str, reading: Reading) -> tuple[list[tuple[int | None, Mapping[str, Any]]], bool]:
    """The annotations of a file with their lines, and whether it is one page of all that a text has."""
    if name.endswith(".jsonl"):
        lines, problems = parse_json_lines(data, name)
        reading.problems.extend(problems)
        return [(line, row) for line, row in lines], False
    try:
        value = json_value(data)
        if not isinstance(value, dict | list):
            raise JsonError("is no JSON object and no list")
    except JsonError as error:
        reading.problems.add(error.problem("export it as JSON-LD", name))
        return [], False
    found = value if isinstance(value, dict) else {"@graph": value}
    if "Annotation" in kinds(found):
        return [(None, found)], False
    is_page = bool({"AnnotationPage", "AnnotationCollection"} & {one for one in kinds(found) if isinstance(one, str)})
    items = list(_listed(found))
    rows = [item for item in items if isinstance(item, dict)]
    if len(rows) < len(items):
        what = f"holds {number(len(items) - len(rows), 'item')} beside annotations"
        reading.problems.add(Problem(what, _FIX, file=name))
    elif not is_page and not rows:
        reading.problems.add(Problem("holds no annotation", "export it as Web Annotation", file=name))
    return [(None, row) for row in rows], is_page and len(rows) == len(items)


def _listed(found: Mapping[str, Any]) -> Iterator[Any]:
    """What a list, a page or a collection with its pages holds."""
    page: object = found
    while isinstance(page, dict):
        yield from several(page.get("items", page.get("@graph")))
        page = page.get("first", page.get("next"))


@dataclass
class _Work:
    """What one creator did with one text."""

    source: Source
    annotator: str
    machine: bool
    spans: dict[str, Annotation] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)


def _documents(items: Sequence[_Item], texts: Texts, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    works: dict[tuple[str, str, bool], _Work] = {}
    of_iri: dict[str, tuple[_Work, str]] = {}
    links: list[tuple[_Item, list[str]]] = []
    for item in items:
        try:
            if "Annotation" not in kinds(item.row):
                raise ShapeError(f"{shown(dict(item.row))} is no annotation")
            targets = flat_targets(item.row)
            iris = [iri_of(target) for target in targets if not _has_place(target)]
            if len(iris) == len(targets):
                links.append((item, iris))
            elif iris:
                raise ShapeError("has targets with and without a place in a text")
            else:
                _span(item, targets, works, of_iri, texts, types, reading)
        except ShapeError as error:
            reading.problems.add(item.problem(str(error)))
    for item, iris in links:
        try:
            _relation(item, iris, of_iri, reading)
        except ShapeError as error:
            reading.problems.add(item.problem(str(error)))
    for work in works.values():
        yield Document(
            work.source.id,
            work.source.text,
            tuple(_named(work.spans.values())),
            tuple(work.relations),
            language=work.source.language,
            annotator=work.annotator,
            machine=work.machine,
        )


def _has_place(target: object) -> bool:
    return isinstance(target, dict) and "selector" in target


def _span(
    item: _Item,
    targets: Sequence[Any],
    works: dict[tuple[str, str, bool], _Work],
    of_iri: dict[str, tuple[_Work, str]],
    texts: Texts,
    types: TypeSystem,
    reading: Reading,
) -> None:
    """Add the annotation of an item to the work that it belongs to. Raises `ShapeError`."""
    source = texts.of(targets[0], item.file)
    for target in targets[1:]:
        if texts.of(target, item.file) is not source:
            raise ShapeError("has targets in several texts")

    def note(what: str) -> None:
        reading.notices.add(what, item.name)

    segments = tuple(span_of(target, source.text, source.units, note) for target in targets)
    annotator, machine = _creator(item.row)
    facts = said(item.row, types)
    iri = item.row.get("id", item.row.get("@id"))
    work = works.setdefault((source.id, annotator, machine), _Work(source, annotator, machine))
    its_id = annotation_id(iri) if isinstance(iri, str) else ""
    if its_id in work.spans:
        raise ShapeError("has the id of another annotation")
    if isinstance(iri, str):
        of_iri[iri] = (work, its_id)
    key = its_id or f"\0{len(work.spans)}"
    work.spans[key] = Annotation(its_id, facts.layer, facts.label, segments, facts.attributes)


def _relation(item: _Item, iris: list[str], of_iri: Mapping[str, tuple[_Work, str]], reading: Reading) -> None:
    """Add a relation: from its first target to what its body links to, or to its second target. Raises `ShapeError`."""
    facts = said(item.row, TypeSystem())
    ends = [*iris, *facts.links][:2]
    if not any(end in of_iri for end in ends):
        reading.notices.add("annotations of a whole text, skipped", item.name)
        return
    if len(ends) < 2:
        raise ShapeError("links to nothing")
    for end in ends:
        if end not in of_iri:
            raise ShapeError(f"points to {end}, which is no annotation here")
    (work, first), (other, second) = of_iri[ends[0]], of_iri[ends[1]]
    if work is not other:
        raise ShapeError("relates annotations of several texts or creators")
    work.relations.append(Relation(facts.label, first, second))


def _creator(row: Mapping[str, Any]) -> tuple[str, bool]:
    """Who made an annotation, "" where nobody is named, and whether that is a program."""
    for one in several(row.get("creator")):
        if isinstance(one, str):
            return one, False
        if isinstance(one, dict):
            names = (one.get(name) for name in ("name", "nickname", "id", "@id"))
            return next((name for name in names if isinstance(name, str)), ""), "Software" in kinds(one)
    return "", False


def _named(spans: Iterable[Annotation]) -> Iterator[Annotation]:
    """The annotations; those without an id are `n1`, `n2` in the order of the text."""
    found = list(spans)
    taken = {one.id for one in found}
    nameless = sorted((one for one in found if not one.id), key=place)
    free = (f"n{number}" for number in range(1, len(found) + len(nameless) + 1) if f"n{number}" not in taken)
    yield from (one for one in found if one.id)
    yield from (replace(one, id=name) for one, name in zip(nameless, free, strict=False))
