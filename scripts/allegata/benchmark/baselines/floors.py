"""Floors of sentences, claims and pairs: what a score is worth that needs no reading.

A system below its best floor has learnt nothing. Most say of an id what the training articles say of its group: of its
zone, of its place, of its length.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence

from allegata.benchmark.baselines.places import places
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.schema.published import PublishedCorpus
from allegata.text.normal import normalise


def majority(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """The most frequent label of the training articles (ties: the first by name); equal scores."""
    label: dict[str, str] = {}
    for turn in turns:
        counts = Counter(gold.label[i] for i in turn.train_ids(gold))
        label |= dict.fromkeys(turn.ids, _commonest(counts) or task.labels[0])
    return Predictions(label, dict.fromkeys(label, 0.0))


def chance(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Labels drawn with the frequencies of the training articles; random scores."""
    label: dict[str, str] = {}
    score: dict[str, float] = {}
    for turn in turns:
        pool = [gold.label[i] for i in turn.train_ids(gold)] or list(task.labels)
        for identity in turn.ids:
            drawn = random.Random(f"{seed} {identity}")
            label[identity], score[identity] = drawn.choice(pool), drawn.random()
    return Predictions(label, score)


def zone(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """By the zone of the sentence alone: title, body, list item."""
    return _by_group(task, gold, turns, {i: place.zone for i, place in places(task, corpus).items()})


def lead(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """By whether the sentence stands in the title or the first paragraph."""
    return _by_group(task, gold, turns, {i: place.lead for i, place in places(task, corpus).items()})


def position(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Earlier sentences first, `true` up to the place that does best in training; claims by thirds of the article."""
    found = places(task, corpus)
    if task.kind == "labels":
        return _by_group(task, gold, turns, {i: place.third for i, place in found.items()})
    return _by_score(gold, turns, {i: -float(place.number) for i, place in found.items()})


def length(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Longer sentences first, `true` above the length that does best in training; claims by doublings of length."""
    found = places(task, corpus)
    if task.kind == "labels":
        return _by_group(task, gold, turns, {i: place.words.bit_length() for i, place in found.items()})
    return _by_score(gold, turns, {i: float(place.words) for i, place in found.items()})


def _by_group(task: Task, gold: Gold, turns: Sequence[Turn], group: Mapping[str, Hashable]) -> Predictions:
    """What is most frequent in the group of an id in training, or in all where training has no such group.

    Of sentences the score is the share of `true`, the label that from the share on that does best in training.
    """
    label: dict[str, str] = {}
    score: dict[str, float] = {}
    for turn in turns:
        counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
        train = turn.train_ids(gold)
        for i in train:
            counts[group[i]][gold.label[i]] += 1
        whole: Counter[str] = sum(counts.values(), Counter())
        if task.kind == "labels":
            label |= {i: _commonest(counts.get(group[i], whole)) or task.labels[0] for i in turn.ids}
            continue
        share = {i: _share(counts.get(group[i], whole)) for i in (*train, *turn.ids)}
        label |= above_threshold(gold, [turn], share)
        score |= {i: share[i] for i in turn.ids}
    return Predictions(label, score)


def _by_score(gold: Gold, turns: Sequence[Turn], score: Mapping[str, float]) -> Predictions:
    label = above_threshold(gold, turns, score)
    return Predictions(label, {i: score[i] for i in label})


def _commonest(counts: Counter[str]) -> str | None:
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def _share(counts: Counter[str]) -> float:
    return counts["true"] / counts.total() if counts else 0.0


def above_threshold(gold: Gold, turns: Sequence[Turn], score: Mapping[str, float]) -> dict[str, str]:
    """`true` for scores from the threshold on that has the best F1 of it on what each turn trains on."""
    label: dict[str, str] = {}
    for turn in turns:
        train = turn.train_ids(gold)
        cut = best_threshold([score[i] for i in train], [gold.label[i] == "true" for i in train])
        label |= {i: "true" if score[i] >= cut else "false" for i in turn.ids}
    return label


def best_threshold(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """The score from which on `true` gives the best F1; the lowest of equal ones; infinite without a positive."""
    total = sum(positive)
    best, cut, hits = 0.0, float("inf"), 0
    ranked = sorted(zip(scores, positive, strict=True), reverse=True)
    for count, (score, is_positive) in enumerate(ranked, start=1):
        hits += is_positive
        if count < len(ranked) and ranked[count][0] == score:
            continue
        f1 = 2 * hits / (count + total) if total else 0.0
        if f1 and f1 >= best:
            best, cut = f1, score
    return cut


def overlap(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """By the share of words that two claims have in common (Jaccard) in tenths: what most such are in training."""
    rows = corpus.table("claims", "claim_id", "segments").to_pylist()
    words = {row["claim_id"]: set(normalise(" ".join(p["surface"] for p in row["segments"])).split()) for row in rows}
    tenths = {}
    for row in corpus.table("relations", "relation_id", "claim_a", "claim_b").to_pylist():
        a, b = words[row["claim_a"]], words[row["claim_b"]]
        tenths[row["relation_id"]] = 10 * len(a & b) // max(1, len(a | b))
    return _by_group(task, gold, turns, tenths)
