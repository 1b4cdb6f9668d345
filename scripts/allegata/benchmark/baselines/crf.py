"""A linear-chain CRF over hand-made word features, for span tasks. Needs the extra `benchmark`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.bio import OUTSIDE, decode_tags, paragraphs
from allegata.models.crf import Crf
from allegata.models.gold_spans import with_labels
from allegata.schema.published import PublishedCorpus


def predict(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """A linear-chain CRF on words, one for the labels that count and one for those beside. Nested spans are learnt by
    their outermost only: a chain is flat."""
    texts = corpus.texts
    spans: dict[str, list[LabelledSpan]] = {article_id: [] for turn in turns for article_id in turn.ids}
    for turn, layer in product(turns, task.layers):
        train = [paragraphs(texts[i], with_labels(gold.spans[i], layer)) for i in turn.train_ids(gold)]
        if all(tag == OUTSIDE for document in train for paragraph in document for tag in paragraph.tags):
            continue
        model = Crf(train)
        for article_id in turn.ids:
            for paragraph in paragraphs(texts[article_id]):
                spans[article_id] += decode_tags(paragraph.words, model.tag(paragraph))
    return Predictions(spans={article_id: tuple(sorted(found)) for article_id, found in spans.items()})
