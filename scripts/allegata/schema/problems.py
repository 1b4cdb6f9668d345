"""The problem report: every fault of an input at once, sorted, each with its place and its cure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from allegata.schema.visible import shortened, visible
from allegata.schema.wording import number

_MOST = 4_000  # characters of a statement or a cure, which may quote the data: more is no help on a screen
_MOST_OF_A_LINE = 100  # problems that are shown of a line of a file, which may hold a list of a hundred thousand


@dataclass(frozen=True)
class Problem:
    """One fault of the data: where it is, what is wrong, what to do about it.

    `file` is relative to the project; `line` and `column`, in code points of the line, count from 1; `span` is
    half-open in code points.
    """

    what: str
    fix: str
    file: str = ""
    article_id: str = ""
    line: int | None = None
    span: tuple[int, int] | None = None
    column: int | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str, tuple[int, int], str, str]:
        """Order of the report: file, line, column, article, span, text, cure: of two that differ one is first."""
        line, column = self.line or 0, self.column or 0
        return (self.file, line, column, self.article_id, self.span or (0, 0), self.what, self.fix)

    def statement(self) -> str:
        """Where it is and what is wrong, in one line whatever the data holds."""
        place = ":".join(str(part) for part in (self.file, self.line, self.line and self.column) if part)
        within = " ".join(
            part for part in (self.article_id, f"[{self.span[0]},{self.span[1]})" if self.span else "") if part
        )
        return _shown(": ".join(part for part in (place, within, self.what) if part))

    def __str__(self) -> str:
        return f"{self.statement()}\n    → {_shown(self.fix)}"


def _shown(text: str) -> str:
    return visible(shortened(text, _MOST))


def report(problems: Sequence[Problem]) -> str:
    """The text of sorted problems, nothing said twice in a row.

    What is wrong with several files as a whole in the same words stands once, with the list of them; a cure that
    problems in succession share stands after the last of them. Of a line with very many the first ones are shown.
    """
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in _without_most(problems):
        within = (problem.line, problem.article_id, problem.span)
        whole = problem.file and within == (None, "", None)
        groups.setdefault((problem.what, problem.fix) if whole else (problem,), []).append(problem)
    lines = []
    for group, following in zip_longest(groups.values(), list(groups.values())[1:]):
        first = group[0]
        if len(group) == 1:
            lines.append(first.statement())
        else:
            lines += [
                f"{len(group)} files: {_shown(first.what)}",
                *(f"    {_shown(problem.file)}" for problem in group),
            ]
        if following is None or following[0].fix != first.fix:
            lines.append(f"    → {_shown(first.fix)}")
    return "\n".join(lines)


def _without_most(problems: Sequence[Problem]) -> Iterator[Problem]:
    for (file, line), of_a_line in groupby(problems, lambda problem: (problem.file, problem.line)):
        found = list(of_a_line)
        shown = found[: None if line is None else _MOST_OF_A_LINE]
        yield from shown
        if more := len(found) - len(shown):
            yield Problem(f"{number(more, 'more problem')} of this line", "correct the first ones", file, line=line)


class ProblemsFound(Exception):  # noqa: N818 - it reports the state of the data, not of the program
    """Raised once with all problems of an input. `str()` is the whole report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: problem.sort_key))
        super().__init__(report(self.problems))

    def __reduce__(self) -> tuple[type[ProblemsFound], tuple[tuple[Problem, ...]]]:
        """What it is made of again, in another process: an exception would be made of its text."""
        return type(self), (self.problems,)


class UsageError(Exception):
    """A usage error, not a fault of the data: one sentence with what is wrong, where, and what to do."""


class MissingExtraError(UsageError):
    """A package that an extra brings is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'allegata[{extra}]'")
        self.package, self.extra = package, extra

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        """What it is made of again, in another process."""
        return type(self), (self.package, self.extra)


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

    @property
    def found(self) -> tuple[Problem, ...]:
        """Everything noted so far, in the order of the report."""
        return tuple(sorted(set(self._found), key=lambda problem: problem.sort_key))

    def raise_if_any(self) -> None:
        """Raise `ProblemsFound` with everything noted so far, or do nothing."""
        if self._found:
            raise ProblemsFound(self._found)
