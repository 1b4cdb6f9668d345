"""What an annotator need not write of a claim: cue, claimer, chain, the author's commitment, parent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.schema.scheme import default_scheme
from allegata.text.claim_context import parents, with_computed
from allegata.text.spans import Span

SCHEME = default_scheme()
Row = dict[str, Any]


def attribution(name: str, source: str | None, start: int, end: int, kind: str = "Comm") -> Row:
    return {"id": name, "source_id": source, "content": [Span(start, end)], "attribution_type": kind}


# The union said that the mine had promised that the pit would open.
UNION, MINE = attribution("a001", "union", 20, 90), attribution("a002", "mine", 50, 90)
NESTED = [MINE, UNION]


def computed(attributions: list[Row], start: int = 55, end: int = 85, **claim: Any) -> Row:
    return dict(with_computed({"factuality_source": "CT+", **claim}, [Span(start, end)], attributions, SCHEME))


def test_a_claim_outside_every_attribution_is_the_author_s() -> None:
    found = computed(NESTED, 0, 15)
    assert (found["attribution_id"], found["claimer_id"], found["claimer_chain"]) == (None, "author", ["author"])
    assert found["factuality_author"] == "CT+"


def test_the_innermost_attribution_names_the_claimer_and_the_chain_leads_from_outside_in() -> None:
    found = computed(NESTED)
    assert (found["attribution_id"], found["claimer_id"]) == ("a002", "mine")
    assert found["claimer_chain"] == ["author", "union", "mine"]
    assert found["factuality_author"] == "Uu"
    assert computed(NESTED, 25, 90)["claimer_chain"] == ["author", "union"]


def test_of_a_named_claimer_it_is_the_innermost_attribution_of_that_claimer() -> None:
    found = computed(NESTED, claimer_id="union")
    assert (found["attribution_id"], found["claimer_chain"]) == ("a001", ["author", "union"])
    alone = computed(NESTED, claimer_id="mayor")
    assert (alone["attribution_id"], alone["claimer_chain"]) == (None, ["author", "mayor"])
    own = computed(NESTED, claimer_id="author")
    assert (own["attribution_id"], own["claimer_chain"], own["factuality_author"]) == (None, ["author"], "CT+")


def test_a_source_that_the_register_does_not_have_is_unnamed() -> None:
    found = computed([attribution("a001", None, 20, 90)])
    assert (found["attribution_id"], found["claimer_id"], found["claimer_chain"]) == (
        "a001", "unnamed", ["author", "unnamed"],
    )  # fmt: skip


def test_one_source_in_two_attributions_is_one_link() -> None:
    assert computed([UNION, attribution("a002", "union", 50, 90)])["claimer_chain"] == ["author", "union"]


def test_the_author_vouches_for_what_is_attributed_as_a_fact_and_by_that_alone() -> None:
    factive = attribution("a002", "mine", 50, 90, "Ftv")
    assert computed([factive])["factuality_author"] == "CT+"
    assert computed([factive], factuality_source="PS+")["factuality_author"] == "PS+"
    assert computed([factive, UNION])["factuality_author"] == "Uu"
    assert computed([attribution("a001", "union", 20, 90, "Ftv"), MINE])["factuality_author"] == "Uu"
    assert computed([factive], factuality_source=None)["factuality_author"] is None


@pytest.mark.parametrize(
    "said",
    [{"attribution_id": None}, {"claimer_id": "union"}, {"claimer_chain": ["author", "mine"]},
     {"factuality_author": None}, {"factuality_author": "PR+"}],
)  # fmt: skip
def test_what_the_draft_says_is_kept(said: Row) -> None:
    assert computed(NESTED, **said).items() >= said.items()


def test_a_claim_in_pieces_is_held_where_all_of_them_are() -> None:
    pieces = [Span(25, 30), Span(55, 85)]
    assert with_computed({}, pieces, NESTED, SCHEME)["attribution_id"] == "a001"
    assert with_computed({}, [Span(0, 5), Span(55, 85)], NESTED, SCHEME)["attribution_id"] is None


def test_a_parent_is_the_smallest_claim_whose_hull_is_around_it_and_larger() -> None:
    def claim(name: str, *spans: tuple[int, int]) -> Row:
        return {"id": name, "segments": [Span(start, end) for start, end in spans]}

    around, pieces, inside = claim("c1", (0, 100)), claim("c2", (10, 20), (40, 50)), claim("c3", (25, 35))
    claims = [around, pieces, inside, claim("c4", (25, 35)), claim("c5", (30, 60))]
    assert parents(claims) == [None, "c1", "c2", "c2", "c1"]
    assert parents(claims[::-1]) == ["c1", "c2", "c2", "c1", None]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)), max_size=12))
def test_parents_are_those_that_a_comparison_of_all_claims_finds(drawn: list[tuple[int, int]]) -> None:
    spans = [Span(start, start + length) for start, length in drawn]
    claims = [{"id": f"c{number:02}", "segments": [span]} for number, span in enumerate(spans)]
    expected = []
    for span in spans:
        outer = [(o.length, f"c{n:02}") for n, o in enumerate(spans) if o.contains(span) and o.length > span.length]
        expected.append(min(outer)[1] if outer else None)
    assert parents(claims) == expected


def test_two_sources_that_nobody_named_are_two_links() -> None:
    rows = [attribution("a001", None, 20, 90), attribution("a002", None, 50, 90)]
    assert computed(rows)["claimer_chain"] == ["author", "unnamed", "unnamed"]
