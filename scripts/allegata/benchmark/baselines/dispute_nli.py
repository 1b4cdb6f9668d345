"""Disputes by a model of natural language inference from a folder of the user's. Needs the extra `transformer`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from allegata.benchmark.baselines.dispute_groups import answers, claims_of_stories, opposed_in, trained_cuts
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.disputes import ClaimPair
from allegata.models.claim_pairs import near_pairs, similarities
from allegata.models.extras import need_transformer
from allegata.schema.published import PublishedCorpus

UNTRAINED = 0.5  # the threshold where no other story is there to choose one


def nli(
    task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int, encoder: Path
) -> Predictions:
    """The chance that one claim contradicts the other, in the mean of both directions, by a model that was trained
    elsewhere; pairs of near claims above the threshold that does best in training, .5 without any, are grouped."""
    need_transformer()
    from allegata.models.inference import Inference

    model = Inference(encoder, seed)
    claims = {story: found for story, found in claims_of_stories(corpus).items() if len(found) > 1}
    scores: dict[str, dict[ClaimPair, float]] = {}
    right: dict[str, list[bool]] = {}
    for story in dict.fromkeys(story for turn in turns for story in (*turn.train_ids(gold), *turn.ids)):
        if found := claims.get(story):
            pairs = near_pairs(similarities(found)[1])
            both = [(found[i].text, found[j].text) for i, j in pairs]
            one, other = model.contradictions(both), model.contradictions([(b, a) for a, b in both])
            ids = [tuple(sorted((found[i].id, found[j].id))) for i, j in pairs]
            scores[story] = {(a, b): round((x + y) / 2, 6) for (a, b), x, y in zip(ids, one, other, strict=True)}
            right[story] = opposed_in(gold, story, found, pairs)
    cuts = trained_cuts(turns, gold, scores, right, UNTRAINED)
    return answers({story: scores[story] for story in cuts if story in scores}, cuts)
