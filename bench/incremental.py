"""`python -m bench incremental`: what a build costs after articles came in, beside a full one of the same corpus.

The corpus is generated (`pipeline_documents`): plain texts of 3 kB without a stated language, one in a hundred of them
added after the first build, anywhere among the others and a copy of one of them at most. Three builds, each in a
process of its own: the first, which fills the work folder; the incremental one, after the articles were added; and a
full one of the same corpus without what was kept, whose published bytes must be those of the incremental one. `full` is
the last: both have the same to do.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from allegata.engine.job import RunOptions
from allegata.recipe.build import run
from allegata.recipe.init import init
from allegata.schema.digests import sha256_bytes, sha256_file
from bench.pipeline_documents import ArticleDocuments
from bench.stages import in_own_process, peak_mb

_PUBLISHED = ("corpus", "dataset_card.md")


def run_incremental(articles: int, share: float = 0.01, seed: int = 0) -> str:
    """Both builds of `articles` articles, of which a `share` is new: a Markdown table of CPU seconds by stage.

    Raises `AssertionError` where the two do not publish the same bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        root, aside, work = Path(folder) / "corpus", Path(folder) / "published", Path(folder) / "work"
        init(root, name="incremental", language=["en"])
        rows = written(root, articles, seed)
        new = late(ArticleDocuments(articles, seed), max(1, round(1 / share)))
        listed(root, (row for number, row in enumerate(rows) if number not in new))
        _build(root, work)
        shutil.copytree(root / "corpus", aside)
        listed(root, rows)
        incremental = _build(root, work)
        found = _published(root)
        for name in _PUBLISHED:
            place = root / name
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        shutil.copytree(aside, root / "corpus")
        full = _build(root, Path(folder) / "anew")
        assert _published(root) == found, "the incremental build publishes other bytes"
    lines = [f"{articles:,} articles, {len(new):,} of them new; CPU seconds of one process, with start-up", ""]
    lines += ["| | full | share | incremental | share | ratio |", "|---|---|---|---|---|---|"]
    for stage in [*full["cpu"], "all"]:
        one, other = (_cpu(report, stage) for report in (full, incremental))
        shares = [100 * seconds / _cpu(report, "all") for seconds, report in ((one, full), (other, incremental))]
        ratio = 100 * other / max(one, 0.01)
        lines.append(f"| {stage} | {one:.1f} | {shares[0]:.0f} % | {other:.1f} | {shares[1]:.0f} % | {ratio:.1f} % |")
    walls = [report["wall"] for report in (full, incremental)]
    lines += ["", f"wall {walls[0]:.1f} s and {walls[1]:.1f} s: {100 * walls[1] / walls[0]:.1f} %; "]
    lines[-1] += f"peak {full['peak_mb']:.0f} MB and {incremental['peak_mb']:.0f} MB; the published bytes are the same"
    return "\n".join(lines) + "\n"


def _cpu(report: dict[str, Any], stage: str) -> float:
    return float(sum(report["cpu"].values()) if stage == "all" else report["cpu"][stage])


def written(root: Path, articles: int, seed: int) -> list[str]:
    """The files of all articles; returns the rows of the manifest. Ids do not follow the order of coming in."""
    rows = []
    for batch in ArticleDocuments(articles, seed).batches():
        for article in batch.to_pylist():
            data = f"{article['text']}\n".encode()
            name = sha256_bytes(article["article_id"].encode())[:16]
            digest = sha256_bytes(data)
            row = {"id": name, "file": f"{name}.txt", "sha256": digest, "bytes": len(data), "media_type": "text/plain"}
            (root / "raw" / f"{name}.txt").write_bytes(data)
            rows.append(json.dumps(row))
    return rows


def late(documents: ArticleDocuments, step: int) -> set[int]:
    """Of each `step` documents the first that joins no two others.

    A near copy of two published articles that stand in different splits is refused: a curator decides, no benchmark.
    """
    copied = {documents.source(number) for number in range(documents.n) if documents.source(number) != number}
    single = [n not in copied and documents.kind(n) in ("original", "repeats", "exact") for n in range(documents.n)]
    firsts = (next(filter(single.__getitem__, range(at, documents.n)), at) for at in range(0, documents.n, step))
    return set(firsts)


def listed(root: Path, rows: Iterable[str]) -> None:
    """The manifest of these rows; files that it does not list are put aside, under a name that is none of ours."""
    given = list(rows)
    (root / "raw" / "manifest.jsonl").write_text("".join(f"{row}\n" for row in given), encoding="utf-8")
    names = {json.loads(row)["file"] for row in given}
    for path in [path for path in (root / "raw").iterdir() if path.name != "manifest.jsonl"]:
        wanted = path.with_name(path.name.lstrip("."))
        target = wanted if wanted.name in names else path.with_name(f".{wanted.name}")
        if target != path:
            os.rename(path, target)


def _published(root: Path) -> dict[str, str]:
    """sha256 of every published file."""
    paths = [path for name in _PUBLISHED for path in [root / name, *(root / name).rglob("*")] if path.is_file()]
    return {str(path.relative_to(root)): sha256_file(path) for path in paths}


def _build(root: Path, work: Path) -> dict[str, Any]:
    wall, report = in_own_process("bench.incremental", str(root), str(work))
    return {**report, "wall": wall}


def _child(root: str, work: str) -> None:
    begins = {"start-up": 0.0}
    run(Path(root), on_step=lambda step: begins.update({step: time.process_time()}), options=RunOptions(work=work))
    times = [*begins.values(), time.process_time()]
    cpu = {stage: end - begin for stage, begin, end in zip(begins, times, times[1:], strict=False)}
    print(json.dumps({"cpu": cpu, "peak_mb": peak_mb() or 0.0}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
