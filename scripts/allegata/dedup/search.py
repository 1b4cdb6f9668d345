"""The search for duplicates, from numbered documents to clusters, on any runner.

The runner does the work that grows with the texts. What stays here grows with the number of documents: about
40 bytes for each, and more for those that have a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allegata.dedup import candidates, clusters, fast
from allegata.dedup.candidates import Pairs
from allegata.dedup.fold import Offsets
from allegata.dedup.jaccard import Edges, Similarities
from allegata.dedup.options import DedupOptions
from allegata.dedup.pairwise import batches_with, n_documents, of_one_template, verified
from allegata.dedup.shingles import Hashes
from allegata.dedup.steps import BandRows, NormalDigest, Numbered, Read, ShingleSets, Sign, bucket_pairs, is_among
from allegata.dedup.texts import COMPILED, NUMPY, Kernel
from allegata.engine.arrays import as_arrow, as_numpy
from allegata.engine.runner import Data, Runner, Transform
from allegata.schema.problems import Problem, ProblemsFound

UNIQUE, EXACT, NEAR = "unique", "exact", "near"


@dataclass(frozen=True)
class Found:
    """What was found about n documents.

    `members` (ascending) are the documents that share a cluster or were looked at as candidates; `cluster`,
    `kept`, `similarity` and `exact` are about each of them, `edges` holds the verified pairs. All other
    documents are unique. `ids` are the article ids of the members.
    """

    n: int
    members: Offsets
    ids: pa.ChunkedArray
    cluster: Offsets
    kept: Offsets
    similarity: Similarities
    exact: npt.NDArray[np.bool_]
    edges: Edges
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def kept_documents(self) -> Offsets:
        """The numbers of all documents that stay, ascending."""
        stays = np.ones(self.n, bool)
        stays[self.members[self.kept != self.members]] = False
        return np.flatnonzero(stays)


def search(
    batches: list[pa.Table],
    read: Read,
    runner: Runner,
    options: DedupOptions,
    finished: Callable[[Transform], Transform] = lambda sign: sign,
    compiled: bool | None = None,
    preferred: Sequence[Collection[str]] = (),
) -> Found:
    """Find exact and near-duplicates among the documents of some batches.

    `read(batch)` yields tables (doc, article_id, text, published); the batches hold the numbers 0 to n - 1 in their
    order. Raises `ProblemsFound` for ids that stand more than once. `finished(sign)` may give another function
    for the one that reads all texts, with the results of an earlier run. `preferred`: see `clusters.preference`.
    """
    if compiled is None:
        compiled = fast.available() and sum(map(n_documents, batches)) >= fast.WORTHWHILE
    kernel = COMPILED if compiled else NUMPY
    sign = Numbered(finished(Sign(read, options, kernel)))
    signed = runner.keep(runner.map(sign, runner.source(batches)))
    content, n_words, id_hash = _contents(runner, signed)
    n = len(content)
    first = _first_with(content)
    compared = np.flatnonzero((first == np.arange(n)) & (n_words >= options.shingle_size))
    keys = runner.select(signed, ["doc", "keys"])
    buckets = runner.shuffle(runner.map(BandRows.of(compared), keys), "part")
    pairs, skipped = _pairs(runner, runner.map(bucket_pairs, buckets))

    copies = np.flatnonzero(first != np.arange(n))
    twins = np.union1d(copies, first[copies])
    members = np.union1d(np.union1d(twins, _repeated(id_hash)), np.concatenate(candidates.split(pairs)))
    facts = _facts(runner, signed, members)
    _refuse_repeated_ids(facts["article_id"])
    rank = clusters.preference(facts, preferred)

    of_members = np.searchsorted(members, first[members])
    group = _equal_bytes(of_members, facts)
    open_ = _open(group, of_members)
    if len(open_):
        digest = NormalDigest(read, members[open_])
        group = _equal_texts(runner, batches, digest, group, open_, of_members)
    # Other punctuation, same words: one pair for every further text of equal content.
    variants = np.flatnonzero((group == np.arange(len(members))) & (first[members] != members))
    enough = n_words[members[variants]] >= options.shingle_size
    same_words = candidates.join(first[members[variants[enough]]], members[variants[enough]])
    pairs = candidates.distinct(np.concatenate([pairs, same_words]))
    shingle_sets = ShingleSets(np.unique(np.concatenate(candidates.split(pairs))))
    described = runner.keep(runner.map(shingle_sets, runner.select(signed, ["doc", "shingles"])))
    similarity = verified(runner, described, pairs, n_words, kernel)

    n_candidates, near = len(pairs), similarity >= options.threshold
    pairs, similarity = pairs[near], similarity[near]
    left, right = (np.searchsorted(members, side) for side in candidates.split(pairs))
    edges = Edges(left, right, similarity)
    labels = clusters.components(len(members), clusters.with_exact_copies(edges, group))
    best = clusters.best_of(labels, rank)
    to_best = _similarity_to(runner, described, members, group, best, edges, n_words, kernel)
    # One template with other facts in it is no copy: such a pair is in one cluster, and neither stands for the other.
    of_best = candidates.join(members[group], members[group[best]])
    alike = of_best[(group != group[best]) & (to_best >= options.drift)]
    numbers = members[as_numpy(facts["numbers"]) == 1]
    apart = of_one_template(runner, batches, read, np.concatenate([pairs, alike]), numbers, n_words)
    one_text = ~is_among(pairs, apart)
    of_one_text = Edges(left[one_text], right[one_text], similarity[one_text])
    kept = best.copy()
    drifted = np.flatnonzero((to_best < options.drift) | is_among(of_best, apart))
    clusters.settle_drifted(drifted, rank, clusters.with_exact_copies(of_one_text, group), kept, to_best)
    counters = {
        "articles": n,
        "exact copies": int(np.count_nonzero(group != np.arange(len(members)))),
        "candidate pairs": n_candidates,
        "verified pairs": len(pairs),
        "pairs of one template": len(apart),
        "bucket places not compared in full": skipped,
        "removed": int(np.count_nonzero(kept != np.arange(len(members)))),
        "kept though in a chain": int(np.count_nonzero(kept[drifted] == drifted)),
    }
    return Found(
        n,
        members,
        facts["article_id"],
        members[best],
        members[kept],
        to_best,
        group == group[kept],
        Edges(members[edges.left], members[edges.right], edges.similarity),
        counters,
    )


def _contents(runner: Runner, signed: Data) -> tuple[Hashes, Offsets, Hashes]:
    """Content hash, number of words and hash of the id of every document, by number."""
    names = ["doc", "content", "n_words", "id_hash"]
    found = [_apart(table) for table in runner.tables(runner.select(signed, names))]
    table = pa.concat_tables(found) if found else pa.table([pa.array([], pa.uint64())] * 4, names)
    order = np.argsort(as_numpy(table["doc"]))
    content, n_words, id_hash = (as_numpy(table[name])[order] for name in names[1:])
    return content, n_words, id_hash


def _apart(table: pa.Table) -> pa.Table:
    """A copy: a table read from a file holds on to memory for the columns that were not read."""
    return table.take(as_arrow(np.arange(len(table))))


def _repeated(id_hash: Hashes) -> Offsets:
    """Documents whose id may stand more than once."""
    first = _first_with(id_hash)
    again = np.flatnonzero(first != np.arange(len(first)))
    return np.union1d(again, first[again])


def _refuse_repeated_ids(ids: pa.ChunkedArray) -> None:
    counts = pc.value_counts(ids).flatten()
    repeated = counts[0].filter(as_arrow(as_numpy(counts[1]) > 1)).to_pylist()
    what, fix = "the id stands more than once", "give every article an id of its own"
    if repeated:
        raise ProblemsFound(Problem(what, fix, article_id=article_id) for article_id in repeated)


def _first_with(values: Hashes) -> Offsets:
    """For every value the place where it stands first."""
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.append(True, values[order][1:] != values[order][:-1])[: len(order)])
    first = np.empty(len(values), np.int64)
    first[order] = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    return first


def _pairs(runner: Runner, data: Data) -> tuple[Pairs, int]:
    """All candidate pairs, and the number of bucket places that were not compared in full."""
    found, size, skipped = [np.zeros(0, np.int64)], 0, 0
    for table in runner.tables(data):
        found.append(as_numpy(table["pair"]))
        skipped += int(as_numpy(table["skipped"]).sum())
        if sum(map(len, found)) > 2 * size + 1_000_000:  # the same pairs meet in most bands: forget repetitions
            found = [candidates.distinct(np.concatenate(found))]
            size = len(found[0])
    return candidates.distinct(np.concatenate(found)), skipped


def _facts(runner: Runner, signed: Data, members: Offsets) -> pa.Table:
    """What ranks the members and tells their texts apart, by number."""
    columns = ["doc", "article_id", "published", "length", "digest", "numbers"]
    found = []
    for table in runner.tables(runner.select(signed, columns)):
        found.append(table.filter(as_arrow(is_among(as_numpy(table["doc"]), members))))
    if not found:
        kinds = [pa.int64(), pa.string(), pa.string(), pa.int64(), pa.binary(32), pa.uint8()]
        return pa.table([pa.array([], kind) for kind in kinds], columns)
    return pa.concat_tables(found).sort_by("doc").combine_chunks()


def _codes(digests: pa.ChunkedArray) -> Hashes:
    return as_numpy(digests.combine_chunks().dictionary_encode().indices).astype(np.uint64)


def _equal_bytes(first: Offsets, facts: pa.Table) -> Offsets:
    """For every member the first with the same content hash and the same digest of the text."""
    return _first_with((first.astype(np.uint64) << np.uint64(32)) | _codes(facts["digest"]))


def _open(group: Offsets, first: Offsets) -> Offsets:
    """Members of equal content but other bytes, one for each text: their normalised texts may be equal."""
    texts = np.flatnonzero(group == np.arange(len(group)))
    return texts[np.bincount(first[texts], minlength=len(first))[first[texts]] > 1]


def _equal_texts(
    runner: Runner, batches: list[pa.Table], digest: NormalDigest, group: Offsets, open_: Offsets, first: Offsets
) -> Offsets:
    """For every member the first with an equal normalised text; only batches with such texts are read again."""
    again = runner.source(batches_with(batches, digest.docs))
    found = pa.concat_tables(runner.tables(runner.map(digest, again))).sort_by("doc")
    same = _first_with((first[open_].astype(np.uint64) << np.uint64(32)) | _codes(found["digest"]))
    settled = np.arange(len(group))
    settled[open_] = open_[same]
    return settled[group]


def _similarity_to(
    runner: Runner,
    described: Data,
    members: Offsets,
    group: Offsets,
    best: Offsets,
    edges: Edges,
    n_words: Offsets,
    kernel: Kernel,
) -> Similarities:
    """Exact similarity of every member to the kept copy of its cluster; known ones are not computed again."""
    a, b = group, group[best]
    wanted = candidates.join(a, b)
    known = candidates.join(edges.left, edges.right)
    order = np.argsort(known)
    result = np.ones(len(a))
    open_ = np.flatnonzero(a != b)
    place = np.minimum(np.searchsorted(known[order], wanted[open_]), max(0, len(known) - 1))
    hit = known[order[place]] == wanted[open_] if len(known) else np.zeros(len(open_), bool)
    result[open_[hit]] = edges.similarity[order[place[hit]]]
    missing = open_[~hit]
    pairs, back = np.unique(candidates.join(members[a[missing]], members[b[missing]]), return_inverse=True)
    result[missing] = verified(runner, described, pairs, n_words, kernel)[back]
    return result
