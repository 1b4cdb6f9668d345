"""Publication from top to bottom: check, divide by split, write aside, rename, refresh what points to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from allegata.publish.card import CARD, CardFacts, render_card
from allegata.publish.configs import FORMER_CONFIGS, README
from allegata.publish.contract import LEDGER_TABLE, check_batch, check_names, is_divided, repeated
from allegata.publish.counts import Counts
from allegata.publish.croissant import CROISSANT, render_croissant
from allegata.publish.differences import check_version
from allegata.publish.features import yaml_features
from allegata.publish.manifest import (
    MANIFEST,
    ReleaseManifest,
    TableFacts,
    read_manifests,
    render_json,
    render_manifest,
    sha256_bytes,
    version_key,
)
from allegata.publish.parquet import in_order
from allegata.publish.pins import merged_pins, read_pins
from allegata.publish.release import aside, delete_file, install_version, publishing, replace_file
from allegata.publish.shards import TableFiles
from allegata.publish.splits import PINS
from allegata.publish.version_card import render_version_card
from allegata.schema.files import write_file
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.tables import CLASS_LABELS, LEDGER, TABLES

_SCHEMAS = {**TABLES, LEDGER_TABLE: LEDGER}
_SHOWN = 5


@dataclass(frozen=True)
class ReleaseResult:
    """What `release` did: `path` is the version's folder, `files` are relative to it."""

    version: str
    created: bool
    path: Path
    files: tuple[str, ...]


def release(
    tables: Mapping[str, Iterable[pa.Table]],
    splits: Mapping[str, str],
    *,
    version: str,
    root: Path,
    inputs: Mapping[str, str],
    algorithms: Mapping[str, object],
    ledger: pa.Table,
    facts: CardFacts,
) -> ReleaseResult:
    """Publish `tables` as `root/corpus/v<version>`, or prove that it already says the same.

    `tables` hold the columns of `allegata.schema.tables` in batches, in the order of their articles and the rows of a
    batch in any; a row goes to the split of its `article_id`. No more than two batches of a table are in memory.
    `inputs` maps what the tables were made from to its sha256; `algorithms` is anything JSON can say about what made
    the tables. Beside the version, `corpus/splits.json`, `corpus/README.md` and `dataset_card.md` are brought up to
    date; a `corpus/.huggingface.yaml` of an earlier publication is deleted, for `datasets` reads it first.

    Raises `ProblemsFound` when the tables break their schemas, when a published article would move, when the
    version exists and differs, or when a file of another version is not the one its manifest names; `UsageError`
    when the version is malformed or older than the latest.
    """
    corpus = root / "corpus"
    place = corpus / f"v{version}"
    version_key(version)
    given = {**tables, LEDGER_TABLE: [ledger]}
    problems = Problems()
    problems.extend(check_names(given, splits, _SCHEMAS))

    with publishing(corpus):
        published = read_manifests(corpus)
        _check_order(version, published)
        _check_others(corpus, version, published)
        pins = merged_pins(read_pins(root), splits)
        candidate = aside(place)
        candidate.mkdir()
        counts = Counts()
        written = {
            name: _write_table(candidate, name, given[name], splits, counts, problems)
            for name in _SCHEMAS
            if name in given
        }
        if problems:
            shutil.rmtree(candidate)
        problems.raise_if_any()
        summary = facts.summary(counts)
        documents = {
            CROISSANT: render_croissant(version, written, _SCHEMAS, summary),
            README: render_version_card(version, written, summary),
        }
        for name, data in documents.items():
            write_file(candidate / name, data)
        manifest = ReleaseManifest(
            version,
            tables=written,
            documents={name: sha256_bytes(data) for name, data in documents.items()},
            inputs=dict(inputs),
            algorithms=dict(algorithms),
            writers={"pyarrow": pa.__version__},
        )
        write_file(candidate / MANIFEST, render_manifest(manifest))
        created = install_version(candidate, place)

        manifests = read_manifests(corpus)
        if manifests[-1].version == version:
            replace_file(root / PINS, render_json(pins))
            card = render_card(counts, splits, ledger, CLASS_LABELS, manifests, facts)
            replace_file(corpus / README, card[README])
            delete_file(corpus / FORMER_CONFIGS)
            replace_file(root / CARD, card[CARD])
    files = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return ReleaseResult(version, created, place, tuple(files))


def _write_table(
    folder: Path,
    name: str,
    batches: Iterable[pa.Table],
    splits: Mapping[str, str],
    counts: Counts,
    problems: Problems,
) -> TableFacts:
    """One table to its files, checked and counted as it passes. After a breach its rows are no longer written."""
    schema = _SCHEMAS[name]
    files = TableFiles(folder, name, schema)
    faults: list[Problem] = []

    def checked() -> Iterator[pa.Table]:
        for batch in batches:
            faults.extend(check_batch(name, batch, schema, splits))
            if not faults:
                yield batch

    last = pa.chunked_array([], pa.string())
    for rows in in_order(checked(), schema):
        ids = pa.chunked_array([*last.chunks, *rows[schema.names[0]].chunks], pa.string())
        if again := repeated(ids):
            what = f"{name}.{schema.names[0]} repeats: {', '.join(again[:_SHOWN])}"
            faults.append(Problem(what, "give every row its own id"))
        last = ids[-1:] if len(ids) else last
        files.write(rows, splits if is_divided(name) else None)
        counts.add(name, rows)
    problems.extend(faults)
    return TableFacts(yaml_features(schema, CLASS_LABELS.get(name, {})), files.close())


def _check_order(version: str, published: list[ReleaseManifest]) -> None:
    versions = [manifest.version for manifest in published]
    if versions and version not in versions and version_key(version) < version_key(versions[-1]):
        raise UsageError(
            f"corpus version {version} is older than the published {versions[-1]}: "
            "set a higher corpus-version in pyproject.toml [tool.allegata]"
        )


def _check_others(corpus: Path, version: str, published: list[ReleaseManifest]) -> None:
    """Every other version against its manifest; `version` itself is compared with this build, byte for byte."""
    problems = []
    for manifest in published:
        if manifest.version != version:
            name = f"v{manifest.version}"
            problems += check_version(corpus / name, manifest, f"{corpus.name}/{name}")
    if problems:
        raise ProblemsFound(problems)
