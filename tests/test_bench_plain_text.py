"""The benchmark of plain text: what counts as right, wrong and missed, by language and by reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allegata.judge.line_judge import LineJudge
from allegata.schema.problems import ProblemsFound
from bench.plain_text import Removed, rules_alone, run_plain_text

PAGES = [
    {
        "id": "one",
        "language": "de",
        "lines": [["Menü", "site_furniture"], ["Der Fluss stieg [2].", None], ["[2] Amt", "reference_list"]],
    },
    {"id": "two", "language": "fr", "lines": [["Rien à ôter", None], ["ni ici", None]]},
]


def written(folder: Path, *lines: str) -> Path:
    path = folder / "pages.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def clean(text: str) -> Removed:
    return [(0, 4, "byline")] if text.startswith("Menü") else [(0, len("Rien"), "title")]


def test_characters_count_by_language_and_by_reason_without_blanks(tmp_path: Path) -> None:
    report = run_plain_text(written(tmp_path, *map(json.dumps, PAGES)), clean)
    de, fr = report.languages["de"], report.languages["fr"]
    assert (de.right, de.wrong, de.missed) == (4, 0, 3 + 6)  # the marker `[2]` and the list stay
    assert (fr.right, fr.wrong, fr.missed) == (0, 4, 0)
    assert (de.precision, fr.recall) == (1.0, 1.0)
    assert (report.reasons["site_furniture"].recall, report.reasons["title"].precision) == (1.0, 0.0)


def test_a_page_with_nothing_to_remove_that_lost_text_is_named_and_wrong_lines_are_shown(tmp_path: Path) -> None:
    report = run_plain_text(written(tmp_path, *map(json.dumps, PAGES)), clean)
    assert report.harmed == ["two"]
    assert report.error_lines() == "one: reference_list -> stays: [2] Amt\n"


def test_the_rules_alone_are_scored_without_the_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(LineJudge, "judge")
    said = [[f"Mill number {number} failed a test of its flour on Monday.", None] for number in range(9)]
    page = {"id": "four", "language": "en", "lines": [["Skip to content", "site_furniture"], *said]}
    assert run_plain_text(written(tmp_path, json.dumps(page)), rules_alone).languages["en"].right == 13


def test_a_line_that_is_no_page_is_a_problem_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match=r"pages\.jsonl:2"):
        run_plain_text(written(tmp_path, json.dumps(PAGES[0]), '{"id": "three"}'), clean)
