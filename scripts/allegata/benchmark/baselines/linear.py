"""Linear models: words and surface marks of a sentence, a claim or a pair, by logistic regression.

Of sentences the scores are submitted, so there the classes are not weighted: logistic regression is then its own
calibration. Of claims and pairs only the labels are submitted and rare labels count as much as common ones: there the
classes are weighted. Needs the extra `benchmark`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from allegata.benchmark.baselines.dispute_groups import claims_of_stories
from allegata.benchmark.baselines.lexicon import reporting
from allegata.benchmark.baselines.places import Place, places
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.models.claim_pairs import pair_features
from allegata.models.features import surface
from allegata.models.languages import languages_of
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
    """Logistic regression on words, pairs of words, surface marks, reporting words, quotation marks and the place in
    the article; scores are probabilities."""
    languages, where = languages_of(corpus), places(task, corpus)
    texts, numbers = {}, {}
    for row in corpus.table("sentences", "sentence_id", "article_id", "text").to_pylist():
        identity, text = row["sentence_id"], row["text"]
        reports = reporting(languages[row["article_id"]]).findall(text)
        texts[identity] = text
        numbers[identity] = [*surface(text), float(len(reports)), float(bool(reports)), *_place(where[identity])]
    rows = _by_turns(task, gold, turns, texts, numbers, seed)
    score = {i: round(row.get("true", 0.0), 9) for i, row in rows.items()}
    return Predictions({i: "true" if score[i] >= 0.5 else "false" for i in score}, score)


def _place(place: Place) -> list[float]:
    zones = (float(place.zone == zone) for zone in ("title", "list_item"))
    return [place.number / place.of, math.log1p(place.number), float(place.lead), *zones]


def claim_types(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Logistic regression on the words of the claim and of its sentence, its cue among them."""
    claims = corpus.table("claims", "claim_id", "segments", "sentence_id").to_pylist()
    sentence = {row["sentence_id"]: row["text"] for row in corpus.table("sentences", "sentence_id", "text").to_pylist()}
    texts = {
        row["claim_id"]: " ".join(part["surface"] for part in row["segments"]) + " " + sentence[row["sentence_id"]]
        for row in claims
    }
    rows = _by_turns(task, gold, turns, texts, {i: surface(text) for i, text in texts.items()}, seed)
    return Predictions({i: _best(row) for i, row in rows.items()})


def relations(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Logistic regression on what two claims share and where they differ: words, letters, names, numbers, days,
    negation, hedges, claimer."""
    by_id: dict[str, tuple[str, int]] = {}
    stories = claims_of_stories(corpus)
    for story, claims in stories.items():
        by_id |= {claim.id: (story, number) for number, claim in enumerate(claims)}
    pairs: dict[str, dict[str, tuple[int, int]]] = {}
    for row in corpus.table("relations", "relation_id", "claim_a", "claim_b").to_pylist():
        (story, first), (_, second) = by_id[row["claim_a"]], by_id[row["claim_b"]]
        pairs.setdefault(story, {})[row["relation_id"]] = (first, second)
    numbers: dict[str, Sequence[float]] = {}
    for story, found in pairs.items():
        numbers |= dict(zip(found, pair_features(stories[story], list(found.values())), strict=True))
    rows = _by_turns(task, gold, turns, dict.fromkeys(numbers, "pair"), numbers, seed)
    return Predictions({i: _best(row) for i, row in rows.items()})
