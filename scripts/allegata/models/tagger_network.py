"""The network of the tagger: encoder, word shapes, and a linear-chain CRF on top (Lafferty et al. 2001)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from allegata.models.bio import OUTSIDE

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
    """Scores, loss and probabilities of the spans of a batch. `modules` holds everything that is trained."""

    def __init__(self, tags: Sequence[str], encoder: Any, dropout: float = 0.1) -> None:
        size, self._width = len(tags), encoder.config.hidden_size
        self.modules = nn.ModuleDict(
            {
                "encoder": encoder,
                "shapes": nn.Embedding(SHAPES, encoder.get_input_embeddings().embedding_dim),
                "dropout": nn.Dropout(dropout),
                "head": nn.Linear(self._width, size),
                "crf": nn.ParameterDict({"step": torch.zeros(size, size), "start": torch.zeros(size)}),
            }
        )
        nn.init.zeros_(self.modules["shapes"].weight)  # training starts from the encoder as it was
        self._step_rules, self._opening_rules = _bio_rules(tags)

    def scores(self, batch: Batch) -> Any:
        """Score of every tag for every word: (b, w, k)."""
        modules = self.modules
        embedded = modules["encoder"].get_input_embeddings()(batch.pieces) + modules["shapes"](batch.shapes)
        hidden = modules["encoder"](inputs_embeds=embedded, attention_mask=batch.attended).last_hidden_state
        words = torch.gather(hidden, 1, batch.first.unsqueeze(-1).expand(-1, -1, self._width))
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

    def span_probabilities(self, batch: Batch) -> Any:
        """Probability that words s to e (inclusive) are one span of a label: float64 of shape (b, labels, w, w).

        Forward-backward over the chain; inside a span there is only one path, a `B-` and then `I-` tags.
        """
        scores, known, step = self.scores(batch).double(), batch.known, self._steps().double()
        width = scores.shape[1]
        forward = [scores[:, 0] + self.modules["crf"]["start"]]
        for place in range(1, width):
            onward = torch.logsumexp(forward[-1].unsqueeze(2) + step, 1) + scores[:, place]
            forward.append(torch.where(known[:, place : place + 1], onward, forward[-1]))
        total = torch.logsumexp(forward[-1], 1)
        after = [torch.zeros_like(forward[0])]  # of a word, by its tag: everything that may follow
        leave = [torch.zeros_like(forward[0])]  # the same without the tag that would make the span longer
        onward_of = torch.tensor([tag + tag % 2 if tag else 0 for tag in range(scores.shape[2])])
        longer = torch.nn.functional.one_hot(onward_of, scores.shape[2]).bool() & (onward_of > 0).unsqueeze(1)
        for place in range(width - 1, 0, -1):
            follow = step + (scores[:, place] + after[-1]).unsqueeze(1)
            here = known[:, place : place + 1]
            none = torch.zeros_like(after[-1])
            leave.append(torch.where(here, torch.logsumexp(follow.masked_fill(longer, NEVER), 2), none))
            after.append(torch.where(here, torch.logsumexp(follow, 2), none))
        begin, end = torch.stack(forward, 1), torch.stack(leave[::-1], 1)
        there = torch.triu(torch.ones(width, width)).bool() & known.unsqueeze(1)
        found = []
        for first in range(1, scores.shape[2], 2):  # the `B-` tag of a label, its `I-` tag next to it
            inside = (step[first + 1, first + 1] + scores[:, :, first + 1]).cumsum(1)
            run = step[first, first + 1] - step[first + 1, first + 1] + inside.unsqueeze(1) - inside.unsqueeze(2)
            long = begin[:, :, first].unsqueeze(2) + run + end[:, :, first + 1].unsqueeze(1)
            short = begin[:, :, first] + end[:, :, first]
            logarithm = torch.where(torch.eye(width).bool(), short.unsqueeze(2), long) - total[:, None, None]
            found.append(torch.where(there, logarithm.exp(), torch.zeros_like(long)))
        return torch.stack(found, 1)
