"""Batches through a stage: what is finished in the work folder is used as it is, and only the rest is made.

A batch without changes is used as it is. Of another one a step that works article by article (`ByArticle`) makes only
the articles that are new or differ in their key, and takes the rows of the others from the batch as it was; where all
others stay, the new ones are put beside them, and nothing of the others is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol, runtime_checkable

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.runner import Runner
from allegata.engine.work import Done, Work, decoded, encoded, in_order_of, name_of
from allegata.schema.problems import Problem

# How a batch is kept: its stage, its name, and what became of it.
Keep = Callable[[str, str, Done], None]
KEY = "key"  # the column that a receipt has beside those of its step `ByArticle`

# A pure function of its batch, which has its name (or number) in the column `batch`. That name stands for all that the
# result depends on, but for the code; unless the step is `ByArticle`.
Step = Callable[[pa.Table], Done]


@runtime_checkable
class ByArticle(Protocol):
    """A step that makes of each row of its batch, which is an article, the same whatever stands beside it.

    The batch, the receipt and all tables have the column `article_id`, and the receipt a row for every article.
    """

    def __call__(self, batch: pa.Table) -> Done:
        """What becomes of these articles."""

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of each article a digest of everything that its result depends on, but for the code."""


# Wraps what comes in batch by batch, with the number of batches: for a bar.
Progress = Callable[[Iterable[pa.Table], int], Iterable[pa.Table]]


def finish(
    runner: Runner, work: Work, stage: str | None, step: Step, batches: Sequence[pa.Table], progress: Progress
) -> tuple[list[pa.Table], list[Problem]]:
    """The receipts of `batches` after `stage`, in their order, and the problems of all of them."""
    receipts: dict[str, pa.Table] = {}
    problems: list[Problem] = []
    rows = runner.tables(runner.map(_Finish(work, stage, step), runner.source(list(batches)))) if batches else ()
    for table in progress(rows, len(batches)):
        for row in table.to_pylist():
            receipts[row["batch"]] = decoded(row["receipt"])
            problems += [_problem(**found) for found in json.loads(row["problems"])]
    return [receipts[name_of(batch)] for batch in batches], problems


@dataclass(frozen=True)
class _Finish:
    """A function for a runner: finishes a batch that is not finished, and yields one row with its receipt.

    A batch with problems is not finished: once its input is corrected it is made again. Without a `stage` nothing is
    kept.
    """

    work: Work
    stage: str | None
    step: Step

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One row: batch, receipt (an Arrow file), problems (JSON)."""
        name = name_of(batch)
        receipt = self.work.receipt(self.stage, name) if self.stage else None
        done, keep = self._done(batch, receipt)
        if self.stage and keep and not done.problems:
            keep(self.stage, name, done)
        found = json.dumps([asdict(problem) for problem in done.problems])
        yield pa.table(
            [pa.array([name]), pa.array([encoded(done.receipt)], pa.large_binary()), pa.array([found])],
            ["batch", "receipt", "problems"],
        )

    def _done(self, batch: pa.Table, before: pa.Table | None) -> tuple[Done, Keep | None]:
        """What becomes of the batch, and how it is to be kept; `before` is the receipt that there is."""
        step, finish = self.step, self.work.finish
        if not isinstance(step, ByArticle):
            return (step(batch), finish) if before is None else (Done(before), None)
        ids, keys = batch["article_id"].combine_chunks(), pa.array(step.article_keys(batch), pa.binary())
        if before is None:
            done = step(batch)
            return replace(done, receipt=done.receipt if done.problems else _keyed(done.receipt, ids, keys)), finish
        if before["article_id"].combine_chunks().equals(ids) and before[KEY].combine_chunks().equals(keys):
            return Done(before), None
        same = pc.equal(before[KEY].take(pc.index_in(ids, before["article_id"].combine_chunks())), keys)
        same = pc.fill_null(same, False)
        assert self.stage is not None  # or there were no receipt
        name, stay = name_of(batch), ids.filter(same)
        rest = before.drop_columns(KEY)
        if len(before) == len(stay) < len(ids) and self.work.may_extend(self.stage, name):  # new ones, and no others
            done = step(batch.filter(pc.invert(same)))
            if not done.problems:
                done = replace(done, receipt=_keyed(_joined(rest, done.receipt, stay, ids), ids, keys))
            return done, self.work.extend
        were = {table: self.work.read(self.stage, name, table) for table in self.work.tables(self.stage, name)}
        done = Done(rest.slice(0, 0), {table: rows.slice(0, 0) for table, rows in were.items()})
        if len(stay) < len(ids):
            done = step(batch.filter(pc.invert(same)))
        if done.problems:
            return done, None
        kept = {  # a table that the step left out has no rows of the new ones
            table: _joined(rows, done.tables.get(table, rows.slice(0, 0)), stay, ids) for table, rows in were.items()
        }
        return Done(_keyed(_joined(rest, done.receipt, stay, ids), ids, keys), {**done.tables, **kept}), finish


def _keyed(receipt: pa.Table, ids: pa.Array, keys: pa.Array) -> pa.Table:
    """The receipt with the key of each article."""
    return receipt.append_column(KEY, keys.take(pc.index_in(receipt["article_id"].combine_chunks(), ids)))


def _joined(before: pa.Table, made: pa.Table, stay: pa.Array, ids: pa.Array) -> pa.Table:
    """The rows of the articles that `stay` as they were and those that were made anew, in the order of `ids`."""
    return in_order_of(ids, pa.concat_tables([before.filter(pc.is_in(before["article_id"], stay)), made]))


def _problem(span: list[int] | None, **rest: object) -> Problem:
    return Problem(**rest, span=(span[0], span[1]) if span else None)  # type: ignore[arg-type]  # what asdict wrote
