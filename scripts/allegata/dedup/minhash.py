"""MinHash signatures (Broder 1997) and their bands (Leskovec, Rajaraman and Ullman, ch. 3).

A permutation of the shingles is a multiplication of the high half of their hashes by an odd 32-bit constant.
Each product serves twice, by its smallest and by its largest value: the largest under a multiplier is the
smallest under its negative."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from allegata.dedup.fold import Offsets
from allegata.dedup.shingles import Hashes, mix

Signatures = npt.NDArray[np.uint32]

ALGORITHM: Final = "minhash-lsh"
VERSION: Final = 1
SEED: Final = 0x616C6C6567617461  # "allegata" in ASCII


def multipliers(n: int) -> npt.NDArray[np.uint32]:
    """The first n odd 32-bit multipliers of the seeded sequence."""
    sequence = np.arange(1, n + 1, dtype=np.uint64) + np.uint64(SEED)
    return (mix(sequence) >> np.uint64(32)).astype(np.uint32) | np.uint32(1)


def sign(hashes: Hashes, offsets: Offsets, n_values: int) -> Signatures:
    """MinHash signatures of n texts: an array (n, n_values); n_values is even.

    `hashes[offsets[i]:offsets[i + 1]]` are the shingles of text i (repetitions do no harm). A text without
    shingles gets zeros; callers keep such texts out of the comparison.
    """
    filled = np.flatnonzero(np.diff(offsets) > 0)
    values = np.zeros((n_values, len(offsets) - 1), np.uint32)
    if len(filled):
        short = (hashes >> np.uint64(32)).astype(np.uint32)
        starts, product = offsets[filled], np.empty_like(short)
        for k, multiplier in enumerate(multipliers(n_values // 2)):
            np.multiply(short, multiplier, out=product)
            values[2 * k, filled] = np.minimum.reduceat(product, starts)
            values[2 * k + 1, filled] = ~np.maximum.reduceat(product, starts)
    return np.ascontiguousarray(values.T)


def band_keys(signatures: Signatures, band: int, rows: int) -> Hashes:
    """One 64-bit key per text for one band: equal where the band's `rows` values are equal."""
    keys = np.full(len(signatures), band, np.uint64)
    for row in range(band * rows, (band + 1) * rows):
        keys ^= signatures[:, row]
        mix(keys)
    return keys


def agreement(signatures: Signatures, left: Offsets, right: Offsets) -> npt.NDArray[np.int64]:
    """In how many values the signatures of each pair agree; over their number, this estimates similarity."""
    counts = [
        np.count_nonzero(signatures[left[i : i + 4096]] == signatures[right[i : i + 4096]], axis=1)
        for i in range(0, len(left), 4096)
    ]
    return np.concatenate(counts) if counts else np.zeros(0, np.int64)
