"""Parquet files whose bytes depend on nothing but schema, rows and the pyarrow version."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

# Rows are regrouped to this number, or to this weight, whatever batches they arrive in: group borders are part of
# the bytes. A file ends with the group that reaches the weight of a file.
ROW_GROUP_ROWS = 1 << 20
ROW_GROUP_WEIGHT = 1 << 26
FILE_WEIGHT = 1 << 29
# Page borders follow the content, so that after an inserted row 99 % of the 4 kB blocks stay the same
# (11-13 % without), for 0.7 % of size; smaller row groups cost a quarter of that (measured, pyarrow 26).
_CHUNKING = {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0}


def sorted_rows(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with exactly `schema` (no metadata), sorted by its first column, the id.

    The order is that of the ids' UTF-8 bytes, the same in every locale.
    """
    return _bare(table, schema).combine_chunks().sort_by(schema.names[0]).combine_chunks()


def in_order(batches: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of all batches in the order of their ids, each with exactly `schema`.

    The batches come in the order of their articles (`article_id`), and a row's id begins with the id of its article.
    The order of the rows is then almost that of the batches: only rows of an article `1` wait while articles `10` or
    `1-b` come, for `10:c1` sorts before `1:c1`. Memory: two batches.
    """
    key = schema.names[0]
    waiting = schema.remove_metadata().empty_table()
    for batch in batches:
        if not len(batch):
            continue
        if len(waiting):
            ready = pc.less(waiting[key], pc.min(batch["article_id"]).cast(pa.string()))
            yield waiting.filter(ready)
            waiting = waiting.filter(pc.invert(ready))
        waiting = sorted_rows(pa.concat_tables([waiting, _bare(batch, schema)]), schema)
    yield waiting


@contextmanager
def parquet_writer(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """A writer of a file that is flushed to the disk at the end. Each table given to it should be a row group."""
    with path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            write_page_index=True,
            write_page_checksum=True,
            use_content_defined_chunking=_CHUNKING,
        ) as writer:
            yield writer
        file.flush()
        os.fsync(file.fileno())


class RowGroups:
    """Cuts a stream of rows into row groups, each with its weight: about its bytes before they are compressed.

    A group ends with the row that reaches `ROW_GROUP_ROWS` or `ROW_GROUP_WEIGHT`.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._waiting = schema.empty_table()
        self._weight = 0

    def add(self, rows: pa.Table) -> Iterator[tuple[pa.Table, int]]:
        """The groups that these rows complete."""
        rows = rows.cast(self._waiting.schema)
        weights = np.cumsum(_weights(rows))
        while len(rows):
            by_weight = int(np.searchsorted(weights, ROW_GROUP_WEIGHT - self._weight)) + 1
            end = min(by_weight, ROW_GROUP_ROWS - len(self._waiting))
            taken = int(weights[min(end, len(rows)) - 1])
            self._waiting = pa.concat_tables([self._waiting, rows.slice(0, end)])
            self._weight += taken
            if end > len(rows):
                return
            rows, weights = rows.slice(end), weights[end:] - taken
            yield from self.rest()

    def rest(self) -> Iterator[tuple[pa.Table, int]]:
        """What is left, if anything."""
        if len(self._waiting):
            group, weight = self._waiting.combine_chunks(), self._weight
            self._waiting, self._weight = self._waiting.slice(0, 0), 0
            yield group, weight


def _weights(rows: pa.Table) -> npt.NDArray[np.int64]:
    """About the bytes of each row: those of its texts, 64 for an item of a list, 8 for anything else."""
    total = np.full(len(rows), 8 * rows.num_columns, np.int64)
    for column in rows.columns:
        if pa.types.is_string(column.type):
            total += pc.fill_null(pc.binary_length(column), 0).to_numpy().astype(np.int64)
        elif pa.types.is_list(column.type):
            total += 64 * pc.fill_null(pc.list_value_length(column), 0).to_numpy().astype(np.int64)
    return total


def _bare(table: pa.Table, schema: pa.Schema) -> pa.Table:
    return table.select(schema.names).cast(schema.remove_metadata())
