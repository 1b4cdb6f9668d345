"""The confidence of cleaning goes from the judge to the published row: two decimals, null where nothing judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import allegata
from allegata.clean import stage
from allegata.recipe.build import run
from allegata.schema.problems import ProblemsFound
from allegata.schema.tables import ARTICLES as SCHEMA
from project import ARTICLES, add_article, copy_root

TEXT = "The ferry sank at noon.\nNobody drowned, the harbour master said on Monday.\n"


def judged(monkeypatch: pytest.MonkeyPatch, confidence: float | None) -> None:
    """A judge that has this confidence in every text about a ferry."""
    plain = stage.clean_source_text

    def judge(source_text: str, *more: Any) -> stage.Cleaned:
        cleaned = plain(source_text, *more)
        return replace(cleaned, confidence=confidence) if "ferry" in source_text else cleaned

    monkeypatch.setattr(stage, "clean_source_text", judge)


def test_it_is_a_column_of_two_decimals_and_nulls(monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, 0.87654321)
    table = pa.table({"article_id": ["a", "b"], "source_text": [TEXT, "A mill burned."], "language": ["en", "en"]})
    for name in ("title", "author", "published", "ai_disclosure", "ai_generated", "media_type", "url"):
        table = table.append_column(name, pa.nulls(2, pa.bool_() if name == "ai_generated" else pa.string()))
    column = stage.clean(table)["confidence"]
    assert (column.type, column.to_pylist()) == (SCHEMA.field("confidence").type, [0.88, None])


def test_an_article_of_the_library_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    judged(monkeypatch, 0.5)
    assert allegata.clean_text(TEXT).confidence == 0.5


def test_it_is_published_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_root(tmp_path)
    add_article(root, "ferry", TEXT.encode())
    judged(monkeypatch, 0.41)
    build = run(root, "annotate")
    rows = pa.concat_tables(build.tables["articles"]).to_pylist()
    assert {row["article_id"]: row["confidence"] for row in rows} == {**dict.fromkeys(ARTICLES), "ferry": 0.41}
    judged(monkeypatch, 1.5)
    with pytest.raises(ProblemsFound, match=r"ferry: it breaks .*column=confidence"):
        run(root, "validate")
