"""What a value of a file may be that is JSON or TOML: what all readers, writers and tables behind it can hold."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

DEEPEST = 100  # levels of lists and objects; Python itself gives up at a depth that depends on who asks
_SHOWN = 60


def fits_64_bits(number: int) -> bool:
    """Whether a column of whole numbers can hold it."""
    return -(2**63) <= number < 2**63


def is_finite(value: object) -> bool:
    """Whether a value is a number that a float can hold: neither a truth value, nor infinite, nor too large."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def value_fault(value: Any, *, only_depth: bool = False) -> tuple[str, tuple[str, ...]] | None:
    """What is wrong with the first part of a value that no table could hold, and the keys that lead to it; or None.

    Lists and objects of more than `DEEPEST` levels; and without `only_depth` whole numbers beyond 64 bits, numbers that
    are not finite, and halves of surrogate pairs.
    """
    for part, keys, depth in _parts(value):
        if depth > DEEPEST:
            return f"is nested too deeply: more than {DEEPEST} levels", keys[:1]
        if only_depth:
            continue
        if isinstance(part, str):
            if _is_half(part):
                return "is not Unicode: it holds half of a surrogate pair", keys
        elif isinstance(part, int):
            if not fits_64_bits(part):
                return "is a number that does not fit in 64 bits", keys
        elif isinstance(part, float) and not math.isfinite(part):
            return "is a number that is not finite", keys
    return None


def _parts(value: Any) -> Iterator[tuple[Any, tuple[str, ...], int]]:
    """Every value inside a value, and the keys of its objects, each with the keys that lead to it and its depth."""
    waiting: list[tuple[Any, tuple[str, ...], int]] = [(value, (), 0)]
    while waiting:
        part, keys, depth = waiting.pop()
        is_inner = isinstance(part, dict | list)
        yield part, keys, depth + is_inner
        if depth >= DEEPEST or not is_inner:
            continue
        if isinstance(part, dict):
            waiting += [(key, keys, 0) for key in reversed(part)]
            waiting += [(one, (*keys, key), depth + 1) for key, one in reversed(part.items())]
        else:
            waiting += [(one, keys, depth + 1) for one in reversed(part)]


def _is_half(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def shown(value: object) -> str:
    """A value as JSON, of a long one the beginning: what a report quotes of data that came from outside."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        return "a value nested too deeply"
    except ValueError:  # a number of more digits than Python writes
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
