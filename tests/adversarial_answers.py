"""Corpora and valid answers made to break the scorer, and the question as a second scorer sees it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
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
STORIES = ("mill", "ferry", None)
STR = pa.string()
NO_DISPUTES = {
    "disputes": pa.schema({"dispute_id": STR, "kind": STR}).empty_table(),
    "positions": pa.schema({"position_id": STR, "dispute_id": STR, "claim_ids": pa.list_(STR)}).empty_table(),
}
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


def _positions(dice: random.Random, claims: list[str], least: int = 2) -> list[list[str]]:
    """Some of the claims, each in one of two positions or more."""
    chosen = dice.sample(claims, dice.randint(least, len(claims)))
    count = dice.randint(least, min(3, len(chosen)))
    found: list[list[str]] = [[claim] for claim in chosen[:count]]
    for claim in chosen[count:]:
        dice.choice(found).append(claim)
    return found


@cache
def make_corpus(seed: int) -> PublishedCorpus:
    dice = random.Random(seed)
    tables: dict[str, list[Row]] = {
        name: []
        for name in (
            "articles",
            "sentences",
            "claims",
            "attributions",
            "entities",
            "relations",
            "disputes",
            "positions",
        )
    }
    for article in ("a", "b", "c"):
        lines = dice.sample(LINES, dice.randrange(2, 5))
        text, blocks = "\n".join(lines), list[Row]()
        for index, line in enumerate(lines):
            start = blocks[-1]["end"] + 1 if blocks else 0
            blocks.append({"start": start, "end": start + len(line)})
            sentence = {"sentence_id": f"{article}.{index}", "article_id": article}
            zone = dice.choice(("title", "heading", "list_item", "body")) if index else "body"
            tables["sentences"].append(sentence | {"zone": zone} | blocks[-1])
        story = dice.choice(STORIES)
        row = {"article_id": article, "cluster_id": article, "text": text, "blocks": blocks, "story": story}
        tables["articles"].append(row)
        if article == "c" and seed % 3 == 0:
            continue  # an article without a single annotation
        for index, segments in enumerate(_spans(dice, len(text), 2, 4)):
            rows = [{"start": start, "end": end} for start, end in segments]
            claim = {"claim_id": f"{article}.c{index}", "article_id": article, "start": rows[0]["start"]}
            claim |= {"claim_type": dice.choice(TASKS["claim-type"].by(default_scheme()).labels), "segments": rows}
            claim |= {"sentence_id": f"{article}.{dice.randrange(len(lines))}", "check_worthy": dice.random() < 0.5}
            claim["attribution_id"] = dice.choice((None, "b0"))
            tables["claims"].append(claim)
            label = dice.choice(TASKS["entities"].by(default_scheme()).labels[:3])
            kind = dice.choice(("NAM", "NAM", "NOM", "PRO"))
            tables["entities"].append({"article_id": article, "label": label, "mention_type": kind} | rows[0])
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
    stories = {row["article_id"]: row["story"] for row in tables["articles"]}
    for story in sorted(set(stories.values()), key=str):
        claims = [claim["claim_id"] for claim in tables["claims"] if stories[claim["article_id"]] == story]
        for index in range(dice.randrange(5) if len(claims) > 1 else 0):
            name, positions = f"{story}.d{index}", _positions(dice, claims)
            tables["disputes"].append({"dispute_id": name, "kind": dice.choice(("contradiction", "tension"))})
            for place, claim_ids in enumerate(positions):
                row = {"position_id": f"{name}.{place}", "dispute_id": name, "claim_ids": claim_ids}
                tables["positions"].append(row)
    found = {name: pa.Table.from_pylist(rows) for name, rows in tables.items() if rows}
    return PublishedCorpus("v0", {**NO_DISPUTES, **found})  # of which there may be none


def question_of(name: str, corpus: PublishedCorpus) -> second_scorer.Question:
    """The task from the rows of the tables, by the words of `allegata tasks`."""
    rows = corpus.tables["articles"].to_pylist()
    stories: dict[str, list[str]] = {}
    for row in rows:
        stories.setdefault(row["story"] or "no story stated", []).append(row["article_id"])
    by_story = name == "disputes" or len(stories) > 1
    folds = stories if by_story else {row["article_id"]: [row["article_id"]] for row in rows}
    return replace(_question_of(name, corpus), folds=dict(sorted(folds.items())))


def _question_of(name: str, corpus: PublishedCorpus) -> second_scorer.Question:
    rows = {table: corpus.tables[table].to_pylist() for table in corpus.tables}
    texts = {row["article_id"]: row["text"] for row in rows["articles"]}
    home = {row["claim_id"]: row["article_id"] for row in rows["claims"]}
    labels = TASKS[name].by(default_scheme()).labels
    if name == "disputes":
        return _stories(rows, texts)
    if name in second_scorer.SPAN_TASKS:
        spans: dict[str, set[second_scorer.PlainSpan]] = {article: set() for article in texts}
        for row in rows[TASKS[name].table]:
            parts = {
                "claim-spans": lambda row: [("claim", row["segments"])],
                "entities": lambda row: [
                    (row["label"] if row["mention_type"] == "NAM" else row["mention_type"], [row])
                ],
                "attribution": lambda row: [(role, row[role]) for role in ("source", "cue", "content") if row[role]],
            }[name](row)
            for label, segments in parts:
                characters = {place for part in segments for place in range(part["start"], part["end"])}
                spans[row["article_id"]].add((label, second_scorer.runs(characters)))
        order = tuple(sorted(texts))
        gold: dict[str, Any] = {article: sorted(spans[article]) for article in order}
        return second_scorer.Question(name, labels, texts, order, {a: (a,) for a in order}, gold)
    if name == "claim-type":
        answers = {row["claim_id"]: (row["start"], (row["article_id"],), row["claim_type"]) for row in rows["claims"]}
    elif name == "claim-relations":
        answers = {
            row["relation_id"]: (0, tuple({home[row["claim_a"]], home[row["claim_b"]]}), row["relation"])
            for row in rows["relations"]
        }
    else:
        column = {"attributed-sentences": "attribution_id", "check-worthiness": "check_worthy"}[name]
        chosen = {row["sentence_id"] for row in rows["claims"] if row[column]}
        answers = {
            row["sentence_id"]: (row["start"], (row["article_id"],), str(row["sentence_id"] in chosen).lower())
            for row in rows["sentences"]
            if row["zone"] != "heading"
        }
    order = tuple(sorted(answers, key=lambda i: (answers[i][1] if name != "claim-relations" else (), answers[i][0], i)))
    articles = {i: answers[i][1] for i in order}
    return second_scorer.Question(name, labels, texts, order, articles, {i: answers[i][2] for i in order})


def _stories(rows: dict[str, list[Row]], texts: dict[str, str]) -> second_scorer.Question:
    """The claims and disputes of every story: of a dispute its kind and its positions."""
    name_of = {row["article_id"]: row["story"] or "no story stated" for row in rows["articles"]}
    order = tuple(sorted(set(name_of.values())))
    claims: dict[str, list[str]] = {story: [] for story in order}
    for row in sorted(rows["claims"], key=lambda row: (row["article_id"], row["start"], row["claim_id"])):
        claims[name_of[row["article_id"]]].append(row["claim_id"])
    gold: dict[str, Any] = {story: [] for story in order}
    for row in rows["disputes"]:
        positions = [p["claim_ids"] for p in rows["positions"] if p["dispute_id"] == row["dispute_id"]]
        story = next(story for story in order if positions[0][0] in claims[story])
        gold[story].append((row["kind"], positions))
    articles = {story: tuple(article for article in sorted(texts) if name_of[article] == story) for story in order}
    return second_scorer.Question("disputes", (), texts, order, articles, gold, claims)


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
    score, one = dice.choice(SCORES), dice.choice(question.labels or ("",))
    rows: list[Row] = []
    pairs = dice.random() < 0.7
    for identity in question.order:
        if question.task == "disputes":
            row = {"id": identity, "disputes": _disputes(question, identity, kind, dice)}
            if pairs and dice.random() < 0.9:
                row["pairs"] = _pairs(list(question.claims[identity]), score, dice)
            rows.append(row)
            continue
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


def _pairs(claims: list[str], score: Callable[[random.Random], float], dice: random.Random) -> list[list[Any]]:
    """Scores of some pairs, whichever claim is named first."""
    pairs = [[a, b] for place, a in enumerate(claims) for b in claims[place + 1 :]]
    chosen = dice.sample(pairs, dice.randrange(min(len(pairs), 40) + 1))
    return [[*dice.sample(pair, 2), score(dice)] for pair in chosen]


def _disputes(question: second_scorer.Question, story: str, kind: str, dice: random.Random) -> list[Row]:
    """Right, guessed, with a claim that changes sides, all against all, or none."""
    claims = list(question.claims[story])
    found = [[list(position) for position in positions] for _, positions in question.gold[story]]
    if kind in ("one", "rival") and len(claims) > 1:
        found = [[[claim] for claim in claims]] * dice.randrange(1, 3)
    if kind in ("random", "near") and len(claims) > 1:
        found = found[: kind == "near"] + [_positions(dice, claims) for _ in range(dice.randrange(4))]
    for positions in found if kind == "near" else ():
        if len(positions[0]) > 1:
            positions[1].append(positions[0].pop())
    dice.shuffle(found)
    return [{"positions": positions} for positions in found if kind != "empty"]


def written(rows: list[Row], dice: random.Random) -> bytes:
    """The rows as somebody's tool may write them: any order, line ends, byte-order mark, escapes, blank lines."""
    dice.shuffle(rows)
    ascii_only, indent = dice.random() < 0.5, dice.choice(("", " ", "\t"))
    lines = [indent + json.dumps(row, ensure_ascii=ascii_only) + indent for row in rows]
    if dice.random() < 0.3:
        lines.insert(dice.randrange(len(lines) + 1), "  ")
    text = dice.choice(("\n", "\r\n")).join(lines) + dice.choice(("", "\n"))
    return (dice.choice(("", "\ufeff")) + text).encode()
