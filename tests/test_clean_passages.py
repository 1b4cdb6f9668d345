"""annotations/passages.jsonl: lines that a curator keeps or removes against the rules, of a text and of a web page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allegata.clean.passages import read_passages
from allegata.engine.job import RunOptions
from allegata.recipe.build import run
from allegata.recipe.redact import redact
from allegata.recipe.withdraw import withdraw
from allegata.schema.problems import ProblemsFound
from project import manifest_row, write_rows

TEXT = """The mill of Low Marsh burnt down on Monday.
Nobody was hurt, the brigade said on Tuesday morning.
Share this article
Fire brigades and their engines.
The owner will build it again before the winter comes.
"""
PAGE = """<html lang="en"><head><title>Mill burnt down</title></head><body>
<nav><p>Ada Holm writes from the marsh.</p></nav>
<article><h1>Mill burnt down</h1>
<p>The mill of Low Marsh burnt down on Monday, and the fire was seen from far away by many people.</p>
<p>Nobody was hurt, the brigade said on Tuesday morning, and the owner will build it again.</p>
<p>The council wants a report before the winter comes, said a clerk who had seen the ruin.</p></article>
</body></html>"""


def passage(source: str, text: str, decision: str, label: str | None = None, **other: Any) -> dict[str, Any]:
    start = source.index(text)
    place = {"article_id": "mill", "decision": decision, "start": start, "end": start + len(text), "text": text}
    return {**place, "reason": "seen by a curator", **({"label": label} if label else {}), **other}


def corpus(place: Path, data: str, suffix: str, passages: list[dict[str, Any]]) -> Path:
    for folder in ("raw", "annotations"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (place / "allegata.toml").write_text('name = "mills"\n')
    for register in ("entities", "annotators"):
        (place / "annotations" / f"{register}.jsonl").write_text("")
    media = {"html": "text/html", "txt": "text/plain"}[suffix]
    row = {**manifest_row("mill", data.encode()), "file": f"mill.{suffix}", "media_type": media}
    write_rows(place / "raw" / "manifest.jsonl", [row])
    (place / "raw" / f"mill.{suffix}").write_text(data)
    write_rows(place / "annotations" / "passages.jsonl", passages)
    return place


def cleaned(root: Path, options: RunOptions | None = None) -> dict[str, Any]:
    (batch,) = run(root, "clean", options=options).article_batches()
    (row,) = batch.to_pylist()
    return dict(row)


def removed(row: dict[str, Any]) -> dict[str, tuple[str, str]]:
    source = row["source_text"]
    return {source[one["start"] : one["end"]].strip(): (one["rule"], one["evidence"]) for one in row["removals"]}


@pytest.mark.parametrize(("data", "suffix"), [(TEXT, "txt"), (PAGE, "html")], ids=["text", "page"])
def test_a_passage_that_is_kept_stays_and_one_that_is_removed_leaves_and_all_else_is_as_before(
    tmp_path: Path, data: str, suffix: str
) -> None:
    before = cleaned(corpus(tmp_path / "before", data, suffix, []))
    source, rules = before["source_text"], removed(before)
    wrong = "Share this article" if suffix == "txt" else "Ada Holm writes from the marsh."
    stays = "Nobody was hurt, the brigade said on Tuesday morning"
    stays = next(line for line in source.splitlines() if line.startswith(stays))
    assert wrong in rules
    assert stays in before["text"]
    decided = [passage(source, wrong, "keep"), passage(source, stays, "remove", "advertisement")]
    after = cleaned(corpus(tmp_path / "after", data, suffix, decided))
    assert wrong in after["text"]
    assert stays not in after["text"]
    assert removed(after) == {
        **{text: why for text, why in rules.items() if text != wrong},
        stays: ("passages/1", "seen by a curator"),
    }
    assert {one["reason"] for one in after["removals"] if one["rule"] == "passages/1"} == {"advertisement"}
    blocks = [source[one["start"] : one["end"]] for one in after["blocks"]]
    assert wrong in blocks
    assert stays not in blocks


def test_lines_side_by_side_are_decided_as_one_passage_and_a_part_of_a_removal_may_stay(tmp_path: Path) -> None:
    two = "Share this article\nFire brigades and their engines."
    root = corpus(tmp_path, TEXT, "txt", [passage(TEXT, two, "remove", "related_teaser")])
    assert [why for text, why in removed(cleaned(root)).items() if "engines" in text] == [
        ("passages/1", "seen by a curator")
    ]


def test_what_is_wrong_is_one_report_with_the_lines_of_the_file(tmp_path: Path) -> None:
    fine = passage(TEXT, "Share this article", "keep")
    write_rows(
        corpus(tmp_path, TEXT, "txt", []) / "annotations" / "passages.jsonl",
        [
            fine,
            fine,
            {**fine, "article_id": "weir"},
            passage(TEXT, "Fire brigades", "remove"),
            passage(TEXT, "Fire brigades", "keep", "ticker"),
            {**fine, "end": 3},
            {**fine, "reason": " – "},
            {**fine, "decision": "stay"},
        ],
    )
    with pytest.raises(ProblemsFound) as raised:
        read_passages(tmp_path / "annotations", {"mill"})
    assert [(one.line, one.what) for one in raised.value.problems] == [
        (2, "overlaps the passage of line 1"),
        (3, "unknown article 'weir': raw/manifest.jsonl does not list it"),
        (4, "a passage to remove lacks 'label'"),
        (5, "a passage to keep has a 'label'"),
        (6, "[98,3) is not as long as 'text': 18 characters"),
        (7, "empty reason"),
        (8, "'decision' is 'stay', not one of keep, remove"),
    ]


def test_another_text_and_a_cut_line_are_problems_and_nothing_is_decided_about_them(tmp_path: Path) -> None:
    fine = passage(TEXT, "Share this article", "keep")
    wrong = [{**fine, "text": "Share that article"}, passage(TEXT, "brigades and their engines.", "remove", "ticker")]
    with pytest.raises(ProblemsFound) as raised:
        run(corpus(tmp_path, TEXT, "txt", wrong), "clean")
    assert [(one.file, one.line, one.what) for one in raised.value.problems] == [
        ("annotations/passages.jsonl", 1, "article 'mill': [98,116) is not the text there"),
        ("annotations/passages.jsonl", 2, "article 'mill': [122,149) is not a whole line of the article, nor several"),
    ]


def test_a_kept_batch_is_cleaned_anew_where_a_passage_of_it_was_decided(tmp_path: Path) -> None:
    options = RunOptions(work=tmp_path / "work")
    root = corpus(tmp_path / "root", TEXT, "txt", [])
    assert (
        "Share this article" not in next(run(root, "clean", options=options).article_batches()).to_pylist()[0]["text"]
    )
    write_rows(root / "annotations" / "passages.jsonl", [passage(TEXT, "Share this article", "keep")])
    assert "Share this article" in cleaned(root, options)["text"]


def test_a_version_names_the_file_and_a_withdrawn_article_leaves_no_word_in_it(tmp_path: Path) -> None:
    root = corpus(tmp_path, TEXT, "txt", [passage(TEXT, "Share this article", "keep")])
    other = "The bridge at High Ford stays shut. The council wants a second report. Carts go by the weir until spring."
    rows = [manifest_row("mill", TEXT.encode()), manifest_row("weir", other.encode())]
    (root / "raw" / "weir.txt").write_text(other)
    write_rows(root / "raw" / "manifest.jsonl", rows)
    release = run(root).release
    assert release is not None
    assert "annotations/passages.jsonl" in (release.path / "manifest.json").read_text()
    withdraw(root, ["mill"], reason="asked for")
    assert "Share" not in (root / "annotations" / "passages.jsonl").read_text()


def test_a_redaction_leaves_passages_on_the_text_of_raw(tmp_path: Path) -> None:
    text = "Ada Holm burnt down the mill of Low Marsh on Monday, the brigade said.\nShare this with Ada Holm\n" + TEXT
    root = corpus(tmp_path, text, "txt", [passage(text, "Share this with Ada Holm", "keep")])
    before = (root / "annotations" / "passages.jsonl").read_bytes()
    redact(root, "Ada Holm")
    assert (root / "annotations" / "passages.jsonl").read_bytes() == before
    assert "Ada" not in cleaned(root)["text"]
