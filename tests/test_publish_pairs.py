"""Rows across articles: disputes, positions, the pairs that follow, and which pairs may be sampled as negatives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.publish import pair_rows
from allegata.publish.pair_rows import (
    Across,
    article_of_claim,
    dispute_rows,
    position_rows,
    proposition_rows,
    relation_rows,
    sample_negatives,
)
from allegata.schema.scheme import default_scheme

CLAIMS = [f"{article}:c{number:03}" for article in ("000_a", "001_b", "002_c") for number in (1, 2, 3)]
A1, A2, A3, B1, B2, B3, C1, C2, C3 = CLAIMS
SPLITS = {"000_a": "train", "001_b": "test", "002_c": "validation"}
CLAIMERS = {A1: "mill", B1: "mill", C1: "author"}


def across(
    disputes: Sequence[dict[str, Any]] = (),
    propositions: Sequence[list[str]] = (),
    stories: dict[str, str | None] | None = None,
) -> Across:
    claims = [
        {
            "claim_id": claim, "article_id": article_of_claim(claim), "start": place, "end": place + 1,
            "sentence_id": f"s{place}", "decontextualised": f"{claim}.", "surface": claim, "claim_type": "denial",
            "claimer_id": CLAIMERS.get(claim, "unnamed"),
        }
        for place, claim in enumerate(CLAIMS)
    ]  # fmt: skip
    sentences = {f"s{place}": f"Someone said {claim}." for place, claim in enumerate(CLAIMS)}
    groups = [{"id": f"p{n}", "canonical": "So.", "members": group} for n, group in enumerate(propositions)]
    return Across(claims[::-1], sentences, SPLITS, groups, list(disputes), default_scheme(), stories or {})


def dispute(name: str, *positions: list[str], kind: str = "contradiction", **supersedes: list[str]) -> dict[str, Any]:
    rows = [
        {"id": letter, "canonical": f"{letter}.", "claims": claims, "supersedes": supersedes.get(letter, [])}
        for letter, claims in zip("abc", positions, strict=False)
    ]
    about = {"kind": kind, "differs": "numeric", "about": "content"}
    return {"id": name, "question": "How many?", **about, "positions": rows, "note": None}


def test_a_dispute_is_published_with_the_claims_and_articles_of_its_positions() -> None:
    corpus = across([dispute("d1", [C1, A1], [B2], b=["a"])], stories=dict.fromkeys(SPLITS, "flood"))
    (row,) = dispute_rows(corpus)
    assert (row["claim_ids"], row["article_ids"]) == ([A1, B2, C1], ["000_a", "001_b", "002_c"])
    assert (row["story"], row["question"], row["kind"], row["differs"], row["about"], row["note"]) == (
        "flood", "How many?", "contradiction", "numeric", "content", None,
    )  # fmt: skip
    first, second = position_rows(corpus)
    assert (first["position_id"], first["claim_ids"], first["claimer_ids"]) == ("d1.a", [A1, C1], ["author", "mill"])
    assert (second["supersedes"], second["dispute_id"], second["article_ids"]) == (["d1.a"], "d1", ["001_b"])


def test_a_dispute_is_on_one_level_where_one_claimer_takes_two_positions() -> None:
    levels = [dispute("d1", [A1], [B1]), dispute("d2", [A1], [C1]), dispute("d3", [A2], [B2]),
              dispute("d4", [A1, C1], [B1])]  # fmt: skip
    assert [row["level"] for row in dispute_rows(across(levels))] == ["same", "between", "between", "same"]


def test_a_pair_tells_both_claims_with_sentence_claimer_and_split() -> None:
    rows = relation_rows(across([dispute("d1", [C1], [A1], kind="update", a=["b"])], [[B1, A2]]))
    assert [(row["relation"], row["origin"], row["scope"]) for row in rows] == [
        ("update", "dispute", "cross"), ("equivalent", "proposition", "cross"),
        ("none", "sampled", "cross"), ("none", "sampled", "cross"),
    ]  # fmt: skip
    first, second, *sampled = rows
    assert (first["claim_a"], first["claim_b"], first["supersedes"]) == (A1, C1, "b")
    assert (first["sentence_a"], first["text_b"]) == (f"Someone said {A1}.", f"{C1}.")
    assert (first["claimer_a"], first["claimer_b"], first["level"]) == ("mill", "author", "between")
    assert (first["split_a"], first["split_b"], first["dispute_ids"]) == ("train", "validation", ["d1"])
    assert (second["relation_id"], second["dispute_ids"]) == (f"{A2}+{B1}", [])
    for row in (second, *sampled):
        assert (row["differs"], row["level"], row["supersedes"]) == (None, None, None)


def test_propositions_have_their_members_in_the_order_of_the_text() -> None:
    assert proposition_rows(across([], [[C1, A3, B2]]))[0]["claim_ids"] == [A3, B2, C1]


def test_claims_of_one_dispute_are_no_negative_nor_are_those_that_say_the_same() -> None:
    sampled = sample_negatives(across([dispute("d1", [A1, B1], [C1])], [[B1, B2], [A3, C3]]), 99)
    ends = set(sampled)
    assert not {(A1, B1), (A1, C1), (B1, C1), (B2, C1), (A1, B2), (A3, C3)} & ends
    assert {(A2, B2), (A1, C3), (A1, B3)} <= ends


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        claims = draw(st.lists(st.sampled_from(CLAIMS), min_size=2, max_size=5, unique=True))
        cut = draw(st.integers(1, len(claims) - 1))
        found.append(dispute(f"d{number}", claims[:cut], claims[cut:]))
    return found


@given(records(), st.integers(0, 40), st.lists(st.sampled_from(["mill", "bridge", None]), min_size=3, max_size=3))
def test_negatives_are_pairs_of_two_articles_of_a_story_that_nothing_joins(
    disputes: list[dict[str, Any]], wanted: int, stories: list[str | None]
) -> None:
    of_story = dict(zip(SPLITS, stories, strict=True))
    joined = [{claim for one in row["positions"] for claim in one["claims"]} for row in disputes]
    free = [
        (a, b)
        for a, b in combinations(CLAIMS, 2)
        if article_of_claim(a) != article_of_claim(b)
        and of_story[article_of_claim(a)] == of_story[article_of_claim(b)]
        and not any({a, b} <= claims for claims in joined)
    ]
    sampled = sample_negatives(across(disputes, stories=of_story), wanted)
    assert set(sampled) <= set(free)
    assert len(sampled) == len(set(sampled)) == min(wanted, len(free))


@given(records(), st.data())
def test_the_table_is_a_function_of_propositions_and_disputes_whatever_their_order(
    disputes: list[dict[str, Any]], data: st.DataObject
) -> None:
    propositions = [[A2, B2], [A3, C3, B3]]
    turned = [{**row, "positions": row["positions"][::-1]} for row in data.draw(st.permutations(disputes))]
    again = [group[::-1] for group in reversed(propositions)]
    assert relation_rows(across(turned, again)) == relation_rows(across(disputes, propositions))


def test_the_choice_of_negatives_depends_on_nothing_but_the_pairs() -> None:
    rows = [dispute("d1", [A1], [B1]), dispute("d2", [A2], [C2])]
    five = sample_negatives(across(rows), 5)
    assert five == sample_negatives(across(rows[::-1]), 5)
    assert five[:3] == sample_negatives(across(rows), 3)


def test_of_many_claims_not_all_pairs_are_looked_at_and_every_claim_is_in_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_rows, "_MANY", 4)
    rows = [{"claim_id": f"{name}:c1", "article_id": name, "start": 0, "end": 1} for name in "abcdefghijklmnopqrst"]
    found = Across(rows, {}, {}, [], [], default_scheme())
    sampled = sample_negatives(found, 999)
    assert len(sampled) == len(set(map(frozenset, sampled))) == 20  # each with the one next to it
    assert {claim for pair in sampled for claim in pair} == {row["claim_id"] for row in rows}
    assert all(a < b for a, b in sampled)
    turned = Across(rows[::-1], {}, {}, [], [], default_scheme())
    assert sample_negatives(turned, 7) == sampled[:7]
