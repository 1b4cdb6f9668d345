"""Boosted oblivious trees: every level of a tree asks one question of all blocks, so a page is a few array operations.

The leaves are whole numbers, so sums have no order and no rounding: the same page has the same scores everywhere.
Source of the method: Prokhorenkova et al. 2018, CatBoost (oblivious trees as weak learners).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

UNIT = 1000  # of a leaf: thousandths of a logit
_MOST = 8_000
_TREES_AT_ONCE = 50  # whose table of what they added stays in the cache of the processor: 30 % less time
_PER_MILLE = np.array([round(1000 / (1 + math.exp(-x / 100))) for x in range(-_MOST // 10, _MOST // 10 + 1)], np.int16)


@dataclass(frozen=True)
class Trees:
    """T trees of depth D over columns of features.

    `features` and `borders` are T x D: a block goes right (bit 1) where its feature is above the border; `leaves` is
    T x 2**D, the first level the lowest bit; `shares` as many, how much of the training weight ended there. `columns`
    names the features, `groups` the kind of each.
    """

    columns: tuple[str, ...]
    groups: tuple[str, ...]
    features: NDArray[np.int64]
    borders: NDArray[np.float32]
    leaves: NDArray[np.int32]
    shares: NDArray[np.int64]
    bias: int

    @classmethod
    def of(cls, model: Mapping[str, Any], columns: Sequence[str], kinds: Sequence[str]) -> Trees:
        """The trees of `model`, as training wrote them, over `columns` of these kinds."""
        trees = model["trees"]
        return cls(
            tuple(columns),
            tuple(kinds),
            np.array([tree["features"] for tree in trees], np.int64),
            np.array([tree["borders"] for tree in trees], np.float32),
            np.array([tree["leaves"] for tree in trees], np.int32),
            np.array([tree["shares"] for tree in trees], np.int64),
            model["bias"],
        )

    def reached(self, rows: NDArray[np.float32]) -> NDArray[np.int64]:
        """For n blocks (n x columns) the leaf that each reaches in every tree, T x n: its place in all leaves."""
        columns, borders, which = self._questions
        answers = (rows.T.take(columns, axis=0) > borders).view(np.uint8)
        leaf = answers.take(which[0], axis=0)  # at most 8 levels
        for level, questions in enumerate(which[1:], 1):
            leaf |= answers.take(questions, axis=0) << level
        places: NDArray[np.int64] = leaf + (np.arange(len(which[0])) << len(which))[:, None]
        return places

    def logits(self, reached: NDArray[np.int64]) -> NDArray[np.int64]:
        """The logits, in thousandths, of n blocks that reached these leaves."""
        sums: NDArray[np.int64] = self.leaves.ravel().take(reached).sum(0, dtype=np.int64)
        return sums + self.bias

    def added(self, reached: NDArray[np.int64]) -> NDArray[np.int64]:
        """What each of `kinds` added to the logits of n blocks that reached these leaves: n x kinds."""
        sums = np.zeros((reached.shape[1], len(self.kinds)), np.int64)
        for at in range(0, len(reached), _TREES_AT_ONCE):
            sums += self._added.take(reached[at : at + _TREES_AT_ONCE], axis=0).sum(0, dtype=np.int32)
        return sums

    @cached_property
    def _questions(self) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
        """The feature and the border (a column) of every question, each once, and the number of that which every tree
        asks on each level (D x T)."""
        asked = np.stack((self.features.ravel(), self.borders.ravel()), 1)
        each, which = np.unique(asked, axis=0, return_inverse=True)
        levels = np.ascontiguousarray(which.reshape(self.features.shape).T)
        return each[:, 0].astype(np.int64), each[:, 1:].astype(np.float32), levels

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of facts, each once."""
        return tuple(dict.fromkeys(self.groups))

    @cached_property
    def _added(self) -> NDArray[np.int32]:
        """For every leaf of every tree what each kind of facts moved on the way to it (Saabas 2014): the mean of the
        leaves below a node less that of its parent's."""
        trees, depth = self.features.shape
        kind = np.array([self.kinds.index(group) for group in self.groups])
        table = np.zeros((trees, 1 << depth, len(self.kinds)))
        weight, value = self.shares.astype(float) + 1e-3, self.leaves.astype(float)
        before = np.repeat(((weight * value).sum(1) / weight.sum(1))[:, None], 1 << depth, 1)
        numbers = np.arange(1 << depth)
        for level in range(depth):
            node = numbers & ((2 << level) - 1)
            total, mean = np.zeros((trees, 2 << level)), np.zeros((trees, 2 << level))
            for leaf in numbers.tolist():
                total[:, node[leaf]] += weight[:, leaf]
                mean[:, node[leaf]] += weight[:, leaf] * value[:, leaf]
            here = (mean / total)[:, node]
            asked = kind[self.features[:, level]][:, None]
            np.add.at(table, (np.arange(trees)[:, None], numbers[None, :], asked), here - before)
            before = here
        return np.rint(table).astype(np.int32).reshape(-1, len(self.kinds))


def per_mille(logits: NDArray[np.int64]) -> NDArray[np.int16]:
    """Logits in thousandths as probabilities in thousandths."""
    return _PER_MILLE[(np.clip(logits, -_MOST, _MOST) + 5) // 10 + _MOST // 10]


def because(added: NDArray[np.int64], kinds: Sequence[str], kept: NDArray[np.bool_]) -> tuple[str, ...]:
    """For every block the two kinds of facts that spoke most for its side."""
    toward = np.where(kept[:, None], added, -added)
    order = np.argsort(-toward, axis=1, kind="stable")[:, :2]
    return tuple(", ".join(kinds[kind] for kind in row) for row in order.tolist())
