"""Parquet files whose bytes depend on nothing but schema, rows and the pyarrow version."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allegata.schema.system_errors import naming

# Weights are about the bytes of rows before they are compressed: a row group and a file are about this heavy, at least
# a quarter of it, and at most four times as heavy unless one article alone is.
GROUP_WEIGHT = 1 << 21
FILE_WEIGHT = 1 << 28
_LEAST, _MOST = 0.25, 4
# Small pages whose borders follow the content, and no dictionaries, which one value more changes as a whole: of 1,000
# articles 91 % of the bytes stay the same when one is added (85 % with pages of 64 to 256 kB and dictionaries), and the
# files are 4 % smaller (`python -m bench parquet`).
_PAGES = {"min_chunk_size": 16 << 10, "max_chunk_size": 64 << 10, "norm_level": 0}
_COMPRESSION_LEVEL = 4  # 4 % larger than 6, and written in a third of the time
_FALSE_POSITIVES = 0.05  # of a Bloom filter
# Nobody looks for the first and last text of a row group, and they were two thirds of the footer.
_WITHOUT_STATISTICS = frozenset({"text", "source_text"})


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
def parquet_writer(path: Path, schema: pa.Schema, rows: int) -> Iterator[pq.ParquetWriter]:
    """A writer of a file that is flushed to the disk at the end. Each table given to it should be a row group.

    `rows` are those of its first group: they decide how much room the Bloom filters of the ids have.
    """
    room = {"ndv": 1 << (rows - 1).bit_length(), "fpp": _FALSE_POSITIVES}
    with naming(path), path.open("wb") as file:
        with pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            compression_level=_COMPRESSION_LEVEL,
            use_dictionary=False,
            write_statistics=[
                leaf for column in schema if column.name not in _WITHOUT_STATISTICS for leaf in _leaves(column)
            ],
            sorting_columns=[pq.SortingColumn(0)],
            bloom_filter_options={column.name: room for column in schema if column.name.endswith("_id")},
            write_page_index=True,
            write_page_checksum=True,
            use_content_defined_chunking=_PAGES,
        ) as writer:
            yield writer
        file.flush()
        os.fsync(file.fileno())


class RowGroups:
    """Cuts a stream of sorted rows into row groups of whole articles, and says where a file ends.

    Where they end is decided by the ids and the weights of the articles themselves (content-defined chunking, with
    articles for bytes): one article more or less changes the group that it is in, and the others stay byte for byte.
    A row of a table that is about no single article is taken for one.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._article = "article_id" if "article_id" in schema.names else schema.names[0]
        self._group: list[pa.Table] = []
        self._last = schema.empty_table()  # rows of the last article: more of them may come
        self._ends_group, self._ends_file = _Border(GROUP_WEIGHT, b"group"), _Border(FILE_WEIGHT, b"file")
        self._file_ends = False

    def add(self, rows: pa.Table) -> Iterator[tuple[pa.Table, bool]]:
        """The groups that these rows complete, each with whether a file ends with it."""
        rows = pa.concat_tables([self._last, rows.cast(self._last.schema)])
        if not len(rows):
            return
        articles = pc.run_end_encode(rows[self._article].combine_chunks())
        ends = articles.run_ends.to_pylist()
        weights = np.add.reduceat(_weights(rows), [0, *ends[:-1]]).tolist()
        written = 0
        for article, end, weight in zip(articles.values.to_pylist()[:-1], ends, weights, strict=False):
            self._file_ends |= self._ends_file.after(article, weight)
            if self._ends_group.after(article, weight):
                self._group.append(rows.slice(written, end - written))
                yield from self._complete()
                written = end
        last = ends[-2] if len(ends) > 1 else 0
        self._group.append(rows.slice(written, last - written))
        self._last = rows.slice(last)

    def rest(self) -> Iterator[tuple[pa.Table, bool]]:
        """The rows that remain, if there are any."""
        self._group.append(self._last)
        self._file_ends = True
        yield from self._complete()

    def _complete(self) -> Iterator[tuple[pa.Table, bool]]:
        rows, ends = pa.concat_tables(self._group).combine_chunks(), self._file_ends
        self._group, self._file_ends = [], False
        if len(rows):
            yield rows, ends


class _Border:
    """Ends a part after an article with a probability of its weight by that of a part, drawn from its id."""

    def __init__(self, target: int, purpose: bytes) -> None:
        self._target, self._purpose, self._weight = target, purpose, 0

    def after(self, article: str, weight: int) -> bool:
        """Whether the part ends with this article."""
        self._weight += weight
        if self._weight < _LEAST * self._target:
            return False
        drawn = int.from_bytes(hashlib.blake2b(article.encode(), digest_size=8, person=self._purpose).digest(), "big")
        if drawn * self._target >= weight << 64 and self._weight < _MOST * self._target:
            return False
        self._weight = 0
        return True


def _leaves(column: pa.Field, above: str = "") -> Iterator[str]:
    """The paths of a column as Parquet has them, one for each kind of value in it."""
    name, kind = f"{above}{column.name}", column.type
    while pa.types.is_list(kind):
        name, kind = f"{name}.list.element", kind.value_type
    if pa.types.is_struct(kind):
        for member in kind:
            yield from _leaves(member, f"{name}.")
    else:
        yield name


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
