"""Two versions of one table read side by side, a stretch of ids at a time: memory holds a few batches of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allegata.publish.diff.rows import SPLIT
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.release_manifest import TableFacts
from allegata.schema.version_files import table_of
from allegata.schema.version_tables import FIX, schema_faults
from allegata.schema.versions import RESTORE_VERSION

BATCH_ROWS = 16_384
BATCH_ARTICLES = 256  # their rows hold whole texts, twice; of 10,000 articles 64 took 2.4 times as long as 512


@dataclass(frozen=True)
class VersionTable:
    """One table of the version in `folder`: its files are what `facts` declare, and what is `needed` of the table."""

    folder: Path
    facts: TableFacts
    needed: pa.Schema | None = None

    @property
    def schema(self) -> pa.Schema | None:
        """The columns as the files have them; None where the table has no row, and so no file.

        Raises `ProblemsFound` where a file is missing or damaged.
        """
        file = next((file.file for rows in self.facts.splits.values() for file in rows.files), None)
        return self.open(file).schema_arrow.remove_metadata() if file else None

    def open(self, file: str) -> pq.ParquetFile:
        """One of its files. Raises `ProblemsFound` where it is missing or damaged, or not what it has to be."""
        with reading_parquet(self.place(file)):
            parquet = pq.ParquetFile(self.folder / file)
        faults = schema_faults(table_of(file), parquet.schema_arrow, self.facts.features, self.needed)
        if problems := [Problem(fault, FIX, file=self.place(file)) for fault in faults]:
            raise ProblemsFound(problems)
        return parquet

    def place(self, file: str) -> str:
        """How reports call a file."""
        return f"{self.folder.name}/{file}"


def windows(
    sides: Sequence[VersionTable], schema: pa.Schema, *, by_article: bool, same: frozenset[str] = frozenset()
) -> Iterator[list[pa.Table]]:
    """The rows of a table in each of several versions, so that those of an article are in one window in all of them.

    `schema` has the columns that are read, the first is the id, and is that of a version without rows; `same` are
    splits that are not read. The split of a row is in the column `SPLIT`. Files are in the order of the ids, and an id
    begins with that of its article; rows about no single article are all in one window. Raises `ProblemsFound` where a
    file cannot be read or is not in order.
    """
    columns = schema.names
    none = schema.append(pa.field(SPLIT, pa.string())).empty_table()
    size = BATCH_ARTICLES if "source_text" in columns else BATCH_ROWS
    streams = [
        [
            _Stream(side, [file.file for file in rows.files], columns, split, size, by_article=by_article)
            for split, rows in side.facts.splits.items()
            if split not in same
        ]
        for side in sides
    ]
    everyone = [stream for side in streams for stream in side]
    while everyone:
        bound = min((stream.bound for stream in everyone if not stream.ended), default=None)
        taken = [[stream.take(bound) for stream in side] for side in streams]
        if any(map(len, (part for parts in taken for part in parts))):
            yield [pa.concat_tables(parts) if parts else none for parts in taken]
        if bound is None:
            return
        for stream in everyone:
            if stream.bound == bound:
                stream.read()


class _Stream:
    """The rows of one split of one version, in the order of their ids. `rows` are those read and not yet taken."""

    def __init__(
        self,
        table: VersionTable,
        files: Sequence[str],
        columns: Sequence[str],
        split: str,
        size: int,
        *,
        by_article: bool,
    ) -> None:
        self._table, self._columns, self._split = table, list(columns), split
        self._by_article = by_article
        self._batches = self._read(files, size)
        self._last = ""
        self.ended = False
        schema = table.open(files[0]).schema_arrow.remove_metadata()
        columns_of = pa.schema([*(schema.field(name) for name in columns), pa.field(SPLIT, pa.string())])
        self._rows = columns_of.empty_table()
        self.read()
        while not (by_article or self.ended):
            self.read()

    @property
    def bound(self) -> str:
        """What the ids of all rows that are complete, with those of their articles, are less than."""
        if not len(self._rows):
            return self._last
        last = self._rows.slice(len(self._rows) - 1)
        name = str(last[self._columns[0]][0])
        article = str(last["article_id"][0]) if "article_id" in self._columns else name
        return name[: len(article) + 1] if name.startswith(article) else name

    def read(self) -> None:
        """Read the next rows, if there are more."""
        batch = next(self._batches, None)
        if batch is None:
            self.ended = True
        else:
            self._rows = pa.concat_tables([self._rows, batch])

    def take(self, bound: str | None) -> pa.Table:
        """The rows whose ids are less than the bound, all where there is none; they are taken out."""
        count = len(self._rows) if bound is None else pc.sum(pc.less(self._rows[self._columns[0]], bound)).as_py() or 0
        taken, self._rows = self._rows.slice(0, count), self._rows.slice(count)
        return taken

    def _read(self, files: Sequence[str], size: int) -> Iterator[pa.Table]:
        for file in files:
            parquet = self._table.open(file)
            batches = parquet.iter_batches(batch_size=size, columns=self._columns)
            while True:
                with reading_parquet(self._table.place(file)):
                    batch = next(batches, None)
                if batch is None:
                    break
                if len(batch):
                    yield self._checked(pa.table(batch).replace_schema_metadata(None).select(self._columns), file)

    def _checked(self, rows: pa.Table, file: str) -> pa.Table:
        """The rows with their split. Raises `ProblemsFound` where they are not in order."""
        ids = pa.concat_arrays([pa.array([self._last]), *rows[self._columns[0]].cast(pa.string()).chunks])
        if pc.any(pc.less(ids[1:], ids[:-1])).as_py():
            what = "its rows are not in the order of their ids: it is no table that a publication wrote"
            raise ProblemsFound([Problem(what, RESTORE_VERSION, file=self._table.place(file))])
        self._last = str(ids[-1])
        return rows.append_column(SPLIT, pa.array([self._split] * len(rows), pa.string()))
