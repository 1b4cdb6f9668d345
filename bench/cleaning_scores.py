"""Three public protocols that score the text taken from a web page.

`SHINGLES`: precision, recall and F1 over 4-grams of words, each page weighing the same, as evaluate.py of
scrapinghub/article-extraction-benchmark defines them. `SNIPPETS`: strings that must, and must not, be in the text,
counted over all pages, as eval_common.py of trafilatura's evaluation. `WORDS`: precision, recall and F1 of each page
over the multiset of its lower-case words, and their means over pages, as evaluate.py of WCXB (arXiv 2605.21097). All
are rewritten from their description and checked against hand-worked cases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import Any

import numpy as np

_WORD = re.compile(r"\w+")
_SHINGLE = 4


class Protocol(StrEnum):
    """How a data set is scored."""

    SHINGLES = "4-gram shingles"
    SNIPPETS = "with/without snippets"
    WORDS = "word F1"


@dataclass(frozen=True)
class PageReference:
    """What is known of one page: its whole text, strings that must and must not be in it, or both."""

    body: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageCounts:
    """True positives, false positives, false negatives of one page; shares of one for shingles."""

    tp: float
    fp: float
    fn: float
    tn: float = 0.0

    @property
    def f1(self) -> float:
        """F1 of this page alone, 0 to 1: what a confidence foretells. Nothing expected and nothing found is 1."""
        return 2 * self.tp / (2 * self.tp + self.fp + self.fn) if self.tp + self.fp + self.fn else 1.0


@dataclass(frozen=True)
class Scores:
    """Precision, recall and F1, 0 to 1. An undefined ratio counts as 0."""

    precision: float
    recall: float
    f1: float


def count_page(text: str, reference: PageReference, protocol: Protocol) -> PageCounts:
    """The counts of one page."""
    if protocol is Protocol.SNIPPETS:
        return _snippets(text, reference)
    if protocol is Protocol.WORDS:
        return _overlap(Counter(_WORD.findall(text.lower())), Counter(_WORD.findall((reference.body or "").lower())))
    counts = _overlap(_shingles(text), _shingles(reference.body or ""))
    total = counts.tp + counts.fp + counts.fn  # a long page weighs no more than a short one
    return PageCounts(counts.tp / total, counts.fp / total, counts.fn / total) if total else counts


def score(counts: Sequence[PageCounts], protocol: Protocol) -> Scores:
    """Scores over pages. `SNIPPETS` pools the counts; the others take the mean over pages of precision and recall.

    `SHINGLES` leaves out pages where a ratio is undefined and makes F1 of the two means; `WORDS` has 1 for a page
    without words of which nothing was taken and 0 for any other undefined ratio, and F1 is a mean over pages.
    """
    if protocol is Protocol.WORDS:
        precision = fmean(_ratio(c.tp, c.fp, c) for c in counts)
        recall = fmean(_ratio(c.tp, c.fn, c) for c in counts)
        return Scores(precision, recall, fmean(c.f1 for c in counts))
    if protocol is Protocol.SHINGLES:
        precision = fmean([c.tp / (c.tp + c.fp) for c in counts if c.tp + c.fp] or [0.0])
        recall = fmean([c.tp / (c.tp + c.fn) for c in counts if c.tp + c.fn] or [0.0])
    else:
        tp, fp, fn = (sum(getattr(c, name) for c in counts) for name in ("tp", "fp", "fn"))
        precision = tp / (tp + fp) if tp + fp else 0.0
        recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Scores(precision, recall, f1)


def interval_of_difference(
    ours: Sequence[PageCounts], other: Sequence[PageCounts], protocol: Protocol, *, draws: int = 2_000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of F1 of ours less F1 of `other`: paired bootstrap, pages drawn with replacement.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile interval. Both draw the same pages.
    """
    pages = len(ours)
    drawn = np.random.default_rng(seed).multinomial(pages, np.full(pages, 1 / pages), size=draws)
    difference = _drawn_f1(ours, drawn, protocol) - _drawn_f1(other, drawn, protocol)
    low, high = np.percentile(difference, [2.5, 97.5])
    return float(low), float(high)


def _drawn_f1(counts: Sequence[PageCounts], drawn: np.ndarray, protocol: Protocol) -> np.ndarray:
    """F1 of each draw: `score` on pages that stand in it as often as `drawn` (draws, pages) says."""
    if protocol is Protocol.WORDS:
        return np.asarray(drawn @ np.array([c.f1 for c in counts]) / len(counts))
    tp, fp, fn = (np.array([getattr(c, name) for c in counts], float) for name in ("tp", "fp", "fn"))
    if protocol is Protocol.SNIPPETS:
        pooled = 2 * (drawn @ tp)
        return np.asarray(_share(pooled, pooled + drawn @ fp + drawn @ fn))
    precision = _share(drawn @ _share(tp, tp + fp), drawn @ (tp + fp > 0))
    recall = _share(drawn @ _share(tp, tp + fn), drawn @ (tp + fn > 0))
    return _share(2 * precision * recall, precision + recall)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    shares: np.ndarray = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return shares


def share_found(text: str, strings: Sequence[str]) -> float:
    """The share of `strings` in `text`, whatever the case, as WCXB counts it: 1 where there are none."""
    text = text.lower()
    return fmean([one.lower() in text for one in strings] or [1.0])


def _snippets(text: str, reference: PageReference) -> PageCounts:
    text = _spaced(text)
    tp = sum(_spaced(snippet) in text for snippet in reference.wanted)
    fp = sum(_spaced(snippet) in text for snippet in reference.unwanted)
    return PageCounts(tp, fp, len(reference.wanted) - tp, len(reference.unwanted) - fp)


def _ratio(tp: float, wrong: float, page: PageCounts) -> float:
    return tp / (tp + wrong) if tp + wrong else float(not page.tp + page.fp + page.fn)


def _overlap(found: Counter[Any], true: Counter[Any]) -> PageCounts:
    tp = (found & true).total()
    return PageCounts(tp, found.total() - tp, true.total() - tp)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def _spaced(text: str) -> str:
    """One blank for several, and no soft hyphens: some extractors keep them, and some golds have them."""
    return " ".join(text.replace("\u00ad", "").split())
