"""The deduplication stage: which articles are copies of which, and the copy that is kept.

1. Exact copies: equal normalised texts (compared, not only hashed).
2. Near-duplicates among what is left: MinHash signatures over word shingles, candidates from their bands,
   **every** candidate verified by the exact Jaccard similarity of the shingle sets.
3. Clusters: connected components over verified edges only.
4. The kept copy: earliest known date of publication, then longest text, then smallest article id. It names
   the cluster. The order of the rows, or of the work, has no say.

Similarity is not transitive: along a chain of edges an article can end far from the kept copy. Each article
is therefore compared with the kept copy itself. Below `DedupOptions.drift` it is not removed: such articles
are settled among themselves by the same rule and one of them is kept too. It stays in the cluster, because a
cluster must not be torn apart by a split into training and test data. So a removed article always is at least
`drift` similar to the article `canonical_id` that stands for it.

Articles with fewer words than a shingle (or none) only ever match their exact copies.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.dedup import candidates, clusters, jaccard, minhash
from allegata.dedup.exact import exact_groups
from allegata.dedup.fold import Offsets
from allegata.dedup.jaccard import Edges, Sets, Similarities
from allegata.dedup.minhash import Signatures
from allegata.dedup.shingles import Hashes
from allegata.dedup.texts import shingled_blocks
from allegata.schema.problems import Problem, ProblemsFound, UsageError

RESULT = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("canonical_id", pa.string(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class DedupOptions:
    """What counts as a near-duplicate. The defaults need no change below ten million articles.

    `shingle_size` words make a shingle; articles at least `threshold` similar (Jaccard) are near-duplicates;
    the signature has `bands` times `rows` values. At similarity s a pair is missed with probability (1 -
    s^rows)^bands: with 42 bands of 3 rows .0037 at .5, .00004 at .6."""

    shingle_size: int = 3
    threshold: float = 0.5
    drift: float = 0.5
    bands: int = 42
    rows: int = 3
    all_pairs_up_to: int = 1000

    def __post_init__(self) -> None:
        if min(self.shingle_size, self.bands, self.rows) < 1:
            raise UsageError("Deduplication needs shingle_size, bands and rows of at least 1.")
        if self.n_values % 2:
            raise UsageError("Deduplication needs an even number of signature values: bands times rows.")
        if not (0 < self.threshold <= 1 and 0 <= self.drift <= self.threshold):
            raise UsageError("Deduplication needs 0 < threshold <= 1 and 0 <= drift <= threshold.")

    @property
    def n_values(self) -> int:
        """Values in a signature."""
        return self.bands * self.rows

    @property
    def least_agreement(self) -> int:
        """Signature values in which a candidate must agree to be worth verifying.

        A pair exactly at the threshold falls below it with a probability of at most one in a million.
        """
        n, p, below = self.n_values, self.threshold, 0.0
        for k in range(n):
            below += math.comb(n, k) * p**k * (1 - p) ** (n - k)
            if below > 1e-6:
                return k
        return n

    def algorithm(self) -> dict[str, str | int | float]:
        """Name, version and every constant of the method, for the manifest."""
        return {"name": minhash.ALGORITHM, "version": minhash.VERSION, "seed": minhash.SEED, **asdict(self)}


@dataclass(frozen=True)
class DedupResult:
    """What deduplication found.

    `articles` has one row an article, sorted by id (schema `RESULT`): the cluster (the id of its kept copy),
    the article that stands for this one (itself where it is kept), the exact Jaccard similarity to it, and
    `kind`: "unique" (kept), "exact" or "near" (a copy of `canonical_id`). `most_similar` is the most similar
    pair of all articles: over all pairs up to `DedupOptions.all_pairs_up_to` distinct texts, beyond that over
    the verified candidates; None where no pair shares a shingle. `counters` says how much work there was and
    what was left out."""

    articles: pa.Table
    most_similar: tuple[str, str, float] | None
    counters: dict[str, int] = field(default_factory=dict)


def deduplicate(table: pa.Table, options: DedupOptions | None = None) -> DedupResult:
    """Find exact and near-duplicate articles in memory.

    `table` has the columns article_id (string, unique), text (string: the clean text) and published (string
    or null). Raises `ProblemsFound` for missing or repeated ids and missing texts, `UsageError` for missing
    columns."""
    options = options or DedupOptions()
    table = _checked(table)
    n = len(table)
    signatures, n_words, content = _signed(table, options)
    texts = table["text"].combine_chunks()
    group = exact_groups(content, lambda i: texts[i].as_py())
    rank = _rank_of_copies(table, group)
    group = clusters.best_of(group, rank)
    compared = np.flatnonzero((group == np.arange(n)) & (n_words >= options.shingle_size))
    counters = {"articles": n, "exact copies": int(np.count_nonzero(group != np.arange(n)))}

    left, right = _candidates(signatures[compared], options, counters)
    edges = _verified(table, compared[left], compared[right], options, counters)
    cluster, kept, similarity = _clustered(table, edges, options)
    counters["near-duplicates"] = int(np.count_nonzero(kept != np.arange(n)))
    most_similar = _most_similar(table, group, compared, edges, options)

    cluster, canonical, similarity = cluster[group], kept[group], similarity[group]
    removed = canonical != np.arange(n)
    kind = np.where(removed, np.where(canonical == group, "exact", "near"), "unique")
    ids = table["article_id"]
    articles = pa.table(
        [ids, ids.take(cluster), ids.take(canonical), pa.array(similarity), pa.array(kind, pa.string())],
        schema=RESULT,
    )
    return DedupResult(articles.combine_chunks(), most_similar, counters)


def _checked(table: pa.Table) -> pa.Table:
    """The three columns, sorted by id, or a report of what is wrong with them."""
    missing = {"article_id", "text", "published"} - set(table.column_names)
    if missing:
        raise UsageError(f"The table to deduplicate has no column {', '.join(sorted(missing))}.")
    table = table.select(["article_id", "text", "published"])
    table = table.cast(
        pa.schema([("article_id", pa.large_string()), ("text", pa.large_string()), ("published", pa.string())])
    )
    problems = []
    if table["article_id"].null_count:
        problems.append(Problem(f"{table['article_id'].null_count} articles have no id", "give every article an id"))
    counts = pc.value_counts(table["article_id"].drop_null()).flatten()
    for article_id in counts[0].filter(pc.greater(counts[1], 1)).to_pylist():
        problems.append(
            Problem("the id stands more than once", "give every article an id of its own", article_id=article_id)
        )
    for article_id in table["article_id"].filter(pc.is_null(table["text"])).to_pylist():
        problems.append(
            Problem(
                "the article has no text",
                "leave it out, or give it an empty text",
                article_id=article_id or "",
            )
        )
    if problems:
        raise ProblemsFound(problems)
    return table.take(pc.sort_indices(table["article_id"])).combine_chunks()


def _signed(table: pa.Table, options: DedupOptions) -> tuple[Signatures, Offsets, Hashes]:
    """Signature, number of words and content hash of every article."""
    signatures = np.zeros((len(table), options.n_values), np.uint32)
    n_words, content = np.zeros(len(table), np.int64), np.zeros(len(table), np.uint64)
    for rows, block in shingled_blocks(table["text"], options.shingle_size):
        signatures[rows] = minhash.sign(block.hashes, block.offsets, options.n_values)
        n_words[rows], content[rows] = block.n_words, block.content
    return signatures, n_words, content


def _rank_of_copies(table: pa.Table, group: Offsets) -> Offsets:
    """Preference among exact copies; articles without a copy need no rank."""
    copies = np.flatnonzero(np.bincount(group, minlength=len(group))[group] > 1)
    rank = np.zeros(len(group), np.int64)
    rank[copies] = clusters.preference(table.take(copies))
    return rank


def _candidates(signatures: Signatures, options: DedupOptions, counters: dict[str, int]) -> tuple[Offsets, Offsets]:
    """Pairs of rows of `signatures` that share a bucket and agree in enough values."""
    packed = np.zeros(0, np.int64)
    counters["bucket places not compared in full"] = 0
    for band in range(options.bands):
        keys = minhash.band_keys(signatures, band, options.rows)
        found = candidates.buckets(keys, np.arange(len(signatures)))
        counters["bucket places not compared in full"] += candidates.n_in_large_buckets(found)
        left, right = candidates.pairs(found)
        likely = minhash.agreement(signatures, left, right) >= options.least_agreement
        packed = np.union1d(packed, (left[likely] << 32) | right[likely])
    counters["candidate pairs"] = len(packed)
    return packed >> 32, packed & 0xFFFFFFFF


def _sets(table: pa.Table, members: Offsets, options: DedupOptions) -> Sets:
    """Shingle sets of the given articles, in their order."""
    found = [
        jaccard.sets(block.hashes, block.offsets)
        for _, block in shingled_blocks(table["text"].take(members), options.shingle_size)
    ]
    return jaccard.joined(found)


def _verified(table: pa.Table, left: Offsets, right: Offsets, options: DedupOptions, counters: dict[str, int]) -> Edges:
    """Exact similarity of every candidate; edges where it reaches the threshold."""
    members = np.union1d(left, right)
    similarity = jaccard.similarity(
        _sets(table, members, options), np.searchsorted(members, left), np.searchsorted(members, right)
    )
    near = similarity >= options.threshold
    counters["verified pairs"] = int(np.count_nonzero(near))
    return Edges(left[near], right[near], similarity[near])


def _clustered(table: pa.Table, edges: Edges, options: DedupOptions) -> tuple[Offsets, Offsets, Similarities]:
    """Cluster, kept copy and similarity to it of every article."""
    cluster, similarity = np.arange(len(table)), np.ones(len(table))
    members = np.union1d(edges.left, edges.right)
    near = Edges(np.searchsorted(members, edges.left), np.searchsorted(members, edges.right), edges.similarity)
    rank = clusters.preference(table.take(members))
    best = clusters.best_of(clusters.components(len(members), near), rank)
    to_best = jaccard.similarity(_sets(table, members, options), np.arange(len(members)), best)
    kept = best.copy()
    clusters.settle_drifted(np.flatnonzero(to_best < options.drift), rank, near, kept, to_best)
    cluster[members], similarity[members] = members[best], to_best
    all_kept = np.arange(len(table))
    all_kept[members] = members[kept]
    return cluster, all_kept, similarity


def _most_similar(
    table: pa.Table, group: Offsets, compared: Offsets, edges: Edges, options: DedupOptions
) -> tuple[str, str, float] | None:
    """The most similar pair: exact copies first; among equals the one with the smallest ids."""
    copies = np.flatnonzero(group != np.arange(len(group)))
    if len(copies):
        pairs = np.sort(np.stack([copies, group[copies]], axis=1), axis=1)
        left, right = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))[0]]
        value = 1.0
    else:
        if len(compared) <= options.all_pairs_up_to:
            edges = jaccard.all_pairs(_sets(table, compared, options), compared)
        if not len(edges.left):
            return None
        first = np.lexsort((edges.right, edges.left, -edges.similarity))[0]
        left, right, value = edges.left[first], edges.right[first], float(edges.similarity[first])
    return table["article_id"][int(left)].as_py(), table["article_id"][int(right)].as_py(), value
