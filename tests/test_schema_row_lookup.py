"""Rows by their ids: found in files and row groups of any number, and few of these are read for it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish import parquet
from allegata.publish.shards import TableFiles
from allegata.schema.problems import UsageError
from allegata.schema.row_lookup import RowLookup

SCHEMA = pa.schema([("claim_id", pa.string()), ("article_id", pa.string()), ("surface", pa.string())])
SPLITS = ("train", "validation", "test")


def write(folder: Path, articles: list[str], claims: int = 3) -> list[dict[str, str]]:
    """A table of claims of some articles, in the splits in turn."""
    rows = [
        {"claim_id": f"{name}:c{number}", "article_id": name, "surface": f"{name} {number}"}
        for name in articles
        for number in range(claims)
    ]
    table = parquet.sorted_rows(pa.Table.from_pylist(rows, SCHEMA), SCHEMA)
    files = TableFiles(folder, "claims", SCHEMA)
    files.write(table, {name: SPLITS[number % 3] for number, name in enumerate(sorted(articles))})
    files.close()
    return rows


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1_000)
    monkeypatch.setattr(parquet, "FILE_WEIGHT", 4_000)
    return tmp_path


def test_every_row_and_all_rows_of_every_article_are_found(many: Path) -> None:
    articles = ["1", "10", "1-b", "2", *(f"{number:03}_a" for number in range(400)), "é", "中"]
    rows = write(many, articles)
    lookup = RowLookup(many)
    assert len(list(many.rglob("*.parquet"))) > 8
    for row in rows:
        found = lookup.row("claims", row["claim_id"])
        assert found is not None
        assert found.row == row
    for number, name in enumerate(sorted(articles)):
        claims = lookup.of_article("claims", name, SPLITS[number % 3])
        assert [row["claim_id"] for row in claims] == [f"{name}:c{one}" for one in range(3)]
        assert lookup.of_article("claims", name, SPLITS[(number + 1) % 3]) == []
    for strange in ("", "0", "1:c", "1:c9", "399_a:c3", "zz", "中:c9", "\U0010ffff"):
        assert lookup.row("claims", strange) is None
    assert lookup.row("claims", "2:c1", split="nowhere") is None
    assert lookup.row("no table", "2:c1") is None


def test_a_row_costs_a_footer_for_each_halving_of_the_files_and_one_row_group(
    many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(many, [f"{number:05}" for number in range(4_000)])
    files = len(list((many / "claims").glob("train-*")))
    assert files > 30
    opened: list[object] = []
    groups: list[int] = []

    class Counted(pq.ParquetFile):
        def __init__(self, source: object, **more: object) -> None:
            opened.append(source)
            super().__init__(source, **more)

        def read_row_group(self, i: int, **more: object) -> pa.Table:
            groups.append(i)
            return super().read_row_group(i, **more)

    monkeypatch.setattr(pq, "ParquetFile", Counted)
    assert RowLookup(many).row("claims", "02001:c1", split="train") is not None
    assert len(opened) <= files.bit_length() + 1
    assert len(set(groups)) == 1  # its ids, then its other columns


def test_ids_next_to_one_that_there_is_not(many: Path) -> None:
    write(many, [f"{number:03}" for number in range(300)], claims=1)
    near = RowLookup(many).near("claims", "150")
    assert "150:c0" in near
    assert all(abs(int(name[:3]) - 150) < 40 for name in near)


@given(
    st.lists(st.text("ab:é", min_size=1, max_size=3), min_size=1, max_size=9, unique=True), st.text("ab:é", max_size=4)
)
def test_an_id_is_found_exactly_where_it_is(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str], asked: str
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    rows = sorted(ids)
    for number, group in enumerate((rows[:3], rows[3:5], rows[5:])):
        if group:
            path = folder / f"names-{number:05}-of-00003.parquet"
            pq.write_table(pa.table({"id": group}), path, row_group_size=2)
    found = RowLookup(folder).row("names", asked)
    assert (found is not None) == (asked in ids)
    for name in ids:
        assert RowLookup(folder).row("names", name) is not None


def test_files_that_say_nothing_of_their_ids_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / "names.parquet", write_statistics=False)
    with pytest.raises(UsageError, match="has no statistics of its ids"):
        RowLookup(tmp_path).row("names", "a")
    with pytest.raises(UsageError, match="holds no Parquet file"):
        RowLookup(tmp_path / "empty")
