"""The pairs of claims that follow from propositions and disputes: a function of these records, whatever their order."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.schema.scheme import default_scheme
from allegata.text.pairs import Pair, cycle, derived_pairs, level_of, superseded, superseded_among

CLAIMS = [f"{article}:c{number}" for article in "xyz" for number in (1, 2, 3)]
ORDER = {claim: place for place, claim in enumerate(CLAIMS)}
X1, X2, X3, Y1, Y2, Y3, Z1, Z2, Z3 = CLAIMS
KINDS = default_scheme().values("dispute", "kind")


def dispute(name: str, *positions: list[str], kind: str = "contradiction", **supersedes: list[str]) -> dict[str, Any]:
    rows = [
        {"id": letter, "claims": claims, "supersedes": supersedes.get(letter, [])}
        for letter, claims in zip("abcd", positions, strict=False)
    ]
    return {"id": name, "kind": kind, "differs": "numeric", "positions": rows}


def pairs(disputes: list[dict[str, Any]], propositions: tuple[list[str], ...] = ()) -> dict[tuple[str, str], Pair]:
    return {(pair.a, pair.b): pair for pair in derived_pairs(propositions, disputes, ORDER, KINDS)}


def test_claims_of_one_proposition_are_equivalent_and_the_earlier_comes_first() -> None:
    found = pairs([], ([Z1, X1, Y1],))
    assert list(found) == [(X1, Y1), (X1, Z1), (Y1, Z1)]
    assert {(pair.relation, pair.origin, pair.dispute_ids) for pair in found.values()} == {
        ("equivalent", "proposition", ())
    }


def test_claims_of_different_positions_are_related_and_those_of_one_position_are_not() -> None:
    found = pairs([dispute("d1", [Y1, X1], [Z1], [X2])])
    assert list(found) == [(X1, X2), (X1, Z1), (X2, Y1), (X2, Z1), (Y1, Z1)]
    assert {(pair.relation, pair.origin, pair.differs) for pair in found.values()} == {
        ("contradiction", "dispute", "numeric")
    }


def test_of_several_disputes_the_strongest_kind_names_the_relation() -> None:
    weak = dispute("d1", [X1], [Y1], kind="tension") | {"differs": "scope"}
    (pair,) = pairs([weak, dispute("d2", [Y1], [X1])]).values()
    assert (pair.relation, pair.differs, pair.dispute_ids) == ("contradiction", "numeric", ("d1", "d2"))


def test_a_dispute_goes_before_a_proposition() -> None:
    (pair,) = pairs([dispute("d1", [X1], [Y1])], ([X1, Y1],)).values()
    assert (pair.relation, pair.origin) == ("contradiction", "dispute")


def test_which_claim_replaces_the_other_is_said_also_through_a_third_position() -> None:
    found = pairs([dispute("d1", [X1], [Y1], [Z1], kind="update", b=["a"], c=["b"])])
    assert {ends: pair.supersedes for ends, pair in found.items()} == {(X1, Y1): "b", (X1, Z1): "b", (Y1, Z1): "b"}
    (pair,) = pairs([dispute("d1", [Y1], [X1], kind="update", b=["a"])]).values()
    assert (pair.a, pair.supersedes) == (X1, "a")
    (pair,) = pairs([dispute("d1", [X1], [Y1])]).values()
    assert pair.supersedes is None


def test_what_a_position_supersedes_is_reached_in_any_number_of_steps() -> None:
    rows = [{"id": name, "supersedes": others} for name, others in (("a", []), ("b", ["a"]), ("c", ["b"]), ("d", []))]
    assert superseded(rows) == {"a": set(), "b": {"a"}, "c": {"a", "b"}, "d": set()}


def test_what_a_lost_position_superseded_is_superseded_by_those_that_superseded_it() -> None:
    chain = [("a", []), ("b", ["a"]), ("c", ["b"]), ("d", ["c", "a"])]
    positions = [{"id": name, "supersedes": others} for name, others in chain]
    assert superseded_among(positions, "abcd") == dict(chain)
    assert superseded_among(positions, "acd") == {"a": [], "c": ["a"], "d": ["c", "a"]}
    assert superseded_among(positions, "ad") == {"a": [], "d": ["a"]}


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [("author", "author", "same"), ("mill", "mill", "same"), ("mill", "author", "between"),
     ("unnamed", "unnamed", "between")],
)  # fmt: skip
def test_two_unnamed_sources_are_not_known_to_be_one(first: str, second: str, level: str) -> None:
    assert level_of(first, second) == level


def test_a_cycle_is_found_and_a_graph_without_one_has_none() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert cycle({"a": {"a"}}) == ["a"]
    assert cycle({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}) == []


@st.composite
def records(draw: st.DrawFn) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Propositions that share no claim, and disputes whose positions share none."""
    order = draw(st.permutations(CLAIMS))
    cuts = sorted(draw(st.lists(st.integers(0, len(CLAIMS)), max_size=3)))
    groups = [order[a:b] for a, b in zip([0, *cuts], cuts, strict=False) if b - a > 1]
    disputes = []
    for number in range(draw(st.integers(0, 4))):
        claims = draw(st.lists(st.sampled_from(CLAIMS), min_size=2, max_size=6, unique=True))
        cut = draw(st.integers(1, len(claims) - 1))
        later = draw(st.sampled_from([{}, {"a": ["b"]}, {"b": ["a"]}]))
        kind = draw(st.sampled_from(KINDS))
        disputes.append(dispute(f"d{number}", claims[:cut], claims[cut:], kind=kind, **later))
    return groups, disputes


@given(records(), st.data())
def test_the_pairs_are_a_function_of_the_records_and_not_of_their_order(
    drawn: tuple[list[list[str]], list[dict[str, Any]]], data: st.DataObject
) -> None:
    propositions, disputes = drawn
    expected = derived_pairs(propositions, disputes, ORDER, KINDS)
    turned = [
        {
            **row,
            "positions": [
                {**one, "claims": data.draw(st.permutations(one["claims"]))} for one in reversed(row["positions"])
            ],
        }
        for row in data.draw(st.permutations(disputes))
    ]
    again = [data.draw(st.permutations(group)) for group in data.draw(st.permutations(propositions))]
    assert derived_pairs(again, turned, ORDER, KINDS) == expected


@given(records())
def test_a_pair_is_there_exactly_where_a_record_joins_its_claims(
    drawn: tuple[list[list[str]], list[dict[str, Any]]],
) -> None:
    propositions, disputes = drawn
    found = {(pair.a, pair.b): pair for pair in derived_pairs(propositions, disputes, ORDER, KINDS)}
    for a, b in combinations(CLAIMS, 2):
        apart = {
            row["id"]: row["kind"]
            for row in disputes
            for one, other in combinations(row["positions"], 2)
            if (a in one["claims"] and b in other["claims"]) or (b in one["claims"] and a in other["claims"])
        }
        together = any(a in group and b in group for group in propositions)
        if not apart and not together:
            assert (a, b) not in found
            continue
        pair = found[a, b]
        assert pair.dispute_ids == tuple(sorted(apart))
        assert pair.relation == (min(apart.values(), key=KINDS.index) if apart else "equivalent")
