"""Disputes as positions, each a set of claims: opposed pairs, which disputes are found, and extended BCubed.

A claim may stand in several disputes, so questions and positions are overlapping clusters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from allegata.measures.clusters import ClusterScore
from allegata.measures.matching import PRF

Claims = frozenset[str]
ClaimPair = tuple[str, str]  # sorted


@dataclass(frozen=True)
class Dispute:
    """The positions of one question: disjoint sets of claims, two or more. `kind` where it is known."""

    positions: tuple[Claims, ...]
    kind: str | None = None

    @property
    def claims(self) -> Claims:
        """Every claim that takes a position."""
        return frozenset().union(*self.positions)

    @property
    def opposed(self) -> frozenset[ClaimPair]:
        """The unordered pairs of claims that take different positions."""
        return frozenset(
            (min(a, b), max(a, b)) for one, other in combinations(self.positions, 2) for a in one for b in other
        )


def opposed_pairs(disputes: Iterable[Dispute]) -> frozenset[ClaimPair]:
    """The pairs that at least one dispute opposes, each once."""
    return frozenset().union(*(dispute.opposed for dispute in disputes))


def opposed_prf(gold: Iterable[Dispute], predicted: Iterable[Dispute]) -> PRF:
    """Counts over the pairs that either side opposes."""
    right, ours = opposed_pairs(gold), opposed_pairs(predicted)
    return PRF(len(right & ours), len(ours - right), len(right - ours))


def found_disputes(key: Sequence[Dispute], response: Iterable[Dispute]) -> list[bool]:
    """For each dispute of `key` whether `response` opposes at least one of the pairs that it opposes."""
    pairs = opposed_pairs(response)
    return [not pairs.isdisjoint(dispute.opposed) for dispute in key]


def extended_b_cubed(key: Iterable[Claims], response: Iterable[Claims]) -> ClusterScore:
    """BCubed of overlapping clusters (Amigó, Gonzalo, Artiles and Verdejo 2009, section 6).

    The multiplicity precision of two items that share clusters of the response is
    min(clusters they share there, clusters they share in the key) / clusters they share there; recall the other way
    round. It is averaged over the items that share a cluster with an item, itself among them, then over the items.
    Items that only one side has cost the other: precision is over the items of the response, recall over those of the
    key, as in Pradhan et al. 2014.
    """
    left, right = _shared(key), _shared(response)
    return ClusterScore(_multiplicity(right, left), _multiplicity(left, right))


def _shared(clusters: Iterable[Claims]) -> dict[str, Counter[str]]:
    """Item -> item -> how many clusters hold both."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for cluster in clusters:
        for item in cluster:
            found[item].update(cluster)
    return found


def _multiplicity(side: dict[str, Counter[str]], other: dict[str, Counter[str]]) -> float | None:
    if not side:
        return None
    nothing: Counter[str] = Counter()
    total = 0.0
    for item in sorted(side):
        theirs = other.get(item, nothing)
        parts = [min(count, theirs[mate]) / count for mate, count in sorted(side[item].items())]
        total += sum(parts) / len(parts)
    return total / len(side)
