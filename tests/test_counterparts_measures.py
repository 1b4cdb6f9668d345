"""Disputes of two annotators brought together, against examples by hand and every other matching."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.measures.counterparts import common_pairs, counterparts, match_disputes, united
from allegata.measures.disputes import Dispute
from allegata.measures.matching import LabelledSpan


def dispute(*words: str) -> Dispute:
    """`dispute("ab", "c")`: a and b say one thing, c another."""
    return Dispute(tuple(map(frozenset, words)))


SAME = {claim: claim for claim in "abcdef"}


def test_the_counterpart_of_a_claim_shares_the_greatest_part_of_what_either_covers() -> None:
    ours = {"a": LabelledSpan.of("claim", (0, 10)), "b": LabelledSpan.of("claim", (20, 30))}
    theirs = {"x": LabelledSpan.of("claim", (0, 100)), "y": LabelledSpan.of("claim", (2, 10))}
    assert counterparts(ours, theirs) == {"a": "y", "b": "x"}  # 8 of 10 against 10 of 100
    assert counterparts(theirs, ours) == {"x": "a", "y": "a"}
    assert counterparts(ours, {"z": LabelledSpan.of("claim", (10, 20))}) == {}


def test_a_claim_that_one_cuts_in_two_opposes_for_both_parts() -> None:
    whole, cut = [dispute("a", "c")], [dispute("xy", "z")]
    there, back = {"a": "x", "c": "z"}, {"x": "a", "y": "a", "z": "c"}
    score = common_pairs(whole, cut, there, back)
    assert score.f1 == 1  # ac is xz; xz and yz are ac
    assert common_pairs(whole, [dispute("xy", "z"), dispute("z", "v")], there, back).f1 == pytest.approx(3 / 4)


def test_disputes_match_one_to_one_where_they_oppose_a_pair_in_common() -> None:
    ours = {"p": dispute("ab", "c"), "q": dispute("a", "d"), "r": dispute("e", "f")}
    theirs = {"s": dispute("a", "c"), "t": dispute("ab", "cd"), "u": dispute("ef", "a")}
    # p with t shares all of its claims (6 of 7) but q has only t; q with t 4 of 6, p with s 4 of 5
    assert match_disputes(ours, theirs, SAME, SAME) == [("p", "s"), ("q", "t")]
    assert match_disputes(ours, {}, SAME, SAME) == []


POSITIONS = st.lists(st.sampled_from("abcdef"), min_size=2, max_size=4, unique=True)
DISPUTES = st.lists(
    POSITIONS.flatmap(lambda claims: st.integers(1, len(claims) - 1).map(lambda cut: (claims[:cut], claims[cut:]))),
    max_size=4,
).map(lambda rows: {f"d{n}": Dispute((frozenset(a), frozenset(b))) for n, (a, b) in enumerate(rows)})
CLAIMS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"))


@given(DISPUTES, DISPUTES, CLAIMS, CLAIMS)
def test_no_other_matching_has_more_in_common(
    first: dict[str, Dispute], second: dict[str, Dispute], there: dict[str, str], back: dict[str, str]
) -> None:
    def alike(a: str, b: str) -> float:
        left, right = first[a].claims, second[b].claims
        if not common_pairs([first[a]], [second[b]], there, back).tp:
            return 0
        both = sum(there.get(claim) in right for claim in left) + sum(back.get(claim) in left for claim in right)
        return both / (len(left) + len(right))

    found = match_disputes(first, second, there, back)
    assert all(alike(a, b) for a, b in found)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    padded = [*second, *[""] * len(first)]
    best = max(
        sum(alike(a, b) for a, b in zip(first, row, strict=False) if b)
        for row in permutations(padded, len(first))
    )  # fmt: skip
    assert sum(alike(a, b) for a, b in found) == pytest.approx(best)


def test_those_that_a_chain_of_matches_connects_are_one() -> None:
    assert united("abcde", [("c", "d"), ("b", "c"), ("d", "b")]) == [frozenset("a"), frozenset("bcd"), frozenset("e")]
