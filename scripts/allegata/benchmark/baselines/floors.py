"""Floors: what a score is worth that needs no reading. A system below its floor has learnt nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.schema.labels import EQUIVALENT, UNRELATED
from allegata.schema.published import PublishedCorpus
from allegata.text.normal import normalise
from allegata.text.sentences import split_sentences


def majority(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """The most frequent label of the training articles (ties: the first by name); no spans; equal scores."""
    label: dict[str, str] = {}
    for turn in turns:
        counts = Counter(gold.label[i] for i in turn.train_ids(gold))
        common = min(counts, key=lambda name: (-counts[name], name)) if counts else task.labels[0]
        label |= dict.fromkeys(turn.ids, common)
    return Predictions(label, dict.fromkeys(label, 0.0), {})


def chance(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Labels drawn with the frequencies of the training articles; random scores."""
    label: dict[str, str] = {}
    score: dict[str, float] = {}
    for turn in turns:
        pool = [gold.label[i] for i in turn.train_ids(gold)] or list(task.labels)
        for identity in turn.ids:
            drawn = random.Random(f"{seed} {identity}")
            label[identity], score[identity] = drawn.choice(pool), drawn.random()
    return Predictions(label, score, {})


def length(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Longer sentences first; `true` above the length that does best on the training articles."""
    table = corpus.table("sentences", "sentence_id", "text")
    size = {r["sentence_id"]: float(len(r["text"].split())) for r in table.select(["sentence_id", "text"]).to_pylist()}
    label = above_threshold(gold, turns, size, "true", "false")
    return Predictions(label, {i: size[i] for i in label}, {})


def above_threshold(
    gold: Gold, turns: Sequence[Turn], score: Mapping[str, float], above: str, below: str
) -> dict[str, str]:
    """Label `above` for scores from the threshold on that has the best F1 of it on what each turn trains on."""
    label: dict[str, str] = {}
    for turn in turns:
        train = turn.train_ids(gold)
        cut = best_threshold([score[i] for i in train], [gold.label[i] == above for i in train])
        label |= {i: above if score[i] >= cut else below for i in turn.ids}
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


def whole_sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Every sentence without its full stop is one span: for claim spans, what segmentation alone gives."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    table = corpus.table("articles", "article_id", "text", "blocks").select(["article_id", "text", "blocks"])
    wanted = {article_id for turn in turns for article_id in turn.ids}
    for row in (row for row in table.to_pylist() if row["article_id"] in wanted):
        text, found = row["text"], []
        for block in row["blocks"]:
            for sentence in split_sentences(text[block["start"] : block["end"]]):
                start, end = block["start"] + sentence.start, block["start"] + sentence.end
                if end - start > 1:
                    found.append(LabelledSpan.of(task.labels[0], (start, end - (text[end - 1] in ".!?"))))
        spans[row["article_id"]] = tuple(found)
    return Predictions({}, {}, spans)


def dictionary(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Every span of the training articles, found again word for word, with the label it had most often."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    texts = corpus.texts
    for turn in turns:
        counts: dict[str, Counter[str]] = {}
        for article_id in turn.train_ids(gold):
            for span in gold.spans[article_id]:
                if len(span.segments) == 1:
                    counts.setdefault(span.segments[0].quote(texts[article_id]), Counter())[span.label] += 1
        known = {quote: min(found, key=lambda name: (-found[name], name)) for quote, found in counts.items()}
        spans |= {article_id: tuple(sorted(_look_up(texts[article_id], known))) for article_id in turn.ids}
    return Predictions({}, {}, spans)


def _look_up(text: str, known: Mapping[str, str]) -> Iterator[LabelledSpan]:
    """Every place of a known quote that stands between word ends; the longest quotes first, none over another."""
    taken = [False] * len(text)
    for quote in sorted(known, key=lambda quote: (-len(quote), quote)):
        position = text.find(quote)
        while position >= 0:
            end = position + len(quote)
            edges = text[max(0, position - 1) : position] + text[end : end + 1]
            if not any(taken[position:end]) and not any(c.isalnum() for c in edges):
                yield LabelledSpan.of(known[quote], (position, end))
                taken[position:end] = [True] * len(quote)
            position = text.find(quote, end)


def overlap(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Relations by shared words: `equivalent` from the Jaccard index on that does best in training, else `none`."""
    claims = corpus.table("claims", "claim_id", "segments").select(["claim_id", "segments"]).to_pylist()
    words = {
        row["claim_id"]: set(normalise(" ".join(part["surface"] for part in row["segments"])).split()) for row in claims
    }
    pairs = corpus.table("relations", "relation_id", "claim_a", "claim_b").to_pylist()
    score = {}
    for row in pairs:
        a, b = words[row["claim_a"]], words[row["claim_b"]]
        score[row["relation_id"]] = len(a & b) / len(a | b) if a | b else 0.0
    return Predictions(above_threshold(gold, turns, score, EQUIVALENT, UNRELATED), {}, {})
