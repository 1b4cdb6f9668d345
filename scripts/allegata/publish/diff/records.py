"""`changes.parquet`: every difference of two versions as a row, in one schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from allegata.publish.diff.rows import RowChange
from allegata.publish.diff.version import VersionDiff
from allegata.schema.files import whole_file

CHANGES_FILE = "changes.parquet"
_BATCH = 4096

# `what` is schema, split, row or cell, `change` what happened to it. A row has one record for each way in which it is
# another, and one for each of its cells that is. Spans count code points of the source text; `old` and `new` are a text
# as it is, null for null, and any other value as JSON.
CHANGES = pa.schema(
    [
        pa.field("what", pa.string(), nullable=False),
        pa.field("change", pa.string(), nullable=False),
        pa.field("table", pa.string(), nullable=False),
        pa.field("article_id", pa.string()),
        pa.field("old_id", pa.string()),
        pa.field("new_id", pa.string()),
        pa.field("old_start", pa.int32()),
        pa.field("old_end", pa.int32()),
        pa.field("new_start", pa.int32()),
        pa.field("new_end", pa.int32()),
        pa.field("quote", pa.string()),
        pa.field("column", pa.string()),
        pa.field("old", pa.string()),
        pa.field("new", pa.string()),
    ]
)


def write_changes(diff: VersionDiff, path: Path) -> None:
    """Write every difference to a Parquet file, whole or not at all, rows of tables last, and so count them.

    Raises `ProblemsFound` where a version cannot be read, `OSError` where the file cannot be written.
    """
    records = _records(diff)
    with (
        whole_file(path) as partial,
        partial.open("wb") as file,
        pq.ParquetWriter(file, CHANGES, compression="zstd") as writer,
    ):
        while batch := list(islice(records, _BATCH)):
            writer.write_table(pa.Table.from_pylist(batch, CHANGES))


def read_changes(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The records of a file of changes, those of one row of a table together; memory: a batch."""

    def records() -> Iterator[dict[str, Any]]:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=_BATCH):
            yield from batch.to_pylist()

    def row(record: dict[str, Any]) -> tuple[Any, ...]:
        whose = "row" if record["what"] in ("row", "cell") else record["what"]
        return whose, record["table"], record["old_id"], record["new_id"]

    for _, found in groupby(records(), row):
        yield list(found)


def value(cell: Any) -> str | None:
    """A value as the records hold it: a text as it is, None for null, anything else as JSON."""
    return cell if cell is None or isinstance(cell, str) else json.dumps(cell, ensure_ascii=False, default=str)


def _records(diff: VersionDiff) -> Iterator[dict[str, Any]]:
    for one in diff.schema:
        change = one.kind if one.declared == "column" else f"{one.declared} {one.kind}"
        column = one.name.partition(".")[2] or None
        record = {"what": "schema", "change": change, "table": one.table, "column": column}
        yield record | {"old": one.old, "new": one.new}
    for split, change in diff.splits.items():
        yield {"what": "split", "change": change, "table": "articles", "old" if change == "removed" else "new": split}
    for row in diff.rows():
        yield from _of_row(row)


def _of_row(row: RowChange) -> Iterator[dict[str, Any]]:
    shared: dict[str, Any] = {
        "table": row.table,
        "article_id": row.article_id,
        "old_id": row.old_id,
        "new_id": row.new_id,
    }
    shared |= {"quote": row.quote}
    for side, span in (("old", row.old_span), ("new", row.new_span)):
        if span:
            shared |= {f"{side}_start": span[0], f"{side}_end": span[1]}
    for kind in row.kinds:
        yield {"what": "row", "change": kind, **shared}
    for cell in row.cells:
        record = {"what": "cell", "change": cell.kind, **shared, "column": cell.column}
        yield record | {"old": value(cell.old), "new": value(cell.new)}
