"""What a validation found: outcomes by table and expectation, and the problems a reader can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.wording import number

QUOTE_LENGTH = 60


@dataclass(frozen=True)
class Failure:
    """One row that breaks one expectation.

    `span` is half-open in code points of the text the row's offsets count, None where the row has no span;
    `row_id` is the id of the row (`000_x:c012`, or `000_x:c012 segments[1]` for a row of a nested column).
    `source_start` is where the row begins in the source text, None where it states no such place.
    """

    table: str
    expectation: str
    article_id: str
    span: tuple[int, int] | None
    row_id: str
    quote: str | None
    what: str
    fix: str
    source_start: int | None = None

    def problem(self) -> Problem:
        """The failure as a line of the problem report."""
        row_id = "" if self.row_id == self.article_id else self.row_id  # the report names the article itself
        quote = "" if self.quote is None else f"“{shorten(self.quote)}”"
        subject = " ".join(part for part in (row_id, quote) if part)
        what = f"{subject}: {self.what}" if subject else self.what
        return Problem(what=what, fix=self.fix, file=self.table, article_id=self.article_id, span=self.span)


@dataclass(frozen=True)
class Outcome:
    """One expectation on one table: how many rows break it, and the first of them.

    `rows` names the nested column whose elements were checked, and is empty for the table's own rows.
    """

    table: str
    expectation: str
    rows: str
    failed: int
    failures: tuple[Failure, ...]

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Outcome:
        """Read back what JSON made of `dataclasses.asdict`."""
        failures = [
            Failure(**{**failure, "span": tuple(failure["span"]) if failure["span"] else None})
            for failure in written["failures"]
        ]
        return cls(**{**written, "failures": tuple(failures)})

    def problems(self) -> Iterator[Problem]:
        """Every example, and one line with the number of failing rows that are not shown."""
        yield from (failure.problem() for failure in self.failures)
        hidden = self.failed - len(self.failures)
        if self.failures and hidden > 0:
            subject = f"{self.expectation} on {self.rows}" if self.rows else self.expectation
            more = number(hidden, "more row fails", "more rows fail")
            yield Problem(
                what=f"{subject}: {more} in the same way ({self.failed:,} in all)",
                fix="repair the rows shown first: one cause often explains all of them",
                file=self.table,
                article_id="~",  # sorts after every article of its table
            )


def merged(parts: Sequence[Outcome], examples: int) -> Outcome:
    """One outcome of those of several batches, in the order of their rows: counts add up, examples are capped.

    What is about a table and not about a row comes last.
    """
    failures = sorted((failure for part in parts for failure in part.failures), key=lambda failure: not failure.row_id)
    return replace(parts[0], failed=sum(part.failed for part in parts), failures=tuple(failures[:examples]))


@dataclass(frozen=True)
class TableReport:
    """All outcomes of one table's suite, in the order of the suite; `packaged`: the suite that allegata brings."""

    table: str
    rows: int
    outcomes: tuple[Outcome, ...]
    packaged: bool = False

    @property
    def expectations(self) -> int:
        """Number of expectations that ran."""
        return len(self.outcomes)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The examples of every failing expectation."""
        return tuple(failure for outcome in self.outcomes for failure in outcome.failures)

    @property
    def ok(self) -> bool:
        """True if no expectation failed."""
        return not any(outcome.failed for outcome in self.outcomes)


@dataclass(frozen=True)
class ValidationReport:
    """The outcome of every suite."""

    tables: tuple[TableReport, ...]

    @property
    def ok(self) -> bool:
        """True if every table meets its suite: only then may anything be published."""
        return all(table.ok for table in self.tables)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The examples of every failing expectation of every table."""
        return tuple(failure for table in self.tables for failure in table.failures)

    def problems(self) -> list[Problem]:
        """Every failure as a row of the problem report, which sorts them."""
        return [p for table in self.tables for outcome in table.outcomes for p in outcome.problems()]


class SuitesUnmet(ProblemsFound):
    """Raised for a corpus of which some rows break an expectation: its problems are those of the report."""

    def __init__(self, report: ValidationReport) -> None:
        super().__init__(report.problems())
        self.report = report

    def __reduce__(self) -> tuple[type[SuitesUnmet], tuple[ValidationReport]]:  # type: ignore[override]  # its one argument is a report
        """What it is made of again, in another process."""
        return type(self), (self.report,)


def shorten(quote: str) -> str:
    """A quote that fits a line: line breaks shown as spaces, the middle of a long one left out."""
    quote = " ".join(quote.split("\n"))
    if len(quote) <= QUOTE_LENGTH:
        return quote
    half = (QUOTE_LENGTH - 3) // 2
    return f"{quote[:half]} … {quote[-half:]}"
