"""The two verbs, and the runner that needs no engine.

A job is a few functions over Arrow tables. A runner applies them: `map` to every batch of a data set,
`shuffle` to bring the rows of equal keys together. The same functions run in this process, in a pool of
processes (`Embedded`) and on a cluster (`allegata.engine.cluster`). Neither the order of the batches nor the
number of workers may change a result, so callers put numbers into the rows and sort what they collect.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from allegata.engine.arrays import as_arrow, as_numpy
from allegata.schema.problems import UsageError
from allegata.schema.system_errors import naming

# A function over one batch. It may yield several tables, so that a large batch never stands in memory as a
# whole.
Transform = Callable[[pa.Table], Iterator[pa.Table]]
# What a runner works on; only the runner that made it can read it.
Data = Any


class Runner(Protocol):
    """Applies functions to data sets. Every method but `tables` may be lazy."""

    def source(self, batches: list[pa.Table]) -> Data:
        """A data set of the given small tables, one batch each."""

    def map(self, transform: Transform, data: Data) -> Data:
        """Apply a function to every batch. It is pure: it may be run again elsewhere if a worker is lost."""

    def shuffle(self, data: Data, key: str) -> Data:
        """Bring all rows with the same integer in the column `key` into one batch (with others, perhaps)."""

    def keep(self, data: Data) -> Data:
        """The same data, computed once however often it is read."""

    def select(self, data: Data, columns: list[str]) -> Data:
        """Some columns of a data set; of one that is kept on disk, the others are not read."""

    def tables(self, data: Data) -> Iterator[pa.Table]:
        """Read a data set, batch by batch, in any order."""


@dataclass(frozen=True)
class _Batches:
    """A data set of the embedded runner: something that can be iterated, once or (if kept) often."""

    tables: Iterable[pa.Table]


class Embedded:
    """Runs in this process, or in a pool of `workers` processes; a lost worker ends the job with `UsageError`.

    With `folder` (local), data that is kept or shuffled lies there in Arrow files and memory stays flat;
    without, it stays in memory. Use it as a context manager: leaving it removes what it wrote and ends the
    pool.
    """

    def __init__(self, workers: int = 1, folder: Path | None = None) -> None:
        self._workers = workers
        self._folder = Path(tempfile.mkdtemp(prefix="shuffle-", dir=folder)) if folder else None
        self._pool: ProcessPoolExecutor | None = None
        self._n_files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)  # what stays goes with the scratch folder that it is in

    def source(self, batches: list[pa.Table]) -> Data:
        """See `Runner.source`."""
        return _Batches(batches)

    def map(self, transform: Transform, data: Data) -> Data:
        """See `Runner.map`."""
        if self._workers == 1:
            return _Batches(out for table in data.tables for out in transform(table))
        return _Batches(self._in_pool(transform, iter(data.tables)))

    def shuffle(self, data: Data, key: str) -> Data:
        """See `Runner.shuffle`: one batch for each value of the key, in ascending order."""
        parts: dict[int, _Part] = {}
        for table in data.tables:
            for value, rows in _by_key(table, key):
                if value not in parts:
                    parts[value] = _Part(self._new_file())
                parts[value].append(rows)
        for part in parts.values():
            part.close()
        return _Batches(pa.concat_tables(parts[value].read()) for value in sorted(parts))

    def keep(self, data: Data) -> Data:
        """See `Runner.keep`."""
        part = _Part(self._new_file())
        for table in data.tables:
            part.append(table)
        part.close()
        return _Batches(part)

    def select(self, data: Data, columns: list[str]) -> Data:
        """See `Runner.select`."""
        if isinstance(data.tables, _Part):
            return _Batches(_Columns(data.tables, columns))
        return _Batches(table.select(columns) for table in data.tables)

    def tables(self, data: Data) -> Iterator[pa.Table]:
        """See `Runner.tables`."""
        return iter(data.tables)

    def _new_file(self) -> Path | None:
        self._n_files += 1
        return self._folder / f"{self._n_files}.arrows" if self._folder else None

    def _in_pool(self, transform: Transform, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        # Spawned, not forked: Arrow's threads do not survive a fork. Two batches a worker wait, no more.
        if not self._pool:
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, spawn, _end_with_the_parent)
        waiting: deque[Future[list[pa.Buffer]]] = deque()
        try:
            for table in tables:
                waiting.append(self._pool.submit(_whole, transform, _sent(table)))
                if len(waiting) > 2 * self._workers:
                    yield from map(_received, waiting.popleft().result())
            while waiting:
                yield from map(_received, waiting.popleft().result())
        except BrokenExecutor as error:
            raise UsageError(
                "a worker process was killed, most likely because memory ran out: run again with fewer workers or "
                "smaller batches; what is finished in a work folder is used again"
            ) from error


@dataclass(frozen=True)
class _Columns:
    """Some columns of what is kept."""

    part: _Part
    columns: list[str]

    def __iter__(self) -> Iterator[pa.Table]:
        return self.part.select(self.columns)


def _end_with_the_parent() -> None:
    """A worker whose parent was killed would wait for its next batch for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends its workers
    parent = multiprocessing.parent_process()
    assert parent is not None  # only workers call this

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _whole(transform: Transform, batch: pa.Buffer) -> list[pa.Buffer]:
    return [_sent(table) for table in transform(_received(batch))]


def _sent(table: pa.Table) -> pa.Buffer:
    """A table on its way to another process. A pickled slice would take all the rows along that it was cut from:
    to read 100,000 articles then took 28 CPU seconds here instead of 6, and four times as much for twice as many.
    """
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _received(data: pa.Buffer) -> pa.Table:
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def _by_key(table: pa.Table, key: str) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each value of an integer column."""
    values = as_numpy(table[key])
    if not len(values):
        return
    if (values[1:] < values[:-1]).any():
        order = np.argsort(values, kind="stable")
        table, values = table.take(as_arrow(order)), values[order]
    cuts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(values)]
    for start, end in zip(cuts, islice(cuts, 1, None), strict=False):
        yield int(values[start]), table.slice(start, end - start)


class _Part:
    """Tables of one schema, in memory or in an Arrow file, written once and read often."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._held: list[pa.Table] = []
        self._held_bytes = 0
        self._writer: pa.ipc.RecordBatchFileWriter | None = None
        self._sink: pa.NativeFile | None = None
        self._names: list[str] = []

    def append(self, table: pa.Table) -> None:
        """Add rows; small tables are gathered to 256 kB before they are written."""
        self._held.append(table)
        if self._path:
            self._held_bytes += table.nbytes
            if self._held_bytes > 1 << 18:
                self._write()

    def close(self) -> None:
        """No more rows will come."""
        if self._path and (self._held or self._writer):
            self._write()
            if self._writer and self._sink:
                self._writer.close()
                self._sink.close()

    def read(self) -> list[pa.Table]:
        """All tables at once."""
        return list(self)

    def __iter__(self) -> Iterator[pa.Table]:
        return self.select(None)

    def select(self, columns: list[str] | None) -> Iterator[pa.Table]:
        """Some columns of all tables, or all columns; of a file, no others are read."""
        if not self._writer:
            yield from (table.select(columns) if columns else table for table in self._held)
            return
        fields = [self._names.index(name) for name in columns or self._names]
        options = pa.ipc.IpcReadOptions(included_fields=sorted(fields))
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_file(file, options=options) as reader:
            for i in range(reader.num_record_batches):
                table = pa.Table.from_batches([reader.get_batch(i)])
                yield table.select(columns) if columns else table

    def _write(self) -> None:
        if self._held and self._path:
            table = pa.concat_tables(self._held).combine_chunks()
            with naming(self._path):
                if not self._writer:
                    self._sink = pa.OSFile(str(self._path), "wb")
                    self._writer = pa.ipc.new_file(self._sink, table.schema)
                    self._names = table.column_names
                self._writer.write_table(table)
        self._held, self._held_bytes = [], 0
