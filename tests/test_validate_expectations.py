"""Every expectation passes a valid corpus and names the one thing that is broken in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from allegata.schema.problems import ProblemsFound
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import TABLES
from allegata.validate.lookups import Lookups
from allegata.validate.report import TableReport, ValidationReport
from allegata.validate.suites import read_suites
from broken_annotation import BROKEN_ANNOTATION
from broken_rows import BROKEN_TEXT
from validate_corpus import Rows, tables_of, valid_rows
from validation import Context, run_suites, validate

SUITES = Path(__file__).parent.parent / "expectations"
KNOWN = frozenset({"mill", "acme", "river"})
CONTEXT = Context(entity_ids=KNOWN, n_in=4)
# The same on every table, so broken once below.
SEEN_ELSEWHERE = {
    f"expect_{name}"
    for name in (
        "table_row_count_to_be_between",
        "columns_to_be_filled",
        "column_values_to_be_unique",
        "references_to_resolve",
        "split_of_article",
        "values_to_be_labels",
        "spans_to_lie_inside_text",
        "spans_to_follow_one_another",
        "spans_to_avoid_removals",
    )
}


def report_on(rows: Rows, context: Context = CONTEXT, **options: int) -> ValidationReport:
    return validate(tables_of(rows), SUITES, context, **options)


def run_one_suite(table: str, rows: Rows) -> TableReport:
    """One suite alone, for the many tests that break one row."""
    (suite,) = [suite for suite in read_suites(SUITES, rows) if suite.table == table]
    (report,) = run_suites([suite], Lookups(tables_of(rows), KNOWN, default_scheme(), n_in=4), examples=20)
    return report


BROKEN = BROKEN_TEXT | BROKEN_ANNOTATION


def test_a_valid_corpus_meets_every_expectation() -> None:
    report = report_on(valid_rows())
    assert ProblemsFound(report.problems()).problems == ()
    assert report.ok
    assert {table.table: table.rows for table in report.tables}["claims"] == 6
    assert all(table.expectations >= 4 for table in report.tables)


@pytest.mark.parametrize(
    ("table", "breakage", "expectation", "row_id", "says"),
    [(table, *case) for table, cases in BROKEN.items() for case in cases],
    ids=[f"{table}-{case[1]}-{case[3]}" for table, cases in BROKEN.items() for case in cases],
)
def test_a_broken_row_is_named(
    table: str, breakage: Callable[[Rows], None], expectation: str, row_id: str, says: str
) -> None:
    rows = valid_rows()
    breakage(rows)
    report = run_one_suite(table, rows)
    assert not report.ok
    named = [failure for failure in report.failures if failure.expectation == f"expect_{expectation}"]
    assert any(failure.row_id == row_id and says in failure.what for failure in named), report.failures
    assert all(failure.fix for failure in named)


def test_every_expectation_of_the_suites_is_broken_by_a_test() -> None:
    for suite in read_suites(SUITES, BROKEN):
        types = {expectation.type for expectation in suite.expectations}
        broken = {f"expect_{case[1]}" for case in BROKEN[suite.table]}
        untested = types - broken - SEEN_ELSEWHERE
        assert not untested, f"{suite.table}: {sorted(untested)}"


def test_an_empty_table_fails_where_there_must_be_rows() -> None:
    rows = valid_rows()
    rows["articles"] = []
    failures = report_on(rows).failures
    assert any(f.table == "articles" and "row_count" in f.expectation and "found 0" in f.what for f in failures)


@pytest.mark.parametrize("bare", [False, True])
def test_articles_that_nobody_has_annotated_pass_and_need_no_sentence(bare: bool) -> None:
    rows = valid_rows()
    for table in rows:
        if table not in ("articles", "sentences", "removals", "citations", "ledger"):
            rows[table] = []
    for article in rows["articles"]:
        article["annotated"] = False
    for sentence in rows["sentences"]:
        sentence["is_claim"] = None
    if bare:
        rows["sentences"] = []
    assert ProblemsFound(report_on(rows).problems()).problems == ()


def test_columns_of_nothing_but_nulls_pass_where_null_is_a_value() -> None:
    rows = valid_rows()
    for article in rows["articles"]:
        article |= {field.name: None for field in TABLES["articles"] if field.nullable}
    assert ProblemsFound(report_on(rows).problems()).problems == ()


def test_tables_that_an_article_may_lack_may_be_empty() -> None:
    rows = valid_rows()
    for table in ("citations", "removals", "propositions", "disputes", "positions", "relations"):
        rows[table] = []
    for table in rows:
        rows[table] = [row for row in rows[table] if row.get("article_id") != "x0"]
    assert ProblemsFound(report_on(rows, Context(frozenset({"river", "mill"}), 3)).problems()).problems == ()


def test_no_entity_list_means_the_entities_that_are_mentioned() -> None:
    rows = valid_rows()
    assert report_on(rows, Context()).ok
    rows["claims"][1]["claimer_id"] = "landlord"
    assert {f.row_id for f in report_on(rows, Context()).failures if f.table == "claims"} == {"x0:c1"}


def test_a_failure_reads_as_a_line_with_article_span_quote_and_cure() -> None:
    rows = valid_rows()
    rows["claims"][0]["surface"] = "The mill paid"
    (problem,) = [problem for problem in report_on(rows).problems() if problem.file == "claims"]
    assert str(problem) == (
        "claims: x0 [0,13): x0:c0 “The mill paid”: its surface is not what text says there\n"
        "    → anchor the span again: text[start:end] must be its quoted text"
    )


def test_examples_are_capped_and_all_rows_are_counted() -> None:
    rows = valid_rows()
    for sentence in rows["sentences"]:
        sentence["zone"] = "nowhere"
    report = report_on(rows, examples=2)
    outcome = next(o for t in report.tables for o in t.outcomes if o.failed and o.table == "sentences")
    assert (outcome.failed, len(outcome.failures)) == (6, 2)
    assert any("4 more rows fail in the same way (6 in all)" in problem.what for problem in report.problems())


def test_rows_of_one_article_need_not_stand_together() -> None:
    rows = valid_rows()
    for table in ("entities", "claims"):
        rows[table] = rows[table][::-1]
    assert report_on(rows).ok
