"""Publication from top to bottom: check, divide by split, write aside, rename, refresh what points to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from allegata.publish.bump import Level, advice, change_since, check_pinned, next_version
from allegata.publish.card.facts import CardData, CardFacts
from allegata.publish.card.files import replace_card, unusable_places
from allegata.publish.card.render import render_card
from allegata.publish.card.version import render_version_card
from allegata.publish.configs import README
from allegata.publish.contract import LEDGER_TABLE, check_names, check_rows, has_splits, repeated_ids
from allegata.publish.counts import Counts
from allegata.publish.croissant.document import CROISSANT, render_croissant
from allegata.publish.croissant.provenance import Provenance
from allegata.publish.croissant.responsible import responsible_ai
from allegata.publish.diff.changelog import CHANGELOG, CHANGES, changes_document, render_changelog, render_changes
from allegata.publish.diff.version import Version, VersionDiff
from allegata.publish.differences import check_version
from allegata.publish.manifest import read_manifests, render_json, render_release_manifest
from allegata.publish.parquet import in_order
from allegata.publish.pins import merged_pins
from allegata.publish.release import install_version, prepared, publishing
from allegata.publish.shards import TableFiles
from allegata.publish.splits import PINS
from allegata.publish.sums import check_register, render_sums
from allegata.schema.digests import sha256_bytes, sha256_file
from allegata.schema.features import yaml_features
from allegata.schema.files import replace_file, unreadable, write_file
from allegata.schema.problems import Problem, Problems, ProblemsFound
from allegata.schema.release_manifest import ReleaseManifest, TableFacts
from allegata.schema.scheme import PUBLISHED_SCHEME, Scheme
from allegata.schema.tables import LEDGER, tables_of
from allegata.schema.versions import RELEASE_MANIFEST, SUMS, version_key

AGREEMENT = "agreement.json"
_SHOWN = 5


@dataclass(frozen=True)
class ReleaseResult:
    """What `release` did: `path` is the version's folder, `files` are relative to it; `why` it is this version."""

    version: str
    created: bool
    path: Path
    files: tuple[str, ...]
    why: str = ""


def release(
    tables: Mapping[str, Iterable[pa.Table]],
    splits: Mapping[str, str],
    *,
    version: str | None = None,
    bump: Level | None = None,
    root: Path,
    inputs: Mapping[str, str],
    algorithms: Mapping[str, object],
    ledger: pa.Table,
    scheme: Scheme,
    facts: CardFacts,
) -> ReleaseResult:
    """Publish `tables` as `root/corpus/v<version>`, or prove that it already says the same.

    Without a `version` it is the next one, by `bump` or by the least bump that fits what has changed (`bump`); where
    nothing has, the latest version is proved equal.
    `tables` hold the columns of `allegata.schema.tables` in batches, in the order of their articles and the rows of a
    batch in any; a row goes to the split of its `article_id`. No more than two batches of a table are in memory.
    `inputs` maps what the tables were made from to its sha256; `algorithms` is anything JSON can say about what made
    the tables; `scheme` says what attributes they have, and stands in the version as `scheme.json`. A new version says
    in `changes.json` what differs from the one before, in `agreement.json` how far its passes agree. Beside the
    versions, `corpus/splits.json`, `corpus/CHANGELOG.md`, `corpus/README.md` with its pages, `corpus/SHA256SUMS` and
    `dataset_card.md` are replaced; a `corpus/.huggingface.yaml` of an earlier publication is deleted, for `datasets`
    reads it first.

    Raises `ProblemsFound` when the tables break their schemas, when a published article would move, when the
    version exists and differs, or when a file of another version is not the one its manifest names; `UsageError`
    when the version is malformed, older than the latest, or too small a step for what has changed.
    """
    corpus = root / "corpus"
    if version is not None:
        version_key(version)
    given = {**tables, LEDGER_TABLE: [ledger]}
    schemas = {**tables_of(scheme), LEDGER_TABLE: LEDGER}
    problems = Problems()
    problems.extend(check_names(given, splits, schemas))

    with publishing(corpus), prepared(corpus) as candidate:
        _check_places(root)
        published = read_manifests(corpus)
        versions = [manifest.version for manifest in published]
        if version is not None:
            check_pinned(version, versions, None)
        _check_published(corpus, version, published)
        pins = merged_pins(root, splits)
        counts = Counts(scheme)
        written = {
            name: _write_table(candidate, name, schema, given[name], splits, counts, problems)
            for name, schema in schemas.items()
            if name in given
        }
        problems.raise_if_any()
        summary = facts.summary(counts)
        responsible = responsible_ai(summary, counts, facts, ledger)
        made = Provenance(inputs, algorithms, summary.annotators, frozenset().union(*facts.gold.values()))

        def described(name: str, changes: bytes | None) -> tuple[dict[str, bytes], ReleaseManifest]:
            """The documents and the manifest that these tables have as the version `name`."""
            documents = {
                **({CHANGES: changes} if changes is not None else {}),
                **({AGREEMENT: render_json(facts.agreement_document)} if facts.agreement_document else {}),
                CROISSANT: render_croissant(name, written, schemas, scheme, summary, responsible, made),
                PUBLISHED_SCHEME: render_json(scheme.document()),
                README: render_version_card(name, written, summary),
            }
            manifest = ReleaseManifest(
                name,
                tables=written,
                documents={file: sha256_bytes(data) for file, data in documents.items()},
                inputs=dict(inputs),
                algorithms=dict(algorithms),
                writers={"pyarrow": pa.__version__},
                before=published[versions.index(name)].before if name in versions else _chained(corpus, versions),
            )
            return documents, manifest

        change = diff = None
        if published:
            old = Version(corpus / f"v{versions[-1]}", published[-1])
            new = Version(candidate, described(versions[-1], _frozen(old.folder, old.manifest))[1])
            diff = _difference(old, new, needed=version not in versions)
            change = change_since(old.manifest, new.manifest, diff)
        why = ""
        if version is None:
            version, why = next_version(versions, change, bump)
        check_pinned(version, versions, change)
        if version in versions:
            changes = _frozen(corpus / f"v{version}", published[versions.index(version)])
        else:
            changes = render_changes(changes_document(version, diff, change))
        documents, manifest = described(version, changes)
        for name, data in documents.items():
            write_file(candidate / name, data)
        write_file(candidate / RELEASE_MANIFEST, render_release_manifest(manifest))
        if published and not (corpus / SUMS).is_file():  # a version is chained to what a register holds
            replace_file(corpus / SUMS, render_sums(corpus, published))
        place = corpus / f"v{version}"
        created = install_version(candidate, place, advice(version, versions, change))

        manifests = read_manifests(corpus)
        if manifests[-1].version == version:
            replace_file(root / PINS, render_json(pins))
            replace_file(corpus / CHANGELOG, render_changelog(corpus, manifests))
            replace_card(root, render_card(CardData(facts, counts, splits, ledger, manifests)))
            replace_file(corpus / SUMS, render_sums(corpus, manifests))
    files = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return ReleaseResult(version, created, place, tuple(files), why)


def _check_places(root: Path) -> None:
    """Raises `ProblemsFound` where a file beside the versions cannot be replaced: before any version is."""
    names = (PINS, f"corpus/{CHANGELOG}")
    problems = [problem for name in names if (problem := unreadable(root / name, name))]
    if problems := [*problems, *unusable_places(root)]:
        raise ProblemsFound(problems)


def _write_table(
    folder: Path,
    name: str,
    schema: pa.Schema,
    batches: Iterable[pa.Table],
    splits: Mapping[str, str],
    counts: Counts,
    problems: Problems,
) -> TableFacts:
    """One table to its files, checked and counted as it passes. After a breach its rows are no longer written."""
    files = TableFiles(folder, name, schema)
    faults: list[Problem] = []

    def checked() -> Iterator[pa.Table]:
        for batch in batches:
            faults.extend(check_rows(name, batch, schema, splits))
            if not faults:
                yield batch

    last = pa.chunked_array([], pa.string())
    for rows in in_order(checked(), schema):
        ids = pa.chunked_array([*last.chunks, *rows[schema.names[0]].chunks], pa.string())
        if again := repeated_ids(ids):
            what = f"{name}.{schema.names[0]} repeats: {', '.join(again[:_SHOWN])}"
            faults.append(Problem(what, "give every row its own id"))
        last = ids[-1:] if len(ids) else last
        files.write(rows, splits if has_splits(name) else None)
        counts.add(name, rows)
    problems.extend(faults)
    return TableFacts(yaml_features(schema, counts.labels.get(name, {})), files.close())


def _frozen(folder: Path, manifest: ReleaseManifest) -> bytes | None:
    """What a published version says that it changed: it stays, however a later program counts. None where it says
    nothing; a file that is missing is reported when the versions are compared."""
    path = folder / CHANGES
    return path.read_bytes() if CHANGES in manifest.documents and path.is_file() else None


def _difference(old: Version, new: Version, *, needed: bool) -> VersionDiff | None:
    """The rows that differ, counted; None where a damaged version cannot be read and its bytes are compared anyway."""
    try:
        return VersionDiff.between(old, new).counted()
    except ProblemsFound:
        if needed:
            raise
        return None


def _check_published(corpus: Path, version: str | None, published: list[ReleaseManifest]) -> None:
    """Every version against its manifest but the pinned `version`, which is compared with this build; and the register,
    the chain of the versions and what stands beside them."""
    problems = check_register(corpus, published, (README, CHANGELOG))
    for manifest in published:
        if manifest.version != version:
            name = f"v{manifest.version}"
            problems += check_version(corpus / name, manifest, f"{corpus.name}/{name}")
    if problems:
        raise ProblemsFound(problems)


def _chained(corpus: Path, versions: list[str]) -> dict[str, str]:
    """What a new version says of the one before it: its name and the digest of its manifest, nothing for the first."""
    if not versions:
        return {}
    return {"version": versions[-1], "sha256": sha256_file(corpus / f"v{versions[-1]}" / RELEASE_MANIFEST)}
