"""Intervals and tests by resampling. Every one says what it resamples: that is what it generalises to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Unit = TypeVar("Unit")


def _several(count: int, unit_name: str) -> str:
    head, of, tail = unit_name.partition(" of ")  # "pair of articles"
    plural = f"{head[:-1]}ies" if head.endswith("y") else f"{head}s"
    return f"{count} {head if count == 1 else plural}{of}{tail}"


@dataclass(frozen=True)
class Interval:
    """`[low, high]` around `value` at `level`; `kind` says how it was made and what it speaks about.

    `undefined` is the number of resamples that were left out because the statistic is undefined on them.
    """

    value: float
    low: float
    high: float
    level: float
    kind: str
    undefined: int = 0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    units: Sequence[Unit],
    statistic: Callable[[Sequence[Unit]], float | None],
    *,
    unit_name: str,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval | None:
    """Percentile bootstrap (Efron 1979) over `units`; None where the statistic is undefined on all of them.

    Units are drawn as they stand, so the interval speaks of further units of `unit_name` from the same articles, not
    of other articles, unless the units are whole stories. Resamples on which the statistic is undefined are left out
    and counted.
    With fewer than ten units there are too few distinct resamples to speak of an interval: None.
    """
    import numpy as np

    value = statistic(units)
    if value is None or len(units) < 10:
        return None
    random = np.random.Generator(np.random.PCG64(seed))
    values = []
    for _ in range(resamples):
        drawn = statistic([units[index] for index in random.integers(0, len(units), len(units))])
        if drawn is not None:
            values.append(drawn)
    if not values:
        return None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    kind = f"percentile bootstrap over {_several(len(units), unit_name)}, {resamples} resamples, seed {seed}; " + (
        "as if they were drawn at random from like ones"
        if unit_name == "story"
        else "within these articles, not a statement about others"
    )
    return Interval(value, float(low), float(high), level, kind, resamples - len(values))


def student(values: Sequence[float], *, unit_name: str, level: float = 0.95) -> Interval | None:
    """Student's t interval of the mean of `values` (Student 1908); None of fewer than two.

    It speaks of further units only as far as these were drawn at random from like ones. It is not cut at 0 and 1:
    where it reaches beyond, the values are too few or too uneven for it.
    """
    from statistics import fmean, stdev

    from scipy.stats import t

    if len(values) < 2:
        return None
    mean = fmean(values)
    half = float(t.ppf((1 + level) / 2, len(values) - 1)) * stdev(values) / math.sqrt(len(values))
    kind = f"Student's t over {_several(len(values), unit_name)}, as if they were drawn at random from like ones"
    return Interval(mean, mean - half, mean + half, level, kind)


@dataclass(frozen=True)
class PermutationTest:
    """Two-sided p-value of the difference of two submissions on the same units; `kind` says how it was found."""

    difference: float
    p_value: float
    rounds: int
    exact: bool
    kind: str


def paired_permutation_test(
    first: Sequence[Unit],
    second: Sequence[Unit],
    statistic: Callable[[Sequence[Unit]], float | None],
    *,
    unit_name: str,
    rounds: int = 9999,
    seed: int = 0,
) -> PermutationTest | None:
    """Paired permutation test (approximate randomisation, Noreen 1989; Dror et al. 2018).

    `first[i]` and `second[i]` are what the two submissions did on the same unit; under the null hypothesis
    they may be swapped. All 2^n swaps are tried where that is no more than `rounds` + 1, else `rounds` random
    ones, with p = (1 + as extreme) / (1 + rounds). A swap that leaves a score undefined counts as extreme.
    None where the observed difference is undefined. Raises ValueError for unequal lengths.
    """
    import numpy as np

    if len(first) != len(second):
        raise ValueError(f"{len(first)} units against {len(second)}")

    def difference(swap: Sequence[bool]) -> float | None:
        a = statistic([y if s else x for x, y, s in zip(first, second, swap, strict=True)])
        b = statistic([x if s else y for x, y, s in zip(first, second, swap, strict=True)])
        return None if a is None or b is None else a - b

    size = len(first)
    observed = difference([False] * size)
    if observed is None:
        return None

    def extreme(swap: Sequence[bool]) -> bool:
        value = difference(swap)
        return value is None or abs(value) >= abs(observed) - 1e-12

    if size < 60 and 2**size <= rounds + 1:
        hits = sum(extreme([bool(code >> bit & 1) for bit in range(size)]) for code in range(2**size))
        kind = f"paired permutation test, all {2**size} swaps of {_several(size, unit_name)}"
        return PermutationTest(observed, hits / 2**size, 2**size, exact=True, kind=kind)
    random = np.random.Generator(np.random.PCG64(seed))
    hits = sum(extreme(random.integers(0, 2, size).astype(bool).tolist()) for _ in range(rounds))
    kind = f"paired permutation test, {rounds} random swaps of {_several(size, unit_name)}, seed {seed}"
    return PermutationTest(observed, (1 + hits) / (1 + rounds), rounds, exact=False, kind=kind)
