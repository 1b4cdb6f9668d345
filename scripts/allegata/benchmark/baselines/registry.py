"""Which baseline answers which task: all that `allegata baseline` and the leaderboard can run."""

from __future__ import annotations

from collections.abc import Mapping

from allegata.benchmark.baselines import crf, floors, lexicon, linear
from allegata.benchmark.baselines.floors import Baseline
from allegata.benchmark.corpus import Corpus
from allegata.benchmark.submissions import Description, Predictions
from allegata.benchmark.tasks import Gold, Task, gold_of
from allegata.schema.problems import UsageError

_SENTENCES: Mapping[str, Baseline] = {
    "majority": floors.majority,
    "random": floors.chance,
    "length": floors.length,
    "lexicon": lexicon.predict_sentences,
    "linear": linear.sentences,
}
_SPANS: Mapping[str, Baseline] = {"dictionary": floors.dictionary, "crf": crf.predict}
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


def run_baseline(name: str, task: Task, corpus: Corpus, seed: int = 0) -> tuple[Description, Predictions, Gold]:
    """Train and predict by leave-one-article-out. Same seed, same predictions, byte for byte.

    Raises UsageError for an unknown name, a table the corpus does not have, or an extra that is not installed.
    """
    known = BASELINES[task.name]
    if name not in known:
        raise UsageError(f"task {task.name!r} has no baseline {name!r}; one of: {', '.join(known)}")
    gold = gold_of(task, corpus)
    method = (known[name].__doc__ or "").split("\n")[0]
    return (
        Description(task.name, f"baseline {name}", corpus.name, method, (), seed),
        known[name](task, gold, corpus, seed),
        gold,
    )
