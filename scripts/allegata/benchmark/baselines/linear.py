"""Linear models: words and surface marks of a sentence, a claim or a pair, by logistic regression.

Of sentences the scores are submitted, so there the classes are not weighted: logistic regression is then its own
calibration. On version 1.0.0, each article left out, the mean score is .85 where .83 of the sentences are claims and
.52 where .50 are check-worthy; log loss is .22 and .40, that of the share in training .47 and .70. Of claims and
pairs only the labels are submitted and rare labels count as much as common ones: there the classes are weighted.
Needs the extra `benchmark`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.models.features import surface, without_digits
from allegata.models.linear import LinearModel
from allegata.schema.published import PublishedCorpus


def _by_turns(
    task: Task,
    gold: Gold,
    turns: Sequence[Turn],
    texts: Mapping[str, str],
    numbers: Mapping[str, Sequence[float]],
    seed: int,
) -> dict[str, dict[str, float]]:
    """Probabilities of each id; a turn with one label in training gives that label."""
    found: dict[str, dict[str, float]] = {}
    for turn in turns:
        train = turn.train_ids(gold)
        labels = [gold.label[i] for i in train]
        if len(set(labels)) < 2:
            found |= {i: {labels[0] if labels else task.labels[-1]: 1.0} for i in turn.ids}
            continue
        model = LinearModel(seed=seed, balanced=task.kind == "labels").fit(
            [texts[i] for i in train], [numbers[i] for i in train], labels
        )
        rows = model.probabilities([texts[i] for i in turn.ids], [numbers[i] for i in turn.ids])
        found |= dict(zip(turn.ids, rows, strict=True))
    return found


def _best(row: Mapping[str, float]) -> str:
    return min(row, key=lambda label: (-row[label], label))


def sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Logistic regression on words, pairs of words and surface marks; scores are probabilities."""
    table = corpus.table("sentences", "sentence_id", "text").select(["sentence_id", "text"]).to_pylist()
    texts = {row["sentence_id"]: row["text"] for row in table}
    rows = _by_turns(task, gold, turns, texts, {i: surface(text) for i, text in texts.items()}, seed)
    score = {i: round(row.get("true", 0.0), 9) for i, row in rows.items()}
    return Predictions({i: "true" if score[i] >= 0.5 else "false" for i in score}, score, {})


def claim_types(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Logistic regression on the words of the claim and of its sentence, its cue among them."""
    claims = corpus.table("claims", "claim_id", "segments", "sentence_id").to_pylist()
    sentence = {row["sentence_id"]: row["text"] for row in corpus.table("sentences", "sentence_id", "text").to_pylist()}
    texts = {
        row["claim_id"]: " ".join(part["surface"] for part in row["segments"]) + " " + sentence[row["sentence_id"]]
        for row in claims
    }
    rows = _by_turns(task, gold, turns, texts, {i: surface(text) for i, text in texts.items()}, seed)
    return Predictions({i: _best(row) for i, row in rows.items()}, {}, {})


def relations(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Logistic regression on what two claims share and where they differ: words, numbers, negation, certainty."""
    claims = corpus.table("claims", "claim_id", "article_id", "segments").to_pylist()
    text = {row["claim_id"]: " ".join(part["surface"] for part in row["segments"]) for row in claims}
    home = {row["claim_id"]: row["article_id"] for row in claims}
    pairs = corpus.table("relations", "relation_id", "claim_a", "claim_b").to_pylist()
    texts, numbers = {}, {}
    for row in pairs:
        a, b = text[row["claim_a"]], text[row["claim_b"]]
        left, right = set(without_digits(a.lower()).split()), set(without_digits(b.lower()).split())
        texts[row["relation_id"]] = (
            " ".join(sorted(left & right)) + " " + " ".join(f"not0{w}" for w in sorted(left ^ right))
        )
        difference = [x - y for x, y in zip(surface(a), surface(b), strict=True)]
        jaccard = len(left & right) / max(1, len(left | right))
        covered = len(left & right) / max(1, min(len(left), len(right)))
        same = float(home[row["claim_a"]] == home[row["claim_b"]])
        numbers[row["relation_id"]] = [jaccard, covered, same, *difference, *map(abs, difference)]
    rows = _by_turns(task, gold, turns, texts, numbers, seed)
    return Predictions({i: _best(row) for i, row in rows.items()}, {}, {})
