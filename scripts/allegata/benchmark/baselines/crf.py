"""A linear-chain CRF over hand-made word features, for span tasks. Needs the extra `benchmark`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from allegata.benchmark.baselines.span_floors import look_up, marked_quotes
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.bio import OUTSIDE, Paragraph, decode_tags, paragraphs
from allegata.models.crf import Crf
from allegata.models.gold_spans import with_labels
from allegata.schema.published import PublishedCorpus


def predict(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """A linear-chain CRF on words and on what other training articles mark word for word; one for the labels that count
    and one for those beside. Nested spans are learnt by their outermost only: a chain is flat."""
    texts = corpus.texts
    spans: dict[str, list[LabelledSpan]] = {article_id: [] for turn in turns for article_id in turn.ids}
    for turn, layer in product(turns, task.layers):
        train = turn.train_ids(gold)
        documents = training_documents(train, layer, gold, corpus)
        if all(tag == OUTSIDE for document in documents for paragraph in document for tag in paragraph.tags):
            continue
        model, known = Crf(documents), marked_quotes(gold, train, texts, layer)
        for article_id in turn.ids:
            for paragraph in paragraphs(texts[article_id], known=look_up(texts[article_id], known)):
                spans[article_id] += decode_tags(paragraph.words, model.tag(paragraph))
    return Predictions(spans={article_id: tuple(sorted(found)) for article_id, found in spans.items()})


def training_documents(
    train: Sequence[str], labels: Sequence[str], gold: Gold, corpus: PublishedCorpus
) -> list[list[Paragraph]]:
    """The training articles with their tags; each is looked up in what the others mark, but for its copies and its
    story: what is predicted has none of these in training either."""
    texts, unit_of = corpus.texts, {article: unit for unit in corpus.units.values() for article in unit}
    quotes = {}
    for unit in dict.fromkeys(unit_of[i] for i in train):
        others = sorted({*train} & {*corpus.without(unit)})
        quotes[unit] = marked_quotes(gold, others, texts, labels)
    return [
        paragraphs(texts[i], with_labels(gold.spans[i], labels), look_up(texts[i], quotes[unit_of[i]])) for i in train
    ]
