"""Validation in batches says what the validation of the whole tables says: the same rows, counts and words."""

from __future__ import annotations

import copy
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from allegata.schema.scheme import default_scheme
from allegata.validate.batches import check_batch, columns, conclude, is_whole, repeated, suspects
from allegata.validate.lookups import Lookups
from allegata.validate.report import ValidationReport
from allegata.validate.stage import read_plan
from allegata.validate.suites import Suite, read_suites
from test_validate_expectations import BROKEN, KNOWN, SUITES
from validate_corpus import Rows, tables_of, valid_rows
from validation import run_suites

Tables = dict[str, pa.Table]


def in_batches(suites: list[Suite], tables: Tables, articles: list[str], examples: int) -> ValidationReport:
    """The report of one batch an article, and of the tables about several; rows of nobody are in the first batch."""
    plan = replace(read_plan(SUITES, tables, KNOWN, default_scheme(), examples), suites=tuple(suites))
    batches = []
    for number, article in enumerate(articles):
        batch = {}
        for name, table in tables.items():
            if not is_whole(name):
                ids = table["article_id"]
                mine = pc.fill_null(pc.equal(ids, article), False)
                nobody = pc.invert(pc.is_in(ids, pa.array(articles)))
                batch[name] = table.filter(pc.or_(mine, nobody) if number == 0 else mine)
        batches.append(batch)
    found = [check_batch(plan, batch) for batch in batches]
    keys = repeated(pa.concat_tables([one.keys for one in found]))
    rows = [{**suspects(plan, batch, keys), **columns(plan, batch)} for batch in batches]
    across = {name: table for name, table in tables.items() if is_whole(name)}
    named = {"articles": tables["articles"].select(["article_id"])}
    named |= {name: tables[name] for name in ("claims", "sentences")}
    return conclude(plan, found, {**across, **named}, rows, n_in=4)


def whole(suites: list[Suite], tables: Tables, examples: int) -> ValidationReport:
    return ValidationReport(tuple(run_suites(suites, Lookups(tables, KNOWN, default_scheme(), n_in=4), examples)))


def suite_of(table: str) -> Suite:
    return next(suite for suite in read_suites(SUITES, BROKEN) if suite.table == table)


def lines(report: ValidationReport) -> list[str]:
    return [
        f"{outcome.expectation} {outcome.failed} {failure}"
        for one in report.tables
        for outcome in one.outcomes
        for failure in outcome.failures
    ]


def everything_broken(table: str) -> Rows:
    """All faults of one table that can stand side by side in one corpus.

    But references into another article: a batch tells them from references into nowhere only if it holds both.
    """
    rows = valid_rows()
    for breakage, _, _, says in BROKEN[table]:
        if "another article" in says:
            continue
        before = copy.deepcopy(rows)
        try:
            breakage(rows)
            tables_of(rows)
        except (IndexError, KeyError, StopIteration, ValueError):
            rows = before
    return rows


@pytest.mark.parametrize("table", list(BROKEN))
def test_every_fault_in_any_batch_is_reported_as_by_the_whole_validation(table: str) -> None:
    tables = tables_of(everything_broken(table))
    articles = sorted({row for row in tables["articles"]["article_id"].to_pylist() if row})
    for examples in (20, 2):
        expected = whole([suite_of(table)], tables, examples)
        found = in_batches([suite_of(table)], tables, articles, examples)
        assert lines(found) == lines(expected)
        assert [(one.rows, one.expectations) for one in found.tables] == [
            (one.rows, one.expectations) for one in expected.tables
        ]
        assert not found.ok
