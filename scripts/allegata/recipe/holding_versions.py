"""Which published versions still hold what is taken out of all later ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def holding_versions(
    corpus: Path, columns: Sequence[str], holds: Callable[[dict[str, Any]], bool]
) -> dict[str, tuple[str, ...]]:
    """Published version, oldest first -> those of its articles, sorted, for whose `columns` of the table `holds` is
    true. Memory: a few rows.

    Raises `ProblemsFound` where a manifest or a file is not the published one.
    """
    from allegata.publish.manifest import read_manifests
    from allegata.schema.parquet_files import reading_parquet
    from allegata.schema.version_tables import VersionTables

    found = {}
    for manifest in read_manifests(corpus):
        names: list[str] = []
        version = VersionTables(corpus / f"v{manifest.version}")
        for file in manifest.tables["articles"].files if "articles" in manifest.tables else ():
            parquet = version.open(file.file)
            with reading_parquet(version.place(file.file)):
                for batch in parquet.iter_batches(64, columns=["article_id", *columns]):
                    names += [row["article_id"] for row in batch.to_pylist() if holds(row)]
        if names:
            found[manifest.version] = tuple(sorted(names))
    return found
