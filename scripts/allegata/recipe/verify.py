"""The recipe of verification: published bytes against their sums, manifests, digests, suites, and against a rebuild."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.publish.manifest import ReleaseManifest


@dataclass(frozen=True)
class Verified:
    """What was verified: versions, files and rows; `without_suites` are versions of other tables than today's, of
    which the suites say nothing; `rebuilt` is the version that was made again from raw/, "" where none was."""

    versions: tuple[str, ...]
    files: int
    rows: int
    sums: bool
    without_suites: tuple[str, ...] = ()
    rebuilt: str = ""


def verify(corpus: Path, version: str | None = None, *, rebuild: Path | None = None) -> Verified:
    """Prove the versions in the folder `corpus`, or one of them, or the version that `corpus` itself is.

    Nothing beside the folder is needed. `rebuild` is the root of the corpus: its latest version is made again from raw/
    and annotations/ in a folder of its own, and compared byte for byte. Raises `UsageError` where there is no such
    version, `ProblemsFound` with everything that is wrong.
    """
    from allegata.publish.manifest import RELEASE_MANIFEST
    from allegata.publish.sums import SUMS, check_sums
    from allegata.publish.verification import verify_version

    alone = (corpus / RELEASE_MANIFEST).is_file()
    folders = [corpus] if alone else sorted(path for path in corpus.glob("v*.*.*") if path.is_dir())
    if version is not None:
        folders = [folder for folder in folders if folder.name == f"v{version.removeprefix('v')}"]
    if not folders:
        known = ", ".join(sorted(path.name for path in corpus.glob("v*.*.*"))) or "none"
        raise UsageError(f"{corpus} holds no version{f' {version}' if version else ''}; it holds: {known}")
    problems, manifests, unsuited = Problems(), [], []
    if has_sums := not alone and version is None:
        problems.extend(check_sums(corpus))
    for folder in folders:
        place = folder.name if alone else f"{corpus.name}/{folder.name}"
        manifest, found = verify_version(folder, place)
        problems.extend(found)
        if manifest is None:
            continue
        manifests.append(manifest)
        if any(problem.file.endswith(".parquet") for problem in found):
            continue  # nothing could be read of it
        if (faults := _suite_problems(folder, place)) is None:
            unsuited.append(manifest.version)
        else:
            problems.extend(faults)
    problems.raise_if_any()
    rebuilt = _rebuild(rebuild) if rebuild else ""
    files = sum(len(manifest.documents) + 1 + _files(manifest) for manifest in manifests)
    rows = sum(facts.rows for manifest in manifests for facts in manifest.tables.values())
    beside = sum(1 for path in corpus.iterdir() if path.is_file() and path.name != SUMS) if has_sums else 0
    names = tuple(manifest.version for manifest in manifests)
    return Verified(names, files + beside, rows, has_sums, tuple(unsuited), rebuilt)


def _files(manifest: ReleaseManifest) -> int:
    return sum(len(facts.files) for facts in manifest.tables.values())


def _suite_problems(folder: Path, place: str) -> list[Problem] | None:
    """What the packaged suites say of a version, split by split; None where its tables are not those of today.

    A table without a row has no file.
    """
    from dataclasses import replace

    import pyarrow as pa

    from allegata.schema.published import PublishedTables, published_scheme
    from allegata.schema.tables import LEDGER, tables_of
    from allegata.validate.batches import check_batch, columns, conclude, repeated, suspects
    from allegata.validate.stage import read_plan

    there, scheme = PublishedTables(folder), published_scheme(folder)
    schemas = {**tables_of(scheme), "ledger": LEDGER}
    tables = {name: there[name] if name in there else schema.empty_table() for name, schema in schemas.items()}
    if any(tables[name].schema.names != schema.names for name, schema in schemas.items()):
        return None
    register = tables["entity_register"]["entity_id"].to_pylist()
    plan = read_plan(folder / "no suites of its own", schemas, frozenset(register), scheme)
    try:
        batches = list(_by_split(folder, tables, schemas))
        found = [check_batch(plan, batch) for batch in batches]
        keys = repeated(pa.concat_tables([one.keys for one in found]))
        rows = [{**suspects(plan, batch, keys), **columns(plan, batch)} for batch in batches]
        across = {name: tables[name].cast(schema) for name, schema in schemas.items()}
        report = conclude(plan, found, across, rows, len(tables["ledger"]))
    except ProblemsFound as error:
        return [replace(problem, file=f"{place}/{problem.file}") for problem in error.problems]
    return [replace(problem, file=f"{place}/{problem.file}") for problem in report.problems()]


def _by_split(
    folder: Path, tables: Mapping[str, pa.Table], schemas: Mapping[str, pa.Schema]
) -> Iterator[dict[str, pa.Table]]:
    """The tables about single articles, each with its split, a split at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from allegata.schema.published import read_splits
    from allegata.validate.batches import is_whole

    splits = read_splits(folder)
    for split in sorted(set(splits.values())):
        articles = pa.array([name for name, of in splits.items() if of == split], pa.string())
        batch = {}
        for name, schema in schemas.items():
            if not is_whole(name):
                rows = tables[name].cast(schema).filter(pc.is_in(tables[name]["article_id"], articles))
                batch[name] = rows.append_column("split", pa.array([split] * len(rows), pa.string()))
        yield batch


def _rebuild(root: Path) -> str:
    """Make the latest version again from raw/ and annotations/, without its files, and compare; its name."""
    from allegata.publish.differences import compare_versions
    from allegata.recipe.build import run
    from allegata.recipe.copies import temporary_copy
    from allegata.recipe.corpus import open_corpus

    latest = open_corpus(root).versions[-1]
    with temporary_copy(root, ["annotations", "corpus"]) as copy:
        shutil.rmtree(copy / "corpus" / f"v{latest}")
        release = run(copy).release
        assert release is not None  # the last step made it
        if release.version != latest:
            what = f"a rebuild makes version {release.version}, not {latest}: {release.why}"
            raise ProblemsFound([Problem(what, "publish it: allegata build", file=f"corpus/v{latest}")])
        if problems := compare_versions(
            root / "corpus" / f"v{latest}",
            release.path,
            f"corpus/v{latest}",
            "find what changed in raw/ or in the program",
        ):
            raise ProblemsFound(problems)
    return latest
