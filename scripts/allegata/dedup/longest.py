"""The longest run of words that two texts share: what a reader looks at to see that one is a copy of the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from allegata.dedup.passages import located_words

Ids = npt.NDArray[np.int64]
Sides = tuple[Ids, Ids]


def longest_shared_run(text: str, other: str) -> tuple[int, int] | None:
    """Where in `text` the longest run of words stands that `other` has too, from its first character to its last.

    Half-open, in code points of `text`; of several as long the first. Words are those of deduplication: without case,
    marks and punctuation. None where they share no word. Time grows with n log² n words.

    Windows of 1, 2, 4 … words get numbers, the same for the same words (prefix doubling, Karp, Miller and Rosenberg
    1972); the longest shared length is then put together from the largest power of two downwards.
    """
    words = located_words(text)
    if text == other:  # as most copies are
        return (words[0][1], words[-1][2]) if words else None
    others = located_words(other)
    numbers: dict[str, int] = {}
    one, two = ([numbers.setdefault(word, len(numbers)) for word, _, _ in side] for side in (words, others))
    windows: Sides = np.array(one, np.int64), np.array(two, np.int64)
    powers: list[Sides] = []
    while np.isin(*windows).any():
        powers.append(windows)
        windows = _joined(windows, windows, 1 << (len(powers) - 1))
    if not powers:
        return None
    longest, length = powers[-1], 1 << (len(powers) - 1)
    for power in reversed(range(len(powers) - 1)):
        longer = _joined(longest, powers[power], length)
        if np.isin(*longer).any():
            longest, length = longer, length + (1 << power)
    first = int(np.flatnonzero(np.isin(*longest))[0])
    return words[first][1], words[first + length - 1][2]


def _joined(left: Sides, right: Sides, apart: int) -> Sides:
    """The windows `left` with those of `right` that begin `apart` words later, numbered anew."""
    most = max(int(side.max(initial=0)) for side in right) + 1
    pairs = [a[: max(0, len(b) - apart)] * most + b[apart:] for a, b in zip(left, right, strict=True)]
    _, numbers = np.unique(np.concatenate(pairs), return_inverse=True)
    return numbers[: len(pairs[0])], numbers[len(pairs[0]) :]
