"""Rows of a published version by their ids, without a scan.

The rows of a split are sorted by id, over all its files. The footer of a file has the least and the greatest id of each
row group: a bisection over the files of a split, and one over the row groups of a file, find the group to read. Footers
are read when they are first needed and kept. Time grows with the logarithm of the number of rows.

A file of at most `WHOLE` bytes is proved by its sha256, and every file before an id is said not to be there (`prove`).
Of a longer one the pages that are read are proved, by the checksum that each has; its footer is not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pyarrow.parquet as pq

from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.version_files import VersionFiles, table_of
from allegata.schema.version_tables import FIX, VersionTables

Row = dict[str, Any]
_LAST = "\U0010ffff"
WHOLE = 4 << 20  # bytes: hashed in 2 ms, as long as a look-up may take


class Found(NamedTuple):
    """A row, with the split that it is in."""

    split: str
    row: Row


class RowLookup:
    """The rows of the version in a folder. Raises `UsageError` where the folder holds no table."""

    def __init__(self, version: Path) -> None:
        self._tables: dict[str, dict[str, list[_File]]] = {}
        self._version = VersionFiles(version)
        held = VersionTables(self._version)
        for table, name in self._version.tables():
            split = Path(name).stem.split("-")[0]
            self._tables.setdefault(table, {}).setdefault(split, []).append(_File(held, name))
        if not self._tables:
            raise UsageError(f"{version} holds no Parquet file: give the folder of a published version")

    def prove(self) -> None:
        """Raise `ProblemsFound` with every table file that is not the published one: what is not there is not missing
        because a footer is damaged."""
        self._version.prove(name for _, name in self._version.tables())

    def refuse(self, table: str, fault: str) -> NoReturn:
        """Raise `ProblemsFound`: what is wrong with a row of a table."""
        raise ProblemsFound([Problem(fault, FIX, file=f"{self._version.place}/{table}")])

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables."""
        return tuple(self._tables)

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a table; none where there is no such table."""
        files = next(iter(self._tables.get(table, {}).values()), None)
        return frozenset(files[0].names) if files else frozenset()

    def row(
        self, table: str, row_id: str, columns: Sequence[str] | None = None, split: str | None = None
    ) -> Found | None:
        """The row with this id, with all its columns or those of `columns` that there are; `split`: only there."""
        return next(self._between(table, row_id, row_id, columns, split), None)

    def of_article(self, table: str, article_id: str, split: str, columns: Sequence[str] | None = None) -> list[Row]:
        """The rows whose ids begin with that of an article and a colon, in their order."""
        first = f"{article_id}:"
        return [found.row for found in self._between(table, first, first + _LAST, columns, split)]

    def beginning(self, table: str, start: str) -> list[Row]:
        """The rows whose ids begin so, in all splits."""
        return [found.row for found in self._between(table, start, start + _LAST, None, None)]

    def near(self, table: str, row_id: str, most: int = 4) -> list[str]:
        """Ids that stand next to where this one would, in every split, sorted; at most so many of a split."""
        found = set[str]()
        for files in self._tables.get(table, {}).values():
            file = files[max(0, bisect_right(files, row_id, key=_least) - 1)]
            group = min(bisect_left(range(file.groups), row_id, key=file.greatest), file.groups - 1)
            ids = file.ids(group)
            place = bisect_left(ids, row_id)
            found.update(ids[max(0, place - most // 2) : place + most - most // 2])
        return sorted(found)

    def _between(
        self, table: str, first: str, last: str, columns: Sequence[str] | None, split: str | None
    ) -> Iterator[Found]:
        for name, files in self._tables.get(table, {}).items():
            if split is None or name == split:
                yield from (Found(name, row) for row in _rows(files, first, last, columns))


class _File:
    """A Parquet file whose first column is the id that its rows are sorted by, proved as far as it is read.

    Of a file of more than `WHOLE` bytes only what is read is: each page has a checksum of its own.
    """

    def __init__(self, tables: VersionTables, name: str) -> None:
        self._tables, self._name = tables, name
        self._path = tables.version.folder / name
        self._group, self._ids = -1, list[str]()  # the ids that were read last

    @cached_property
    def parquet(self) -> pq.ParquetFile:
        if self._path.stat().st_size <= WHOLE:
            self._tables.version.prove([self._name])
        with self._readable():
            parquet = pq.ParquetFile(self._path, memory_map=True, page_checksum_verification=True)
        self._tables.hold_to_needed(self._name, parquet.schema_arrow)
        return parquet

    def _readable(self) -> AbstractContextManager[None]:
        return reading_parquet(self._tables.place(self._name))

    @cached_property
    def names(self) -> list[str]:
        return list(self.parquet.schema_arrow.names)

    @property
    def key(self) -> str:
        return self.names[0]

    @cached_property
    def groups(self) -> int:
        return int(self.parquet.metadata.num_row_groups)

    def least(self, group: int) -> str:
        return str(self._statistics(group).min)

    def greatest(self, group: int) -> str:
        return str(self._statistics(group).max)

    def _statistics(self, group: int) -> Any:
        statistics = self.parquet.metadata.row_group(group).column(0).statistics
        if statistics is None or not statistics.has_min_max:
            raise UsageError(f"{self._path} has no statistics of its ids: give a version that allegata published")
        return statistics

    def read(self, group: int, first: str, last: str, columns: Sequence[str] | None) -> list[Row]:
        ids = self.ids(group)
        start, end = bisect_left(ids, first), bisect_right(ids, last)
        if start >= end:  # the other columns of a group in which it is not are not read
            return []
        names = [name for name in self.names if name != self.key and (columns is None or name in columns)]
        if not names:
            return [{self.key: row_id} for row_id in ids[start:end]]
        with self._readable():
            table = self.parquet.read_row_group(group, columns=names, use_threads=False)
            rows = table.slice(start, end - start).to_pylist()
        found = [{self.key: row_id, **row} for row_id, row in zip(ids[start:end], rows, strict=True)]
        self._tables.refuse(self._name, (fault for row in found for fault in self._nulls(row)))
        return found

    @cached_property
    def _filled(self) -> frozenset[str]:
        """The columns that are never null."""
        needed = self._tables.needed.get(table_of(self._name), ())
        return frozenset(field.name for field in needed if not field.nullable)

    def _nulls(self, row: Row) -> Iterator[str]:
        for name, value in row.items():
            if (value is None and name in self._filled) or _null_inside(value):
                yield f"column {name!r} is null, or an item of it, in the row {row[self.key]!r}, and may not be"

    def ids(self, group: int) -> list[str]:
        # Searched in Python: a scalar of Arrow imports pandas (pyarrow 26), which takes 0.2 seconds.
        if group != self._group:
            with self._readable():
                column = self.parquet.read_row_group(group, columns=[self.key], use_threads=False)[self.key]
                self._group, self._ids = group, column.to_pylist()
            if column.null_count:
                self._tables.refuse(self._name, [f"column {self.key!r}, the id, is null in a row"])
        return self._ids


def _null_inside(value: object) -> bool:
    """Whether an item of a list or a member of a struct is null: in no table one is."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(one is None or _null_inside(one) for one in inner)


def _least(file: _File) -> str:
    return file.least(0)


def _rows(files: Sequence[_File], first: str, last: str, columns: Sequence[str] | None) -> Iterator[Row]:
    """The rows from `first` to `last`; a file is opened only if it can hold one."""
    for file in files[max(0, bisect_right(files, first, key=_least) - 1) :]:
        for group in range(bisect_left(range(file.groups), first, key=file.greatest), file.groups):
            if file.least(group) > last:
                return
            yield from file.read(group, first, last, columns)
            if file.greatest(group) >= last:
                return
