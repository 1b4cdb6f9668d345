"""Disputes by a linear model of pairs of claims, of which the likely ones are grouped. Needs the extra `benchmark`."""

from __future__ import annotations

from collections.abc import Sequence

from allegata.benchmark.baselines.dispute_groups import answers, claims_of_stories, opposed_in
from allegata.benchmark.baselines.floors import best_threshold
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.disputes import ClaimPair
from allegata.models.claim_pairs import near_pairs, pair_features, similarities
from allegata.models.linear import sklearn_or_say
from allegata.schema.published import PublishedCorpus


def linear(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Logistic regression on what two claims share and where they differ (words, letters, names, numbers, days,
    negation, claimer); pairs above the threshold that does best in training are grouped into disputes."""
    sklearn_or_say()
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    claims = {story: found for story, found in claims_of_stories(corpus).items() if len(found) > 1}
    pairs = {story: near_pairs(similarities(found)[1]) for story, found in claims.items()}
    rows = {story: pair_features(claims[story], pairs[story]) for story in claims}
    right = {story: opposed_in(gold, story, claims[story], pairs[story]) for story in claims}
    scores: dict[str, dict[ClaimPair, float]] = {}
    cuts: dict[str, float] = {}
    for turn in turns:
        train = [story for story in turn.train_ids(gold) if story in claims]
        labels = [hit for story in train for hit in right[story]]
        if not any(labels):
            cuts |= dict.fromkeys(turn.ids, 1.0)
            continue
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, random_state=seed))
        seen = [row for story in train for row in rows[story]]
        model.fit(seen, labels)
        cut = best_threshold(model.predict_proba(seen)[:, 1].tolist(), labels)
        cuts |= dict.fromkeys(turn.ids, cut)
        for story in (story for story in turn.ids if pairs.get(story)):
            chances = model.predict_proba(rows[story])[:, 1].tolist()
            ids = [tuple(sorted((claims[story][i].id, claims[story][j].id))) for i, j in pairs[story]]
            scores[story] = {(a, b): round(value, 9) for (a, b), value in zip(ids, chances, strict=True)}
    return answers(scores, cuts)
