"""Corpora and valid answers made to break the scorer, and the question as a second scorer sees it."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pyarrow as pa

import second_scorer
from allegata.benchmark.tasks import TASKS
from allegata.schema.published import PublishedCorpus
from allegata.schema.scheme import default_scheme

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
def make_corpus(seed: int) -> PublishedCorpus:
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
            claim |= {"claim_type": dice.choice(TASKS["claim-type"].by(default_scheme()).labels), "segments": rows}
            claim |= {"sentence_id": f"{article}.0", "check_worthy": dice.random() < 0.5}
            tables["claims"].append(claim)
            label = dice.choice(TASKS["entities"].by(default_scheme()).labels[:3])
            tables["entities"].append({"article_id": article, "label": label} | rows[0])
            parts = {role: rows if dice.random() < 0.6 else [] for role in ("source", "cue", "content")}
            tables["attributions"].append({"article_id": article, **parts})
    claims = [claim["claim_id"] for claim in tables["claims"]]
    for index in range(min(9, len(claims) * (len(claims) - 1))):
        first, second = dice.sample(claims, 2)
        pair = {
            "claim_a": first,
            "claim_b": second,
            "relation": dice.choice(TASKS["claim-relations"].by(default_scheme()).labels),
        }
        tables["relations"].append({"relation_id": f"r{index}"} | pair)
    return PublishedCorpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items() if rows})


def question_of(name: str, corpus: PublishedCorpus) -> second_scorer.Question:
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
        return second_scorer.Question(
            name, TASKS[name].by(default_scheme()).labels, texts, order, {a: (a,) for a in order}, gold
        )
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
    return second_scorer.Question(
        name, TASKS[name].by(default_scheme()).labels, texts, order, articles, {i: answers[i][2] for i in order}
    )


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
