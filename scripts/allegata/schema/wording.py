"""Numbers and lists as reports, cards and the command line write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def some(names: Iterable[str], most: int, count: int = 0) -> str:
    """`a, b and 3 more`: at most `most` of the names; `count` says how many there are where not all are given."""
    known = list(names)
    more = max(count, len(known)) - most
    return ", ".join(known[:most]) + (f" and {more:,} more" if more > 0 else "")


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def number(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 pass`, `2 passes`; the plural of `one` is `many`, or has an s."""
    return f"{thousands(count)} {noun(count, one, many)}"


def noun(count: int, one: str, many: str = "") -> str:
    """The noun of a number that stands elsewhere, as `number` has it."""
    return one if count == 1 else many or one + "s"


def thousands(count: int) -> str:
    """A number with commas at the thousands."""
    return f"{count:,}"
