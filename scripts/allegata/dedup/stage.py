"""The deduplication stage: which articles are copies of which, and the copy that is kept.

1. Exact copies: equal normalised texts (compared, not only hashed).
2. Near-duplicates among what is left: MinHash signatures over word shingles, candidates from their bands,
   **every** candidate verified by the exact Jaccard similarity of the shingle sets.
3. Clusters: connected components over verified edges only.
4. Templates: of two similar texts that differ in their numbers and names neither is a copy of the other (`templates`).
5. The kept copy: one that the caller prefers, then earliest known date of publication, then longest text, then
   smallest article id. It names the cluster. The order of the rows, or of the work, has no say. What a corpus
   prefers, and how a curator overrules the choice, is said at `recipe.build.deduplicate` and in `decisions`.

Similarity is not transitive: along a chain of edges an article can end far from the kept copy. Each article
is therefore compared with the kept copy itself. Below `DedupOptions.drift` it is not removed: such articles
are settled among themselves by the same rule and one of them is kept too. It stays in the cluster, because a
cluster must not be torn apart by a split into training and test data. So a removed article always is at least
`drift` similar to the article `canonical_id` that stands for it. An article that is the template of the kept copy with
other facts in it is treated in the same way.

Articles with fewer words than a shingle (or none) only ever match their exact copies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.dedup.fold import Offsets
from allegata.dedup.options import DedupOptions
from allegata.dedup.search import EXACT, NEAR, UNIQUE, Found, search
from allegata.dedup.similar import most_similar_kept
from allegata.engine.arrays import as_arrow, as_numpy, as_strings
from allegata.engine.runner import Embedded
from allegata.engine.scratch import Scratch
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.wording import number

__all__ = ["RESULT", "DedupOptions", "DedupResult", "deduplicate"]

RESULT = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("cluster_id", pa.string(), nullable=False),
        pa.field("canonical_id", pa.string(), nullable=False),
        pa.field("similarity", pa.float64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
    ]
)
_ROWS_PER_BATCH = 2_000


@dataclass(frozen=True)
class DedupResult:
    """What deduplication found.

    `articles` has one row an article, sorted by id (schema `RESULT`): the cluster (the id of its kept copy),
    the article that stands for this one (itself where it is kept), the exact Jaccard similarity to it, and
    `kind`: "unique" (kept), "exact" or "near" (a copy of `canonical_id`).
    `most_similar` is the most similar pair of kept articles, as `most_similar_kept` finds it. `counters` says how much
    work there was and what was not compared.
    """

    articles: pa.Table
    most_similar: tuple[str, str, float] | None
    counters: dict[str, int] = field(default_factory=dict)


def deduplicate(
    table: pa.Table, options: DedupOptions | None = None, preferred: Sequence[Collection[str]] = ()
) -> DedupResult:
    """Find exact and near-duplicate articles in memory.

    `table` has the columns article_id (string, unique), text (string: the clean text) and published (string
    or null). `preferred` are sets of ids whose articles are kept before all others, those of the first set first.
    Raises `ProblemsFound` for missing or repeated ids and missing texts, `UsageError` for missing
    columns.
    """
    options = options or DedupOptions()
    table = _checked(table)
    batches = [table.slice(first, _ROWS_PER_BATCH) for first in range(0, len(table), _ROWS_PER_BATCH)]
    # The shingles of many texts take more memory than the texts.
    scratch = Scratch() if len(batches) > 1 else None
    with Embedded(folder=scratch.path if scratch else None) as runner:
        found = search(batches, _as_it_is, runner, options, preferred=preferred)
    articles = result_rows(table["article_id"], 0, found)
    kept = as_arrow(found.kept_documents)
    nearest = most_similar_kept(found, table["article_id"], lambda: table["text"].take(kept), options)
    return DedupResult(articles, nearest, found.counters)


def result_rows(ids: pa.ChunkedArray, first: int, found: Found) -> pa.Table:
    """The rows of `RESULT` for documents `first` and following, whose ids are given."""
    start, end = np.searchsorted(found.members, [first, first + len(ids)])
    here = slice(start, end)
    place = found.members[here] - first
    ids = pa.concat_arrays(ids.cast(pa.string()).chunks) if len(ids) else pa.array([], pa.string())
    mask, kind = np.zeros(len(ids), bool), np.zeros(len(ids), np.int8)
    mask[place] = True

    def with_those_of(documents: Offsets) -> pa.Array:
        others = found.ids.take(as_arrow(np.searchsorted(found.members, documents[here])))
        return pc.replace_with_mask(ids, as_arrow(mask), pa.concat_arrays(others.chunks)) if len(place) else ids

    similarity = np.ones(len(ids))
    similarity[place] = found.similarity[here]
    kind[place] = np.where(found.kept[here] == found.members[here], 0, np.where(found.exact[here], 1, 2))
    kinds = as_strings([UNIQUE, EXACT, NEAR]).take(as_arrow(kind))
    columns = [ids, with_those_of(found.cluster), with_those_of(found.kept), as_arrow(similarity), kinds]
    return pa.Table.from_arrays(columns, schema=RESULT)


def _as_it_is(batch: pa.Table) -> Iterator[pa.Table]:
    yield batch


def _checked(table: pa.Table) -> pa.Table:
    """The three columns, sorted by id and numbered, or a report of what is wrong with them."""
    missing = {"article_id", "text", "published"} - set(table.column_names)
    if missing:
        raise UsageError(f"The table to deduplicate has no column {', '.join(sorted(missing))}.")
    kinds = {"article_id": pa.string(), "text": pa.large_string(), "published": pa.string()}
    table = table.select(list(kinds)).cast(pa.schema(kinds))
    problems = []
    if table["article_id"].null_count:
        what = f"{number(table['article_id'].null_count, 'article')} without an id"
        problems.append(Problem(what, "give every article an id"))
    nul = pc.match_substring(table["article_id"].drop_null(), "\0")
    for article_id in table["article_id"].drop_null().filter(nul).to_pylist():
        problems.append(Problem("the id has a NUL in it", "give it another id", article_id=article_id))
    for article_id in table["article_id"].filter(pc.is_null(table["text"])).to_pylist():
        what = "the article has no text"
        problems.append(Problem(what, "leave it out or give it an empty text", article_id=article_id or ""))
    if problems:
        raise ProblemsFound(problems)
    order = as_numpy(pc.sort_indices(table["article_id"]))
    if not (order[1:] > order[:-1]).all():  # most inputs are in order: spares a copy of all texts
        table = table.take(order)
    return table.append_column("doc", as_arrow(np.arange(len(table))))
