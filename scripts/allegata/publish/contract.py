"""What publication asks of the tables it is given, checked as they pass; nothing is published if one breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.labels import SPLITS
from allegata.schema.problems import Problem
from allegata.schema.tables import CROSS_ARTICLE

LEDGER_TABLE = "ledger"
# The one split of a table that is not divided by article; `datasets` reserves the name "all".
UNDIVIDED = "full"


def has_splits(table: str) -> bool:
    """Whether each row belongs to an article, and so to its split."""
    return table not in CROSS_ARTICLE and table != LEDGER_TABLE


def check_names(tables: Iterable[str], splits: Mapping[str, str], schemas: Iterable[str]) -> Iterator[Problem]:
    """Tables too many or too few, and splits that nobody knows."""
    given, wanted = set(tables), set(schemas)
    for name in sorted(given ^ wanted):
        what = f"table {name} is not in the schema" if name in given else f"table {name} is missing"
        yield Problem(what, "give release() exactly the tables of allegata.schema.tables")
    for article, split in splits.items():
        if split not in SPLITS:
            yield Problem(f"unknown split {split!r}", f"use {', '.join(SPLITS)}", article_id=article)


def check_rows(name: str, table: pa.Table, schema: pa.Schema, splits: Mapping[str, str]) -> list[Problem]:
    """Columns, types, nulls, articles without a split: every breach in some rows of a table."""
    problems = list(_breaches(name, table, schema))
    if not problems and has_splits(name):
        problems += [
            Problem(f"rows of table {name} have an article without a split", "assign one", article_id=article)
            for article in table["article_id"].unique().to_pylist()
            if article not in splits
        ]
    return problems


def repeated_ids(ids: pa.ChunkedArray) -> list[str]:
    """Ids that stand more than once in a stretch of a sorted table."""
    whole = ids.combine_chunks()
    again = pc.equal(whole[1:], whole[:-1]) if len(whole) else pa.array([], pa.bool_())
    return [str(value) for value in whole[1:].filter(again).unique().to_pylist()]


def _breaches(name: str, table: pa.Table, schema: pa.Schema) -> Iterator[Problem]:
    if sorted(table.column_names) != sorted(schema.names):
        extra = sorted(set(table.column_names) - set(schema.names))
        missing = sorted(set(schema.names) - set(table.column_names))
        yield Problem(
            f"table {name} has columns too many ({', '.join(extra)}) or too few ({', '.join(missing)})",
            "give it the columns of its schema, each once",
        )
        return
    for field in schema:
        column = table[field.name]
        if column.null_count and not field.nullable:
            yield Problem(f"{name}.{field.name} has {column.null_count} nulls", "fill them, or make it optional")
        try:
            column.cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            yield Problem(f"{name}.{field.name} is not {field.type}: {error}", "build it with its schema")
