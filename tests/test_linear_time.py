"""The time of every rule grows with the length of a text, whatever stands in it.

A run measures each rule on a seeded quarter of the shapes; `pytest -m slow tests/test_linear_time.py` on all of them,
at 60,000 and 240,000 characters.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence

import pytest

from adversarial_lines import SHAPES, SIZES, text_of
from project import some
from timed_rules import EXCHANGED, RULES, Rule

# From one size to one four times as long. Linear is four; what is quadratic is sixteen, less what a call costs.
_GROWTH, _CALL = 7, 0.004
_SMALL = (3_000, 12_000, 48_000)


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    gc.disable()  # without a collection before: of all that a whole run has imported one takes a second
    yield
    gc.enable()


def seconds(rule: Rule, text: str, repeats: int) -> float:
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        rule(text)
        best = min(best, time.process_time() - started)
    return best


def grows(rule: Rule, shape: str, sizes: Sequence[int], repeats: int) -> bool:
    """Whether the time grows faster than the text."""
    first, last = (seconds(rule, text_of(shape, size), repeats) for size in sizes)
    return last > _GROWTH * first + _CALL


@pytest.mark.alone
@pytest.mark.parametrize("name", RULES)
def test_the_time_of_a_rule_grows_with_the_length_of_a_text(name: str) -> None:
    rule = RULES[name]
    rule(text_of("words", 500))  # what is read and compiled once
    shapes = some(SHAPES, 4 if name in EXCHANGED else 12, name)
    suspicious = [shape for shape in shapes if grows(rule, shape, _SMALL[:2], 1)]
    assert [shape for shape in suspicious if grows(rule, shape, _SMALL[1:], 2)] == []


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("name", RULES)
def test_the_time_of_a_rule_grows_with_the_length_of_a_long_text(name: str) -> None:
    rule = RULES[name]
    rule(text_of("words", 500))
    suspicious = [shape for shape in SHAPES if grows(rule, shape, SIZES[::2], 1)]
    assert [shape for shape in suspicious if grows(rule, shape, SIZES[::2], 3)] == []


@pytest.mark.alone
def test_a_rule_that_compares_all_with_all_is_seen() -> None:
    assert grows(lambda text: [text.count(one) for one in text], "one letter", (3_000, 12_000), 1)
    assert not grows(str.split, "words", (120_000, 480_000), 2)
