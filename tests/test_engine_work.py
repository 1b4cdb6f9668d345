"""Batches in a work folder: finished ones are used again, damaged ones made again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest

from allegata.engine.job import RunOptions, open_job
from allegata.engine.runner import Embedded
from allegata.engine.work import Done, Work, finish

BATCHES = [pa.table({"batch": [number]}) for number in (0, 1, 2)]


@dataclass
class Doubling:
    """A step that counts for whom it was called."""

    calls: list[int] = field(default_factory=list)

    def __call__(self, batch: pa.Table) -> Done:
        number = batch["batch"][0].as_py()
        self.calls.append(number)
        rows = pa.table({"x": [number] * 100})
        return Done(pa.table({"twice": [2 * number]}), {"rows": rows, "more": rows})


def run(url: str, step: Doubling) -> list[int]:
    with Embedded() as runner:
        receipts, _ = finish(runner, Work(url), "double", step, BATCHES, lambda tables, count: tables)
    return [receipt["twice"][0].as_py() for receipt in receipts]


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "work") if request.param == "file" else f"memory://{uuid.uuid4().hex}"


def cut(data: bytes) -> bytes | None:
    return data[: len(data) // 2]


@pytest.mark.parametrize("table", ["receipt", "rows", "more"])
@pytest.mark.parametrize("damage", [lambda data: b"", cut, lambda data: None], ids=["empty", "cut", "missing"])
def test_a_damaged_batch_is_made_again_and_the_others_are_not(
    url: str, table: str, damage: Callable[[bytes], bytes | None]
) -> None:
    assert run(url, Doubling()) == [0, 2, 4]
    system, path = fsspec.url_to_fs(f"{url}/double/{1:08d}.{table}.arrow")
    whole = system.cat_file(path)
    left = damage(whole)
    system.rm_file(path) if left is None else system.pipe_file(path, left)
    again = Doubling()
    assert run(url, again) == [0, 2, 4]
    assert again.calls == [1]
    assert system.cat_file(path) == whole
    third = Doubling()
    assert run(url, third) == [0, 2, 4]
    assert third.calls == []


def test_only_batches_that_a_later_run_may_go_on_with_are_durable(tmp_path: Path) -> None:
    for work in (str(tmp_path / "work"), None):
        with open_job(RunOptions(work=work)) as job:
            assert job.work.durable == bool(work)


def test_a_receipt_is_read_back_as_it_was_made(url: str) -> None:
    run(url, Doubling())
    receipt = Work(url).receipt("double", 2)
    assert receipt is not None
    assert receipt.equals(pa.table({"twice": [4]}), check_metadata=True)
    assert Work(url).receipt("double", 3) is None
