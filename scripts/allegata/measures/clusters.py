"""Measures of two clusterings of mentions: MUC, B3, CEAFe, LEA and the CoNLL mean.

A clustering is a list of disjoint, non-empty sets of mentions. The two need not hold the same mentions: one
that only the response has costs precision, one that only the key has costs recall (Pradhan et al. 2014).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

Clusters = Sequence[frozenset[Hashable]]


@dataclass(frozen=True)
class ClusterScore:
    """Precision and recall, each None where its denominator is empty."""

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """Their harmonic mean; 0 if both are 0; None where both are undefined."""
        if self.precision is None or self.recall is None:
            return None if self.precision is self.recall else 0.0
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def clusters(groups: Iterable[Iterable[Hashable]]) -> list[frozenset[Hashable]]:
    """The groups as clusters. Raises ValueError where one is empty or a mention stands in two."""
    found = [frozenset(group) for group in groups]
    if not all(found) or len(frozenset().union(*found)) != sum(map(len, found)):
        raise ValueError("clusters must be disjoint and not empty")
    return found


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _both(key: Clusters, response: Clusters, side: Callable[[Clusters, Clusters], float | None]) -> ClusterScore:
    return ClusterScore(side(response, key), side(key, response))


def _parts(cluster: frozenset[Hashable], others: Clusters) -> list[int]:
    """Sizes of the pieces that the other clustering cuts a cluster into; what it lacks is not among them."""
    return [len(cluster & other) for other in others if cluster & other]


def muc(key: Clusters, response: Clusters) -> ClusterScore:
    """Links (Vilain et al. 1995). Singletons have none."""

    def recall(gold: Clusters, system: Clusters) -> float | None:
        found = sum(sum(_parts(cluster, system)) - len(_parts(cluster, system)) for cluster in gold)
        return _ratio(found, sum(len(cluster) - 1 for cluster in gold))

    return _both(key, response, recall)


def b_cubed(key: Clusters, response: Clusters) -> ClusterScore:
    """Mentions (Bagga & Baldwin 1998)."""

    def recall(gold: Clusters, system: Clusters) -> float | None:
        found = sum(size * size / len(cluster) for cluster in gold for size in _parts(cluster, system))
        return _ratio(found, sum(map(len, gold)))

    return _both(key, response, recall)


def ceaf_e(key: Clusters, response: Clusters) -> ClusterScore:
    """Entities, one to one, with the phi4 similarity (Luo 2005)."""
    if not key or not response:
        return ClusterScore(0.0 if response else None, 0.0 if key else None)
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    similarity = np.array([[2 * len(k & r) / (len(k) + len(r)) for r in response] for k in key])
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    total = float(similarity[rows, columns].sum())
    return ClusterScore(total / len(response), total / len(key))


def lea(key: Clusters, response: Clusters) -> ClusterScore:
    """Link-based entity-aware (Moosavi & Strube 2016); a singleton has one link, to itself."""

    def links(size: int) -> float:
        return size * (size - 1) / 2

    def resolved(cluster: frozenset[Hashable], others: Clusters) -> float:
        if len(cluster) == 1:
            return float(cluster in others)
        return sum(links(size) for size in _parts(cluster, others)) / links(len(cluster))

    def recall(gold: Clusters, system: Clusters) -> float | None:
        found = sum(len(cluster) * resolved(cluster, system) for cluster in gold)
        return _ratio(found, sum(map(len, gold)))

    return _both(key, response, recall)


MEASURES: dict[str, Callable[[Clusters, Clusters], ClusterScore]] = {
    "MUC": muc,
    "B3": b_cubed,
    "CEAFe": ceaf_e,
    "LEA": lea,
}


def cluster_scores(key: Clusters, response: Clusters, *, singletons: bool = True) -> dict[str, ClusterScore]:
    """All measures; without `singletons`, clusters of one mention are taken out of both sides first."""
    left = [cluster for cluster in key if singletons or len(cluster) > 1]
    right = [cluster for cluster in response if singletons or len(cluster) > 1]
    return {name: measure(left, right) for name, measure in MEASURES.items()}


def conll_f1(scores: dict[str, ClusterScore]) -> float | None:
    """The CoNLL-2012 figure: mean F1 of MUC, B3 and CEAFe; None where one of them is undefined."""
    values = [scores[name].f1 for name in ("MUC", "B3", "CEAFe")]
    defined = [value for value in values if value is not None]
    return sum(defined) / 3 if len(defined) == 3 else None
