"""Batches in a work folder: finished ones are used again, damaged ones made again, those of something else refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest

from allegata.engine.job import RunOptions, open_job
from allegata.engine.runner import Embedded
from allegata.engine.work import Done, Work, finish
from allegata.schema.problems import UsageError

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


def flipped(place: float) -> Callable[[bytes], bytes | None]:
    """One bit differs: the size does not."""

    def damage(data: bytes) -> bytes:
        at = int(place * (len(data) - 1))
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return damage


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda data: b"",
    "cut": cut,
    "missing": lambda data: None,
    **{f"flipped at {place}": flipped(place) for place in (0.0, 0.25, 0.5, 0.75, 1.0)},
}


@pytest.mark.parametrize("table", ["receipt", "rows", "more"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
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


def test_a_table_of_another_batch_is_not_believed(url: str) -> None:
    run(url, Doubling())
    system, path = fsspec.url_to_fs(f"{url}/double")
    system.pipe_file(f"{path}/{0:08d}.rows.arrow", system.cat_file(f"{path}/{1:08d}.rows.arrow"))
    again = Doubling()
    run(url, again)
    assert again.calls == [0]


@dataclass
class Counting:
    """A step for a runner, with so many tables to say of a batch."""

    n_tables: int = 2
    calls: int = 0

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        self.calls += 1
        for number in range(self.n_tables):
            yield pa.table({"x": [batch["batch"][0].as_py(), number]})


def yielded(step: Callable[[pa.Table], Iterator[pa.Table]]) -> list[dict[str, list[int]]]:
    return [table.to_pydict() for batch in BATCHES for table in step(batch)]


@pytest.mark.parametrize("n_tables", [0, 1, 2])
def test_what_a_kept_step_yields_is_used_again_table_by_table(url: str, n_tables: int) -> None:
    first, second = Counting(n_tables), Counting(n_tables)
    expected = yielded(Counting(n_tables))
    assert yielded(Work(url).kept("sign", first)) == expected
    assert yielded(Work(url).kept("sign", second)) == expected
    assert (first.calls, second.calls) == (3, 0)


@pytest.mark.parametrize("n_tables", [0, 2])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_a_kept_step_yielded_is_made_again_where_it_is_damaged(
    tmp_path: Path, n_tables: int, damage: Callable[[bytes], bytes | None]
) -> None:
    step = Counting(n_tables)
    kept = Work(str(tmp_path)).kept("sign", step)
    expected = yielded(kept)
    path = tmp_path / "sign" / "00000001.receipt.arrow"
    whole = path.read_bytes()
    remaining = damage(whole)
    path.unlink() if remaining is None else path.write_bytes(remaining)
    assert yielded(kept) == expected
    assert yielded(kept) == expected
    assert (step.calls, path.read_bytes()) == (4, whole)


def test_nothing_is_kept_for_no_later_run(tmp_path: Path) -> None:
    step = Counting()
    assert Work(str(tmp_path / "work"), durable=False).kept("sign", step) is step


@pytest.mark.parametrize("change", ["inputs", "options", "code"])
def test_batches_of_something_else_are_refused(url: str, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made_from = {"inputs": {"a.parquet": "0"}, "options": {"version": 1}}
    Work(url).bind(made_from)
    Work(url).bind(made_from)
    if change == "code":
        monkeypatch.setattr("allegata.engine.work.code_digest", lambda: "0" * 64)
    else:
        made_from[change] = {}
    with pytest.raises(UsageError, match=f"with other {change};"):
        Work(url).bind(made_from)
