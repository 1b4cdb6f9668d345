"""Who may learn from what: leave-one-article-out, the protocol of every task, and the pinned split beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from allegata.benchmark.tasks import Gold
from allegata.schema.published import PublishedCorpus

TRAIN, TEST = "train", "test"
PROTOCOL = (
    "Leave one article out: what is said of an article comes from a system that was trained without it and without its "
    "near-duplicates. A pair of claims from two articles is predicted without either of them, and counts in both. "
    "Report the score of every article, the lowest and the highest beside the mean, and the score of all together.",
    f"Beside it the pinned split: train on the articles of `{TRAIN}`, predict those of `{TEST}`; `validation` is "
    "there to choose with. A pair belongs to the test if one of its claims does.",
    "predictions.jsonl answers every id by the first rule, pinned.jsonl the ids of the test articles by the second. "
    "Nothing may be chosen by looking at what is predicted.",
    "Articles without gold (`articles.annotated` is false) are left out: nothing is learnt from them or asked.",
)


@dataclass(frozen=True)
class Turn:
    """Train on what stands in the articles `train` and nowhere else; predict `ids`."""

    train: tuple[str, ...]
    ids: tuple[str, ...]

    def train_ids(self, gold: Gold) -> list[str]:
        """The ids that may be learnt from, in the order of the text."""
        return [i for i in gold.order if set(gold.articles[i]) <= set(self.train)]


def leave_one_out(gold: Gold, corpus: PublishedCorpus) -> tuple[Turn, ...]:
    """One turn an article (or two articles, where pairs are predicted); every id is predicted in exactly one."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for identity in gold.order:
        groups[gold.articles[identity]].append(identity)
    return tuple(Turn(corpus.without(held_out), tuple(ids)) for held_out, ids in sorted(groups.items()))


def pinned(gold: Gold, corpus: PublishedCorpus) -> tuple[Turn, ...]:
    """The one turn of the pinned split; none where the corpus has no split `test`."""
    if TEST not in corpus.splits.values():
        return ()
    held_out = corpus.articles_of(TEST)
    train = tuple(article for article in corpus.without(held_out) if corpus.splits[article] == TRAIN)
    return (Turn(train, gold.within(held_out).order),)
