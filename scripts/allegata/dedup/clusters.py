"""Clusters of near-duplicates, and which copy is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.dedup.fold import Offsets
from allegata.dedup.jaccard import Edges, Similarities
from allegata.engine.arrays import as_numpy

# What ranks copies, the strongest first; `DedupOptions.algorithm` names it.
ORDER = ("preferred", "published", "length", "article_id")


def preference(articles: pa.Table, preferred: Sequence[Collection[str]] = ()) -> Offsets:
    """The order in which copies are preferred: rank of every row, 0 for the one to keep.

    `articles` has the columns article_id, published and length (code points of the text). Ids in the first set of
    `preferred` come first, then those in the next; then the earliest known `published`, the longest text, the
    smallest `article_id`.
    """
    published, article_id = articles["published"].combine_chunks(), articles["article_id"].combine_chunks()
    others = [pc.invert(pc.is_in(article_id, pa.array(sorted(ids), pa.string()))) for ids in preferred]
    keys = [*others, published.is_null(), published, pc.negate(articles["length"]), article_id]
    names = [*(f"other {n}" for n in range(len(others))), "undated", *ORDER[1:]]
    order = pc.sort_indices(pa.Table.from_arrays(keys, names), [(name, "ascending") for name in names])
    rank = np.empty(len(order), np.int64)
    rank[as_numpy(order)] = np.arange(len(order))
    return rank


def components(n: int, edges: Edges) -> Offsets:
    """For each of n articles the smallest member of its connected component, over the given edges only.

    Every component hangs itself below the smallest one it has an edge to, until no edge joins two. (To
    import scipy for it took half a second, as long as 4,000 documents.)
    """
    roots = np.arange(n)
    left, right = edges.left, edges.right
    while len(left):
        a, b = roots[left], roots[right]
        apart = a != b
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(roots, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(above := roots[roots], roots):
            roots = above
    return roots


def with_exact_copies(edges: Edges, group: Offsets) -> Edges:
    """The edges, and one from every exact copy to the first of its group."""
    copies = np.flatnonzero(group != np.arange(len(group)))
    return Edges(
        np.concatenate([edges.left, group[copies]]),
        np.concatenate([edges.right, copies]),
        np.concatenate([edges.similarity, np.ones(len(copies))]),
    )


def best_of(labels: Offsets, rank: Offsets) -> Offsets:
    """For every article the most preferred article with the same label."""
    order = np.lexsort((rank, labels))
    first = np.flatnonzero(np.append(True, labels[order][1:] != labels[order][:-1])[: len(order)])
    best = np.empty(len(labels), np.int64)
    best[order] = np.repeat(order[first], np.diff(np.append(first, len(order))))
    return best


def settle_drifted(drifted: Offsets, rank: Offsets, edges: Edges, kept: Offsets, similarity: Similarities) -> None:
    """Choose kept copies among the articles that are too unlike the kept copy of their cluster (in place).

    In order of preference, an article is kept unless a verified edge joins it to one that was kept before it.
    One pass over the edges; nothing is compared again.
    """
    waiting = np.zeros(len(kept), bool)
    waiting[drifted] = True
    among = np.flatnonzero(waiting[edges.left] & waiting[edges.right])
    neighbours: dict[int, list[tuple[int, float]]] = {int(article): [] for article in drifted}
    for a, b, value in zip(
        edges.left[among].tolist(), edges.right[among].tolist(), edges.similarity[among].tolist(), strict=True
    ):
        neighbours[a].append((b, value))
        neighbours[b].append((a, value))
    for article in drifted[np.argsort(rank[drifted])].tolist():
        if not waiting[article]:
            continue
        kept[article], similarity[article], waiting[article] = article, 1.0, False
        for other, value in neighbours[article]:
            if waiting[other]:
                kept[other], similarity[other], waiting[other] = article, value, False
