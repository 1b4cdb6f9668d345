"""The log of the adjudication covers every difference, and the gold is what the log decided."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from allegata.annotate.adjudication import compare, quote, shown
from allegata.annotate.passes import Pass, read_pass
from allegata.annotate.records import SPAN_FIELDS
from allegata.recipe import compare as recipe
from allegata.recipe.build import read_corpus
from project import ROOT, SCHEME, read_rows

ANNOTATIONS = ROOT / "annotations"
PASSES = ANNOTATIONS / "passes"
LOG = read_rows(PASSES / "adjudication.jsonl")
NAMED = [row for row in LOG if row["article_id"] and row["id"]]  # the others decide on a rule, not on a record


@cache
def _passes() -> tuple[recipe.CleanedTexts, Pass, Pass]:
    corpus = read_corpus(ROOT)
    return corpus, *recipe.two_passes(corpus, PASSES / "a", PASSES / "b")


@cache
def _gold() -> Pass:
    gold = read_pass(ANNOTATIONS / "gold", "gold", _passes()[0].source_texts, SCHEME)
    if "adjudicator" not in gold.annotators:
        pytest.skip("annotations/gold is not the adjudicated annotation yet")
    return gold


def _record(found: Pass, row: dict[str, Any]) -> dict[str, Any]:
    records = found.articles[row["article_id"]].of(row["record"])
    return dict(next(record for record in records if record["id"] == row["id"]))


def _value(found: Pass, row: dict[str, Any]) -> object:
    record = _record(found, row)
    if row["field"] in SPAN_FIELDS[row["record"]]:
        return quote(record, row["field"], _passes()[0].sentences[row["article_id"]])
    return record[row["field"]]


def _logged(row: dict[str, Any], name: str) -> object:
    return " … ".join(row[name]) if row["field"] in SPAN_FIELDS[row["record"]] else row[name]


def test_every_difference_between_the_passes_has_an_entry_and_only_those_are_called_one() -> None:
    corpus, a, b = _passes()
    found = {
        (item.article_id, item.sentence, item.record, item.id, item.field, item.a, item.b)
        for article_id, sentences in corpus.sentences.items()
        for item in compare(a, b, article_id, sentences).differences
    }
    logged = {
        (row["article_id"], row["s"], row["record"], row["id"], row["field"], shown(row["a"]), shown(row["b"]))
        for row in LOG
        if row["kind"] == "difference"
    }
    assert found == logged


def test_the_log_quotes_what_the_passes_say() -> None:
    _, a, b = _passes()
    for row in NAMED:
        assert _logged(row, "a") == _value(a, row), row
        assert _logged(row, "b") == _value(b, row), row


def test_every_entry_has_a_reason() -> None:
    for row in LOG:
        assert row["reason"].strip(), row
        assert row["kind"] in ("difference", "doubt", "both"), row


def test_the_gold_is_what_the_log_decided() -> None:
    gold = _gold()
    for row in NAMED:
        assert _value(gold, row) == _logged(row, "decision"), row


def test_the_gold_differs_from_the_passes_only_where_the_log_says_so() -> None:
    corpus, a, _ = _passes()
    decided = {(row["article_id"], row["record"], row["id"], row["field"]) for row in NAMED}
    for article_id, sentences in corpus.sentences.items():
        for item in compare(a, _gold(), article_id, sentences).differences:
            assert (article_id, item.record, item.id, item.field) in decided, item
