"""The boxes of a page as arrays, and what stands around each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from allegata.judge.characters import Indices
from allegata.text.page_blocks import Boxes

TAGS = (
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "div", "blockquote", "figcaption", "dd", "dt", "pre",
    "caption", "section", "article", "header", "footer", "nav", "aside", "form", "summary", "button", "address",
    "figure", "main",
)  # fmt: skip
AROUND = (
    "article", "main", "aside", "nav", "footer", "header", "form", "table", "ul", "ol", "dl", "figure", "section",
    "blockquote", "details", "button", "h1", "h2", "h3", "h4", "li",
)  # fmt: skip
_NUMBERS = {tag: order for order, tag in enumerate(TAGS)}
_BIT_OF = {tag: 1 << order for order, tag in enumerate(AROUND)}


@dataclass(frozen=True)
class BoxTree:
    """`boxes`, B of them around n blocks, as arrays of length B; `of_block` has length n."""

    boxes: Boxes

    @cached_property
    def parent(self) -> Indices:
        """The box around each, -1 for none."""
        return np.array(self.boxes.parent, np.int64)

    @cached_property
    def first(self) -> Indices:
        """Its first block."""
        return np.array(self.boxes.first, np.int64)

    @cached_property
    def last(self) -> Indices:
        """The block behind its last one."""
        return np.array(self.boxes.last, np.int64)

    @cached_property
    def of_block(self) -> Indices:
        """The innermost box of every block."""
        return np.array(self.boxes.of_block, np.int64)

    @cached_property
    def tags(self) -> Indices:
        """The place of each tag in `TAGS`, -1 for another."""
        return np.array([_NUMBERS.get(tag, -1) for tag in self.boxes.tags], np.int64)

    @cached_property
    def bits(self) -> Indices:
        """The bit of each tag, by its place in `AROUND`; 0 for another."""
        return np.array([_BIT_OF.get(tag, 0) for tag in self.boxes.tags], np.int64)

    def around(self, values: Indices, join: np.ufunc) -> Indices:
        """What `join` makes of the values of the boxes around each, 0 among them; 0 for one that has none.

        The boxes around are taken in strides of 1, 2, 4, …: as many operations as the depth has binary digits.
        """
        found = np.append(values, 0)[self.parent]
        for stride in self._strides:
            found = join(found, np.append(found, 0)[stride])
        return found

    def with_own(self, values: Indices, join: np.ufunc) -> Indices:
        """The same with the value of the box itself."""
        joined: NDArray[np.int64] = join(values, self.around(values, join))
        return joined

    @cached_property
    def _strides(self) -> list[Indices]:
        """For every stride the box that is so far out, -1 where there is none."""
        found: list[Indices] = []
        stride = self.parent
        while (stride >= 0).any():
            found.append(stride)
            stride = np.append(stride, -1)[stride]
        return found

    def styles(self) -> Indices:
        """A number for the tag and names of every box and the tag around it: equal for equal ones."""
        known: dict[tuple[str, str, str], int] = {}
        tags = [*self.boxes.tags, ""]  # the last is around what has none around it
        return np.array(
            [
                known.setdefault((tag, names, tags[up]), len(known))
                for tag, names, up in zip(self.boxes.tags, self.boxes.names, self.boxes.parent, strict=True)
            ],
            np.int64,
        )
