"""The files of one table: rows come in their order and go to their splits, and each split into one file or several."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allegata.publish import parquet
from allegata.publish.contract import UNDIVIDED
from allegata.publish.digest import TableDigest
from allegata.schema.digests import sha256_file
from allegata.schema.labels import SPLITS
from allegata.schema.release_manifest import FileFacts, SplitFacts


class TableFiles:
    """Writes `<folder>/<table>/<split>-NNNNN-of-NNNNN.parquet`; a split without rows has no file.

    Where a file ends is decided by the rows alone (`parquet.RowGroups`). Memory: a row group for each split.
    """

    def __init__(self, folder: Path, table: str, schema: pa.Schema) -> None:
        self._folder, self._table, self._schema = folder, table, schema.remove_metadata()
        self._splits: dict[str, _Split] = {}

    def write(self, rows: pa.Table, splits: Mapping[str, str] | None) -> None:
        """Add rows, each to the split of its article, or all of them to the one split of an undivided table."""
        for split, part in divide(rows, splits):
            if split not in self._splits:
                (self._folder / self._table).mkdir(exist_ok=True)
                self._splits[split] = _Split(self._folder, f"{self._table}/{split}", self._schema)
            self._splits[split].write(part)

    def close(self) -> dict[str, SplitFacts]:
        """End all files and say what is in them, split by split in the order of the splits."""
        return {split: self._splits[split].close() for split in (*SPLITS, UNDIVIDED) if split in self._splits}


def divide(rows: pa.Table, splits: Mapping[str, str] | None) -> Iterator[tuple[str, pa.Table]]:
    """The rows of every split that has some, in the order they have. Articles without a split are left out."""
    if splits is None:
        if len(rows):
            yield UNDIVIDED, rows
        return
    articles = rows["article_id"].unique()
    theirs = pa.array([splits.get(article) for article in articles.to_pylist()], pa.string())
    of_row = theirs.take(pc.index_in(rows["article_id"].combine_chunks(), articles))
    for split in SPLITS:
        part = rows.filter(pc.fill_null(pc.equal(of_row, split), False))
        if len(part):
            yield split, part


class _Split:
    """The files of one split; `-of-NNNNN` is added when the last one is written."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        self._folder, self._name, self._schema = folder, name, schema
        self._digest = TableDigest(schema)
        self._groups = parquet.RowGroups(schema)
        self._rows: list[int] = []  # of each file
        self._open = ExitStack()
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        self._digest.update(rows)
        self._write(self._groups.add(rows))

    def _write(self, groups: Iterable[tuple[pa.Table, bool]]) -> None:
        for group, file_ends in groups:
            if self._writer is None:
                path = self._folder / f"{self._name}-{len(self._rows):05d}"
                self._writer = self._open.enter_context(parquet.parquet_writer(path, self._schema, len(group)))
                self._rows.append(0)
            self._writer.write_table(group, row_group_size=len(group))
            self._rows[-1] += len(group)
            if file_ends:
                self._open.close()
                self._writer = None

    def close(self) -> SplitFacts:
        self._write(self._groups.rest())
        self._open.close()
        files = []
        for number, rows in enumerate(self._rows):
            start = f"{self._name}-{number:05d}"
            name = f"{start}-of-{len(self._rows):05d}.parquet"
            os.rename(self._folder / start, self._folder / name)
            path = self._folder / name
            files.append(FileFacts(name, sha256_file(path), path.stat().st_size, rows))
        return SplitFacts(tuple(files), self._digest.hexdigest())
