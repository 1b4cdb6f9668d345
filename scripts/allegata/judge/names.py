"""What class and id words say of a box: learned weights of the words and of pairs of neighbours in one word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from allegata.text.page_blocks import Boxes

_PIECES = re.compile(r"[a-z]+|[^\W\d_a-z]+")
_MOST_KNOWN = 1 << 16  # boxes, of all pages
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
        self._known: dict[tuple[str, str], tuple[int, int]] = {}

    def _of(self, tag: str, names: str, words: dict[str, list[str]]) -> tuple[int, int]:
        """The weights of a box; `words` are the tokens that the words of other boxes have."""
        box = tag, names
        if (known := self._known.get(box)) is None:
            tokens: set[str] = set()
            for word in names.split():
                if word not in words:
                    words[word] = [token for token in _tokens_of_word(word) if token in self._both]
                tokens.update(words[word])
            total = sum(map(self._both.__getitem__, tokens), self._both.get("<" + tag, 0j))
            known = int(total.real), int(total.imag)
            if len(self._known) < _MOST_KNOWN:
                self._known[box] = known
        return known

    def of_boxes(self, boxes: Boxes) -> NDArray[np.int64]:
        """For every box (rows) the `COLUMNS`: its own weight, the sum, the least and the most of those around it, and
        the first two together. Boxes without a block have zeros."""
        words: dict[str, list[str]] = {}
        rows: list[tuple[int, int, int, int]] = []
        around: list[int] = []
        for parent, first, last, tag, names in zip(
            boxes.parent, boxes.first, boxes.last, boxes.tags, boxes.names, strict=True
        ):
            if first == last:
                rows.append((0, 0, 0, 0))
                around.append(0)
                continue
            own, outer = self._of(tag, names, words)
            around.append(outer)
            if parent < 0:
                rows.append((own, 0, 0, 0))
            else:
                _, total, worst, best = rows[parent]
                weight = around[parent]
                rows.append((own, total + weight, min(worst, weight), max(best, weight)))
        table = np.array(rows, np.int64).reshape(-1, 4)
        return np.column_stack((table, table[:, 0] + table[:, 1]))
