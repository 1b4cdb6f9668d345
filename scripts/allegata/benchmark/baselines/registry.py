"""Which baseline answers which task: all that `allegata baseline` and the leaderboard can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from allegata.benchmark.baselines import crf, floors, lexicon, linear, transformer
from allegata.benchmark.submissions import Description, Predictions
from allegata.benchmark.tasks import Gold, Task, gold_of
from allegata.benchmark.turns import Turn, leave_one_out, pinned
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus

# What is asked of a baseline: the task, its right answers, the corpus, who may learn from what, the seed.
Baseline = Callable[[Task, Gold, PublishedCorpus, Sequence[Turn], int], Predictions]

_SENTENCES: Mapping[str, Baseline] = {
    "majority": floors.majority,
    "random": floors.chance,
    "length": floors.length,
    "lexicon": lexicon.predict_sentences,
    "linear": linear.sentences,
    "transformer": transformer.sentences,
}
_SPANS: Mapping[str, Baseline] = {"dictionary": floors.dictionary, "crf": crf.predict, "transformer": transformer.spans}
BASELINES: Mapping[str, Mapping[str, Baseline]] = {
    "claim-detection": _SENTENCES,
    "check-worthiness": _SENTENCES,
    "claim-spans": {"sentences": floors.whole_sentences, "lexicon": lexicon.predict_spans, **_SPANS},
    "attribution": {"lexicon": lexicon.predict_spans, **_SPANS},
    "entities": _SPANS,
    "claim-type": {"majority": floors.majority, "random": floors.chance, "linear": linear.claim_types},
    "claim-relations": {
        "majority": floors.majority,
        "random": floors.chance,
        "overlap": floors.overlap,
        "linear": linear.relations,
    },
}


@dataclass(frozen=True)
class Run:
    """What a baseline says: of every article without having seen it, and of the test articles of the pinned split."""

    description: Description
    predictions: Predictions
    pinned: Predictions | None


def run_baseline(name: str, task: Task, corpus: PublishedCorpus, seed: int = 0) -> Run:
    """Train and predict by the protocol (`turns`). Same seed, same predictions, byte for byte.

    Raises UsageError for an unknown name or a table the corpus does not have, MissingExtraError for an extra that is
    not installed.
    """
    known = BASELINES[task.name]
    if name not in known:
        raise UsageError(f"task {task.name!r} has no baseline {name!r}; one of: {', '.join(known)}")
    task, gold = task.by(corpus.scheme), gold_of(task, corpus)
    method = (known[name].__doc__ or "").split("\n")[0]
    predictions = known[name](task, gold, corpus, leave_one_out(gold, corpus), seed)
    turns = pinned(gold, corpus)
    by_split = known[name](task, gold, corpus, turns, seed) if turns else None
    return Run(Description(task.name, f"baseline {name}", corpus.name, method, (), seed), predictions, by_split)
