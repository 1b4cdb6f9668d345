"""A published version as its maker may have rewritten it: other tables, and every digest made to fit them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from allegata.publish.digest import TableDigest
from allegata.publish.manifest import render_release_manifest
from allegata.publish.sums import render_sums
from allegata.schema.digests import sha256_file
from allegata.schema.features import yaml_features
from allegata.schema.release_manifest import FileFacts, ReleaseManifest, SplitFacts, TableFacts, parse_manifest
from allegata.schema.version_tables import labels_of
from allegata.schema.versions import SUMS

Change = Callable[[pa.Table], pa.Table]


def rewrite(root: Path, version: str, table: str, change: Change, *, declared: bool = True) -> list[str]:
    """Change the rows of a table of a version below `root`/corpus, file by file; the files, as reports call them.

    `declared`: the manifest declares the columns that are there then; else those that were.
    """
    folder = root / "corpus" / f"v{version}"
    manifest = parse_manifest((folder / "manifest.json").read_bytes())
    facts, files = manifest.tables[table], []
    splits, features = {}, facts.features
    for split, rows in facts.splits.items():
        digest: TableDigest | None = None
        written = []
        for file in rows.files:
            changed = change(pq.read_table(folder / file.file, partitioning=None))
            pq.write_table(changed, folder / file.file, compression="zstd", write_page_checksum=True)
            digest = digest or TableDigest(changed.schema)
            for batch in changed.to_batches():
                digest.update(batch)
            path = folder / file.file
            written.append(FileFacts(file.file, sha256_file(path), path.stat().st_size, len(changed)))
            files.append(f"corpus/v{version}/{file.file}")
            features = features_of(changed.schema, facts) if declared else features
        assert digest is not None
        splits[split] = SplitFacts(tuple(written), digest.hexdigest())
    register(root, replace(manifest, tables={**manifest.tables, table: TableFacts(features, splits)}))
    return files


def features_of(schema: pa.Schema, facts: TableFacts) -> list[dict[str, Any]]:
    """The features that a manifest declares of these columns; those that were labels are where they still can be."""
    old = {feature["name"]: feature for feature in facts.features}
    found = []
    for field in schema:
        labels = field.name in labels_of(facts.features) and pa.types.is_string(field.type)
        try:
            found.append(old[field.name] if labels else yaml_features(pa.schema([field]), {})[0])
        except TypeError:  # of no type that `datasets` has
            found.append({"name": field.name, "dtype": str(field.type)})
    return found


def rewrite_document(root: Path, version: str, name: str, data: bytes) -> None:
    """Another file of a version that is no table."""
    folder = root / "corpus" / f"v{version}"
    manifest = parse_manifest((folder / "manifest.json").read_bytes())
    (folder / name).write_bytes(data)
    register(root, replace(manifest, documents={**manifest.documents, name: sha256_file(folder / name)}))


def register(root: Path, manifest: ReleaseManifest) -> None:
    """Write the manifest of a version, and the register of all, as they are now."""
    corpus = root / "corpus"
    (corpus / f"v{manifest.version}" / "manifest.json").write_bytes(render_release_manifest(manifest))
    names = (path for path in corpus.glob("v*/manifest.json"))
    (corpus / SUMS).write_bytes(render_sums(corpus, [parse_manifest(path.read_bytes()) for path in names]))
