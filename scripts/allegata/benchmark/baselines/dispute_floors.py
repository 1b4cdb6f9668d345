"""Floors of disputes: claims of two articles, shared words, other numbers in the same words."""

from __future__ import annotations

from collections.abc import Sequence

from allegata.benchmark.baselines.dispute_groups import all_pairs, answers, claims_of_stories, opposed_in
from allegata.benchmark.baselines.floors import best_threshold
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.disputes import ClaimPair, Dispute
from allegata.models.claim_pairs import Claim
from allegata.schema.published import PublishedCorpus

UNTRAINED = 0.3  # the threshold where no other story is there to choose one
SAME_WORDS = 0.5


def cross(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Every two claims of two articles are opposed: one dispute a story, one position an article."""
    found: dict[str, tuple[Dispute, ...]] = {}
    claims = claims_of_stories(corpus)
    for story in (story for turn in turns for story in turn.ids):
        articles: dict[str, set[str]] = {}
        for claim in claims[story]:
            articles.setdefault(claim.article, set()).add(claim.id)
        positions = tuple(map(frozenset, articles.values()))
        found[story] = (Dispute(positions),) if len(positions) > 1 else ()
    pairs = {story: {pair: 1.0 for dispute in said for pair in dispute.opposed} for story, said in found.items()}
    return Predictions(disputes=found, pairs=pairs)


def overlap(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Two claims are opposed from the share of common words (Jaccard) on that does best in training, .3 without any."""
    claims = claims_of_stories(corpus)
    pairs = {story: all_pairs(found) for story, found in claims.items()}
    score = {
        story: [round(_jaccard(claims[story][i], claims[story][j]), 6) for i, j in pairs[story]] for story in claims
    }
    right = {story: opposed_in(gold, story, claims[story], pairs[story]) for story in claims}
    cuts: dict[str, float] = {}
    for turn in turns:
        train = turn.train_ids(gold)
        cut = best_threshold(
            [value for story in train for value in score[story]], [hit for story in train for hit in right[story]]
        )
        cuts |= dict.fromkeys(turn.ids, cut if train else UNTRAINED)
    return answers({story: _by_ids(claims[story], pairs[story], score[story]) for story in cuts}, cuts)


def numbers(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Two claims are opposed that both have a number or a day, none of them in common, and share half the other words
    of the shorter one."""
    claims = claims_of_stories(corpus)
    found: dict[str, dict[ClaimPair, float]] = {}
    for story in (story for turn in turns for story in turn.ids):
        pairs = all_pairs(claims[story])
        score = [float(_other_numbers(claims[story][i], claims[story][j])) for i, j in pairs]
        found[story] = _by_ids(claims[story], pairs, score)
    return answers(found, dict.fromkeys(found, 1.0))


def _by_ids(
    claims: Sequence[Claim], pairs: Sequence[tuple[int, int]], score: Sequence[float]
) -> dict[ClaimPair, float]:
    ids = [(claims[i].id, claims[j].id) for i, j in pairs]
    return {(min(pair), max(pair)): value for pair, value in zip(ids, score, strict=True)}


def _jaccard(a: Claim, b: Claim) -> float:
    return len(a.words & b.words) / max(1, len(a.words | b.words))


def _other_numbers(a: Claim, b: Claim) -> bool:
    left, right = a.numbers | a.days, b.numbers | b.days
    words = (a.words - left, b.words - right)
    alike = len(words[0] & words[1]) >= SAME_WORDS * max(1, min(map(len, words)))
    return alike and bool(left) and bool(right) and left.isdisjoint(right)
