"""The judge of lines: which lines of a plain text are not of its article, and for which reason each leaves.

Every line is judged by itself, and then once more with what its neighbours were judged to be. Trained by
`python -m bench train-lines` on pages that were written for it and on web pages as text: docs/cleaning.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allegata.judge.line_facts import ALONE, Lines, context, facts
from allegata.judge.line_words import LineWeights
from allegata.judge.trees import Trees, per_mille

_MODEL = Path(__file__).with_name("lines.json")
_AT_ONCE = 1_024  # lines
EVEN = 500  # of 1000: only below is it worked out why a line would leave


@dataclass(frozen=True)
class JudgedLines:
    """For every line its score, from 0 (none of the article) to 1000; below `EVEN` also what spoke against it, and for
    which reason it would leave. Scores are not calibrated: 150 is no chance of three in twenty."""

    scores: tuple[int, ...]
    because: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LineJudge:
    """A trained judge of lines. `trained_on` names its pages by their digests; `digest` is that of its own numbers.

    `alone` judges a line by itself, `among` with the scores of all lines; `reason_of` has trees for each reason, on the
    columns of both.
    """

    name: str
    digest: str
    trained_on: tuple[tuple[str, str], ...]
    weights: LineWeights
    alone: Trees
    among: Trees
    reason_of: Mapping[str, Trees]

    @classmethod
    def read(cls, path: Path) -> LineJudge:
        """The judge of the numbers that training wrote. Raises `OSError`, and `ValueError` for another file."""
        data = path.read_bytes()
        return cls.of(json.loads(data), hashlib.sha256(data).hexdigest())

    @classmethod
    def of(cls, model: Mapping[str, Any], digest: str = "") -> LineJudge:
        """The judge of `model`."""
        columns, kinds = tuple(model["columns"]), tuple(model["kinds"])
        alone = model["alone_columns"]
        return cls(
            model["name"],
            digest,
            tuple((data["source"], data["digest"]) for data in model["trained_on"]),
            LineWeights(model["words"]),
            Trees.of(model["alone"], columns[:alone], kinds[:alone]),
            Trees.of(model["among"], columns, kinds),
            {reason: Trees.of(trees, columns, kinds) for reason, trees in model["reasons"].items()},
        )

    def judge(self, lines: Lines) -> JudgedLines:
        """What every line of a text is."""
        if not lines.texts:
            return JudgedLines((), (), ())
        rows, _, _ = facts(lines, self.weights)
        more, _, _ = context(lines, per_mille(_logits(self.alone, rows)))
        rows = np.hstack([rows, more])
        scores = per_mille(_logits(self.among, rows))
        whys, reasons = [""] * len(rows), [""] * len(rows)
        doubtful = np.flatnonzero(scores < EVEN)
        for at in range(0, len(doubtful), _AT_ONCE):
            some = doubtful[at : at + _AT_ONCE]
            said = zip(some.tolist(), self._why(rows[some]), self._reasons(rows[some]), strict=True)
            for line, why, reason in said:
                whys[line], reasons[line] = why, reason
        return JudgedLines(tuple(scores.tolist()), tuple(whys), tuple(reasons))

    def _why(self, rows: NDArray[np.float32]) -> Iterator[str]:
        """The two kinds of facts that spoke most against each line. What it is by itself is said by the kinds that made
        it so."""
        own = self._against(self.alone, rows[:, : len(self.alone.columns)])
        for alone, among in zip(own, self._against(self.among, rows), strict=True):
            kinds = dict.fromkeys(name for kind in among for name in (alone if kind == ALONE else (kind,)))
            yield ", ".join(list(kinds)[:2])

    def _against(self, trees: Trees, rows: NDArray[np.float32]) -> list[list[str]]:
        """For every line all kinds of facts, the one that spoke most against it first."""
        order = np.argsort(trees.added(trees.reached(rows)), axis=1, kind="stable")
        return [[trees.kinds[kind] for kind in row] for row in order.tolist()]

    def _reasons(self, rows: NDArray[np.float32]) -> tuple[str, ...]:
        names = tuple(self.reason_of)
        likely = np.array([trees.logits(trees.reached(rows)) for trees in self.reason_of.values()])
        return tuple(names[which] for which in likely.argmax(0).tolist())


def _logits(trees: Trees, rows: NDArray[np.float32]) -> NDArray[np.int64]:
    """The logits of all rows, some at a time: the answers of all trees take more room than the rows."""
    some = [rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE)]
    return np.concatenate([trees.logits(trees.reached(part)) for part in some])


@cache
def default_line_judge() -> LineJudge:
    """The judge of lines that comes with the package."""
    return LineJudge.read(_MODEL)
