"""The packaged guidelines hold no answers of an annotated article, and their exercise is a draft that can be read."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from allegata.annotate.draft import Sentences
from allegata.recipe.init import TEMPLATE
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span

ROOT = Path(__file__).parents[1]
FOLDER = TEMPLATE / "annotations"
EXERCISE = (FOLDER / "EXERCISE.md").read_text("utf-8")
SPANS = {"mention": ("quote",), "time": ("quote",), "claim": ("quote",), "attribution": ("source", "cue", "content")}
VALUES = {"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"}


def sequences(text: str) -> set[tuple[str, ...]]:
    """Every five words in a row, small."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


@pytest.mark.parametrize("name", ["GUIDELINES.md", "EXERCISE.md"])
def test_no_five_words_of_an_annotated_article_stand_in_them(name: str) -> None:
    newest = max((ROOT / "corpus").glob("v*"), key=lambda path: [int(part) for part in path.name[1:].split(".")])
    articles = [text for path in newest.glob("articles/*.parquet") for text in pq.read_table(path)["text"].to_pylist()]
    assert articles
    shared = sequences((FOLDER / name).read_text("utf-8")) & {found for text in articles for found in sequences(text)}
    assert not shared


def article(name: str) -> tuple[Sentences, list[dict[str, Any]]]:
    """The numbered sentences of an article of the exercise, and its answers."""
    lines = re.findall(r"^\d+\. (.+)$", EXERCISE.split(f"\n## Article {name}\n")[1].split("\n## ")[0], re.MULTILINE)
    text, spans = "", []
    for line in lines:
        spans.append(Span(len(text), len(text) + len(line)))
        text += line + "\n"
    return Sentences(text, spans, OffsetMap.without((), len(text))), answers(name)


def answers(name: str) -> list[dict[str, Any]]:
    """The records of the fence below a heading of answers."""
    below = EXERCISE.split(f"\n## Answers {'to ' if name.isupper() else ''}{name}\n")[1]
    return [json.loads(line) for line in below.split("```jsonl\n")[1].split("```")[0].splitlines()]


def found(sentences: Sentences, record: dict[str, Any], field: str) -> list[Span]:
    pieces = record[field] if isinstance(record[field], list) else [record[field]]
    spans = []
    for piece in pieces:
        where = {"s": record["s"], "nth": record.get("nth"), **(piece if isinstance(piece, dict) else {"quote": piece})}
        span, fault = sentences.find(where["s"], where["quote"], where["nth"])
        assert span is not None, fault
        spans.append(span)
    return spans


def test_the_exercise_has_ten_sentences() -> None:
    assert sum(len(article(name)[0].spans) for name in ("ONE", "TWO")) == 10


@pytest.mark.parametrize("name", ["ONE", "TWO"])
def test_every_answer_is_found_and_obeys_the_rules_on_layers(name: str) -> None:
    sentences, records = article(name)
    layers: dict[bool, list[Span]] = {True: [], False: []}
    times, dates = set(), set()
    register = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([A-Z]+) \|$", EXERCISE, re.MULTILINE))
    for record in records:
        spans = [span for field in SPANS[record["record"]] for span in found(sentences, record, field)]
        if record["record"] == "mention":
            layers[record.get("mention_type", "NAM") == "NAM"] += spans
            if record["label"] in VALUES:
                assert "entity_id" not in record
            else:
                assert register[record["entity_id"]] == record["label"]
            if record["label"] in ("DATE", "TIME"):
                dates.add(*spans)
        elif record["record"] == "time":
            times.add(*spans)
        elif record["record"] == "claim":
            assert record["decontextualised"].endswith(".")
            assert record["factuality_source"].endswith("-") == (record["polarity"] == "negated")
            if record["claim_type"] in ("demand", "prediction", "opinion"):
                assert record["check_worthiness"] == 0
    assert times == dates
    for spans in layers.values():
        ordered = sorted(spans, key=lambda span: span.start)
        assert all(one.end <= two.start for one, two in itertools.pairwise(ordered))


def test_propositions_and_disputes_of_the_exercise_name_its_claims() -> None:
    claims = {f"{name}:{r['id']}" for name in ("ONE", "TWO") for r in answers(name) if r["record"] == "claim"}
    across = answers("across articles")
    assert {record["record"] for record in across} == {"proposition", "dispute"}
    for record in across:
        taken = record.get("members") or [claim for place in record["positions"] for claim in place["claims"]]
        assert set(taken) <= claims
        assert len(taken) == len(set(taken)) > 1
        assert record["record"] == "proposition" or record["question"].endswith("?")
