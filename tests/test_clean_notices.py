"""What ingestion says of an article as a whole goes on to who shows it."""

from __future__ import annotations

import pyarrow as pa
import pytest

import allegata
from allegata.clean import stage
from allegata.ingest.stage import ARTICLE_TABLE
from allegata.text.layers import Notice


def test_cleaning_keeps_the_notices_of_ingestion() -> None:
    read = {"kind": "hidden_text", "text": "300 characters were hidden"}
    rows = [{"article_id": "a", "source_text": "A mill burned.", "notices": [read]}, {"source_text": "A dam broke."}]
    table = stage.clean(pa.Table.from_pylist(rows, ARTICLE_TABLE))
    assert table["notices"].to_pylist() == [[read], None]


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
