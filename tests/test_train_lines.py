"""Training the judge of lines: what a page to learn from is."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from allegata.judge.judge import Judge
from allegata.judge.line_judge import LineJudge
from allegata.judge.trees import Trees
from allegata.text.page_blocks import Judgement
from bench import train_lines
from bench.cleaning_pages import LAYOUTS, PageSet, TestPage
from bench.cleaning_scores import PageReference
from bench.learn_trees import deepen
from bench.plain_text import UNKNOWN, PlainPage, run_plain_text
from bench.train_lines import Labelled, labelled, learn_words, piece_of, run_training, write
from bench.web_lines import OTHER, judged_pages, web_pages

ARTICLE = "The mill failed a test of its flour on Monday, the agency said."
PAGE = PlainPage(
    "p1", "en", [("Home News Sport", "site_furniture"), ("", None), (ARTICLE, None), ("Mill fined", UNKNOWN)]
)


def test_a_line_that_nobody_knows_weighs_nothing_and_a_blank_one_is_none() -> None:
    one = labelled(PAGE)
    assert list(one.lines.texts) == ["Home News Sport", ARTICLE, "Mill fined"]
    assert one.wanted.tolist() == [False, True, False]
    assert (one.weight > 0).tolist() == [True, True, False]
    assert one.reasons == ("site_furniture", "", UNKNOWN)


def test_a_long_page_weighs_no_more_than_one_of_seventy_lines() -> None:
    long = labelled(PlainPage("p2", "en", [(f"{number} {ARTICLE}", None) for number in range(900)]))
    assert long.weight.sum() == pytest.approx(700)


@pytest.mark.parametrize("lines", [1, 2, 3, 9, 40])
def test_a_piece_is_some_lines_in_a_row(lines: int) -> None:
    page = PAGE._replace(lines=[(str(number), None) for number in range(lines)])
    for number in range(30):
        piece = [int(text) for text, _ in piece_of(page._replace(id=str(number))).lines]
        assert piece == list(range(piece[0], piece[-1] + 1))
        assert min(lines, 2) <= len(piece) <= max(2, lines // 2)


def test_a_piece_is_in_the_fold_of_its_page() -> None:
    assert labelled(piece_of(PAGE)).fold == labelled(PAGE).fold == zlib.crc32(b"p1") % 5


def test_a_page_of_which_a_line_is_two_is_no_page_to_learn_from() -> None:
    with pytest.raises(ValueError, match="p1: a line of the page"):
        labelled(PAGE._replace(lines=[("Home\nNews", "site_furniture"), (ARTICLE, None)]))


def web_set(folder: Path, sites: int) -> PageSet:
    pages = []
    for number in range(2 * sites):
        path = folder / f"{number}.html"
        body = [f"{number} {ARTICLE}", *(f"{number}{letter} {ARTICLE}" for letter in "abcdefgh")]
        shown = "".join(f"<p>{line}</p>" for line in body)
        path.write_text(f"<html><body><nav><a href='/'>Front page</a></nav>{shown}</body></html>", encoding="utf-8")
        reference = PageReference(body="\n".join(body))
        pages.append(TestPage(str(number), path, reference, site=f"{number % sites}.example"))
    return PageSet(tuple(pages), LAYOUTS[0].protocol, titles=False, source="invented")


def test_no_site_is_learned_from_and_in_the_figures_and_one_is_in_one_fold(tmp_path: Path) -> None:
    sets = [web_set(tmp_path, 12)]
    seen, unseen = web_pages(sets, seen=True), web_pages(sets, seen=False)
    assert {page.of for page in seen} == {page.of for page in unseen} == {"web", "gold"}
    assert len(seen) + len(unseen) == 2 * 24
    assert {page.site for page in seen}.isdisjoint(page.site for page in unseen)
    folds: dict[str, set[int]] = {}
    for page in seen:
        for one in (page, piece_of(page)):
            folds.setdefault(page.site, set()).add(labelled(one).fold)
    assert {len(found) for found in folds.values()} == {1}


MENU = "<nav><ul><li><a href='/'>Front page</a></li><li><a href='/s'>Sport</a></li></ul></nav>"
STORY = [f"{ARTICLE} It was fine number {number}." for number in range(12)]


def snippet_set(folder: Path, sites: tuple[str, ...]) -> PageSet:
    path = folder / "page.html"
    shown = "".join(f"<p>{line}</p>" for line in STORY)
    article = f"<article><h1>Mill fined</h1>{shown}</article>"
    path.write_text(f"<html><head><title>Mill fined</title></head><body>{MENU}{article}</body></html>", "utf-8")
    gold = PageReference(wanted=("Sport",), unwanted=(STORY[3],))
    pages = tuple(TestPage(f"snippets of {site}", path, gold, site=site) for site in sites)
    return PageSet(pages, LAYOUTS[0].protocol, titles=False, source="snippets")


def test_lines_are_known_by_gold_strings_or_by_the_judge_of_pages_but_for_the_headline(tmp_path: Path) -> None:
    sites = tuple(f"{number}.example" for number in range(5))
    pages = judged_pages([snippet_set(tmp_path, (*sites, ""))])
    assert {page.site for page in pages} == set(sites), "a page that names no site may be of one that is put away"
    reasons = dict(pages[0].lines)
    assert (reasons["Sport"], reasons[STORY[3]]) == (None, OTHER), "the strings of the gold come first"
    assert {reasons[line] for line in STORY if line != STORY[3]} == {None}
    assert reasons["Front page"] == OTHER
    assert reasons["Mill fined"] == UNKNOWN
    sets = [snippet_set(tmp_path, sites), web_set(tmp_path, 4)]
    away = {page.site for page in web_pages(sets, seen=False)}
    assert away
    assert {page.site for page in judged_pages(sets)} == set(sites) - away


@pytest.mark.parametrize(("confidence", "score", "reason"), [
    (0.8, 150, OTHER), (0.8, 151, UNKNOWN), (0.8, 799, UNKNOWN), (0.8, 800, None), (0.79, 800, "no page")
])  # fmt: skip
def test_only_what_the_judge_of_pages_is_sure_of_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confidence: float, score: int, reason: str | None
) -> None:
    monkeypatch.setattr(
        Judge,
        "judge",
        lambda _, seen: Judgement((score,) * len(seen.starts), ("",) * len(seen.starts), 500, confidence),
    )
    pages = judged_pages([snippet_set(tmp_path, ("a.example",))])
    assert (dict(pages[0].lines)["Front page"] if pages else "no page") == reason


def test_words_learn_from_judged_pages_and_trees_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("catboost")
    rows: list[int] = []

    def trees(pages: list[Labelled], *_: float) -> dict[str, object]:
        rows.append(len(pages))
        tree = {"features": [0], "borders": [0.5], "leaves": [1, 2], "shares": [1, 1]}
        return {"trees": [tree], "bias": 0}

    monkeypatch.setattr(train_lines, "_trees", trees)
    monkeypatch.setattr(train_lines, "_reasons", lambda _: {})
    judged = [labelled(page) for page in judged_pages([snippet_set(tmp_path, tuple(f"{n}.example" for n in range(9)))])]
    pages = [labelled(PAGE._replace(id=str(number))) for number in range(40)]
    alone, both = (train_lines._model(pages, some) for some in ([], judged))
    assert "w:front" in both["words"]
    assert "w:front" not in alone["words"]
    assert rows[: len(rows) // 2] == rows[len(rows) // 2 :]
    assert max(rows) == len(pages)


def test_the_words_of_one_site_weigh_nothing_however_many_pages_it_has(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    sets = [web_set(tmp_path, 1)]
    pages = web_pages(sets, seen=True) or web_pages(sets, seen=False)
    site = [labelled(page) for page in pages * 9]
    assert len(site) == 36
    other = [labelled(PAGE._replace(id=str(number))) for number in range(6)]
    words = learn_words([*site, *other]).weights
    assert "w:sport" in words
    assert "w:front" not in words


def test_training_twice_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("catboost")
    monkeypatch.setattr(train_lines, "ALONE", (2, 5, 0.1))
    monkeypatch.setattr(train_lines, "AMONG", (2, 6, 0.1))
    monkeypatch.setattr(train_lines, "_REASON_ITERATIONS", 2)
    rows = [
        {"id": str(number), "language": "en", "lines": [*PAGE.lines[:3], (f"{number} comments", "comment_section")]}
        for number in range(12)
    ]
    file = tmp_path / "pages.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for name in ("a.json", "b.json"):
        run_training([file], [web_set(tmp_path, 6)], tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    judge = LineJudge.read(tmp_path / "a.json")
    assert set(judge.reason_of) == {"comments", "site_furniture"}


def test_words_that_stand_on_few_pages_weigh_nothing() -> None:
    pytest.importorskip("sklearn")
    other = PAGE._replace(id="other", lines=[("Rare Words", "byline"), (ARTICLE, None)])
    pages = [labelled(page) for page in (*(PAGE._replace(id=str(number)) for number in range(6)), other)]
    weights = learn_words(pages).weights
    assert weights["w:sport"] < 0 < weights["w:agency"]
    assert "w:rare" not in weights


def test_a_tree_that_ends_early_says_the_same_with_all_its_levels() -> None:
    tree = {"features": [1], "borders": [0.5], "leaves": [10, 20], "shares": [3, 4]}
    deepen(tree, 3)
    trees = Trees.of({"trees": [tree], "bias": 0}, ("a", "b"), ("its text", "its text"))
    rows = np.array([[0, 0], [0, 1]], np.float32)
    assert trees.logits(trees.reached(rows)).tolist() == [10, 20]
    assert sum(tree["shares"]) == 7
    stump = {"features": [], "borders": [], "leaves": [5], "shares": [9]}
    deepen(stump, 2)
    assert (len(stump["features"]), stump["leaves"], sum(stump["shares"])) == (2, [5] * 4, 9)


def test_what_is_written_is_the_judge_that_is_read(tmp_path: Path) -> None:
    tree = {"features": [0], "borders": [0.5], "leaves": [1, 2], "shares": [1, 1]}
    trees = {"bias": 7, "trees": [tree, tree]}
    model = {
        "name": "x/1", "trained_on": [{"source": "s", "digest": "d"}], "words": {'w:"': -5, "w:a": 3},
        "alone_columns": 1, "columns": ["length", "first"], "kinds": ["its text", "its place"],
        "alone": trees, "among": trees, "reasons": {"byline": trees, "caption": trees},
    }  # fmt: skip
    write(tmp_path / "lines.json", model)
    assert json.loads((tmp_path / "lines.json").read_text(encoding="utf-8")) == model
    read = LineJudge.read(tmp_path / "lines.json")
    assert (read.name, read.trained_on, read.weights.weights) == ("x/1", (("s", "d"),), {'w:"': -5, "w:a": 3})
    assert list(read.reason_of) == ["byline", "caption"]
    assert (read.alone.columns, read.among.columns) == (("length",), ("length", "first"))


def test_a_line_of_unknown_kind_does_not_count(tmp_path: Path) -> None:
    row = {"id": "p", "language": "en", "lines": [["a b", "byline"], ["c", UNKNOWN], ["d", None]]}
    (tmp_path / "pages.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    report = run_plain_text(tmp_path / "pages.jsonl", lambda text: [(0, len(text), "byline")])
    assert (report.languages["en"].right, report.languages["en"].wrong) == (2, 1)
