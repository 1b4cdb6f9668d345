"""The judge of lines: what it was trained on, what it does beside the rules, and what it never does."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.clean import citations, curated_lines, judged_lines, stage
from allegata.clean.curated_lines import CuratedLines
from allegata.clean.judged_lines import Decisions
from allegata.clean.page import Hit, Page
from allegata.judge.line_facts import Lines, context, facts
from allegata.judge.line_judge import JudgedLines, LineJudge, default_line_judge
from allegata.judge.line_words import LineWeights, is_label, line_tokens, words_of_line
from allegata.schema.labels import REMOVAL_REASONS
from allegata.text.blocks import find_blocks
from allegata.text.spans import Span
from bench.plain_text import read_pages

PAGES = Path(__file__).parent / "pages"
# The figures of docs/cleaning.md: nothing learns from these, and no test asks for them.
UNSEEN = ("plain_text_120.jsonl", "plain_text_hard_100.jsonl")
LEARNED = "plain_text_48.jsonl"

KINDS = {"its text", "its words", "its place", "what it shares with the text", "the rules", "its neighbours"}
LINES = st.lists(
    st.text(alphabet="aB é漢กि.,:|\"'1©-", min_size=1, max_size=90).filter(str.strip), min_size=1, max_size=30
)


def judged(texts: list[str]) -> tuple[int, ...]:
    page = stage.page_of("\n".join(texts))
    return default_line_judge().judge(judged_lines.lines_of(page)).scores


def test_it_learned_from_the_pages_of_the_repository_and_not_from_those_of_its_figures() -> None:
    named = dict(default_line_judge().trained_on)
    written = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in PAGES.glob("*.jsonl")}
    assert {name: digest for name, digest in named.items() if name.endswith(".jsonl")} == {
        name: digest for name, digest in written.items() if name not in UNSEEN
    }
    assert any("WCXB 1.0, CC BY 4.0" in source for source in named)


def test_it_names_its_facts_and_gives_reasons_of_the_schema() -> None:
    judge = default_line_judge()
    assert judge.name == judged_lines.NAME
    assert set(judge.reason_of) <= set(REMOVAL_REASONS)
    lines = Lines(["Home", "The mill failed a test of its flour on Monday, the agency said."], [1, 1], [None, None])
    rows, columns, kinds = facts(lines, judge.weights)
    more, further, further_kinds = context(lines, judge_scores(2))
    assert (*columns, *further) == judge.among.columns
    assert tuple(columns) == judge.alone.columns
    assert (*kinds, *further_kinds) == judge.among.groups
    assert (rows.shape, more.shape) == ((2, len(columns)), (2, len(further)))


def judge_scores(n: int):  # type: ignore[no-untyped-def]  # an array of numpy

    return np.arange(n, dtype=np.int16)


@given(LINES)
def test_any_lines_are_judged_and_none_by_what_stands_around_the_text(texts: list[str]) -> None:
    scores = judged(texts)
    assert len(scores) == sum(bool(text.strip()) for text in texts)
    assert all(0 <= score <= 1000 for score in scores)
    assert scores == judged([f"  {text.strip()} " for text in texts])


@given(LINES)
def test_what_leaves_is_said_once_and_something_stays(texts: list[str]) -> None:
    page = stage.page_of("\n".join(texts))
    decided, after = judged_lines.overrule(page, [])
    out = [index for _, hit in decided for index in range(hit.first, hit.last + 1)]
    assert len(out) == len(set(out))
    assert set(after.taken) - set(page.taken) == set(out)
    assert len(page.blocks) < 2 or not out or len(after.free()) >= 2


def test_a_removal_of_the_judge_says_how_sure_it_is_and_why() -> None:
    found = 0
    for page in read_pages(PAGES / LEARNED)[:12]:
        for removal in stage.decide("\n".join(text for text, _ in page.lines)).removals:
            if removal.rule == judged_lines.NAME:
                found += 1
                score, _, facts_said = removal.evidence.partition(" of 1000 to be of the article, by ")
                assert int(score.removeprefix("score ")) < judged_lines.LEAVES
                assert set(facts_said.split(", ")) <= KINDS
    assert found > 10


def test_the_copy_that_a_repetition_leaves_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    first = "The mill in Quarnmouth failed a second test of its flour on Monday, the agency said."
    others = [f"Line {number} of this text says something else about the mill and its owner." for number in range(9)]
    text = "\n".join([first, *others, first, *(f"{line} Again." for line in others)])
    monkeypatch.setattr(LineJudge, "judge", lambda _, lines: out(lines, all_but=(4, 5)))
    removed = [removal for removal in stage.decide(text).removals if removal.span.quote(text).strip() == first]
    assert len(removed) == 1
    assert removed[0].repeats is not None


def test_what_a_curator_decides_about_a_line_moves_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    page = read_pages(PAGES / LEARNED)[2]
    text = "\n".join(line for line, _ in page.lines)
    line = next(line for line, reason in page.lines if reason is None and len(line) > 80)
    start = text.index(line)
    curated = CuratedLines(Span(start, start + len(line)), line, "for this test", "advertisement", 1)
    seen: list[Lines] = []

    def judge(_: LineJudge, lines: Lines) -> JudgedLines:
        seen.append(lines)
        return JudgedLines((500,) * len(lines.texts), (), ())

    monkeypatch.setattr(LineJudge, "judge", judge)
    for lines in ([], [curated]):
        stage.decide(text, lines=lines)
    assert seen[1].taken == seen[0].taken
    assert "advertisement" not in seen[1].taken


def out(lines: Lines, all_but: tuple[int, ...] = ()) -> JudgedLines:
    """A judge to whom every line is none of the article."""
    n = len(lines.texts)
    scores = tuple(1000 if index in all_but else 0 for index in range(n))
    return JudgedLines(scores, ("its words",) * n, ("site_furniture",) * n)


def decided_by(rule: str, reason: str) -> tuple[Page, Decisions]:
    """A page of ten lines of which a rule takes the fifth."""
    said = [f"Mill number {number} failed a test of its flour on Monday, the agency said." for number in range(10)]
    hits = [Hit(4, 4, reason, "")]
    return Page(tuple(find_blocks("\n".join(said)))).without(hits), [(rule, hit) for hit in hits]


@pytest.mark.parametrize(
    ("rule", "reason", "stays"),
    [
        ("frame", "related_teaser", 300),
        ("frame", "byline", 700),
        ("furniture", "site_furniture", 300),
        ("head_matter", "dateline", 700),
        ("head_matter", "site_furniture", 300),
        ("biography", "author_biography", 700),
        ("prompts", "newsletter_prompt", 300),
        *(
            (rule, "keyword_list", None)
            for rule in ("citations", "curator", "keywords", "pull_quotes", "repetition", "ticker")
        ),
    ],
)
def test_a_line_that_a_rule_takes_comes_back_from_this_score_on(
    monkeypatch: pytest.MonkeyPatch, rule: str, reason: str, stays: int | None
) -> None:
    names = {name.split("/")[0]: name for name, _ in (*stage.RULES, *stage.PLAIN_TEXT_RULES)}
    names |= {"citations": citations.NAME, "curator": curated_lines.NAME}
    page, decided = decided_by(names[rule], reason)

    def taken(score: int) -> bool:
        scores = (500,) * 4 + (score,) + (500,) * 5
        monkeypatch.setattr(LineJudge, "judge", lambda _, lines: JudgedLines(scores, ("",) * 10, ("",) * 10))
        return bool(judged_lines.overrule(page, decided)[0])

    assert taken(0)
    assert taken(1000) is (stays is None)
    if stays:
        assert (taken(stays - 1), taken(stays)) == (True, False)


@pytest.mark.parametrize(("lines", "stay", "leave"), [(7, 3, 0), (8, 3, 5), (8, 2, 6), (8, 1, 0), (8, 0, 0)])
def test_a_text_of_few_lines_is_left_to_the_rules_and_so_is_one_of_which_nothing_would_stay(
    monkeypatch: pytest.MonkeyPatch, lines: int, stay: int, leave: int
) -> None:
    monkeypatch.setattr(LineJudge, "judge", lambda _, lines: out(lines, all_but=tuple(range(stay))))
    said = [f"Mill number {number} failed a test of its flour on Monday, the agency said." for number in range(lines)]
    removals = stage.decide("\n".join(said)).removals
    assert [removal.rule for removal in removals] == [judged_lines.NAME] * leave


def test_words_are_whole_in_scripts_with_marks_and_pairs_in_those_without_blanks() -> None:
    assert words_of_line("समाचार पढ़ें") == ["समाचार", "पढ़ें"]
    assert words_of_line("関連記事") == ["関連", "連記", "記事"]
    assert words_of_line("Read MORE: 3 stories") == ["read", "more", "stories"]


def test_a_label_gives_its_words_to_the_lines_below_it() -> None:
    texts = ["Read more", "Mill fined over flour", "It was the second fine this year."]
    tokens = list(line_tokens(texts, [words_of_line(text) for text in texts]))
    assert "h:more" not in tokens[0]
    assert "h:more" in tokens[1]
    assert "h:mill" in tokens[2]


def test_weights_are_summed_by_the_root_of_the_number_of_tokens() -> None:
    weights = LineWeights({"w:mill": 6, "w:flour": -2})
    assert weights.of_lines([{"w:mill", "w:flour", "w:a", "w:b"}, set()]) == [2.0, 0.0]


CODE = """
import json, sys
from allegata.clean import judged_lines, stage
from allegata.judge.line_judge import default_line_judge
text = sys.stdin.read()
judged = default_line_judge().judge(judged_lines.lines_of(stage.page_of(text)))
print(json.dumps([judged.scores, judged.because, judged.reasons]))
"""


def test_the_hash_seed_changes_no_score() -> None:
    text = "\n".join(line for line, _ in read_pages(PAGES / LEARNED)[3].lines)

    def run(seed: str) -> object:
        command = [sys.executable, "-c", CODE]
        env = {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        done = subprocess.run(command, env=env, input=text, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert run("1") == run("2")


def test_eight_words_of_sixty_letters_without_an_end_may_be_a_label() -> None:
    assert is_label("a b c d e f g h", list("abcdefgh"))
    assert is_label("x" * 60, ["x"])
    assert not is_label("x" * 61, ["x"])
    assert not is_label("a b c d e f g h i", list("abcdefghi"))
    assert not is_label("It rained.", ["it", "rained"])


def test_the_judge_takes_no_line_for_a_repetition_of_which_it_names_no_first_place() -> None:
    assert "repetition" not in default_line_judge().reason_of
