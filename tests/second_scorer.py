"""A second scorer, written from the task descriptions alone: nothing of the package is imported here.

It is slow and plain on purpose. Spans are lists of segments and sets of characters, alignments are found by trying
every matching, ranks by counting who stands above, and all arithmetic is in fractions. `None` is an undefined score.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

SPAN_TASKS = {"claim-spans", "attribution", "entities"}
SENTENCE_TASKS = {"attributed-sentences", "check-worthiness"}
BESIDE = ("NOM", "PRO")  # labels of mentions that the official measure does not count
FIELDS = {
    "disputes": ("id", "disputes"),
    **dict.fromkeys(SPAN_TASKS, ("id", "spans")),
    **dict.fromkeys(SENTENCE_TASKS, ("id", "label", "score")),
}
PlainSpan = tuple[str, tuple[tuple[int, int], ...]]
Key = tuple[str, str, str]  # measure, article, label


@dataclass(frozen=True)
class Question:
    """A task with its right answers: ids in the order of the text, the articles of each, and its label or spans."""

    task: str
    labels: tuple[str, ...]
    texts: Mapping[str, str]
    order: tuple[str, ...]
    articles: Mapping[str, tuple[str, ...]]
    gold: Mapping[str, Any]
    claims: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of a story
    folds: Mapping[str, Sequence[str]] = field(default_factory=dict)  # what is held out at a time, with its articles


@dataclass
class Answer:
    """What a file says, and every fault of it as (line or 0, code)."""

    value: dict[str, Any] = field(default_factory=dict)
    score: dict[str, float] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)  # those that answer an id of the task
    pairs: dict[str, dict[frozenset[str], float]] = field(default_factory=dict)


def read(raw: bytes, question: Question) -> Answer:
    answer, seen = Answer(), dict[str, int]()
    unread: list[set[str]] = []  # of each line that cannot be read: the ids that stand in it
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return Answer(faults=[(0, "not utf-8")])
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            _read_line(number, line, question, answer, seen, unread)
    if len(seen) > 1 and not any(i in seen for i in question.order):
        return Answer(faults=[(0, "other ids")])
    if question.task not in SENTENCE_TASKS | {"disputes"}:
        used = [label for row in answer.rows for label in _labels_in(row)]
        if len(used) > 1 and not any(label in question.labels for label in used):
            return Answer(faults=[(0, "other labels")])
    missing = [i for i in question.order if i not in seen and not any(i in ids for ids in unread)]
    if len(missing) > unread.count(set()):  # else each of them may be a line that shows no id
        answer.faults += [(0, f"missing {identity}") for identity in missing]
    answer.faults.sort()
    return answer


def _labels_in(row: dict[str, Any]) -> list[str]:
    items = [row, *(row["spans"] if type(row.get("spans")) is list else [])]
    return [item["label"] for item in items if type(item) is dict and type(item.get("label")) is str]


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError
    return dict(pairs)


def _ids_in(line: str) -> set[str]:
    """Every string that follows the key "id" somewhere in a line, whatever the rest of it is."""
    found = set()
    for place in range(len(line)):
        if line.startswith('"id"', place) and line[place + 4 :].lstrip().startswith(":"):
            try:
                value, _ = json.JSONDecoder().raw_decode(line[place + 4 :].lstrip()[1:].lstrip())
            except (ValueError, RecursionError):
                continue
            if type(value) is str:
                found.add(value)
    return found


def _read_line(
    number: int, line: str, question: Question, answer: Answer, seen: dict[str, int], unread: list[set[str]]
) -> None:
    def fault(code: str) -> None:
        answer.faults.append((number, code))

    try:
        row = json.loads(line, object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        row = None
    if type(row) is not dict:
        unread.append(_ids_in(line))
        return fault("no object")
    identity = row.get("id")
    if type(identity) is not str:
        unread.append(set())
        return fault("bad id")
    if identity in seen:
        return fault(f"repeats line {seen[identity]}")
    seen[identity] = number
    if identity not in question.order:
        return fault("extra")
    answer.rows.append(row)
    wanted = FIELDS.get(question.task, ("id", "label"))
    for name in row:
        if name not in wanted and (question.task, name) != ("disputes", "pairs"):
            fault(f"unknown field {name}")
    for name in wanted:
        if name not in row:
            fault(f"lacks {name}")
    if "label" in wanted and "label" in row:
        label = row["label"]
        good = type(label) is bool if question.task in SENTENCE_TASKS else label in list(question.labels)
        if good:
            answer.value[identity] = {True: "true", False: "false"}[label] if type(label) is bool else label
        else:
            fault("label")
    if "score" in wanted and "score" in row:
        value = _number(row["score"])
        if abs(value) < math.inf:
            answer.score[identity] = value
        else:
            fault("score")
    if "disputes" in wanted and "disputes" in row:
        answer.value[identity] = _read_disputes(row["disputes"], question.claims[identity], fault)
    if question.task == "disputes" and "pairs" in row:
        answer.pairs[identity] = _read_pairs(row["pairs"], question.claims[identity], fault)
    if "spans" in wanted and "spans" in row:
        answer.value[identity] = _read_spans(row["spans"], question.labels, len(question.texts[identity]), fault)
    return None


def _number(value: Any) -> float:
    try:
        return float(value) if type(value) in (int, float) else math.nan
    except OverflowError:
        return math.inf


def _read_pairs(value: Any, claims: Sequence[str], fault: Any) -> dict[frozenset[str], float]:
    found: dict[frozenset[str], float] = {}
    if type(value) is not list:
        fault("pairs")
        return found
    for number, item in enumerate(value):
        if type(item) is not list or [type(part) for part in item[:2]] != [str, str] or len(item) != 3:
            fault(f"pair {number} shape")
            continue
        a, b, score = item
        codes = [f"pair {number} foreign {claim}" for claim in {a, b} if claim not in claims]
        if a == b:
            codes.append(f"pair {number} twice {a}")
        if not abs(_number(score)) < math.inf:
            codes.append(f"pair {number} score")
        if not codes and frozenset((a, b)) in found:
            codes.append(f"pair {number} repeats")
        for code in codes:
            fault(code)
        if not codes:
            found[frozenset((a, b))] = _number(score)
    return found


def _read_disputes(value: Any, claims: Sequence[str], fault: Any) -> list[list[list[str]]]:
    if type(value) is not list:
        fault("disputes")
        return []
    found = []
    for number, item in enumerate(value):
        if type(item) is not dict or list(item) != ["positions"]:
            fault(f"dispute {number} shape")
            continue
        positions = item["positions"]
        if type(positions) is not list or any(type(part) is not list for part in positions):
            fault(f"dispute {number} positions")
            continue
        flat = [claim for part in positions for claim in part]
        if any(type(claim) is not str for claim in flat):
            fault(f"dispute {number} positions")
            continue
        codes = []
        if len(positions) < 2:
            codes.append(f"dispute {number} few")
        if [] in positions:
            codes.append(f"dispute {number} empty")
        for claim in set(flat):
            if claim not in claims:
                codes.append(f"dispute {number} foreign {claim}")
            elif flat.count(claim) > 1:
                codes.append(f"dispute {number} repeats {claim}")
        for code in codes:
            fault(code)
        if not codes:
            found.append(positions)
    return found


def _read_spans(value: Any, labels: Sequence[str], length: int, fault: Any) -> list[PlainSpan]:
    if type(value) is not list:
        fault("spans")
        return []
    found = []
    for position, item in enumerate(value):
        if type(item) is not dict or sorted(item) != ["label", "segments"]:
            fault(f"span {position} shape")
        elif item["label"] not in list(labels):
            fault(f"span {position} label")
        elif not _segments_like(item["segments"]):
            fault(f"span {position} segments")
        else:
            segments = item["segments"]
            outside = [pair for pair in segments if pair[0] < 0 or pair[1] > length]
            empty = [pair for pair in segments if pair not in outside and pair[0] >= pair[1]]
            for start, end in outside:
                fault(f"span {position} outside {start} {end}")
            for start, end in empty:
                fault(f"span {position} empty {start} {end}")
            characters = [place for start, end in segments for place in range(start, end)] if not outside else []
            if not outside and not empty and len(characters) != len(set(characters)):
                fault(f"span {position} overlap")
            elif not outside and not empty:
                found.append((item["label"], runs(set(characters))))
    return found


def _segments_like(value: Any) -> bool:
    if type(value) is not list or not value:
        return False
    return all(
        type(pair) is list and len(pair) == 2 and all(type(n) is int and -(2**53) < n < 2**53 for n in pair)
        for pair in value
    )


def runs(characters: set[int]) -> tuple[tuple[int, int], ...]:
    """Characters as maximal runs: one span has one such form."""
    starts = sorted(place for place in characters if place - 1 not in characters)
    ends = sorted(place + 1 for place in characters if place + 1 not in characters)
    return tuple(zip(starts, ends, strict=True))


def figures(question: Question, answer: Answer) -> dict[Key, Fraction | None]:
    """Every figure of the task, of each article and of all."""
    table: dict[Key, Fraction | None] = {}
    for article in ("all", *question.folds):
        inside = question.folds.get(article, ())
        ids = [i for i in question.order if article == "all" or set(inside) & set(question.articles[i])]
        kind = {"disputes": _disputes, **dict.fromkeys(SPAN_TASKS, _spans)}.get(question.task, _labels)
        part = kind(question, answer, ids)
        table |= {(measure, article, label): value for (measure, label), value in part.items()}
    return table


def _ratio(upper: Any, lower: Any) -> Fraction | None:
    return Fraction(upper) / Fraction(lower) if lower else None


def _mean(values: Sequence[Fraction | None]) -> Fraction | None:
    there = [value for value in values if value is not None]
    return _ratio(sum(there), len(there))


def _labels(question: Question, answer: Answer, ids: Sequence[str]) -> dict[tuple[str, str], Fraction | None]:
    table: dict[tuple[str, str], Fraction | None] = {}
    for label in question.labels:
        gold = {i for i in ids if question.gold[i] == label}
        ours = {i for i in ids if answer.value[i] == label}
        table["precision", label] = _ratio(len(gold & ours), len(ours))
        table["recall", label] = _ratio(len(gold & ours), len(gold))
        table["F1", label] = _ratio(2 * len(gold & ours), len(gold) + len(ours))
    table["macro F1", "all"] = _mean([table["F1", label] for label in question.labels])
    table["accuracy", "all"] = _ratio(sum(question.gold[i] == answer.value[i] for i in ids), len(ids))
    if question.task == "claim-relations":
        table["macro F1 without none", "all"] = _mean([table["F1", x] for x in question.labels if x != "none"])
    if question.task in SENTENCE_TASKS:
        table["F1 of true", "all"] = table["F1", "true"]
        files = [[i for i in ids if article in question.articles[i]] for article in sorted(question.texts)]
        lists = [_ranking(question, answer, file) for file in files if file]
        for measure in ("MAP", "RR", "R-P", "P@1", "P@3", "P@5", "P@10"):
            table[measure, "all"] = _mean([one[measure] for one in lists])
    return table


def _ranking(question: Question, answer: Answer, file: Sequence[str]) -> dict[str, Fraction | None]:
    """Measures of one file from the rank of each positive: one more than the lines that stand above it."""

    def above(place: int, other: int) -> bool:
        a, b = answer.score[file[place]], answer.score[file[other]]
        return b > a or (b == a and other < place)

    lines = range(len(file))
    positives = [p for p in lines if question.gold[file[p]] == "true"]
    ranks = sorted(1 + sum(above(p, other) for other in lines) for p in positives)
    count = len(ranks)
    table = {
        "MAP": _ratio(sum(Fraction(sum(r <= rank for r in ranks), rank) for rank in ranks), count),
        "RR": Fraction(1, ranks[0]) if ranks else None,
        "R-P": _ratio(sum(rank <= count for rank in ranks), count),
    }
    return table | {f"P@{k}": Fraction(sum(rank <= k for rank in ranks), k) for k in (1, 3, 5, 10)}


def _spans(question: Question, answer: Answer, ids: Sequence[str]) -> dict[tuple[str, str], Fraction | None]:
    counts: dict[tuple[str, str], list[Fraction]] = {}

    def add(measure: str, label: str, hits: Any, ours: int, gold: int) -> None:
        for name in (label,) if label in BESIDE else (label, "all"):
            row = counts.setdefault((measure, name), [Fraction(0)] * 3)
            for place, value in enumerate((hits, ours, gold)):
                row[place] += value

    for identity in ids:
        gold, ours = list(question.gold[identity]), list(answer.value[identity])
        for label in question.labels:
            left, right = [s for s in gold if s[0] == label], [s for s in ours if s[0] == label]
            add("exact", label, sum(min(left.count(s), right.count(s)) for s in set(left)), len(right), len(left))
            same, _, _, pairs, _ = best_matching(left, right)
            add("partial", label, same + Fraction(pairs - same, 2), len(right), len(left))
            a, b = _words(question.texts[identity], left), _words(question.texts[identity], right)
            add("token", label, len(a & b), len(b), len(a))
        names = [[span for span in side if span[0] not in BESIDE] for side in (gold, ours)]
        strict, place, label_only, pairs, _ = best_matching(*names)
        gold, ours = names
        for scheme, hits in (
            ("strict", Fraction(strict)),
            ("exact", Fraction(place)),
            ("partial", place + Fraction(pairs - place, 2)),
            ("type", Fraction(strict + label_only)),
        ):
            row = counts.setdefault((f"SemEval-2013 {scheme}", "all"), [Fraction(0)] * 3)
            for index, value in enumerate((hits, len(ours), len(gold))):
                row[index] += value
    table: dict[tuple[str, str], Fraction | None] = {}
    for (measure, label), (hits, ours_n, gold_n) in counts.items():
        if not measure.startswith("SemEval"):
            table[f"{measure} precision", label] = _ratio(hits, ours_n)
            table[f"{measure} recall", label] = _ratio(hits, gold_n)
        table[f"{measure} F1", label] = _ratio(2 * hits, ours_n + gold_n)
    return table


def _disputes(question: Question, answer: Answer, ids: Sequence[str]) -> dict[tuple[str, str], Fraction | None]:
    """Every two claims of a story are looked at, and every two for BCubed."""
    gold = [positions for i in ids for _, positions in question.gold[i]]
    ours = [positions for i in ids for positions in answer.value[i]]
    claims = sorted(claim for i in ids for claim in question.claims[i])
    pairs = [(a, b) for a in claims for b in claims if a < b]
    right = {pair for pair in pairs if any(_opposes(positions, *pair) for positions in gold)}
    said = {pair for pair in pairs if any(_opposes(positions, *pair) for positions in ours)}
    table = {
        ("opposed pairs precision", "all"): _ratio(len(right & said), len(said)),
        ("opposed pairs recall", "all"): _ratio(len(right & said), len(right)),
        ("opposed pairs F1", "all"): _ratio(2 * len(right & said), len(right) + len(said)),
    }
    kinds = [kind for i in ids for kind, _ in question.gold[i]]
    found = [any(_opposes(positions, *pair) for pair in said) for positions in gold]
    for kind in ("all", *sorted(set(kinds))):
        hits = [hit for hit, one in zip(found, kinds, strict=True) if kind in ("all", one)]
        table["dispute recall", kind] = _ratio(sum(hits), len(hits))
    true = [any(_opposes(positions, *pair) for pair in right) for positions in ours]
    table["dispute precision", "all"] = _ratio(sum(true), len(true))
    for name, clusters in (
        ("questions", lambda disputes: [[claim for part in one for claim in part] for one in disputes]),
        ("positions", lambda disputes: [part for one in disputes for part in one]),
    ):
        key, response = clusters(gold), clusters(ours)
        precision, recall = _b_cubed(claims, response, key), _b_cubed(claims, key, response)
        table[f"BCubed precision of {name}", "all"] = precision
        table[f"BCubed recall of {name}", "all"] = recall
        if precision is None or recall is None:
            value = None if precision is recall else Fraction(0)
        else:
            value = 2 * precision * recall / (precision + recall) if precision + recall else Fraction(0)
        table[f"BCubed F1 of {name}", "all"] = value
    chances, precisions = [], []
    for i in ids if answer.pairs else ():
        here = [(a, b) for place, a in enumerate(question.claims[i]) for b in question.claims[i][place + 1 :]]
        score = {pair: answer.pairs.get(i, {}).get(frozenset(pair), -math.inf) for pair in here}
        true = [pair for pair in here if any(_opposes(positions, *pair) for _, positions in question.gold[i])]
        false = [pair for pair in here if pair not in true]
        won = sum((score[p] > score[n]) + Fraction(score[p] == score[n], 2) for p in true for n in false)
        chances.append(_ratio(won, len(true) * len(false)))
        above = {p: [q for q in here if (-score[q], here.index(q)) <= (-score[p], here.index(p))] for p in true}
        precisions.append(_mean([_ratio(sum(q in true for q in above[p]), len(above[p])) for p in true]))
    table["AUROC of pairs", "all"], table["MAP of pairs", "all"] = _mean(chances), _mean(precisions)
    return table


def _opposes(positions: Sequence[Sequence[str]], a: str, b: str) -> bool:
    return any(a in one and b in other for one in positions for other in positions if one is not other)


def _b_cubed(items: Sequence[str], side: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> Fraction | None:
    """The mean over the items of a side of the mean over those they share a cluster with of the multiplicity."""
    values = []
    for e in items:
        parts = []
        for f in items:
            together = sum(e in cluster and f in cluster for cluster in side)
            if together:
                there = sum(e in cluster and f in cluster for cluster in other)
                parts.append(Fraction(min(together, there), together))
        if parts:
            values.append(sum(parts, Fraction(0)) / len(parts))
    return _mean(values)


def _characters(span: PlainSpan) -> set[int]:
    return {place for start, end in span[1] for place in range(start, end)}


def _words(text: str, spans: Sequence[PlainSpan]) -> set[int]:
    covered = {place for span in spans for place in _characters(span)}
    words = [set(range(*match.span())) for match in re.finditer(r"\w+|[^\w\s]", text)]
    return {index for index, word in enumerate(words) if word & covered}


def best_matching(gold: Sequence[PlainSpan], ours: Sequence[PlainSpan]) -> tuple[int, int, int, int, int]:
    """The best of all matchings of overlapping spans, in this order: equal ones, equal places, equal labels at other
    places, pairs, shared characters. Every one is looked at; what is left for the same rest is remembered.
    """
    shared = [[len(_characters(g) & _characters(o)) for o in ours] for g in gold]

    @cache
    def best(index: int, free: frozenset[int]) -> tuple[int, int, int, int, int]:
        if index == len(gold):
            return (0, 0, 0, 0, 0)
        options = [best(index + 1, free)]
        for other in free:
            if shared[index][other]:
                place, label = gold[index][1] == ours[other][1], gold[index][0] == ours[other][0]
                rest = best(index + 1, free - {other})
                one = (place and label, place, label and not place, 1, shared[index][other])
                options.append(tuple(a + b for a, b in zip(rest, one, strict=True)))
        return max(options)

    return best(0, frozenset(range(len(ours))))
