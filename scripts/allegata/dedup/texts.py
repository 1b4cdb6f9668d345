"""Texts of a table, batch by batch, as the flat buffers the kernel works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.dedup import fast, jaccard, minhash
from allegata.dedup.fold import Bytes, Offsets
from allegata.dedup.jaccard import Shared
from allegata.dedup.minhash import Signatures
from allegata.dedup.shingles import Hashes, Shingled, shingle, word_hashes
from allegata.engine.arrays import as_arrow, as_strings


@dataclass(frozen=True)
class Kernel:
    """The inner loops: by numpy, or compiled, with the same results."""

    shingle: Callable[[Bytes, Offsets, int], Shingled]
    sign: Callable[[Hashes, Offsets, int], Signatures]
    shared: Shared


class Digest(Protocol):
    """What `hashlib` makes."""

    def digest(self) -> bytes:
        """The value."""


NUMPY = Kernel(shingle, minhash.sign, jaccard.shared)
COMPILED = Kernel(fast.shingle, fast.sign, fast.shared)

# Bytes of text in a batch: larger ones leave the cache, smaller ones pay more calls (of 64, 128, 256 and 512
# kB, 256 was fastest on a machine with 512 kB of second-level cache a core).
_BATCH_BYTES = 1 << 18


def shingled_batches(column: pa.ChunkedArray, size: int, kernel: Kernel = NUMPY) -> Iterator[tuple[slice, Shingled]]:
    """The shingles of a text column, in batches of rows: the rows, and what stands in them."""
    done = 0
    for chunk in column.chunks:
        data, offsets = buffers(chunk)
        first = 0
        while first < len(chunk):
            last = int(np.searchsorted(offsets, offsets[first] + _BATCH_BYTES, side="right")) - 1
            last = max(first + 1, last)
            start, end = offsets[first], offsets[last]
            found = kernel.shingle(data[start:end], offsets[first : last + 1] - start, size)
            yield slice(done + first, done + last), found
            first = last
        done += len(chunk)


def string_hashes(column: pa.ChunkedArray) -> Hashes:
    """A hash of every string of a column of short strings without NUL."""
    if not len(column):
        return np.zeros(0, np.uint64)
    strings = pa.LargeListArray.from_arrays(as_arrow(np.array([0, len(column)])), pa.concat_arrays(column.chunks))
    # The letter, for there may be empty strings.
    joined = pc.binary_join(strings, as_strings(["\0i"])[0])[0].as_buffer()
    hashes, _ = word_hashes(np.frombuffer(b"".join([b"\0i", joined, bytes(8)]), np.uint8))
    return hashes


def text_digests(column: pa.ChunkedArray) -> pa.Array:
    """sha256 of the UTF-8 bytes of every text."""
    found = []
    for chunk in column.chunks:
        data, offsets = buffers(chunk)
        view = data.data
        found += [sha256(view[start:end]) for start, end in pairwise(offsets.tolist())]
    return digest_array(found)


def digest_array(hashes: Iterable[Digest]) -> pa.Array:
    """The values of some sha256 objects."""
    digests = [found.digest() for found in hashes]
    return pa.Array.from_buffers(pa.binary(32), len(digests), [None, pa.py_buffer(b"".join(digests))])


def buffers(chunk: pa.Array) -> tuple[Bytes, Offsets]:
    """UTF-8 bytes and offsets of a string array without nulls, not copied but for the offsets' width."""
    width = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    _, offsets, data = chunk.buffers()
    if not len(chunk) or offsets is None:
        return np.zeros(0, np.uint8), np.zeros(len(chunk) + 1, np.int64)
    cuts = np.frombuffer(offsets, width, count=len(chunk) + 1, offset=chunk.offset * width().itemsize)
    return np.frombuffer(data if data is not None else b"", np.uint8), cuts.astype(np.int64)
