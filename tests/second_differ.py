"""Counts what differs between two published versions another way: SQL over the files, and nothing of the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

# A column with offsets in it, at any depth, says where a row is and not what it says.
_OFFSETS = ("start", "end", "source_start", "source_end", "position", "repeats_source_start", "repeats_source_end")


def tables(version: Path) -> dict[str, list[str]]:
    """The columns of every table of a version, as its manifest has them."""
    manifest = json.loads((version / "manifest.json").read_bytes())
    return {name: [one["name"] for one in facts["features"]] for name, facts in manifest["tables"].items()}


def ids(old: Path, new: Path, table: str) -> dict[str, int]:
    """How many ids of a table are in both versions, and how many in one of them."""
    key = tables(new)[table][0]
    sql = f"""
        SELECT count(a.k) FILTER (b.k IS NOT NULL), count(a.k) FILTER (b.k IS NULL), count(b.k) FILTER (a.k IS NULL)
        FROM (SELECT "{key}" AS k FROM '{old}/{table}/*.parquet') a
        FULL JOIN (SELECT "{key}" AS k FROM '{new}/{table}/*.parquet') b ON a.k = b.k"""
    both, gone, come = duckdb.sql(sql).fetchall()[0]
    return {"both": both, "only old": gone, "only new": come}


def cells(old: Path, new: Path, table: str) -> Iterator[tuple[str, int]]:
    """The columns that both versions have, each with the number of cells that are another in rows of one id."""
    before, after = tables(old)[table], tables(new)[table]
    key = after[0]
    for column in [name for name in after[1:] if name in before]:
        sql = f"""
            SELECT count(*) FROM '{old}/{table}/*.parquet' a JOIN '{new}/{table}/*.parquet' b USING ("{key}")
            WHERE a."{column}" IS DISTINCT FROM b."{column}\""""
        yield column, duckdb.sql(sql).fetchall()[0][0]


def spans_in_both(old: Path, new: Path, table: str, quote: str) -> int:
    """How many rows have a counterpart with the same words at the same place, whatever they are called."""
    columns = f'article_id, source_start, source_end, "{quote}"'
    sql = f"""
        SELECT count(*) FROM (SELECT {columns} FROM '{old}/{table}/*.parquet'
        INTERSECT ALL SELECT {columns} FROM '{new}/{table}/*.parquet')"""
    return int(duckdb.sql(sql).fetchall()[0][0])
