"""The card states how good proposals are, as they were measured, or that nobody measured it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.publish.card.pages import Links
from allegata.publish.card.pre_annotation import (
    PRE_ANNOTATION,
    pre_annotation_page,
    pre_annotation_section,
    pre_annotation_text,
    read_pre_annotation,
)
from allegata.publish.measured import install_pre_annotation
from allegata.schema.problems import ProblemsFound, UsageError
from publish_samples import published

SCORES = {"exact": [0.5, 0.25, 0.3333], "token": [1.0, None, None], "articles": {"a1": 0.25, "a2": 0.5}}
FACTS: dict[str, Any] = {
    "version": "0.1.0",
    "pre_annotator": "1",
    "systems": [{"name": "CRF", "articles": ["a1", "a2"], "layers": {"claims": SCORES}}],
}


def test_undefined_is_said_and_the_spread_stands_beside_the_mean() -> None:
    assert "| CRF | claims | 0.500 | 0.250 | 0.333 | 0.250 to 0.500 | undefined |" in pre_annotation_text(FACTS)
    assert pre_annotation_section(None, Links()) == "<!-- pre-annotation -->\n<!-- /pre-annotation -->"


def test_measured_figures_go_into_the_card_of_the_next_publication_too(tmp_path: Path) -> None:
    published(tmp_path)
    card = tmp_path / "dataset_card.md"
    assert pre_annotation_section(None, Links()) in card.read_text("utf-8")
    install_pre_annotation(tmp_path, FACTS)
    assert read_pre_annotation(tmp_path) == FACTS
    for path, links in ((card, Links("corpus/")), (tmp_path / "corpus" / "README.md", Links())):
        section = pre_annotation_section(FACTS, links)
        assert "(CRF): claims 0.333. [All figures](" in section
        assert section in path.read_text("utf-8")
    assert (tmp_path / "corpus" / "card" / "pre-annotation.md").read_bytes() == pre_annotation_page(FACTS)
    card.write_text("no place", "utf-8")
    with pytest.raises(UsageError, match="publish"):
        install_pre_annotation(tmp_path, FACTS)


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({**FACTS, "systems": [{"name": "x"}]})])
def test_a_damaged_file_is_a_problem_with_a_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / PRE_ANNOTATION).write_text(text, "utf-8")
    with pytest.raises(ProblemsFound, match="delete it and make it again"):
        read_pre_annotation(tmp_path)
