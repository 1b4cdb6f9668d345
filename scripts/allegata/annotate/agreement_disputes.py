"""The figures of agreement across articles: propositions, and disputes with what each annotator found of them.

Annotators have claims of their own: those of two are brought together by their spans.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from allegata.annotate.agreement_figures import (
    AttributeRow,
    ClusterRow,
    ValuesOfPairs,
    are_compared,
    attribute_row,
    cluster_row,
)
from allegata.annotate.passes import Marked, Pass, Record
from allegata.measures.agreement import ALL, Pairs
from allegata.measures.counterparts import common_pairs, counterparts_both, match_disputes, united
from allegata.measures.disputes import Dispute, opposed_pairs
from allegata.measures.matching import PRF, LabelledSpan, align
from allegata.schema.scheme import Scheme

# What two annotators can say differently of a dispute that both found.
DECIDED = ("kind", "differs", "about")


@dataclass(frozen=True)
class DisputeRow:
    """What an annotator found of the questions that any of them found, and what of its opposed pairs another has.

    `disputes` are its own, `questions` those of the union that it has, of `union`; `pairs` the pairs of claims it
    opposes, `pair_f1` their F1 with those of the others, pooled. In the row of all (`ALL`) `disputes` and `pairs` are
    those of every annotator together, `questions` those of the union that every annotator has.
    """

    annotator: str
    disputes: int
    questions: int
    union: int
    recall: float | None
    pairs: int
    pair_f1: float | None


def _claims(marked: Sequence[Marked], annotator: str) -> dict[str, Mapping[str, LabelledSpan]]:
    return {item.annotation.article_id: item.claims for item in marked if item.annotation.annotator == annotator}


def _disputes(found: Pass, claims: Collection[str]) -> dict[str, Dispute]:
    """The disputes of a pass on some claims alone; one that keeps fewer than two positions is none of them."""
    all_of_it = {str(row["id"]): dispute_of(row, claims) for row in found.disputes or ()}
    return {key: dispute for key, dispute in all_of_it.items() if len(dispute.positions) > 1}


def dispute_of(row: Record, claims: Collection[str] | None = None) -> Dispute:
    """The positions of a dispute, of all its claims or of some of them; those that keep none are not there."""
    positions = (
        frozenset(claim for claim in one["claims"] if claims is None or claim in claims) for one in row["positions"]
    )
    return Dispute(tuple(position for position in positions if position))


@dataclass(frozen=True)
class _Pair:
    """Two passes with disputes: their names, their disputes by id, and their claims in those of the other."""

    names: tuple[str, str]
    disputes: tuple[Mapping[str, Dispute], Mapping[str, Dispute]]
    there: Mapping[str, str]
    back: Mapping[str, str]

    def matched(self) -> list[tuple[str, str]]:
        return match_disputes(*self.disputes, self.there, self.back)

    def prf(self) -> PRF:
        first, second = self.disputes
        return common_pairs(first.values(), second.values(), self.there, self.back)


def _pairs(passes: Sequence[Pass], marked: Sequence[Marked]) -> Iterator[_Pair]:
    looked = [item for item in passes if item.disputes is not None]
    claims = {item.name: frozenset().union(*_claims(marked, item.name).values()) for item in looked}
    disputes = {item.name: _disputes(item, claims[item.name]) for item in looked}
    for first, second in combinations(sorted(disputes), 2):
        there, back = counterparts_both(_claims(marked, first), _claims(marked, second))
        yield _Pair((first, second), (disputes[first], disputes[second]), there, back)


def dispute_rows(passes: Sequence[Pass], marked: Sequence[Marked], pairs: Pairs = None) -> list[DisputeRow]:
    """Every annotator against the union of all, and the pairs of claims that annotators oppose.

    Disputes of two annotators ask the same question as `match_disputes` says, and those that a chain of such matches
    connects are one question of the union. Those who are compared with nobody who looked for disputes have no row.
    """
    every = list(_pairs(passes, marked))
    scored = [pair for pair in every if are_compared(*pair.names, pairs)]
    names = {name for pair in scored for name in pair.names}
    compared = [pair for pair in every if names.issuperset(pair.names)]
    if not scored:
        return []
    disputes = {name: found for pair in compared for name, found in zip(pair.names, pair.disputes, strict=True)}
    nodes = [(name, dispute) for name, found in disputes.items() for dispute in found]
    matched = [((pair.names[0], a), (pair.names[1], b)) for pair in compared for a, b in pair.matched()]
    questions = united(nodes, matched)
    scores = [(pair.names, pair.prf()) for pair in scored]
    found_by = [{name for name, _ in question} for question in questions]
    rows = []
    for name in (ALL, *disputes):
        mine = disputes if name == ALL else {name: disputes[name]}
        had = sum(mine.keys() <= found for found in found_by)
        rows.append(
            DisputeRow(
                name,
                sum(map(len, mine.values())),
                had,
                len(questions),
                had / len(questions) if questions else None,
                sum(len(opposed_pairs(found.values())) for found in mine.values()),
                sum((score for names, score in scores if name in (ALL, *names)), PRF()).f1,
            )
        )
    return rows


def decision_rows(
    passes: Sequence[Pass], marked: Sequence[Marked], scheme: Scheme, pairs: Pairs = None
) -> list[AttributeRow]:
    """What two annotators say of the disputes that both found: kind, what differs, what it is about."""
    values: dict[str, ValuesOfPairs] = {name: {} for name in DECIDED}
    by_name = {item.name: {str(row["id"]): row for row in item.disputes or ()} for item in passes}
    for pair in _pairs(passes, marked):
        if not are_compared(*pair.names, pairs):
            continue
        left, right = (by_name[name] for name in pair.names)
        matched = pair.matched()
        for name in DECIDED:
            values[name][pair.names] = [(str(left[a].get(name)), str(right[b].get(name))) for a, b in matched]
    return [attribute_row("disputes", name, ALL, found, scheme) for name, found in values.items() if found]


def proposition_rows(passes: Sequence[Pass], marked: Sequence[Marked], pairs: Pairs = None) -> list[ClusterRow]:
    """Propositions as clusters of claims, over the claims of the compared articles."""
    found = {item.name: item for item in passes if item.propositions}
    clusterings = []
    for first, second in combinations(sorted(found), 2):
        if are_compared(first, second, pairs):
            names = _aligned(marked, first, second)
            clusterings.append((_clusters(found[first], names[0]), _clusters(found[second], names[1])))
    return [cluster_row("propositions", ALL, clusterings)] if clusterings else []


def _aligned(marked: Sequence[Marked], first: str, second: str) -> tuple[dict[str, object], dict[str, object]]:
    """The claims of either by a name that both share where their spans are aligned (one to one), in common articles."""
    left, right = (_claims(marked, name) for name in (first, second))
    names: tuple[dict[str, object], dict[str, object]] = ({}, {})
    for article_id in sorted(left.keys() & right.keys()):
        pairs = align(left[article_id].values(), right[article_id].values())
        for which, claims in enumerate((left[article_id], right[article_id])):
            shared = {pair[which]: (article_id, pair) for pair in pairs}
            names[which].update({claim: shared[span] for claim, span in claims.items()})
    return names


def _clusters(found: Pass, names: Mapping[str, object]) -> list[set[object]]:
    clusterings = ({names[claim] for claim in row["members"] if claim in names} for row in found.propositions)
    return [members for members in clusterings if members]
