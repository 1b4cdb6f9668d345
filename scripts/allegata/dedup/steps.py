"""The steps of deduplication: pure functions over Arrow tables, the same on a laptop and on a cluster.

    documents --sign--> signatures --band_rows--> (shuffle by bucket part) --bucket_pairs--> pairs
    documents --describe--> digests and shingle sets --hand_out--> (shuffle by pair part) --verify--> edges

Documents have numbers (`doc`), smaller than 2^32. Each step is a frozen dataclass: its fields are all it
knows, and it can be sent to another process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allegata.dedup import candidates, jaccard, minhash
from allegata.dedup.fold import Offsets
from allegata.dedup.jaccard import Pool, Sets
from allegata.dedup.options import DedupOptions
from allegata.dedup.texts import NUMPY, Kernel, shingled_blocks, string_hashes
from allegata.text.normal import normalise

Mask = npt.NDArray[np.bool_]
Read = Callable[[pa.Table], Iterator[pa.Table]]

# Documents of one part of a band: 2 million take 50 MB to sort.
_DOCS_PER_PART = 2_000_000


@dataclass(frozen=True)
class Sign:
    """Documents -> doc, id_hash, content, n_words, keys (one 64-bit key for each band)."""

    read: Read
    options: DedupOptions
    kernel: Kernel = NUMPY

    def __call__(self, block: pa.Table) -> Iterator[pa.Table]:
        """One table for each that is read."""
        options = self.options
        for table in self.read(block):
            content, n_words = np.empty(len(table), np.uint64), np.empty(len(table), np.int32)
            keys = np.empty((len(table), options.bands), np.uint64)
            for rows, found in shingled_blocks(table["text"], options.shingle_size, self.kernel):
                signatures = self.kernel.sign(found.hashes, found.offsets, options.n_values)
                keys[rows] = minhash.band_keys(signatures, options.rows)
                content[rows], n_words[rows] = found.content, found.n_words
            packed = pa.FixedSizeListArray.from_arrays(pa.array(keys.ravel()), options.bands)
            columns = [table["doc"], string_hashes(table["article_id"]), content, n_words, packed]
            yield pa.table(columns, ["doc", "id_hash", "content", "n_words", "keys"])


@dataclass(frozen=True)
class BandRows:
    """Signatures -> part, doc, key: one row for each band of each document in `compared` (ascending)."""

    compared: Offsets
    n_parts: int

    @classmethod
    def of(cls, compared: Offsets) -> BandRows:
        """Bands are cut by hash prefix, so that a part always fits in memory."""
        return cls(compared, 1 + len(compared) // _DOCS_PER_PART)

    def __call__(self, signed: pa.Table) -> Iterator[pa.Table]:
        """Rows in the order of their parts, if there is one part a band."""
        docs = signed["doc"].to_numpy()
        here = np.flatnonzero(is_among(docs, self.compared))
        lists = signed["keys"].combine_chunks()
        keys = lists.flatten().to_numpy().reshape(len(docs), -1).T[:, here]
        bands = np.repeat(np.arange(len(keys), dtype=np.int32), len(here))
        prefix = (keys.ravel() >> np.uint64(32)) * np.uint64(self.n_parts) >> np.uint64(32)
        part = bands * self.n_parts + prefix.astype(np.int32)
        doc = np.tile(docs[here].astype(np.uint32), len(keys))
        yield pa.table([part, doc, keys.ravel()], ["part", "doc", "key"])


def bucket_pairs(part: pa.Table) -> Iterator[pa.Table]:
    """All rows of some parts -> candidate pairs (`pair`), and how many places are left out (`skipped`)."""
    docs = part["doc"].to_numpy().astype(np.int64)
    buckets = candidates.buckets(part["key"].to_numpy(), docs)
    pairs = candidates.distinct(candidates.pairs(buckets))
    skipped = np.zeros(len(pairs), np.int64)
    skipped[:1] = buckets.n_in_large
    yield pa.table([pairs, skipped], ["pair", "skipped"])


@dataclass(frozen=True)
class Describe:
    """Documents -> for `members` (ascending): id, what ranks copies, shingle set; for `twins` the digest of
    the text.

    Twins are the members that share their content hash with another: only they can have an equal text.
    """

    read: Read
    members: Offsets
    twins: Offsets
    options: DedupOptions
    kernel: Kernel = NUMPY

    def __call__(self, block: pa.Table) -> Iterator[pa.Table]:
        """Only members come out."""
        for table in self.read(block):
            table = table.filter(pa.array(is_among(table["doc"].to_numpy(), self.members)))
            if not len(table):
                continue
            size = self.options.shingle_size
            digests = _digests(table["text"], is_among(table["doc"].to_numpy(), self.twins))
            # Of equal texts only the first is ever compared: the others need no set.
            texts = pc.if_else(_first_of_equal(digests), table["text"], "")
            blocks = [found for _, found in shingled_blocks(texts, size, self.kernel)]
            sets = jaccard.joined([jaccard.sets(found.hashes, found.offsets) for found in blocks])
            yield pa.table(
                {
                    "doc": table["doc"],
                    "article_id": table["article_id"].cast(pa.string()),
                    "published": table["published"].cast(pa.string()),
                    "length": pc.utf8_length(table["text"]).cast(pa.int64()),
                    "digest": pa.array(digests, pa.binary(32)),
                    "shingles": pa.LargeListArray.from_arrays(pa.array(sets.offsets), pa.array(sets.values)),
                }
            )


def _digests(texts: pa.ChunkedArray, twins: Mask) -> list[bytes | None]:
    """sha256 of the normalised texts of twins; a text that stands often in a batch is normalised once."""
    seen: dict[str, bytes] = {}
    digests: list[bytes | None] = [None] * len(texts)
    for i in np.flatnonzero(twins).tolist():
        text = texts[i].as_py()
        if text not in seen:
            seen[text] = hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).digest()
        digests[i] = seen[text]
    return digests


def _first_of_equal(digests: list[bytes | None]) -> pa.Array:
    first = {digest: i for i, digest in reversed(list(enumerate(digests)))}
    return pa.array([digest is None or first[digest] == i for i, digest in enumerate(digests)], pa.bool_())


@dataclass(frozen=True)
class HandOut:
    """Described documents -> part, doc, shingles: each goes to every part with one of its pairs."""

    docs: Offsets
    parts: Offsets

    def __call__(self, described: pa.Table) -> Iterator[pa.Table]:
        """A document of several parts comes out several times."""
        docs = described["doc"].to_numpy()
        first, last = np.searchsorted(self.docs, docs), np.searchsorted(self.docs, docs, side="right")
        times = last - first
        rows = np.repeat(np.arange(len(docs)), times)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
        given = described.select(["doc", "shingles"])
        if not (times == 1).all():
            given = given.take(rows)
        yield given.append_column("part", pa.array(self.parts[first[rows] + nth]))


@dataclass(frozen=True)
class Verify:
    """All documents of some parts -> pair, similarity of the pairs in those parts."""

    pairs: candidates.Pairs
    parts: Offsets

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """Parts come as a whole, with others or without."""
        if not len(part):
            return
        pairs = self.pairs[is_among(self.parts, np.unique(part["part"].to_numpy()))]
        docs, rows = np.unique(part["doc"].to_numpy(), return_index=True)
        in_order = len(rows) == len(part) and (rows[1:] > rows[:-1]).all()
        pool = Pool(docs, _sets(part["shingles"] if in_order else part["shingles"].take(rows)))
        similarity = pool.similarity(*candidates.split(pairs))
        yield pa.table([pairs, similarity], ["pair", "similarity"])


def _sets(column: pa.ChunkedArray) -> Sets:
    found = [
        Sets(chunk.flatten().to_numpy(), chunk.offsets.to_numpy() - chunk.offsets[0].as_py()) for chunk in column.chunks
    ]
    return jaccard.joined(found)


def is_among(values: npt.NDArray[Any], ascending: npt.NDArray[Any]) -> Mask:
    """Which values are among the given ascending ones."""
    place = np.searchsorted(ascending, values)
    place[place == len(ascending)] = 0
    return ascending[place] == values if len(ascending) else np.zeros(len(values), bool)
