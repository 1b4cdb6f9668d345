"""The judge: what it counts of a block, how its trees add up, and that nothing but the page decides."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.clean.web import main_content
from allegata.ingest import judged as judging
from allegata.ingest.html import ParsedPage, read_page
from allegata.ingest.judged import VOTE, VOTE_BELOW, judged, layout
from allegata.judge.box_tree import BoxTree
from allegata.judge.characters import DIGIT, Text
from allegata.judge.features import Layout, covered_share, features
from allegata.judge.judge import LEAST, SURE, Judge, best_least, default_judge
from allegata.judge.names import NameWeights
from allegata.judge.names import tokens_of as name_tokens
from allegata.judge.trees import Trees, because, per_mille
from allegata.judge.words import WordWeights, below_headings, heading_tokens_of
from allegata.judge.words import tokens_of as word_tokens
from allegata.text.alignment import Letters
from allegata.text.page_blocks import Boxes, Judgement

# An article between a menu and a footer, in four scripts.
ARTICLES = {
    "en": "The dam at Orrin Water failed a test on Monday, the owner said in a letter to the council.",
    "de": "Der Damm an der Orre hat die Prüfung am Montag nicht bestanden, schrieb der Besitzer dem Rat.",
    "ru": "Плотина на реке Орра не прошла проверку в понедельник, написал владелец совету города.",
    "ja": "オラ川のダムは月曜日の検査に合格しなかったと、所有者は町議会への手紙で明らかにした。",
}
MENUS = {
    "en": ("Home", "Imprint"),
    "de": ("Start", "Kontakt"),
    "ru": ("Главная", "Контакты"),
    "ja": ("ホーム", "運営会社"),
}


def page(language: str, paragraphs: int = 5) -> ParsedPage:
    text, (home, imprint) = ARTICLES[language], MENUS[language]
    body = "".join(f"<p>{text} {number} {text}</p>" for number in range(paragraphs))
    return read_page(
        f"<html><head><title>{text[:30]}</title></head><body><nav class='menu'><ul><li><a href='/'>{home}</a></li>"
        f"<li><a href='/x'>{imprint}</a></li></ul></nav><main><article><h1>{text[:30]}</h1>{body}</article></main>"
        f"<footer class='site-footer'><p><a href='/y'>{imprint}</a></p></footer></body></html>"
    )


def seen(parsed: ParsedPage) -> Layout:
    return layout(parsed, Letters.of(parsed.source_text))


@pytest.mark.parametrize("language", ARTICLES)
def test_paragraphs_are_kept_and_menus_are_not_in_any_script(language: str) -> None:
    parsed = page(language)
    scores = judged(parsed).scores
    of = {
        parsed.source_text[block.start : block.end]: score for block, score in zip(parsed.blocks, scores, strict=True)
    }
    text, (home, imprint) = ARTICLES[language], MENUS[language]
    assert min(score for line, score in of.items() if line.startswith(f"{text} ")) > 800
    assert of[home] < 200
    assert of[imprint] < 200


def test_a_box_counts_its_own_blocks_and_those_of_the_boxes_inside() -> None:
    boxes = page("en", 2).boxes
    spans = {tag: (boxes.first[n], boxes.last[n]) for n, tag in enumerate(boxes.tags)}
    assert spans["body"] == (0, 6)  # two of the menu, headline, two paragraphs, footer
    assert spans["ul"] == (0, 2)
    assert spans["article"] == (2, 5)
    assert spans["h1"] == (2, 3)
    assert [boxes.tags[box] for box in boxes.of_block] == ["li", "li", "h1", "p", "p", "p"]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(-9, 9)), max_size=40))
def test_what_stands_around_a_box_is_joined_from_all_boxes_around_it(found: list[tuple[int, int]]) -> None:
    boxes, values = Boxes(), np.array([value for _, value in found], np.int64)
    for at, (up, _) in enumerate(found):
        boxes.open(min(up, at) - 1, "div", "", 0)
    tree = BoxTree(boxes)
    for join, plain in ((np.add, sum), (np.minimum, min), (np.maximum, max)):
        for box, joined in enumerate(tree.around(values, join).tolist()):
            around, up = [0], boxes.parent[box]
            while up >= 0:
                around.append(int(values[up]))
                up = boxes.parent[up]
            assert joined == plain(around)


def test_words_of_a_text_are_equal_whatever_their_capitals() -> None:
    text = Text.of("Dam dam DAM, dame\u0301 ダム")
    assert len(text.hashes) == 5
    assert len(set(text.hashes[:3].tolist())) == 1
    assert len(set(text.hashes.tolist())) == 3


def test_the_covered_share_of_a_block_is_that_of_its_characters() -> None:
    at = np.array([0, 10, 20])
    here = Layout("x" * 30, at, at + 8, np.zeros(3), Boxes(), "", np.array([[4, 12], [13, 14]]))
    assert covered_share(here).tolist() == [0.5, 3 / 8, 0.0]


def test_names_and_words_are_weighed_by_their_tokens() -> None:
    assert name_tokens("div", "related-posts x") == ("<div", "related", "posts", "related-posts")
    boxes = Boxes()
    outer = boxes.open(-1, "div", "related-posts", 0)
    inner = boxes.open(outer, "p", "note", 0)
    empty = boxes.open(inner, "p", "related", 1)
    for box in (inner, outer):
        boxes.close(box, 1)
    table = NameWeights({"related": (-5, -7), "note": (2, 3), "<p": (1, 0)}).of_boxes(BoxTree(boxes)).T
    assert table[inner].tolist() == [3, -7, -7, 0, -4]  # own, around, worst, best, both
    assert table[empty].tolist()[0] == 0
    assert word_tokens("Share this") == ("w:share", "w:this", "w:share this", "#2")
    assert word_tokens(f"He said {'so ' * 50}")[:2] == ("s:he", "s:said")
    assert below_headings(["a", "More News", "b"], [False, True, False]) == [
        (),
        *[("h:more", "h:news", "h:more news")] * 2,
    ]
    weighed = WordWeights({"h:more": 4, "w:b": 1}).of_blocks(["a", "More News", "b"], np.array([False, True, False]))
    assert weighed.tolist() == [[0, 0, 1], [0, 4, 4]]


TREES = Trees(
    ("length", "links"),
    ("its text", "links"),
    np.array([[0, 1], [1, 1]]),
    np.array([[10, 0.5], [0.2, 0.8]], np.float32),
    np.array([[100, 200, -300, -400], [10, 20, 30, 40]], np.int32),
    np.array([[1, 1, 1, 1], [2, 2, 2, 2]]),
    7,
)


def test_a_tree_asks_its_levels_from_the_lowest_bit_up() -> None:
    rows = np.array([[5, 0], [20, 0], [20, 0.6], [5, 0.9]], np.float32)
    reached = TREES.reached(rows)
    logits, added = TREES.logits(reached), TREES.added(reached)
    assert logits.tolist() == [7 + 100 + 10, 7 + 200 + 10, 7 - 400 + 20, 7 - 300 + 40]
    # What the kinds added, with the mean of the leaves, is the logit.
    assert (added.sum(1) + 7 + round((100 + 200 - 300 - 400) / 4) + 25).tolist() == pytest.approx(
        logits.tolist(), abs=2
    )
    assert because(added, TREES.kinds, per_mille(logits) >= 500) == ("links, its text",) * 2 + ("links, its text",) * 2


def test_a_logit_is_a_probability_in_thousandths() -> None:
    assert per_mille(np.array([0, 2197, -2197, 10**9, -(10**9)])).tolist() == [500, 900, 100, 1000, 0]


def test_what_is_kept_has_the_highest_expected_f1() -> None:
    assert best_least(np.array([1000, 0]), np.array([10, 50])) == (500, 1.0)
    least, f1 = best_least(np.array([400, 390, 10]), np.array([100, 100, 100]))
    assert f1 == 2 * 79 / (200 + 80)  # two unsure blocks are better than none
    assert least == round(500 * f1)
    assert best_least(np.array([30, 20]), np.array([9, 9]))[0] == LEAST


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 500)), min_size=1, max_size=9))
def test_no_other_choice_of_blocks_expects_more(blocks: list[tuple[int, int]]) -> None:
    scores, length = np.array([score for score, _ in blocks]), np.array([size for _, size in blocks])
    likely, best = scores / 1000, best_least(scores, length)[1]
    for chosen in range(1, 1 << len(blocks)):
        kept = np.array([chosen >> at & 1 for at in range(len(blocks))], bool)
        other = 2 * (likely * length)[kept].sum() / (length[kept].sum() + (likely * length).sum())
        assert other <= best + 1e-9


def test_confidence_follows_the_calibration_between_its_points() -> None:
    model = Judge("x", "", (), NameWeights({}), WordWeights({}), TREES, ((0.2, 0.1), (0.8, 0.9)))
    assert [model.calibrated(raw) for raw in (0.0, 0.2, 0.5, 0.8, 1.0)] == [0.1, 0.1, 0.5, 0.9, 0.9]


LINES = st.text(alphabet="aB1 .,!?|@©:\"'ñ漢ا\u0301\u200b\ud800", min_size=1, max_size=40)


@settings(max_examples=60)
@given(st.lists(st.tuples(LINES, st.sampled_from(["p", "h1", "li", "td", "a"])), max_size=12), st.text(max_size=12))
def test_any_page_is_judged_block_by_block(lines: list[tuple[str, str]], title: str) -> None:
    body = "".join(f"<{tag}>{line}</{tag}>" for line, tag in lines)
    parsed = read_page(f"<title>{title}</title><body>{body}".encode("utf-8", "replace").decode())
    judgement = judged(parsed)
    assert len(judgement.scores) == len(judgement.because) == len(parsed.blocks)
    assert all(0 <= score <= 1000 for score in judgement.scores)
    assert 0 <= judgement.confidence <= 1
    if parsed.blocks:
        rows, columns, kinds = features(seen(parsed), default_judge().names, default_judge().words)
        assert rows.shape == (len(parsed.blocks), len(columns))
        assert np.isfinite(rows).all()
        assert tuple(kinds) == default_judge().trees.groups


def test_a_long_page_is_judged_as_if_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = page("en", 60)
    whole = judged(parsed)
    monkeypatch.setattr("allegata.judge.judge._AT_ONCE", 7)
    assert judged(parsed) == whole


def test_other_features_than_those_of_the_training_are_refused() -> None:
    with pytest.raises(ValueError, match="train it again"):
        Judge("x", "", (), NameWeights({}), WordWeights({}), TREES, ()).judge(seen(page("en")))


def test_trafilatura_has_a_vote_where_the_judge_is_not_sure_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ParsedPage] = []
    parsed = page("en")
    monkeypatch.setattr(judging, "trafilatura_text", lambda page: asked.append(page) or "")
    sure = judged(parsed)
    assert (sure.confidence >= VOTE_BELOW, asked) == (True, [])
    monkeypatch.setattr(judging, "VOTE_BELOW", 1.1)
    voted = judged(parsed)
    assert asked == [parsed]
    assert voted.scores == tuple(round(0.7 * score) for score in sure.scores)
    assert SURE * (1 - VOTE) >= 500  # no vote turns out what the judge is sure of: it has no reasons
    monkeypatch.setattr(judging, "MOST_LINES_VOTED", len(parsed.blocks) - 1)
    assert judged(parsed) == sure  # trafilatura's time grows with the square of a page's lines
    assert asked == [parsed]


def test_a_block_that_the_vote_turns_out_says_that_the_vote_did() -> None:
    here = replace(seen(page("en", 1)), taken=np.zeros((0, 2), np.int64))
    n = len(here.starts)
    sure = Judgement((900,) * (n - 1) + (510,), ("its text, its tags",) * n, 500, 0.8)
    voted = judging._voted(sure, here)
    assert voted.scores == (630,) * (n - 1) + (357,)
    assert voted.because == ("its text, its tags",) * (n - 1) + (
        "trafilatura" if voted.least > 357 else "its text, its tags",
    )


@pytest.mark.parametrize("module", ["trafilatura.extract", "resiliparse.extract.html2text.extract_plain_text"])
def test_an_extractor_that_raises_is_a_fact_less(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> str:
        raise RuntimeError("it was not made for this")

    monkeypatch.setattr(judging, "VOTE_BELOW", 1.1)
    monkeypatch.setattr(module, fail)
    parsed = page("en")
    scores = judged(parsed).scores
    assert all(
        score >= 500 for block, score in zip(parsed.blocks, scores, strict=True) if block.path.endswith("article/p")
    )


CODE = """
import json
from allegata.ingest.html import read_page
from allegata.ingest.judged import judged
body = '<p class="lead text">The dam failed a test on Monday, the owner said to the council.</p>' * 4
pages = [read_page(f"<nav><a href=x>Home</a></nav><article><h1>Dam {n}</h1>{body}</article>") for n in NUMBERS]
print(json.dumps([judged(page).row() for page in pages][-1]))
"""


def test_hash_seed_and_company_change_no_score() -> None:
    def run(seed: str, numbers: str) -> object:
        command = [sys.executable, "-c", CODE.replace("NUMBERS", numbers)]
        done = subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert run("1", "(7,)") == run("2", "(1, 2, 3, 7)")


def test_the_model_is_plain_numbers_and_names_what_it_was_trained_on() -> None:
    model = json.loads((Path(judging.__file__).parents[1] / "judge" / "page.json").read_text(encoding="utf-8"))
    assert all(len(data["digest"]) == 64 for data in model["trained_on"])
    assert any("WCXB 1.0, CC BY 4.0" in data["source"] for data in model["trained_on"])
    assert model["name"] == default_judge().name == main_content.NAME
    assert all(isinstance(leaf, int) for tree in model["trees"] for leaf in tree["leaves"])
    known, found = zip(*model["calibration"], strict=True)
    assert list(known) == sorted(known)
    assert list(found) == sorted(found)


WORDS_AND_MARKS = st.text(alphabet="aB ñ漢-_1.", max_size=60)


@given(WORDS_AND_MARKS, st.booleans())
def test_weights_are_those_of_the_tokens(text: str, heading: bool) -> None:
    every = (*word_tokens(text), *(heading_tokens_of(text) if heading else ()))
    weights = {token: 3 * at + 1 for at, token in enumerate(sorted(set(every)))}
    own, above = WordWeights(weights).of_blocks([text], np.array([heading]))[:, 0].tolist()
    assert own == sum(weights[token] for token in word_tokens(text))
    assert above == (sum(weights[token] for token in heading_tokens_of(text)) if heading else 0)


def test_numbers_of_every_kind_are_digits() -> None:
    assert Text.of("7②Ⅻ³").kinds.tolist() == [DIGIT] * 4
    assert DIGIT not in Text.of("a漢,").kinds


def test_shares_of_a_page_are_shares() -> None:
    judge = default_judge()
    found, names, _ = features(seen(page("en")), judge.names, judge.words)
    before = found[:, names.index("prose_before")]
    assert before[0] == 0
    assert 0 < before.max() <= 1
    assert (np.diff(before) >= 0).all()
