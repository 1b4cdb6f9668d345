"""A foreign data set in our tables, and the traps of it that were met on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class Notice:
    """A trap of a data set that was met and handled: what, how often, where first."""

    what: str
    count: int
    where: tuple[str, ...]

    def __str__(self) -> str:
        places = ", ".join(self.where[:3]) + (" …" if len(self.where) > 3 else "")
        return f"{self.count} × {self.what} ({places})"


class Notices:
    """Counts the traps of an import; `sorted()` gives them in a fixed order."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = defaultdict(list)

    def add(self, what: str, where: str) -> None:
        """Note one occurrence."""
        self._places[what].append(where)

    def sorted(self) -> tuple[Notice, ...]:
        """One notice a kind, by its text."""
        return tuple(
            Notice(what, len(places), tuple(sorted(set(places)))) for what, places in sorted(self._places.items())
        )


@dataclass(frozen=True)
class Imported:
    """Tables of our schema by name, and the traps that were met on the way.

    `splits` says of an article in which split the data set has it; others are to train.
    """

    tables: Mapping[str, pa.Table]
    notices: tuple[Notice, ...]
    splits: Mapping[str, str] = field(default_factory=dict)
