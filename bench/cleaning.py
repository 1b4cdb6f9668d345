"""The cleaning benchmark: a folder of pages, scored for us and for every public extractor in the same run.

Pages with an odd index count as unseen, those with an even one as tuned on: position in the index file, from 0.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from allegata.schema.problems import Problem, ProblemsFound
from bench.cleaning_pages import ARTICLE, PageSet, TestPage
from bench.cleaning_scores import PageCounts, Protocol, Scores, count_page, score, share_found
from bench.extractors import Extractor, Public, Taken, available, parse_only, take

OURS = "allegata"
# Digest of a data set -> least F1 of ours on its odd pages. Written by `pin`.
FLOORS = Path(__file__).with_name("cleaning_floors.json")
# A pinned floor lies this far below the figure: another libxml2 parses some pages otherwise.
_SLACK = 0.002
# A page is lost where ours is below the first and a public extractor at the second F1 or above.
LOST, FOUND = 0.3, 0.7
UNSEEN, TUNING, ALL = slice(1, None, 2), slice(0, None, 2), slice(None)
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
    """All extractors on one data set, ours first. `digest` names the data, `parse` is the CPU time of the parse."""

    digest: str
    pages: tuple[TestPage, ...]
    protocol: Protocol
    systems: tuple[SystemResult, ...]
    parse: float

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of page, articles first. The first decides; the others are reported."""
        return tuple(sorted({page.kind for page in self.pages}, key=lambda kind: (kind != ARTICLE, kind)))

    def counts(self, system: SystemResult, kind: str, half: slice = ALL) -> list[PageCounts]:
        """The counts of the pages of one kind in one half."""
        pairs = list(zip(self.pages, system.counts, strict=True))[half]
        return [counts for page, counts in pairs if page.kind == kind]

    def scores(self, system: SystemResult, kind: str | None = None, half: slice = ALL) -> Scores:
        """The scores of one system on the pages of one kind (the first) in one half."""
        counts = self.counts(system, kind or self.kinds[0], half)
        return score(counts, self.protocol) if counts else Scores(0.0, 0.0, 0.0)

    def best_other(self, kind: str, half: slice = ALL) -> SystemResult | None:
        """The public extractor with the highest F1."""
        others = self.systems[1:]
        return max(others, key=lambda other: self.scores(other, kind, half).f1) if others else None

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
        floor = json.loads(FLOORS.read_text(encoding="utf-8")).get(self.digest, {}).get("f1")
        unseen, own = self.scores(ours, half=UNSEEN).f1, self.scores(ours).f1
        if floor is not None and unseen < floor:
            found.append(Problem(f"F1 {unseen:.4f} on the unseen half is below its floor {floor:.4f}", _FIX))
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
    pages: PageSet, ours: Extractor, others: Mapping[str, Public] | None = None, memory: Path | None = None
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
    for extractor in (ours, parse_only):  # what a library does once, for its first page, is no page's time
        take(extractor, first)
    for page in pages.pages:
        content = page.read()
        digest.update(f"{page.name}\0{hashlib.sha256(content).hexdigest()}\0{page.reference}\n".encode())
        parse += take(parse_only, content).seconds
        taken[OURS].append(_scored(take(ours, content), page, pages.protocol))
        for name, one in public.items():
            taken[name].append(_scored(one.take(content), page, pages.protocol))
    systems = tuple(_result(name, scored, pages.pages) for name, scored in taken.items())
    return CleaningReport(digest.hexdigest(), pages.pages, pages.protocol, systems, parse)


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
    path = floors or FLOORS
    pinned = json.loads(path.read_text(encoding="utf-8"))
    before = pinned.get(report.digest, {}).get("f1", 0.0)
    floor = round(max(0.0, report.scores(report.systems[0], half=UNSEEN).f1 - _SLACK), 4)
    if floor < before and not lower:
        what = f"would lower the floor of data {report.digest[:16]} from {before:.4f} to {floor:.4f}"
        raise ProblemsFound([Problem(what, "correct the rules, or say --lower and why in the commit", file=path.name)])
    pinned[report.digest] = {"pages": len(report.pages), "f1": floor}
    path.write_text(json.dumps(dict(sorted(pinned.items())), indent=2) + "\n", encoding="utf-8")
    return floor
