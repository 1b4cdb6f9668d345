"""What drafts compute passes the gate: claims, attributions and disputes at random through the real build.

`-m slow` runs many more of them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from project import edit_rows, manifest_row, write_rows

WORDS = ("mill", "burned", "Holm", "said", "that", "nobody", "knew", "why")
ARTICLES = ("one", "two")
SOURCES = ("holm", "mill", None)
KINDS = ("contradiction", "framing", "tension")
Row = dict[str, Any]


@st.composite
def pieces(draw: st.DrawFn) -> dict[str, Any]:
    """A place in an article: the number of a sentence, and some of its words in a row."""
    start = draw(st.integers(0, len(WORDS) - 1))
    end = draw(st.integers(start + 1, len(WORDS)))
    sentence = draw(st.integers(1, 3))
    return {"s": sentence, "quote": " ".join(f"{word}{sentence}" for word in WORDS[start:end])}


@st.composite
def drafts(draw: st.DrawFn) -> list[Row]:
    """Three claims at most, so that none is in more than two others; they may lie in attributions, or across one."""
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 4))):
        place = draw(pieces())
        row = {"record": "attribution", "id": f"a{number}", "s": place["s"], "content": [place["quote"]]}
        kind = draw(st.sampled_from(["Comm", "Ftv"]))
        rows.append({**row, "source_id": draw(st.sampled_from(SOURCES)), "attribution_type": kind})
    for number in range(1, draw(st.integers(1, 3)) + 1):
        row = {"record": "claim", "id": f"c{number}", **draw(pieces()), "claim_type": "reported_fact"}
        row["factuality_source"] = draw(st.sampled_from(["CT+", "PS-", None]))
        claimer = draw(st.sampled_from([None, None, "holm", "author"]))
        rows.append(row if claimer is None else {**row, "claimer_id": claimer})
    return rows


@st.composite
def corpora(draw: st.DrawFn) -> tuple[dict[str, list[Row]], list[Row]]:
    """The drafts of both articles, and disputes between any of their claims."""
    found = {article: draw(drafts()) for article in ARTICLES}
    claims = [f"{article}:{row['id']}" for article, rows in found.items() for row in rows if row["record"] == "claim"]
    disputes = []
    for number in range(draw(st.integers(0, 3))):
        taken = draw(st.permutations(claims))
        cut = draw(st.integers(1, len(taken) - 1))
        ends = draw(st.integers(cut + 1, len(taken)))
        positions = [
            {"id": "a", "canonical": "So.", "claims": taken[:cut]},
            {
                "id": "b",
                "canonical": "Not so.",
                "claims": taken[cut:ends],
                "supersedes": draw(st.sampled_from([[], ["a"]])),
            },
        ]
        row = {"record": "dispute", "id": f"d{number}", "question": "Is it?", "kind": draw(st.sampled_from(KINDS))}
        disputes.append({**row, "differs": "scope", "positions": positions})
    return found, disputes


def words_of(article: str, text: str) -> str:
    """No two articles share a word: none is a copy."""
    return " ".join(f"{word}{article}" for word in text.split())


def holds(drawn: tuple[dict[str, list[Row]], list[Row]]) -> None:
    found, disputes = drawn
    place = Path(tempfile.mkdtemp())
    root = place / "corpus"
    try:
        init(root)
        for article in ARTICLES:
            lines = [" ".join(f"{word}{number}" for word in WORDS) for number in (1, 2, 3)]
            data = "".join(f"{words_of(article, line)}.\n" for line in lines).encode()
            (root / "raw" / f"{article}.txt").write_bytes(data)
            row = manifest_row(article, data)
            edit_rows(root / "raw" / "manifest.jsonl", lambda rows, row=row: rows.append(row))
            own = [
                {**row, "quote": words_of(article, row["quote"])}
                if row["record"] == "claim"
                else {**row, "content": [words_of(article, row["content"][0])]}
                for row in found[article]
            ]
            write_rows(place / f"{article}.jsonl", own)
        write_rows(root / "annotations" / "annotators.jsonl", [{"id": "me", "kind": "human"}])
        rows = [{"id": name, "name": name, "label": "ORG"} for name in SOURCES if name]
        write_rows(root / "annotations" / "entities.jsonl", rows)
        write_rows(place / "disputes.jsonl", disputes)
        import_drafts(root, [place / f"{article}.jsonl" for article in ARTICLES], "gold", ("me",))
        import_drafts(root, [place / "disputes.jsonl"], "gold", ())
        build = run(root, "validate")
        assert len(build.across["disputes"]) == len(disputes)
        assert sum(len(batch) for batch in build.tables["claims"]) == sum(
            row["record"] == "claim" for rows in found.values() for row in rows
        )
    finally:
        shutil.rmtree(place)


def settled(examples: int, derandomize: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(max_examples=examples, derandomize=derandomize, suppress_health_check=list(HealthCheck))


@settled(3, derandomize=True)
@given(corpora())
def test_what_drafts_compute_passes_the_gate(drawn: tuple[dict[str, list[Row]], list[Row]]) -> None:
    holds(drawn)


@pytest.mark.slow
@settled(30, derandomize=False)
@given(corpora())
def test_what_many_drafts_compute_passes_the_gate(drawn: tuple[dict[str, list[Row]], list[Row]]) -> None:
    holds(drawn)
