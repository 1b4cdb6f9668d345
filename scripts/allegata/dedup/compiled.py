"""The inner loops of `fold`, `shingles`, `minhash` and `jaccard` for numba; only `fast` imports it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numba
import numpy as np

from allegata.dedup.fold import BLANK, UNDECIDED
from allegata.dedup.shingles import _GOLDEN, _HALF, _HIGH_BITS, _MIX, _MIX_AGAIN, _ONES

# Compiled once for a user, not beside the source, which may be a repository or read-only. Numba looks at this
# where a function is decorated; other users of numba get theirs back at the end of the file.
_CONFIG: Any = numba.config
_CACHE_BEFORE = _CONFIG.CACHE_DIR
_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
_CONFIG.CACHE_DIR = _CACHE_BEFORE or str(Path(_CACHE) / "allegata" / "numba")

_ZERO, _ONE, _SEVEN, _EIGHT = (np.uint64(value) for value in (0, 1, 7, 8))
# Times 1 << 8 * k, its highest byte is k.
_PLACE, _TOP = np.uint64(0x0001020304050607), np.uint64(56)
_BLANK, _UNDECIDED = int(BLANK), int(UNDECIDED)
_SMALL, _BYTE = _ONES * np.uint64(0x20), np.uint64(0xFF)
_FROM_A, _BEHIND_Z, _FROM_0, _BEHIND_9 = (_ONES * np.uint64(0x80 - n) for n in (0x61, 0x7B, 0x30, 0x3A))


@numba.njit(cache=True, inline="always")
def scramble(value: Any) -> Any:
    """See `shingles.mix`."""
    value ^= value >> _HALF
    value *= _MIX
    value ^= value >> _HALF
    return value * _MIX_AGAIN


@numba.njit(cache=True)
def fold(
    data: Any,
    loads: Any,
    offsets: Any,
    ascii_fold: Any,
    table: Any,
    points: Any,
    forms: Any,
    folded: Any,
    stores: Any,
    ends: Any,
) -> bool:
    """Fill `folded` and `ends` as `fold.fold` would; False where a character needs more than the tables.

    `loads[i]` and `stores[i]` are the eight bytes from place i of `data` and `folded`.
    `table` gives the folded form of a UTF-16 unit; `points` (ascending) are those that fold to several bytes of
    plain words, and `forms[i, 1 : 1 + forms[i, 0]]` are these bytes.
    """
    folded[0] = 0
    out = 1
    ends[0] = 1
    for i in range(len(offsets) - 1):
        at, end = offsets[i], offsets[i + 1]
        while at < end:
            if at + 8 <= end and loads[at] & _HIGH_BITS == _ZERO:
                # Eight ASCII bytes at once: a sum of two bytes below 128 does not reach the next byte, and its high
                # bit tells which was large enough. The bit of small letters leaves digits as they are.
                batch = loads[at]
                small = batch | _SMALL
                letters = (small + _FROM_A) & ~(small + _BEHIND_Z)
                digits = (batch + _FROM_0) & ~(batch + _BEHIND_9)
                stores[out] = small & ((((letters | digits) & _HIGH_BITS) >> _SEVEN) * _BYTE)
                at += 8
                out += 8
                continue
            first = np.int64(data[at])
            if first < 0x80:
                folded[out] = ascii_fold[first]
                at += 1
                out += 1
                continue
            if first >= 0xF0:
                return False
            point = (first & 0x1F) << 6 | np.int64(data[at + 1]) & 0x3F
            at += 2
            if first >= 0xE0:
                point = (point & 0x3FF) << 6 | np.int64(data[at]) & 0x3F
                at += 1
            unit = np.int64(table[point])
            if unit == _BLANK:
                folded[out] = 0
                out += 1
            elif unit == _UNDECIDED:
                place = np.searchsorted(points, point)
                if place == len(points) or points[place] != point:
                    return False
                for k in range(forms[place, 0]):
                    folded[out] = forms[place, 1 + k]
                    out += 1
            elif unit < 0x80:
                folded[out] = ascii_fold[unit]
                out += 1
            elif unit < 0x800:
                folded[out] = 0xC0 | unit >> 6
                folded[out + 1] = 0x80 | unit & 0x3F
                out += 2
            elif 0x3040 <= unit <= 0x9FFF:
                return False
            else:
                folded[out] = 0xE0 | unit >> 12
                folded[out + 1] = 0x80 | unit >> 6 & 0x3F
                folded[out + 2] = 0x80 | unit & 0x3F
                out += 3
        folded[out] = 0
        out += 1
        ends[i + 1] = out
    folded[out : out + 8] = 0
    return True


@numba.njit(cache=True)
def shingle(
    loads: Any, ends: Any, size: Any, words: Any, hashes: Any, offsets: Any, n_words: Any, content: Any
) -> None:
    """Fill `hashes`, `offsets`, `n_words` and `content`.

    `loads[i]` are the eight bytes from place i of the folded texts; `words` is scratch.
    """
    done = 0
    for i in range(len(ends) - 1):
        n, total = 0, _ZERO
        at, end = ends[i], ends[i + 1]
        while at < end:
            batch = loads[at]
            if batch & np.uint64(0xFF) == _ZERO:
                at += 1
                continue
            word, nth = _ZERO, _ZERO
            zero = (batch - _ONES) & ~batch & _HIGH_BITS
            while zero == _ZERO:
                word += scramble(batch + nth * _GOLDEN)
                nth += _ONE
                at += 8
                batch = loads[at]
                zero = (batch - _ONES) & ~batch & _HIGH_BITS
            # The lowest zero byte is marked by its highest bit. A word of eight bytes ends with an empty batch.
            mark = zero & (~zero + _ONE)
            word += scramble((batch & (mark - _ONE)) + nth * _GOLDEN)
            at += np.int64((mark >> _SEVEN) * _PLACE >> _TOP) + 1
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
    """Fill `signatures`; the inner loop runs in vector registers."""
    n_values = signatures.shape[1]
    high = np.empty(np.max(np.diff(offsets)), np.uint32)
    four = np.empty(4, np.uint32)
    for i in range(len(offsets) - 1):
        first, n = offsets[i], offsets[i + 1] - offsets[i]
        if n == 0:
            continue
        for j in range(n):
            high[j] = hashes[first + j] >> _HALF
        for k in range(len(factors)):
            low, large = np.uint32(0xFFFFFFFF), np.uint32(0)
            signed_low, signed_large = np.int32(0x7FFFFFFF), np.int32(-0x80000000)
            for j in range(n):
                value = np.uint32(high[j] * factors[k])
                turned = np.int32(value)
                low, large = min(low, value), max(large, value)
                signed_low, signed_large = min(signed_low, turned), max(signed_large, turned)
            four[0], four[1], four[2], four[3] = low, large, np.uint32(signed_low), np.uint32(signed_large)
            for m in range(min(4, n_values - 4 * k)):
                signatures[i, 4 * k + m] = four[m]


@numba.njit(cache=True)
def shared(values: Any, offsets: Any, left: Any, right: Any, found: Any) -> None:
    """Fill `found` with the number of values that two ascending sets share."""
    for i in range(len(left)):
        a, end_a = offsets[left[i]], offsets[left[i] + 1]
        b, end_b = offsets[right[i]], offsets[right[i] + 1]
        n = 0
        while a < end_a and b < end_b:
            # Without a branch: which side goes on is as good as random.
            x, y = values[a], values[b]
            n += x == y
            a += x <= y
            b += y <= x
        found[i] = n


_CONFIG.CACHE_DIR = _CACHE_BEFORE
