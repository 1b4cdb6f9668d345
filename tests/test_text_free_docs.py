"""docs/text-free.md is followed word for word."""

from __future__ import annotations

from pathlib import Path

from project import ROOT
from test_exchange_docs import blocks, run


def test_the_way_to_an_edition_and_back(tmp_path: Path) -> None:
    said = ""
    for block in blocks((ROOT / "docs" / "text-free.md").read_text(encoding="utf-8")):
        if block.kind == "sh":
            said = run(block.text, tmp_path, warm=False)
        else:
            assert block.text.strip() in said
    assert "is lost" not in said
    assert (tmp_path / "other" / "drifted.jsonl").is_file()
