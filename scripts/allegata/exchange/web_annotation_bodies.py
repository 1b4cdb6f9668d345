"""What the bodies of a Web Annotation say of it: label, layer, attributes, links."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allegata.exchange.fields import ShapeError
from allegata.exchange.web_annotation_places import several
from allegata.schema.json_lines import json_value
from allegata.schema.plain_values import shown
from allegata.text.documents import OTHER, AttributeValue, TypeSystem

ATTRIBUTE, LAYER = "attribute", "layer"


@dataclass(frozen=True)
class Said:
    """What the bodies say; `links` are the IRIs of the resources that are linked to."""

    layer: str
    label: str
    attributes: Mapping[str, AttributeValue]
    links: tuple[str, ...]


def iri_of(resource: object) -> str:
    """The IRI of a resource, which is its own, or that of the source it specifies; "" where it has none."""
    while isinstance(resource, dict):
        resource = resource.get("source", resource.get("id", resource.get("@id")))
    return resource if isinstance(resource, str) else ""


def said(row: Mapping[str, Any], types: TypeSystem) -> Said:
    """What the bodies of an annotation say. Raises `ShapeError` for a value that is none of an attribute.

    Of another tool, the first class or tag is the label; what else there is, is an attribute named by its purpose.
    """
    motivations = [one for one in several(row.get("motivation")) if isinstance(one, str)]
    attributes: dict[str, AttributeValue] = {}
    layer: str | None = None
    links: list[str] = []
    by_purpose: dict[str, list[str]] = {}
    for body in [*several(row.get("body")), *({"value": one} for one in several(row.get("bodyValue")))]:
        fields = body if isinstance(body, dict) else {"id": body, "purpose": "linking"}
        purposes = [one for one in several(fields.get("purpose")) if isinstance(one, str)]
        purpose = (purposes or motivations or ["describing"])[0]
        name = fields.get(ATTRIBUTE)
        if isinstance(name, str) and purpose == "tagging" and name == LAYER:
            layer = _text(fields)
        elif isinstance(name, str):
            attributes[name] = _value(fields)
        elif purpose == "linking" and iri_of(fields):
            links.append(iri_of(fields))
        else:
            by_purpose.setdefault(purpose, []).append(_text(fields))
    label = (motivations or [OTHER])[0]
    for purpose in ("classifying", "tagging"):
        if by_purpose.get(purpose):
            label = by_purpose[purpose].pop(0)
            break
    for purpose, values in by_purpose.items():
        if values:
            attributes.setdefault(purpose, values[0] if len(values) == 1 else tuple(values))
    return Said(types.layer_of(label) if layer is None else layer, label, attributes, tuple(links))


def _text(fields: Mapping[str, Any]) -> str:
    """The text of a body, or the IRI of a resource that is one."""
    value = fields.get("value", fields.get("label"))
    found = json.dumps(value) if isinstance(value, int | float) else iri_of(fields) if value is None else value
    if not isinstance(found, str) or not (found or value is not None):
        raise ShapeError(f"has a body that is none: {shown(dict(fields))}")
    return found


def _value(fields: Mapping[str, Any]) -> AttributeValue:
    """The value of an attribute: text, or JSON where the format says so."""
    value = fields.get("value")
    if fields.get("format") == "application/json" and isinstance(value, str):
        try:
            value = json_value(value)
        except ValueError:
            raise ShapeError(f"{shown(value)} is no JSON") from None
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if not isinstance(value, str | int):
        raise ShapeError(f"{shown(value)} is no value of an attribute")
    return value
