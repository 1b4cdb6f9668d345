"""The inner loops compiled by numba (the `[fast]` extra): the same bits as numpy's."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from allegata.dedup import fold as folding
from allegata.dedup.fold import ASCII_FOLD, Bytes, Offsets
from allegata.dedup.jaccard import Sets
from allegata.dedup.minhash import Signatures, multipliers
from allegata.dedup.shingles import Hashes, Shingled

# Compiling takes 8 s the first time; below this many documents numpy is done sooner.
WORTHWHILE = 50_000


def available() -> bool:
    """Whether numba is installed; it is not imported to find out."""
    return find_spec("numba") is not None


def shingle(data: Bytes, offsets: Offsets, size: int) -> Shingled:
    """See `shingles.shingle`."""
    from allegata.dedup import compiled

    n = len(offsets) - 1
    # No character folds to more than twice its bytes.
    folded, ends = np.empty(2 * len(data) + n + 16, np.uint8), np.empty(n + 1, np.int64)
    if not compiled.fold(data, eights(data), offsets, *_tables(), folded, eights(folded), ends):
        folded, ends = folding.fold(data, offsets)
    loads = eights(folded)
    hashes, words = np.empty(ends[-1] // 2 + 1, np.uint64), np.empty(ends[-1] // 2 + 1, np.uint64)
    cuts, n_words, content = np.zeros(n + 1, np.int64), np.empty(n, np.int64), np.empty(n, np.uint64)
    compiled.shingle(loads, ends, size, words, hashes, cuts, n_words, content)
    return Shingled(hashes[: cuts[-1]], cuts, n_words, content)


def eights(data: Bytes) -> Hashes:
    """The eight bytes from every place, in the same memory."""
    return np.ndarray(max(0, len(data) - 7), np.uint64, data.data, 0, (1,))


@cache
def _tables() -> tuple[Bytes, npt.NDArray[np.uint16], Offsets, Bytes]:
    """ASCII, UTF-16 units, and what folds to several bytes, for `compiled.fold`."""
    written = [text.encode() for text in folding.expansions().values()]
    offsets = np.concatenate([[0], np.cumsum([len(text) for text in written])])
    folded, ends = folding.fold(np.frombuffer(b"".join(written), np.uint8), offsets)
    forms = {}
    for point, (start, end) in zip(folding.expansions(), pairwise(ends.tolist()), strict=True):
        form = folded[start : end - 1].tobytes()
        if len(form) <= 2 * len(chr(point).encode()):
            forms[point] = bytes([len(form)]) + form.ljust(6, b"\0")
    table = np.frombuffer(b"".join(forms.values()), np.uint8).reshape(-1, 7)
    return np.frombuffer(ASCII_FOLD, np.uint8), folding.table(), np.array(list(forms)), table


def sign(hashes: Hashes, offsets: Offsets, n_values: int) -> Signatures:
    """See `minhash.sign`."""
    from allegata.dedup import compiled

    signatures = np.zeros((len(offsets) - 1, n_values), np.uint32)
    compiled.sign(hashes, offsets, multipliers(n_values), signatures)
    return signatures


def shared(of: Sets, left: Offsets, right: Offsets) -> Offsets:
    """See `jaccard.shared`."""
    from allegata.dedup import compiled

    found = np.empty(len(left), np.int64)
    compiled.shared(of.values, of.offsets, left, right, found)
    return found
