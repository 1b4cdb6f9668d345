"""Articles that were taken out of publication: annotations/withdrawn.jsonl, one a line, without a word of their text.

    {"article_id": "…", "sha256": "…", "reason": "…", "date": null, "split": "train", "signature": "2:…"}

`allegata withdraw` writes it. `signature` is what a near copy is recognised by, `split` where the article was
published; it holds for the article for good. `"restored": true`, added by hand, takes a withdrawal back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from allegata.schema.fields import Field, field_faults, filled
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.labels import SPLITS
from allegata.schema.problems import Problem, ProblemsFound

WITHDRAWN = "withdrawn.jsonl"
STAGE = "withdrawn"  # in the ledger: stage and reason of these articles
NEAR_COPY = "near_copy"  # the reason of an article that is a near copy of one of them
_FIX = "correct the line, or write it anew: allegata withdraw ARTICLE --reason TEXT"
WITHDRAWAL_FIELDS = {
    "article_id": Field(),
    "sha256": Field(),
    "reason": Field(),
    "date": Field(nullable=True),
    "split": Field(choices=SPLITS, nullable=True),
    "signature": Field(default=""),
    "restored": Field(bool, default=False),
}
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Withdrawal:
    """Why an article was taken out, when if that is stated, and what it is recognised by."""

    article_id: str
    sha256: str
    reason: str
    date: str | None = None
    split: str | None = None
    signature: str = ""
    restored: bool = False

    @property
    def why(self) -> str:
        """The reason with the date, in one line."""
        return " ".join(self.reason.split()) + (f" ({self.date})" if self.date else "")


def read_withdrawn(annotations: Path) -> dict[str, Withdrawal]:
    """Every withdrawal by article, restored ones among them; none where the file is missing. Raises `ProblemsFound`."""
    name = f"{annotations.name}/{WITHDRAWN}"
    data = read_file(annotations / WITHDRAWN, name)
    lines, problems = parse_json_lines(data or b"", name)
    found: dict[str, Withdrawal] = {}
    for number, row in lines:
        faults = _faults(row)
        if not faults and row["article_id"] in found:
            faults = [f"a second withdrawal of the article {row['article_id']!r}"]
        problems += [Problem(fault, _FIX, file=name, line=number) for fault in faults]
        if not faults:
            found[row["article_id"]] = Withdrawal(**filled(row, WITHDRAWAL_FIELDS))
    if problems:
        raise ProblemsFound(problems)
    return found


def in_force(annotations: Path) -> dict[str, Withdrawal]:
    """The withdrawals that hold: those that were not taken back. Raises `ProblemsFound`."""
    return {name: one for name, one in read_withdrawn(annotations).items() if not one.restored}


def render_withdrawn(withdrawals: Iterable[Withdrawal]) -> str:
    """The text of the file, sorted by article; `restored` is only written where it is true."""
    rows = (asdict(one) for one in sorted(withdrawals, key=lambda one: one.article_id))
    kept = ({name: value for name, value in row.items() if name != "restored" or value} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)


def is_day(text: str) -> bool:
    """True for a day such as 2031-04-02."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _faults(row: Mapping[str, Any]) -> list[str]:
    if faults := field_faults(row, WITHDRAWAL_FIELDS, "a withdrawal"):
        return faults
    if not _SHA256.fullmatch(row["sha256"]):
        faults.append("sha256 is not 64 lower-case hexadecimal digits")
    if not any(map(str.isalnum, row["article_id"])):
        faults.append("article_id is empty")
    if not any(map(str.isalnum, row["reason"])):
        faults.append("the reason is empty")
    if row.get("date") is not None and not is_day(row["date"]):
        faults.append(f"the date is {row['date']!r}, no day such as '2031-04-02'")
    return faults
