"""The cue lexicon as a baseline: its rules as predictions. No training."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.languages import languages_of
from allegata.models.lexicon import attributions, claim_spans, lexicon_of
from allegata.schema.published import PublishedCorpus


def predict_spans(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """The rules as predictions of `attribution` or `claim-spans`."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    texts, languages = corpus.texts, languages_of(corpus)
    for article_id in (identity for turn in turns for identity in turn.ids):
        text = texts[article_id]
        if task.name == "attribution":
            found = attributions(text, languages[article_id])
            marked = {LabelledSpan.of(role, span) for part in found for role, span in part.items()}
        else:
            marked = {LabelledSpan.of("claim", span) for span in claim_spans(text, languages[article_id])}
        spans[article_id] = tuple(sorted(marked))
    return Predictions(spans=spans)


def predict_sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """`true` where a reporting word or a quotation mark stands, or for check-worthiness a reporting verb, a number or a
    word of disputes; the score counts them."""
    languages, marks = languages_of(corpus), reporting if task.name == "attributed-sentences" else _marks
    table = corpus.table("sentences", "sentence_id", "article_id", "text").to_pylist()
    wanted = {identity for turn in turns for identity in turn.ids}
    score = {
        row["sentence_id"]: float(len(marks(languages[row["article_id"]]).findall(row["text"])))
        for row in table
        if row["sentence_id"] in wanted
    }
    return Predictions({i: "true" if score[i] else "false" for i in score}, score)


@cache
def reporting(language: str) -> re.Pattern[str]:
    """Words that report what somebody says, of a language that has a lexicon, and quotation marks that open."""
    lexicon = lexicon_of(language)
    words = rf"\b(?:{lexicon.reporting})\b|" if lexicon else ""
    return re.compile(rf"{words}[“„«]|(?<!\w)\"(?=\w)", re.I)


@cache
def _marks(language: str) -> re.Pattern[str]:
    lexicon = lexicon_of(language)
    words = rf"\b(?:{lexicon.cue}|{lexicon.disputes})\b|" if lexicon else ""
    return re.compile(rf"{words}[$€£]|\d+", re.I)
