"""Candidate pairs from the bands of the signatures, in time linear in the number of articles.

Texts with the same key in a band share a bucket. In a small bucket every pair is a candidate. In a large one,
which would have a quadratic number of pairs, each text is paired with the bucket's first text and with its
successor; the other bands cut and order the same texts differently. How many places that concerns is counted.

A pair of texts is one number, the smaller text in its high half and the larger in its low half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from allegata.dedup.fold import Offsets
from allegata.dedup.shingles import Hashes

Pairs = npt.NDArray[np.int64]

# Up to this size all pairs of a bucket are candidates (28 of them at 8).
SMALL_BUCKET = 8
_LOW = 0xFFFFFFFF


@dataclass(frozen=True)
class Buckets:
    """Buckets of one band with at least two texts; `members[offsets[i]:offsets[i + 1]]` is bucket i."""

    members: Offsets
    offsets: Offsets

    @property
    def n_in_large(self) -> int:
        """How many texts sit in buckets where not every pair is a candidate."""
        sizes = np.diff(self.offsets)
        return int(sizes[sizes > SMALL_BUCKET].sum())


def buckets(keys: Hashes, members: Offsets) -> Buckets:
    """Group texts by band key; within a bucket in ascending order. Members are smaller than 2^32.

    The number of a text replaces the low bits of its key, so that one sort of plain numbers does it all. What
    is left of the key (32 bits or more) may join strangers; they fail the comparison that follows.
    """
    low = np.uint64(max(1, int(members.max(initial=0)).bit_length()))
    packed = np.sort((keys >> low << low) | members.astype(np.uint64))
    key = packed >> low
    same = key[1:] == key[:-1]
    shared = np.zeros(len(keys), bool)
    shared[1:] |= same
    shared[:-1] |= same
    place = np.flatnonzero(shared)
    begins = np.flatnonzero(~np.concatenate([[False], same])[place])
    numbers = packed[place] & ((np.uint64(1) << low) - np.uint64(1))
    return Buckets(numbers.astype(np.int64), np.append(begins, len(place)))


def pairs(found: Buckets) -> Pairs:
    """Candidate pairs of one band, each at most twice."""
    sizes = np.diff(found.offsets)
    nth = np.arange(len(found.members)) - np.repeat(found.offsets[:-1], sizes)
    small = np.repeat(sizes <= SMALL_BUCKET, sizes)
    chosen = []
    for step in range(1, SMALL_BUCKET):
        later = np.flatnonzero((nth >= step) & (small | (step == 1)))
        chosen.append((found.members[later - step] << 32) | found.members[later])
    later = np.flatnonzero((nth > 0) & ~small)
    chosen.append((found.members[later - nth[later]] << 32) | found.members[later])
    return np.concatenate(chosen)


def distinct(pairs: Pairs) -> Pairs:
    """The pairs in ascending order, each once."""
    ordered = np.sort(pairs)
    kept: Pairs = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return kept


def join(left: Offsets, right: Offsets) -> Pairs:
    """Pairs of two sides, the smaller number of each first."""
    return join_ordered(np.minimum(left, right), np.maximum(left, right))


def join_ordered(left: Offsets, right: Offsets) -> Pairs:
    """Pairs of two sides as they are."""
    return (left << 32) | right


def split(pairs: Pairs) -> tuple[Offsets, Offsets]:
    """The two sides of every pair."""
    return pairs >> 32, pairs & _LOW
