"""Lists of names that fit a line, as reports, cards and the command line show them."""

from __future__ import annotations

from collections.abc import Iterable


def some(names: Iterable[str], most: int, count: int = 0) -> str:
    """`a, b and 3 more`: at most `most` of the names; `count` says how many there are where not all are given."""
    known = list(names)
    more = max(count, len(known)) - most
    return ", ".join(known[:most]) + (f" and {more:,} more" if more > 0 else "")
