"""The embedded runner: map and shuffle give the same rows in memory, on disk and in a pool."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.engine.runner import Embedded


def doubled(table: pa.Table) -> Iterator[pa.Table]:
    for value in table["x"].to_pylist():
        yield pa.table({"x": [2 * value], "key": [value % 3]})


def failing(table: pa.Table) -> Iterator[pa.Table]:
    raise RuntimeError("lost")
    yield table


def blocks(n: int) -> list[pa.Table]:
    return [pa.table({"x": [i, i + 100], "key": [i % 3, (i + 100) % 3]}) for i in range(n)]


def rows(runner: Embedded, data: object) -> list[int]:
    return [x for table in runner.tables(data) for x in table["x"].to_pylist()]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("on_disk", [False, True])
def test_map_keeps_the_order_and_shuffle_brings_equal_keys_together(
    workers: int, on_disk: bool, tmp_path: Path
) -> None:
    with Embedded(workers, tmp_path if on_disk else None) as runner:
        mapped = runner.keep(runner.map(doubled, runner.source(blocks(9))))
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
        list(runner.tables(runner.map(failing, runner.source(blocks(3)))))


def test_nothing_in_gives_nothing_out(tmp_path: Path) -> None:
    with Embedded(folder=tmp_path) as runner:
        empty = runner.keep(runner.source([]))
        assert list(runner.tables(runner.shuffle(empty, "key"))) == []


@pytest.mark.parametrize("on_disk", [False, True])
def test_columns_can_be_selected_in_any_order(on_disk: bool, tmp_path: Path) -> None:
    with Embedded(folder=tmp_path if on_disk else None) as runner:
        kept = runner.keep(runner.source([block.append_column("y", block["x"]) for block in blocks(3)]))
        whole = pa.concat_tables(runner.tables(kept))
        for columns in (["y", "key"], ["key"]):
            for data in (kept, runner.map(lambda table: iter([table]), kept)):
                found = pa.concat_tables(runner.tables(runner.select(data, columns)))
                assert found.equals(whole.select(columns))
