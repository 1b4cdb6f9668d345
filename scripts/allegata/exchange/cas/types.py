"""The UIMA type system of a type system of ours: span layers, relation layers, links to further segments.

Layers are such that INCEpTION finds them in it (its `TypeSystemAnalysis`): a span layer is an annotation whose
features are primitive, arrays of strings, or links of a role and a target; a relation has two features more, `Governor`
and `Dependent`, of one type, of any annotation where it goes between layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from allegata.exchange.cas import names
from allegata.schema.problems import MissingExtraError
from allegata.text.documents import AttributeType, Document, LayerType, RelationType, TypeSystem

_METADATA = ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri")


def cassis() -> Any:
    """The library. Raises `MissingExtraError` where it is not installed."""
    try:
        import cassis
    except ImportError:
        raise MissingExtraError("dkpro-cassis", "exchange") from None
    return cassis


def completed(types: TypeSystem, document: Document) -> TypeSystem:
    """The type system with the layers and relations of a document that it lacks."""
    layers = {layer.name for layer in types.layers}
    relations = {relation.label for relation in types.relations}
    new_layers = sorted({one.layer for one in document.annotations} - layers)
    new_relations = sorted({one.label for one in document.relations} - relations)
    if not new_layers and not new_relations:
        return types
    return replace(
        types,
        layers=(*types.layers, *(LayerType(name, {}) for name in new_layers)),
        relations=(*types.relations, *map(RelationType, new_relations)),
    )


def range_of(attribute: AttributeType) -> str:
    """The range of the feature of an attribute."""
    return {"bool": names.BOOLEAN, "int": names.INTEGER, "list": names.STRINGS}.get(attribute.kind, names.STRING)


def features_of(layer: LayerType) -> Iterator[tuple[str, str, str]]:
    """The primitive features of a layer's type: name, range, description."""
    yield names.LABEL, names.STRING, "Label."
    for one in layer.attributes:
        yield names.feature_name(one.name), range_of(one), one.definition
    yield names.ID, names.STRING, "Id, by which corrections are found again: leave it as it is."
    yield names.MORE, names.STRING, "What no feature can hold, as JSON: leave it as it is."


def end_type(relation: RelationType) -> str:
    """The type of both ends of a relation: that of the layer they lie in, any annotation where there are several."""
    layers = {layer for layer, _ in (*relation.first, *relation.second)}
    return (
        names.layer_type(layers.pop()) if relation.first and relation.second and len(layers) == 1 else names.ANNOTATION
    )


def uima_types(types: TypeSystem) -> Any:
    """The `cassis.TypeSystem`, with the metadata of DKPro that INCEpTION knows a document by."""
    found = cassis().TypeSystem()
    metadata = found.create_type(names.METADATA, names.DOCUMENT)
    for name in _METADATA:
        found.create_feature(metadata, name, names.STRING)
    found.create_feature(metadata, "isLastSegment", names.BOOLEAN)
    segment = found.create_type(names.SEGMENT, names.ANNOTATION, "The second segment of an annotation, or a later one.")
    character = found.create_type(names.CHARACTER, names.ANNOTATION, "A character that XML cannot hold.")
    found.create_feature(character, names.CODE, names.STRING, description="Its code point: U+000B.")
    for layer in types.layers:
        made = found.create_type(names.layer_type(layer.name), names.ANNOTATION)
        for name, its_range, description in features_of(layer):
            found.create_feature(made, name, its_range, description=names.as_xml(description) or None)
        link = found.create_type(names.link_type(layer.name), names.TOP)
        found.create_feature(link, "role", names.STRING)
        found.create_feature(link, "target", segment)
        found.create_feature(
            made, names.PARTS, names.ARRAY, elementType=link, multipleReferencesAllowed=False, description="Segments."
        )
    for relation in types.relations:
        made = found.create_type(
            names.relation_type(relation.label), names.ANNOTATION, names.as_xml(relation.definition) or None
        )
        for end in (names.TARGET, names.SOURCE):
            found.create_feature(made, end, end_type(relation))
    return found
