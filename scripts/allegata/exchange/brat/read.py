"""Files of brat as documents: those that we wrote, and those of brat and of other programs."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from allegata.exchange.brat.files import sources
from allegata.exchange.brat.lines import parse_brat
from allegata.exchange.brat.names import Names
from allegata.exchange.brat.notes import carried
from allegata.exchange.brat.records import CARRIER, BratDocument, Place
from allegata.exchange.brat.spans import Lines, annotation_of
from allegata.exchange.brat.texts import counted
from allegata.exchange.common import decoded
from allegata.exchange.fields import ShapeError
from allegata.exchange.folder import Reading, id_of, mark_of
from allegata.schema.problems import Problem
from allegata.text.documents import Annotation, Document, Relation, TypeSystem


def read_brat(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of a folder, or of one annotation file with its text beside it.

    Several annotators of a text have files `TEXT_ANNOTATOR.ann`, or a folder each.
    """
    layers = mark_of(path).layers  # the names in brat are those of the layers that were exported
    names = Names(types if layers is None else types.only(layers))
    for source in sources(path, reading):
        text = _content(*source.text, reading)
        contents = [(name, _content(name, file, reading)) for name, file in source.parts]
        parts = [(name, content.removeprefix("\ufeff")) for name, content in contents if content is not None]
        if text is None or not parts:
            continue
        found = counted(text, [content for _, content in parts])
        if found.notice:
            reading.notices.add(found.notice, source.text[0])
        parsed = parse_brat(found.text, parts, reading.notices, reading.problems, found.offsets)
        annotations, relations = _assembled(parsed, found.text, names, reading)
        article = id_of(PurePosixPath(source.text[0]).stem)
        yield Document(article, found.text, annotations, relations, annotator=source.annotator)


def _content(name: str, file: Path, reading: Reading) -> str | None:
    raw = file.read_bytes()
    content = decoded(raw, name, reading.notices)
    if isinstance(content, Problem):
        reading.problems.add(content)
        return None
    return "\ufeff" + content if raw.startswith(codecs.BOM_UTF8) else content


def _assembled(
    parsed: BratDocument, text: str, names: Names, reading: Reading
) -> tuple[tuple[Annotation, ...], tuple[Relation, ...]]:
    """The annotations and relations of parsed files.

    An event is an annotation with the span of its trigger, which is none of its own. What has no place in a document is
    counted: attributes and notes of relations, and relations of relations.
    """
    spans, events = _spans(parsed)
    labels = _link_labels(parsed, names)

    def lines_of(target: str, place: Place) -> Lines | None:
        if target in labels and target != "*":
            reading.notices.add("attribute or note of a relation, which has no place, skipped", place[0])
        return spans.get(events.get(target, target))

    for mark in parsed.marks:
        if lines := lines_of(mark.target, mark.place):
            lines.marks.append(mark)
    for reference in parsed.references:
        if lines := lines_of(reference.target, reference.place):
            lines.references.append(reference)
    for note in parsed.notes:
        if (note.kind != CARRIER or note.target not in labels) and (lines := lines_of(note.target, note.place)):
            lines.notes.append(note)
    ids, found = _annotations(spans, text, names, reading)
    pairs = [(labels.get(link.id) or names.relation_of(link.label), link.first, link.second) for link in parsed.links]
    pairs += [(role, name, target) for name, event in parsed.events.items() for role, target in event.arguments]
    relations: set[Relation] = set()
    for label, *ends in pairs:
        first, second = (ids.get(events.get(end, end), "") for end in ends)
        if first and second:
            relations.add(Relation(label, first, second))
        elif any(end in labels for end in ends):
            reading.notices.add("relation of a relation, which has no place, skipped", parsed.links[0].place[0])
    return tuple(found.values()), tuple(sorted(relations))


def _spans(parsed: BratDocument) -> tuple[dict[str, Lines], dict[str, str]]:
    """The lines of each annotation by its id in brat, and the event of each trigger."""
    events: dict[str, str] = {}
    for name, event in parsed.events.items():
        if event.trigger in parsed.text_bounds:
            events.setdefault(event.trigger, name)
    spans = {
        name: Lines(one.label, one.fragments, one.place)
        for name, one in parsed.text_bounds.items()
        if name not in events
    }
    for name, event in parsed.events.items():
        if trigger := parsed.text_bounds.get(event.trigger):
            spans[name] = Lines(event.label, trigger.fragments, event.place)
    return spans, events


def _link_labels(parsed: BratDocument, names: Names) -> dict[str, str]:
    """The label of each relation by its id in brat."""
    written = {link.id: link.label for link in parsed.links if link.id != "*"}
    labels = {name: names.relation_of(label) for name, label in written.items()}
    for note in parsed.notes:
        if note.kind == CARRIER and note.target in written:
            try:
                extra = carried(note)
            except ShapeError:
                continue
            if extra.name == written[note.target]:
                labels[note.target] = extra.label[1]
    return labels


def _annotations(
    spans: Mapping[str, Lines], text: str, names: Names, reading: Reading
) -> tuple[dict[str, str], dict[str, Annotation]]:
    """The id of each annotation by its id in brat, and the annotations by their ids."""
    ids: dict[str, str] = {}
    found: dict[str, Annotation] = {}
    for brat_id, lines in spans.items():
        annotation, faults = annotation_of(brat_id, lines, text, names)
        if annotation and annotation.id in found:
            faults.append((lines.place, f"{brat_id} has the id {annotation.id}, which another has"))
            annotation = replace(annotation, id=brat_id) if brat_id not in found else None
        for place, what in faults:
            reading.problems.add(Problem(what, "correct the line or take it out", file=place[0], line=place[1]))
        if annotation:
            found[annotation.id] = annotation
            ids[brat_id] = annotation.id
    return ids, found
