"""The published versions of this repository by their `croissant.json`: mlcroissant loads what the files hold."""

from __future__ import annotations

from pathlib import Path

import mlcroissant as mlc
import pytest

from project import ROOT
from test_publish_croissant import plain, rows_by_split


def latest(corpus: Path) -> Path:
    return max(corpus.glob("v*"), key=lambda folder: tuple(map(int, folder.name[1:].split("."))))


VERSIONS = [latest(ROOT / "corpus"), latest(ROOT / "examples" / "stories" / "corpus")]


@pytest.mark.parametrize("version", VERSIONS, ids=["ours", "stories"])
def test_the_latest_version_loads_split_by_split_record_by_record(version: Path) -> None:
    dataset = mlc.Dataset(jsonld=str(version / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    unset = ("citeAs", "datePublished")
    assert not [one for one in dataset.metadata.ctx.issues.warnings if not any(name in one for name in unset)]
    for table in ("articles", "claims", "removals", "relations"):
        found = rows_by_split(version, table)
        split = min(found, key=lambda name: len(found[name]))
        chosen = dataset.records(table, filters={f"{table}/split": split})
        assert [plain(record) for record in chosen] == found[split]
