"""Scores of one label a row: positive class, per label, macro, weighted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from allegata.measures.matching import PRF


def per_label(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str] | None = None) -> dict[str, PRF]:
    """Counts of each label; by default of every label that stands in `gold` or `predicted`."""
    found, right = Counter(predicted), Counter(gold)
    both = Counter(g for g, p in zip(gold, predicted, strict=True) if g == p)
    names = labels if labels is not None else sorted(found | right)
    return {label: PRF(both[label], found[label] - both[label], right[label] - both[label]) for label in names}


def macro_f1(scores: dict[str, PRF]) -> float | None:
    """Unweighted mean F1 of the labels whose F1 is defined; None where none is."""
    defined = [score.f1 for score in scores.values() if score.f1 is not None]
    return sum(defined) / len(defined) if defined else None


def weighted_f1(scores: dict[str, PRF]) -> float | None:
    """Mean F1 of the labels, weighted by how often gold has each (scikit-learn's `weighted`)."""
    total = sum(score.tp + score.fn for score in scores.values())
    if not total:
        return None
    return sum((score.f1 or 0.0) * (score.tp + score.fn) for score in scores.values()) / total


def accuracy(gold: Sequence[str], predicted: Sequence[str]) -> float | None:
    """Share of rows with the right label; None of no rows."""
    return sum(g == p for g, p in zip(gold, predicted, strict=True)) / len(gold) if gold else None
