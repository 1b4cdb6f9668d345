"""What differs between a published version and its manifest, or a build that claims to be the same version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from allegata.publish.configs import README
from allegata.publish.croissant.document import CROISSANT
from allegata.publish.manifest import describe_difference
from allegata.schema.digests import file_fault, sha256_file
from allegata.schema.json_lines import json_object
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.versions import RELEASE_MANIFEST
from allegata.schema.wording import number, some

_RESTORE = "restore the file from version control: a published version never changes"
_REMOVE = "delete it: a published version never changes"
_SHOWN = 5
# What describes a version in words.
_STATED = (README, CROISSANT)


def compare_versions(published: Path, candidate: Path, place: str, advice: str) -> list[Problem]:
    """Return a problem for every file that is not the same, byte for byte, and every table with changed rows.

    `place` names the published folder in the report (`corpus/v0.1.0`), `advice` is what to do. Rows are matched by the
    id column, the first, across all splits of a table.
    """
    old, new = _files(published), _files(candidate)
    problems, tables = [], set()
    for name in sorted(old.keys() | new.keys()):
        file = f"{place}/{name}"
        if name not in new:
            problems.append(Problem("this build does not make the file", advice, file=file))
        elif name not in old:
            problems.append(Problem("this build makes a file the version lacks", advice, file=file))
        elif sha256_file(old[name]) == sha256_file(new[name]):
            continue
        elif name == RELEASE_MANIFEST:
            problems.append(_manifest_problem(old[name], new[name], file, advice))
        elif name in _STATED:
            problems.append(Problem("states other settings, annotators or rows than this build", advice, file=file))
        else:
            problems.append(Problem("the bytes differ from this build", advice, file=file))
        if name.endswith(".parquet"):
            tables.add(name.partition("/")[0])
    for table in sorted(tables):
        problems.append(_table_problem(published / table, candidate / table, f"{place}/{table}", advice))
    return problems


def check_version(published: Path, manifest: ReleaseManifest, place: str) -> list[Problem]:
    """Return a problem for every file of a version that is not, byte for byte, the one its manifest names.

    `place` names the published folder in the report. The manifest itself is the measure: nothing checks it here.
    """
    wanted = {facts.file: facts.sha256 for table in manifest.tables.values() for facts in table.files}
    wanted |= manifest.documents
    found = _files(published)
    problems = []
    for name in sorted((wanted.keys() | found.keys()) - {RELEASE_MANIFEST}):
        if name not in wanted:
            problems.append(
                Problem("the manifest of the version does not name the file", _REMOVE, file=f"{place}/{name}")
            )
        elif name not in found:
            problems.append(Problem("is missing", _RESTORE, file=f"{place}/{name}"))
        elif fault := file_fault(found[name], wanted[name], "is not the file that was published"):
            problems.append(Problem(fault, _RESTORE, file=f"{place}/{name}"))
    return problems


def _files(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}


def _manifest_problem(old: Path, new: Path, file: str, advice: str) -> Problem:
    paths = describe_difference(
        json_object(old.read_bytes(), strict=False), json_object(new.read_bytes(), strict=False)
    )
    return Problem(f"differs from this build in {some(paths, _SHOWN)}", advice, file=file)


def _table_problem(old: Path, new: Path, place: str, advice: str) -> Problem:
    try:
        with reading_parquet(place):
            before, after = dict(_rows(old)), dict(_rows(new))
    except ProblemsFound as found:
        return found.problems[0]
    changes = _row_changes(before, after)
    if not changes:
        return Problem(
            "the rows are the same, the bytes are not",
            "install the locked dependencies (manifest.json names the pyarrow that wrote the version), "
            "or restore the files from version control",
            file=place,
        )
    return Problem("; ".join(changes), advice, file=place)


def _rows(folder: Path) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for path in sorted(folder.glob("*.parquet")):
        split = path.name.partition("-")[0]
        # Not by the reader of versions: what is compared may be damaged, and is then what is shown.
        for row in pq.ParquetFile(path).read().to_pylist():
            yield str(next(iter(row.values()))), (split, row)


def _row_changes(
    before: Mapping[str, tuple[str, dict[str, Any]]], after: Mapping[str, tuple[str, dict[str, Any]]]
) -> list[str]:
    both = sorted(before.keys() & after.keys())
    moved = [f"{key} ({before[key][0]} to {after[key][0]})" for key in both if before[key][0] != after[key][0]]
    kinds = {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": [key for key in both if before[key][1] != after[key][1]],
        "moved": moved,
    }
    return [f"{number(len(keys), 'row')} {kind}: {some(keys, _SHOWN)}" for kind, keys in kinds.items() if keys]
