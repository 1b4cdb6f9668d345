"""Which baseline answers which task: all that `allegata baseline` and the leaderboard can run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from allegata.benchmark.baselines import (
    crf,
    dispute_floors,
    dispute_model,
    dispute_nli,
    dispute_slots,
    floors,
    lexicon,
    linear,
    span_floors,
    transformer,
)
from allegata.benchmark.descriptions import Description
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task, gold_of
from allegata.benchmark.training import joined
from allegata.benchmark.turns import Turn, leave_one_out, pinned
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus

# What is asked of a baseline: the task, its right answers, the corpus, who may learn from what, the seed.
Baseline = Callable[[Task, Gold, PublishedCorpus, Sequence[Turn], int], Predictions]

_PLACES: Mapping[str, Baseline] = {
    "majority": floors.majority,
    "random": floors.chance,
    "zone": floors.zone,
    "position": floors.position,
    "length": floors.length,
    "lead": floors.lead,
}
_MARKS: Mapping[str, Baseline] = {"numbers": floors.numbers, "quotes": floors.quotes}
# What a stranger would try first, without reading: what is not clearly above its best floor has learnt nothing.
FLOORS: Mapping[str, Mapping[str, Baseline]] = {
    "attributed-sentences": {**_PLACES, **_MARKS},
    "check-worthiness": {**_PLACES, **_MARKS},
    "claim-spans": {
        "sentences": span_floors.whole_sentences,
        "lead": span_floors.lead_sentences,
        "dictionary": span_floors.dictionary,
    },
    "attribution": {"sentences": span_floors.whole_sentences, "dictionary": span_floors.dictionary},
    "entities": {"capitalised": span_floors.capitalised, "dictionary": span_floors.dictionary},
    "claim-type": _PLACES,
    "claim-relations": {
        "majority": floors.majority,
        "random": floors.chance,
        "length": floors.lengths,
        "overlap": floors.overlap,
        "claimers": floors.claimers,
        "types": floors.types,
    },
    "disputes": {
        "cross": dispute_floors.cross,
        "overlap": dispute_floors.overlap,
        "numbers": dispute_floors.numbers,
    },
}
_SENTENCES: Mapping[str, Baseline] = {
    "lexicon": lexicon.predict_sentences,
    "linear": linear.sentences,
    "transformer": transformer.sentences,
}
_SPANS: Mapping[str, Baseline] = {"crf": crf.predict, "transformer": transformer.spans}
READERS: Mapping[str, Mapping[str, Baseline]] = {
    "attributed-sentences": _SENTENCES,
    "check-worthiness": _SENTENCES,
    "claim-spans": {"lexicon": lexicon.predict_spans, **_SPANS},
    "attribution": {"lexicon": lexicon.predict_spans, **_SPANS},
    "entities": _SPANS,
    "claim-type": {"linear": linear.claim_types},
    "claim-relations": {"linear": linear.relations},
    "disputes": {"slots": dispute_slots.slots, "linear": dispute_model.linear},
}
_LEARNT = ("linear",)  # of those that read disputes: what says nothing without another story
BASELINES: Mapping[str, Mapping[str, Baseline]] = {task: {**FLOORS[task], **READERS[task]} for task in FLOORS}
# What reads with weights of the user's own, in a folder: no leaderboard runs it by itself.
Encoded = Callable[[Task, Gold, PublishedCorpus, Sequence[Turn], int, Path], Predictions]
ENCODED: Mapping[str, Mapping[str, Encoded]] = {"disputes": {"nli": dispute_nli.nli}}


class NothingToLearnError(UsageError):
    """A baseline that has to be trained, and nothing that it may be trained on."""


@dataclass(frozen=True)
class Run:
    """What a baseline says: of every article without having seen it, and of the test articles of the pinned split."""

    description: Description
    predictions: Predictions
    pinned: Predictions | None

    @property
    def folder(self) -> str:
        """The name of its folder among the submissions to the task."""
        return "-".join(re.findall(r"[\w.+]+", self.description.system))


def run_baseline(
    name: str,
    task: Task,
    corpus: PublishedCorpus,
    seed: int = 0,
    train_on: PublishedCorpus | None = None,
    encoder: Path | None = None,
) -> Run:
    """Train and predict by the protocol (`turns`). Same seed, same predictions, byte for byte.

    With `train_on` every turn learns from all articles of that corpus too; `encoder` is the folder of a model, for the
    baselines that need one (`ENCODED`). Raises UsageError for an unknown name, a table the corpus does not have or
    another corpus that cannot be learnt from, NothingToLearnError for disputes of one story without another corpus,
    MissingExtraError for an extra that is not installed.
    """
    known, encoded = dict(BASELINES[task.name]), ENCODED.get(task.name, {})
    if name not in (*known, *encoded):
        raise UsageError(f"task {task.name!r} has no baseline {name!r}; one of: {', '.join((*known, *encoded))}")
    if (encoder is not None) != (name in encoded):
        what = "needs a model: add --encoder FOLDER" if encoder is None else "has no use for a model: omit --encoder"
        raise UsageError(f"the baseline {name!r} {what}")
    task = task.by(corpus.scheme)
    own = gold_of(task, corpus)
    turns, by_split = leave_one_out(own, corpus), pinned(own, corpus)
    gold, both, others = own, corpus, tuple[str, ...]()
    if train_on is not None:
        both, others = joined(corpus, train_on, task), (train_on.name,)
        gold = gold_of(task, both)
        turns, by_split = (tuple(turn.with_training(train_on.articles) for turn in part) for part in (turns, by_split))
    floor = name in FLOORS[task.name]
    if task.kind == "disputes" and name in _LEARNT and not any(turn.train_ids(gold) for turn in turns):
        raise NothingToLearnError(f"{corpus.name} tells one story: train on another corpus (--train-on FOLDER)")
    if encoder is None:
        predict, weights = known[name], ""
    else:
        predict, weights = _with_weights(encoded[name], encoder), encoder.resolve().name
        others = (*others, f"what the weights of {weights} were trained on")
    method = " ".join(((encoded if weights else known)[name].__doc__ or "").split("\n\n")[0].split())
    predictions = predict(task, gold, both, turns, seed)
    on_test = predict(task, gold, both, by_split, seed) if by_split else None
    beside = [part for part in (weights, train_on.name if train_on else "") if part]
    system = " + ".join([f"{'floor' if floor else 'baseline'} {name}", *beside])
    return Run(Description(task.name, system, corpus.name, method, others, seed), predictions, on_test)


def _with_weights(predict: Encoded, folder: Path) -> Baseline:
    def predict_with(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
        return predict(task, gold, corpus, turns, seed, folder)

    return predict_with
