"""Gold as a document that annotation tools can show, and the type system that they are configured with.

A mention, a claim and a time expression are an annotation each; an attribution is three, its content with cue and
source beside it. Ids that a record holds of another record are relations. Offsets are those of the clean text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allegata.annotate.gold import GoldArticle
from allegata.annotate.records import KINDS, SPAN_FIELDS, Records
from allegata.schema.scheme import Scheme
from allegata.text.documents import (
    Annotation,
    AttributeType,
    AttributeValue,
    Document,
    LayerType,
    Relation,
    RelationType,
    TypeSystem,
)
from allegata.text.offsets import OffsetMap

# Field of a record that names another record -> the layer and label of that.
POINTERS = {"parent_id": ("claim", "claim"), "attribution_id": ("attribution", "content"), "anchor": ("time", "time")}
RELATION_OF = {"parent_id": "parent", "attribution_id": "attribution", "anchor": "anchor"}
DOCUMENT_DATE = "dct"  # the anchor that is no record: the day of the article
PARTS = ("cue", "source")  # of an attribution: annotations beside its content
_REFERENCES = ("entity_id", "source_id", "claimer_id")
_LISTS = ("claimer_chain",)
_DEFINITIONS = {
    "claim": "Words that state something.",
    "content": "What is attributed.",
    "cue": "The words that say that something is attributed.",
    "source": "Who or what it is attributed to.",
    "time": "A date, time, duration or set of times (TIMEX3).",
}
_OF_RELATION = {
    "parent": "The claim that this claim is a part of.",
    "attribution": "The attribution that the claim is made in.",
    "anchor": "The time expression that this one is reckoned from.",
    "cue": "The cue of the attribution.",
    "source": "The source of the attribution.",
}


def part_id(record_id: str, part: str) -> str:
    """The id of the cue or source of an attribution: no record has a `:` in its id."""
    return f"{record_id}:{part}"


def is_attribute(kind: str, field: str) -> bool:
    """Whether a field of a record is an attribute of its annotation; the label of a mention is its label."""
    return field != "id" and (kind, field) != ("mention", "label")


def is_part(one: Annotation) -> bool:
    """Whether it is the cue or the source of an attribution, no record of its own."""
    return one.layer == "attribution" and one.label in PARTS


def type_system(scheme: Scheme, entities: Sequence[Mapping[str, Any]] = ()) -> TypeSystem:
    """The layers, attributes and relations of a scheme; `entities` are the rows of the register."""
    forms = Records(scheme)
    layers = []
    for kind in KINDS:
        labels = {
            "mention": dict(scheme.attributes("mention")["label"].values or {}),
            "attribution": {name: _DEFINITIONS[name] for name in SPAN_FIELDS["attribution"]},
        }.get(kind, {kind: _DEFINITIONS.get(kind, "")})
        attributes = [_attribute_type(name, kind, scheme) for name in forms.fields[kind] if is_attribute(kind, name)]
        layers.append(LayerType(kind, labels, tuple(one for one in attributes if one)))
    relations = [
        RelationType(
            RELATION_OF[name],
            _OF_RELATION[RELATION_OF[name]],
            ((kind, kind),),
            (POINTERS[name],),
        )
        for kind in ("claim", "time")
        for name in forms.fields[kind]
        if name in POINTERS
    ]
    relations += [
        RelationType(part, _OF_RELATION[part], (("attribution", "content"),), (("attribution", part),))
        for part in PARTS
    ]
    return TypeSystem(tuple(layers), tuple(relations), {row["id"]: row["name"] for row in entities})


def _attribute_type(name: str, kind: str, scheme: Scheme) -> AttributeType | None:
    labels = ("content",) if kind == "attribution" else ()
    if name in POINTERS:
        # A time may be reckoned from the day of the article, which is no annotation.
        return (
            AttributeType(name, "text", "What it is reckoned from, where that is no other.")
            if name == "anchor"
            else None
        )
    if name in _REFERENCES:
        return AttributeType(name, "reference", "An entity of the register.", labels=labels)
    if name in _LISTS:
        return AttributeType(name, "list", "Who claims, from the author inwards.", labels=labels)
    found = scheme.attributes(kind).get(name)
    if found is None:
        return AttributeType(name, "text", labels=labels)
    return AttributeType(name, found.type, found.definition, found.values, labels)


def document_of(
    article: GoldArticle, text: str, offsets: OffsetMap, scheme: Scheme, **about: Any
) -> tuple[Document, list[str]]:
    """The gold of an article on its clean `text`, and the ids of the annotations of which nothing is in the clean text.

    `about` are further fields of the document.
    """
    forms = Records(scheme)
    annotations: list[Annotation] = []
    relations: list[Relation] = []
    gone: list[str] = []
    for record in article.records:
        for annotation in _annotations(record, forms, offsets):
            if annotation.segments:
                annotations.append(annotation)
            else:
                gone.append(annotation.id)
        relations += relations_of(record)
    ids = {annotation.id for annotation in annotations}
    kept = tuple(one for one in relations if {one.first, one.second} <= ids)
    return Document(article.article_id, text, tuple(annotations), kept, **about), gone


def _annotations(record: Mapping[str, Any], forms: Records, offsets: OffsetMap) -> Iterator[Annotation]:
    kind, record_id = record["record"], record["id"]
    attributes: dict[str, AttributeValue] = {}
    for name in forms.fields[kind]:
        value = record[name]
        is_pointer = name in POINTERS and value != DOCUMENT_DATE
        if is_attribute(kind, name) and not is_pointer and value is not None:
            attributes[name] = tuple(value) if isinstance(value, list) else value
    for field in SPAN_FIELDS[kind]:
        spans = [offsets.span_to_clean(span) for span in record[field]]
        segments = tuple(span for span in spans if span.length)
        if field in PARTS:
            if record[field]:
                yield Annotation(part_id(record_id, field), kind, field, segments)
        else:
            label = record["label"] if kind == "mention" else field if kind == "attribution" else kind
            yield Annotation(record_id, kind, label, segments, attributes)


def relations_of(record: Mapping[str, Any]) -> Iterator[Relation]:
    """The relations of the annotation that a record is, also those to what its document lacks."""
    for name, label in RELATION_OF.items():
        if record.get(name) not in (None, DOCUMENT_DATE):
            yield Relation(label, record["id"], record[name])
    for part in PARTS:
        if record.get(part):
            yield Relation(part, record["id"], part_id(record["id"], part))
