"""What is asked about pairs of documents: how similar they are, and whether they are one template with other facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from allegata.dedup import candidates
from allegata.dedup.candidates import Pairs
from allegata.dedup.fold import Offsets
from allegata.dedup.jaccard import Similarities
from allegata.dedup.steps import ByPart, DocumentFacts, Read, TemplateSimilarity, Verify, is_among
from allegata.dedup.texts import Kernel
from allegata.engine.arrays import as_numpy
from allegata.engine.runner import Data, Runner, Transform

# Words of the articles whose pairs are verified together: 64 MB of shingles, but for a huge pair.
_WORDS_PER_PART = 8_000_000


def n_documents(batch: pa.Table) -> int:
    """Rows of a batch, or of what it stands for."""
    return int(batch["rows"][0].as_py()) if "rows" in batch.column_names else len(batch)


def batches_with(batches: list[pa.Table], docs: Offsets) -> list[pa.Table]:
    """The batches that hold some of the documents."""
    ends = np.cumsum([n_documents(batch) for batch in batches])
    return [batches[i] for i in np.unique(np.searchsorted(ends, docs, side="right"))]


def of_one_template(
    runner: Runner, batches: list[pa.Table], read: Read, pairs: Pairs, numbers: Offsets, n_words: Offsets
) -> Pairs:
    """Those of the pairs that are one template with other facts, ascending.

    `numbers` (ascending) are the documents that have some; only batches with pairs of these are read again.
    """
    left, right = candidates.split(pairs)
    pairs = candidates.distinct(pairs[is_among(left, numbers) & is_among(right, numbers)])
    docs = np.unique(np.concatenate(candidates.split(pairs)))
    described = runner.map(DocumentFacts(read, docs), runner.source(batches_with(batches, docs)))
    same = _compared(runner, described, pairs, n_words, TemplateSimilarity, 1.0)
    found: Pairs = pairs[same == 0]
    return found


def verified(runner: Runner, described: Data, pairs: Pairs, n_words: Offsets, kernel: Kernel) -> Similarities:
    """Exact similarity of every pair (ascending); `n_words` is that of every document."""
    return _compared(runner, described, pairs, n_words, partial(Verify, kernel=kernel), 0.0)


def _compared(
    runner: Runner,
    described: Data,
    pairs: Pairs,
    n_words: Offsets,
    compare: Callable[[Pairs, Offsets], Transform],
    unknown: float,
) -> Similarities:
    """What `compare` makes of every pair (ascending), `unknown` where it says nothing; `n_words` is that of every
    document."""
    similarity = np.full(len(pairs), unknown)
    if not len(pairs):
        return similarity
    left, right = candidates.split(pairs)
    # By the larger number: the many pairs of one hub are spread over the parts, those of a small family stay
    # together.
    by_right = np.argsort(right, kind="stable")
    parts = np.empty(len(pairs), np.int64)
    words = n_words[left].astype(np.int64) + n_words[right]
    parts[by_right] = np.cumsum(words[by_right]) // _WORDS_PER_PART
    needs = np.unique(np.concatenate([candidates.join_ordered(left, parts), candidates.join_ordered(right, parts)]))
    docs, of_docs = candidates.split(needs)
    handed = runner.shuffle(runner.map(ByPart(docs, of_docs), described), "part")
    for table in runner.tables(runner.map(compare(pairs, parts), handed)):
        similarity[np.searchsorted(pairs, as_numpy(table["pair"]))] = as_numpy(table["similarity"])
    return similarity
