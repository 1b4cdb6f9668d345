"""Disputes of two annotators compared: which of them ask the same question, and which pairs of claims both oppose.

Each annotator has claims of its own. What a claim of one is for the other says a map, `counterparts`, that need not be
one to one: one may cut in two what the other leaves whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from allegata.measures.disputes import ClaimPair, Dispute, opposed_pairs
from allegata.measures.matching import PRF, LabelledSpan

Counterparts = Mapping[str, str]
Node = TypeVar("Node", bound=Hashable)


def counterparts(first: Mapping[str, LabelledSpan], second: Mapping[str, LabelledSpan]) -> dict[str, str]:
    """Each claim of `first` with its counterpart in `second`; those without one are missing.

    It is the claim that shares the greatest part of what either covers (code points, intersection over union), which
    is 1 for equal spans; of equals the first in the text.
    """
    found = {}
    for key, span in first.items():
        best = min(second, key=lambda other: (-_share(span, second[other]), second[other].segments, other), default="")
        if best and _share(span, second[best]):
            found[key] = best
    return found


def counterparts_both(
    first: Mapping[str, Mapping[str, LabelledSpan]], second: Mapping[str, Mapping[str, LabelledSpan]]
) -> tuple[dict[str, str], dict[str, str]]:
    """The claims of either in those of the other, over the articles that both have (article -> claim -> span)."""
    there: dict[str, str] = {}
    back: dict[str, str] = {}
    for article_id in first.keys() & second.keys():
        there |= counterparts(first[article_id], second[article_id])
        back |= counterparts(second[article_id], first[article_id])
    return there, back


def _share(first: LabelledSpan, second: LabelledSpan) -> float:
    shared = first.shared(second)
    if not shared:
        return 0.0
    return shared / (sum(segment.length for span in (first, second) for segment in span.segments) - shared)


def common_pairs(
    first: Collection[Dispute], second: Collection[Dispute], there: Counterparts, back: Counterparts
) -> PRF:
    """Pairs of claims that both oppose; F1 is the share of the pairs of both whose counterpart the other opposes too.

    `there` maps the claims of `first` to their counterparts, `back` those of `second`. Where both maps are one to one
    and inverse this is the F1 of two sets of pairs.
    """
    left, right = opposed_pairs(first), opposed_pairs(second)
    both_left = sum(_mapped(pair, there) in right for pair in left)
    both_right = sum(_mapped(pair, back) in left for pair in right)
    return PRF((both_left + both_right) / 2, len(right) - both_right, len(left) - both_left)


def _mapped(pair: ClaimPair, there: Counterparts) -> ClaimPair | None:
    if pair[0] not in there or pair[1] not in there:
        return None
    a, b = sorted(there[claim] for claim in pair)
    return (a, b)


def match_disputes(
    first: Mapping[str, Dispute], second: Mapping[str, Dispute], there: Counterparts, back: Counterparts
) -> list[tuple[str, str]]:
    """The disputes of two annotators that ask the same question, one to one, sorted.

    This is the alignment of CEAFe (Luo 2005): the greatest total of phi4, the share of the claims of both that have a
    counterpart among those of the other. Only disputes that oppose the same pair of claims may be aligned: two that
    share the claims of one position may ask different things of it.
    """
    similar = {
        (a, b): _phi4(first[a], second[b], there, back)
        for a, b in _opposing_the_same(first, second, there) | _swapped(_opposing_the_same(second, first, back))
    }
    nodes = dict.fromkeys((side, key) for pair in sorted(similar) for side, key in enumerate(pair))
    groups = united(nodes, (((0, a), (1, b)) for a, b in similar))
    return sorted(pair for group in groups for pair in _assigned(group, similar))


def _opposing_the_same(
    first: Mapping[str, Dispute], second: Mapping[str, Dispute], there: Counterparts
) -> set[tuple[str, str]]:
    """The disputes of `first` each with those of `second` that oppose the counterparts of a pair that it opposes."""
    by_pair: dict[ClaimPair | None, list[str]] = defaultdict(list)
    for key, dispute in second.items():
        for pair in dispute.opposed:
            by_pair[pair].append(key)
    return {
        (mine, theirs)
        for mine, dispute in first.items()
        for pair in dispute.opposed
        for theirs in by_pair.get(_mapped(pair, there), ())
    }


def _swapped(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(b, a) for a, b in pairs}


def _assigned(
    group: Collection[tuple[int, str]], similar: Mapping[tuple[str, str], float]
) -> Iterator[tuple[str, str]]:
    """The pairs of one group that have the greatest total."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = (sorted(key for side, key in group if side == wanted) for wanted in (0, 1))
    totals = np.array([[similar.get((a, b), 0.0) for b in columns] for a in rows])
    for a, b in zip(*linear_sum_assignment(totals, maximize=True), strict=True):
        if totals[a, b]:
            yield rows[a], columns[b]


def _phi4(first: Dispute, second: Dispute, there: Counterparts, back: Counterparts) -> float:
    both = sum(there.get(claim) in second.claims for claim in first.claims)
    both += sum(back.get(claim) in first.claims for claim in second.claims)
    return both / (len(first.claims) + len(second.claims))


def united(nodes: Iterable[Node], matched: Iterable[tuple[Node, Node]]) -> list[frozenset[Node]]:
    """The nodes in groups: those that a chain of matches connects are one question. In the order of the nodes."""
    group = {node: [node] for node in nodes}
    for a, b in matched:
        if group[a] is not group[b]:
            smaller, larger = sorted((group[a], group[b]), key=len)
            larger += smaller
            for node in smaller:
                group[node] = larger
    return [frozenset(found) for found in {id(found): found for found in group.values()}.values()]
