"""annotations/decisions.jsonl: copies that stay, articles that go, and every fault of the file in one report."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from allegata.dedup.decisions import Decisions, read_decisions
from allegata.recipe.build import run
from allegata.recipe.state import Build
from allegata.schema.problems import ProblemsFound
from project import manifest_row, write_rows

TOLD = "The mill of Low Marsh burnt down on Monday. Nobody was hurt, the brigade said. The owner will build it again."
OTHER = "The bridge at High Ford stays shut. The council wants a second report. Carts go by the weir until the spring."


def corpus(place: Path, texts: dict[str, str], decisions: list[dict[str, object]], **stories: str) -> Path:
    """A corpus of articles without gold, and what was decided about them."""
    for folder in ("raw", "annotations"):
        (place / folder).mkdir(parents=True)
    (place / "allegata.toml").write_text('name = "mills"\n')
    for register in ("entities", "annotators"):
        (place / "annotations" / f"{register}.jsonl").write_text("")
    rows = [manifest_row(name, text.encode(), story=stories.get(name)) for name, text in texts.items()]
    for name, text in texts.items():
        (place / "raw" / f"{name}.txt").write_text(text)
    write_rows(place / "raw" / "manifest.jsonl", rows)
    if decisions:
        write_rows(place / "annotations" / "decisions.jsonl", decisions)
    return place


def decision(article: str, what: str, reason: str = "the printed edition") -> dict[str, object]:
    return {"article_id": article, "decision": what, "reason": reason}


def ledger(build: Build) -> dict[str, tuple[str | None, ...]]:
    return {
        row["article_id"]: tuple(row[name] for name in ("status", "stage", "reason", "evidence", "canonical_id"))
        for row in build.ledger_table().to_pylist()
    }


def shared(build: Build) -> dict[str, tuple[object, ...]]:
    """What the ledger says of copies and the articles that stand for them."""
    return {
        row["article_id"]: tuple(row[name] for name in ("similarity", "passage_start", "passage_end"))
        for row in build.ledger_table().to_pylist()
        if row["canonical_id"]
    }


def test_a_copy_that_is_kept_stays_in_the_cluster_and_the_split_of_the_other_and_the_ledger_says_why(
    tmp_path: Path,
) -> None:
    root = corpus(tmp_path, {"a": TOLD, "b": TOLD, "c": TOLD, "d": OTHER}, [decision("b", "keep")])
    build = run(root)
    assert ledger(build) == {
        "a": ("kept", None, None, None, None),
        "b": ("kept", "decision", "kept", "the printed edition", "a"),
        "c": ("removed", "deduplicate", "exact_duplicate", "Jaccard similarity 1.0000 to the kept copy", "a"),
        "d": ("kept", None, None, None, None),
    }
    assert shared(build) == {name: (1.0, 0, len(TOLD) - 1) for name in "bc"}
    assert build.release is not None
    articles = [row for path in build.release.path.glob("articles/*") for row in pq.read_table(path).to_pylist()]
    assert {row["article_id"]: row["cluster_id"] for row in articles} == {"a": "a", "b": "a", "d": "d"}
    assert build.splits["a"] == build.splits["b"]
    manifest = json.loads((build.release.path / "manifest.json").read_text())
    assert "annotations/decisions.jsonl" in manifest["inputs"]
    assert not run(root).release.created  # type: ignore[union-attr]


def test_a_dropped_article_leaves_before_copies_are_sought_and_the_ledger_says_why(tmp_path: Path) -> None:
    texts = {"a": TOLD, "b": TOLD, "c": TOLD + " It burnt.", "d": OTHER}
    build = run(corpus(tmp_path, texts, [decision("a", "drop", " a  test\npage ")]))
    found = ledger(build)
    assert found["a"] == ("removed", "decision", "dropped", "a test page", None)
    kept = sorted(name for name in found if found[name][0] == "kept")
    assert kept == ["c", "d"]  # the longest of those that are still there
    assert found["b"][-1] == "c"
    assert build.release is not None


def test_without_decisions_nothing_is_an_input_and_nothing_changes(tmp_path: Path) -> None:
    build = run(corpus(tmp_path, {"a": TOLD, "b": TOLD}, []), "deduplicate")
    assert ledger(build)["b"][1:3] == ("deduplicate", "exact_duplicate")
    assert read_decisions(tmp_path / "annotations", {}) == Decisions()


def test_a_decision_to_keep_what_stays_anyway_changes_nothing(tmp_path: Path) -> None:
    build = run(corpus(tmp_path, {"a": TOLD, "d": OTHER}, [decision("a", "keep")]), "deduplicate")
    assert ledger(build)["a"] == ("kept", None, None, None, None)


def test_every_fault_is_in_one_report_with_its_line(tmp_path: Path) -> None:
    lines: list[object] = [
        decision("a", "keep"),
        decision("a", "drop"),
        decision("b", "keep"),
        decision("b", "keep"),
        decision("z", "drop"),
        decision("g", "drop"),
        decision("e", "keep"),
        decision("c", "keep", " - "),
        decision("c", "merge"),
        {"article_id": "c", "decision": "keep", "reason": "why", "by": "me"},
        {"article_id": 7, "decision": "drop"},
    ]
    path = tmp_path / "annotations" / "decisions.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "[]\n")
    removed = dict.fromkeys("abcg") | {"e": "it is removed at ingest: no_text (no letter)"}
    with pytest.raises(ProblemsFound) as error:
        read_decisions(tmp_path / "annotations", removed, {"g"})
    assert [problem.statement().removeprefix("annotations/decisions.jsonl:") for problem in error.value.problems] == [
        "2: the article 'a' is to be kept and to be dropped (first in line 1)",
        "4: a second decision about the article 'b' (first in line 3)",
        "5: unknown article 'z': raw/manifest.jsonl does not list it",
        "6: the article 'g' is to be dropped, but annotations/gold has a gold file of it",
        "7: the article 'e' cannot be kept: it is removed at ingest: no_text (no letter)",
        "8: empty reason",
        "9: 'decision' is 'merge', not one of keep, drop",
        "10: 'by' is not a field of a decision",
        "11: 'article_id' is 7, not a str",
        "11: 'reason' is missing",
        "12: is not a JSON object",
    ]
