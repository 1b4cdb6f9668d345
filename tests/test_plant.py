"""The planted disputes of the invented stories: what sheets fix and articles say, on claims that others annotated."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from project import ROOT

STORIES = ROOT / "examples" / "stories"
sys.path.insert(0, str(STORIES))

from plant import Claim, claim_at, dispute_of, plant  # noqa: E402


def test_every_place_of_a_sheet_is_a_claim_or_is_named() -> None:
    rows = [json.loads(line) for path in (STORIES / "realised").glob("*.jsonl") for line in path.open()]
    planted = plant(STORIES)
    lost = [fault for fault in planted.lost if fault.endswith(("clean text", "annotated claim", "several times"))]
    assert planted.places + len(lost) == sum("dispute" in row for row in rows)
    assert not [fault for fault in planted.lost if fault.endswith(("of the sheet", "of the corpus"))]


def at(start: int, end: int, name: str = "x:c1") -> Claim:
    return Claim(name, "author", frozenset(range(start, end)))


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ([at(0, 50), at(10, 20, "x:c2")], "x:c2"),  # the claim inside is more like the quote
        ([at(10, 20), at(10, 20, "x:c2")], "x:c1"),  # the earlier of two
        ([at(14, 20)], "x:c1"),  # the quote holds words that attribute
        ([at(18, 60)], None),  # neither has half of the quote nor lies in it
        ([], None),
    ],
)
def test_a_quote_stands_for_the_claim_that_covers_it_best(claims: list[Claim], found: str | None) -> None:
    claim = claim_at(frozenset(range(10, 20)), claims)
    assert (claim and claim.id) == found


def sheet(kind: str, **supersedes: list[str]) -> dict[str, Any]:
    positions = [{"id": name, "canonical": "So.", "supersedes": others} for name, others in supersedes.items()]
    row = {"id": "d1", "question": "Is it?", "kind": kind, "differs": "scope", "about": "content"}
    return {**row, "position": positions}


def taken(**claims: list[str]) -> dict[tuple[str, str], set[str]]:
    return {("d1", position): set(names) for position, names in claims.items()}


def test_a_position_that_no_claim_takes_is_named_and_what_superseded_it_supersedes_what_it_did() -> None:
    (row,), faults = dispute_of("fire", sheet("update", a=[], b=["a"], c=["b"]), taken(a=["x:c1"], c=["y:c2", "x:c9"]))
    assert row["id"] == "fire-d1"
    assert [(one["id"], one["claims"], one["supersedes"]) for one in row["positions"]] == [
        ("a", ["x:c1"], []),
        ("c", ["x:c9", "y:c2"], ["a"]),
    ]
    assert faults == ["fire-d1: no claim takes position b"]


@pytest.mark.parametrize(
    ("dispute", "claims", "says"),
    [
        (sheet("tension", a=[], b=[]), taken(a=["x:c1"]), "fewer than two positions are taken"),
        (sheet("tension", a=[], b=[]), taken(a=["x:c1"], b=["x:c1"]), "the claim x:c1 takes the positions a, b"),
        (sheet("update", a=[], b=["a"], c=[]), taken(a=["x:c1"], c=["x:c2"]), "no position replaces another any more"),
    ],
)
def test_a_dispute_that_lost_what_makes_it_one_is_named_and_not_written(
    dispute: dict[str, Any], claims: dict[tuple[str, str], set[str]], says: str
) -> None:
    rows, faults = dispute_of("fire", dispute, claims)
    assert rows == []
    assert any(says in fault for fault in faults)
