"""Offsets that a browser counts, in UTF-16 units, and those that a document counts, in code points."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16:
    """The two counts of one text. Logarithmic in its astral characters, of which most texts have none."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._astral = [match.start() for match in _ASTRAL.finditer(text)]
        self._units = [at + number for number, at in enumerate(self._astral)]

    @property
    def differs(self) -> bool:
        """Whether the counts differ anywhere."""
        return bool(self._astral)

    def units(self, offset: int) -> int:
        """The units before a code point."""
        return offset + bisect_left(self._astral, offset)

    def code_points(self, offset: int) -> int | None:
        """The code points before a unit; None within a pair and outside the text."""
        before = bisect_right(self._units, offset - 1)
        found = offset - before
        if before and self._units[before - 1] + 1 == offset:
            return None  # between the halves of a pair
        return found if 0 <= found <= self._length else None
