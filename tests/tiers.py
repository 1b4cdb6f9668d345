"""Tests in two tiers by their cost: `make test` is what is cheap, `make rest` is the rest.

`long_tests.txt` says what is of the rest, a line each: a test; a test `but its first case`; or all tests of a file,
with `instead` the test that stands in `make test` for what they show. A test that is not named there and takes more CPU
than `--most-cpu` allows, fails. It is the CPU of the process and of those it started: a clock would measure who else
is at work.
"""

from __future__ import annotations

import resource
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

LIST = Path(__file__).with_name("long_tests.txt")
BUT_FIRST = " but its first case"
INSTEAD = " instead "


def long_tests(lines: list[str]) -> tuple[set[str], set[str], dict[str, str]]:
    """Of the lines: tests, tests of which the first case is not long, and files with what stands for each."""
    rows = [line for line in lines if line and not line.startswith("#")]
    whole = dict(row.split(INSTEAD) for row in rows if INSTEAD in row)
    but_first = {row.removesuffix(BUT_FIRST) for row in rows if row.endswith(BUT_FIRST)}
    tests = {row for row in rows if INSTEAD not in row and not row.endswith(BUT_FIRST)}
    assert len(tests) + len(but_first) + len(whole) == len(rows), f"a line of {LIST.name} is there twice"
    return tests, but_first, whole


def mark_long(items: list[pytest.Item]) -> None:
    tests, but_first, whole = long_tests(LIST.read_text("utf-8").splitlines())
    seen: set[str] = set()
    for item in items:
        test = f"{item.path.name}::{getattr(item, 'originalname', item.name)}"
        if item.path.name in whole or test in tests or test in but_first & seen:
            item.add_marker("long")
        elif not item.get_closest_marker("slow"):
            seen.add(test)


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--most-cpu", type=float, metavar="SECONDS", help="a test that is not long fails if it takes more")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    begun = cpu_seconds()
    result = yield
    most, taken = item.config.option.most_cpu, cpu_seconds() - begun
    if most and taken > most and not any(item.get_closest_marker(name) for name in ("long", "slow", "alone")):
        message = (
            f"{taken:.1f} CPU seconds, over the {most:g} of --most-cpu: make it cheaper, or name it in {LIST.name}"
        )
        pytest.fail(message, pytrace=False)
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.option.most_cpu:  # workers of xdist have ended, and are among the children
        terminalreporter.write_line(f"{cpu_seconds():.0f} CPU seconds in all; `make test` should stay below 300")
