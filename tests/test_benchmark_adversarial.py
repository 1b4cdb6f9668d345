"""Submissions made to break the scorer, each scored by a second scorer that shares no line with it."""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import second_scorer
from allegata.benchmark.corpus import Corpus
from allegata.benchmark.scoring import score
from allegata.benchmark.submissions import check_predictions
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.schema.problems import ProblemsFound

# Combining marks, an astral letter, right-to-left, a line separator inside a line, curly quotes, digits.
LINES = (
    "“Ann said it rained,” he wrote.",
    "e\u0301te\u0301 naïve 𝔘nicode 🌧🌧 fell.",
    "אן אמרה שירד גשם.",
    "One\u2028line, two words; 3,000 more.",
    "A b c d e f.",
)
TASK_NAMES = tuple(TASKS)
Row = dict[str, Any]


def _spans(dice: random.Random, length: int, least: int, most: int) -> list[list[list[int]]]:
    """`least` to `most` spans: single, in pieces, one inside another."""
    found: list[list[list[int]]] = []
    for _ in range(dice.randint(least, most)):
        cuts = sorted(dice.sample(range(length + 1), 2 * dice.choice((1, 1, 1, 2))))
        segments = [[a, b] for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
        if found and dice.random() < 0.4:  # inside the last one
            start, end = found[-1][0]
            inner = sorted(dice.sample(range(start, end + 1), 2)) if end - start > 2 else [start, end]
            segments = [inner]
        found.append(segments)
    return found


@cache
def make_corpus(seed: int) -> Corpus:
    dice = random.Random(seed)
    tables: dict[str, list[Row]] = {
        name: [] for name in ("articles", "sentences", "claims", "attributions", "entities", "relations")
    }
    for article in ("a", "b", "c"):
        lines = dice.sample(LINES, dice.randrange(2, 5))
        text, blocks = "\n".join(lines), list[Row]()
        for index, line in enumerate(lines):
            start = blocks[-1]["end"] + 1 if blocks else 0
            blocks.append({"start": start, "end": start + len(line)})
            sentence = {"sentence_id": f"{article}.{index}", "article_id": article, "is_claim": dice.random() < 0.5}
            tables["sentences"].append(sentence | blocks[-1])
        tables["articles"].append({"article_id": article, "cluster_id": article, "text": text, "blocks": blocks})
        if article == "c" and seed % 3 == 0:
            continue  # an article without a single annotation
        for index, segments in enumerate(_spans(dice, len(text), 2, 4)):
            rows = [{"start": start, "end": end} for start, end in segments]
            claim = {"claim_id": f"{article}.c{index}", "article_id": article, "start": rows[0]["start"]}
            claim |= {"claim_type": dice.choice(TASKS["claim-type"].labels), "segments": rows}
            claim |= {"sentence_id": f"{article}.0", "check_worthy": dice.random() < 0.5}
            tables["claims"].append(claim)
            label = dice.choice(TASKS["entities"].labels[:3])
            tables["entities"].append({"article_id": article, "label": label} | rows[0])
            parts = {role: rows if dice.random() < 0.6 else [] for role in ("source", "cue", "content")}
            tables["attributions"].append({"article_id": article, **parts})
    claims = [claim["claim_id"] for claim in tables["claims"]]
    for index in range(min(9, len(claims) * (len(claims) - 1))):
        first, second = dice.sample(claims, 2)
        pair = {"claim_a": first, "claim_b": second, "relation": dice.choice(TASKS["claim-relations"].labels)}
        tables["relations"].append({"relation_id": f"r{index}"} | pair)
    return Corpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items() if rows})


def question_of(name: str, corpus: Corpus) -> second_scorer.Question:
    """The task from the rows of the tables, by the words of `allegata tasks`."""
    rows = {table: corpus.tables[table].to_pylist() for table in corpus.tables}
    texts = {row["article_id"]: row["text"] for row in rows["articles"]}
    home = {row["claim_id"]: row["article_id"] for row in rows["claims"]}
    if name in second_scorer.SPAN_TASKS:
        spans: dict[str, set[second_scorer.PlainSpan]] = {article: set() for article in texts}
        for row in rows[TASKS[name].table]:
            parts = {
                "claim-spans": lambda row: [("claim", row["segments"])],
                "entities": lambda row: [(row["label"], [row])],
                "attribution": lambda row: [(role, row[role]) for role in ("source", "cue", "content") if row[role]],
            }[name](row)
            for label, segments in parts:
                characters = {place for part in segments for place in range(part["start"], part["end"])}
                spans[row["article_id"]].add((label, second_scorer.runs(characters)))
        order = tuple(sorted(texts))
        gold: dict[str, Any] = {article: sorted(spans[article]) for article in order}
        return second_scorer.Question(name, TASKS[name].labels, texts, order, {a: (a,) for a in order}, gold)
    if name == "claim-type":
        answers = {row["claim_id"]: (row["start"], (row["article_id"],), row["claim_type"]) for row in rows["claims"]}
    elif name == "claim-relations":
        answers = {
            row["relation_id"]: (0, tuple({home[row["claim_a"]], home[row["claim_b"]]}), row["relation"])
            for row in rows["relations"]
        }
    else:
        worthy = {row["sentence_id"] for row in rows["claims"] if row["check_worthy"]}
        answers = {
            row["sentence_id"]: (
                row["start"],
                (row["article_id"],),
                "true" if (row["is_claim"] if name == "claim-detection" else row["sentence_id"] in worthy) else "false",
            )
            for row in rows["sentences"]
        }
    order = tuple(sorted(answers, key=lambda i: (answers[i][1] if name != "claim-relations" else (), answers[i][0], i)))
    articles = {i: answers[i][1] for i in order}
    return second_scorer.Question(name, TASKS[name].labels, texts, order, articles, {i: answers[i][2] for i in order})


SCORES = (
    lambda dice: dice.random(),
    lambda dice: dice.choice((0, 1)),  # ties
    lambda dice: 0.0,  # nothing but ties
    lambda dice: dice.choice((-0.0, 0, 5e-324, -5e-324, 1e308, -1e308)),
    lambda dice: dice.choice((2**53, 2**53 + 1, 10**300, -(10**300))),  # equal as doubles, or as large as they go
)


def rows_of(question: second_scorer.Question, dice: random.Random) -> list[Row]:
    """A valid answer: right, wrong, of one class, shifted, nested, repeated or empty."""
    kind = dice.choice(("gold", "one", "random", "near", "rival", "empty"))
    score, one = dice.choice(SCORES), dice.choice(question.labels)
    rows: list[Row] = []
    for identity in question.order:
        if question.task in second_scorer.SPAN_TASKS:
            gold, length = question.gold[identity], len(question.texts[identity])
            spans = [{"label": label, "segments": [list(part) for part in parts]} for label, parts in gold]
            if kind in ("one", "random"):
                label = one if kind == "one" else dice.choice(question.labels)
                spans = [{"label": label, "segments": parts} for parts in _spans(dice, length, 0, 5)]
            if kind == "near":
                for span in spans:
                    if dice.random() < 0.6:
                        first = span["segments"][0]
                        first[0] = max(0, first[0] - dice.randrange(3))
                    if dice.random() < 0.3:
                        span["label"] = dice.choice(question.labels)
            if kind == "rival":  # the right place under a wrong label, beside the right label at a wrong place
                spans = [{**span, "label": dice.choice(question.labels)} for span in spans[:3]] + [
                    {**span, "segments": [[max(0, span["segments"][0][0] - 2), span["segments"][0][1]]]}
                    for span in spans[:3]
                ]
            if spans and dice.random() < 0.3:
                spans.append(dice.choice(spans))
            if spans and dice.random() < 0.3:  # the same characters in touching pieces, the last one first
                start, end = spans[0]["segments"][-1]
                if end - start > 1:
                    spans[0] = {
                        **spans[0],
                        "segments": [[start + 1, end], [start, start + 1], *spans[0]["segments"][:-1]],
                    }
            dice.shuffle(spans)
            rows.append({"id": identity, "spans": [] if kind == "empty" else spans[:6]})
            continue
        right = question.gold[identity]
        label = right if kind == "gold" or (kind == "near" and dice.random() < 0.7) else dice.choice(question.labels)
        if kind in ("one", "empty"):
            label = one
        row: Row = {"id": identity, "label": label}
        if question.task in second_scorer.SENTENCE_TASKS:
            row = {"score": score(dice), "label": label == "true", "id": identity}
        rows.append(row)
    return rows


def written(rows: list[Row], dice: random.Random) -> bytes:
    """The rows as somebody's tool may write them: any order, line ends, byte-order mark, escapes, blank lines."""
    dice.shuffle(rows)
    ascii_only, indent = dice.random() < 0.5, dice.choice(("", " ", "\t"))
    lines = [indent + json.dumps(row, ensure_ascii=ascii_only) + indent for row in rows]
    if dice.random() < 0.3:
        lines.insert(dice.randrange(len(lines) + 1), "  ")
    text = dice.choice(("\n", "\r\n")).join(lines) + dice.choice(("", "\n"))
    return (dice.choice(("", "\ufeff")) + text).encode()


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
        ours = {(figure.measure, figure.article_id, figure.label): figure.value for figure in result.figures}
        assert ours.keys() == expected.keys()
        for key, value in expected.items():
            if value is None:
                assert ours[key] is None, key
            else:
                assert ours[key] == pytest.approx(float(value), abs=1e-12), key
        official = expected[task.official, "all", "all"]
        assert result.official == (None if official is None else pytest.approx(float(official)))
        assert result.folds == {a: ours[task.official, a, "all"] for a in sorted(question.texts)}


def _replace(**fields: Any) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: row | fields


def _drop(name: str) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: {key: value for key, value in row.items() if key != name}


def _span(**fields: Any) -> Callable[[random.Random, Row], Any]:
    return lambda dice, row: row | {"spans": [*row.get("spans", []), {"label": "claim", "segments": [[0, 1]]} | fields]}


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
    *(_drop(name) for name in ("id", "label", "score", "spans")),
    _replace(note=1, Label=True),
    lambda dice, row: json.dumps(row)[: dice.randrange(1, 12)],  # cut off
    lambda dice, row: json.dumps(row)[:-1] + ', "id": "a"}',  # a field twice
    lambda dice, row: json.dumps(row) + " {}",
    lambda dice, row: '{"id": ' + "9" * 5000 + "}",  # more digits than Python turns into a number
    lambda dice, row: "[" * 100_000,
    lambda dice, row: '{"id": "a", "spans": ' + "[" * 400 + "]" * 400 + "}",
    lambda dice, row: json.dumps([row]),
    lambda dice, row: "null",
    lambda dice, row: "{'id': 'a'}",
    lambda dice, row: "\ufeff" + json.dumps(row),
    lambda dice, row: json.dumps(row).replace('"', "“", 1),
    lambda dice, row: "\x00",
)
CODES = (
    (r"not UTF-8 at byte \d+", "not utf-8"),
    (r"not a JSON object(: .*)?", "no object"),
    (r"no id|id (?!.* (?:stands in line|is not in the task|is missing)).*", "bad id"),
    (r"id .* stands in line (\d+) already", r"repeats line \1"),
    (r"id .* is not in the task", "extra"),
    (r"id '(.*)' is missing", r"missing \1"),
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


def test_a_file_in_another_encoding_is_one_problem() -> None:
    corpus, task = make_corpus(1), TASKS["claim-detection"]
    for raw in ("{}".encode("utf-16"), b"\xff\xfe{}", "é".encode("latin-1")):
        with pytest.raises(ProblemsFound) as found:
            check_predictions(raw, "p", task, gold_of(task, corpus), corpus)
        assert [code_of(problem.what) for problem in found.value.problems] == ["not utf-8"]


def test_the_second_scorer_imports_nothing_of_the_package() -> None:
    tree = ast.parse(Path(second_scorer.__file__).read_text("utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [module for module in modules if module.split(".")[0] == "allegata"]
