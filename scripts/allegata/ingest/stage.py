"""Ingestion: raw/ to the article table. Every problem of raw/ comes in one report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from allegata.ingest.manifest import MANIFEST, read_files, read_manifest
from allegata.ingest.plain_text import decode
from allegata.schema.problems import Problem, Problems

DECODERS = {"text/plain": decode}

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
        decoder = DECODERS.get(row.media_type)
        if decoder is None:
            problems.add(
                Problem(
                    f"has the media type {row.media_type!r}, which nothing here reads",
                    f"use one of {', '.join(sorted(DECODERS))}",
                    file=f"{raw.name}/{row.file}",
                    article_id=row.id,
                )
            )
        elif row.id in data:
            text, faults = decoder(data.pop(row.id), f"{raw.name}/{row.file}", row.id)
            problems.extend(faults)
            articles.append({**asdict(row), "article_id": row.id, "source_text": text})
    problems.raise_if_any()
    return pa.Table.from_pylist(articles, schema=ARTICLE_TABLE)
