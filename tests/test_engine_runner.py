"""The embedded runner: map and shuffle give the same rows in memory, on disk and in a pool."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.engine.runner import Embedded
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from project import ROOT


def doubled(table: pa.Table) -> Iterator[pa.Table]:
    for value in table["x"].to_pylist():
        yield pa.table({"x": [2 * value], "key": [value % 3]})


def failing(table: pa.Table) -> Iterator[pa.Table]:
    raise RuntimeError("lost")
    yield table


def batches(n: int) -> list[pa.Table]:
    return [pa.table({"x": [i, i + 100], "key": [i % 3, (i + 100) % 3]}) for i in range(n)]


def rows(runner: Embedded, data: object) -> list[int]:
    return [x for table in runner.tables(data) for x in table["x"].to_pylist()]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("on_disk", [False, True])
def test_map_keeps_the_order_and_shuffle_brings_equal_keys_together(
    workers: int, on_disk: bool, tmp_path: Path
) -> None:
    with Embedded(workers, tmp_path if on_disk else None) as runner:
        mapped = runner.keep(runner.map(doubled, runner.source(batches(9))))
        expected = [2 * x for i in range(9) for x in (i, i + 100)]
        assert rows(runner, mapped) == rows(runner, mapped) == expected
        parts = list(runner.tables(runner.shuffle(mapped, "key")))
        assert [set(part["key"].to_pylist()) for part in parts] == [{0}, {1}, {2}]
        assert sorted(x for part in parts for x in part["x"].to_pylist()) == sorted(expected)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=5))
def test_a_shuffle_loses_and_invents_nothing(keys: list[list[int]]) -> None:
    tables = [pa.table({"key": pa.array(k, pa.int64())}) for k in keys]
    with Embedded() as runner:
        parts = list(runner.tables(runner.shuffle(runner.source(tables), "key")))
    assert [p["key"].to_pylist() for p in parts] == [
        [key] * sum(k.count(key) for k in keys) for key in sorted({x for k in keys for x in k})
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_step_ends_the_job(workers: int) -> None:
    with Embedded(workers) as runner, pytest.raises(RuntimeError, match="lost"):
        list(runner.tables(runner.map(failing, runner.source(batches(3)))))


def killed(table: pa.Table) -> Iterator[pa.Table]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield table


def test_a_worker_that_the_system_kills_ends_the_job_in_one_sentence() -> None:
    with Embedded(2) as runner, pytest.raises(UsageError, match="fewer workers"):
        list(runner.tables(runner.map(killed, runner.source(batches(9)))))


def test_nothing_in_gives_nothing_out(tmp_path: Path) -> None:
    with Embedded(folder=tmp_path) as runner:
        empty = runner.keep(runner.source([]))
        assert list(runner.tables(runner.shuffle(empty, "key"))) == []


def held(table: pa.Table) -> Iterator[pa.Table]:
    yield pa.table({"x": [table.get_total_buffer_size()]})


def test_a_slice_goes_to_a_worker_without_the_rows_it_was_cut_from() -> None:
    whole = pa.table({"x": range(100_000), "name": [str(i) for i in range(100_000)]})
    with Embedded(2) as runner:
        found = rows(runner, runner.map(held, runner.source([whole.slice(i, 10) for i in range(4)])))
    assert len(found) == 4
    assert max(found) < 2_000 < whole.get_total_buffer_size()


@pytest.mark.parametrize("on_disk", [False, True])
def test_columns_can_be_selected_in_any_order(on_disk: bool, tmp_path: Path) -> None:
    with Embedded(folder=tmp_path if on_disk else None) as runner:
        kept = runner.keep(runner.source([batch.append_column("y", batch["x"]) for batch in batches(3)]))
        whole = pa.concat_tables(runner.tables(kept))
        for columns in (["y", "key"], ["key"]):
            for data in (kept, runner.map(lambda table: iter([table]), kept)):
                found = pa.concat_tables(runner.tables(runner.select(data, columns)))
                assert found.equals(whole.select(columns))


def refusing(table: pa.Table) -> Iterator[pa.Table]:
    raise ProblemsFound([Problem("is odd", "mend it", "b", span=(1, 2)), Problem("is old", "mend it", "a", line=3)])
    yield table


def test_problems_of_a_worker_arrive_as_they_were_raised() -> None:
    with Embedded(2) as runner, pytest.raises(ProblemsFound) as raised:
        rows(runner, runner.map(refusing, runner.source(batches(2))))
    assert [(problem.file, problem.line, problem.span) for problem in raised.value.problems] == [
        ("a", 3, None),
        ("b", None, (1, 2)),
    ]


def telling(table: pa.Table) -> Iterator[pa.Table]:
    yield pa.table({"worker": [os.getpid()]})


WAITING = """
import time
import pyarrow as pa
from allegata.engine.runner import Embedded
from test_engine_runner import telling

if __name__ == "__main__":
    with Embedded(2) as runner:
        tables = runner.tables(runner.map(telling, runner.source([pa.table({"x": [n]}) for n in range(4)])))
        print(*{pid for table in tables for pid in table["worker"].to_pylist()}, flush=True)
        time.sleep(60)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.alone
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
    path = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests")])
    process = subprocess.Popen(
        [sys.executable, tmp_path / "waiting.py"],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    workers = [int(pid) for pid in process.stdout.readline().split()]
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 20
    while left := [pid for pid in workers if alive(pid)]:
        if time.monotonic() > deadline:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            pytest.fail(f"{len(left)} workers outlive their parent")
        time.sleep(0.05)
    assert workers
