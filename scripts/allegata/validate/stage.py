"""The gate: what the suites ask of every table, and the shape that each table has. The recipe runs it in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from allegata.schema.problems import Problem, Problems
from allegata.schema.scheme import Scheme
from allegata.schema.tables import CROSS_ARTICLE, LEDGER, tables_of
from allegata.validate.suites import read_suites

if TYPE_CHECKING:
    from allegata.validate.batches import Plan

EXAMPLES = 20


def read_plan(
    suites_dir: Path, tables: Iterable[str], entity_ids: frozenset[str], scheme: Scheme, examples: int = EXAMPLES
) -> Plan:
    """The suites of `tables`, ready for batches of them. Raises ProblemsFound for what is wrong with the suites."""
    suites = read_suites(suites_dir, tables)

    from allegata.validate.batches import Plan
    from allegata.validate.run import scopes_of

    return Plan(tuple(suites), scopes_of(suites), entity_ids, scheme, examples)


def check_shapes(tables: Mapping[str, pa.Table], scheme: Scheme) -> None:
    """Raise ProblemsFound for columns that are not there, or have another type."""
    problems = Problems()
    schemas = {**tables_of(scheme), "ledger": LEDGER}
    for name, table in tables.items():
        _check_columns(name, table, schemas.get(name), problems)
    problems.raise_if_any()


def _check_columns(name: str, table: pa.Table, schema: pa.Schema | None, problems: Problems) -> None:
    """The columns every check may rely on are there, with their types."""
    wanted = {field.name: field.type for field in schema or ()}
    if name != "ledger" and name not in CROSS_ARTICLE:
        wanted["split"] = pa.string()
    for column, kind in wanted.items():
        found = table.schema.field(column).type if column in table.column_names else None
        if found != kind:
            what = f"column {column!r} is {'missing' if found is None else found}, not {kind}"
            problems.add(Problem(what=what, fix="cast the table to its schema before validating", file=name))
