"""The cleaning benchmark: a folder of pages, scored for us and for every public extractor in the same run.

Pages that our judge learned from are no figure: with `Cleaner.folds` each is judged by one that did not see its site.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from allegata.schema.problems import Problem, ProblemsFound
from bench.cleaning_pages import ARTICLE, PageSet, TestPage, digest_line
from bench.cleaning_scores import PageCounts, Protocol, Scores, count_page, score, share_found
from bench.extractors import Extractor, Public, Taken, available, parse_only, take
from bench.ours import Cleaner

OURS = "allegata"
# Digest of a data set -> least F1 of ours on its articles. Written by `pin`.
FLOORS = Path(__file__).with_name("cleaning_floors.json")
# A pinned floor lies this far below the figure: another libxml2 parses some pages otherwise.
_SLACK = 0.002
# A page is lost where ours is below the first and a public extractor at the second F1 or above.
LOST, FOUND = 0.3, 0.7
_FIX = "run `allegata clean` on the pages that lost, correct the rule, and run it again"


@dataclass(frozen=True)
class SystemResult:
    """One extractor on every page, in the order of the pages: counts, confidence where it gives one, and the shares of
    strings found that must, and must not, be there. `seconds` of CPU time in all, pages without text, and the pages
    that it fails on."""

    name: str
    counts: tuple[PageCounts, ...]
    confidences: tuple[float | None, ...]
    found: tuple[tuple[float, float], ...]
    seconds: float
    empty: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class CleaningReport:
    """All extractors on one data set, ours first. `digest` names the data, `parse` is the CPU time of the parse.

    `learned`: our judge learned from these pages, so ours is no figure.
    """

    digest: str
    pages: tuple[TestPage, ...]
    protocol: Protocol
    systems: tuple[SystemResult, ...]
    parse: float
    learned: bool = False

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of page, articles first. The first decides; the others are reported."""
        return tuple(sorted({page.kind for page in self.pages}, key=lambda kind: (kind != ARTICLE, kind)))

    def counts(self, system: SystemResult, kind: str) -> list[PageCounts]:
        """The counts of the pages of one kind."""
        return [counts for page, counts in zip(self.pages, system.counts, strict=True) if page.kind == kind]

    def scores(self, system: SystemResult, kind: str | None = None) -> Scores:
        """The scores of one system on the pages of one kind (the first)."""
        counts = self.counts(system, kind or self.kinds[0])
        return score(counts, self.protocol) if counts else Scores(0.0, 0.0, 0.0)

    def best_other(self, kind: str) -> SystemResult | None:
        """The public extractor with the highest F1."""
        others = self.systems[1:]
        return max(others, key=lambda other: self.scores(other, kind).f1) if others else None

    def lost(self) -> list[tuple[TestPage, float, SystemResult, float]]:
        """The pages that ours misses though a public extractor has them: page, F1, the best other, its F1."""
        found = []
        ours, *others = self.systems
        for at, page in enumerate(self.pages):
            best = max(others, key=lambda other: other.counts[at].f1, default=None)
            if best and ours.counts[at].f1 < LOST and best.counts[at].f1 >= FOUND:
                found.append((page, ours.counts[at].f1, best, best.counts[at].f1))
        return found

    def problems(self) -> list[Problem]:
        """Ours below its floor, or below an extractor of the same run, on articles; and every page lost."""
        ours, *others = self.systems
        found = []
        if self.learned:
            found.append(Problem("the judge learned from these pages", "give --folds, judges of other sites' pages"))
        floor = json.loads(FLOORS.read_text(encoding="utf-8")).get(self.digest, {}).get("f1")
        own = self.scores(ours).f1
        if floor is not None and own < floor:
            found.append(Problem(f"F1 {own:.4f} is below its floor {floor:.4f}", _FIX))
        for other in others:
            if (its := self.scores(other).f1) > own:
                found.append(Problem(f"{other.name} scores {its:.4f}, ours {own:.4f}", _FIX))
        for page, f1, best, its in self.lost():
            found.append(Problem(f"F1 {f1:.2f} on this page where {best.name} has {its:.2f}", _FIX, file=page.name))
        return found

    def check(self) -> None:
        """Raises `ProblemsFound` if ours fell below its floor or another extractor, or loses a page."""
        if problems := self.problems():
            raise ProblemsFound(problems)


def run_cleaning(
    pages: PageSet, ours: Extractor | Cleaner, others: Mapping[str, Public] | None = None, memory: Path | None = None
) -> CleaningReport:
    """Score `ours` and the installed public extractors on `pages`, one page in memory at a time.

    `memory`: the folder that remembers what public extractors took. An extractor that raises on a page is scored with
    an empty text there and the page is named.
    """
    public = available() if others is None else others
    if memory:
        for name, one in public.items():
            one.remember(memory, name)
    taken: dict[str, list[_Scored]] = {name: [] for name in (OURS, *public)}
    digest, parse = hashlib.sha256(), 0.0
    first = pages.pages[0].read()
    for extractor in (
        _for_page(ours, pages.pages[0]),
        parse_only,
    ):  # what a library does once, for its first page, is no page's time
        take(extractor, first)
    for page in pages.pages:
        content = page.read()
        digest.update(digest_line(page, content))
        parse += take(parse_only, content).seconds
        taken[OURS].append(_scored(take(_for_page(ours, page), content), page, pages.protocol))
        for name, one in public.items():
            taken[name].append(_scored(one.take(content), page, pages.protocol))
    systems = tuple(_result(name, scored, pages.pages) for name, scored in taken.items())
    name = digest.hexdigest()
    learned = isinstance(ours, Cleaner) and ours.learned_from(name)
    return CleaningReport(name, pages.pages, pages.protocol, systems, parse, learned)


def _for_page(ours: Extractor | Cleaner, page: TestPage) -> Extractor:
    return ours.of(page) if isinstance(ours, Cleaner) else ours


@dataclass(frozen=True)
class _Scored:
    counts: PageCounts
    confidence: float | None
    found: tuple[float, float]
    seconds: float
    empty: bool
    failed: bool


def _scored(taken: Taken, page: TestPage, protocol: Protocol) -> _Scored:
    text, gold = taken.text or "", page.reference
    found = (share_found(text, gold.wanted), share_found(text, gold.unwanted))
    counts = count_page(text, gold, protocol)
    return _Scored(counts, taken.confidence, found, taken.seconds, not text.strip(), taken.text is None)


def _result(name: str, scored: list[_Scored], pages: tuple[TestPage, ...]) -> SystemResult:
    return SystemResult(
        name,
        tuple(one.counts for one in scored),
        tuple(one.confidence for one in scored),
        tuple(one.found for one in scored),
        sum(one.seconds for one in scored),
        sum(one.empty for one in scored),
        tuple(page.name for page, one in zip(pages, scored, strict=True) if one.failed),
    )


def pin(report: CleaningReport, floors: Path | None = None, *, lower: bool = False) -> float:
    """Make the figure of `report`, less a little, the floor of its data, and return it.

    Raises `ProblemsFound` if that lowers a floor and `lower` does not allow it.
    """
    if report.learned:
        raise ProblemsFound(report.problems()[:1])
    path = floors or FLOORS
    pinned = json.loads(path.read_text(encoding="utf-8"))
    before = pinned.get(report.digest, {}).get("f1", 0.0)
    floor = round(max(0.0, report.scores(report.systems[0]).f1 - _SLACK), 4)
    if floor < before and not lower:
        what = f"would lower the floor of data {report.digest[:16]} from {before:.4f} to {floor:.4f}"
        raise ProblemsFound([Problem(what, "correct the rules, or say --lower and why in the commit", file=path.name)])
    pinned[report.digest] = {"pages": len(report.pages), "f1": floor}
    path.write_text(json.dumps(dict(sorted(pinned.items())), indent=2) + "\n", encoding="utf-8")
    return floor
