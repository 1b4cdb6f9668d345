"""The manifest of a version: what it holds, what it was made from, and by what. No time, host or path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allegata.schema.problems import Problem, Problems, ProblemsFound
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.version_files import VersionFiles
from allegata.schema.versions import is_published, read_register, version_faults, version_key


def render_json(value: object) -> bytes:
    """Return readable JSON in UTF-8 with one final newline; keys stay in the order they have."""
    data = bytearray()  # json.dumps would hold a string for every key and value before it joins them
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(value):
        data += piece.encode()
    data += b"\n"
    return bytes(data)


def render_release_manifest(manifest: ReleaseManifest) -> bytes:
    """Return the bytes of `manifest.json`, with the digest of every table beside its files.

    Tables and splits keep their order; what the caller gave (inputs, algorithms) is sorted by key.
    """
    value: dict[str, Any] = {"version": manifest.version}
    if manifest.before is not None:
        value["before"] = manifest.before
    value["tables"] = {}
    value |= {name: dict(sorted(getattr(manifest, name).items())) for name in ("documents", "inputs")}
    value |= {
        name: json.loads(json.dumps(getattr(manifest, name), sort_keys=True)) for name in ("algorithms", "writers")
    }
    for name, facts in manifest.tables.items():
        splits = {split: rows.value() for split, rows in facts.splits.items()}
        value["tables"][name] = {"features": facts.features, "splits": splits, "digest": facts.digest}
    return render_json(value)


def read_manifests(corpus: Path) -> list[ReleaseManifest]:
    """Return the manifests of all versions under `corpus`, oldest version first, each proved by the register.

    Raises `ProblemsFound` with every version folder whose manifest is missing, damaged or not the registered one, and
    every version that the register names and is not there: without it the version would drop out of the configs.
    """
    found, problems = [], Problems()
    if register := read_register(corpus):
        problems.extend(version_faults(corpus, register))
    for folder in corpus.glob("v[0-9]*"):
        if register and not is_published(folder) and folder.name[1:] in register.versions:
            continue  # it is among the problems
        try:
            manifest = VersionFiles(folder).manifest
        except ProblemsFound as faults:
            problems.extend(faults.problems)
            continue
        found.append(manifest)
        if folder.name != f"v{manifest.version}":
            what = f"is no folder of version {manifest.version}"
            problems.add(Problem(what, "rename or delete it", file=f"{corpus.name}/{folder.name}"))
    problems.raise_if_any()
    return sorted(found, key=lambda manifest: version_key(manifest.version))


def describe_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the paths (`inputs/raw/a.txt`) at which two JSON objects differ, sorted."""
    paths = []
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if isinstance(left, dict) and isinstance(right, dict):
            paths += [f"{key}/{path}" for path in describe_difference(left, right)]
        elif left != right:
            paths.append(key)
    return paths
