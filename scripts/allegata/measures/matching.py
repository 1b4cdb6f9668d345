"""Comparing two sets of labelled spans: the counts, the alignment, and the scores that follow from them.

Both the benchmark (gold against a system) and agreement (annotator against annotator) stand on this file.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from allegata.text.spans import Span

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class PRF:
    """Counts of one comparison; scores of several comparisons are pooled by adding them (micro average).

    A score whose denominator is empty is undefined (`None`), never 0: "nothing was there to find" and
    "nothing was found" are different findings. Counts are floats because a partial match may count a half.
    """

    tp: float = 0
    fp: float = 0
    fn: float = 0

    def __add__(self, other: PRF) -> PRF:
        return PRF(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float | None:
        """tp / (tp + fp); None where nothing was predicted."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """tp / (tp + fn); None where there was nothing to find."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """2 tp / (2 tp + fp + fn); None where there was nothing to find and nothing was predicted."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None


class LabelledSpan(NamedTuple):
    """A label on one or more segments of a text, sorted and disjoint; two are equal if all segments are."""

    segments: tuple[Span, ...]
    label: str

    @classmethod
    def of(cls, label: str, *segments: tuple[int, int]) -> LabelledSpan:
        """The span with these half-open segments, in any order."""
        return cls(tuple(sorted(Span(*segment) for segment in segments)), label)

    @property
    def hull(self) -> Span:
        """From the first to the last code point."""
        return Span(self.segments[0].start, max(segment.end for segment in self.segments))

    def shared(self, other: LabelledSpan) -> int:
        """Number of code points the two spans share."""
        return sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in self.segments for b in other.segments)


class Pair(NamedTuple):
    """One aligned pair; `gold` or `predicted` is None where a span has no counterpart."""

    gold: LabelledSpan | None
    predicted: LabelledSpan | None


@dataclass(frozen=True)
class Semeval:
    """Counts of one SemEval-2013 Task 9 scheme (Segura-Bedmar et al. 2013, after MUC-5)."""

    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    spurious: int = 0

    def __add__(self, other: Semeval) -> Semeval:
        return Semeval(
            self.correct + other.correct,
            self.incorrect + other.incorrect,
            self.partial + other.partial,
            self.missed + other.missed,
            self.spurious + other.spurious,
        )

    @property
    def prf(self) -> PRF:
        """The counts as tp/fp/fn, a partial match counting a half on either side."""
        tp = self.correct + 0.5 * self.partial
        return PRF(
            tp,
            self.correct + self.incorrect + self.partial + self.spurious - tp,
            self.correct + self.incorrect + self.partial + self.missed - tp,
        )


SCHEMES = ("strict", "exact", "partial", "type")


def _components(
    gold: Sequence[LabelledSpan], predicted: Sequence[LabelledSpan]
) -> list[tuple[list[LabelledSpan], list[LabelledSpan]]]:
    """Groups of spans whose hulls overlap in a chain: spans of different groups cannot match."""
    groups: list[tuple[list[LabelledSpan], list[LabelledSpan]]] = []
    end = -1
    marked = [(span.hull, span, 0) for span in gold] + [(span.hull, span, 1) for span in predicted]
    for hull, span, side in sorted(marked):
        if hull.start >= end:
            groups.append(([], []))
        groups[-1][side].append(span)
        end = max(end, hull.end)
    return groups


def _assign(gold: list[LabelledSpan], predicted: list[LabelledSpan]) -> list[tuple[LabelledSpan, LabelledSpan]]:
    """The lexicographically best matching of one group, as one assignment problem with tiered weights."""
    if len(gold) == len(predicted) == 1:
        return [(gold[0], predicted[0])] if gold[0].shared(predicted[0]) else []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    shared = np.array([[g.shared(p) for p in predicted] for g in gold], dtype=np.int64)
    same_label = np.array([[g.label == p.label for p in predicted] for g in gold])
    same_place = np.array([[g.segments == p.segments for p in predicted] for g in gold])
    pairs = min(shared.shape)
    tier = int(shared.max()) * pairs + 1  # more than all shared code points together
    weight = np.where(same_place, tier * (pairs + 1) ** 2, np.where(same_label, tier * (pairs + 1), tier)) + shared
    weight[shared == 0] = 0
    rows, columns = linear_sum_assignment(weight, maximize=True)
    return [
        (gold[row], predicted[column]) for row, column in zip(rows, columns, strict=True) if shared[row, column] > 0
    ]


def align(gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan]) -> list[Pair]:
    """The one alignment that every scheme is read from. Each span is in exactly one pair.

    The rule, in this order: as many pairs as possible with equal segments and label; then with equal
    segments; then overlapping with an equal label; then overlapping; then the most shared code points. So an
    exact match is never lost to an overlap that comes first, nested spans each find their own counterpart,
    and the order of the input does not matter. Repeated spans count as often as they stand there.
    """
    left, right = Counter(list(gold)), Counter(list(predicted))
    equal = left & right
    pairs = [Pair(span, span) for span in equal.elements()]
    golds, systems = sorted((left - equal).elements()), sorted((right - equal).elements())
    for group_gold, group_predicted in _components(golds, systems):
        matched = _assign(group_gold, group_predicted) if group_gold and group_predicted else []
        pairs += [Pair(g, p) for g, p in matched]
        pairs += [Pair(g, None) for g in (Counter(group_gold) - Counter(g for g, _ in matched)).elements()]
        pairs += [Pair(None, p) for p in (Counter(group_predicted) - Counter(p for _, p in matched)).elements()]
    return sorted(pairs, key=lambda pair: (pair.gold or pair.predicted, pair.gold is None))


def semeval(pairs: Iterable[Pair]) -> dict[str, Semeval]:
    """Counts of the four schemes of SemEval-2013 from an alignment.

    strict: segments and label equal; exact: segments equal; partial: segments equal, or overlapping (half);
    type: overlapping with an equal label.
    """
    counts: dict[str, Counter[str]] = {scheme: Counter() for scheme in SCHEMES}
    for gold, predicted in pairs:
        if gold is None or predicted is None:
            outcome = dict.fromkeys(SCHEMES, "missed" if predicted is None else "spurious")
        else:
            place, label = gold.segments == predicted.segments, gold.label == predicted.label
            outcome = {
                "strict": "correct" if place and label else "incorrect",
                "exact": "correct" if place else "incorrect",
                "partial": "correct" if place else "partial",
                "type": "correct" if label else "incorrect",
            }
        for scheme, value in outcome.items():
            counts[scheme][value] += 1
    return {scheme: Semeval(**counts[scheme]) for scheme in SCHEMES}


def exact_prf(gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan]) -> dict[str, PRF]:
    """Per label: spans with equal label and equal segments (all segments of a discontinuous span)."""
    left, right = Counter(list(gold)), Counter(list(predicted))
    scores: dict[str, PRF] = defaultdict(PRF)
    for span in sorted(left | right):
        both = min(left[span], right[span])
        scores[span.label] += PRF(both, right[span] - both, left[span] - both)
    return dict(scores)


def partial_prf(gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan]) -> dict[str, PRF]:
    """Per label, each label aligned for itself: SemEval-2013 partial (an overlap counts a half)."""
    left, right = list(gold), list(predicted)
    return {
        label: semeval(align([s for s in left if s.label == label], [s for s in right if s.label == label]))[
            "partial"
        ].prf
        for label in sorted({span.label for span in left + right})
    }


def tokens(text: str) -> list[Span]:
    """Word tokens: runs of letters and digits, and every other non-blank character by itself."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def covered_tokens(spans: Iterable[LabelledSpan], words: Sequence[Span]) -> dict[str, set[int]]:
    """Per label the indices of the tokens that a span of it touches."""
    from bisect import bisect_left, bisect_right

    starts, ends = [word.start for word in words], [word.end for word in words]
    covered: dict[str, set[int]] = defaultdict(set)
    for span in spans:
        for segment in span.segments:
            covered[span.label].update(range(bisect_right(ends, segment.start), bisect_left(starts, segment.end)))
    return dict(covered)


def token_prf(gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan], words: Sequence[Span]) -> dict[str, PRF]:
    """Per label: tokens inside a gold span against tokens inside a predicted span."""
    left, right = covered_tokens(gold, words), covered_tokens(predicted, words)
    empty: set[int] = set()
    return {
        label: PRF(
            len(left.get(label, empty) & right.get(label, empty)),
            len(right.get(label, empty) - left.get(label, empty)),
            len(left.get(label, empty) - right.get(label, empty)),
        )
        for label in sorted(left.keys() | right.keys())
    }
