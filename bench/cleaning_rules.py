"""What each rule takes from the pages of a cleaning benchmark, by the line: how many of them its gold wants."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from allegata.recipe.article import decided_page
from allegata.schema.problems import ProblemsFound
from bench.cleaning_pages import PageSet, TestPage
from bench.ours import Cleaner
from bench.train_judge import example

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 4  # of a line that counts: the gold of shorter ones is chance
KEPT = "kept"


@dataclass(frozen=True)
class TakenLine:
    """A line of a page that its gold says something of: which rule took it, for what reason (`KEPT` and the zone where
    none did), by what evidence, and whether it is `wanted`."""

    page: TestPage
    rule: str
    reason: str
    evidence: str
    wanted: bool
    text: str


@dataclass(frozen=True)
class RulesReport:
    """The lines of all pages, in their order."""

    lines: tuple[TakenLine, ...]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of page."""
        return tuple(sorted({line.page.kind for line in self.lines}))

    def table(self) -> str:
        """For each rule and reason: pages, lines, and of those the wanted ones, by kind of page."""
        rows = sorted({(line.rule == KEPT, line.rule, line.reason) for line in self.lines})
        head = "".join(f" {kind:>18}" for kind in self.kinds)
        found = [f"{'rule':16} {'reason':22} {'pages':>5} {'lines':>6} {'wanted':>6} {'share':>6}{head}"]
        found += [self._row(rule, reason) for _, rule, reason in rows]
        return "".join(f"{line}\n" for line in found)

    def _row(self, rule: str, reason: str) -> str:
        own = [line for line in self.lines if (line.rule, line.reason) == (rule, reason)]
        wanted = sum(line.wanted for line in own)
        counts = Counter((line.page.kind, line.wanted) for line in own)
        kinds = "".join(
            f" {counts[kind, True]:>9}/{counts[kind, True] + counts[kind, False]:<8}" for kind in self.kinds
        )
        pages = len({line.page.name for line in own})
        return f"{rule:16} {reason:22} {pages:5} {len(own):6} {wanted:6} {wanted / len(own):6.2f}{kinds}".rstrip()

    def wrong_lines(self) -> str:
        """Every wanted line that a rule took, the judge's own aside."""
        wrong = (
            line for line in self.lines if line.wanted and line.rule != KEPT and not line.rule.startswith("judge/")
        )
        return "".join(f"{line.page.name} {line.rule} {line.evidence}: {line.text}\n" for line in wrong)


def run_rules(pages: PageSet, ours: Cleaner) -> RulesReport:
    """Clean every page and look each line up in its gold. A page that is refused, or is too large to compare with its
    gold, has none."""
    return RulesReport(tuple(line for page in pages.pages for line in _lines(page, ours)))


def _lines(page: TestPage, ours: Cleaner) -> Iterator[TakenLine]:
    known = example(page)
    try:
        source_text, decided = decided_page(page.read(), judge=ours.judge(page))
    except ProblemsFound:
        return
    if known is None:
        return
    zones = {block.span.start: zone for block, zone in decided.kept}
    starts = [removal.span.start for removal in decided.removals]
    bounds = zip(known.layout.starts.tolist(), known.layout.ends.tolist(), strict=True)
    for (start, end), wanted, weight in zip(bounds, known.wanted.tolist(), known.weight.tolist(), strict=True):
        text = source_text[start:end]
        if not weight or len(_WORD.findall(text)) < _LEAST_WORDS:
            continue
        at = bisect_right(starts, start) - 1
        if start in zones:
            yield TakenLine(page, KEPT, zones[start], "", bool(wanted), text)
        elif at >= 0 and decided.removals[at].span.end >= end:
            removal = decided.removals[at]
            yield TakenLine(page, removal.rule, removal.reason, removal.evidence, bool(wanted), text)
