from __future__ import annotations

import math

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allegata.publish.digest import TableDigest, table_digest
from allegata.schema.digests import combined_digest
from publish_samples import make_tables

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("n", pa.int32()),
        ("ok", pa.bool_()),
        ("x", pa.float64()),
        ("spans", pa.list_(pa.struct([("start", pa.int32()), ("surface", pa.string())]))),
        ("tags", pa.list_(pa.list_(pa.string()))),
        ("place", pa.struct([("city", pa.string()), ("zip", pa.int64())])),
    ]
)
strings = st.none() | st.text("ab\0ß🌾", max_size=4)  # a small alphabet: collisions are what is looked for
small = st.none() | st.integers(-3, 3)
ROW = st.fixed_dictionaries(
    {
        "id": strings,
        "n": small,
        "ok": st.none() | st.booleans(),
        "x": st.none() | st.floats(allow_nan=False),
        "spans": st.none()
        | st.lists(st.none() | st.fixed_dictionaries({"start": small, "surface": strings}), max_size=3),
        "tags": st.none() | st.lists(st.none() | st.lists(strings, max_size=2), max_size=2),
        "place": st.none() | st.fixed_dictionaries({"city": strings, "zip": small}),
    }
)
rows_lists = st.lists(ROW, max_size=6)


def table_of(rows: list[dict]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def shown(rows: list[dict]) -> str:
    """What tells rows apart: repr, since 0.0 == -0.0 and True == 1 in Python, but they are other bits on disk; by way
    of a table, since the order of the keys of a dict is nothing that a table has."""
    return repr(table_of(rows).to_pylist())


@settings(max_examples=60)
@given(rows_lists, st.data())
def test_any_chunking_and_any_slicing_gives_the_same_digest(rows, data):
    table = table_of(rows)
    cut = data.draw(st.integers(0, len(rows)))
    padded = table_of([*data.draw(rows_lists), *rows])
    in_pieces = pa.concat_tables([table.slice(0, cut), table.slice(cut)])
    streamed = TableDigest(SCHEMA)
    for batch in table.to_batches(max_chunksize=data.draw(st.integers(1, 4))):
        streamed.update(batch)
    offset = padded.slice(len(padded) - len(rows))
    assert table_digest(in_pieces) == table_digest(table) == streamed.hexdigest() == table_digest(offset)


@settings(max_examples=60)
@given(rows_lists, rows_lists)
def test_digests_are_equal_only_for_equal_rows_in_equal_order(left, right):
    assert (table_digest(table_of(left)) == table_digest(table_of(right))) == (shown(left) == shown(right))


@settings(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=4), st.data())
def test_one_changed_value_changes_the_digest(rows, data):
    number = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(SCHEMA.names))
    value = data.draw(ROW)[column]
    altered = [row if n != number else {**row, column: value} for n, row in enumerate(rows)]
    assume(shown(altered) != shown(rows))
    assert table_digest(table_of(altered)) != table_digest(table_of(rows))


def one(values: list, kind: pa.DataType, name: str = "x") -> str:
    return table_digest(pa.table({name: pa.array(values, kind)}))


def test_nulls_empties_borders_names_and_types_are_told_apart():
    strings, lists = pa.string(), pa.list_(pa.string())
    seen = [
        one([], strings),
        one([None], strings),
        one([""], strings),
        one(["ab", "c"], strings),
        one(["a", "bc"], strings),
        one(["abc"], strings),
        one(["ab", "c"], strings, "y"),
        one([b"ab", b"c"], pa.binary()),
        one([[]], lists),
        one([None], lists),
        one([[None]], lists),
        one([["a"], ["b"]], lists),
        one([["a", "b"], []], lists),
        one([1], pa.int32()),
        one([1], pa.int64()),
        one([1], pa.date32()),
        one([1], pa.timestamp("us")),
        one([1], pa.timestamp("us", "UTC")),
    ]
    assert len(set(seen)) == len(seen)


def test_what_lies_under_a_null_is_not_seen():
    valid = pa.array([True, False])
    plain = pa.StructArray.from_arrays([pa.array(["a", "x"])], ["s"], mask=pa.array([False, True]))
    other = pa.StructArray.from_arrays([pa.array(["a", "hidden"])], ["s"], mask=pa.array([False, True]))
    assert plain.is_valid().equals(valid)
    assert table_digest(pa.table({"p": plain})) == table_digest(pa.table({"p": other}))


def test_there_is_one_nan():
    assert one([math.nan], pa.float64()) == one([-math.nan], pa.float64())
    assert one([math.nan], pa.float64()) != one([None], pa.float64())


@pytest.mark.parametrize("name", sorted(make_tables()))
def test_a_table_rewritten_by_polars_or_duckdb_keeps_its_digest(tmp_path, name):
    table = make_tables()[name]
    pq.write_table(table, tmp_path / "a.parquet")
    pl.read_parquet(tmp_path / "a.parquet").write_parquet(tmp_path / "polars.parquet")
    duckdb.sql(f"COPY (FROM '{tmp_path}/a.parquet') TO '{tmp_path}/duckdb.parquet' (FORMAT parquet)")
    for writer in ("polars", "duckdb"):
        assert table_digest(pq.ParquetFile(tmp_path / f"{writer}.parquet").read()) == table_digest(table)


def test_a_type_without_a_canonical_form_is_refused_by_column_name():
    with pytest.raises(TypeError, match=r"column a\.b: .*decimal"):
        TableDigest(pa.schema([("a", pa.struct([("b", pa.decimal128(5))]))]))


def test_the_digest_of_splits_depends_on_names_not_on_order():
    assert combined_digest({"train": "1", "test": "2"}) == combined_digest({"test": "2", "train": "1"})
    assert combined_digest({"train": "1", "test": "2"}) != combined_digest({"train": "2", "test": "1"})


def test_the_digest_scheme_is_pinned():
    # Published manifests hold these digests: a change of the scheme needs a new scheme name.
    assert one(["a", None, "ß"], pa.string()) == ("08022d37740836687be1a3f1ed5692febd5f7e173a89852f56c72a5a6ef717eb")
