"""The gate: every table against its suite. Nothing is published unless the report is `ok`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.problems import Problem, Problems
from allegata.schema.scheme import Scheme, default_scheme
from allegata.schema.tables import CROSS_ARTICLE, LEDGER, tables_of
from allegata.validate.report import Failure, Outcome, TableReport, ValidationReport
from allegata.validate.suites import read_suites

if TYPE_CHECKING:
    from allegata.validate.batches import Plan

__all__ = ["Context", "Failure", "Outcome", "TableReport", "ValidationReport", "validate"]

EXAMPLES = 20


@dataclass(frozen=True)
class Context:
    """What the suites need besides the tables.

    `entity_ids`: the ids of all known entities; None takes those that occur among the mentions, so that only
    claimers are checked. `n_in`: how many documents came in; None leaves the ledger's length unchecked. `scheme`: the
    labels and attributes of the tables.
    """

    entity_ids: frozenset[str] | None = None
    n_in: int | None = None
    scheme: Scheme = field(default_factory=default_scheme)


def validate(
    tables: Mapping[str, pa.Table],
    suites_dir: Path,
    context: Context | None = None,
    *,
    examples: int = EXAMPLES,
) -> ValidationReport:
    """Run the suite `suites_dir/<name>.json` of every table and report every row that breaks it.

    `tables` maps a name to one table with the columns of its schema and, but for the ledger and the tables across
    articles, a string column `split`; `examples` is how many failing rows an expectation shows (all are counted).
    Great Expectations runs in memory: nothing is written, nothing is fetched, nothing is printed.

    Raises ProblemsFound for what is wrong with the suites or with the shape of the tables (a table without a
    suite, a suite without a table, an unknown type, an empty suite, a column that is not there); what is
    wrong with the data comes back in the report.
    """
    context = context or Context()
    check_shapes(tables, context.scheme)
    known = context.entity_ids
    if known is None:
        mentions = tables["entities"]["entity_id"] if "entities" in tables else pa.array([], pa.string())
        known = frozenset(pc.unique(mentions.drop_null()).to_pylist())
    plan = read_plan(suites_dir, tables, known, context.scheme, examples)

    from allegata.validate.batches import check_batch, columns, conclude, is_whole, repeated, suspects

    batch = {name: table for name, table in tables.items() if not is_whole(name)}
    found = check_batch(plan, batch)
    rows = {**suspects(plan, batch, repeated(found.keys)), **columns(plan, batch)}
    return conclude(plan, [found], tables, [rows], context.n_in)


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
