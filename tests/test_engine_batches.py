"""Batches of documents behind URLs, and checkpoints that are used again or refused."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allegata.engine import batches as engine_batches
from allegata.engine.batches import Checkpoint, batches_of, find_files, read, write_whole
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
    batches = batches_of(files)
    assert sum(batch["rows"][0].as_py() for batch in batches) == 4510
    assert min(batch["rows"][0].as_py() for batch in batches if "/b." in batch["url"][0].as_py()) > 1
    assert ids(batches) == {i: f"a{i}" for i in range(10)} | {10 + i: f"b{i}" for i in range(4500)}


def test_a_pattern_a_file_and_a_memory_url_are_read_alike(tmp_path: Path) -> None:
    import fsspec

    path = write(tmp_path / "a.parquet", 5, 5)
    url = f"memory://{uuid.uuid4().hex}/a.parquet"
    with fsspec.open(url, "wb") as file:
        file.write(Path(path).read_bytes())
    found = [ids(batches_of(find_files([u]))) for u in (path, f"{tmp_path}/*.parquet", f"file://{path}", url)]
    assert all(one == found[0] for one in found)


def test_a_missing_file_and_a_missing_column_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        find_files([str(tmp_path / "nowhere")])
    batches = batches_of([write(tmp_path / "a.parquet", 5, 5)])
    with pytest.raises(UsageError, match="no column text"):
        list(read(batches[0], ["article_id", "text"]))


class Counting:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        self.calls += 1
        yield pa.table({"x": batch["first"]})


def test_finished_batches_are_used_again_by_a_run_of_the_same_inputs_and_options(tmp_path: Path) -> None:
    files = [write(tmp_path / "a.parquet", 5000, 2500)]
    results = []
    for calls in (2, 0):
        step = Counting()
        wrapped = Checkpoint.open(str(tmp_path / "work"), files, {"size": 3}).step("sign", step)
        results.append([table.to_pydict() for batch in batches_of(files) for table in wrapped(batch)])
        assert step.calls == calls
    assert results[0] == results[1]


@pytest.mark.parametrize("change", ["inputs", "options", "code"])
def test_a_checkpoint_of_something_else_is_refused(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write(tmp_path / "a.parquet", 5, 5)]
    Checkpoint.open(str(tmp_path / "work"), files, {"version": 1})
    if change == "inputs":
        write(tmp_path / "a.parquet", 6, 5)
    if change == "code":
        monkeypatch.setattr(engine_batches, "source_digest", lambda: "0" * 64)
    with pytest.raises(UsageError, match=f"with other {change};"):
        Checkpoint.open(str(tmp_path / "work"), files, {"version": 2 if change == "options" else 1})


class Silent(Counting):
    """A step that has nothing to say of a batch."""

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        self.calls += 1
        return iter(())


@pytest.mark.parametrize("kind", [Counting, Silent])
@pytest.mark.parametrize("left", [0.0, 0.5, 0.95])
def test_a_checkpoint_that_was_cut_short_is_made_again_and_never_believed(
    tmp_path: Path, kind: type[Counting], left: float
) -> None:
    files = [write(tmp_path / "a.parquet", 5, 5)]
    step = kind()
    wrapped = Checkpoint.open(str(tmp_path / "work"), files, {}).step("sign", step)
    (batch,) = batches_of(files)
    first = [table.to_pydict() for table in wrapped(batch)]
    [path] = (tmp_path / "work").glob("sign-*")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * left)])  # what a power failure leaves of a file that was not flushed
    assert [table.to_pydict() for table in wrapped(batch)] == first
    assert [table.to_pydict() for table in wrapped(batch)] == first
    assert (step.calls, path.read_bytes()) == (2, whole)


@pytest.mark.parametrize("durable", [True, False])
def test_a_durable_file_is_flushed_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    flushed: list[list[str]] = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(sorted(path.name for path in tmp_path.iterdir())))
    write_whole(f"{tmp_path}/batch", b"data", durable=durable)
    assert (tmp_path / "batch").read_bytes() == b"data"
    if durable:
        before, after = flushed
        assert before[0].endswith(".part")
        assert after == ["batch"]
    else:
        assert flushed == []


def test_a_write_that_fails_leaves_what_was_there_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError("the disk is full")

    write_whole(f"{tmp_path}/batch", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_whole(f"{tmp_path}/batch", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"batch": b"old"}
