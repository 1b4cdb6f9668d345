"""Measures of a ranked list, with the tie rule of the CheckThat! scorer.

The rule (Atanasova et al. 2019, scorer of CLEF-2019 CheckThat! Task 1): lines are ranked by falling score and
equal scores keep the order of the file; average precision is divided by the number of positives of the file;
MAP is the mean over the files, never a pooled list.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

CUTOFFS = (1, 3, 5, 10, 20, 50)


def ranked(labels: Sequence[int], scores: Sequence[float]) -> list[int]:
    """`labels` (1: positive, 0: not) by falling score; ties keep their order. Both have the same length."""
    order = sorted(range(len(labels)), key=lambda index: -scores[index])
    return [labels[index] for index in order]


def average_precision(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """Mean of the precision at every positive; None where there is no positive."""
    hits, total = 0, 0.0
    for rank, label in enumerate(ranked(labels, scores), start=1):
        if label:
            hits += 1
            total += hits / rank
    return total / hits if hits else None


def auroc(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """The chance that a positive has a higher score than a negative, ties half; None without one of either.

    The area under the ROC curve as Mann-Whitney's U: the positives' ranks, the mean rank among equals (Hanley and
    McNeil 1982).
    """
    positives, negatives = sum(labels), len(labels) - sum(labels)
    if not positives or not negatives:
        return None
    order = sorted(range(len(labels)), key=lambda index: scores[index])
    doubled, start = 0, 0  # twice the sum of the positives' ranks: whole numbers
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        doubled += (start + 1 + end) * sum(labels[index] for index in order[start:end])
        start = end
    return (doubled - positives * (positives + 1)) / (2 * positives * negatives)


def reciprocal_rank(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """1 / rank of the first positive; None where there is none."""
    order = ranked(labels, scores)
    return 1 / (order.index(1) + 1) if 1 in order else None


def r_precision(labels: Sequence[int], scores: Sequence[float]) -> float | None:
    """Precision of the first R lines, R the number of positives; None where R is 0."""
    positives = sum(labels)
    return sum(ranked(labels, scores)[:positives]) / positives if positives else None


def precision_at(cutoff: int, labels: Sequence[int], scores: Sequence[float]) -> float:
    """Positives among the first `cutoff` lines, divided by `cutoff` even where the file is shorter."""
    return sum(ranked(labels, scores)[:cutoff]) / cutoff


def mean_over_files(values: Sequence[float | None]) -> float | None:
    """Mean of the files where the measure is defined; None where it is defined nowhere."""
    defined = [value for value in values if value is not None]
    return fmean(defined) if defined else None


def measures(
    files: Sequence[tuple[Sequence[int], Sequence[float]]], cutoffs: Sequence[int] = CUTOFFS
) -> dict[str, float | None]:
    """MAP, RR, R-P and P@k over files of `(labels, scores)`, each the mean over the files."""
    table: dict[str, float | None] = {
        "MAP": mean_over_files([average_precision(*file) for file in files]),
        "RR": mean_over_files([reciprocal_rank(*file) for file in files]),
        "R-P": mean_over_files([r_precision(*file) for file in files]),
    }
    for cutoff in cutoffs:
        table[f"P@{cutoff}"] = mean_over_files([precision_at(cutoff, *file) for file in files])
    return table
