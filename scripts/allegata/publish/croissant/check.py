"""Whether a version's `croissant.json` says of its files, tables, labels and splits what the manifest says.

Earlier publications wrote neither counts nor label sets nor splits: what is not there is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allegata.publish.configs import loadable
from allegata.publish.contract import UNDIVIDED
from allegata.schema.release_manifest import ReleaseManifest, TableFacts


def contradictions(described: Mapping[str, Any], manifest: ReleaseManifest) -> list[str]:
    """What is wrong with the description, sorted. Raises `KeyError`, `TypeError` or `AttributeError` where it is not
    Croissant at all."""
    sets = {str(one["name"]): one for one in described["recordSet"]}
    tables = loadable(manifest.tables)
    found = [*_of_files(described, tables), *_of_splits(sets, tables)]
    for name, facts in tables.items():
        found += _of_table(name, facts, sets) if name in sets else [f"does not describe the table {name}"]
    if described["version"] != manifest.version:
        found.append(f"is of version {described['version']}, not {manifest.version}")
    return sorted(found)


def _of_files(described: Mapping[str, Any], tables: Mapping[str, TableFacts]) -> Iterator[str]:
    stated = {
        one["contentUrl"]: (one["sha256"], one["contentSize"])
        for one in described["distribution"]
        if "contentUrl" in one
    }
    files = {file.file: (file.sha256, f"{file.bytes} B") for facts in tables.values() for file in facts.files}
    for name in sorted(stated.keys() | files.keys()):
        if name not in stated:
            yield f"does not name the file {name}"
        elif name not in files:
            yield f"names the file {name}, which the version has not"
        elif stated[name] != files[name]:
            yield f"says another SHA-256 or size of the file {name} than the manifest"


def _of_splits(sets: Mapping[str, Any], tables: Mapping[str, TableFacts]) -> Iterator[str]:
    splits = {split for facts in tables.values() for split in facts.splits} - {UNDIVIDED}
    if "splits" in sets and {row["splits/name"] for row in sets["splits"]["data"]} != splits:
        yield "the splits are not those of the tables"


def _of_table(name: str, facts: TableFacts, sets: Mapping[str, Any]) -> Iterator[str]:
    described = sets[name]
    if [field["name"] for field in described["field"]] != ["split", *(column["name"] for column in facts.features)]:
        yield f"the columns of {name} are not those that the table has"
    annotations = described.get("annotation", [])
    for one in annotations if isinstance(annotations, list) else [annotations]:
        if one["@id"] == f"rows/{name}" and one["value"] != facts.rows:
            yield f"says another number of rows of {name} than the manifest"
    for column in facts.features:
        labels = f"labels/{name}/{column['name']}"
        if labels in sets and [row[f"{labels}/name"] for row in sets[labels]["data"]] != _labels(column):
            yield f"the labels of {name}.{column['name']} are not those that the column has"


def _labels(column: Mapping[str, Any]) -> list[str]:
    dtype = column.get("dtype")
    return list(dtype["class_label"]["names"].values()) if isinstance(dtype, dict) else []
