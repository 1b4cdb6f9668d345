"""Whether a published version is what its manifest says: files, rows, logical digests, and what describes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from allegata.publish.configs import README, version_configs
from allegata.publish.croissant.check import contradictions
from allegata.publish.croissant.document import CROISSANT
from allegata.publish.differences import check_version
from allegata.publish.digest import TableDigest
from allegata.publish.manifest import render_release_manifest
from allegata.publish.readme import read_readme
from allegata.publish.sums import check_copy
from allegata.schema.json_lines import json_object
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.published import refuse_values
from allegata.schema.release_manifest import ReleaseManifest, SplitFacts, parse_manifest
from allegata.schema.version_files import VersionFiles
from allegata.schema.versions import RELEASE_MANIFEST, RESTORE_VERSION, SUMS, is_published
from allegata.schema.wording import number


def verify_version(
    folder: Path, place: str, *, downloaded: bool = False
) -> tuple[ReleaseManifest | None, list[Problem]]:
    """The manifest of the version in `folder`, None where it cannot be read, and everything that is wrong with it.

    Nothing but the folder is read, which may stand anywhere. `place` is how the report calls it. `downloaded` says that
    it may be a copy of a repository of the Hub, which has another README and files of its own, and their sums.
    """
    name = f"{place}/{RELEASE_MANIFEST}"
    if not is_published(folder):
        return None, [Problem("is missing", RESTORE_VERSION, file=name)]
    try:
        data = (folder / RELEASE_MANIFEST).read_bytes()
        manifest = parse_manifest(data, name)
    except ProblemsFound as faults:
        return None, list(faults.problems)
    problems = check_version(folder, manifest, place)
    if downloaded and (folder / SUMS).is_file():
        problems = check_copy(folder, place, {*manifest.paths} - {README}, problems)
    else:
        problems += _unregistered(folder)
    if render_release_manifest(manifest) != data:
        what = "is not what a publication writes: its digests of tables, order or layout differ"
        problems.append(Problem(what, RESTORE_VERSION, file=name))
    changed = {problem.file for problem in problems}
    for table, facts in manifest.tables.items():
        for split, rows in facts.splits.items():
            if not changed & {f"{place}/{file.file}" for file in rows.files}:
                problems += _split_problems(folder, rows, f"{place}/{table}", split, table)
    if not problems:
        problems += _value_problems(folder, place)
    if f"{place}/{README}" not in changed and README in manifest.documents:
        problems += _readme_problems(folder, manifest, place)
    if f"{place}/{CROISSANT}" not in changed and CROISSANT in manifest.documents:
        problems += _croissant_problems(folder, manifest, place)
    return manifest, problems


def _unregistered(folder: Path) -> list[Problem]:
    """What the register beside the version says of its manifest, by which all else was measured."""
    try:
        VersionFiles(folder).prove([RELEASE_MANIFEST])
    except ProblemsFound as faults:
        return list(faults.problems)
    return []


def _split_problems(folder: Path, rows: SplitFacts, place: str, split: str, table: str) -> list[Problem]:
    """Files that are whole, and still do not say what the manifest says of their rows."""
    digest: TableDigest | None = None
    problems = []
    for file in rows.files:
        name = f"{place.rpartition('/')[0]}/{file.file}"
        try:
            with reading_parquet(name):
                # Not by the reader of versions: its file was compared, and whatever its columns, its rows are digested.
                parquet = pq.ParquetFile(folder / file.file)
                if parquet.metadata.num_rows != file.rows:
                    what = f"has {number(parquet.metadata.num_rows, 'row')}, the manifest says {file.rows:,}"
                    problems.append(Problem(what, RESTORE_VERSION, file=name))
                for batch in parquet.iter_batches():
                    digest = digest or TableDigest(batch.schema)
                    digest.update(batch)
        except ProblemsFound as faults:
            return [*problems, *faults.problems]
    if digest is not None and digest.hexdigest() != rows.digest:
        what = f"the rows of {table} in {split} have another logical digest than the manifest says"
        problems.append(Problem(what, RESTORE_VERSION, file=place))
    return problems


def _value_problems(folder: Path, place: str) -> list[Problem]:
    """Columns and values of whole files that are not what the manifest declares and readers need."""
    files = VersionFiles(folder)
    try:
        refuse_values(files)
    except ProblemsFound as faults:
        return [replace(one, file=f"{place}{one.file.removeprefix(files.place)}") for one in faults.problems]
    return []


def _readme_problems(folder: Path, manifest: ReleaseManifest, place: str) -> list[Problem]:
    """The configs and features of the version's README are those that its tables have."""
    try:
        stated = read_readme(folder / README, f"{place}/{README}").stated
    except ProblemsFound as faults:
        return list(faults.problems)
    wanted = version_configs(manifest.version, manifest.tables)
    wrong = [key for key in wanted if _plain(stated.get(key)) != _plain(wanted[key])]
    return [Problem(f"{key} are not those of the tables", RESTORE_VERSION, file=f"{place}/{README}") for key in wrong]


def _plain(value: object) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except TypeError:  # YAML has dates, sets, and keys that cannot be sorted; what we write has none
        return ""


def _croissant_problems(folder: Path, manifest: ReleaseManifest, place: str) -> list[Problem]:
    """The description says of files, tables, labels and splits what the manifest says."""
    name = f"{place}/{CROISSANT}"
    try:
        found = contradictions(json_object((folder / CROISSANT).read_bytes(), strict=False), manifest)
    except (ValueError, KeyError, TypeError, AttributeError):
        found = ["is not readable as Croissant"]
    return [Problem(what, RESTORE_VERSION, file=name) for what in found]
