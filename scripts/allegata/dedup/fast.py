"""The two inner loops compiled by numba (the `[fast]` extra): the same bits as numpy's."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from allegata.dedup.fold import Bytes, Offsets
from allegata.dedup.minhash import Signatures, multipliers
from allegata.dedup.shingles import Hashes, Shingled

# Compiling takes 8 s the first time; below this many documents numpy is done sooner.
WORTHWHILE = 50_000


def available() -> bool:
    """Whether numba is installed; it is not imported to find out."""
    return find_spec("numba") is not None


def shingle_folded(folded: Bytes, ends: Offsets, size: int) -> Shingled:
    """See `shingles.shingle_folded`."""
    n = len(ends) - 1
    hashes, words = np.empty(len(folded) // 2 + 1, np.uint64), np.empty(len(folded) // 2 + 1, np.uint64)
    offsets, n_words, content = np.zeros(n + 1, np.int64), np.empty(n, np.int64), np.empty(n, np.uint64)
    from allegata.dedup import compiled

    compiled.shingle(folded, ends, size, words, hashes, offsets, n_words, content)
    return Shingled(hashes[: offsets[-1]], offsets, n_words, content)


def sign(hashes: Hashes, offsets: Offsets, n_values: int) -> Signatures:
    """See `minhash.sign`."""
    signatures = np.zeros((len(offsets) - 1, n_values), np.uint32)
    from allegata.dedup import compiled

    compiled.sign(hashes, offsets, multipliers(n_values), signatures)
    return signatures
