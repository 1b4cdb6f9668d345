"""The scheme of a published version: its labels and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allegata.schema.json_lines import json_object
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.scheme import FORMER_RELATION, PUBLISHED_SCHEME, Attribute, Scheme, Type, default_scheme, scheme_of
from allegata.schema.scheme_file import RESERVED, merged
from allegata.schema.tables import RECORD_OF
from allegata.schema.version_files import VersionFiles, opened
from allegata.schema.versions import RESTORE_VERSION, is_published


def published_scheme(version: Path | VersionFiles) -> Scheme:
    """The scheme of the version in the folder: its `scheme.json`; of a version before there was one (1.2.0), the labels
    that its manifest declares as features; of tables that no publication made, the default.

    Raises `ProblemsFound` where one of these files is damaged.
    """
    version = opened(version)
    if version.has(PUBLISHED_SCHEME):
        place = f"{version.place}/{PUBLISHED_SCHEME}"
        try:
            return scheme_of(json_object(version.read(PUBLISHED_SCHEME), strict=False), place)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"is damaged ({type(error).__name__})"
            raise ProblemsFound([Problem(what, RESTORE_VERSION, file=place)]) from None
    if not is_published(version.folder):
        return default_scheme()
    return _scheme_of_features({table: facts.features for table, facts in version.manifest.tables.items()})


def _scheme_of_features(tables: Mapping[str, list[dict[str, Any]]]) -> Scheme:
    """The default scheme with the label sets that the tables declare, and the flags and numbers that only they have."""
    records = {record: dict(attributes) for record, attributes in default_scheme().records.items()}
    for table, record in RECORD_OF.items():
        for feature in tables.get(table, ()):
            name, kind = feature["name"], feature.get("dtype")
            if name in RESERVED[record]:
                continue
            old = records[record].get(name)
            if isinstance(kind, dict) and "class_label" in kind:
                known = (old.values if old else None) or {}
                values = {value: known.get(value, "") for value in kind["class_label"]["names"].values()}
                records[record][name] = merged(record, name, {"type": "label", "values": values}, old)
            elif old is None and kind in _TYPES:
                records[record][name] = Attribute(name, _TYPES[kind], "")
    for feature in tables.get("relations", ()):
        if feature["name"] == "relation":
            labels = dict.fromkeys(feature["dtype"]["class_label"]["names"].values(), "")
            records[FORMER_RELATION] = {"relation": Attribute("relation", "label", "", labels, required=True)}
    return Scheme(records)


_TYPES: dict[object, Type] = {"bool": "bool", "int8": "int", "int64": "int", "string": "text"}
