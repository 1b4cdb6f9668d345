"""From pairs that seem opposed to disputes with positions, and the claims of stories as baselines see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from allegata.benchmark.baselines.floors import best_threshold
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold
from allegata.benchmark.turns import Turn
from allegata.measures.disputes import ClaimPair, Dispute, opposed_pairs
from allegata.models.claim_pairs import Claim, read_claim
from allegata.models.languages import languages_of
from allegata.schema.published import PublishedCorpus


def claims_of_stories(corpus: PublishedCorpus) -> dict[str, list[Claim]]:
    """The claims of every story, in the order of the text: all that the task gives of them."""
    languages = languages_of(corpus)
    story_of = corpus.story_of
    found: dict[str, list[Claim]] = {story: [] for story in corpus.by_story}
    rows = corpus.table("claims", "claim_id", "article_id", "start", "claimer_id", "decontextualised").to_pylist()
    for row in sorted(rows, key=lambda row: (row["article_id"], row["start"], row["claim_id"])):
        article, text = row["article_id"], row["decontextualised"]
        found[story_of[article]].append(
            read_claim(row["claim_id"], article, row["claimer_id"], text, languages[article])
        )
    return found


def opposed_in(gold: Gold, story: str, claims: Sequence[Claim], pairs: Sequence[tuple[int, int]]) -> list[bool]:
    """For each pair of numbers of claims whether a dispute of the story opposes them."""
    right = opposed_pairs(gold.disputes[story])
    return [_pair(claims[i].id, claims[j].id) in right for i, j in pairs]


def _pair(a: str, b: str) -> ClaimPair:
    return (min(a, b), max(a, b))


def grouped(score: Mapping[ClaimPair, float], cut: float) -> tuple[Dispute, ...]:
    """Disputes that oppose the pairs with a score of `cut` or more, the surest first.

    A pair joins a dispute that has one of its claims where the other claim, in a position that is there or a new one,
    is opposed to the claims of the other positions at `cut` or more in the mean; else it is a dispute of its own. Of
    several places that one is taken that gains most: what the scores of opposed claims are above `cut`, less what those
    of claims of one position are. A pair without a score counts as 0.
    """
    found: list[list[set[str]]] = []
    for (a, b), _ in sorted(score.items(), key=lambda item: (-item[1], item[0])):
        if score[a, b] < cut:
            break
        if any(_opposes(dispute, a, b) for dispute in found):
            continue
        options = []
        for number, dispute in enumerate(found):
            for old, new in ((a, b), (b, a)):
                home = _position_of(dispute, old)
                if home is None or _position_of(dispute, new) is not None:
                    continue
                for place in (*range(len(dispute)), len(dispute)):
                    if place == home:
                        continue
                    against = _scores(score, new, dispute[:place] + dispute[place + 1 :])
                    beside = _scores(score, new, dispute[place : place + 1])
                    if sum(against) >= cut * len(against):
                        gain = sum(value - cut for value in against) - sum(value - cut for value in beside)
                        options.append((-gain, number, place, new))
        if options:
            _, number, place, new = min(options)
            if place == len(found[number]):
                found[number].append(set())
            found[number][place].add(new)
        else:
            found.append([{a}, {b}])
    return tuple(Dispute(tuple(frozenset(position) for position in dispute)) for dispute in found)


def trained_cuts(
    turns: Sequence[Turn],
    gold: Gold,
    scores: Mapping[str, Mapping[ClaimPair, float]],
    opposed: Mapping[str, Sequence[bool]],
    untrained: float,
) -> dict[str, float]:
    """For each story that is asked the cut that does best in its training: `untrained` where nothing is opposed there.

    `opposed` says of each pair in `scores`, in its order, whether a dispute opposes it.
    """
    cuts: dict[str, float] = {}
    for turn in turns:
        train = [story for story in turn.train_ids(gold) if story in scores]
        seen = [value for story in train for value in scores[story].values()]
        hits = [hit for story in train for hit in opposed[story]]
        cuts |= dict.fromkeys(turn.ids, best_threshold(seen, hits) if any(hits) else untrained)
    return cuts


def answers(scores: Mapping[str, Mapping[ClaimPair, float]], cuts: Mapping[str, float]) -> Predictions:
    """What is said of the stories in `cuts`: the pairs from their cut on, grouped, and the score of every pair above 0.

    A story without scores has no disputes.
    """
    return Predictions(
        disputes={story: grouped(scores.get(story, {}), cut) for story, cut in cuts.items()},
        pairs={story: {pair: v for pair, v in scores.get(story, {}).items() if v > 0} for story in cuts},
    )


def _position_of(dispute: Sequence[set[str]], claim: str) -> int | None:
    return next((place for place, position in enumerate(dispute) if claim in position), None)


def _opposes(dispute: Sequence[set[str]], a: str, b: str) -> bool:
    first, second = _position_of(dispute, a), _position_of(dispute, b)
    return first is not None and second is not None and first != second


def _scores(score: Mapping[ClaimPair, float], claim: str, positions: Sequence[set[str]]) -> list[float]:
    return [score.get(_pair(claim, other), 0.0) for position in positions for other in sorted(position)]


def all_pairs(claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """Every two claims, as numbers."""
    return list(combinations(range(len(claims)), 2))
