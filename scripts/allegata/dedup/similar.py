"""The two most similar articles among those that stay, without a second search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from allegata.dedup import jaccard
from allegata.dedup.jaccard import Edges, Pool
from allegata.dedup.options import DedupOptions
from allegata.dedup.search import Found
from allegata.dedup.texts import shingled_batches


def most_similar_kept(
    found: Found, ids: pa.ChunkedArray, texts: Callable[[], pa.ChunkedArray], options: DedupOptions
) -> tuple[str, str, float] | None:
    """The most similar pair of kept articles: (id, id, Jaccard); among equals the one with the smallest ids.

    Over all pairs up to `DedupOptions.all_pairs_up_to` kept articles, whose texts are asked for, in the order of the
    ids; beyond that over the verified pairs of the search. `ids` are those of all documents by number, ascending.
    None where no pair shares a shingle, or none was verified.
    """
    numbers = found.kept_documents
    if len(numbers) < 2:
        return None
    if len(numbers) <= options.all_pairs_up_to:
        batches = [batch for _, batch in shingled_batches(texts(), options.shingle_size)]
        sets = jaccard.joined([jaccard.sets(batch.hashes, batch.offsets) for batch in batches])
        edges = jaccard.all_pairs(Pool(numbers, sets))
    else:
        edges = _among_kept(found)
    if not len(edges.left):
        return None
    i = np.lexsort((edges.right, edges.left, -edges.similarity))[0]
    return ids[int(edges.left[i])].as_py(), ids[int(edges.right[i])].as_py(), float(edges.similarity[i])


def _among_kept(found: Found) -> Edges:
    """The verified pairs of kept articles; a pair of an article that left for an exact copy is a pair of that copy."""
    stands_for = np.where(found.exact, found.kept, found.members)
    sides = [stands_for[np.searchsorted(found.members, side)] for side in (found.edges.left, found.edges.right)]
    stays = [found.kept[np.searchsorted(found.members, side)] == side for side in sides]
    chosen = stays[0] & stays[1] & (sides[0] != sides[1])
    left, right = np.minimum(*sides)[chosen], np.maximum(*sides)[chosen]
    return Edges(left, right, found.edges.similarity[chosen])
