"""The network of the tagger: encoder, word shapes, and a linear-chain CRF on top (Lafferty et al. 2001)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from allegata.benchmark.bio import OUTSIDE
from allegata.benchmark.encoder import WIDTH, encoder

SHAPES = 10
NEVER = -1e4  # the score of a tag or transition that BIO forbids


class Batch(NamedTuple):
    """Sequences of word pieces (b, p) and of the words in them (b, w).

    `first` is the place of each word's first piece; `opens` marks the first word of a paragraph; `known` the
    words that are there (the rest is padding).
    """

    pieces: Any
    attended: Any
    shapes: Any
    first: Any
    tags: Any
    known: Any
    opens: Any


def _bio_rules(tags: Sequence[str]) -> tuple[Any, Any]:
    """Scores that keep `I-x` to places after `B-x` or `I-x`: of transitions (k, k), and of opening tags (k)."""
    transitions, opening = torch.zeros(len(tags), len(tags)), torch.zeros(len(tags))
    for column, tag in enumerate(tags):
        if tag.startswith("I-"):
            opening[column] = NEVER
            for row, before in enumerate(tags):
                if before == OUTSIDE or before[2:] != tag[2:]:
                    transitions[row, column] = NEVER
    return transitions, opening


class Network:
    """Scores, loss and best tags of a batch. `modules` holds everything that is trained."""

    def __init__(self, tags: Sequence[str], dropout: float = 0.1) -> None:
        size = len(tags)
        self.modules = nn.ModuleDict(
            {
                "encoder": encoder(),
                "shapes": nn.Embedding(SHAPES, WIDTH),
                "dropout": nn.Dropout(dropout),
                "head": nn.Linear(WIDTH, size),
                "crf": nn.ParameterDict({"step": torch.zeros(size, size), "start": torch.zeros(size)}),
            }
        )
        nn.init.zeros_(self.modules["shapes"].weight)  # training starts from the encoder as it was
        self._step_rules, self._opening_rules = _bio_rules(tags)

    def scores(self, batch: Batch) -> Any:
        """Score of every tag for every word: (b, w, k)."""
        modules = self.modules
        embedded = modules["encoder"].embeddings.word_embeddings(batch.pieces) + modules["shapes"](batch.shapes)
        hidden = modules["encoder"](inputs_embeds=embedded, attention_mask=batch.attended).last_hidden_state
        words = torch.gather(hidden, 1, batch.first.unsqueeze(-1).expand(-1, -1, WIDTH))
        scores = modules["head"](modules["dropout"](words))
        return scores.masked_fill(batch.opens.unsqueeze(-1) & (self._opening_rules < 0), NEVER)

    def _steps(self) -> Any:
        return self.modules["crf"]["step"] + self._step_rules

    def loss(self, batch: Batch) -> Any:
        """Negative log-likelihood of the tags, by word."""
        scores, tags, known = self.scores(batch), batch.tags, batch.known
        step, start = self._steps(), self.modules["crf"]["start"]
        forward = scores[:, 0] + start
        for place in range(1, scores.shape[1]):
            onward = torch.logsumexp(forward.unsqueeze(2) + step, 1) + scores[:, place]
            forward = torch.where(known[:, place : place + 1], onward, forward)
        chosen = scores[:, 0].gather(1, tags[:, :1]).squeeze(1) + start[tags[:, 0]]
        later = scores[:, 1:].gather(2, tags[:, 1:, None]).squeeze(2) + step[tags[:, :-1], tags[:, 1:]]
        chosen = chosen + (later * known[:, 1:]).sum(1)
        return (torch.logsumexp(forward, 1) - chosen).sum() / known.sum()

    def best(self, batch: Batch) -> Any:
        """The best tag sequence (Viterbi): (b, w) indices of tags; what lies in the padding means nothing."""
        scores, known = self.scores(batch), batch.known
        step = self._steps()
        forward = scores[:, 0] + self.modules["crf"]["start"]
        stay = torch.arange(scores.shape[2]).expand(scores.shape[0], -1)
        back = []
        for place in range(1, scores.shape[1]):
            value, source = (forward.unsqueeze(2) + step).max(1)
            here = known[:, place : place + 1]
            back.append(torch.where(here, source, stay))
            forward = torch.where(here, value + scores[:, place], forward)
        path = [forward.argmax(1)]
        for source in reversed(back):
            path.append(source.gather(1, path[-1].unsqueeze(1)).squeeze(1))
        return torch.stack(path[::-1], 1)
