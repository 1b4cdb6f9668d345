"""Running one suite in Great Expectations: in memory, in silence, and nothing left unrun."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from allegata.schema.problems import Problem, Problems
from allegata.validate.importing import import_great_expectations
from allegata.validate.lookups import Lookups
from allegata.validate.outcomes import article_of, one_line, outcome, row_name, why_stopped
from allegata.validate.report import Outcome
from allegata.validate.rows import is_nested, named_columns, select, texts, unnest
from allegata.validate.scopes import Scope, scope
from allegata.validate.suites import Expectation, Suite

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.expectations.expectation import Expectation as Runnable


def run_some(
    suites: Sequence[Suite], corpus: Lookups, examples: int, chosen: Mapping[str, Sequence[int]]
) -> dict[str, dict[int, Outcome]]:
    """The outcomes of the `chosen` expectations, by table and number in the suite: one validation for the table, and
    one for each nested column they name.

    Raises ProblemsFound for an expectation that Great Expectations does not know, or cannot run as written.
    """
    wanted = [suite for suite in suites if chosen.get(suite.table)]
    if not wanted:
        return {}
    with _quiet():
        from allegata.validate.checked import looking_up

        problems = Problems()
        prepared = [(suite, _runnables(suite, problems)) for suite in wanted]
        problems.raise_if_any()
        batch = _batch()
        with looking_up(corpus):
            found = {
                suite.table: _run(suite, runnables, chosen[suite.table], corpus, batch, examples, problems)
                for suite, runnables in prepared
            }
    problems.raise_if_any()
    return found


def scopes_of(suites: Sequence[Suite]) -> dict[str, tuple[Scope, ...]]:
    """How much each expectation must see at once, by table. Raises ProblemsFound for one that cannot be made."""
    with _quiet():
        from allegata.validate.checked import Checked

        problems = Problems()
        prepared = [(suite, _runnables(suite, problems)) for suite in suites]
    problems.raise_if_any()
    return {
        suite.table: tuple(
            scope(expectation, isinstance(runnable, Checked))
            for expectation, runnable in zip(suite.expectations, runnables, strict=True)
        )
        for suite, runnables in prepared
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations logs and warns on standard error; what matters of it comes back as problems."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import_great_expectations()
            yield
    finally:
        logging.disable(before)


def _batch() -> BatchDefinition[Any]:
    """What every frame is validated as. Made once: each of the three lines that name it writes the whole configuration
    of the context anew, which was a third of the time of a validation of few rows."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("tables")
    return source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def _runnables(suite: Suite, problems: Problems) -> list[Runnable]:
    """The expectations as objects of the library; what it would drop or refuse becomes a problem."""
    from great_expectations.compatibility.pydantic import ValidationError
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.registry import get_expectation_impl

    # Importing the two modules registers their expectations.
    from allegata.validate import annotation_expectations, expectations  # noqa: F401 - imported to register

    found = []
    for number, expectation in enumerate(suite.expectations):
        try:
            make = get_expectation_impl(expectation.type)
            found.append(make(**expectation.kwargs, meta={"notes": expectation.notes, "number": number}))
        except ExpectationNotFoundError:
            what = f"expectation {number + 1}: there is no expectation type {expectation.type!r}"
            fix = "correct its name; the custom ones stand in allegata/validate/expectations.py"
            problems.add(Problem(what=what, fix=fix, file=suite.file))
        except (ValidationError, TypeError) as error:
            what = f"expectation {number + 1} ({expectation.type}): {one_line(error)}"
            problems.add(Problem(what=what, fix="correct its kwargs", file=suite.file))
    return found


def _run(
    suite: Suite,
    runnables: Sequence[Runnable],
    chosen: Sequence[int],
    corpus: Lookups,
    batch: BatchDefinition[Any],
    examples: int,
    problems: Problems,
) -> dict[int, Outcome]:
    table = corpus.table(suite.table)
    outcomes: dict[int, Outcome] = {}
    for rows in sorted({suite.expectations[number].rows for number in chosen}):
        here = [number for number in chosen if suite.expectations[number].rows == rows]
        if rows and not (rows in table.column_names and is_nested(table.schema.field(rows).type)):
            what = f'"rows" is {rows!r}, which is no nested column of the table'
            problems.add(Problem(what=what, fix="name a column that is a list of structs", file=suite.file))
            continue
        part = unnest(table, rows) if rows else table
        part = _with_article_numbers(part, suite.table if not rows else "", corpus)
        frame = _frame(part, [suite.expectations[number] for number in here])
        results = _validate(frame, {number: runnables[number] for number in here}, batch, examples)
        for number, result in results.items():
            expectation = suite.expectations[number]
            if stopped := why_stopped(result):
                at = _stopping_row(frame, number, runnables[number], batch)
                what = f"expectation {number + 1} ({expectation.type}) could not run"
                problems.add(
                    _stopped(what, stopped, suite.file)
                    if at is None
                    else _stopped(f"{what} on {row_name(part, at, rows)}", stopped, suite.file, article_of(part, at))
                )
            else:
                outcomes[number] = outcome(suite.table, expectation, result, part, examples)
    return {number: outcomes[number] for number in sorted(outcomes)}


def _stopped(what: str, why: str, file: str, article_id: str = "") -> Problem:
    fix = "correct its kwargs, or its table" if not article_id else "correct the row, or the expectation"
    return Problem(f"{what}: {why}", fix, file, article_id)


def _stopping_row(frame: pd.DataFrame, number: int, runnable: Runnable, batch: BatchDefinition[Any]) -> int | None:
    """The first row that stops an expectation by itself; None where no row does, or where no rows at all stop it."""

    def stops(part: pd.DataFrame) -> bool:
        return why_stopped(_validate(part, {number: runnable}, batch, 1)[number]) is not None

    if stops(frame[:0]):
        return None
    first, end = 0, len(frame)
    while end - first > 1:
        middle = (first + end) // 2
        if stops(frame[first:middle]):
            end = middle
        else:
            first = middle
    return first if stops(frame[first:end]) else None


def _with_article_numbers(table: pa.Table, name: str, corpus: Lookups) -> pa.Table:
    """`table` with the number of each row's article in `article`: the only thing that is ever joined."""
    if "article" in table.column_names:  # rows that are counted and no more
        return table
    if name == "articles":
        numbers = pa.array(range(table.num_rows), pa.int32())
    elif "article_id" not in table.column_names:  # a table across articles
        return table
    else:
        numbers = pa.array(corpus.article_numbers(texts(table, "article_id")), pa.int32())
    return table.append_column("article", numbers)


def _frame(table: pa.Table, expectations: list[Expectation]) -> pd.DataFrame:
    """The columns these expectations name.

    Great Expectations hashes the whole frame of a batch, so no other column goes in, and Arrow columns stay
    Arrow columns (a million distinct texts: .7 s instead of 2 s).
    """
    import pandas as pd

    named = {"article", *named_columns(expectations)}
    frame: pd.DataFrame = select(table, named).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _validate(
    frame: pd.DataFrame, numbered: dict[int, Runnable], batch: BatchDefinition[Any], examples: int
) -> dict[int, Any]:
    """The result of each expectation. Raises RuntimeError if the library left one out.

    The validator is made here and not by `Batch.validate`, which loads and hashes the frame a second time.
    """
    from great_expectations import ExpectationSuite
    from great_expectations.validator.v1_validator import Validator

    result_format: Any = {"result_format": "SUMMARY", "partial_unexpected_count": examples}
    validator = Validator(batch, result_format, {"dataframe": frame})
    suite = ExpectationSuite(name="suite", expectations=list(numbered.values()))
    results: list[Any] = validator.validate_expectation_suite(suite).results
    found = {result.expectation_config.meta["number"]: result for result in results}
    if set(found) != set(numbered):
        raise RuntimeError(f"Great Expectations ran {len(found)} of {len(numbered)} expectations")
    return found
