"""Documents of Parquet files, cut into batches.

All places are fsspec URLs: a local path, `s3://`, `gs://`, `hf://`, `memory://`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from allegata.engine.arrays import as_arrow, as_strings, as_table
from allegata.engine.storage import is_local
from allegata.schema.problems import UsageError

# Row groups are put together to batches of at least this many rows.
_ROWS_PER_BATCH = 2_000
# Rows decoded at a time, and bytes of a row group that they may stand for.
_ROWS_AT_A_TIME, _BYTES_AT_A_TIME = 1_000, 8_000_000


def find_files(urls: list[str]) -> list[str]:
    """The Parquet files behind URLs (files, folders, patterns), sorted. `UsageError` where there is none."""
    found = []
    for url in urls:
        system, path = fsspec.url_to_fs(url)
        pattern = f"{path.rstrip('/')}/**/*.parquet" if system.isdir(path) else path
        found += [system.unstrip_protocol(match) for match in system.glob(pattern)]
    if not found:
        raise UsageError(f"There is no Parquet file at {', '.join(urls)}.")
    return sorted(set(found))


def digests_of(files: list[str]) -> list[list[str]]:
    """URL and sha256 of each file, in their order, which is that of the batches: two folders may hold one name."""
    found = []
    for url in files:
        with fsspec.open(url, "rb") as file:
            found.append([url, hashlib.file_digest(file, "sha256").hexdigest()])
    return found


def file_batches(files: list[str]) -> list[pa.Table]:
    """One single-row table a batch: its number, file, row groups, and the number of its first document."""
    batches: list[pa.Table] = []
    first = 0
    for url in files:
        with _parquet(url) as file:
            rows = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        begin = n = 0
        for i, more in enumerate(rows):
            n += more
            if n >= _ROWS_PER_BATCH or i == len(rows) - 1:
                row = {"batch": len(batches), "begin": begin, "end": i + 1, "first": first, "rows": n}
                numbers = {name: np.array([value]) for name, value in row.items()}
                batches.append(as_table(url=as_strings([url]), **numbers))
                first, begin, n = first + n, i + 1, 0
    return batches


def read(batch: pa.Table, columns: list[str]) -> Iterator[pa.Table]:
    """The documents of a batch, some at a time, with their numbers in the column `doc`."""
    row = batch.to_pylist()[0]
    doc = row["first"]
    with _parquet(row["url"]) as file:
        missing = set(columns) - set(file.schema_arrow.names)
        if missing:
            raise UsageError(f"{row['url']} has no column {', '.join(sorted(missing))}.")
        groups = list(range(row["begin"], row["end"]))
        n_bytes = sum(file.metadata.row_group(i).total_byte_size for i in groups)
        n_rows = min(_ROWS_AT_A_TIME, 1 + _BYTES_AT_A_TIME * row["rows"] // max(1, n_bytes))
        for rows in file.iter_batches(n_rows, row_groups=groups, columns=columns, use_threads=False):
            numbers = as_arrow(np.arange(doc, doc + len(rows)))
            yield pa.Table.from_batches([rows]).select(columns).append_column("doc", numbers)
            doc += len(rows)


@contextmanager
def _parquet(url: str) -> Iterator[pq.ParquetFile]:
    system, path = fsspec.url_to_fs(url)
    # Arrow reads a local file by itself, without a copy through Python. Without pre_buffer=False a whole row
    # group is held: 1,807 MB instead of 458 MB on a million documents.
    with (
        nullcontext(path) if is_local(system) else system.open(path, "rb") as raw,
        pq.ParquetFile(raw, pre_buffer=False) as file,
    ):
        yield file
