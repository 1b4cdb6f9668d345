"""Validation batch by batch: every batch of articles by itself, then what only all of them together can tell.

A batch holds some articles with all their rows. Nearly everything a suite asks of a row is answered there. What
compares rows across batches (ids that must not repeat, clusters that must not straddle splits) is asked of suspects
alone: rows whose value has the hash of another row's value. Everything else sees the columns it names, of all batches.

The report is that of the whole tables at once, row for row, as long as rows refer to rows of their own article: a
reference into another article is reported as foreign where both share a batch, and as unknown where they do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.scheme import Scheme
from allegata.schema.tables import CROSS_ARTICLE
from allegata.text.normal import text_digest
from allegata.validate.lookups import Lookups
from allegata.validate.outcomes import NAMING
from allegata.validate.report import Outcome, TableReport, ValidationReport, merged
from allegata.validate.rows import named_columns
from allegata.validate.run import run_some
from allegata.validate.scopes import Scope, grouped_by
from allegata.validate.suites import Expectation, Suite

# One row for each value that is compared across batches; `test` names the expectation, as `_test` writes it.
KEYS = pa.schema([("test", pa.string()), ("key", pa.int64()), ("article_id", pa.string())])
_SAME = ["test", "key"]
Outcomes = Mapping[str, Mapping[int, Outcome]]


@dataclass(frozen=True)
class Plan:
    """The suites, the scope of each of their expectations, and what they need to know beside the tables."""

    suites: tuple[Suite, ...]
    scopes: Mapping[str, tuple[Scope, ...]]
    entity_ids: frozenset[str]
    scheme: Scheme
    examples: int

    def expectations(self, *scopes: Scope) -> Iterator[tuple[Suite, int, Expectation]]:
        """Those of the tables about single articles, with their numbers."""
        for suite in self.suites:
            if not is_whole(suite.table):
                for number, expectation in enumerate(suite.expectations):
                    if self.scopes[suite.table][number] in scopes:
                        yield suite, number, expectation

    def chosen(self, *scopes: Scope) -> dict[str, list[int]]:
        """Their numbers, by table."""
        numbers: dict[str, list[int]] = {}
        for suite, number, _ in self.expectations(*scopes):
            numbers.setdefault(suite.table, []).append(number)
        return numbers


@dataclass(frozen=True)
class BatchFound:
    """What one batch says: rows of each table, outcomes by table and number of the expectation, keys (`KEYS`)."""

    rows: Mapping[str, int]
    outcomes: Outcomes
    keys: pa.Table = field(default_factory=KEYS.empty_table)


def is_whole(table: str) -> bool:
    """Whether a table has no batches: it is about several articles, or about all of them."""
    return table in CROSS_ARTICLE or table == "ledger"


def check_batch(plan: Plan, tables: Mapping[str, pa.Table]) -> BatchFound:
    """Everything that can be said of one batch. Raises `ProblemsFound` for what cannot run as written."""
    corpus = Lookups(tables, plan.entity_ids, plan.scheme)
    chosen = plan.chosen(Scope.ROWS)
    for suite, number, expectation in plan.expectations(Scope.GROUPS):
        if grouped_by(expectation) not in tables[suite.table].column_names:  # it cannot run: it says so itself
            chosen.setdefault(suite.table, []).append(number)
    outcomes = run_some(plan.suites, corpus, plan.examples, chosen)
    keys = [KEYS.empty_table()]
    for suite, number, expectation in plan.expectations(Scope.GROUPS):
        column = grouped_by(expectation)
        rows = tables[suite.table].filter(tables[suite.table][column].is_valid())
        hashed = [_key(expectation, value) for value in rows[column].to_pylist()]
        test = pa.repeat(pa.scalar(_test(suite.table, number)), len(hashed))
        keys.append(pa.table([test, pa.array(hashed, pa.int64()), rows["article_id"]], schema=KEYS))
    return BatchFound({name: len(table) for name, table in tables.items()}, outcomes, pa.concat_tables(keys))


def repeated(keys: pa.Table) -> pa.Table:
    """test, key: the keys that stand more than once, each once."""
    counts = keys.group_by(_SAME).aggregate([([], "count_all")])
    return counts.filter(pc.greater(counts["count_all"], 1)).select(_SAME)


def tables_wanted(plan: Plan, keys: pa.Table) -> list[str]:
    """The tables of which `suspects` or `columns` want rows or columns."""
    tests = set(keys["test"].to_pylist())
    wanted = [
        suite.table for suite, number, _ in plan.expectations(Scope.GROUPS) if _test(suite.table, number) in tests
    ]
    wanted += [suite.table for suite, _, expectation in plan.expectations(Scope.WHOLE) if named_columns([expectation])]
    return sorted(set(wanted))


def suspects(plan: Plan, tables: Mapping[str, pa.Table], keys: pa.Table) -> dict[str, pa.Table]:
    """By test, the rows of one batch that have one of the keys."""
    wanted: dict[str, set[int]] = {}
    for row in keys.to_pylist():
        wanted.setdefault(row["test"], set()).add(row["key"])
    found = {}
    for suite, number, expectation in plan.expectations(Scope.GROUPS):
        if suite.table in tables and (among := wanted.get(_test(suite.table, number))):
            values = tables[suite.table][grouped_by(expectation)].to_pylist()
            chosen = [value is not None and _key(expectation, value) in among for value in values]
            found[_test(suite.table, number)] = tables[suite.table].filter(pa.array(chosen, pa.bool_()))
    return found


def columns(plan: Plan, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """By test, the columns of one batch that an expectation about all rows names, and those that name a row."""
    found = {}
    for suite, number, expectation in plan.expectations(Scope.WHOLE):
        if suite.table not in tables:
            continue
        table = tables[suite.table]
        if named := named_columns([expectation]) & {*table.column_names, expectation.rows}:
            naming = {table.column_names[0], "article_id", *(NAMING if suite.table != "articles" else ())}
            names = [name for name in table.column_names if name in named | naming]
            found[_test(suite.table, number)] = table.select(names)
    return found


def conclude(
    plan: Plan,
    found: Sequence[BatchFound],
    across: Mapping[str, pa.Table],
    rows: Iterable[Mapping[str, pa.Table]],
    n_in: int | None,
) -> ValidationReport:
    """The report of all batches (in the order of their articles) and of the tables that have none.

    `across` holds those tables, and of `articles`, `claims` and `sentences` what they name; `rows` are, batch by
    batch, what `suspects` and `columns` gave.
    """
    outcomes: list[Outcomes] = [
        {
            suite.table: {
                number: Outcome(suite.table, expectation.type, expectation.rows, 0, ())
                for number, expectation in enumerate(suite.expectations)
            }
            for suite in plan.suites
        },
        *(batch.outcomes for batch in found),
    ]
    corpus = Lookups(across, plan.entity_ids, plan.scheme, n_in)
    whole = {
        suite.table: list(range(len(suite.expectations)))
        for suite in plan.suites
        if is_whole(suite.table) and suite.table in across
    }
    outcomes.append(run_some(plan.suites, corpus, plan.examples, whole))
    gathered: dict[str, list[pa.Table]] = {}
    for batch in rows:
        for test, part in batch.items():
            gathered.setdefault(test, []).append(part)
    counts = {name: sum(batch.rows.get(name, 0) for batch in found) for batch in found for name in batch.rows}
    counts |= {name: len(across[name]) for name in whole}
    for suite, number, _ in plan.expectations(Scope.GROUPS, Scope.WHOLE):
        parts = gathered.get(_test(suite.table, number))
        if parts:
            table = pa.concat_tables(parts)
        elif plan.scopes[suite.table][number] is Scope.WHOLE:  # it names no column: it counts the rows
            table = pa.table({"article": pa.nulls(counts.get(suite.table, 0), pa.int32())})
        else:  # nobody is suspected
            continue
        corpus = Lookups({suite.table: table}, plan.entity_ids, plan.scheme)
        outcomes.append(run_some(plan.suites, corpus, plan.examples, {suite.table: [number]}))
    reports = [
        TableReport(
            suite.table,
            counts.get(suite.table, 0),
            tuple(
                merged(
                    [by_table[suite.table][number] for by_table in outcomes if number in by_table.get(suite.table, {})],
                    plan.examples,
                )
                for number in range(len(suite.expectations))
            ),
            suite.packaged,
        )
        for suite in plan.suites
    ]
    return ValidationReport(tuple(reports))


def _test(table: str, number: int) -> str:
    return f"{table}/{number}"


def _key(expectation: Expectation, value: str) -> int:
    """64 bits of a value that is compared; equal values have equal keys, and few others do."""
    text = text_digest(value) if "text" in expectation.kwargs else str(value)
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True
    )
