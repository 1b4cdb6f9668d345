"""annotations/curated_lines.jsonl: what a curator keeps or removes against the rules, of a text and of a web page."""

from __future__ import annotations

import json
import re
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allegata.clean.curated_lines import CURATED_FIELDS, kept_blocks, read_curated_lines
from allegata.cli.app import app
from allegata.engine.job import RunOptions
from allegata.recipe.build import run
from allegata.recipe.redact import redact
from allegata.recipe.withdraw import withdraw
from allegata.schema.problems import ProblemsFound
from allegata.text.blocks import find_blocks
from project import ROOT, manifest_row, write_rows

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


def lines(source: str, text: str, decision: str, label: str | None = None, **other: Any) -> dict[str, Any]:
    start = source.index(text)
    place = {"article_id": "mill", "decision": decision, "start": start, "end": start + len(text), "text": text}
    return {**place, "reason": "seen by a curator", **({"label": label} if label else {}), **other}


def corpus(place: Path, data: str, suffix: str, decided: list[dict[str, Any]]) -> Path:
    for folder in ("raw", "annotations"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    (place / "allegata.toml").write_text('name = "mills"\n')
    for register in ("entities", "annotators"):
        (place / "annotations" / f"{register}.jsonl").write_text("")
    media = {"html": "text/html", "txt": "text/plain"}[suffix]
    row = {**manifest_row("mill", data.encode()), "file": f"mill.{suffix}", "media_type": media}
    write_rows(place / "raw" / "manifest.jsonl", [row])
    (place / "raw" / f"mill.{suffix}").write_text(data)
    write_rows(place / "annotations" / "curated_lines.jsonl", decided)
    return place


def cleaned(root: Path, options: RunOptions | None = None) -> dict[str, Any]:
    (batch,) = run(root, "clean", options=options).article_batches()
    (row,) = batch.to_pylist()
    return dict(row)


def removed(row: dict[str, Any]) -> dict[str, tuple[str, str]]:
    source = row["source_text"]
    return {source[one["start"] : one["end"]].strip(): (one["rule"], one["evidence"]) for one in row["removals"]}


@pytest.mark.parametrize(("data", "suffix"), [(TEXT, "txt"), (PAGE, "html")], ids=["text", "page"])
def test_a_line_that_is_kept_stays_and_one_that_is_removed_leaves_and_all_else_is_as_before(
    tmp_path: Path, data: str, suffix: str
) -> None:
    before = cleaned(corpus(tmp_path / "before", data, suffix, []))
    source, rules = before["source_text"], removed(before)
    wrong = "Share this article" if suffix == "txt" else "Ada Holm writes from the marsh."
    stays = "Nobody was hurt, the brigade said on Tuesday morning"
    stays = next(line for line in source.splitlines() if line.startswith(stays))
    assert wrong in rules
    assert stays in before["text"]
    decided = [lines(source, wrong, "keep"), lines(source, stays, "remove", "advertisement")]
    after = cleaned(corpus(tmp_path / "after", data, suffix, decided))
    assert wrong in after["text"]
    assert stays not in after["text"]
    assert removed(after) == {
        **{text: why for text, why in rules.items() if text != wrong},
        stays: ("curator/1", "seen by a curator"),
    }
    assert {one["reason"] for one in after["removals"] if one["rule"] == "curator/1"} == {"advertisement"}
    blocks = [source[one["start"] : one["end"]] for one in after["blocks"]]
    assert wrong in blocks
    assert stays not in blocks


def test_lines_side_by_side_are_one_decision_and_a_part_of_a_removal_may_stay(tmp_path: Path) -> None:
    links = "Share this article\nShare on Facebook\nPrint this page\n"
    text = TEXT.replace("Share this article\n", links)
    before = cleaned(corpus(tmp_path / "before", text, "txt", []))
    assert not any(line in before["text"] for line in links.splitlines())
    decided = [lines(text, "Share on Facebook", "keep"), lines(text, TEXT[:98].strip(), "remove", "caption")]
    after = cleaned(corpus(tmp_path / "after", text, "txt", decided))
    assert "Share on Facebook" in after["text"]
    assert "Share this article" not in after["text"]
    assert "Print this page" not in after["text"]
    assert removed(after)[TEXT[:98].strip()] == ("curator/1", "seen by a curator")


def test_where_the_first_of_two_copies_is_removed_the_second_stays(tmp_path: Path) -> None:
    first = (
        "The mill was built of oak in the year of the great flood, and three families of millers have lived in it "
        "since then, until the fire of Monday took the roof, the wheel and the granary beside it."
    )
    text = f"{first}\n{TEXT}{first}\n"
    assert cleaned(corpus(tmp_path / "before", text, "txt", []))["text"].count(first) == 1
    row = cleaned(corpus(tmp_path / "after", text, "txt", [lines(text, first, "remove", "caption")]))
    assert row["text"].rstrip().endswith(first)
    assert [one["repeats_start"] for one in row["removals"]] == [None] * len(row["removals"])


def test_a_headline_a_copy_of_it_and_a_reference_may_be_decided_about(tmp_path: Path) -> None:
    copy = PAGE.replace("<nav>", "<nav><h2>Mill burnt down</h2>")
    before = cleaned(corpus(tmp_path / "one", copy, "html", []))
    source = before["source_text"]
    first = source.index("Mill burnt down")
    place = {"start": first, "end": first + 15}
    kept = {**lines(source, "Mill burnt down", "keep"), **place}
    assert before["text"].count("Mill burnt down") == 1
    assert cleaned(corpus(tmp_path / "two", copy, "html", [kept]))["text"].count("Mill burnt down") == 2
    text = f"{TEXT}It was old [1].\nReferences\n[1] https://example.com/mill\n"
    decided = [lines(text, "[1] https://example.com/mill", "keep")]
    assert "example.com/mill" in cleaned(corpus(tmp_path / "three", text, "txt", decided))["text"]


def test_what_is_wrong_is_one_report_with_the_lines_of_the_file(tmp_path: Path) -> None:
    fine = lines(TEXT, "Share this article", "keep")
    decided = [
        fine,
        fine,
        {**fine, "article_id": "weir"},
        lines(TEXT, "Fire brigades", "remove"),
        lines(TEXT, "The owner", "keep", "ticker"),
        {**fine, "end": 3},
        {**fine, "reason": " – "},
        {**fine, "decision": "stay"},
        lines(TEXT, "Nobody", "remove", "repetition"),
    ]
    root = corpus(tmp_path, TEXT, "txt", decided)
    with pytest.raises(ProblemsFound) as raised:
        read_curated_lines(root / "annotations", {"mill"})
    said = sorted((one.line, re.sub("(?<=repetition', not one of ).*", "…", one.what)) for one in raised.value.problems)
    assert said == [
        (2, "overlaps the decision of line 1"),
        (3, "unknown article 'weir': raw/manifest.jsonl does not list it"),
        (4, "lines to remove lack 'label'"),
        (5, "lines to keep have a 'label'"),
        (6, "[98,3) is no place in a text"),
        (7, "empty reason"),
        (8, "'decision' is 'stay', not one of keep, remove"),
        (9, "'label' is 'repetition', not one of …"),
    ]


def test_another_text_and_a_cut_line_are_problems_and_nothing_is_decided_about_them(tmp_path: Path) -> None:
    fine = lines(TEXT, "Share this article", "keep")
    wrong = [{**fine, "text": "Share that article"}, lines(TEXT, "brigades and their engines.", "remove", "ticker")]
    with pytest.raises(ProblemsFound) as raised:
        run(corpus(tmp_path, TEXT, "txt", wrong), "clean")
    assert [(one.file, one.line, one.what) for one in raised.value.problems] == [
        ("annotations/curated_lines.jsonl", 1, "article 'mill': [98,116) is another text"),
        ("annotations/curated_lines.jsonl", 2, "article 'mill': [122,149) does not begin and end where lines do"),
    ]


def test_the_places_that_clean_prints_can_be_copied_as_they_are(tmp_path: Path) -> None:
    root = corpus(tmp_path, TEXT, "txt", [])
    shown = CliRunner().invoke(app, ["clean", "--json", "--explain", "mill", "--root", str(root)])
    row = json.loads(shown.stdout)
    decided = []
    for layer, decision in (("removals", {"decision": "keep"}), ("blocks", {"decision": "remove", "label": "credit"})):
        one = row[layer][-1]
        place = {"article_id": "mill", "start": one["start"], "end": one["end"], "reason": "copied"}
        decided.append({**place, "text": row["source_text"][one["start"] : one["end"]], **decision})
    write_rows(root / "annotations" / "curated_lines.jsonl", decided)
    after = cleaned(root)
    assert decided[0]["text"].strip() in after["text"]
    assert decided[1]["text"] not in after["text"]


@pytest.mark.alone
def test_thousands_of_decisions_take_linear_time(tmp_path: Path) -> None:
    sentences = [f"Mill {number} of Low Marsh burnt down on a Monday in the spring.\n" for number in range(4_000)]
    places = [0, *accumulate(map(len, sentences[:-1]))]
    text = "".join(sentences)
    decided = [
        {"article_id": "mill", "decision": "keep", "start": at, "end": at + len(one), "text": one, "reason": "read"}
        for at, one in zip(places, sentences, strict=True)
    ]
    root = corpus(tmp_path, text, "txt", decided)
    begin = time.process_time()
    found = read_curated_lines(root / "annotations", {"mill"})["mill"]
    assert len(kept_blocks(text, find_blocks(text), found)) == len(sentences)
    assert time.process_time() - begin < 1.5  # 0.2 s; 5.6 s when each was compared with all before it


def test_a_kept_batch_is_cleaned_anew_where_lines_of_it_were_decided_about(tmp_path: Path) -> None:
    options = RunOptions(work=tmp_path / "work")
    root = corpus(tmp_path / "root", TEXT, "txt", [])
    assert "Share this article" not in cleaned(root, options)["text"]
    write_rows(root / "annotations" / "curated_lines.jsonl", [lines(TEXT, "Share this article", "keep")])
    assert "Share this article" in cleaned(root, options)["text"]


def test_a_version_names_the_file_and_a_withdrawn_article_leaves_no_word_in_it(tmp_path: Path) -> None:
    root = corpus(tmp_path, TEXT, "txt", [lines(TEXT, "Share this article", "keep")])
    other = "The bridge at High Ford stays shut. The council wants a second report. Carts go by the weir until spring."
    rows = [manifest_row("mill", TEXT.encode()), manifest_row("weir", other.encode())]
    (root / "raw" / "weir.txt").write_text(other)
    write_rows(root / "raw" / "manifest.jsonl", rows)
    release = run(root).release
    assert release is not None
    manifest = json.loads((release.path / "manifest.json").read_text())
    assert "annotations/curated_lines.jsonl" in manifest["inputs"]
    assert "curator/1" in manifest["algorithms"]["clean"]
    other_text = {**lines(other, other, "keep"), "article_id": "weir", "reason": "mill: it burnt down there"}
    write_rows(root / "annotations" / "curated_lines.jsonl", [lines(TEXT, "Share this article", "keep"), other_text])
    withdraw(root, ["mill"], reason="asked for")
    left = (root / "annotations" / "curated_lines.jsonl").read_text()
    assert "Share" not in left
    assert "it burnt down there" in left  # it only begins as a claim of the withdrawn article would


def test_after_a_redaction_places_of_raw_and_of_the_text_that_people_see_are_both_right(tmp_path: Path) -> None:
    text = "Ada Holm burnt down the mill of Low Marsh on Monday, the brigade said.\nShare this with Ada Holm\n" + TEXT
    first = text.partition("\n")[0]
    reason = {"reason": "Ada Holm asked for it"}
    decided = [lines(text, "Share this with Ada Holm", "keep"), lines(text, first, "remove", "caption", **reason)]
    root = corpus(tmp_path, text, "txt", decided)
    before = (root / "annotations" / "curated_lines.jsonl").read_bytes()
    redact(root, "Ada Holm")
    assert (root / "annotations" / "curated_lines.jsonl").read_bytes() == before
    row = cleaned(root)
    assert "Share this with [Person 1]" in row["text"]
    assert "Ada" not in row["text"]
    assert ("curator/1", "[Person 1] asked for it") in removed(row).values()
    shown = lines(row["source_text"], "Share this with [Person 1]", "keep")
    assert shown["start"] != text.index("Share this with")
    write_rows(root / "annotations" / "curated_lines.jsonl", [shown, decided[1]])
    assert cleaned(root)["text"] == row["text"]


def test_a_wrong_label_hides_no_wrong_text_and_each_has_its_advice(tmp_path: Path) -> None:
    decided = [
        lines(TEXT, "Nobody was hurt, the brigade said on Tuesday morning.", "remove", "advert"),
        {**lines(TEXT, "Share this article", "keep"), "text": "Share that article"},
    ]
    with pytest.raises(ProblemsFound) as raised:
        run(corpus(tmp_path, TEXT, "txt", decided), "clean")
    wrong, moved = sorted(raised.value.problems, key=lambda one: one.line or 0)
    assert (wrong.line, moved.line) == (1, 2)
    assert wrong.fix.startswith("correct the field")
    assert moved.what.endswith("is another text")


def test_the_labels_of_a_removal_are_in_the_documentation() -> None:
    text = (ROOT / "docs" / "cleaning.md").read_text("utf-8")
    assert ", ".join(f"`{label}`" for label in CURATED_FIELDS["label"].choices or ()) in text
