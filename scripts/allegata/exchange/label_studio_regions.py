"""The results of one annotation of Label Studio, put together to annotations and relations of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.label_names import layer_named
from allegata.exchange.label_studio_config import actual, answered, attribute_of, layer_of
from allegata.exchange.utf16 import Utf16
from allegata.schema.imported import Notices
from allegata.schema.plain_values import shown
from allegata.text.documents import Annotation, AttributeValue, Document, Relation, TypeSystem
from allegata.text.spans import Span, span_fault

CARRIER = "allegata"  # the field of `meta` with what no control holds
SEGMENT = "segment of"


def note_of(carried: Mapping[str, Any]) -> str:
    """What the editor shows of what is carried."""
    return f"{SEGMENT} {carried[SEGMENT]}" if SEGMENT in carried else f"kept for allegata: {', '.join(carried)}"


def resolved(control: str, label: str, types: TypeSystem) -> tuple[str, str]:
    """The layer and label of a native label of a control."""
    found = actual(label)
    return layer_named(layer_of(control), found, types), found


@dataclass
class _Region:
    place: tuple[int, int]
    quote: str = ""
    labels: list[tuple[str, str]] = field(default_factory=list)
    answers: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    carried: dict[str, Any] = field(default_factory=dict)
    parent: str = ""


class Results:
    """Regions and relations of a list of results. What is no result is a fault, and skipped."""

    def __init__(
        self, annotation: Mapping[str, Any], text: str, types: TypeSystem, notices: Notices, where: str
    ) -> None:
        self._text, self._types, self._notices, self._where = text, types, notices, where
        self.faults: list[str] = []
        self._regions: dict[str, _Region] = {}
        relations: list[Shape] = []
        for number, one in enumerate(Shape(annotation).items("result"), 1):
            try:
                if not isinstance(one, dict):
                    raise ShapeError(f"it is {shown(one)}, not an object")
                if one.get("type") == "relation":
                    relations.append(Shape(one))
                else:
                    self._take(Shape(one))
            except ShapeError as error:
                self.faults.append(f"result {number}: {error}")
        self._relations = relations

    def _take(self, one: Shape) -> None:
        value, kind = one.row("value"), one.text("type")
        if "start" not in value.values or "end" not in value.values:
            self._notices.add(f"answer that is of no region ({kind}), skipped", self._where)
            return
        name, control = one.name("id"), one.text("from_name")
        labels = value.texts("labels") or value.texts(kind) if kind.endswith("labels") else []
        region = self._regions.get(name)
        if region is None:
            region = self._regions[name] = _Region((_offset(value, "start"), _offset(value, "end")))
        if isinstance(quote := value.values.get("text"), str) and kind != "textarea":
            region.quote = region.quote or quote
        meta = one.row("meta") if isinstance(one.values.get("meta"), dict) else Shape({})
        region.carried = region.carried or dict(meta.row(CARRIER).values)
        region.parent = region.parent or one.name("parentID", "")
        if meta.values.get("text") and meta.values["text"] != [note_of(region.carried)]:
            self._notices.add("note on a region, which is not read", self._where)
        if kind.endswith("labels"):
            region.labels += [(control, label) for label in labels]
        else:
            field_ = {key: found for key, found in value.values.items() if key != "text" or kind == "textarea"}
            region.answers.append((control, field_))

    def document(self, bare: Document) -> Document:
        """The document with annotations and relations; what is wrong with them is among the faults."""
        spans = self._spans()
        groups: dict[str, list[str]] = {}
        group_of: dict[str, str] = {}
        for name in spans:
            group_of[name] = self._group(name, spans, group_of)
            groups.setdefault(group_of[name], []).append(name)
        taken = set(groups)
        annotations: list[Annotation] = []
        for group, names in groups.items():
            for number, one in enumerate(self._annotations(group, names, tuple(spans[name] for name in names))):
                new = one.id
                while number and new in taken:
                    new += "+"
                taken.add(new)
                annotations.append(replace(one, id=new))
        relations = list(self._between(group_of, {one.id for one in annotations}))
        return replace(bare, annotations=tuple(annotations), relations=tuple(relations))

    def _spans(self) -> dict[str, Span]:
        """The place of every region in code points; without those that are not in the text."""
        units = Utf16(self._text)
        quoted = [region for region in self._regions.values() if region.quote]
        is_old = units.differs and not all(self._fits(region, *region.place) for region in quoted)
        if is_old and all(self._fits(region, *map(units.code_points, region.place)) for region in quoted):
            what = "annotation of an older version that counted UTF-16 units, converted by its quotes"
            self._notices.add(what, self._where)
        else:
            is_old = False
        found = {}
        for name, region in self._regions.items():
            start, end = (units.code_points(at) if is_old else at for at in region.place)
            if start is None or end is None or (fault := span_fault(start, end, len(self._text))):
                self.faults.append(f"region {name!r}: [{region.place[0]},{region.place[1]}) is not in the text")
            elif not self._fits(region, start, end):
                fault = f"[{start},{end}) is {self._text[start:end][:40]!r} in the text, not {region.quote[:40]!r}"
                self.faults.append(f"region {name!r}: {fault}")
            else:
                found[name] = Span(start, end)
        return found

    def _fits(self, region: _Region, start: int | None, end: int | None) -> bool:
        if start is None or end is None:
            return False
        return not region.quote or _solid(self._text[start:end]) == _solid(region.quote)

    def _group(self, name: str, spans: Mapping[str, Span], group_of: Mapping[str, str]) -> str:
        """The id of the annotation that a region is of: its own, or that of which it is a further segment."""
        region = self._regions[name]
        of = region.carried.get(SEGMENT)
        if isinstance(of, str):
            return of
        if region.parent in spans and region.parent != name:
            if self._regions[region.parent].labels == region.labels and not spans[name].overlaps(spans[region.parent]):
                return group_of.get(region.parent, actual(region.parent))
            self._notices.add("region below another, which is not read", self._where)
        return actual(name)

    def _annotations(self, group: str, names: list[str], segments: tuple[Span, ...]) -> Iterator[Annotation]:
        regions = [self._regions[name] for name in names]
        labels = list(dict.fromkeys(regions[0].labels))
        if any(region.labels != regions[0].labels for region in regions):
            self._notices.add("segment with another label than the first of its annotation, which counts", self._where)
        if not labels:
            self.faults.append(f"region {names[0]!r}: it has no label")
        if len(labels) > 1:
            self._notices.add("region with several labels, an annotation for each", self._where)
        kinds = [self._kind(pair, regions[0].carried) for pair in labels]
        for layer, label in kinds:
            attributes: dict[str, AttributeValue] = {}
            for control, field_ in (answer for region in regions for answer in region.answers):
                of = layer_of(control.partition(".")[0])
                if of == layer or of not in {layer for layer, _ in kinds}:
                    name = attribute_of(control, layer)
                    value = answered(self._types.attribute(layer, name), field_)
                    if value is not None:
                        attributes.setdefault(name, value)
            kept = Shape({"attributes": regions[0].carried.get("attributes")}).attributes("attributes")
            yield Annotation(group, layer, label, segments, {**kept, **attributes})

    def _kind(self, pair: tuple[str, str], carried: Mapping[str, Any]) -> tuple[str, str]:
        kept = carried.get("label")
        if isinstance(kept, list) and len(kept) == 4 and tuple(kept[:2]) == pair:
            return str(kept[2]), str(kept[3])
        return resolved(*pair, self._types)

    def _between(self, group_of: Mapping[str, str], known: set[str]) -> Iterator[Relation]:
        for one in self._relations:
            try:
                ends = [group_of.get(one.name(end), "") for end in ("from_id", "to_id")]
                direction = one.text("direction", "right")
                labels = [actual(label) for label in one.texts("labels")] or ["relation"]
                if not known.issuperset(ends):
                    raise ShapeError(
                        f"it joins {one.name('from_id')!r} and {one.name('to_id')!r}, of which one is none"
                    )
            except ShapeError as error:
                self.faults.append(f"a relation: {error}")
                continue
            for label in labels:
                if direction != "left":
                    yield Relation(label, *ends)
                if direction in ("left", "bi"):
                    yield Relation(label, *reversed(ends))


def _offset(value: Shape, name: str) -> int:
    found = value.values[name]
    if isinstance(found, str):  # a path into a page: an old file may have a number so
        if not found.isdecimal() or len(found) > 18:
            raise ShapeError("it is a region of HyperText; only those of Text can be read")
        return int(found)
    return value.number(name)


def _solid(text: str) -> str:
    """What a quote must have in common with the text: the editor writes a line break as a backslash and an n, and what
    the browser does not show is missing."""
    return "".join(filter(lambda one: one.isprintable() and not one.isspace(), text.replace("\\n", "")))
