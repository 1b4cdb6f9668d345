"""What `make test` leaves to `make rest` is named, and what has nothing in `make test` names a test that has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import ROOT
from tiers import LIST, long_tests

pytest_plugins = ["pytester"]
TESTS, BUT_FIRST, WHOLE = long_tests(LIST.read_text("utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, bool]]:
    """The tests of a file, and whether one is of `make slow` or runs alone."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(
                ast.unparse(mark) for mark in node.decorator_list if "parametrize" not in ast.unparse(mark)
            )
            yield f"{path.name}::{node.name}", "mark.slow" in marks or "mark.alone" in marks


FUNCTIONS = dict(pair for path in sorted((ROOT / "tests").glob("test_*.py")) for pair in functions(path))
SHORT = {
    test for test, apart in FUNCTIONS.items() if not apart and test not in TESTS and test.split("::")[0] not in WHOLE
}


def test_every_line_of_the_list_names_a_test_that_there_is() -> None:
    assert sorted((TESTS | BUT_FIRST) - FUNCTIONS.keys()) == []
    assert sorted(WHOLE.keys() - {test.split("::")[0] for test in FUNCTIONS}) == []
    lines = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(lines)


def test_every_file_has_a_test_in_make_test_or_names_one_that_stands_for_it() -> None:
    assert (
        sorted({test.split("::")[0] for test in FUNCTIONS} - {test.split("::")[0] for test in SHORT} - WHOLE.keys())
        == []
    )
    assert [instead for instead in WHOLE.values() if instead not in SHORT and not instead.startswith("nothing: ")] == []


@pytest.mark.parametrize(("most", "outcome"), [("0.05", "failed"), ("60", "passed")])
def test_a_test_that_takes_more_cpu_than_it_may_fails_whoever_took_it(
    pytester: pytest.Pytester, most: str, outcome: str
) -> None:
    pytester.makeconftest("from tiers import pytest_addoption, pytest_runtest_call")
    pytester.makepyfile(
        """
        import subprocess, sys, time, pytest

        BUSY = "import time\\nwhile time.process_time() < .2: pass"

        def test_of_its_own():
            until = time.process_time() + .2
            while time.process_time() < until: pass
        def test_of_a_child(): subprocess.run([sys.executable, "-c", BUSY], check=True)
        @pytest.mark.long
        def test_named(): subprocess.run([sys.executable, "-c", BUSY], check=True)
        """
    )
    result = pytester.runpytest_inprocess("--most-cpu", most, "-p", "no:cacheprovider")
    result.assert_outcomes(**({"passed": 3} if outcome == "passed" else {"passed": 1, "failed": 2}))
