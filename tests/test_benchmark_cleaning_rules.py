"""What each rule takes of benchmark pages, by the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.__main__ import app
from bench.cleaning_pages import load_pages
from bench.cleaning_rules import KEPT, run_rules
from bench.ours import Cleaner
from test_clean_web import PARAGRAPHS, page


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A page with its text twice; its gold has that too, but for the first line, which it lacks."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "a.html").write_text(page(*(f"<p>{one}</p>" for one in PARAGRAPHS)), encoding="utf-8")
    gold = "\n".join(PARAGRAPHS[1:] * 2)
    row = {"id": "a", "page_type": "article", "main_content": gold, "with": [], "without": []}
    (tmp_path / "ground-truth.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return tmp_path


def test_every_line_is_kept_or_taken_by_a_rule_and_wanted_or_not(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run_rules(load_pages(data), Cleaner(titles=False))
    lines = [(line.rule.partition("/")[0], line.reason, line.wanted, line.text) for line in report.lines]
    assert (KEPT, "body", False, PARAGRAPHS[0]) in lines
    for text in PARAGRAPHS[1:]:
        assert {line for line in lines if line[3] == text} == {
            (KEPT, "body", True, text),
            ("repetition", "repetition", True, text),
        }
    assert [line.split(": ")[-1] for line in report.wrong_lines().splitlines()] == PARAGRAPHS[1:]
    with pytest.raises(SystemExit) as stopped:
        app(["cleaning-rules", "--data", str(data), "--errors"])
    assert not stopped.value.code
    out = capsys.readouterr().out
    assert out == report.table() + report.wrong_lines()
    (row,) = (line for line in out.splitlines() if line.startswith("repetition/"))
    taken, wanted = len(PARAGRAPHS), len(PARAGRAPHS) - 1
    assert row.split()[2:5] + row.split()[6:] == ["1", f"{taken}", f"{wanted}", f"{wanted}/{taken}"]
