"""Two public protocols that score the text taken from a web page.

`shingles`: precision, recall and F1 over 4-grams of words, each page weighing the same, as evaluate.py of
scrapinghub/article-extraction-benchmark defines them. `snippets`: strings that must, and must not, be in the
text, counted over all pages, as eval_common.py of trafilatura's evaluation. Both are rewritten from their
description and checked against hand-worked cases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

_WORD = re.compile(r"\w+")
_SHINGLE = 4


@dataclass(frozen=True)
class PageReference:
    """What is known of one page: its whole text, or strings that must and must not be in it."""

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


@dataclass(frozen=True)
class Scores:
    """Precision, recall and F1, 0 to 1. An undefined ratio counts as 0."""

    precision: float
    recall: float
    f1: float


def count_page(text: str, reference: PageReference) -> PageCounts:
    """The counts of one page by the protocol its reference is made for."""
    return _shingles(text, reference.body) if reference.body is not None else _snippets(text, reference)


def score(counts: Sequence[PageCounts], *, shingles: bool) -> Scores:
    """Scores over pages: the mean over pages for shingles, pooled counts for snippets."""
    if shingles:
        precision = fmean([c.tp / (c.tp + c.fp) for c in counts if c.tp + c.fp] or [0.0])
        recall = fmean([c.tp / (c.tp + c.fn) for c in counts if c.tp + c.fn] or [0.0])
    else:
        tp, fp, fn = (sum(getattr(c, name) for c in counts) for name in ("tp", "fp", "fn"))
        precision = tp / (tp + fp) if tp + fp else 0.0
        recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Scores(precision, recall, f1)


def _shingles(text: str, body: str) -> PageCounts:
    found, true = _count(text), _count(body)
    tp = sum((found & true).values())
    fp, fn = sum((found - true).values()), sum((true - found).values())
    total = tp + fp + fn  # a long page weighs no more than a short one
    return PageCounts(tp / total, fp / total, fn / total) if total else PageCounts(0, 0, 0)


def _count(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def _snippets(text: str, reference: PageReference) -> PageCounts:
    text = _spaced(text)
    tp = sum(_spaced(snippet) in text for snippet in reference.wanted)
    fp = sum(_spaced(snippet) in text for snippet in reference.unwanted)
    return PageCounts(tp, fp, len(reference.wanted) - tp, len(reference.unwanted) - fp)


def _spaced(text: str) -> str:
    return " ".join(text.split())
