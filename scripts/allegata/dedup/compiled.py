"""The inner loops of `shingles` and `minhash` for numba; only `fast` imports it."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from allegata.dedup.shingles import _GOLDEN, _HALF, _MIX, _MIX_AGAIN

_ZERO, _EIGHT = np.uint64(0), np.uint64(8)


@numba.njit(cache=True, inline="always")
def scramble(value: Any) -> Any:
    """See `shingles.mix`."""
    value ^= value >> _HALF
    value *= _MIX
    value ^= value >> _HALF
    return value * _MIX_AGAIN


@numba.njit(cache=True)
def shingle(
    folded: Any, ends: Any, size: Any, words: Any, hashes: Any, offsets: Any, n_words: Any, content: Any
) -> None:
    """Fill `hashes`, `offsets`, `n_words` and `content`; `words` is scratch."""
    done = 0
    for i in range(len(ends) - 1):
        n, total = 0, _ZERO
        at, end = ends[i], ends[i + 1]
        while at < end:
            if folded[at] == 0:
                at += 1
                continue
            word, nth, block, shift = _ZERO, _ZERO, _ZERO, _ZERO
            while folded[at] != 0:
                block |= np.uint64(folded[at]) << shift
                shift += _EIGHT
                at += 1
                if shift == 64:
                    word += scramble(block + nth * _GOLDEN)
                    nth, block, shift = nth + np.uint64(1), _ZERO, _ZERO
            # A word of exactly eight bytes goes on with an empty block, as in numpy.
            word += scramble(block + nth * _GOLDEN)
            words[n] = word
            total += word
            n += 1
        n_words[i] = n
        for k in range(n - size + 1):
            value = words[k]
            for step in range(1, size):
                value = value * _GOLDEN + words[k + step]
            value = (value ^ (value >> _HALF)) * _MIX
            hashes[done] = value
            total += value
            done += 1
        offsets[i + 1] = done
        content[i] = total


@numba.njit(cache=True)
def sign(hashes: Any, offsets: Any, factors: Any, signatures: Any) -> None:
    """Fill `signatures`; two plain loops over 32-bit numbers, so that they run in vector registers."""
    n_values = signatures.shape[1]
    longest = np.max(np.diff(offsets))
    high, products = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    four = np.empty(4, np.uint32)
    for i in range(len(offsets) - 1):
        first, n = offsets[i], offsets[i + 1] - offsets[i]
        if n == 0:
            continue
        for j in range(n):
            high[j] = hashes[first + j] >> _HALF
        values, turned = products[:n], products[:n].view(np.int32)
        for k in range(len(factors)):
            factor = factors[k]
            for j in range(n):
                values[j] = high[j] * factor
            four[0], four[1] = values.min(), values.max()
            four[2], four[3] = np.uint32(turned.min()), np.uint32(turned.max())
            for m in range(min(4, n_values - 4 * k)):
                signatures[i, 4 * k + m] = four[m]
