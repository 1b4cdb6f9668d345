"""The tables of the text-free edition: those of the version, and two of its own; read and written in batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from allegata.publish.contract import LEDGER_TABLE, has_splits
from allegata.publish.projector import Row
from allegata.publish.shards import TableFiles
from allegata.schema.columns import INT, STR, table_schema
from allegata.schema.parquet_files import reading_parquet
from allegata.schema.published_scheme import published_scheme
from allegata.schema.release_manifest import SplitFacts
from allegata.schema.tables import LEDGER, tables_of
from allegata.schema.version_tables import VersionTables

ANCHORS, SEALED_CELLS = "anchors", "sealed"
_EDGE = pa.struct([(name, INT) for name in ("offset", "letters", "marks", "marks_behind", "blanks")])
OWN: dict[str, pa.Schema] = {
    ANCHORS: table_schema(
        ("article_id", STR),
        ("source_sha256", STR),
        ("letters", INT),
        ("letters_sha256", STR),
        ("fingerprints", pa.list_(INT)),
        ("edges", pa.list_(_EDGE)),
    ),
    SEALED_CELLS: table_schema(
        ("seal_id", STR),
        ("row", STR),
        ("cell", STR),
        ("article_id", STR),
        ("first_letter", INT),
        ("last_letter", INT),
        ("sealed", STR),
    ),
}
_ROWS = 512  # of a batch


def schemas_of(version: VersionTables) -> dict[str, pa.Schema]:
    """The schemas of the tables of a version: those of today, and of tables with other columns those of their files,
    which an earlier program wrote. A schema that was read names the items of lists otherwise: other bytes."""
    found = {**tables_of(published_scheme(version.version)), LEDGER_TABLE: LEDGER}
    tables = version.version.manifest.tables
    for name, facts in tables.items():
        if name not in OWN and facts.files:
            written = version.open(facts.files[0].file).schema_arrow.remove_metadata()
            if name not in found or found[name].names != written.names:
                found[name] = written
    return {name: found[name] for name in tables if name not in OWN}


def read_rows(version: VersionTables, table: str) -> Iterator[list[Row]]:
    """The rows of a table in batches, split by split, each in its order."""
    for file in version.version.manifest.tables[table].files:
        with reading_parquet(version.place(file.file)), version.open(file.file) as parquet:
            for batch in parquet.iter_batches(_ROWS):
                yield batch.to_pylist()


class TableWriter:
    """Writes one table in batches of rows, each to the split of its article."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema, splits: Mapping[str, str]) -> None:
        self._files = TableFiles(folder, name, schema)
        self._schema = schema
        self._splits = splits if has_splits(name) and name != SEALED_CELLS else None

    def write(self, rows: list[Row]) -> None:
        """Add rows, in the order of the table."""
        self._files.write(pa.Table.from_pylist(rows, schema=self._schema), self._splits)

    def close(self) -> dict[str, SplitFacts]:
        """What was written."""
        return self._files.close()
