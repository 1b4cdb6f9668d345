"""Who may learn from what: leave-one-story-out, or leave-one-article-out where there is one story, the protocol of
every task; and the pinned split beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from allegata.benchmark.tasks import Gold
from allegata.schema.published import PublishedCorpus

TRAIN, TEST = "train", "test"
PROTOCOL = (
    "Leave one article out: what is said of an article comes from a system that was trained without it and without its "
    "near-duplicates. A pair of claims from two articles is predicted without either of them, and counts in both. "
    "Report the score of every article, the lowest and the highest beside the mean, and the score of all together.",
    "Leave one story out, in its place, where the articles tell two stories or more (`articles.story`; those without "
    "one tell one together): what is said of an article comes from a system that was trained without any article of "
    "its story and without the near-duplicates of these. A score is then given for every story instead of every "
    "article.",
    f"Beside it the pinned split: train on the articles of `{TRAIN}`, predict those of `{TEST}`; `validation` is "
    "there to choose with. A pair belongs to the test if one of its claims does, a story if all its articles do.",
    "Disputes are always asked of a whole story: in a corpus that tells one story nothing of it can be learnt from, "
    "and a system is trained on other stories (`allegata baseline --train-on`). What a submission was trained on "
    "beside this corpus stands in its `trained_on`.",
    "predictions.jsonl answers every id by the first rule, pinned.jsonl the ids of the test articles by the second. "
    "Nothing may be chosen by looking at what is predicted.",
    "Articles without gold (`articles.annotated` is false) are left out: nothing is learnt from them or asked.",
)


@dataclass(frozen=True)
class Turn:
    """Train on what stands in the articles `train` and nowhere else; predict `ids`."""

    train: tuple[str, ...]
    ids: tuple[str, ...]

    def with_training(self, articles: Iterable[str]) -> Turn:
        """The same, which may learn from these articles too."""
        return Turn((*self.train, *articles), self.ids)

    def train_ids(self, gold: Gold) -> list[str]:
        """The ids that may be learnt from, in the order of the text."""
        known = frozenset(self.train)
        return [i for i in gold.order if known.issuperset(gold.articles[i])]


def leave_one_out(gold: Gold, corpus: PublishedCorpus) -> tuple[Turn, ...]:
    """One turn a story, or an article (two, where pairs are predicted) in a corpus that tells one story.

    Every id is predicted in exactly one turn.
    """
    units = corpus.units
    unit_of = {article: name for name, articles in units.items() for article in articles}
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for identity in gold.order:
        groups[tuple(sorted({unit_of[article] for article in gold.articles[identity]}))].append(identity)
    turns = []
    for names, ids in sorted(groups.items()):
        held_out = [article for name in names for article in units[name]]
        turns.append(Turn(corpus.without(held_out), tuple(ids)))
    return tuple(turns)


def pinned(gold: Gold, corpus: PublishedCorpus) -> tuple[Turn, ...]:
    """The one turn of the pinned split; none where the corpus has no split `test`, or
    nothing that is asked stands wholly in it."""
    if TEST not in corpus.splits.values():
        return ()
    held_out = corpus.articles_of(TEST)
    ids = gold.within(held_out).order
    train = tuple(article for article in corpus.without(held_out) if corpus.splits[article] == TRAIN)
    return (Turn(train, ids),) if ids else ()
