"""Ingestion: raw/ to the article table. Every problem of raw/ comes in one report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.ingest.manifest import MANIFEST, ManifestRow, read_files, read_manifest
from allegata.ingest.plain_text import decode
from allegata.ingest.web_page import read
from allegata.schema.problems import Problem, Problems
from allegata.text.page_blocks import EXTRACT_LAYER, PAGE_BLOCK_LAYER


def _read_plain_text(data: bytes, row: ManifestRow, file: str) -> tuple[dict[str, Any], list[Problem]]:
    text, problems = decode(data, file, row.id)
    return {"source_text": text}, problems


# media type -> the columns it reads from the bytes
READERS: dict[str, Callable[[bytes, ManifestRow, str], tuple[dict[str, Any], list[Problem]]]] = {
    "text/plain": _read_plain_text,
    "text/html": read,
    "application/xhtml+xml": read,
}

ARTICLE_TABLE = pa.schema(
    [
        ("article_id", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("media_type", pa.string()),
        ("title", pa.string()),
        ("publisher", pa.string()),
        ("url", pa.string()),
        ("author", pa.string()),
        ("published", pa.string()),
        ("language", pa.string()),
        ("ai_generated", pa.bool_()),
        ("ai_disclosure", pa.string()),
        ("rights", pa.string()),
        ("source_text", pa.string()),
        ("page_blocks", PAGE_BLOCK_LAYER),  # null for what is no web page
        ("extracts", EXTRACT_LAYER),
    ]
)


def ingest(raw: Path) -> pa.Table:
    """All articles of `raw`, sorted by id, one row each with its source text.

    Raises `ProblemsFound` with everything that is wrong in raw/: the manifest, missing, changed or unlisted
    files, media types nobody reads, bytes that are no text.
    """
    problems = Problems()
    rows, faults = read_manifest(raw)
    problems.extend(faults)
    if not rows and not faults:
        problems.add(Problem("lists no article", "add at least one row", file=f"{raw.name}/{MANIFEST}"))
    data, faults = read_files(raw, rows)
    problems.extend(faults)
    articles = []
    for row in rows:
        reader = READERS.get(row.media_type.partition(";")[0].strip().lower())
        if reader is None:
            problems.add(
                Problem(
                    f"has the media type {row.media_type!r}, which nothing here reads",
                    f"use one of {', '.join(sorted(READERS))}",
                    file=f"{raw.name}/{row.file}",
                    article_id=row.id,
                )
            )
        elif row.id in data:
            columns, faults = reader(data.pop(row.id), row, f"{raw.name}/{row.file}")
            problems.extend(faults)
            articles.append({**asdict(row), "article_id": row.id, **columns})
    problems.raise_if_any()
    return pa.Table.from_pylist(articles, schema=ARTICLE_TABLE)
