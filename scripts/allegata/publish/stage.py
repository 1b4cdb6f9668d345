"""Publication from top to bottom: check, divide by split, write aside, rename, refresh what points to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from allegata.publish.card import CARD, CardFacts, render_card
from allegata.publish.configs import CONFIGS, render_configs
from allegata.publish.contract import LEDGER_TABLE, UNDIVIDED, check_tables, divide
from allegata.publish.croissant import CROISSANT, render_croissant
from allegata.publish.differences import check_version
from allegata.publish.digest import table_digest
from allegata.publish.features import yaml_features
from allegata.publish.manifest import (
    MANIFEST,
    FileFacts,
    Manifest,
    TableFacts,
    read_manifests,
    render_json,
    render_manifest,
    sha256_bytes,
    sha256_file,
    version_key,
)
from allegata.publish.parquet import sorted_rows, write_parquet
from allegata.publish.pins import merged_pins, read_pins
from allegata.publish.release import aside, install_version, publishing, replace_file
from allegata.publish.splits import PINS
from allegata.schema.files import write_file
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.tables import CLASS_LABELS, LEDGER, TABLES


@dataclass(frozen=True)
class ReleaseResult:
    """What `release` did: `path` is the version's folder, `files` are relative to it."""

    version: str
    created: bool
    path: Path
    files: tuple[str, ...]


def release(
    tables: Mapping[str, pa.Table],
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

    `tables` hold the columns of `allegata.schema.tables` in any row order; a row goes to the split of its
    `article_id`. `inputs` maps what the tables were made from to its sha256; `algorithms` is anything JSON can say
    about what made the tables. Beside the version, `corpus/splits.json`, `corpus/.huggingface.yaml` and
    `dataset_card.md` are brought up to date.

    Raises `ProblemsFound` when the tables break their schemas, when a published article would move, when the
    version exists and differs, or when a file of another version is not the one its manifest names; `UsageError`
    when the version is malformed or older than the latest.
    """
    corpus = root / "corpus"
    place = corpus / f"v{version}"
    schemas = {**TABLES, LEDGER_TABLE: LEDGER}
    version_key(version)
    check_tables({**tables, LEDGER_TABLE: ledger}, splits, schemas)
    ordered = {name: sorted_rows(tables[name], TABLES[name]) for name in TABLES}
    ledger = sorted_rows(ledger, LEDGER)

    with publishing(corpus):
        published = read_manifests(corpus)
        _check_order(version, published)
        _check_others(corpus, version, published)
        pins = merged_pins(read_pins(root), splits)
        candidate = aside(place)
        parts = {**divide(ordered, splits), LEDGER_TABLE: {UNDIVIDED: ledger}}
        candidate.mkdir()
        written = {name: _write_table(candidate, name, parts[name], schemas[name]) for name in parts}
        croissant = render_croissant(version, written, schemas)
        write_file(candidate / CROISSANT, croissant)
        manifest = Manifest(
            version,
            tables=written,
            documents={CROISSANT: sha256_bytes(croissant)},
            inputs=dict(inputs),
            algorithms=dict(algorithms),
            writers={"pyarrow": pa.__version__},
        )
        write_file(candidate / MANIFEST, render_manifest(manifest))
        created = install_version(candidate, place)

        manifests = read_manifests(corpus)
        if manifests[-1].version == version:
            replace_file(root / PINS, render_json(pins))
            replace_file(corpus / CONFIGS, render_configs(manifests))
            replace_file(root / CARD, render_card(ordered, splits, ledger, CLASS_LABELS, manifests, facts))
    files = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return ReleaseResult(version, created, place, tuple(files))


def _check_order(version: str, published: list[Manifest]) -> None:
    versions = [manifest.version for manifest in published]
    if versions and version not in versions and version_key(version) < version_key(versions[-1]):
        raise UsageError(
            f"corpus version {version} is older than the published {versions[-1]}: "
            "set a higher corpus-version in pyproject.toml [tool.allegata]"
        )


def _check_others(corpus: Path, version: str, published: list[Manifest]) -> None:
    """Every other version against its manifest; `version` itself is compared with this build, byte for byte."""
    problems = []
    for manifest in published:
        if manifest.version != version:
            name = f"v{manifest.version}"
            problems += check_version(corpus / name, manifest, f"{corpus.name}/{name}")
    if problems:
        raise ProblemsFound(problems)


def _write_table(folder: Path, name: str, by_split: Mapping[str, pa.Table], schema: pa.Schema) -> TableFacts:
    files = {split: _write_part(folder, name, split, rows) for split, rows in by_split.items()}
    return TableFacts(yaml_features(schema, CLASS_LABELS.get(name, {})), files)


def _write_part(folder: Path, table: str, split: str, rows: pa.Table) -> FileFacts:
    name = f"{table}/{split}-00000-of-00001.parquet"
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    write_parquet(path, rows.to_batches(), rows.schema)
    return FileFacts(name, sha256_file(path), path.stat().st_size, rows.num_rows, table_digest(rows))
