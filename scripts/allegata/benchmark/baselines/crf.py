"""A linear-chain CRF over hand-made word features, for span tasks. Needs the extra `benchmark`."""

from __future__ import annotations

from collections.abc import Sequence

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.bio import OUTSIDE, decode_tags, paragraphs
from allegata.models.crf import Crf
from allegata.schema.published import PublishedCorpus


def predict(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """A linear-chain CRF on words. Nested spans are learnt by their outermost only: the chain is flat."""
    texts = corpus.texts
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    for turn in turns:
        train = [paragraphs(texts[article_id], gold.spans[article_id]) for article_id in turn.train_ids(gold)]
        if all(tag == OUTSIDE for document in train for paragraph in document for tag in paragraph.tags):
            spans |= dict.fromkeys(turn.ids, ())
            continue
        model = Crf(train)
        for article_id in turn.ids:
            spans[article_id] = tuple(
                span
                for paragraph in paragraphs(texts[article_id])
                for span in decode_tags(paragraph.words, model.tag(paragraph))
            )
    return Predictions(spans=spans)
