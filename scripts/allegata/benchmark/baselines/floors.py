"""Floors of sentences, claims and pairs: what a score is worth that needs no reading.

A system below its best floor has learnt nothing. Most say of an id what the training articles say of its group: of its
zone, of its place, of its length.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from allegata.benchmark.baselines.places import places
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.schema.labels import AUTHOR
from allegata.schema.published import PublishedCorpus
from allegata.text.normal import normalise

Row = Mapping[str, Any]
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_QUOTE = re.compile(r'["“”„«»]')


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


def numbers(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Sentences with more numbers in digits first, `true` from the count on that does best in training."""
    return _by_count(gold, corpus, turns, _NUMBER)


def quotes(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Sentences with more quotation marks first, `true` from the count on that does best in training."""
    return _by_count(gold, corpus, turns, _QUOTE)


def _by_count(gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], mark: re.Pattern[str]) -> Predictions:
    rows = corpus.table("sentences", "sentence_id", "text").to_pylist()
    return _by_score(gold, turns, {row["sentence_id"]: float(len(mark.findall(row["text"]))) for row in rows})


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

    def tenths(first: Row, second: Row) -> Hashable:
        a, b = _words(first), _words(second)
        return 10 * len(a & b) // max(1, len(a | b))

    return _by_pair(task, gold, corpus, turns, tenths)


def lengths(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """By doublings of the number of words of either claim: what most such pairs are in training."""
    return _by_pair(task, gold, corpus, turns, lambda a, b: (len(_words(a)).bit_length(), len(_words(b)).bit_length()))


def claimers(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """By whether one claimer says both claims, whether the author says either, and whether they are in one article:
    what most such pairs are in training."""

    def who(a: Row, b: Row) -> Hashable:
        said = (a["claimer_id"], b["claimer_id"])
        return said[0] == said[1], said[0] == AUTHOR, said[1] == AUTHOR, a["article_id"] == b["article_id"]

    return _by_pair(task, gold, corpus, turns, who)


def types(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """By the types of both claims: what most such pairs are in training."""
    return _by_pair(task, gold, corpus, turns, lambda a, b: (a["claim_type"], b["claim_type"]))


def _words(claim: Row) -> set[str]:
    return set(normalise(" ".join(part["surface"] for part in claim["segments"])).split())


def _by_pair(
    task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], mark: Callable[[Row, Row], Hashable]
) -> Predictions:
    """What is most frequent in the group of a pair in training; `mark` names the group from the rows of both claims."""
    columns = ("claim_id", "article_id", "claimer_id", "claim_type", "segments")
    claims = {row["claim_id"]: row for row in corpus.table("claims", *columns).to_pylist()}
    pairs = corpus.table("relations", "relation_id", "claim_a", "claim_b").to_pylist()
    return _by_group(
        task, gold, turns, {row["relation_id"]: mark(claims[row["claim_a"]], claims[row["claim_b"]]) for row in pairs}
    )
