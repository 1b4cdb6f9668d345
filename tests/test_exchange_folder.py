"""The folder of an export says what it is of; whatever a folder holds, asking for its format raises nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from allegata.exchange.folder import MARK, Mark, Reading, mark_of
from allegata.exchange.formats import format_of
from allegata.schema.problems import ProblemsFound

BAD_MARKS = [
    "",
    "[" * 100_000,
    "[]",
    "{}",
    '{"format": []}',
    '{"format": "brat", "layers": [{}]}',
    '{"format": "brat", "states": 3}',
    '{"format": "brat", "states": {"a": {"claim": 7}}}',
    '{"format": "brat", "imported": {"gold": []}}',
    '{"format": "brat", "format": "spans"}',
]


def test_a_mark_comes_back(tmp_path: Path) -> None:
    states = {"a": {"claim": "0f"}, "b": {}}
    mark = Mark("brat", "v1.0.0", ("claim",), "folder of a tokenizer", states, {"gold": states})
    (tmp_path / MARK).write_text(mark.text(), "utf-8")
    assert mark_of(tmp_path) == mark


@pytest.mark.parametrize("content", BAD_MARKS, ids=lambda one: one[:30])
def test_a_broken_mark_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / MARK).write_text(content, "utf-8")
    (tmp_path / "spans.jsonl").write_text(json.dumps({"id": "a", "text": "x"}) + "\n", "utf-8")
    assert mark_of(tmp_path) == Mark()
    found = format_of(tmp_path)
    assert found
    assert found.name == "spans"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.json", "a.yaml", "a.xmi", "a.jsonld", "a.train", "README.md"):
        os.mkfifo(tmp_path / name)
    assert format_of(tmp_path) is None


@pytest.mark.parametrize("path", ["/dev/zero", "pipe.train", "."])
def test_what_is_no_regular_file_is_a_problem_that_is_not_read(tmp_path: Path, path: str) -> None:
    os.mkfifo(tmp_path / "pipe.train")
    reading = Reading()
    assert reading.files(tmp_path / path, ".train") == []
    with pytest.raises(ProblemsFound, match="is no regular file"):
        reading.problems.raise_if_any()
