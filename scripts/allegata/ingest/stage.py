"""Ingestion: raw/ to the article table. Every problem of raw/ comes in one report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from allegata.ingest.links import above, leads_out, links_out
from allegata.ingest.manifest import (
    MANIFEST,
    SCHEMA,
    ManifestRow,
    RawManifest,
    read_slim,
    unlisted_files,
)
from allegata.ingest.plain_text import decode_text
from allegata.ingest.raw_files import read_files
from allegata.ingest.web_page import read
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, Problems
from allegata.text.layers import NOTICE_LAYER
from allegata.text.page_blocks import JUDGEMENT, PAGE_BLOCK_LAYER


def _read_plain_text(data: bytes, row: ManifestRow, file: str, limits: Limits) -> tuple[dict[str, Any], list[Problem]]:
    text, problems = decode_text(data, file, row.id, row.media_type, limits)
    return {"source_text": text}, problems


# media type -> the columns it reads from the bytes
READERS: dict[str, Callable[[bytes, ManifestRow, str, Limits], tuple[dict[str, Any], list[Problem]]]] = {
    "text/plain": _read_plain_text,
    "text/html": read,
    "application/xhtml+xml": read,
}

# What the manifest says of an article, under the name that its id has from here on, and what its bytes say.
ARTICLE_TABLE = pa.schema(
    [
        *(field.with_name("article_id") if field.name == "id" else field for field in SCHEMA),
        ("source_text", pa.string()),
        ("page_blocks", PAGE_BLOCK_LAYER),  # null for what is no web page
        ("judgement", JUDGEMENT),
        ("notices", NOTICE_LAYER),  # what reading the bytes has to say of them; null for nothing
    ]
)


@dataclass(frozen=True)
class BatchSize:
    """How much of raw/ makes a batch: at most so many articles, and so many bytes unless one article has more.

    The first build makes them half as large, so that later ones can add to them.
    """

    articles: int = 512
    n_bytes: int = 8_000_000


def read_raw(
    raw: Path, withdrawn: Collection[str] = (), *, follow_links: bool = False, limits: Limits = DEFAULTS
) -> RawManifest:
    """The manifest of `raw`. Raises `ProblemsFound` with its faults, the files that it does not list, and, but with
    `follow_links`, the links that lead out of `raw`: nothing reads what is behind them.

    `withdrawn` articles are listed, and their files may be there or not: nothing reads them.
    """
    problems = Problems()
    manifest, faults = read_slim(raw, withdrawn)
    problems.extend(faults)
    if not faults and manifest.withdrawn.issuperset(manifest.rows["id"].to_pylist()):
        what = "lists no article" + (" that is not withdrawn" if len(manifest.rows) else "")
        problems.add(Problem(what, "add some with: allegata add FILES…", file=f"{raw.name}/{MANIFEST}"))
    problems.extend(unlisted_files(raw, manifest))
    links = set(links_out(raw)) if raw.is_dir() and not follow_links else set()
    problems.extend(leads_out(f"{raw.name}/{link}", "put the file in its place") for link in links)
    if problems:
        inside = [links.isdisjoint([file, *above(file)]) for file in manifest.rows["file"].to_pylist()]
        # A batch is never read, but its faults belong into the one report.
        for batch in manifest_batches(replace(manifest, rows=manifest.rows.filter(pa.array(inside, pa.bool_())))):
            problems.extend(read_batch(raw, batch, limits)[1])
    problems.raise_if_any()
    return manifest


def manifest_batches(
    manifest: RawManifest, size: BatchSize | None = None, known: Collection[str] = frozenset()
) -> list[pa.Table]:
    """The rows of the manifest in batches, in the order of their ids, with the name of the batch in `batch`; those of
    withdrawn articles are in none.

    A batch is named after its first article. Those that are `known` from an earlier build begin where they did: another
    article makes one batch longer, and does not move the borders of all that follow.
    """
    size, rows = size or BatchSize(), manifest.rows
    if manifest.withdrawn:
        rows = rows.filter(pc.invert(pc.is_in(rows["id"], pa.array(sorted(manifest.withdrawn), pa.string()))))
    names = [hashlib.sha256(article_id.encode()).hexdigest()[:16] for article_id in rows["id"].to_pylist()]
    most = size.articles if known else max(1, size.articles // 2)
    cuts, count, n_bytes = [0], 0, 0
    for row, (more, name) in enumerate(zip(rows["bytes"].to_pylist(), names, strict=True)):
        if count and (name in known or count == most or n_bytes + more > size.n_bytes):
            cuts.append(row)
            count = n_bytes = 0
        count, n_bytes = count + 1, n_bytes + more
    return [
        rows.slice(a, b - a).append_column("batch", pa.repeat(pa.scalar(names[a]), b - a))
        for a, b in pairwise([*cuts, len(names)])
        if b > a
    ]


def read_batch(raw: Path, batch: pa.Table, limits: Limits = DEFAULTS) -> tuple[pa.Table, list[Problem]]:
    """The articles of some rows of the manifest, with their source texts, and everything that is wrong with them:
    missing or changed files, media types nobody reads, bytes that are no text, articles beyond the limits."""
    rows = [ManifestRow(**row) for row in batch.select(SCHEMA.names).to_pylist()]
    data, problems = read_files(raw, rows, limits)
    articles = []
    for row in rows:
        reader = READERS.get(row.media_type.partition(";")[0].strip().lower())
        if reader is None:
            problems.append(
                Problem(
                    f"has the media type {row.media_type!r}, which nothing here reads",
                    f"use one of {', '.join(sorted(READERS))}",
                    file=f"{raw.name}/{row.file}",
                    article_id=row.id,
                )
            )
        elif row.id in data:
            columns, faults = reader(data.pop(row.id), row, f"{raw.name}/{row.file}", limits)
            problems += faults
            articles.append({**asdict(row), "article_id": row.id, **columns})
    return pa.Table.from_pylist(articles, schema=ARTICLE_TABLE), problems
