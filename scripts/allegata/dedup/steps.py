"""The steps of deduplication: pure functions over Arrow tables, the same on a laptop and on a cluster.

    documents --sign--> signatures --band_rows--> (shuffle by bucket part) --bucket_pairs--> pairs
                        signatures --describe--> shingle sets --hand_out--> (shuffle by pair part) --verify--> edges

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
from allegata.dedup.jaccard import Sets
from allegata.dedup.options import DedupOptions
from allegata.dedup.shingles import Hashes
from allegata.dedup.templates import Facts, facts_of, is_another, may_have_facts
from allegata.dedup.texts import NUMPY, Kernel, digest_array, shingled_batches, string_hashes, text_digests
from allegata.engine.arrays import as_arrow, as_numpy, as_strings, as_table
from allegata.engine.runner import Transform
from allegata.text.normal import normalise

Mask = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
Read = Callable[[pa.Table], Iterator[pa.Table]]

# Documents of one part of a band: 2 million take 50 MB to sort.
_DOCS_PER_PART = 2_000_000


@dataclass(frozen=True)
class Sign:
    """Documents -> all that the search asks about them, so that texts are read once.

    doc, article_id, id_hash, published, length (code points), digest (of the bytes of the text), content, n_words,
    numbers (1 where there are some), keys (one 64-bit key for each band), shingles. What a document has depends on it
    alone; of equal texts in a table only the first is worked on.
    """

    read: Read
    options: DedupOptions
    kernel: Kernel = NUMPY

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table for each that is read; `doc` counts from the first of the batch: see `Numbered`."""
        for table in self.read(batch):
            digests = text_digests(table["text"])
            codes = as_numpy(digests.dictionary_encode().indices)
            _, first = np.unique(codes, return_index=True)
            texts = table["text"] if len(first) == len(table) else table["text"].take(as_arrow(first))
            content, n_words, keys, shingles, sizes = self._signed(texts)
            numbers = may_have_facts(texts)
            offsets = np.concatenate([[0], np.cumsum(sizes)])
            lists = pa.LargeListArray.from_arrays(as_arrow(offsets), as_arrow(shingles))
            if len(first) < len(table):
                content, n_words, keys, numbers = content[codes], n_words[codes], keys[codes], numbers[codes]
                lists = lists.take(as_arrow(codes))
            yield as_table(
                doc=as_numpy(table["doc"]) - _first(batch),
                article_id=table["article_id"].cast(pa.string()),
                id_hash=string_hashes(table["article_id"]),
                published=table["published"].cast(pa.string()),
                length=pc.utf8_length(table["text"]).cast(pa.int64()),
                digest=digests,
                content=content,
                n_words=n_words,
                numbers=numbers,
                keys=pa.FixedSizeListArray.from_arrays(as_arrow(keys.ravel()), self.options.bands),
                shingles=lists,
            )

    def _signed(self, texts: pa.ChunkedArray) -> tuple[Hashes, npt.NDArray[np.int32], Keys, Hashes, Offsets]:
        """Content hash, number of words and band keys of every text; all shingles, and how many each text has."""
        n, options = len(texts), self.options
        content, n_words, sizes = np.empty(n, np.uint64), np.empty(n, np.int32), np.empty(n, np.int64)
        keys = np.empty((n, options.bands), np.uint64)
        shingles = [np.zeros(0, np.uint64)]
        for rows, found in shingled_batches(texts, options.shingle_size, self.kernel):
            signatures = self.kernel.sign(found.hashes, found.offsets, options.n_values)
            keys[rows] = minhash.band_keys(signatures, options.rows)
            content[rows], n_words[rows], sizes[rows] = found.content, found.n_words, np.diff(found.offsets)
            shingles.append(found.hashes)
        return content, n_words, keys, np.concatenate(shingles), sizes


@dataclass(frozen=True)
class Numbered:
    """What `signed` (by `Sign`) yields, with the numbers of the documents: they change when others come in before."""

    signed: Transform

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """As many tables."""
        for table in self.signed(batch):
            yield table.set_column(0, "doc", as_arrow(as_numpy(table["doc"]) + _first(batch)))


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
        docs = as_numpy(signed["doc"])
        here = np.flatnonzero(is_among(docs, self.compared))
        lists = signed["keys"].combine_chunks()
        keys = as_numpy(lists.flatten()).reshape(len(docs), -1).T[:, here]
        bands = np.repeat(np.arange(len(keys), dtype=np.int32), len(here))
        prefix = (keys.ravel() >> np.uint64(32)) * np.uint64(self.n_parts) >> np.uint64(32)
        part = bands * self.n_parts + prefix.astype(np.int32)
        doc = np.tile(docs[here].astype(np.uint32), len(keys))
        yield as_table(part=part, doc=doc, key=keys.ravel())


def bucket_pairs(part: pa.Table) -> Iterator[pa.Table]:
    """All rows of some parts -> candidate pairs (`pair`), and how many places are left out (`skipped`)."""
    docs = as_numpy(part["doc"]).astype(np.int64)
    buckets = candidates.buckets(as_numpy(part["key"]), docs)
    pairs = candidates.distinct(candidates.pairs(buckets))
    skipped = np.zeros(len(pairs), np.int64)
    skipped[:1] = buckets.n_in_large
    yield as_table(pair=pairs, skipped=skipped)


@dataclass(frozen=True)
class ShingleSets:
    """Signatures -> doc, shingles: the shingle sets of `docs` (ascending)."""

    docs: Offsets

    def __call__(self, signed: pa.Table) -> Iterator[pa.Table]:
        """Only these documents come out."""
        table = signed.filter(as_arrow(is_among(as_numpy(signed["doc"]), self.docs)))
        sets = _joined(table["shingles"])
        sets = jaccard.sets(sets.values, sets.offsets)
        lists = pa.LargeListArray.from_arrays(as_arrow(sets.offsets), as_arrow(sets.values))
        yield as_table(doc=table["doc"], shingles=lists)


@dataclass(frozen=True)
class NormalDigest:
    """Documents -> doc, digest: sha256 of the normalised texts of `docs` (ascending)."""

    read: Read
    docs: Offsets

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """Only these documents come out."""
        for table in self.read(batch):
            table = table.filter(as_arrow(is_among(as_numpy(table["doc"]), self.docs)))
            texts = (normalise(text.as_py()).encode("utf-8", "surrogatepass") for text in table["text"])
            yield as_table(doc=table["doc"], digest=digest_array(map(hashlib.sha256, texts)))


@dataclass(frozen=True)
class ByPart:
    """Described documents -> part, doc, shingles: each goes to every part with one of its pairs."""

    docs: Offsets
    parts: Offsets

    def __call__(self, described: pa.Table) -> Iterator[pa.Table]:
        """A document of several parts comes out several times."""
        docs = as_numpy(described["doc"])
        first, last = np.searchsorted(self.docs, docs), np.searchsorted(self.docs, docs, side="right")
        times = last - first
        rows = np.repeat(np.arange(len(docs)), times)
        nth = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
        given = described if (times == 1).all() else described.take(as_arrow(rows))
        yield given.append_column("part", as_arrow(self.parts[first[rows] + nth]))


@dataclass(frozen=True)
class Verify:
    """All documents of some parts -> pair, similarity of the pairs in those parts."""

    pairs: candidates.Pairs
    parts: Offsets
    kernel: Kernel = NUMPY

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """Parts come as a whole, with others or without."""
        if not len(part):
            return
        pairs = self.pairs[is_among(self.parts, np.unique(as_numpy(part["part"])))]
        docs, rows = np.unique(as_numpy(part["doc"]), return_index=True)
        in_order = len(rows) == len(part) and (rows[1:] > rows[:-1]).all()
        sets = _joined(part["shingles"] if in_order else part["shingles"].take(as_arrow(rows)))
        left, right = (np.searchsorted(docs, side) for side in candidates.split(pairs))
        similarity = jaccard.similarity(sets, left, right, self.kernel.shared)
        yield as_table(pair=pairs, similarity=similarity)


@dataclass(frozen=True)
class DocumentFacts:
    """Documents -> doc, facts (as `Facts.written`) of those of `docs` (ascending) that have enough of them."""

    read: Read
    docs: Offsets

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """Only these documents come out."""
        for table in self.read(batch):
            docs = as_numpy(table["doc"])
            here = np.flatnonzero(is_among(docs, self.docs)).tolist()
            found = [(row, facts_of(table["text"][row].as_py())) for row in here]
            rows = [row for row, facts in found if facts]
            yield as_table(doc=docs[rows], facts=as_strings([facts.written() for _, facts in found if facts]))


@dataclass(frozen=True)
class TemplateSimilarity:
    """All documents of some parts -> pair, similarity: 0 for the pairs in those parts that are one template, else 1."""

    pairs: candidates.Pairs
    parts: Offsets

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """Parts come as a whole, with others or without."""
        if not len(part):
            return
        written = zip(as_numpy(part["doc"]).tolist(), part["facts"].to_pylist(), strict=True)
        known = {doc: Facts.read(facts) for doc, facts in written}
        pairs = self.pairs[is_among(self.parts, np.unique(as_numpy(part["part"])))]
        both = zip(*(side.tolist() for side in candidates.split(pairs)), strict=True)
        same = [not (a in known and b in known and is_another(known[a], known[b])) for a, b in both]
        yield as_table(pair=pairs, similarity=np.array(same, np.float64))


def _joined(column: pa.ChunkedArray) -> Sets:
    found = [
        Sets(as_numpy(chunk.flatten()), as_numpy(chunk.offsets) - chunk.offsets[0].as_py()) for chunk in column.chunks
    ]
    return jaccard.joined(found)


def _first(batch: pa.Table) -> int:
    """The number of the first document of a batch that has one."""
    return int(batch["first"][0].as_py()) if "first" in batch.column_names else 0


def is_among(values: npt.NDArray[Any], ascending: npt.NDArray[Any]) -> Mask:
    """Which values are among the given ascending ones."""
    place = np.searchsorted(ascending, values)
    place[place == len(ascending)] = 0
    return ascending[place] == values if len(ascending) else np.zeros(len(values), bool)
