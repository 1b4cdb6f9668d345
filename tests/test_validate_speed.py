"""The tables the gate is timed on are valid, and both engines of the comparison find the same fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from bench.validation import run_gate, run_polars, synthetic_tables

Engine = Callable[[dict[str, pa.Table], Path], tuple[float, float, int]]
SUITES = Path(__file__).parent.parent / "expectations"


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return synthetic_tables(400)


def broken(tables: dict[str, pa.Table], column: str, row: int, value: object) -> dict[str, pa.Table]:
    values = tables["entities"][column].to_pylist()
    values[row] = value
    place = tables["entities"].schema.get_field_index(column)
    field = pa.field(column, tables["entities"].schema.field(place).type)
    changed = tables["entities"].set_column(place, field, pa.array(values, field.type))
    return tables | {"entities": changed}


@pytest.mark.parametrize("run", [run_gate, run_polars])
def test_both_engines_pass_the_tables_and_find_one_broken_row(run: Engine, tables: dict[str, pa.Table]) -> None:
    assert run(tables, SUITES)[-1] == 0
    assert run(broken(tables, "surface", 17, "another"), SUITES)[-1] == 1
    assert run(broken(tables, "entity_id", 0, "entity-x"), SUITES)[-1] == 1
    assert run(broken(tables, "source_end", 17, 0), SUITES)[-1] >= 1
    place = tables["articles"].schema.get_field_index("annotated")
    flags = pa.array([number > 0 for number in range(len(tables["articles"]))])
    bare = tables | {"articles": tables["articles"].set_column(place, "annotated", flags)}
    assert run(bare, SUITES)[-1] == 20  # the mentions of the first article
