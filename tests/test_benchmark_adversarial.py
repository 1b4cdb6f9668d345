"""Submissions made to break the scorer, each scored by a second scorer that shares no line with it."""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import second_scorer
from adversarial_answers import TASK_NAMES, Row, make_corpus, question_of, rows_of, written
from allegata.benchmark.scoring import score
from allegata.benchmark.submissions import check_predictions
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema.problems import ProblemsFound


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", TASK_NAMES)
def test_every_figure_of_a_valid_submission_is_that_of_the_second_scorer(name: str, seed: int) -> None:
    corpus, task = make_corpus(seed), TASKS[name]
    question, gold = question_of(name, corpus), gold_of(task, corpus)
    assert gold.order == question.order
    for turn in range(4):
        dice = random.Random(f"{name} {seed} {turn}")
        raw = written(rows_of(question, dice), dice)
        answer = second_scorer.read(raw, question)
        assert answer.faults == []
        result = score(task, check_predictions(raw, "p", task, gold, corpus), gold, corpus)
        expected = second_scorer.figures(question, answer)
        ours = {(figure.measure, figure.fold, figure.label): figure.value for figure in result.figures}
        assert ours.keys() == expected.keys()
        for key, value in expected.items():
            if value is None:
                assert ours[key] is None, key
            else:
                assert ours[key] == pytest.approx(float(value), abs=1e-12), key
        official = expected[task.official, "all", "all"]
        assert result.official == (None if official is None else pytest.approx(float(official)))
        assert result.folds == {a: ours[task.official, a, "all"] for a in question.folds}


def _replace(**fields: Any) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: row | fields


def _drop(name: str) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: {key: value for key, value in row.items() if key != name}


def _span(**fields: Any) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: (
        row | {"spans": [*(row.get("spans") or ()), {"label": "claim", "segments": [[0, 1]]} | fields]}
    )


def _positions(value: Any) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: row | {"disputes": [*(row.get("disputes") or ()), {"positions": value}]}


def _pair(value: Any) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: row | {"pairs": [*(row.get("pairs") or ()), value]}


# What is done to one line: a new row, or the text of the line.
VANDALS: tuple[Callable[[random.Random, Row], Any], ...] = (
    *(_replace(id=value) for value in ("a.9", "", " a", "A", "\ud800", "é" * 500, 7, None, ["a"], {"id": "a"}, True)),
    *(_replace(label=value) for value in ("True", "yes", "Claim", "", 1, 0, None, [True], {"a": 1}, "tru\u0435")),
    *(_replace(score=value) for value in (float("nan"), float("inf"), float("-inf"), 10**400, "1", None, True, [1])),
    *(_replace(spans=value) for value in (None, {}, "[]", [[]], [None], ["claim"], 3, [{"label": "claim"}])),
    *(_span(label=value) for value in ("nothing", None, 3, ["claim"])),
    *(_span(segments=value) for value in ([], None, {}, [0, 1], [[0]], [[0, 1, 2]], [["0", "1"]], [[0, 1.0]])),
    *(_span(segments=value) for value in ([[True, False]], [[0, 10**40]], [[-(2**60), 3]], [[0, None]])),
    *(_span(segments=value) for value in ([[0, 99999]], [[-1, 3]], [[3, 3]], [[4, 2]], [[0, 3], [2, 5]], [[0, 3]] * 2)),
    _span(segments=[[5, 3], [0, 99999], [-7, -2]]),
    _span(note="why"),
    *(_drop(name) for name in ("id", "label", "score", "spans", "disputes")),
    *(_replace(disputes=value) for value in (None, {}, "d1", [[]], [None], [{"positions": [], "kind": "x"}], [{}])),
    *(_positions(value) for value in (None, "a", {}, [], [[]], [[], []], ["a", "b"], [["a"], "b"], [[1], [2]], [[[]]])),
    *(_positions(value) for value in ([["a.c0"]], [["a.c0"], ["a.c0"]], [["a.c0", "a.c0"], ["b.c0"]], [["é"], ["?"]])),
    *(_pair(value) for value in (None, "a", {}, [], ["a.c0"], ["a.c0", 1, 0], ["a.c0", "a.c0", 0], ["é", "?", 1])),
    *(_pair(["a.c0", "a.c1", value]) for value in (float("nan"), 10**400, "1", None, True, [1], 0.5)),
    *(_replace(pairs=value) for value in (None, {}, "p1", [], [[]], [["a.c0", "a.c1", 1], ["a.c1", "a.c0", 2]])),
    _replace(note=1, Label=True),
    lambda dice, row: json.dumps(row)[: dice.randrange(1, 12)],  # cut off
    lambda dice, row: json.dumps(row)[:-1] + ', "id": "a"}',  # a field twice
    lambda dice, row: json.dumps(row) + " {}",
    lambda dice, row: '{"id": ' + "9" * 5000 + "}",  # more digits than Python turns into a number
    lambda dice, row: "[" * 100_000,
    lambda dice, row: '{"id": "a", "spans": ' + "[" * 90 + "]" * 90 + "}",
    lambda dice, row: json.dumps([row]),
    lambda dice, row: "null",
    lambda dice, row: "{'id': 'a'}",
    lambda dice, row: "\ufeff" + json.dumps(row),
    lambda dice, row: json.dumps(row).replace('"', "“", 1),
    lambda dice, row: "\x00",
)
CODES = (
    (r"not one of its \d+ (ids|labels) is in the task .*", r"other \1"),
    (r"is not UTF-8 at byte \d+", "not utf-8"),
    (r"is not JSON: .*|is nested too deeply: .*|.*not a JSON object.*", "no object"),
    (r"no id|id (?!.* (?:is not in the task|is missing)).*", "bad id"),
    (r"duplicate id .* \(first in line (\d+)\)", r"repeats line \1"),
    (r"id .* is not in the task", "extra"),
    (r"id '(.*)' is missing(?:, or it is in a line whose id cannot be read)?", r"missing \1"),
    (r"[^:]*: unknown field '(.*)'", r"unknown field \1"),
    (r"[^:]*: no '(\w+)'", r"lacks \1"),
    (r"[^:]*: score .*", "score"),
    (r"[^:]*: 'spans' is not a list", "spans"),
    (r"[^:]*: span (\d+) is not a label with segments", r"span \1 shape"),
    (r"[^:]*: span (\d+) has the label .*", r"span \1 label"),
    (r"[^:]*: span (\d+) has no list of \[start, end\]", r"span \1 segments"),
    (r"[^:]*: span (\d+): \[(-?\d+),(-?\d+)\) lies outside .*", r"span \1 outside \2 \3"),
    (r"[^:]*: span (\d+): \[(-?\d+),(-?\d+)\) is empty or reversed", r"span \1 empty \2 \3"),
    (r"[^:]*: span (\d+): segments overlap", r"span \1 overlap"),
    (r"[^:]*: 'disputes' is not a list", "disputes"),
    (r"[^:]*: dispute (\d+) is not an object with positions", r"dispute \1 shape"),
    (r"[^:]*: dispute (\d+) has no list of lists of claim ids", r"dispute \1 positions"),
    (r"[^:]*: dispute (\d+) has fewer than two positions", r"dispute \1 few"),
    (r"[^:]*: dispute (\d+) has an empty position", r"dispute \1 empty"),
    (r"[^:]*: dispute (\d+) has '(.*)', no claim of this story", r"dispute \1 foreign \2"),
    (r"[^:]*: dispute (\d+) has the claim '(.*)' more than once", r"dispute \1 repeats \2"),
    (r"[^:]*: 'pairs' is not a list", "pairs"),
    (r"[^:]*: pair (\d+) is not a list of two claim ids and a score", r"pair \1 shape"),
    (r"[^:]*: pair (\d+) has '(.*)', no claim of this story", r"pair \1 foreign \2"),
    (r"[^:]*: pair (\d+) has the claim '(.*)' twice", r"pair \1 twice \2"),
    (r"[^:]*: pair (\d+) has a score that is no finite number", r"pair \1 score"),
    (r"[^:]*: pair (\d+) repeats an earlier pair", r"pair \1 repeats"),
    (r"[^:]*: label .*", "label"),
)


def code_of(what: str) -> str:
    for pattern, code in CODES:
        if match := re.fullmatch(pattern, what, re.DOTALL):
            return match.expand(code)
    raise AssertionError(f"a problem that the second scorer does not know: {what!r}")


def vandalised(rows: list[Row], dice: random.Random) -> bytes:
    dice.shuffle(rows)
    lines: list[Any] = list(rows)
    for _ in range(dice.randrange(1, 5)):
        place = dice.randrange(len(lines))
        if isinstance(lines[place], dict):
            lines[place] = dice.choice(VANDALS)(dice, lines[place])
    if dice.random() < 0.3:
        lines.append(dice.choice(lines))  # a line twice
    if dice.random() < 0.3:
        del lines[dice.randrange(len(lines))]  # one missing
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", TASK_NAMES)
def test_the_report_on_a_bad_submission_is_complete_and_sorted_as_the_second_scorer_finds_it(
    name: str, seed: int
) -> None:
    corpus, task = make_corpus(seed), TASKS[name]
    question, gold = question_of(name, corpus), gold_of(task, corpus)
    for turn in range(8):
        dice = random.Random(f"bad {name} {seed} {turn}")
        raw = vandalised(rows_of(question, dice), dice)
        expected = second_scorer.read(raw, question).faults
        try:
            check_predictions(raw, "p", task, gold, corpus)
            problems = ()
        except ProblemsFound as found:
            problems = found.problems
            str(found).encode()  # the report can be printed
        assert sorted((problem.line or 0, code_of(problem.what)) for problem in problems) == sorted(set(expected))
        assert list(problems) == sorted(problems, key=lambda problem: problem.sort_key)
        assert all(problem.fix and len(problem.what) < 400 for problem in problems)


@pytest.mark.parametrize("vandal", range(len(VANDALS)))
def test_each_way_of_breaking_a_line_is_reported_or_harmless_in_every_task(vandal: int) -> None:
    corpus = make_corpus(1)
    for name in TASK_NAMES:
        question, gold = question_of(name, corpus), gold_of(TASKS[name], corpus)
        dice = random.Random(f"{name} {vandal}")
        rows: list[Any] = rows_of(question, dice)
        rows[0] = VANDALS[vandal](dice, rows[0])
        raw = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()
        expected = second_scorer.read(raw, question).faults
        try:
            check_predictions(raw, "p", TASKS[name], gold, corpus)
            found = []
        except ProblemsFound as report:
            found = [(problem.line or 0, code_of(problem.what)) for problem in report.problems]
        assert sorted(found) == sorted(set(expected))


PAIRS = [(made_for, asked) for made_for in TASK_NAMES for asked in TASK_NAMES if made_for != asked]
# Sentences are alike in both tasks on them: there only submission.json tells.
ALIKE = [("attributed-sentences", "check-worthiness"), ("check-worthiness", "attributed-sentences")]


@pytest.mark.parametrize(("made_for", "asked"), [pair for pair in PAIRS if pair not in ALIKE])
def test_predictions_of_another_task_are_one_line(made_for: str, asked: str) -> None:
    corpus, dice = make_corpus(1), random.Random(f"{made_for} {asked}")
    question = question_of(made_for, corpus)
    rows = rows_of(question, dice)
    for row in rows if "spans" in rows[0] else ():
        row["spans"].append({"label": question.labels[0], "segments": [[0, 1]]})
    raw = written(rows, dice)
    with pytest.raises(ProblemsFound) as found:
        check_predictions(raw, "p", TASKS[asked], gold_of(TASKS[asked], corpus), corpus)
    (problem,) = found.value.problems
    assert code_of(problem.what) in ("other ids", "other labels")
    assert second_scorer.read(raw, question_of(asked, corpus)).faults == [(0, code_of(problem.what))]


def test_a_file_in_another_encoding_is_one_problem() -> None:
    corpus, task = make_corpus(1), TASKS["attributed-sentences"]
    for raw in ("{}".encode("utf-16"), b"\xff\xfe{}", "é".encode("latin-1")):
        with pytest.raises(ProblemsFound) as found:
            check_predictions(raw, "p", task, gold_of(task, corpus), corpus)
        assert [code_of(problem.what) for problem in found.value.problems] == ["not utf-8"]


def test_the_second_scorer_imports_nothing_of_the_package() -> None:
    tree = ast.parse(Path(second_scorer.__file__).read_text("utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [module for module in modules if module.split(".")[0] == "allegata"]
