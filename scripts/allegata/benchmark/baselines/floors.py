"""Floors: what a score is worth that needs no reading. A system below its floor has learnt nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from allegata.benchmark.corpus import Corpus, folds
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.text.matching import LabelledSpan
from allegata.text.normal import normalise
from allegata.text.sentences import split_sentences


def _train_ids(gold: Gold, train: Sequence[str]) -> list[str]:
    return [identity for identity in gold.order if gold.article[identity] in train]


def majority(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """The most frequent label of the training articles (ties: the first by name); no spans; equal scores."""
    label: dict[str, str] = {}
    for fold in folds(corpus):
        counts = Counter(gold.label[i] for i in _train_ids(gold, fold.train))
        common = min(counts, key=lambda name: (-counts[name], name)) if counts else task.labels[0]
        label |= {i: common for i in gold.order if gold.article[i] == fold.held_out}
    return Predictions(label, dict.fromkeys(gold.order, 0.0), {})


def chance(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Labels drawn with the frequencies of the training articles; random scores."""
    label: dict[str, str] = {}
    score: dict[str, float] = {}
    for fold in folds(corpus):
        drawn = random.Random(f"{seed} {fold.held_out}")
        pool = [gold.label[i] for i in _train_ids(gold, fold.train)] or list(task.labels)
        for identity in gold.order:
            if gold.article[identity] == fold.held_out:
                label[identity], score[identity] = drawn.choice(pool), drawn.random()
    return Predictions(label, score, {})


def length(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Longer sentences first; `true` above the length that does best on the training articles."""
    table = corpus.table("sentences", "sentence_id", "text")
    size = {r["sentence_id"]: float(len(r["text"].split())) for r in table.select(["sentence_id", "text"]).to_pylist()}
    return threshold_scores(gold, corpus, size)


def threshold_scores(gold: Gold, corpus: Corpus, score: Mapping[str, float]) -> Predictions:
    """`true` for scores from the threshold on that has the best F1 on the training articles of each fold."""
    label: dict[str, str] = {}
    for fold in folds(corpus):
        train = _train_ids(gold, fold.train)
        cut = best_threshold([score[i] for i in train], [gold.label[i] == "true" for i in train])
        for identity in gold.order:
            if gold.article[identity] == fold.held_out:
                label[identity] = "true" if score[identity] >= cut else "false"
    return Predictions(label, dict(score), {})


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


def whole_sentences(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Every sentence without its full stop is one span: for claim spans, what segmentation alone gives."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    table = corpus.table("articles", "article_id", "text", "blocks").select(["article_id", "text", "blocks"])
    for row in table.to_pylist():
        text, found = row["text"], []
        for block in row["blocks"]:
            for sentence in split_sentences(text[block["start"] : block["end"]]):
                start, end = block["start"] + sentence.start, block["start"] + sentence.end
                if end - start > 1:
                    found.append(LabelledSpan.of(task.labels[0], (start, end - (text[end - 1] in ".!?"))))
        spans[row["article_id"]] = tuple(found)
    return Predictions({}, {}, spans)


def dictionary(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
    """Every span of the training articles, found again word for word, with the label it had most often."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    texts = corpus.texts
    for fold in folds(corpus):
        known: dict[str, Counter[str]] = {}
        for article_id in fold.train:
            for span in gold.spans[article_id]:
                if len(span.segments) == 1:
                    known.setdefault(span.segments[0].quote(texts[article_id]), Counter())[span.label] += 1
        text = texts[fold.held_out]
        taken = [False] * len(text)
        found = []
        for quote in sorted(known, key=lambda quote: (-len(quote), quote)):
            label = min(known[quote], key=lambda name: (-known[quote][name], name))
            position = text.find(quote)
            while position >= 0:
                end = position + len(quote)
                edges = (text[position - 1 : position] + " " + text[end : end + 1]).replace(" ", "")
                if not any(taken[position:end]) and not any(c.isalnum() for c in edges):
                    found.append(LabelledSpan.of(label, (position, end)))
                    taken[position:end] = [True] * len(quote)
                position = text.find(quote, end)
        spans[fold.held_out] = tuple(sorted(found))
    return Predictions({}, {}, spans)


def overlap(task: Task, gold: Gold, corpus: Corpus, seed: int) -> Predictions:
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
    label: dict[str, str] = {}
    for fold in folds(corpus):
        train = _train_ids(gold, fold.train)
        cut = best_threshold([score[i] for i in train], [gold.label[i] == "equivalent" for i in train])
        for identity in gold.order:
            if gold.article[identity] == fold.held_out:
                label[identity] = "equivalent" if score[identity] >= cut else "none"
    return Predictions(label, {}, {})


Baseline = Callable[[Task, Gold, Corpus, int], Predictions]
