"""Agreement of two annotators on values: attributes of matched spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from allegata.measures.matching import LabelledSpan, align

NONE = "none"


@dataclass(frozen=True)
class Kappa:
    """Chance-corrected agreement of two annotators on `n` units, with what it has to be read with.

    `kappa` is Cohen's (1960); `ac1` is Gwet's (2008), which does not collapse where one value prevails;
    `prevalence` is the share of each value over both annotators. Undefined figures are None: kappa where both
    used one and the same value only, all where there is no unit.
    """

    n: int
    observed: float | None
    kappa: float | None
    ac1: float | None
    prevalence: Mapping[str, float]
    confusion: Mapping[tuple[str, str], int]


def kappa(pairs: Sequence[tuple[str, str]], values: Iterable[str] | None = None) -> Kappa:
    """Kappa and AC1 of the values two annotators gave to the same units.

    `values` is the closed label set, which AC1 takes its number of categories from; by default the values
    that occur.
    """
    n = len(pairs)
    confusion = Counter(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    names = sorted(set(values) if values is not None else set(first) | set(second))
    if not n:
        return Kappa(0, None, None, None, {}, {})
    observed = sum(count for (a, b), count in confusion.items() if a == b) / n
    prevalence = {name: (first[name] + second[name]) / (2 * n) for name in names}
    chance = sum(first[name] * second[name] for name in names) / (n * n)
    gwet = sum(share * (1 - share) for share in prevalence.values()) / (len(names) - 1) if len(names) > 1 else None
    return Kappa(
        n,
        observed,
        None if chance == 1 else (observed - chance) / (1 - chance),
        None if gwet is None else (observed - gwet) / (1 - gwet),
        prevalence,
        dict(sorted(confusion.items())),
    )


def matched_values(
    first: Mapping[LabelledSpan, Mapping[str, str]],
    second: Mapping[LabelledSpan, Mapping[str, str]],
    attribute: str,
    *,
    exact: bool = False,
) -> list[tuple[str, str]]:
    """The values of an attribute on the spans that both annotators found, for `kappa`.

    Spans are aligned as in scoring (exact before overlap); `exact` keeps pairs with equal segments only. A
    span without the attribute has the value `none`.
    """
    return [
        (first[pair.gold].get(attribute, NONE), second[pair.predicted].get(attribute, NONE))
        for pair in align(first, second)
        if pair.gold is not None
        and pair.predicted is not None
        and (not exact or pair.gold.segments == pair.predicted.segments)
    ]
