from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish import parquet
from allegata.publish.parquet import sorted_rows, write_parquet
from allegata.schema.tables import TABLES
from publish_samples import make_tables, shuffled


def written(path: Path, table: pa.Table, schema: pa.Schema, rows_a_batch: int = 100) -> bytes:
    write_parquet(path, table.to_batches(max_chunksize=rows_a_batch), schema)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parquet")


@given(seed=st.integers(0, 99), rows_a_batch=st.integers(1, 6), name=st.sampled_from(sorted(TABLES)))
def test_bytes_depend_neither_on_row_order_nor_on_batches(folder, seed, rows_a_batch, name):
    schema, table = TABLES[name], make_tables()[name]
    whole = written(folder / "a.parquet", sorted_rows(table, schema), schema)
    other = sorted_rows(shuffled(table, seed), schema)
    assert written(folder / "b.parquet", other, schema, rows_a_batch) == whole


def test_batches_are_regrouped_into_row_groups_of_one_size(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 4)
    schema = pa.schema([("id", pa.string())])
    table = pa.table({"id": [f"{n:02}" for n in range(10)]}, schema=schema)
    assert written(tmp_path / "a", table, schema, 3) == written(tmp_path / "b", table, schema, 7)
    meta = pq.ParquetFile(tmp_path / "a").metadata
    assert [meta.row_group(n).num_rows for n in range(meta.num_row_groups)] == [4, 4, 2]
    assert pq.read_table(tmp_path / "a").equals(table)


def test_other_string_types_dictionaries_column_orders_and_metadata_leave_no_trace(tmp_path):
    schema, table = TABLES["sentences"], make_tables()["sentences"]
    odd = table.select(table.column_names[::-1]).replace_schema_metadata({"pandas": "{}"})
    place = odd.column_names.index("zone")
    odd = odd.set_column(place, "zone", table["zone"].dictionary_encode())
    place = odd.column_names.index("text")
    odd = odd.set_column(place, "text", table["text"].cast(pa.large_string()))
    plain = written(tmp_path / "a", sorted_rows(table, schema), schema)
    assert written(tmp_path / "b", sorted_rows(odd, schema), schema) == plain


def test_files_have_page_checksums_page_indexes_and_the_exact_schema(tmp_path):
    schema = TABLES["claims"]
    write_parquet(tmp_path / "a", sorted_rows(make_tables()["claims"], schema).to_batches(), schema)
    file = pq.ParquetFile(tmp_path / "a", page_checksum_verification=True)
    assert file.schema_arrow.equals(schema)
    assert not file.schema_arrow.metadata  # no pandas, no datasets, no version of either
    column = file.metadata.row_group(0).column(0)
    assert column.has_column_index
    assert column.has_offset_index
    assert column.compression == "ZSTD"
    damaged = bytearray((tmp_path / "a").read_bytes())
    damaged[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    (tmp_path / "a").write_bytes(damaged)
    with pytest.raises(OSError, match="CRC"):
        pq.ParquetFile(tmp_path / "a", page_checksum_verification=True).read()
