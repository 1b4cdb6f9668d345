"""Hashed word shingles of a batch of texts, in numpy, without a Python object per word.

A word is read eight bytes at a time and hashed batch by batch; a shingle hash combines the hashes of its
words. Hashes of 56 bits and more stand for the shingles: that any two different shingles of two articles of
1,000 words are taken for one has a probability of about 1e-11 (for texts not made to collide).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allegata.dedup.fold import Bytes, Offsets, fold

Hashes = npt.NDArray[np.uint64]

# Odd 64-bit constants: the golden ratio's, and the multipliers of MurmurHash3's and SplitMix64's finalisers
# (Appleby 2011, public domain; Steele, Lea and Flood, OOPSLA 2014).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_MIX_AGAIN = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_ONES = np.uint64(0x0101010101010101)
_HIGH_BITS = np.uint64(0x8080808080808080)
_ROUNDS = 4
_GOLDEN_TIMES = np.arange(_ROUNDS, dtype=np.uint64) * _GOLDEN


@dataclass(frozen=True)
class Shingled:
    """The shingles of n texts.

    `hashes[offsets[i]:offsets[i + 1]]` are the shingles of text i in their order, repetitions included;
    `n_words[i]` counts its words and `content[i]` is the sum of the hashes of its words and shingles: equal
    for texts whose normalised forms are equal, and for a few others, so it only says which texts to compare.
    """

    hashes: Hashes
    offsets: Offsets
    n_words: Offsets
    content: Hashes


def mix(values: Hashes) -> Hashes:
    """Scramble 64-bit values in place, one to one: every bit of the input reaches the high half."""
    values ^= values >> _HALF
    values *= _MIX
    values ^= values >> _HALF
    values *= _MIX_AGAIN
    return values


def shingle(data: Bytes, offsets: Offsets, size: int) -> Shingled:
    """Hash every run of `size` words of every text; a text with fewer words has no shingle.

    `data[offsets[i]:offsets[i + 1]]` is text i in UTF-8.
    """
    folded, ends = fold(data, offsets)
    words, starts = word_hashes(folded)
    first = np.searchsorted(starts, ends)
    n_words = np.diff(first)
    n_shingles = np.maximum(n_words - size + 1, 0)
    windows = _windows(words, size)
    offsets = np.concatenate([[0], np.cumsum(n_shingles)])
    # Without the windows that reach into the next text.
    within = zip(first[:-1].tolist(), (first[:-1] + n_shingles).tolist(), strict=True)
    hashes = np.concatenate([windows[start:end] for start, end in within] or [windows])
    return Shingled(hashes, offsets, n_words, segment_sums(hashes, offsets) + segment_sums(words, first))


def _windows(words: Hashes, size: int) -> Hashes:
    """Hashes of `size` neighbouring words: a polynomial in an odd constant, scrambled."""
    n = max(len(words) - size + 1, 0)
    sums = words[:n].copy()
    for shift in range(1, size):
        sums *= _GOLDEN
        sums += words[shift : shift + n]
    sums ^= sums >> _HALF
    sums *= _MIX
    return sums


def segment_sums(values: Hashes, offsets: Offsets) -> Hashes:
    """Sums of `values[offsets[i]:offsets[i + 1]]` modulo 2^64; 0 for an empty segment."""
    total = np.zeros(len(values) + 1, values.dtype)
    np.cumsum(values, out=total[1:])
    return total[offsets[1:]] - total[offsets[:-1]]


def word_hashes(folded: Bytes) -> tuple[Hashes, Offsets]:
    """Hash of every word and the place where it starts.

    A word's first eight bytes are one unaligned load; the bytes behind its end are masked off by the lowest
    zero byte. The one word in six that goes on takes further rounds.
    """
    is_word = folded != 0
    starts = np.flatnonzero(is_word[1:] > is_word[:-1])
    starts += 1
    loads = np.ndarray(len(folded) - 7, np.uint64, folded.data, 0, (1,))
    hashes, longer = _batch(loads, starts)
    mix(hashes)
    rest = np.flatnonzero(longer)
    for round_ in range(1, _ROUNDS):
        if not len(rest):
            return hashes, starts
        batch, longer = _batch(loads, starts[rest] + 8 * round_)
        batch += _GOLDEN_TIMES[round_]
        hashes[rest] += mix(batch)
        rest = rest[longer]
    if len(rest):
        hashes[rest] += _long_tails(is_word, starts[rest] + 8 * _ROUNDS, loads)
    return hashes, starts


def _batch(loads: Hashes, places: Offsets) -> tuple[Hashes, npt.NDArray[np.bool_]]:
    """Eight bytes from each place, those behind the lowest zero byte cleared; and where there is no zero byte."""
    loaded: Hashes = loads.take(places)  # indexing takes half as long again where numbers are not aligned
    zero = loaded - _ONES
    zero &= ~loaded
    zero &= _HIGH_BITS
    loaded &= (zero - np.uint64(1)) ^ zero
    return loaded, zero == 0


def _long_tails(is_word: npt.NDArray[np.bool_], starts: Offsets, loads: Hashes) -> Hashes:
    """Hash what lies behind the first 32 bytes of very long words, in one sweep over all their batches."""
    blanks = np.flatnonzero(~is_word)
    ends = blanks[np.searchsorted(blanks, starts)]
    n_batches = (ends - starts) // 8 + 1
    offsets = np.concatenate([[0], np.cumsum(n_batches)])
    nth = np.arange(offsets[-1]) - np.repeat(offsets[:-1], n_batches)
    batches, _ = _batch(loads, np.repeat(starts, n_batches) + 8 * nth)
    batches += (nth.astype(np.uint64) + np.uint64(_ROUNDS)) * _GOLDEN
    return segment_sums(mix(batches), offsets)
