"""The recipe of verification: published bytes against their sums, manifests, digests, suites, and against a rebuild."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.problems import Problem, Problems, ProblemsFound

if TYPE_CHECKING:
    import pyarrow as pa

    from allegata.schema.release_manifest import ReleaseManifest
    from allegata.schema.version_files import VersionFiles
    from allegata.validate.report import ValidationReport

_ARTICLES = 1_000  # of a batch that the suites look at: what is in memory at a time


@dataclass(frozen=True)
class Verified:
    """What was verified: versions, files and rows; `without_suites` says why the suites say nothing of a version, such
    as one with other tables than today's; `rebuilt` is the version that was made again from raw/, "" where none was."""

    versions: tuple[str, ...]
    files: int
    rows: int
    sums: bool
    without_suites: Mapping[str, str] = field(default_factory=dict)
    rebuilt: str = ""


def verify(corpus: Path, version: str | None = None, *, rebuild: Path | None = None) -> Verified:
    """Prove the versions in the folder `corpus`, or one of them, or the version that `corpus` itself is.

    Nothing beside the folder is needed. `rebuild` is the root of the corpus: its latest version is made again from raw/
    and annotations/ in a folder of its own, and compared byte for byte. Raises `UsageError` where there is no such
    version, `ProblemsFound` with everything that is wrong.
    """
    from allegata.publish.card.verification import verify_card
    from allegata.publish.diff.changelog import check_changelog, check_changes
    from allegata.publish.sums import beside, check_chain, check_sums
    from allegata.publish.verification import verify_version
    from allegata.schema.scheme import PUBLISHED_SCHEME
    from allegata.schema.versions import RELEASE_MANIFEST, is_published, no_version, version_folder, version_key

    alone = is_published(corpus)
    folders = [version_folder(corpus, version)] if alone else sorted(filter(Path.is_dir, corpus.glob("v*.*.*")))
    if version is not None and not alone:
        folders = [folder for folder in folders if folder.name == f"v{version.removeprefix('v')}"]
    if not folders:
        raise no_version(corpus, version)
    problems, manifests = Problems(), []
    unsuited: dict[str, str] = {}
    if has_sums := not alone and version is None:
        problems.extend(check_sums(corpus))
    for folder in folders:
        place = folder.name if alone else f"{corpus.name}/{folder.name}"
        manifest, found = verify_version(folder, place, downloaded=alone)
        problems.extend(found)
        if manifest is None:
            continue
        manifests.append(manifest)
        if any(problem.file.endswith((".parquet", PUBLISHED_SCHEME, RELEASE_MANIFEST)) for problem in found):
            continue  # nothing could be read of it
        if manifest.text_free:
            unsuited[manifest.version] = "which is without its texts"
        elif (faults := _suite_problems(folder, place)) is None:
            unsuited[manifest.version] = "whose tables are those of an earlier program"
        else:
            problems.extend(faults)
    problems.raise_if_any()
    manifests.sort(key=lambda manifest: version_key(manifest.version))
    if not alone:
        problems.extend([*check_changes(corpus, manifests), *check_chain(corpus, manifests)])
    if has_sums:
        problems.extend([*check_changelog(corpus, manifests), *verify_card(corpus, manifests)])
    problems.raise_if_any()
    rebuilt = _rebuild(rebuild) if rebuild else ""
    files = sum(len(manifest.documents) + 1 + _files(manifest) for manifest in manifests)
    rows = sum(facts.rows for manifest in manifests for facts in manifest.tables.values())
    names = tuple(manifest.version for manifest in manifests)
    return Verified(names, files + (len(beside(corpus)) if has_sums else 0), rows, has_sums, unsuited, rebuilt)


def _files(manifest: ReleaseManifest) -> int:
    return sum(len(facts.files) for facts in manifest.tables.values())


def _suite_problems(folder: Path, place: str) -> list[Problem] | None:
    """What the packaged suites say of a version; None where its tables are not those of today."""
    from dataclasses import replace

    try:
        report = suite_report(folder)
    except ProblemsFound as error:
        return [replace(problem, file=f"{place}/{problem.file}") for problem in error.problems]
    if report is None:
        return None
    return [replace(problem, file=f"{place}/{problem.file}") for problem in report.problems()]


def suite_report(folder: Path) -> ValidationReport | None:
    """What the packaged suites say of the version in `folder`, split by split; None where its tables are not those of
    today.

    A table without a row has no file. Raises `ProblemsFound` where no suite can be run on the rows.
    """
    import pyarrow as pa

    from allegata.schema.published import PublishedTables
    from allegata.schema.published_scheme import published_scheme
    from allegata.schema.tables import LEDGER, tables_of
    from allegata.schema.version_files import VersionFiles
    from allegata.validate.batches import check_batch, columns, conclude, repeated, suspects
    from allegata.validate.stage import read_plan

    files = VersionFiles(folder)
    there, scheme = PublishedTables(files), published_scheme(files)
    schemas = {**tables_of(scheme), "ledger": LEDGER}
    tables = {name: there[name] if name in there else schema.empty_table() for name, schema in schemas.items()}
    if any(tables[name].schema.names != schema.names for name, schema in schemas.items()):
        return None
    register = tables["entity_register"]["entity_id"].to_pylist()
    plan = read_plan(folder / "no suites of its own", schemas, frozenset(register), scheme)
    found = [check_batch(plan, batch) for batch in _in_batches(files, tables, schemas)]
    keys = repeated(pa.concat_tables([one.keys for one in found]))
    batches = _in_batches(files, tables, schemas)
    rows = [{**suspects(plan, batch, keys), **columns(plan, batch)} for batch in batches]
    across = {name: tables[name].cast(schema) for name, schema in schemas.items()}
    return conclude(plan, found, across, rows, len(tables["ledger"]))


def _in_batches(
    files: VersionFiles, tables: Mapping[str, pa.Table], schemas: Mapping[str, pa.Schema]
) -> Iterator[dict[str, pa.Table]]:
    """The tables about single articles, each with its split: a split at a time, and not too many articles of it."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from allegata.schema.published import read_splits
    from allegata.validate.batches import is_whole

    splits = read_splits(files)
    names = sorted(splits, key=lambda name: (splits[name], name))
    cuts = [at for at, name in enumerate(names) if not at or splits[name] != splits[names[at - 1]]]
    edges = [at for start, end in pairwise([*cuts, len(names)]) for at in range(start, end, _ARTICLES)]
    ordered = {}
    for name, schema in schemas.items():
        if not is_whole(name):
            place = pc.index_in(tables[name]["article_id"], pa.array(names, pa.string()))
            order = pc.sort_indices(place)
            rows = np.searchsorted(place.take(order).drop_null().to_numpy(), [*edges, len(names)])
            ordered[name] = (tables[name].cast(schema), order, rows)
    for number, edge in enumerate(edges):
        batch = {}
        for name, (table, order, rows) in ordered.items():
            found = table.take(order[rows[number] : rows[number + 1]])
            split = pa.array([splits[names[edge]]] * len(found), pa.string())
            batch[name] = found.append_column("split", split)
        yield batch


def _rebuild(root: Path) -> str:
    """Make the latest version again from raw/ and annotations/, without its files, and compare; its name."""
    from allegata.publish.card.verification import compare_cards
    from allegata.publish.differences import compare_versions
    from allegata.recipe.build import run
    from allegata.recipe.copies import temporary_copy
    from allegata.recipe.corpus import open_corpus

    latest = open_corpus(root).versions[-1]
    with temporary_copy(root, ["annotations", "corpus"]) as copy:
        shutil.rmtree(copy / "corpus" / f"v{latest}")
        _unregister(copy / "corpus", latest)
        release = run(copy).release
        assert release is not None  # the last step made it
        if release.version != latest:
            what = f"a rebuild makes version {release.version}, not {latest}: {release.why}"
            raise ProblemsFound([Problem(what, "publish it: allegata build", file=f"corpus/v{latest}")])
        _as_then(release.path, root / "corpus" / f"v{latest}")
        if problems := compare_versions(
            root / "corpus" / f"v{latest}",
            release.path,
            f"corpus/v{latest}",
            "find what changed in raw/ or in the program",
        ):
            raise ProblemsFound(problems)
        if problems := compare_cards(root, copy):
            raise ProblemsFound(problems)
    return latest


def _unregister(corpus: Path, version: str) -> None:
    """Take a version that is made again out of the register, which would miss it."""
    from allegata.schema.versions import SUMS, read_register, render_lines

    if register := read_register(corpus):
        gone = {f"v{version}/{name}" for name in register.of(version)}
        rest = {name: digest for name, digest in register.digests.items() if name not in gone}
        if rest:
            (corpus / SUMS).write_bytes(render_lines(rest))
        else:
            (corpus / SUMS).unlink()


def _as_then(folder: Path, published: Path) -> None:
    """Make a version as its program made it: with what it says of the version before, where versions said that, and of
    its changes."""
    from dataclasses import replace

    from allegata.publish.diff.changelog import CHANGES
    from allegata.publish.manifest import render_release_manifest
    from allegata.schema.version_files import VersionFiles
    from allegata.schema.versions import RELEASE_MANIFEST

    then, manifest = VersionFiles(published).manifest, VersionFiles(folder).manifest
    manifest = replace(manifest, before=then.before)
    if CHANGES not in then.documents:
        manifest.documents.pop(CHANGES, None)
        (folder / CHANGES).unlink(missing_ok=True)
    (folder / RELEASE_MANIFEST).write_bytes(render_release_manifest(manifest))
