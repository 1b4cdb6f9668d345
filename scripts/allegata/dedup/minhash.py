"""MinHash signatures (Broder 1997) and their bands (Leskovec, Rajaraman and Ullman, ch. 3).

A permutation of the shingles is a multiplication of the high half of their hashes by an odd 32-bit constant.
Each product gives four values: its smallest and largest number, read without and with sign, which are its
neighbours on either side of 0 and of 2^31 on the circle of 32-bit numbers. A test holds the estimate from
these values against the exact similarity: no bias, and the spread of independent permutations.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from allegata.dedup.fold import Offsets
from allegata.dedup.shingles import Hashes, mix

Signatures = npt.NDArray[np.uint32]

ALGORITHM: Final = "minhash-lsh"
VERSION: Final = 2  # 1 took what is invisible for the end of a word
SEED: Final = 0x616C6C6567617461  # "allegata" in ASCII


@cache
def multipliers(n_values: int) -> npt.NDArray[np.uint32]:
    """The odd 32-bit multipliers that n_values signature values take, one for four."""
    sequence = np.arange(1, (n_values + 3) // 4 + 1, dtype=np.uint64) + np.uint64(SEED)
    return (mix(sequence) >> np.uint64(32)).astype(np.uint32) | np.uint32(1)


def sign(hashes: Hashes, offsets: Offsets, n_values: int) -> Signatures:
    """MinHash signatures of n texts: an array (n, n_values).

    `hashes[offsets[i]:offsets[i + 1]]` are the shingles of text i (repetitions do no harm). A text without
    shingles gets zeros; callers keep such texts out of the comparison.
    """
    filled = np.flatnonzero(np.diff(offsets) > 0)
    values = np.empty((n_values, len(filled)), np.uint32)
    high = np.ascontiguousarray(hashes.view(np.uint32)[1::2])
    starts, product = offsets[filled], np.empty_like(high)
    plain, signed = (product, values), (product.view(np.int32), values.view(np.int32))
    for k in range(n_values):
        if k % 4 == 0:
            np.multiply(high, multipliers(n_values)[k // 4], out=product)
        reduce = np.minimum if k % 2 == 0 else np.maximum
        numbers, out = plain if k % 4 < 2 else signed
        reduce.reduceat(numbers, starts, out=out[k])
    signatures = np.zeros((len(offsets) - 1, n_values), np.uint32)
    signatures[filled] = values.T
    return signatures


def band_keys(signatures: Signatures, rows: int) -> Hashes:
    """One 64-bit key for each band of each text, (n, bands): equal where its `rows` values are equal."""
    in_bands = signatures.reshape(len(signatures), -1, rows)
    keys = np.empty(in_bands.shape[:2], np.uint64)
    keys[:] = np.arange(in_bands.shape[1], dtype=np.uint64)
    for row in range(rows):
        keys ^= in_bands[:, :, row]
        mix(keys)
    return keys
