"""Measures of disputes, against examples computed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.measures.clusters import b_cubed
from allegata.measures.disputes import Dispute, extended_b_cubed, found_disputes, opposed_pairs, opposed_prf
from allegata.measures.matching import PRF


def positions(*words: str) -> Dispute:
    """`positions("ab", "c")`: a and b say one thing, c another."""
    return Dispute(tuple(map(frozenset, words)))


def test_claims_of_different_positions_are_opposed_and_those_of_one_are_not() -> None:
    assert positions("ab", "c", "d").opposed == {("a", "c"), ("b", "c"), ("a", "d"), ("b", "d"), ("c", "d")}
    assert positions("ca", "b").claims == set("abc")


def test_a_pair_that_two_disputes_oppose_counts_once() -> None:
    assert opposed_pairs([positions("a", "b"), positions("b", "a")]) == {("a", "b")}
    gold, ours = [positions("ab", "c")], [positions("a", "c"), positions("c", "ad")]
    assert opposed_prf(gold, ours) == PRF(1, 1, 1)  # ac is right, cd is not there, bc is missed
    assert opposed_prf([], []).f1 is None
    assert opposed_prf(gold, []).f1 == 0


def test_a_dispute_is_found_by_one_of_its_pairs_and_not_by_claims_of_one_position() -> None:
    key = [positions("ab", "c"), positions("de", "f"), positions("g", "h")]
    assert found_disputes(key, [positions("b", "cx"), positions("d", "e")]) == [True, False, False]
    assert found_disputes(key, [positions("abdg", "cfh")]) == [True, True, True]
    assert found_disputes([], key) == []


def test_extended_bcubed_of_overlapping_clusters_is_that_computed_by_hand() -> None:
    key, response = [frozenset("ab"), frozenset("bc")], [frozenset("abc")]
    score = extended_b_cubed(key, response)
    # precision: a has mates a, b, c, of which c shares no cluster in the key: 2/3; b 1; c 2/3
    assert score.precision == pytest.approx(7 / 9)
    # recall: a 1; b is with itself twice in the key and once here: (1 + 1/2 + 1) / 3; c 1
    assert score.recall == pytest.approx(17 / 18)
    assert score.f1 == pytest.approx(2 * (7 / 9) * (17 / 18) / (7 / 9 + 17 / 18))


def test_a_cluster_given_twice_costs_precision_and_items_of_one_side_cost_the_other() -> None:
    twice = extended_b_cubed([frozenset("ab")], [frozenset("ab")] * 2)
    assert (twice.precision, twice.recall) == (0.5, 1)
    foreign = extended_b_cubed([frozenset("ab")], [frozenset("abxy")])
    assert foreign.precision == pytest.approx((0.5 + 0.5 + 0 + 0) / 4)
    assert foreign.recall == 1
    assert extended_b_cubed([], []).f1 is None
    assert extended_b_cubed([frozenset("a")], []).f1 == 0


ITEMS = "abcdefgh"


@given(st.lists(st.integers(0, 3), min_size=8, max_size=8), st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_of_disjoint_clusters_extended_bcubed_is_bcubed(left: list[int], right: list[int]) -> None:
    key, response = (
        [frozenset(item for item, place in zip(ITEMS, side, strict=True) if place == n) for n in sorted(set(side))]
        for side in (left, right)
    )
    plain, extended = b_cubed(key, response), extended_b_cubed(key, response)
    assert extended.precision == pytest.approx(plain.precision)
    assert extended.recall == pytest.approx(plain.recall)


@given(st.lists(st.sets(st.sampled_from(ITEMS), min_size=1), min_size=1, max_size=5))
def test_overlapping_clusters_score_one_on_themselves_in_any_order(clusters: list[set[str]]) -> None:
    score = extended_b_cubed(map(frozenset, clusters), map(frozenset, reversed(clusters)))
    assert (score.precision, score.recall) == (pytest.approx(1), pytest.approx(1))
