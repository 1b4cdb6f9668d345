"""The report of a validation as a page: what every suite expects, in words, what was found, and in which rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from allegata.pages.templates import environment
from allegata.schema.visible import visible
from allegata.schema.wording import number
from allegata.validate.report import Failure, Outcome, ValidationReport, shorten
from allegata.validate.suites import Expectation, Suite

TEMPLATES, STYLE = (Path(__file__).parent / name for name in ("templates", "report.css"))
# Bytes of what the expectations say, and of the rows that break them; a frame of tags is counted for each.
_OF_EXPECTATIONS, _OF_ROWS, _FRAME = 400_000, 450_000, 400
# Characters of a text that are shown.
_LONG, _SHORT = 500, 120


@dataclass(frozen=True)
class Row:
    """A row that breaks an expectation. `path` leads to it on the page of its article, "" where there is none."""

    row_id: str
    article_id: str
    path: str
    span: tuple[int, int] | None
    quote: str
    what: str


@dataclass(frozen=True)
class Check:
    """An expectation: what it protects, how it is written, how many rows break it, the first of them, what to do."""

    anchor: str
    notes: str
    written: str
    fix: str
    failed: int
    rows: tuple[Row, ...] = ()

    @property
    def hidden(self) -> int:
        """How many of the rows are not shown."""
        return self.failed - len(self.rows)


@dataclass(frozen=True)
class Part:
    """The suite of a table and what was found; `more` expectations are not shown, all of them met or counted."""

    suite: Suite
    notes: str
    size: int
    unmet: int
    checks: tuple[Check, ...]
    more: int


def report_page(
    report: ValidationReport, suites: Sequence[Suite], title: str, address: Callable[[Failure, str], str]
) -> str:
    """The page, of less than 1 MB: long texts are cut, and what has no room is counted.

    `suites` are those of the tables of the report, in its order. `address` says where a row is shown, "" for nowhere;
    it gets the nested column whose elements were checked, or "".
    """
    unmet = sum(outcome.failed > 0 for table in report.tables for outcome in table.outcomes)
    words, room, waiting = _OF_EXPECTATIONS, _OF_ROWS, unmet
    parts = []
    for table, suite in zip(report.tables, suites, strict=True):
        numbered = zip(range(1, len(table.outcomes) + 1), suite.expectations, table.outcomes, strict=True)
        checks = []
        for place, expectation, outcome in sorted(numbered, key=lambda one: one[2].failed == 0):
            check = _check(f"{suite.table}-{place}", expectation, outcome)
            words -= _cost((check.notes, check.written, check.fix))
            if words < 0:
                continue
            if outcome.failed:
                rows, used = _rows(outcome, room // waiting, address)
                check = Check(check.anchor, check.notes, check.written, check.fix, outcome.failed, rows)
                room, waiting = room - used, waiting - 1
            checks.append(check)
        broken = sum(outcome.failed > 0 for outcome in table.outcomes)
        more = len(table.outcomes) - len(checks)
        parts.append(Part(suite, _cut(suite.notes, _LONG), table.rows, broken, tuple(checks), more))
    return (
        environment(TEMPLATES)
        .get_template("report.html")
        .render(
            root="",
            title=_cut(title, _SHORT),
            parts=parts,
            unmet=unmet,
            rows=sum(t.rows for t in report.tables),
            expectations=sum(t.expectations for t in report.tables),
            failed=sum(outcome.failed for table in report.tables for outcome in table.outcomes),
            linked=any(row.path for part in parts for check in part.checks for row in check.rows),
        )
    )


def _check(anchor: str, expectation: Expectation, outcome: Outcome) -> Check:
    arguments = ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in expectation.kwargs.items())
    of = f" on {expectation.rows}" if expectation.rows else ""
    written = _cut(f"{expectation.type}({arguments}){of}", _LONG)
    return Check(anchor, _cut(expectation.notes, _LONG), written, _cut(expectation.fix, _LONG), outcome.failed)


def _rows(outcome: Outcome, room: int, address: Callable[[Failure, str], str]) -> tuple[tuple[Row, ...], int]:
    """The first rows that have room, and the bytes they take."""
    rows: list[Row] = []
    used = 0
    for failure in outcome.failures:
        row = Row(
            _cut(failure.row_id, _SHORT),
            _cut(failure.article_id, _SHORT),
            address(failure, outcome.rows),
            failure.span,
            shorten(failure.quote or ""),
            _cut(failure.what, _LONG),
        )
        used += _cost((row.row_id, row.article_id, row.path, row.quote, row.what))
        if used > room:
            break
        rows.append(row)
    return tuple(rows), min(used, room)


def _cost(texts: Iterable[str]) -> int:
    """The bytes that texts take on the page."""
    return _FRAME + sum(len(escape(visible(text)).encode("utf-8", "replace")) for text in texts)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} … ({number(len(text) - longest, 'more character')})"
