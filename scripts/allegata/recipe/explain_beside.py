"""What lies beside a published corpus and explains more of it: raw files, and the logs of adjudication."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from allegata.schema.digests import sha256_file
from allegata.schema.json_lines import parse_json_lines

Row = dict[str, Any]


def raw_file(root: Path, name: str, sha256: str) -> str | None:
    """`same` where raw/ of the corpus has the file that was published from, `other` where it has other bytes under
    this name, None where it has none."""
    path = root / "raw" / name
    if ".." in path.parts or not path.is_relative_to(root / "raw") or not os.path.isfile(path):  # of whatever name
        return None
    return "same" if sha256_file(path) == sha256 else "other"


def decisions_in(annotations: Path, article_id: str, record_id: str) -> list[Row]:
    """The entries about a record in the logs of adjudication: files of JSON Lines beside the folders of passes, whose
    lines name `article_id` and `id`. A line that is none of it says nothing of the record."""
    found = []
    for path in sorted((annotations / "passes").glob("*.jsonl")):
        for line, row in parse_json_lines(path.read_bytes(), path.name)[0]:
            if (row.get("article_id"), row.get("id")) == (article_id, record_id):
                found.append({"file": f"annotations/passes/{path.name}", "line": line, **row})
    return found
