"""From the probabilities of spans to a set of spans that do not overlap."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Candidate(NamedTuple):
    """The words `start` to `end` (half-open) under the label of this number, with the gain of choosing them."""

    start: int
    end: int
    label: int
    gain: float


def choose(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates without an overlap whose gains have the largest sum, in order of the text.

    With `probability - threshold` as the gain this is the set of the largest expected F1, if the threshold is half
    of that F1 (Lewis 1995): the most likely single sequence of tags gives up a span whose ends are in doubt, though
    the span itself is not. Weighted interval scheduling; ties go to the sequence of candidates that sorts first.
    """
    ordered = sorted((c for c in candidates if c.gain > 0), key=lambda c: (c.end, c.start, c.label))
    ends = [candidate.end for candidate in ordered]
    best = [0.0]  # of the first n candidates
    before = [bisect_right(ends, candidate.start) for candidate in ordered]
    for place, candidate in enumerate(ordered):
        best.append(max(best[place], best[before[place]] + candidate.gain))
    chosen: list[Candidate] = []
    place = len(ordered)
    while place:
        if best[place] == best[place - 1]:
            place -= 1
        else:
            chosen.append(ordered[place - 1])
            place = before[place - 1]
    return chosen[::-1]
