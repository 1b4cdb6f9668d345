from __future__ import annotations

from itertools import cycle, pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.publish import parquet
from allegata.publish.digest import table_digest
from allegata.publish.manifest import render_release_manifest
from allegata.publish.parquet import in_order, sorted_rows
from allegata.publish.shards import TableFiles
from allegata.schema.digests import sha256_file
from allegata.schema.release_manifest import ReleaseManifest, SplitFacts, TableFacts, parse_manifest
from allegata.schema.tables import TABLES
from publish_samples import make_tables, shuffled


def written(path: Path, table: pa.Table, schema: pa.Schema, rows_a_batch: int = 100) -> bytes:
    """The bytes of `table` as one file, which is put at `path`."""
    files = TableFiles(path.parent, f"{path.name}-files", schema)
    for batch in table.to_batches(max_chunksize=rows_a_batch):
        files.write(pa.Table.from_batches([batch]).cast(schema), None)
    (file,) = files.close()["full"].files
    (path.parent / file.file).replace(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parquet")


@settings(deadline=None)  # what it measures is the load of the machine
@given(seed=st.integers(0, 99), rows_a_batch=st.integers(1, 6), name=st.sampled_from(sorted(TABLES)))
def test_bytes_depend_neither_on_row_order_nor_on_batches(folder, seed, rows_a_batch, name):
    schema, table = TABLES[name], make_tables()[name]
    whole = written(folder / "a.parquet", sorted_rows(table, schema), schema)
    other = sorted_rows(shuffled(table, seed), schema)
    assert written(folder / "b.parquet", other, schema, rows_a_batch) == whole


def by_article(articles: list[str], rows: int = 3) -> pa.Table:
    """A table of so many rows an article."""
    claims = [
        {"claim_id": f"{one}:{n}", "article_id": one, "parent_id": f"p{one}"} for one in articles for n in range(rows)
    ]
    return pa.Table.from_pylist(claims, pa.schema([(name, pa.string()) for name in claims[0]]))


def groups_of(path: Path) -> list[list[str]]:
    """The articles of every row group."""
    file = pq.ParquetFile(path)
    numbers = range(file.num_row_groups)
    return [file.read_row_group(n, ["article_id"])["article_id"].unique().to_pylist() for n in numbers]


MANY = [f"{number:04}" for number in range(0, 4000, 10)]


def test_a_row_group_has_whole_articles_and_does_not_depend_on_the_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1_000)
    table = by_article(MANY)
    bytes_of = {size: written(tmp_path / str(size), table, table.schema, size) for size in (1, 7, 5_000)}
    assert len(set(bytes_of.values())) == 1
    assert pq.read_table(tmp_path / "7").equals(table)
    groups = groups_of(tmp_path / "7")
    assert len(groups) > 20
    assert [article for group in groups for article in group] == MANY


def test_an_article_more_changes_the_row_group_it_is_in_and_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1_000)
    table = by_article(MANY)
    written(tmp_path / "before", table, table.schema)
    before = groups_of(tmp_path / "before")
    for added in range(5, 4000, 170):
        more = by_article(sorted([*MANY, f"{added:04}"]))
        written(tmp_path / "after", more, table.schema)
        changed = [group for group in groups_of(tmp_path / "after") if group not in before]
        assert 1 <= len(changed) <= 2, changed
        assert any(f"{added:04}" in group for group in changed)


def test_a_filter_by_article_reads_one_row_group(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1_000)
    table = by_article(MANY)
    written(tmp_path / "a", table, table.schema)
    meta = pq.ParquetFile(tmp_path / "a").metadata
    for article in MANY[::37]:
        ranges = [meta.row_group(n).column(1).statistics for n in range(meta.num_row_groups)]
        assert sum(one.min <= article <= one.max for one in ranges) == 1
    assert [column.column_index for column in meta.row_group(0).sorting_columns] == [0]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_but_whole_texts_has_statistics(tmp_path, name):
    table = sorted_rows(make_tables()[name], TABLES[name])
    written(tmp_path / "a", table, TABLES[name])
    group = pq.ParquetFile(tmp_path / "a").metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    without = {column.path_in_schema for column in columns if not column.is_stats_set}
    assert without == {"text", "source_text"} & set(table.column_names)


def test_ids_have_bloom_filters_that_a_reader_uses(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1_000)
    table = by_article(MANY)
    written(tmp_path / "a.parquet", table, table.schema)

    def read_for(parent: str) -> int:
        """How many row groups may hold the value: those that DuckDB's reader would not pass over."""
        query = f"from parquet_bloom_probe('{tmp_path / 'a.parquet'}', 'parent_id', '{parent}')"
        return sum(not excluded for *_, excluded in duckdb.sql(query).fetchall())

    groups = len(groups_of(tmp_path / "a.parquet"))
    assert all(1 <= read_for(f"p{article}") < groups / 2 for article in MANY[::97])
    assert sum(read_for(f"q{article}") for article in MANY[::97]) < groups  # of five probes


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
    written(tmp_path / "a", sorted_rows(make_tables()["claims"], schema), schema)
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


def in_files(folder: Path, table: pa.Table, splits: dict[str, str], rows_a_batch: int) -> dict[str, SplitFacts]:
    folder.mkdir()
    files = TableFiles(folder, "claims", table.schema)
    for first in range(0, len(table), rows_a_batch):
        files.write(table.slice(first, rows_a_batch), splits)
    return files.close()


def test_a_heavy_split_goes_into_several_files_whose_borders_the_rows_alone_decide(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1_000)
    monkeypatch.setattr(parquet, "FILE_WEIGHT", 8_000)
    rows = make_tables()["claims"].to_pylist()
    many = [
        {**row, "claim_id": f"{article}:1", "article_id": article}
        for article, row in zip(MANY, cycle(rows), strict=False)
    ]
    table = pa.Table.from_pylist(many, TABLES["claims"])
    splits = {article: "test" if article.endswith("00") else "train" for article in MANY}
    found = [in_files(tmp_path / str(size), table, splits, size) for size in (1, 7, 100)]
    assert found[0] == found[1] == found[2]
    names = [file.file for file in found[0]["train"].files]
    count = len(names)
    assert count > 2
    assert names == [f"claims/train-{number:05}-of-{count:05}.parquet" for number in range(count)]
    for split, facts in found[0].items():
        parts = [pq.ParquetFile(tmp_path / "7" / file.file).read() for file in facts.files]
        assert [sha256_file(tmp_path / "7" / file.file) for file in facts.files] == [f.sha256 for f in facts.files]
        whole = pa.concat_tables(parts)
        assert facts.rows == len(whole)
        assert set(whole["article_id"].to_pylist()) == {a for a, s in splits.items() if s == split}
        assert table_digest(whole) == facts.digest
    manifest = ReleaseManifest("0.1.0", {"claims": TableFacts([], found[0])})
    assert parse_manifest(render_release_manifest(manifest)) == manifest


@settings(deadline=None)
@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_rows_come_in_the_order_of_their_ids_though_one_article_id_begins_another(sizes):
    articles = sorted(["1", "10", "1-b", "1.c", "2", "11", "100", "a", "ab"])
    rows = [{"id": f"{article}:{number}", "article_id": article} for article in articles for number in (1, 2)]
    table = pa.Table.from_pylist(rows)
    cuts = [0, *(2 * sum(sizes[: n + 1]) for n in range(len(sizes))), len(table)]
    batches = [table.slice(a, max(0, b - a)) for a, b in pairwise(cuts)]
    ids = [row for part in in_order(batches, table.schema) for row in part["id"].to_pylist()]
    assert ids == sorted(table["id"].to_pylist())


@pytest.mark.parametrize(("weight", "some"), [(24, False), (25, True)])
def test_a_part_ends_from_a_quarter_of_its_size(weight: int, some: bool) -> None:
    articles = (f"article-{number}" for number in range(100))
    assert any(parquet._Border(100, b"test").after(article, weight) for article in articles) is some
