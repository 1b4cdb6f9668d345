"""The cue lexicon as a baseline: its rules as predictions. No training."""

from __future__ import annotations

import re
from collections.abc import Sequence

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.lexicon import attributions, claim_spans, lexicon_of
from allegata.schema.published import PublishedCorpus


def predict_spans(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """The rules as predictions of `attribution` or `claim-spans`."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    texts = corpus.texts
    for article_id in (identity for turn in turns for identity in turn.ids):
        text = texts[article_id]
        if task.name == "attribution":
            marked = {LabelledSpan.of(role, span) for part in attributions(text) for role, span in part.items()}
        else:
            marked = {LabelledSpan.of("claim", span) for span in claim_spans(text)}
        spans[article_id] = tuple(sorted(marked))
    return Predictions({}, {}, spans)


def predict_sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """`true` where a reporting verb, a number or an accusing noun stands; the score counts them."""
    english = lexicon_of("en")
    assert english is not None  # package data
    marks = re.compile(rf"\b(?:{english.cue}|lawsuit|complaint|allegations?|claims?|violat\w+|court)\b|[$€£]|\d+", re.I)
    table = corpus.table("sentences", "sentence_id", "text").select(["sentence_id", "text"]).to_pylist()
    wanted = {identity for turn in turns for identity in turn.ids}
    score = {r["sentence_id"]: float(len(marks.findall(r["text"]))) for r in table if r["sentence_id"] in wanted}
    return Predictions({i: "true" if score[i] else "false" for i in score}, score, {})
