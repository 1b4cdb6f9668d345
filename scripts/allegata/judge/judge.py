"""Judging a text: its blocks scored by the trees, and how sure that makes the whole of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allegata.judge.features import Layout, features
from allegata.judge.names import NameWeights
from allegata.judge.trees import Trees, because, per_mille
from allegata.judge.words import WordWeights
from allegata.text.page_blocks import Judgement

_MODEL = Path(__file__).with_name("page.json")
_AT_ONCE = 1_024  # blocks: memory does not grow with a page
# Thousandths below which a block is no article whatever the others are. 0 and 200 score the same on the folds.
LEAST = 200
SURE = 800  # from which a block stays, whatever the vote: why, is not worked out


@dataclass(frozen=True)
class Judge:
    """A trained judge. `trained_on` names its data sets by their digests; `digest` is that of its own numbers.
    `calibration` maps the F1 that the scores expect (first of each pair, rising) to that found on pages of sites it was
    not trained on, before the vote and the rules."""

    name: str
    digest: str
    trained_on: tuple[str, ...]
    names: NameWeights
    words: WordWeights
    trees: Trees
    calibration: tuple[tuple[float, float], ...]

    @classmethod
    def read(cls, path: Path) -> Judge:
        """The judge of the numbers that training wrote. Raises `OSError`, and `ValueError` for another file."""
        data = path.read_bytes()
        return cls.of(json.loads(data), hashlib.sha256(data).hexdigest())

    @classmethod
    def of(cls, model: Mapping[str, Any], digest: str = "") -> Judge:
        """The judge of `model`."""
        return cls(
            model["name"],
            digest,
            tuple(data["digest"] for data in model["trained_on"]),
            NameWeights({token: (own, around) for token, (own, around) in model["names"].items()}),
            WordWeights(model["words"]),
            Trees.of(model, model["columns"], model["kinds"]),
            tuple((raw, true) for raw, true in model["calibration"]),
        )

    def judge(self, page: Layout) -> Judgement:
        """The scores of all blocks of a text, and its confidence."""
        if not len(page.starts):
            return Judgement()
        rows, columns, _ = features(page, self.names, self.words)
        if tuple(columns) != self.trees.columns:
            raise ValueError("the judge was trained on other features: train it again")
        scores, added = np.empty(len(rows), np.int16), []
        for at in range(0, len(rows), _AT_ONCE):
            reached = self.trees.reached(rows[at : at + _AT_ONCE])
            found = scores[at : at + _AT_ONCE] = per_mille(self.trees.logits(reached))
            added.append(self.trees.added(reached[:, found < SURE]))
        least, expected = best_least(scores, page.ends - page.starts)
        unsure, why = np.flatnonzero(scores < SURE), [""] * len(rows)
        said = because(np.concatenate(added), self.trees.kinds, scores[unsure] >= least)
        for block, kinds in zip(unsure.tolist(), said, strict=True):
            why[block] = kinds
        return Judgement(tuple(scores.tolist()), tuple(why), least, self.calibrated(expected))

    def calibrated(self, raw: float) -> float:
        """An expected F1 as pages of such scores turned out, to two decimals."""
        if not self.calibration:
            return raw
        known, found = zip(*self.calibration, strict=True)
        return round(float(np.interp(raw, known, found)), 2)


def best_least(scores: NDArray[np.integer[Any]], length: NDArray[np.int64]) -> tuple[int, float]:
    """The score from which blocks are kept so that the F1 of characters is highest, if the scores (thousandths) are
    probabilities, and that F1: half of it is the bound (Lipton, Elkan and Naryanaswamy 2014, theorem 1).

    On pages that the judge is sure of it is one half; elsewhere lower, to `LEAST`. One bound of 500 for all: F1 of
    threads .780, not .800, of documentation .925, not .932, and two articles more that are lost.
    """
    order = np.argsort(-scores, kind="stable")
    sizes, rising = length[order].astype(float), scores[order] / 1000
    right = np.cumsum(rising * sizes)
    f1 = 2 * right / (np.cumsum(sizes) + right[-1])
    best = float(f1.max())
    return max(LEAST, round(500 * best)), best


@cache
def default_judge() -> Judge:
    """The judge of web pages that comes with the package."""
    return Judge.read(_MODEL)
