"""The judge of lines: what it was trained on, what it does beside the rules, and what it never does."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.clean import judged_lines, stage
from allegata.judge.line_facts import Lines, context, facts
from allegata.judge.line_judge import JudgedLines, LineJudge, default_line_judge
from allegata.judge.line_words import LineWeights, line_tokens, words_of_line
from allegata.schema.labels import REMOVAL_REASONS
from bench.plain_text import read_pages
from project import some

PAGES = Path(__file__).parent / "pages"
UNSEEN = "plain_text_100.jsonl"  # the figures of docs/cleaning.md: nothing learns from it

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
        name: digest for name, digest in written.items() if name != UNSEEN
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
    import numpy as np

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


@pytest.mark.parametrize("page", some(read_pages(PAGES / UNSEEN), 12, "unseen pages"), ids=lambda page: page.id)
def test_a_removal_of_the_judge_says_how_sure_it_is_and_why(page) -> None:  # type: ignore[no-untyped-def]  # as above
    decided = stage.decide("\n".join(text for text, _ in page.lines))
    for removal in decided.removals:
        if removal.rule == judged_lines.NAME:
            assert removal.confidence is not None
            assert removal.confidence > 1 - judged_lines.LEAVES / 1000
            assert " likely to be of the article, by " in removal.evidence


def test_only_rules_that_go_by_places_and_signs_are_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["\n".join(line for line, _ in page.lines) for page in read_pages(PAGES / "plain_text_40.jsonl")[:8]]
    monkeypatch.setattr(judged_lines, "overrule", lambda page, decided: (decided, page))
    by_rules = [stage.decide(text).removals for text in texts]
    monkeypatch.undo()
    monkeypatch.setattr(LineJudge, "judge", lambda _, lines: JudgedLines((1000,) * len(lines.texts), (), ()))
    rules = Counter[str]()
    for text, before in zip(texts, by_rules, strict=True):
        kept = [removal.rule for removal in stage.decide(text).removals]
        assert kept == [removal.rule for removal in before if removal.rule not in judged_lines.DOUBTED]
        rules.update(removal.rule for removal in before)
    assert rules.keys() > judged_lines.DOUBTED


def test_a_text_of_few_lines_is_left_to_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LineJudge, "judge", lambda _, lines: JudgedLines((0,) * len(lines.texts), (), ()))
    lines = [f"Mill number {number} failed a test of its flour on Monday, the agency said." for number in range(7)]
    assert stage.decide("\n".join(lines)).removals == ()


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
from allegata.judge.line_judge import JudgedLines, LineJudge, default_line_judge
text = sys.stdin.read()
judged = default_line_judge().judge(judged_lines.lines_of(stage.page_of(text)))
print(json.dumps([judged.scores, judged.because, judged.reasons]))
"""


def test_the_hash_seed_changes_no_score() -> None:
    text = "\n".join(line for line, _ in read_pages(PAGES / UNSEEN)[3].lines)

    def run(seed: str) -> object:
        command = [sys.executable, "-c", CODE]
        env = {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        done = subprocess.run(command, env=env, input=text, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert run("1") == run("2")
