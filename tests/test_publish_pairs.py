"""Pairs of claims: what follows from the records, and which pairs may stand as sampled negatives."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish.pair_rows import article_of_claim, relation_rows, sample_negatives
from allegata.schema.scheme import default_scheme
from allegata.text.closure import Closure, cycle

CLAIMS = [f"{article}:c{number:03}" for article in ("000_a", "001_b", "002_c") for number in (1, 2, 3)]
A1, A2, A3, B1, B2, B3, C1, C2, C3 = CLAIMS


def record(a: str, b: str, relation: str) -> dict[str, object]:
    return {"a": a, "b": b, "relation": relation, "conflict_type": None, "strict": None, "note": "by hand"}


def settled(*records: tuple[str, str, str]) -> Closure:
    closure = Closure(default_scheme().relations)
    for each in records:
        closure.add(*each)
    return closure


@pytest.mark.parametrize(
    ("records", "a", "b"),
    [
        ([(A1, B1, "equivalent"), (B1, C1, "equivalent")], A1, C1),
        ([(A1, B1, "refines"), (B1, C1, "refines")], A1, C1),
        ([(A1, B1, "equivalent"), (B1, C1, "contradicts")], A1, C1),
        ([(A1, B1, "refines"), (B1, C1, "contradicts")], A1, C1),
        ([(A1, B1, "refines"), (B1, C1, "contradicts"), (C2, C1, "refines")], A1, C2),
        ([(A1, B1, "none")], B1, A1),
        ([(A1, B1, "supersedes"), (B1, C1, "equivalent")], A1, C1),
    ],
)
def test_what_follows_is_settled_in_both_directions(records: list[tuple[str, str, str]], a: str, b: str) -> None:
    closure = settled(*records)
    assert closure.settles(a, b)
    assert closure.settles(b, a)


@pytest.mark.parametrize(
    "records",
    [
        [(A1, B1, "refines"), (C1, B1, "refines")],  # two claims that entail a third need not be related
        [(B1, A1, "refines"), (B1, C1, "contradicts")],  # what contradicts B need not contradict what B entails
        [(A1, B1, "supersedes"), (B1, C1, "supersedes")],
        [(A1, B1, "contradicts"), (B1, C1, "contradicts")],
    ],
)
def test_what_does_not_follow_is_open(records: list[tuple[str, str, str]]) -> None:
    assert not settled(*records).settles(A1, C1)


def test_a_cycle_is_found_and_a_graph_without_one_has_none() -> None:
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]
    assert cycle({"a": {"a"}}) == ["a"]
    assert cycle({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}) == []


pairs = st.sampled_from(list(combinations(CLAIMS, 2)))
relations = st.lists(
    st.tuples(pairs, st.sampled_from(["equivalent", "refines", "contradicts", "supersedes", "none"])), max_size=8
)


@given(relations, st.integers(0, 40))
def test_negatives_are_open_pairs_of_two_articles_each_once(
    drawn: list[tuple[tuple[str, str], str]], wanted: int
) -> None:
    records = [record(a, b, relation) for (a, b), relation in drawn]
    closure = settled(*((a, b, relation) for (a, b), relation in drawn))
    sampled = sample_negatives(CLAIMS, [], records, wanted, {}, default_scheme().relations)
    assert len(sampled) == len(set(sampled)) <= wanted
    assert all(article_of_claim(a) != article_of_claim(b) and not closure.settles(a, b) for a, b in sampled)
    free = [
        pair
        for pair in combinations(CLAIMS, 2)
        if article_of_claim(pair[0]) != article_of_claim(pair[1]) and not closure.settles(*pair)
    ]
    assert len(sampled) == min(wanted, len(free))


def test_the_choice_depends_on_nothing_but_the_pairs() -> None:
    records = [record(A1, B1, "refines"), record(A2, C2, "none")]
    five = sample_negatives(CLAIMS, [], records, 5, {}, default_scheme().relations)
    assert five == sample_negatives(CLAIMS, [], records[::-1], 5, {}, default_scheme().relations)
    assert five[:3] == sample_negatives(CLAIMS, [], records, 3, {}, default_scheme().relations)


def test_members_of_one_proposition_are_no_negative() -> None:
    sampled = sample_negatives(CLAIMS, [{"members": [A1, B1, C1]}], [], 99, {}, default_scheme().relations)
    assert not {(A1, B1), (A1, C1), (B1, C1)} & set(sampled)
    assert (A2, B2) in sampled


def test_there_are_as_many_negatives_as_annotated_relations_other_than_none() -> None:
    claims = [
        {
            "claim_id": id_,
            "article_id": article_of_claim(id_),
            "decontextualised": f"{id_}.",
            "surface": id_,
            "claim_type": "denial",
        }
        for id_ in CLAIMS
    ]
    records = [record(A1, A2, "contradicts"), record(B1, A1, "refines"), record(A3, C3, "none")]
    rows = relation_rows(
        claims, {"000_a": "train", "001_b": "test", "002_c": "validation"}, [], records, {}, default_scheme()
    )
    assert [row["origin"] for row in rows] == ["annotated"] * 3 + ["sampled"] * 2
    assert [row["scope"] for row in rows[:3]] == ["intra", "cross", "cross"]
    assert rows[1]["relation_id"] == f"{B1}+{A1}"
    assert [(row["split_a"], row["split_b"]) for row in rows[:3]] == [
        ("train", "train"), ("test", "train"), ("train", "validation")
    ]  # fmt: skip
    assert (rows[1]["text_a"], rows[1]["article_b"]) == (f"{B1}.", "000_a")
    assert all(row["relation"] == "none" and row["note"] is None for row in rows[3:])


@given(relations, st.integers(0, 40), st.lists(st.sampled_from(["mill", "bridge", None]), min_size=3, max_size=3))
def test_negatives_are_drawn_inside_a_story(drawn: list[tuple[tuple[str, str], str]], wanted: int, told: list) -> None:
    stories = dict(zip(("000_a", "001_b", "002_c"), told, strict=True))
    records = [record(a, b, relation) for (a, b), relation in drawn]
    sampled = sample_negatives(CLAIMS, [], records, wanted, stories, default_scheme().relations)
    assert all(stories[article_of_claim(a)] == stories[article_of_claim(b)] for a, b in sampled)
    every = sample_negatives(CLAIMS, [], records, 99, {}, default_scheme().relations)
    inside = [pair for pair in every if stories[article_of_claim(pair[0])] == stories[article_of_claim(pair[1])]]
    assert sampled == inside[:wanted]
