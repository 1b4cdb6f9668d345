"""What tools show that know nothing but labelled spans: one segment, one list of labels, ids of their own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from allegata.exchange.fields import ShapeError
from allegata.exchange.json_rows import half_characters
from allegata.exchange.label_names import LabelNames
from allegata.exchange.losses import Loss
from allegata.text.documents import Annotation, Document, Relation, place
from allegata.text.spans import Span, span_fault

Lose = Callable[[Loss], None]


def spans_only(
    document: Document, names: LabelNames, lose: Lose, tool: str, *, relations_by_place: bool = False
) -> Document:
    """The document as such a tool shows it: labels are their names, every annotation is its hull, without attributes.

    What that loses is noted; ids are those that `numbered` gives on the way in. With `relations_by_place` a relation
    points to the place and label of a span, so that those of a second annotation with the same are lost.
    """
    shown: list[tuple[Annotation, Annotation]] = []
    for one in document.annotations:
        for name in one.attributes:
            lose(Loss(document.id, one.id, "attribute", f"{tool} has no attributes of spans", name=name))
        if len(one.segments) > 1:
            why = f"{tool} has no discontinuous spans: from the first character to the last"
            lose(Loss(document.id, one.id, "segments", why, segments=(one.hull,)))
        name = names.name(one.layer, one.label)
        layer, label = names.found(name)
        if layer != one.layer:
            lose(
                Loss(document.id, one.id, "layer", f"{tool} has no layers, and the label is not declared", became=layer)
            )
        if label != one.label:
            lose(Loss(document.id, one.id, "label", f"{tool} has one list of labels", became=label))
        shown.append((one, replace(one, layer=layer, label=label, segments=(one.hull,), attributes={})))
    shown.sort(key=lambda pair: place(pair[1]))
    ids = {one.id: str(number) for number, (one, _) in enumerate(shown, 1)}
    for one, _ in shown:
        if ids[one.id] != one.id:
            lose(Loss(document.id, one.id, "id", f"{tool} gives ids of its own", became=ids[one.id]))
    first_there: dict[object, str] = {}
    twins = {one.id for one, after in shown if first_there.setdefault(place(after)[:-1], one.id) != one.id}
    relations = []
    for label, first, second in document.relations:
        if relations_by_place and twins & {first, second}:
            why = f"in {tool} a relation points to a place and a label, which another annotation has too"
            lose(Loss(document.id, first, "relation", why, name=label, target=second))
        else:
            relations.append(Relation(label, ids[first], ids[second]))
    annotations = tuple(replace(after, id=ids[one.id]) for one, after in shown)
    return replace(document, annotations=annotations, relations=tuple(relations))


def numbered(
    annotations: Sequence[tuple[Hashable, Annotation]], relations: Iterable[tuple[str, Hashable, Hashable]]
) -> tuple[tuple[Annotation, ...], tuple[Relation, ...]]:
    """The annotations with ids in the order of the text, from 1, and relations between them.

    Each annotation comes with the key by which the relations of its file point to it. Raises `ShapeError` for a
    relation to a key that no annotation has.
    """
    ordered = sorted(annotations, key=lambda pair: place(pair[1]))
    ids: dict[Hashable, str] = {}
    for number, (key, _) in enumerate(ordered, 1):
        ids.setdefault(key, str(number))
    found = []
    for label, *ends in relations:
        if missing := [end for end in ends if end not in ids]:
            raise ShapeError(f"the relation {label!r} points to {missing[0]!r}, which is no span of the text")
        found.append(Relation(label, ids[ends[0]], ids[ends[1]]))
    return tuple(replace(one, id=str(number)) for number, (_, one) in enumerate(ordered, 1)), tuple(found)


def span_of(start: int, end: int, text: str) -> Span:
    """A span of the text. Raises `ShapeError` where it is none."""
    if fault := span_fault(start, end, len(text)):
        raise ShapeError(fault)
    return Span(start, end)


def whole_characters(document: Document) -> Document:
    """The document. Raises `ShapeError` where a string of it has half of a surrogate pair."""
    strings: Mapping[str, object] = {
        "its id": [document.id, document.annotator, document.language, document.split],
        "its text": document.text,
        "an annotation": [[one.id, one.layer, one.label, dict(one.attributes)] for one in document.annotations],
        "a relation": document.relations,
    }
    for what, value in strings.items():
        if half_characters(value):
            raise ShapeError(f"{what} has half of a character (a lone surrogate)")
    return document
