"""What publication asks of the tables it is given, checked at the door; and their division into splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.labels import SPLITS
from allegata.schema.problems import Problem, Problems
from allegata.schema.tables import CROSS_ARTICLE

LEDGER_TABLE = "ledger"
# The one split of a table that is not divided by article; `datasets` reserves the name "all".
UNDIVIDED = "full"

# table -> split -> rows; splits without rows are absent.
Parts = dict[str, dict[str, pa.Table]]


def check_tables(tables: Mapping[str, pa.Table], splits: Mapping[str, str], schemas: Mapping[str, pa.Schema]) -> None:
    """Raise `ProblemsFound` with every breach: tables, columns, types, nulls, ids, splits."""
    problems = Problems()
    for name in sorted(tables.keys() ^ schemas.keys()):
        what = f"table {name} is not in the schema" if name in tables else f"table {name} is missing"
        problems.add(Problem(what, "give release() exactly the tables of allegata.schema.tables"))
    for article, split in splits.items():
        if split not in SPLITS:
            problems.add(Problem(f"unknown split {split!r}", f"use {', '.join(SPLITS)}", article_id=article))
    for name in sorted(tables.keys() & schemas.keys()):
        problems.extend(_breaches(name, tables[name], schemas[name]))
    problems.raise_if_any()
    for name in sorted(tables.keys() - {LEDGER_TABLE} - CROSS_ARTICLE):
        for article in sorted(set(tables[name]["article_id"].to_pylist()) - splits.keys()):
            problems.add(
                Problem(f"rows of table {name} have an article without a split", "assign one", article_id=article)
            )
    problems.raise_if_any()


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
    ids = Counter(table[schema.names[0]].to_pylist())
    if repeated := sorted(str(key) for key, count in ids.items() if count > 1):
        yield Problem(f"{name}.{schema.names[0]} repeats: {', '.join(repeated[:5])}", "give every row its own id")


def divide(tables: Mapping[str, pa.Table], splits: Mapping[str, str]) -> Parts:
    """Put the rows of each table into the splits of their articles, in the order they have.

    A table across articles stays whole.
    """
    parts: Parts = {}
    for name, table in tables.items():
        if name in CROSS_ARTICLE:
            parts[name] = {UNDIVIDED: table} if len(table) else {}
            continue
        by_split = {}
        for split in SPLITS:
            wanted = pa.array([article for article in splits if splits[article] == split], pa.string())
            rows = table.filter(pc.is_in(table["article_id"], wanted))
            if len(rows):
                by_split[split] = rows.combine_chunks()
        parts[name] = by_split
    return parts
