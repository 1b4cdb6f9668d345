"""Projection of the annotation layers: evidence, attributions, times, ids."""

from __future__ import annotations

from typing import Any

import pytest

from allegata.publish.annotation_rows import attribution_rows, claim_rows, mention_rows, time_rows
from allegata.publish.projector import Projector
from allegata.publish.text_rows import citation_rows, removal_rows, sentence_rows
from allegata.schema.scheme import default_scheme

SOURCE = "Acme said the mill [1] burned down. [2] [1] Nobody paid,[3] he said [4].\nRent is due [2][3]."
URLS = {"[1]": "https://mill.example/1", "[2]": None, "[3]": None, "[4]": None}


def spans(quote: str) -> list[dict[str, int]]:
    start = SOURCE.index(quote)
    return [{"start": start, "end": start + len(quote)}]


def projector(**layers: list[dict[str, Any]]) -> Projector:
    citations, removals, position = [], [], 0
    while (position := SOURCE.find("[", position)) >= 0:
        marker = SOURCE[position : position + 3]
        citations.append({"start": position, "end": position + 3, "marker": marker, "url": URLS[marker]})
        first = position - (SOURCE[position - 1] == " ")
        removals.append({"start": first, "end": position + 3})
        position += 3
    line = SOURCE.index("\n")
    article = {
        "article_id": "000_a",
        "source_text": SOURCE,
        "text": "Acme said the mill burned down. Nobody paid, he said.\nRent is due.",
        "citations": citations,
        "removals": removals,
        "sentences": [{"start": 0, "end": 35}, {"start": 44, "end": line}, {"start": line + 1, "end": len(SOURCE)}],
        "annotated": True,
        **{name: [] for name in ("mentions", "attributions", "claims", "time_expressions")},
        **layers,
    }
    return Projector.of(article)


def claim(quote: str, **more: Any) -> dict[str, Any]:
    fields = (
        "parent_id", "attribution_id", "claim_type", "verifiable", "factuality_source",
        "factuality_author", "polarity", "modality", "claimer_id", "claimer_chain", "object_id", "decontextualised",
        "amounts", "elliptical",
    )  # fmt: skip
    return {"id": "c001", "segments": spans(quote), "check_worthiness": 1, **dict.fromkeys(fields), **more}


@pytest.mark.parametrize(
    ("quote", "markers"),
    [
        ("the mill [1] burned down", ["[1]", "[2]"]),  # inside, then behind the full stop; [1] again only once
        ("Nobody paid", []),  # a comma is no final mark
        ("Nobody paid,[3] he said", ["[3]", "[4]"]),
        ("Rent is due", ["[2]", "[3]"]),  # one marker after another
        ("Acme", []),
    ],
)
def test_evidence_is_the_markers_in_a_claim_or_right_behind_it(quote: str, markers: list[str]) -> None:
    (row,) = claim_rows(projector(claims=[claim(quote)]), default_scheme())
    assert [cited["marker"] for cited in row["evidence"]] == markers
    assert all(cited["url"] == URLS[cited["marker"]] for cited in row["evidence"])


@pytest.mark.parametrize(("grade", "worthy"), [(0, False), (1, False), (2, True)])
def test_only_the_highest_grade_is_check_worthy(grade: int, worthy: bool) -> None:
    (row,) = claim_rows(projector(claims=[claim("Acme", check_worthiness=grade)]), default_scheme())
    assert row["check_worthy"] is worthy


def test_attributions_and_claims_name_each_other_by_full_ids_and_quote_the_clean_text() -> None:
    attribution = {
        "id": "a001", "content": spans("the mill [1] burned down"), "source": spans("Acme"), "cue": spans("said"),
        "source_id": "acme", "attribution_type": "Comm", "quotation_type": "indirect",
    }  # fmt: skip
    layers = {"attributions": [attribution], "claims": [claim("the mill [1] burned down", attribution_id="a001")]}
    (row,) = attribution_rows(projector(**layers), default_scheme())
    assert (row["attribution_id"], row["sentence_id"]) == ("000_a:a001", "000_a:s001")
    assert row["surface"] == row["content"][0]["surface"] == "the mill burned down"
    assert row["source"][0]["surface"] == "Acme"
    (owner,) = claim_rows(projector(**layers), default_scheme())
    assert owner["attribution_id"] == "000_a:a001"
    assert owner["cue"][0]["surface"] == "said"


@pytest.mark.parametrize(("anchor", "published"), [("dct", "dct"), ("t002", "000_a:t002"), (None, None)])
def test_a_time_is_anchored_by_a_full_id_or_by_the_date_of_the_article(
    anchor: str | None, published: str | None
) -> None:
    fields = {"type": "DATE", "value": None, "edtf": None, "mod": None, "anchor": anchor}
    (row,) = time_rows(
        projector(time_expressions=[{"id": "t001", "segments": spans("Rent"), **fields}]), default_scheme()
    )
    assert (row["time_id"], row["surface"], row["anchor"]) == ("000_a:t001", "Rent", published)


def test_a_mention_carries_what_the_register_says_of_its_entity() -> None:
    mention = {"id": "m001", "segments": spans("Acme"), "label": "ORG", "mention_type": "NAM"}
    register = {"acme": {"name": "Acme Ltd", "wikidata": "Q1", "wikidata_status": "unverified"}}
    rows = mention_rows(
        projector(mentions=[{**mention, "entity_id": "acme"}, {**mention, "entity_id": None}]),
        register,
        default_scheme(),
    )
    assert [(row["entity_name"], row["wikidata"], row["wikidata_status"]) for row in rows] == [
        ("Acme Ltd", "Q1", "unverified"),
        (None, None, None),
    ]


def counted(count: int) -> Projector:
    """An article of `count` sentences, each with a marker that is cut."""
    source = "Hay [1] " * count
    starts = range(0, len(source), 8)
    removal = {"reason": "citation_marker", "rule": "x/1", "evidence": "", "repeats_start": None, "repeats_end": None}
    removal |= {"fills": None, "confidence": None}
    article = {
        "article_id": "000_a",
        "source_text": source,
        "text": "Hay " * count,
        "citations": [{"start": at + 4, "end": at + 7, "marker": "[1]", "url": None} for at in starts],
        "removals": [{"start": at + 4, "end": at + 8, **removal} for at in starts],
        "sentences": [{"start": at, "end": at + 3, "zone": "body"} for at in starts],
        "annotated": True,
    }
    return Projector.of(article)


@pytest.mark.parametrize(("count", "first"), [(999, "001"), (1200, "0001")])
def test_ids_sort_as_strings_in_the_order_of_the_text_however_long_the_article(count: int, first: str) -> None:
    article = counted(count)
    ids = [row["sentence_id"] for row in sentence_rows(article, [])]
    for letter, found in (
        ("s", ids),
        ("n", [row["citation_id"] for row in citation_rows(article)]),
        ("r", [row["removal_id"] for row in removal_rows(article)]),
    ):
        assert found[0] == f"000_a:{letter}{first}"
        assert len(set(found)) == count
        assert found == sorted(found)
    assert [article.sentence_id(span.start) for span in article.sentences] == ids
