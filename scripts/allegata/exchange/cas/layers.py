"""The layers as INCEpTION imports them (Settings, Layers, Import): with tag sets, which a type system has no place for.

Fields are those of `ExportedAnnotationLayer`, `ExportedAnnotationFeature` and `ExportedTagSet` of INCEpTION's
`de.tudarmstadt.ukp.clarin.webanno.export.model`; `LayerImportExportUtils.importLayerFile` reads a list of layers and
looks up in it what a relation is attached to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from allegata.exchange.cas import names
from allegata.exchange.cas.types import end_type, range_of
from allegata.text.documents import AttributeType, LayerType, TypeSystem

FILE = "inception/layers.json"


def layers_file(types: TypeSystem) -> str:
    """The text of the file."""
    layers = [
        *(_span_layer(layer, types) for layer in types.layers),
        _layer(names.SEGMENT, "segment", "span", [], "The second segment of an annotation, or a later one."),
        _layer(names.CHARACTER, "character", "span", [_feature(names.CODE, names.STRING)], "A character no XML holds."),
        *(
            {
                **_layer(names.relation_type(one.label), one.label, "relation", [], one.definition),
                "attach_type": None if end_type(one) == names.ANNOTATION else {"name": end_type(one)},
            }
            for one in types.relations
        ),
    ]
    return json.dumps(layers, ensure_ascii=False, indent=2) + "\n"


def _span_layer(layer: LayerType, types: TypeSystem) -> dict[str, Any]:
    features = [_feature(names.LABEL, names.STRING, tags=_tags(f"{layer.name} label", layer.labels))]
    features += [_attribute(layer, one, types) for one in layer.attributes]
    features += [_feature(name, names.STRING, visible=False) for name in (names.ID, names.MORE)]
    features.append(
        {
            **_feature(names.PARTS, names.SEGMENT, ui_name="segments"),
            "multi_value_mode": "ARRAY",
            "link_mode": "WITH_ROLE",
            "link_type_name": names.link_type(layer.name),
            "link_type_role_feature_name": "role",
            "link_type_target_feature_name": "target",
        }
    )
    return _layer(names.layer_type(layer.name), layer.name, "span", features)


def _attribute(layer: LayerType, one: AttributeType, types: TypeSystem) -> dict[str, Any]:
    tags = None
    if range_of(one) == names.STRING and one.values is not None:
        tags = _tags(f"{layer.name} {one.name}", one.values)
    elif one.kind == "reference":  # one may refer to what the register does not have yet
        tags = _tags("entities", types.entities, is_open=True)
    found = _feature(names.feature_name(one.name), range_of(one), one.name, one.definition, tags=tags)
    return {**found, "multi_value_mode": "ARRAY"} if one.kind == "list" else found


def _tags(name: str, tags: Mapping[str, str], is_open: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "description": None,
        "language": None,
        "tags": [{"tag_name": tag, "tag_description": definition} for tag, definition in tags.items()],
        "create_tag": is_open,
    }


def _feature(
    name: str,
    its_range: str,
    ui_name: str = "",
    description: str = "",
    *,
    visible: bool = True,
    tags: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "uiName": ui_name or name,
        "description": description or None,
        "type": its_range,
        "tag_set": tags,
        "enabled": True,
        "visible": visible,
        "include_in_hover": False,
        "required": False,
        "remember": False,
        "hideUnconstraintFeature": False,
        "multi_value_mode": "NONE",
        "link_mode": "NONE",
        "link_type_name": None,
        "link_type_role_feature_name": None,
        "link_type_target_feature_name": None,
        "traits": None,
        "curatable": visible,
    }


def _layer(name: str, ui_name: str, kind: str, features: list[dict[str, Any]], description: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "uiName": ui_name,
        "type": kind,
        "description": description or None,
        "features": [{**feature, "rank": rank} for rank, feature in enumerate(features)],
        "enabled": True,
        "built_in": False,
        "readonly": False,
        "attach_type": None,
        "attach_feature": None,
        "allow_stacking": True,
        "cross_sentence": True,
        "show_hover": True,
        "anchoring_mode": "CHARACTERS",
        "overlap_mode": "ANY_OVERLAP",
        "validation_mode": "NEVER",
        "lock_to_token_offset": False,
        "multiple_tokens": True,
        "linked_list_behavior": False,
        "on_click_javascript_action": None,
        "traits": None,
    }
