"""What class and id words say of a box: learned weights of the words and of pairs of neighbours in one word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from allegata.judge.box_tree import BoxTree

_PIECES = re.compile(r"[a-z]+|[^\W\d_a-z]+")
_MOST_KNOWN = 1 << 16  # words of all pages that are remembered
COLUMNS = ("names_own", "names_around", "names_worst", "names_best", "names")


def tokens_of(tag: str, names: str) -> tuple[str, ...]:
    """The tokens of a box: its tag, the pieces of its class and id words, and neighbouring pieces of a word."""
    return tuple(dict.fromkeys(["<" + tag, *chain.from_iterable(map(_tokens_of_word, names.split()))]))


def _tokens_of_word(word: str) -> list[str]:
    pieces = _PIECES.findall(word)
    return [*(piece for piece in pieces if len(piece) > 1), *map("-".join, pairwise(pieces))]


class NameWeights:
    """Token -> its weight in the box of a block, and in a box around that; whole numbers."""

    def __init__(self, weights: Mapping[str, tuple[int, int]]) -> None:
        self.weights = weights
        self._both = {token: complex(own, around) for token, (own, around) in weights.items()}  # added up in one go
        self._words: dict[str, list[str]] = {}  # a word -> its tokens that have a weight

    def _of(self, tag: str, names: str) -> tuple[int, int]:
        """The weights of a box."""
        known = self._words
        tokens: set[str] = set()
        for word in names.split():
            if (found := known.get(word)) is None:
                found = [token for token in _tokens_of_word(word) if token in self._both]
                if len(known) < _MOST_KNOWN:
                    known[word] = found
            tokens.update(found)
        total = sum(map(self._both.__getitem__, tokens), self._both.get("<" + tag, 0j))
        return int(total.real), int(total.imag)

    def of_boxes(self, boxes: BoxTree) -> NDArray[np.int64]:
        """For every box (columns) a row for each of `COLUMNS`: its own weight, the sum, the least and the most of those
        around it, and the first two together. Boxes without a block count as zero."""
        own, outer = np.zeros((2, len(boxes.parent)), np.int64)
        holding = np.flatnonzero(boxes.first < boxes.last)
        page = [(boxes.boxes.tags[box], boxes.boxes.names[box]) for box in holding.tolist()]
        known = {box: self._of(*box) for box in dict.fromkeys(page)}
        own[holding], outer[holding] = zip(*map(known.__getitem__, page), strict=True)
        total, worst, best = (boxes.around(outer, join) for join in (np.add, np.minimum, np.maximum))
        return np.array([own, total, worst, best, own + total])
