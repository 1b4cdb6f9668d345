"""The work folder: tables of finished batches, a slim receipt of each, and the key that says what they are of.

A stage of the recipe goes over batches. What it makes of one batch is heavy and stays in the folder; what comes
back from the workers is the receipt: what the recipe must know to go on. The receipt is written last, so a batch
with a receipt is finished, and a run that was killed goes on with the others. The receipt says how large the tables
are: a batch of which a file is missing, empty or cut short is made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import fsspec
import pyarrow as pa
import pyarrow.ipc

from allegata.engine.batches import bind, write_whole
from allegata.engine.runner import Runner
from allegata.schema.problems import Problem

RECEIPT = "receipt"
_SIZES = b"sizes"  # in the metadata of a receipt: the bytes of each table of its batch


@dataclass(frozen=True)
class Done:
    """What a stage made of one batch: tables that stay in the folder, the receipt, and what is wrong."""

    receipt: pa.Table
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


# A pure function of its batch, which has its number in the column `batch`.
BatchStep = Callable[[pa.Table], Done]
# Wraps what comes in batch by batch, with the number of batches: for a bar.
Watch = Callable[[Iterable[pa.Table], int], Iterable[pa.Table]]


@dataclass(frozen=True)
class Work:
    """A work folder (fsspec URL). Every table is an Arrow file `<stage>/<batch>.<table>.arrow`.

    It is `durable` if a later run may go on with it: see `write_whole`.
    """

    url: str
    durable: bool = True

    def begin(self, made_from: Mapping[str, object]) -> None:
        """Start the folder, or take up an old one. Raises `UsageError` for one of something else."""
        bind(self.url, made_from)

    def finish(self, stage: str, batch: int, done: Done) -> None:
        """Write the tables of a batch, and last the receipt, which says how large they are."""
        sizes = {name: self._write(stage, batch, name, rows) for name, rows in done.tables.items()}
        self._write(stage, batch, RECEIPT, done.receipt.replace_schema_metadata({_SIZES: json.dumps(sizes)}))

    def receipt(self, stage: str, batch: int) -> pa.Table | None:
        """The receipt of a finished batch; None where there is none, or any file of the batch is damaged."""
        try:
            receipt = self.read(stage, batch, RECEIPT)
            sizes: dict[str, int] = json.loads(receipt.schema.metadata[_SIZES])
            for name, size in sizes.items():
                system, path = fsspec.url_to_fs(self._place(stage, batch, name))
                if system.size(path) != size:
                    return None
        except (OSError, KeyError, TypeError, ValueError):  # no file, no Arrow file (a ValueError), or none of ours
            return None
        return receipt.replace_schema_metadata(None)

    def read(self, stage: str, batch: int, table: str, columns: list[str] | None = None) -> pa.Table:
        """One table of one finished batch, or some of its columns."""
        system, path = fsspec.url_to_fs(self._place(stage, batch, table))
        return _decoded(system.cat_file(path), columns)

    def _write(self, stage: str, batch: int, table: str, rows: pa.Table) -> int:
        """Write a table, at once; the size of its file."""
        data = _encoded(rows)
        write_whole(self._place(stage, batch, table), data, durable=self.durable)
        return len(data)

    def _place(self, stage: str, batch: int, table: str) -> str:
        return f"{self.url}/{stage}/{batch:08d}.{table}.arrow"


@dataclass(frozen=True)
class Finish:
    """A step for a runner: finishes a batch that is not finished, and yields one row with its receipt.

    A batch with problems is not finished: once its input is mended it is made again. Without a `stage` nothing is
    kept.
    """

    work: Work
    stage: str | None
    step: BatchStep

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One row: batch, receipt (an Arrow file), problems (JSON)."""
        number = batch["batch"][0].as_py()
        problems: Sequence[Problem] = ()
        receipt = self.work.receipt(self.stage, number) if self.stage else None
        if receipt is None:
            done = self.step(batch)
            receipt, problems = done.receipt, done.problems
            if self.stage and not problems:
                self.work.finish(self.stage, number, done)
        told = json.dumps([asdict(problem) for problem in problems])
        yield pa.table(
            [pa.array([number], pa.int64()), pa.array([_encoded(receipt)], pa.large_binary()), pa.array([told])],
            ["batch", "receipt", "problems"],
        )


def finish(
    runner: Runner, work: Work, stage: str | None, step: BatchStep, batches: Sequence[pa.Table], watch: Watch
) -> tuple[list[pa.Table], list[Problem]]:
    """The receipts of `batches` after `stage`, in the order of their numbers, and the problems of all of them."""
    receipts: dict[int, pa.Table] = {}
    problems: list[Problem] = []
    rows = runner.tables(runner.map(Finish(work, stage, step), runner.source(list(batches)))) if batches else ()
    for table in watch(rows, len(batches)):
        for row in table.to_pylist():
            receipts[row["batch"]] = _decoded(row["receipt"], None)
            problems += [_problem(**found) for found in json.loads(row["problems"])]
    return [receipts[number] for number in sorted(receipts)], problems


def packed(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Tables of any columns as one, for a receipt."""
    files = pa.array([_encoded(table) for table in tables.values()], pa.large_binary())
    return pa.table([pa.array(list(tables), pa.string()), files], ["name", "file"])


def unpacked(receipt: pa.Table) -> dict[str, pa.Table]:
    """What `packed` put together."""
    return {row["name"]: _decoded(row["file"], None) for row in receipt.to_pylist()}


def _problem(span: list[int] | None, **rest: object) -> Problem:
    return Problem(**rest, span=(span[0], span[1]) if span else None)  # type: ignore[arg-type]  # what asdict wrote


def _encoded(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table.combine_chunks())
    return bytes(sink.getvalue())


def _decoded(data: bytes, columns: list[str] | None) -> pa.Table:
    with pa.ipc.open_file(data) as file:
        if columns is None:
            return file.read_all()
        fields = [file.schema.get_field_index(name) for name in columns]
    with pa.ipc.open_file(data, options=pa.ipc.IpcReadOptions(included_fields=fields)) as file:
        return file.read_all().select(columns)
