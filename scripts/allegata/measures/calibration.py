"""Whether confidences are shares: of what is called .8, eight tenths should be right; and the curve that makes them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Bin:
    """What has a confidence in one bin: how much of it, its mean confidence and the mean outcome."""

    size: int
    confidence: float
    outcome: float


def calibration_error(pairs: Sequence[tuple[float, float]], bins: int = 10) -> tuple[float, tuple[Bin, ...]]:
    """Expected calibration error of pairs (confidence, outcome), both 0 to 1, and the bins that hold any, in order.

    Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning (2015): bins of equal width, the
    distance of the two means weighted by size. 0 where there are no pairs.
    """
    filled: dict[int, list[tuple[float, float]]] = {}
    for confidence, outcome in sorted(pairs):
        filled.setdefault(min(bins - 1, int(confidence * bins)), []).append((confidence, outcome))
    found = tuple(
        Bin(len(members), fmean(c for c, _ in members), fmean(o for _, o in members)) for members in filled.values()
    )
    return sum(one.size * abs(one.confidence - one.outcome) for one in found) / max(len(pairs), 1), found


def calibration_curve(pairs: Sequence[tuple[float, float]], steps: int = 20) -> list[tuple[float, float]]:
    """A rising curve from the origin through pairs (confidence, outcome), as points: means of `steps` parts of equal
    size, as far as what shares a confidence is in one, pooled where they fall (Barlow et al., Statistical Inference
    under Order Restrictions, 1972)."""
    ordered, size = sorted(pairs), len(pairs)
    pools: list[list[tuple[float, float]]] = []
    at = 0
    for part in range(1, min(steps, size) + 1):
        end = -(-size * part // min(steps, size))
        while end < size and ordered[end][0] == ordered[end - 1][0]:
            end += 1
        if end <= at:
            continue
        pools.append(ordered[at:end])
        at = end
        while len(pools) > 1 and _mean(pools[-2], 1) >= _mean(pools[-1], 1):
            last = pools.pop()
            pools[-1] += last
    return [(0.0, 0.0), *((_mean(pool, 0), _mean(pool, 1)) for pool in pools)]


def _mean(pool: Sequence[tuple[float, float]], side: int) -> float:
    return sum(pair[side] for pair in pool) / len(pool)


def calibrated(confidence: float, curve: Sequence[tuple[float, float]]) -> float:
    """A confidence on the curve, straight between its points and level behind the last; itself where there is none."""
    if len(curve) < 2:
        return confidence
    after = bisect_right(curve, confidence, key=lambda point: point[0])
    if after == len(curve):
        return curve[-1][1]
    (x, low), (end, high) = curve[max(after - 1, 0)], curve[after]
    return low + (high - low) * (confidence - x) / (end - x) if end > x else high
