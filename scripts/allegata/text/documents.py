"""A document as annotation tools see it: one text, labelled spans with attributes, and relations between them.

Whatever format annotations come in or go out by, they are this in between. Offsets are half-open, in code points of
`Document.text`; a format that counts otherwise converts at its own door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

from allegata.text.spans import Span

AttributeValue = str | int | bool | tuple[str, ...]


@dataclass(frozen=True)
class Annotation:
    """A labelled span, of one or several segments, in the order in which they were annotated.

    `id` is its own within the document. An attribute that is not set is not in `attributes`.
    """

    id: str
    layer: str
    label: str
    segments: tuple[Span, ...]
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    @property
    def hull(self) -> Span:
        """From the first character to the last."""
        return Span(min(start for start, _ in self.segments), max(end for _, end in self.segments))

    def quote(self, text: str) -> str:
        """The words of the segments, with a blank between two."""
        return " ".join(segment.quote(text) for segment in self.segments)


class Relation(NamedTuple):
    """One annotation points to another: `first` and `second` are their ids."""

    label: str
    first: str
    second: str


@dataclass(frozen=True)
class Document:
    """One text by one annotator. `documents_equal` is what a round trip must keep: id, text, annotations, relations.

    `annotator` is "" where nobody is named; `machine` says that a program proposed the annotations; `split` is that of
    the article in a published version, "" where it has none.
    """

    id: str
    text: str
    annotations: tuple[Annotation, ...] = ()
    relations: tuple[Relation, ...] = ()
    language: str = field(default="und", compare=False)
    annotator: str = field(default="", compare=False)
    machine: bool = field(default=False, compare=False)
    split: str = field(default="", compare=False)

    @property
    def ordered(self) -> Document:
        """The same with annotations in the order of the text, outer before inner, and relations by their ids."""
        return replace(
            self,
            annotations=tuple(sorted(self.annotations, key=place)),
            relations=tuple(sorted(set(self.relations))),
        )

    @cached_property
    def by_id(self) -> Mapping[str, Annotation]:
        """The annotations by id."""
        return {annotation.id: annotation for annotation in self.annotations}

    def only(self, keep: Callable[[Annotation], bool]) -> Document:
        """The document with some of its annotations, and the relations between these."""
        kept = tuple(filter(keep, self.annotations))
        ids = {annotation.id for annotation in kept}
        relations = tuple(relation for relation in self.relations if {relation.first, relation.second} <= ids)
        return replace(self, annotations=kept, relations=relations)


def place(annotation: Annotation) -> tuple[int, int, str, str, str]:
    """The order of annotations: by start, the longer first, then layer, label and id."""
    start, end = annotation.hull
    return start, -end, annotation.layer, annotation.label, annotation.id


# -- what kinds of annotations there are: a tool is configured with it, a reader finds the layer of a label by it ------

AttributeKind = Literal["label", "text", "int", "bool", "list", "reference"]


@dataclass(frozen=True)
class AttributeType:
    """An attribute of a layer.

    `values` are those of a closed set with their definitions, as text; None for an open one. A `reference` is the id of
    a row of the register of entities, a `list` several texts. `labels` are those it belongs to; empty: to all.
    """

    name: str
    kind: AttributeKind = "text"
    definition: str = ""
    values: Mapping[str, str] | None = None
    labels: tuple[str, ...] = ()

    def allowing(self, label: str, value: AttributeValue) -> AttributeType:
        """The same, of which an annotation with that label can have that value."""
        values, labels = self.values, self.labels
        if values is not None and str(value) not in values:
            values = {**values, str(value): ""}
        if labels and label not in labels:
            labels = (*labels, label)
        return self if (values, labels) == (self.values, self.labels) else replace(self, values=values, labels=labels)

    def parsed(self, value: str) -> AttributeValue | None:
        """The value that a format wrote as text (`value_text`); None where it is none of this kind."""
        if self.kind == "bool":
            return {"true": True, "false": False}.get(value.lower())
        if self.kind == "int":
            return int(value) if value.removeprefix("-").isdecimal() and len(value) < 20 else None
        if self.kind == "list":
            return (value,)
        return value


def value_text(value: str | int) -> str:
    """A value as text, for a format that has nothing else; `AttributeType.parsed` reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class LayerType:
    """A layer: its labels with their definitions, and its attributes."""

    name: str
    labels: Mapping[str, str]
    attributes: tuple[AttributeType, ...] = ()

    def attributes_of(self, label: str) -> tuple[AttributeType, ...]:
        """The attributes that annotations of a label have."""
        return tuple(one for one in self.attributes if not one.labels or label in one.labels)


@dataclass(frozen=True)
class RelationType:
    """A kind of relation: from which labels to which, each as `(layer, label)`; empty: from or to any."""

    label: str
    definition: str = ""
    first: tuple[tuple[str, str], ...] = ()
    second: tuple[tuple[str, str], ...] = ()


OTHER = "span"  # the layer of a label that no type system knows


@dataclass(frozen=True)
class TypeSystem:
    """Layers and relations of a corpus, and its register of entities: id to name."""

    layers: tuple[LayerType, ...] = ()
    relations: tuple[RelationType, ...] = ()
    entities: Mapping[str, str] = field(default_factory=dict)

    def layer(self, name: str) -> LayerType | None:
        """The layer of that name."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def layers_of(self, label: str) -> tuple[str, ...]:
        """The names of the layers that have a label."""
        return tuple(layer.name for layer in self.layers if label in layer.labels)

    def layer_of(self, label: str) -> str:
        """The layer of a label that came without one: the only one that has it, else that of unknown labels."""
        layers = self.layers_of(label)
        return layers[0] if len(layers) == 1 else OTHER

    def attribute(self, layer: str, name: str) -> AttributeType:
        """An attribute of a layer; one of text where the layer does not declare it."""
        found = self.layer(layer)
        declared = (one for one in (found.attributes if found else ()) if one.name == name)
        return next(declared, AttributeType(name))

    def only(self, layers: Iterable[str]) -> TypeSystem:
        """The type system of some layers, with the relations that need no other."""
        wanted = set(layers)

        def within(ends: tuple[tuple[str, str], ...]) -> bool:
            return not ends or any(layer in wanted for layer, _ in ends)

        return replace(
            self,
            layers=tuple(layer for layer in self.layers if layer.name in wanted),
            relations=tuple(one for one in self.relations if within(one.first) and within(one.second)),
        )

    def covering(self, documents: Iterable[Document]) -> TypeSystem:
        """The same with every layer, label, attribute and relation that occurs in the documents."""
        labels = {layer.name: dict(layer.labels) for layer in self.layers}
        attributes = {layer.name: {one.name: one for one in layer.attributes} for layer in self.layers}
        relations = {one.label: one for one in self.relations}
        for document in documents:
            for annotation in document.annotations:
                labels.setdefault(annotation.layer, {}).setdefault(annotation.label, "")
                of_layer = attributes.setdefault(annotation.layer, {})
                for name, value in annotation.attributes.items():
                    of_layer[name] = of_layer.get(name, AttributeType(name, _kind_of(value))).allowing(
                        annotation.label, value
                    )
            for relation in document.relations:
                relations.setdefault(relation.label, RelationType(relation.label))
        layers = tuple(LayerType(name, labels[name], tuple(attributes.get(name, {}).values())) for name in labels)
        return TypeSystem(layers, tuple(relations.values()), self.entities)


def _kind_of(value: AttributeValue) -> AttributeKind:
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, tuple) else "bool" if isinstance(value, bool) else "int"
