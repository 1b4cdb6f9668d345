"""Documents to CAS, by `cassis`: it counts the offsets in UTF-16 units, as UIMA does, and writes both formats.

An annotation of several segments begins and ends with its first; the others are annotations of their own, to which it
links in their order, as a slot of INCEpTION does. A value that its feature cannot hold goes into the feature
`allegata_more`, as JSON, and so do the names of the numbers and truth values that are not set: UIMA has no null for
them, and INCEpTION writes 0 and false.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from allegata.exchange.cas import layers, names
from allegata.exchange.cas.types import cassis, completed, end_type, uima_types
from allegata.exchange.folder import Export, stem_of
from allegata.text.documents import Annotation, AttributeKind, AttributeValue, Document, Relation, TypeSystem
from allegata.text.spans import Span

TYPES_FILE = "TypeSystem.xml"


def write_xmi(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`ID.xmi` a document, `TypeSystem.xml`, and the layers as INCEpTION imports them."""
    declared = types
    for document, maker in _makers(documents, types):
        declared = completed(declared, document)
        with out.open(f"{stem_of(document.id)}.xmi") as file:
            file.write(maker.cas(document, for_xml=True).to_xmi().encode())
    out.write(TYPES_FILE, uima_types(declared).to_xml())
    out.write(layers.FILE, layers.layers_file(declared))


def write_json(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`ID.json` a document, with its type system in it, and the layers as INCEpTION imports them."""
    declared = types
    for document, maker in _makers(documents, types):
        declared = completed(declared, document)
        out.write(f"{stem_of(document.id)}.json", maker.cas(document, for_xml=False).to_json() + "\n")
    out.write(layers.FILE, layers.layers_file(declared))


def _makers(documents: Iterable[Document], types: TypeSystem) -> Iterator[tuple[Document, _Maker]]:
    """Every document with the maker for its types: one for all that have no others than are declared."""
    common = _Maker(types)
    for document in documents:
        own = completed(types, document)
        yield document, common if own is types else _Maker(own)


class _Maker:
    def __init__(self, types: TypeSystem) -> None:
        self.types = types
        self.uima = uima_types(types)
        self.layers = {layer.name: layer for layer in types.layers}
        self.ends = {relation.label: end_type(relation) for relation in types.relations}

    def cas(self, document: Document, *, for_xml: bool) -> Any:
        text = names.as_xml(document.text) if for_xml else document.text
        language = "x-unspecified" if document.language == "und" else document.language
        cas = cassis().Cas(self.uima, sofa_string=text, sofa_mime="text/plain")
        # INCEpTION names the document after its file, and leaves the title.
        about = {"documentTitle": document.id, "documentId": document.id}
        about = {name: names.as_xml(value) for name, value in about.items()}
        cas.add(self._made(names.METADATA, Span(0, len(text)), language=language, **about))
        if for_xml:
            for at in names.no_xml(document.text):
                code = f"U+{ord(document.text[at]):04X}"
                cas.add(self._made(names.CHARACTER, Span(at, at + 1), **{names.CODE: code}))
        by_id = document.by_id
        native = [one for one in document.relations if self._fits(one, by_id)]
        rest: dict[str, list[Relation]] = {}
        for one in set(document.relations) - set(native):
            rest.setdefault(one.first, []).append(one)
        made = {one.id: self._annotation(one, rest.get(one.id, ()), cas) for one in document.annotations}
        for one in native:
            target = made[one.second]
            ends = {names.SOURCE: made[one.first], names.TARGET: target}
            # Where the target is: INCEpTION's check of offsets of relations (`RelationOffsetsCheck`) asks for it.
            cas.add(self._made(names.relation_type(one.label), Span(target.begin, target.end), **ends))
        return cas

    def _made(self, type_name: str, span: Span, **features: Any) -> Any:
        return self.uima.get_type(type_name)(begin=span.start, end=span.end, **features)

    def _fits(self, relation: Relation, by_id: Mapping[str, Annotation]) -> bool:
        """Whether both ends are of the type that the relation goes between."""
        end = self.ends[relation.label]
        its_ends = {names.layer_type(by_id[one].layer) for one in (relation.first, relation.second)}
        return end == names.ANNOTATION or its_ends == {end}

    def _annotation(self, annotation: Annotation, relations: Iterable[Relation], cas: Any) -> Any:
        features, more = self._features(annotation)
        if relations:
            more["relations"] = sorted([one.label, one.second] for one in relations)
        if more:
            features[names.MORE] = json.dumps(more)
        first, *others = annotation.segments
        if others:
            link = self.uima.get_type(names.link_type(annotation.layer))
            parts = [self._made(names.SEGMENT, span) for span in others]
            cas.add_all(parts)
            links = [link(role=str(number), target=part) for number, part in enumerate(parts, 2)]
            features[names.PARTS] = self.uima.get_type(names.ARRAY)(elements=links)
        made = self._made(names.layer_type(annotation.layer), first, **features)
        cas.add(made)
        return made

    def _features(self, annotation: Annotation) -> tuple[dict[str, Any], dict[str, Any]]:
        """The values of the features by their names, and what they cannot hold."""
        features: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for name, text in ((names.ID, annotation.id), (names.LABEL, annotation.label)):
            (features if text and names.is_xml(text) else more)[name] = text
        declared = {one.name: one.kind for one in self.layers[annotation.layer].attributes}
        strange: dict[str, AttributeValue] = {}
        for name, value in annotation.attributes.items():
            if name in declared and _holds(declared[name], value):
                held: Any = value
                if isinstance(value, tuple):
                    held = self.uima.get_type(names.STRINGS)(elements=list(value))
                features[names.feature_name(name)] = held
            else:
                strange[name] = value
        unset = sorted(
            name for name, kind in declared.items() if kind in ("bool", "int") and name not in annotation.attributes
        )
        return features, more | ({"attributes": strange} if strange else {}) | ({"unset": unset} if unset else {})


def _holds(kind: AttributeKind, value: AttributeValue) -> bool:
    """Whether the feature of an attribute can hold the value: `uima.cas.Integer` has 32 bits, and INCEpTION
    writes an empty array where there is none."""
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
    if kind == "list":
        return isinstance(value, tuple) and bool(value) and all(map(names.is_xml, value))
    return isinstance(value, str) and names.is_xml(value)
