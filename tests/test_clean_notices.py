"""What cleaning says of an article as a whole goes from who knows it to who shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

import allegata
from allegata.clean import stage
from allegata.ingest.stage import ARTICLE_TABLE
from allegata.text.layers import Notice, Removal
from allegata.text.spans import Span


def test_those_of_ingestion_come_before_those_of_cleaning(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = stage.clean_source_text

    def judge(*given: Any) -> stage.Cleaned:
        return replace(plain(*given), notices=(Notice("not_an_article", "a list of teasers"),))

    monkeypatch.setattr(stage, "clean_source_text", judge)
    read = {"kind": "hidden_text", "text": "300 characters were hidden"}
    rows = [{"article_id": "a", "source_text": "A mill burned.", "notices": [read]}, {"source_text": "A dam broke."}]
    table = stage.clean(pa.Table.from_pylist(rows, ARTICLE_TABLE))
    assert [[one["kind"] for one in of] for of in table["notices"].to_pylist()] == [
        ["hidden_text", "not_an_article"],
        ["not_an_article"],
    ]
    assert allegata.clean_text("A mill burned.").notices == (Notice("not_an_article", "a list of teasers"),)


def test_an_article_of_the_library_says_that_hidden_text_was_read() -> None:
    page = (
        "<body style='display:none'>"
        + "<p>A mill by the river burned down on Monday night, the fire brigade said.</p>" * 3
    )
    assert [notice.kind for notice in allegata.clean_html(page.encode()).notices] == ["hidden_text"]


@pytest.mark.parametrize(("kind", "text"), [("hidden", "x"), ("hidden_text", " ")])
def test_a_notice_has_a_known_kind_and_says_something(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="notice"):
        Notice(kind, text)


def test_a_removal_of_the_judge_says_how_sure_it_is() -> None:
    removal = Removal(Span(0, 4), "outside_main_content", "judge/1", "few words", confidence=0.98765)
    assert removal.row()["confidence"] == 0.99
    assert Removal(Span(0, 4), "ticker", "ticker/1", "a price").row()["confidence"] is None
