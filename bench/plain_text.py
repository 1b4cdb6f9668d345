"""Removals from plain-text pages beside what a reader of each page would remove: precision and recall of characters.

A file of pages is JSON Lines: `id`, `language` (or `kind`) and `lines`, each line with the reason why it leaves or
null. Blanks do not count. A citation marker (`[3]`) in a line that stays counts as removed where the page has a line
of reason `reference_list`.
"""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from allegata.schema.problems import Problem, ProblemsFound

_MARKER = re.compile(r"\[\d{1,2}(?:\s*[,–-]\s*\d{1,2})*\]")
# Names that writers of pages use for reasons of the schema.
SAME = {"comment_section": "comments"}
UNKNOWN = "unknown"  # the reason of a line of which nobody says whether it leaves: it does not count
Removed = Sequence[tuple[int, int, str]]  # start, end, reason
Cleaner = Callable[[str], Removed]


@dataclass
class Counts:
    """Characters rightly removed, wrongly removed and wrongly kept."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Share of the removed characters that had to leave; 1 where nothing was removed."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the characters that had to leave which left; 1 where nothing had to."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True)
class LineError:
    """A line of which at least half the characters were decided wrongly; a reason is None where it stays."""

    page: str
    text: str
    expected: str | None
    decided: str | None


@dataclass
class PlainTextReport:
    """The counts by language and by reason, pages harmed though nothing had to leave them, and the wrong lines."""

    languages: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    reasons: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    harmed: list[str] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    pages: int = 0

    def table(self) -> str:
        """The report as a text table. A reason's recall is that of the lines it is the reason for, however removed."""
        total = Counts(*(sum(getattr(c, k) for c in self.languages.values()) for k in ("right", "wrong", "missed")))
        rows = [("all", total), *sorted(self.languages.items()), ("", None), *sorted(self.reasons.items())]
        lines = [f"{self.pages} pages\n{'':20} {'precision':>9} {'recall':>7} {'right':>7} {'wrong':>6} {'missed':>6}"]
        for name, counts in rows:
            if counts:
                numbers = f"{counts.right:7} {counts.wrong:6} {counts.missed:6}"
                lines.append(f"{name:20} {counts.precision:9.4f} {counts.recall:7.4f} {numbers}")
            else:
                lines.append("")
        lines.append(f"pages with nothing to remove that lost text: {', '.join(self.harmed) or 'none'}")
        return "\n".join(lines) + "\n"

    def error_lines(self) -> str:
        """The wrong lines, in the order of the pages: what was expected, what was decided, the line."""
        return "".join(f"{e.page}: {e.expected or 'stays'} -> {e.decided or 'stays'}: {e.text}\n" for e in self.errors)


def run_plain_text(file: Path, clean: Cleaner | None = None) -> PlainTextReport:
    """Score `clean` (ours, unless given) on the pages of `file`. Raises `ProblemsFound` for lines that are no page."""
    clean = clean or _ours
    report = PlainTextReport()
    for page in read_pages(file):
        _score(page, clean, report)
    return report


def _ours(text: str) -> Removed:
    from allegata.clean.stage import clean_source_text

    return [(r.span.start, r.span.end, r.reason) for r in clean_source_text(text).removals]


def rules_alone(text: str) -> Removed:
    """What leaves if the judge of lines is not asked."""
    from allegata.clean.citations import find_citations
    from allegata.clean.page import Page
    from allegata.clean.stage import block_removals, by_rules
    from allegata.text.blocks import find_blocks

    page, decided, references = by_rules(Page(tuple(find_blocks(text))), [], None)
    removals = (*block_removals(text, page.blocks, decided), *find_citations(text, page, references).removals)
    return [(removal.span.start, removal.span.end, removal.reason) for removal in removals]


class PlainPage(NamedTuple):
    """A page: its id, its language or kind, its lines with the reason why each leaves, and where it is from if others
    may be from there too."""

    id: str
    of: str
    lines: list[tuple[str, str | None]]
    site: str = ""


def read_pages(file: Path) -> list[PlainPage]:
    """The pages of `file`. Raises `ProblemsFound` with every line that is none."""
    problems: list[Problem] = []
    pages = []
    for number, row in enumerate(io.StringIO(file.read_text(encoding="utf-8")), 1):  # a line of text may hold U+2028
        try:
            page = json.loads(row)
            lines = [(str(text), reason) for text, reason in page["lines"]]
            pages.append(PlainPage(str(page["id"]), str(page.get("language") or page.get("kind")), lines))
        except (ValueError, KeyError, TypeError):
            cure = 'write {"id": …, "language": …, "lines": [[text, reason or null], …]}'
            problems.append(Problem("is no page", cure, file=file.name, line=number))
    if problems:
        raise ProblemsFound(problems)
    return pages


def _score(page: PlainPage, clean: Cleaner, report: PlainTextReport) -> None:
    lines = page.lines
    text = "\n".join(line for line, _ in lines)
    decided: list[str | None] = [None] * len(text)
    for start, end, reason in clean(text):
        decided[start:end] = [reason] * (end - start)
    cites = any(reason == "reference_list" for _, reason in lines)
    counts = report.languages[page.of]
    report.pages += 1
    start, lost = 0, 0
    for line, given in lines:
        if given == UNKNOWN:
            start += len(line) + 1
            continue
        expected: list[str | None] = [SAME.get(given, given) if given else None] * len(line)
        if cites and not given:
            for match in _MARKER.finditer(line):
                expected[match.start() : match.end()] = ["citation_marker"] * len(match.group())
        lost += _count(page, line, expected, decided[start : start + len(line)], counts, report)
        start += len(line) + 1
    if lost and not any(reason for _, reason in lines if reason != UNKNOWN):
        report.harmed.append(page.id)


def _count(
    page: PlainPage,
    line: str,
    expected: list[str | None],
    decided: list[str | None],
    counts: Counts,
    report: PlainTextReport,
) -> int:
    seen = wrong = missed = 0
    for character, want, have in zip(line, expected, decided, strict=True):
        if character.isspace():
            continue
        seen += 1
        if want and have:
            counts.right += 1
            report.reasons[want].right += 1
        elif want:
            missed += 1
            report.reasons[want].missed += 1
        elif have:
            wrong += 1
            report.reasons[have].wrong += 1
    counts.wrong += wrong
    counts.missed += missed
    if seen and 2 * (wrong + missed) >= seen:
        firsts = next(filter(None, expected), None), next(filter(None, decided), None)
        report.errors.append(LineError(page.id, line, *firsts))
    return wrong
