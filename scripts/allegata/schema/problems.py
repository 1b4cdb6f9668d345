"""The problem report: every fault of an input at once, sorted, each with its place and its cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault of the data: where it is, what is wrong, what to do about it.

    `file` is relative to the project; `line` counts from 1; `span` is half-open in code points.
    """

    what: str
    fix: str
    file: str = ""
    article_id: str = ""
    line: int | None = None
    span: tuple[int, int] | None = None

    @property
    def sort_key(self) -> tuple[str, int, str, tuple[int, int], str]:
        """Order of the report: file, line, article, span, text."""
        return (self.file, self.line or 0, self.article_id, self.span or (0, 0), self.what)

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "")
        within = " ".join(
            part for part in (self.article_id, f"[{self.span[0]},{self.span[1]})" if self.span else "") if part
        )
        return ": ".join(part for part in (place, within, self.what) if part) + f"\n    → {self.fix}"


class ProblemsFound(Exception):  # noqa: N818 - it reports the state of the data, not of the program
    """Raised once with all problems of an input. `str()` is the whole report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: problem.sort_key))
        super().__init__("\n".join(map(str, self.problems)))


class UsageError(Exception):
    """The call is wrong, not the data: one sentence with what is wrong, where, and what to do."""


class Problems:
    """Collects problems; nothing is raised until the whole input has been read."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, problem: Problem) -> None:
        """Note one problem."""
        self._found.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems."""
        self._found.extend(problems)

    def raise_if_any(self) -> None:
        """Raise `ProblemsFound` with everything noted so far, or do nothing."""
        if self._found:
            raise ProblemsFound(self._found)
