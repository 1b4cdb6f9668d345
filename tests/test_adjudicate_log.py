"""The log of the adjudication: every entry has a reason, and the gold is what the log decided.

An entry that decides on a record of the gold names it (`article_id`, `record`, `id`, `field`) with its `decision`; one
without an `id` decides on a rule, or on what is no record of the gold.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from allegata.annotate.adjudication import quote
from allegata.annotate.passes import read_pass
from allegata.annotate.records import SPAN_FIELDS, Records
from allegata.recipe.build import read_corpus
from project import ROOT, SCHEME, read_rows

STORIES = ROOT / "examples" / "stories"
LOGS = [(ROOT, "adjudication"), (STORIES, "adjudication_titles"), (STORIES, "adjudication_pages")]
OF_EACH = pytest.mark.parametrize(("root", "name"), LOGS, ids=["articles", "titles", "pages"])


def _log(root: Path, name: str) -> list[dict[str, Any]]:
    return read_rows(root / "annotations" / "passes" / f"{name}.jsonl")


@cache
def _of_gold(root: Path) -> dict[tuple[str, str, str, str], object]:
    """Article, record, id, field -> the value in the gold; spans as their words."""
    corpus = read_corpus(root)
    gold = read_pass(root / "annotations" / "gold", "gold", corpus.source_texts, SCHEME)
    fields = Records(SCHEME).fields
    return {
        (article_id, record["record"], record["id"], name): quote(record, name, corpus.sentences[article_id])
        if name in SPAN_FIELDS[record["record"]]
        else record[name]
        for article_id, article in gold.articles.items()
        for record in article.records
        for name in (*SPAN_FIELDS[record["record"]], *fields[record["record"]])
    }


def _decision(row: dict[str, Any]) -> object:
    if row["field"] in SPAN_FIELDS[row["record"]]:
        return " … ".join(row["decision"]) or "(none)"
    return row["decision"]


@OF_EACH
def test_every_entry_has_a_reason(root: Path, name: str) -> None:
    assert [row for row in _log(root, name) if not row["reason"].strip()] == []


@OF_EACH
def test_the_gold_is_what_the_log_decided(root: Path, name: str) -> None:
    fields = {(kind, name) for kind, of in Records(SCHEME).fields.items() for name in (*SPAN_FIELDS[kind], *of)}
    named = [row for row in _log(root, name) if row.get("id") and (row["record"], row["field"]) in fields]
    decided = {(row["article_id"], row["record"], row["id"], row["field"]): _decision(row) for row in named}
    assert named
    assert {place: _of_gold(root).get(place, "no such record") for place in decided} == decided
