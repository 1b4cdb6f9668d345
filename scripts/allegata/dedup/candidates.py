"""Candidate pairs from the bands of the signatures, in time linear in the number of articles.

Texts with the same key in a band share a bucket. In a small bucket every pair is a candidate. In a large one,
which would have a quadratic number of pairs, each text is paired with the bucket's first text and with its
successors in the order of the bucket; other bands order and cut the same texts differently. What this may
miss is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allegata.dedup.fold import Offsets
from allegata.dedup.shingles import Hashes

# Up to this size all pairs of a bucket are candidates (28 of them at 8).
SMALL_BUCKET = 8


@dataclass(frozen=True)
class Buckets:
    """Buckets of one band with at least two texts; `members[offsets[i]:offsets[i + 1]]` is bucket i."""

    members: Offsets
    offsets: Offsets


def buckets(keys: Hashes, members: Offsets) -> Buckets:
    """Group texts by band key; within a bucket in the order of their numbers."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    same = ordered[1:] == ordered[:-1]
    shared = np.zeros(len(keys), bool)
    shared[1:] |= same
    shared[:-1] |= same
    place = np.flatnonzero(shared)
    begins = np.flatnonzero(~np.concatenate([[False], same])[place])
    return Buckets(members[order[place]], np.append(begins, len(place)))


def pairs(found: Buckets) -> tuple[Offsets, Offsets]:
    """Candidate pairs (smaller number, larger number) of one band, without repetition, sorted."""
    sizes = np.diff(found.offsets)
    nth = np.arange(len(found.members)) - np.repeat(found.offsets[:-1], sizes)
    size = np.repeat(sizes, sizes)
    lefts, rights = [], []
    for step in range(1, SMALL_BUCKET):
        right = np.flatnonzero((nth >= step) & ((size <= SMALL_BUCKET) | (step <= 2)))
        lefts.append(found.members[right - step])
        rights.append(found.members[right])
    hubs = np.flatnonzero((nth > 0) & (size > SMALL_BUCKET))
    lefts.append(found.members[hubs - nth[hubs]])
    rights.append(found.members[hubs])
    return unique_pairs(np.concatenate(lefts), np.concatenate(rights))


def unique_pairs(left: Offsets, right: Offsets) -> tuple[Offsets, Offsets]:
    """Sort pairs, smaller number first, and drop repetitions."""
    packed = np.unique((np.minimum(left, right) << 32) | np.maximum(left, right))
    return packed >> 32, packed & 0xFFFFFFFF


def n_in_large_buckets(found: Buckets) -> int:
    """How many texts sit in buckets where not every pair was a candidate."""
    sizes = np.diff(found.offsets)
    return int(sizes[sizes > SMALL_BUCKET].sum())
