"""Corrections come home: what a tool changed goes into the gold, everything else of it stays as it is.

Three documents are compared: the gold, the gold as the tool's format could show it, and what came back. A field that
the format could not show is kept from the gold; so is every record that came back as it was shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from allegata.annotate.documents import PARTS, POINTERS, RELATION_OF, is_attribute, is_part, relations_of
from allegata.annotate.gold import GoldArticle
from allegata.annotate.recomputed import recomputed
from allegata.annotate.records import KINDS, SPAN_FIELDS, Records
from allegata.schema.scheme import Scheme
from allegata.text.claim_context import parents, with_computed
from allegata.text.document_pairs import AnnotationPair, paired
from allegata.text.documents import Annotation, Document, Relation
from allegata.text.sentence_ends import as_sentence
from allegata.text.spans import Span

_LETTER = {"mention": "m", "attribution": "a", "claim": "c", "time": "t"}


@dataclass(frozen=True)
class Corrected:
    """The records of an article after correction; `changed` ids, `added` and `removed` among them, and `faults`.

    A fault is a sentence, with the clean span that it is about. `notes` are what no record has a place for, as remarks
    of an annotator: it is not taken.
    """

    records: tuple[Mapping[str, Any], ...]
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    faults: tuple[tuple[str, Span], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def touched(self) -> frozenset[str]:
        """The ids of the records that are not as they were."""
        return frozenset((*self.added, *self.changed, *self.removed))


@dataclass
class _Sides:
    """The gold as it was shown and as it came back, by the ids of the gold; what is new in the tool has new ids.

    `made_there` are those records of the gold whose annotation was made in the tool and came home before: what it does
    not say was never shown there, so that it is not taken out.
    """

    shown: Document
    back: Document
    to_source: Callable[[Span], Span]
    made_there: frozenset[str] = frozenset()
    faults: list[tuple[str, Span]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)  # parts that belong to an attribution

    @cached_property
    def _targets(self) -> tuple[Mapping[tuple[str, str], list[str]], Mapping[tuple[str, str], list[str]]]:
        """Label and first of the relations, as they were shown and as they came back -> their seconds."""
        found: tuple[dict[tuple[str, str], list[str]], dict[tuple[str, str], list[str]]] = ({}, {})
        for targets, document in zip(found, (self.shown, self.back), strict=True):
            for one in document.relations:
                targets.setdefault((one.label, one.first), []).append(one.second)
        return found

    def targets(self, label: str, first: str) -> tuple[list[str], list[str]]:
        """Where the relations of an annotation lead, as they were shown and as they came back."""
        shown, back = self._targets
        return shown.get((label, first), []), back.get((label, first), [])

    def parts(self, record_id: str, part: str) -> tuple[list[Span], list[Span]]:
        """The clean segments of the cue or source of an attribution, as they were shown and as they came back."""
        names = self.targets(part, record_id)
        self.used.update(names[1])
        shown, back = (
            [one for name in dict.fromkeys(of) if (one := document.by_id[name]).label == part]
            for document, of in zip((self.shown, self.back), names, strict=True)
        )
        return [span for one in shown for span in one.segments], [span for one in back for span in one.segments]

    def set_aside(self, one: Annotation, record_id: str, name: str, value: object) -> None:
        if value is not None:
            self.notes.append(
                f"{one.layer} {record_id}: {name} {value!r} is not taken, for a {one.layer} has no {name}"
            )

    def complain(self, one: Annotation, what: str) -> None:
        self.faults.append((f"{one.layer} {one.quote(self.back.text)[:40]!r}: {what}", one.hull))


def correct(
    gold: GoldArticle,
    shown: Document,
    back: Document,
    to_source: Callable[[Span], Span],
    scheme: Scheme,
    *,
    by_id: bool,
) -> Corrected:
    """The gold of an article with what a tool changed.

    `shown` is the gold as the format could show it, with the ids of the gold, `back` what came back, on the same text.
    `by_id` says that the format keeps ids. `to_source` takes a clean span to the source text.
    """
    pairs = paired(shown, back, by_id=by_id)
    made_there = frozenset(one.id for one, other in pairs if one and other and one.id != other.id and by_id)
    sides = _Sides(*_with_hidden(gold, shown, _renamed(pairs, back, gold)), to_source, made_there)
    forms = Records(scheme)
    records: list[dict[str, Any]] = []
    removed = []
    there, before = sides.back.by_id, shown.by_id
    for record in gold.records:
        if record["id"] in before and record["id"] not in there:
            removed.append(record["id"])
            continue
        found = _corrected(record, sides, forms) if record["id"] in before else dict(record)
        _correct_parts(found, sides)
        records.append(found)
    old = {record["id"]: record for record in gold.records}
    new = [
        _new(one, sides, forms)
        for one in sides.back.annotations
        if one.id not in old and one.layer in KINDS and not is_part(one)
    ]
    records = _completed(records, old, new, sides, forms, scheme)
    _find_strays(sides, old)
    added = tuple(record["id"] for record in records if record["id"] not in old)
    changed = tuple(record["id"] for record in records if record != old.get(record["id"], record))
    return Corrected(tuple(records), added, changed, tuple(removed), tuple(sides.faults), tuple(sides.notes))


def _renamed(pairs: Sequence[AnnotationPair], back: Document, gold: GoldArticle) -> Document:
    """What came back, with the ids of the gold where it is the same annotation, and free ids where it is new.

    The cue of an attribution is never its content: of two that are not mentions the labels are the same.
    """
    ids: dict[str, str] = {}
    count = {kind: 1 + max([0, *_numbers(gold, kind)]) for kind in KINDS}
    parts = 0
    for one, other in pairs:
        if other is None:
            continue
        if one is not None and (one.layer == "mention" or one.label == other.label):
            ids[other.id] = one.id
        elif other.layer in KINDS and not is_part(other):
            ids[other.id] = f"{_LETTER[other.layer]}{count[other.layer]:03}"
            count[other.layer] += 1
        else:
            parts += 1
            ids[other.id] = f"new:{parts}"
    annotations = tuple(replace(one, id=ids[one.id]) for one in back.annotations)
    known = (one for one in back.relations if {one.first, one.second} <= ids.keys())
    relations = tuple(Relation(one.label, ids[one.first], ids[one.second]) for one in known)
    return replace(back, annotations=annotations, relations=relations)


def _with_hidden(gold: GoldArticle, shown: Document, back: Document) -> tuple[Document, Document]:
    """Both with the relations of the gold that the format could not show, where what they relate is there; a part also
    where the content is not.

    An annotation that the tool gave a relation of that kind keeps to the tool's, unless it may have several.
    """
    visible = set(shown.relations)
    hidden = [one for record in gold.records for one in relations_of(record) if one not in visible]
    given = {(one.label, one.first) for one in back.relations}

    def within(document: Document, relations: Iterable[Relation]) -> Document:
        ids = document.by_id.keys()
        more = [one for one in relations if one.second in ids and (one.first in ids or one.label in PARTS)]
        return replace(document, relations=tuple(dict.fromkeys((*document.relations, *more))))

    open_ones = [one for one in hidden if one.label in PARTS or (one.label, one.first) not in given]
    return within(shown, hidden), within(back, open_ones)


def _numbers(gold: GoldArticle, kind: str) -> Iterator[int]:
    for record in gold.records:
        if match := re.fullmatch(rf"{_LETTER[kind]}([0-9]{{1,9}})", record["id"]):
            yield int(match[1])


def _corrected(record: Mapping[str, Any], sides: _Sides, forms: Records) -> dict[str, Any]:
    """A record with what the tool changed of it; what was unset there is as the scheme means it."""
    kind, record_id = record["record"], record["id"]
    was, now = sides.shown.by_id[record_id], sides.back.by_id[record_id]
    found = dict(record)
    kept = record_id in sides.made_there
    if now.segments != was.segments:
        found[SPAN_FIELDS[kind][0]] = [sides.to_source(span) for span in now.segments]
        if kind == "claim" and record["decontextualised"] == as_sentence(was.quote(sides.shown.text)):
            found["decontextualised"] = as_sentence(now.quote(sides.back.text))
    if kind == "mention":
        found["label"] = now.label if now.label != was.label else record["label"]
    for name in sorted(was.attributes.keys() | now.attributes.keys()):
        value = now.attributes.get(name)
        if value != was.attributes.get(name) and not (kept and value is None):
            _set(found, name, value, now, sides, forms)
    for name in POINTERS:
        before, after = sides.targets(RELATION_OF[name], record_id)
        if before != after and (after or not kept):
            _point(found, name, after, now, sides, forms)
    meant, faults = forms.read(found, now.quote(sides.back.text)) if found != record else ({}, [])
    return found if faults else {**found, **meant}


def _correct_parts(found: dict[str, Any], sides: _Sides) -> None:
    """Cue and source of an attribution as the tool has them, also where its content could not be shown."""
    for part in PARTS if found["record"] == "attribution" else ():
        before, after = sides.parts(found["id"], part)
        if after != before:
            found[part] = [sides.to_source(span) for span in after]


def _set(found: dict[str, Any], name: str, value: Any, one: Annotation, sides: _Sides, forms: Records) -> None:
    kind = found["record"]
    if name not in forms.fields[kind] or not is_attribute(kind, name):
        sides.set_aside(one, found["id"], name, value)
        return
    found[name] = list(value) if isinstance(value, tuple) else value


def _point(
    found: dict[str, Any], name: str, targets: Sequence[str], one: Annotation, sides: _Sides, forms: Records
) -> None:
    if name not in forms.fields[found["record"]]:
        sides.complain(one, f"a {found['record']} has no relation {RELATION_OF[name]!r}; take it out in the tool")
    elif len(targets) > 1:
        sides.complain(one, f"it has {len(targets)} relations {RELATION_OF[name]!r}, but may have one")
    else:
        found[name] = targets[0] if targets else None


def _new(one: Annotation, sides: _Sides, forms: Records) -> dict[str, Any]:
    """The record of an annotation that is new; what it does not say is missing."""
    found: dict[str, Any] = {"record": one.layer, "id": one.id}
    found[SPAN_FIELDS[one.layer][0]] = [sides.to_source(span) for span in one.segments]
    for name, value in one.attributes.items():
        if name in forms.fields[one.layer] and is_attribute(one.layer, name):
            found[name] = list(value) if isinstance(value, tuple) else value
        else:
            sides.set_aside(one, one.id, name, value)
    if one.layer == "mention":
        found["label"] = one.label
    for part in PARTS if one.layer == "attribution" else ():
        found[part] = [sides.to_source(span) for span in sides.parts(one.id, part)[1]]
    for name, label in RELATION_OF.items():
        targets = sides.targets(label, one.id)[1]
        if len(targets) > 1:
            sides.complain(one, f"it has {len(targets)} relations {label!r}, but may have one")
        elif targets:
            found[name] = targets[0]
    return found


def _completed(
    records: list[dict[str, Any]],
    old: Mapping[str, Mapping[str, Any]],
    new: list[dict[str, Any]],
    sides: _Sides,
    forms: Records,
    scheme: Scheme,
) -> list[dict[str, Any]]:
    """The records with the new ones among them, each new one with what follows from those around it, and the claims
    among the `old` ones with what follows from new attributions.

    New ones stand in the order of the text: before the first record of the gold that comes after them.
    """
    attributions = [one for one in (*records, *new) if one["record"] == "attribution"]
    for one in attributions:
        one.setdefault("source_id", None)
    made = {one["id"] for one in attributions if one["id"] not in old} | sides.made_there
    records = [
        recomputed(one, old[one["id"]], attributions, made, scheme) if one["record"] == "claim" else one
        for one in records
    ]
    claims = [one for one in (*records, *new) if one["record"] == "claim"]
    parent_of = dict(zip([one["id"] for one in claims], parents(claims), strict=True))
    for one in new:
        kind, now = one["record"], sides.back.by_id[one["id"]]
        spans = {name: one[name] for name in SPAN_FIELDS[kind]}
        given = {name: value for name, value in one.items() if name not in spans}
        if kind == "claim":
            given.setdefault("parent_id", parent_of[given["id"]])
            given = dict(with_computed(given, spans["segments"], attributions, scheme))
        record, faults = forms.read(given, now.quote(sides.back.text))
        for fault in faults:
            sides.complain(now, fault)
        found = {**record, **spans}
        at = next((at for at, one in enumerate(records) if _order(one) > _order(found)), len(records))
        records.insert(at, found)
    return records


def _order(record: Mapping[str, Any]) -> tuple[int, int, int]:
    """By start, kind and end, as the records of a draft are."""
    spans = record[SPAN_FIELDS[record["record"]][0]]
    rank = ("time", "mention", "attribution", "claim").index(record["record"])
    return min(span.start for span in spans), rank, -max(span.end for span in spans)


def _find_strays(sides: _Sides, old: Collection[str]) -> None:
    """Complain of annotations that no record can hold: of no layer of the scheme, parts of no attribution."""
    for one in sides.back.annotations:
        if one.layer not in KINDS:
            sides.complain(one, f"{one.label!r} is no label of the scheme; relabel it in the tool")
        elif is_part(one) and one.id not in sides.used:
            owner = one.id.partition(":")[0]
            if owner not in old or owner in sides.back.by_id:
                sides.complain(one, f"it belongs to no attribution; connect a content to it by {one.label!r}")
            else:
                sides.complain(one, "its attribution was taken out; take it out too")
