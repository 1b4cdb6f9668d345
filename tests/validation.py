"""Whole tables through the gate: as one batch, the way the recipe takes them, and by Great Expectations directly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.scheme import Scheme, default_scheme
from allegata.validate.batches import check_batch, columns, conclude, is_whole, repeated, suspects
from allegata.validate.lookups import Lookups
from allegata.validate.report import TableReport, ValidationReport
from allegata.validate.run import run_some
from allegata.validate.stage import EXAMPLES, check_shapes, read_plan
from allegata.validate.suites import Suite


@dataclass(frozen=True)
class Context:
    """What the suites need besides the tables.

    `entity_ids`: the ids of all known entities; None takes those that occur among the mentions, so that only
    claimers are checked. `n_in`: how many documents came in; None leaves the ledger's length unchecked.
    """

    entity_ids: frozenset[str] | None = None
    n_in: int | None = None
    scheme: Scheme = field(default_factory=default_scheme)


def validate(
    tables: Mapping[str, pa.Table], suites_dir: Path, context: Context | None = None, *, examples: int = EXAMPLES
) -> ValidationReport:
    """Run the suite of every table on all of its rows and report every row that breaks it."""
    context = context or Context()
    check_shapes(tables, context.scheme)
    known = context.entity_ids
    if known is None:
        mentions = tables["entities"]["entity_id"] if "entities" in tables else pa.array([], pa.string())
        known = frozenset(pc.unique(mentions.drop_null()).to_pylist())
    plan = read_plan(suites_dir, tables, known, context.scheme, examples)
    batch = {name: table for name, table in tables.items() if not is_whole(name)}
    found = check_batch(plan, batch)
    rows = {**suspects(plan, batch, repeated(found.keys)), **columns(plan, batch)}
    return conclude(plan, [found], tables, [rows], context.n_in)


def run_suites(suites: Sequence[Suite], corpus: Lookups, examples: int) -> list[TableReport]:
    """Every suite on its whole table: the report that a validation in batches must give too."""
    everything = {suite.table: list(range(len(suite.expectations))) for suite in suites}
    found = run_some(suites, corpus, examples, everything)
    return [
        TableReport(suite.table, corpus.table(suite.table).num_rows, tuple(found[suite.table].values()))
        for suite in suites
    ]
