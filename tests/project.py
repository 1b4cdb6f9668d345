"""The project under test as the tests see it: its real articles, and copies of it to break."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from allegata.ingest.stage import manifest_batches, read_batch, read_raw
from allegata.schema.files import LOCK
from allegata.schema.problems import Problems, ProblemsFound
from allegata.schema.scheme import read_scheme

ROOT = Path(__file__).parent.parent
SCHEME = read_scheme(ROOT / "annotations")
ARTICLES = (
    "000_bcaebfcf3d6fbe7e",
    "001_c5717b605b6f5143",
    "002_d0ac3afe84aac798",
    "003_7d84afc9282eafae",
    "004_3063430c0a058950",
)
Row = dict[str, Any]


@cache
def source_text(article_id: str) -> str:
    return (ROOT / "raw" / f"{article_id}.txt").read_bytes().decode("utf-8")


def ingest(raw: Path) -> pa.Table:
    """All articles of `raw` in one table, sorted by id, by the steps of the recipe.

    Raises `ProblemsFound` with everything that is wrong in raw/.
    """
    problems = Problems()
    tables = []
    for batch in manifest_batches(read_raw(raw)):
        table, faults = read_batch(raw, batch)
        tables.append(table)
        problems.extend(faults)
    problems.raise_if_any()
    return pa.concat_tables(tables).combine_chunks()


def copy_root(place: Path, *, whole: bool = False) -> Path:
    """A corpus root in `place` with what a build reads, and nothing published.

    Of the eight passes of annotation two remain, unless the `whole` is asked for: who reads and measures eight takes
    most of the time of a build.
    """
    for folder in ("raw", "annotations", "expectations"):
        shutil.copytree(ROOT / folder, place / folder)
    for folder in () if whole else (place / "annotations" / "passes").iterdir():
        if folder.is_dir() and folder.name not in ("short-1", "short-2"):
            shutil.rmtree(folder)
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


def read_rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def write_rows(path: Path, rows: list[Row]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def edit_rows(path: Path, edit: Callable[[list[Row]], object]) -> None:
    rows = read_rows(path)
    edit(rows)
    write_rows(path, rows)


def manifest_row(article_id: str, data: bytes, **fields: Any) -> Row:
    """The least that a manifest must say about a file named after its article."""
    return {
        "id": article_id,
        "file": f"{article_id}.txt",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "media_type": "text/plain",
        **fields,
    }


def add_article(root: Path, article_id: str, data: bytes, **fields: Any) -> None:
    """Add a file to raw/, with its manifest row."""
    (root / "raw" / f"{article_id}.txt").write_bytes(data)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows.append(manifest_row(article_id, data, **fields)))


def change_article(root: Path, article_id: str, data: bytes) -> None:
    """Replace a file of raw/ and its manifest row, as somebody would who means it."""
    (root / "raw" / f"{article_id}.txt").write_bytes(data)
    new = manifest_row(article_id, data)
    edit_rows(
        root / "raw" / "manifest.jsonl",
        lambda rows: [row.update(new) for row in rows if row["id"] == article_id],
    )


def some(ids: Iterable[str], count: int | None, seed: str) -> list[str]:
    """As many of the ids, or all: others for another seed, the same in every run."""
    return sorted(ids) if count is None else random.Random(seed).sample(sorted(ids), count)


def sampled(cases: Iterable[Any], *chosen: Any) -> list[Any]:
    """The parameters of a test: `make whole` runs it with the chosen ones, one of each kind, and `make slow` with the
    rest; those of `test_faults_steps.py`, which take hours, are of `make faults`."""
    cases = list(cases)
    assert set(chosen) <= set(cases)
    rest = {case: case if isinstance(case, tuple) else (case,) for case in cases if case not in chosen}
    return [pytest.param(*rest[case], marks=pytest.mark.slow) if case in rest else case for case in cases]


def raw_report(root: Path) -> str:
    """The problem report of a raw/ that has problems."""
    with pytest.raises(ProblemsFound) as error:
        ingest(root / "raw")
    return str(error.value)


def tree(root: Path) -> dict[str, bytes]:
    """Every file below `root` with its bytes, but for the locks of killed processes."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.name != LOCK)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
