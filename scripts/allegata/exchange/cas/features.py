"""What the features of a structure say: layer, label, id and attributes of an annotation, and where it points."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from allegata.exchange.cas import names
from allegata.exchange.cas.structures import Cas, References, Structure, Value
from allegata.exchange.fields import Shape, ShapeError
from allegata.schema.json_lines import json_object
from allegata.schema.plain_values import shown
from allegata.text.documents import AttributeValue, TypeSystem

_LABELS = ("value", "PosValue")  # of a named entity, of a part of speech: what the annotation is
_OWN = frozenset({"begin", "end", "sofa", names.ID, names.MORE, names.PARTS, names.SOURCE, names.TARGET})


@dataclass(frozen=True)
class Facts:
    """Layer, label, id ("": none) and attributes of an annotation; its relations, to structures (`arrows`) by their ids
    and to annotations by theirs (`relations`)."""

    layer: str
    label: str
    id: str
    attributes: dict[str, AttributeValue]
    arrows: list[tuple[str, int]]
    relations: list[tuple[str, str]]


def layer_names(cas: Cas) -> dict[str, str]:
    """The layers of the types that occur: their names without the package, but with it where two would be the same."""
    types = {one.type for one in cas.structures.values()}
    short = {one: _short(one) for one in types}
    count = Counter(short.values())
    return {one: name if count[name] == 1 or _is_ours(one) else one for one, name in short.items()}


def _is_ours(type_name: str) -> bool:
    return type_name.rpartition(".")[0] in (names.PACKAGE, names.RELATIONS)


def _short(type_name: str) -> str:
    name = type_name.rpartition(".")[2]
    return names.decoded(name) if _is_ours(type_name) else name


def relation_label(one: Structure, layer: str) -> tuple[str, int]:
    """The label of a relation, and how many features it has besides: that of its type, or the one text that it has."""
    texts = [v for name, v in one.features.items() if name not in _OWN and isinstance(v, str) and v]
    others = len(one.features.keys() - _OWN)
    if not one.type.startswith(f"{names.RELATIONS}.") and len(texts) == 1:
        return texts[0], others - 1
    return layer, others


def facts_of(one: Structure, cas: Cas, types: TypeSystem, layer: str) -> Facts:
    """The facts of an annotation. Raises `ShapeError` where what the features cannot hold was damaged."""
    try:
        more = Shape(json_object(one.text(names.MORE) or "{}"))
    except ValueError as error:
        raise ShapeError(f"has a damaged {names.MORE}, which {error}") from None
    native: dict[str, AttributeValue] = {}
    arrows: list[tuple[str, int]] = []
    label = _label(one, cas, types, layer)
    for name, value in one.features.items():
        if name not in _OWN and name not in label[1:]:
            attribute = names.decoded(name)
            if (found := _value(value, cas, types, layer, attribute)) is not None:
                native |= {} if found == () else {attribute: found}
            else:
                arrows += _arrows(value, cas, attribute)
    unset = more.texts("unset")
    attributes = more.attributes("attributes") | {k: v for k, v in native.items() if v or k not in unset}
    relations = []
    for item in more.items("relations"):
        if not isinstance(item, list) or len(item) != 2 or not all(isinstance(part, str) for part in item):
            raise ShapeError(f"has a damaged {names.MORE}: {shown(item)} is no relation")
        relations.append((item[0], item[1]))
    its_id = more.text(names.ID, one.text(names.ID))
    return Facts(layer, more.text(names.LABEL, label[0]), its_id, attributes, arrows, relations)


def _label(one: Structure, cas: Cas, types: TypeSystem, layer: str) -> tuple[str, str]:
    """The label, and the feature that it is in."""
    if one.text(names.LABEL):
        return one.text(names.LABEL), names.LABEL
    declared = types.layer(layer)
    if declared is None and not cas.types.range(one.type, names.LABEL):
        for name in _LABELS:
            if one.text(name):
                return one.text(name), name
    labels = list(declared.labels) if declared else []
    return labels[0] if len(labels) == 1 else layer, names.LABEL


def _value(value: Value, cas: Cas, types: TypeSystem, layer: str, attribute: str) -> AttributeValue | None:
    """The value of an attribute; None for what points to other structures."""
    texts = cas.texts(value)
    if texts is not None:
        return texts
    if isinstance(value, References | tuple):
        return None
    if isinstance(value, str):
        declared = types.attribute(layer, attribute)  # where a file came without types, all values are text
        parsed = declared.parsed(value) if declared.kind in ("bool", "int") else None
        return value if parsed is None else parsed
    return value if isinstance(value, int) else repr(value)


def _arrows(value: Value, cas: Cas, attribute: str) -> list[tuple[str, int]]:
    """Where a feature points: to an annotation, or by a link whose role is the label."""
    found = []
    for target in cas.targets(value):
        link = cas.structures.get(target)
        ends = cas.targets(link.features.get("target")) if link and "begin" not in link.features else []
        label = (link.text("role") if link and ends else "") or attribute
        found += [(label, end) for end in ends or [target]]
    return found
