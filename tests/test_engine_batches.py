"""Batches of documents behind URLs."""

import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allegata.engine.batches import file_batches, find_files, read
from allegata.schema.problems import UsageError


def write(path: Path, n: int, group: int) -> str:
    pq.write_table(pa.table({"article_id": [f"{path.stem}{i}" for i in range(n)]}), path, row_group_size=group)
    return str(path)


def ids(batches: list[pa.Table]) -> dict[int, str]:
    found = {}
    for batch in batches:
        for table in read(batch, ["article_id"]):
            found |= dict(zip(table["doc"].to_pylist(), table["article_id"].to_pylist(), strict=True))
    return found


def test_batches_hold_every_document_once_and_number_them_in_the_order_of_the_sorted_files(
    tmp_path: Path,
) -> None:
    write(tmp_path / "b.parquet", 4500, 700)
    write(tmp_path / "a.parquet", 10, 3)
    write(tmp_path / "empty.parquet", 0, 3)
    files = find_files([str(tmp_path)])
    assert [name.rsplit("/", 1)[1] for name in files] == ["a.parquet", "b.parquet", "empty.parquet"]
    batches = file_batches(files)
    assert sum(batch["rows"][0].as_py() for batch in batches) == 4510
    assert min(batch["rows"][0].as_py() for batch in batches if "/b." in batch["url"][0].as_py()) > 1
    assert ids(batches) == {i: f"a{i}" for i in range(10)} | {10 + i: f"b{i}" for i in range(4500)}


def test_a_pattern_a_file_and_a_memory_url_are_read_alike(tmp_path: Path) -> None:
    import fsspec

    path = write(tmp_path / "a.parquet", 5, 5)
    url = f"memory://{uuid.uuid4().hex}/a.parquet"
    with fsspec.open(url, "wb") as file:
        file.write(Path(path).read_bytes())
    found = [ids(file_batches(find_files([u]))) for u in (path, f"{tmp_path}/*.parquet", f"file://{path}", url)]
    assert all(one == found[0] for one in found)


def test_a_missing_file_and_a_missing_column_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        find_files([str(tmp_path / "nowhere")])
    batches = file_batches([write(tmp_path / "a.parquet", 5, 5)])
    with pytest.raises(UsageError, match="no column text"):
        list(read(batches[0], ["article_id", "text"]))


def test_row_groups_are_put_together_to_batches_of_at_least_2000_rows_of_which_1000_are_read_at_a_time(
    tmp_path: Path,
) -> None:
    batches = file_batches([write(tmp_path / "a.parquet", 4500, 700)])
    assert [batch["rows"][0].as_py() for batch in batches] == [2100, 2100, 300]
    assert max(len(table) for table in read(batches[0], ["article_id"])) == 1000
