"""Checks that nothing of a test article can be seen in training, and that the ledger balances."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.text.normal import text_digest
from allegata.validate.checks.finding import Finding, about_table, where
from allegata.validate.lookups import Lookups, TextName
from allegata.validate.rows import MISSING, column, integers, numbers_in, texts


def share_split_of_article(rows: pa.Table, corpus: Lookups, *, split: str) -> list[Finding]:
    """The row is published in the split of its article."""
    article = integers(rows, "article")
    known = np.flatnonzero(article >= 0)
    theirs = texts(corpus.table("articles"), "split").take(pa.array(article[known]))
    ours = texts(rows, split).take(pa.array(known))
    mask = np.zeros(len(article), dtype=np.bool_)
    mask[known] = ~pc.fill_null(pc.equal(ours, theirs), False).to_numpy(zero_copy_only=False)
    return where(mask, "it is published in another split than its article")


def share_split_within(rows: pa.Table, corpus: Lookups, *, column: str, split: str) -> list[Finding]:
    """All rows with the same value of `column` are in one split."""
    return _straddling(texts(rows, column), texts(rows, split), f"another article of its {column}")


def share_split_when_equal(rows: pa.Table, corpus: Lookups, *, text: TextName, split: str) -> list[Finding]:
    """Articles whose normalised texts are equal are in one split."""
    numbers = integers(rows, "article").tolist()
    digests = pa.array([text_digest(corpus.text(number, text)) for number in numbers], pa.large_string())
    return _straddling(digests, texts(rows, split), "an article with the same text")


def _straddling(groups: pa.Array, splits: pa.Array, who: str) -> list[Finding]:
    pairs = pa.table({"group": groups, "split": splits}).group_by("group").aggregate([("split", "count_distinct")])
    torn = pairs.filter(pc.greater(pairs["split_count_distinct"], 1))["group"].combine_chunks()
    mask = pc.and_(pc.is_in(groups, value_set=torn), pc.is_valid(groups))
    return where(mask.to_numpy(zero_copy_only=False), f"{who} is in another split")


def balance(
    rows: pa.Table,
    corpus: Lookups,
    *,
    article_id: str,
    status: str,
    stage: str,
    reason: str,
    canonical_id: str,
) -> list[Finding]:
    """Kept articles are published and removed ones are not; a removed one says where and why; every
    published article and every document that came in has its row; a canonical id is in the ledger."""
    ids = texts(rows, article_id)
    kept = pc.fill_null(pc.equal(texts(rows, status), "kept"), False).to_numpy(zero_copy_only=False)
    published = corpus.article_numbers(ids) >= 0
    why = pc.and_(pc.is_valid(texts(rows, stage)), pc.is_valid(texts(rows, reason)))
    why = why.to_numpy(zero_copy_only=False)
    canonical = texts(rows, canonical_id)
    lost = pc.is_valid(canonical).to_numpy(zero_copy_only=False) & (numbers_in(canonical, ids) < 0)
    found = [
        *where(kept & ~published, "the ledger keeps it, but it is not among the articles"),
        *where(~kept & published, "the ledger removes it, but it is among the articles"),
        *where(~kept & ~why, "it is removed, but its stage or its reason is missing"),
        *where(lost, f"its {canonical_id} is not in the ledger"),
    ]
    for missing in corpus.article_ids.filter(pa.array(numbers_in(corpus.article_ids, ids) < 0)).to_pylist():
        found.append(about_table(f"the article {missing} is published, but has no row in the ledger"))
    if corpus.n_in is not None and corpus.n_in != len(ids):
        out = int(kept.sum())
        found.append(about_table(f"{corpus.n_in} came in, but {out} were kept and {len(ids) - out} were removed"))
    return found


def measure_copies(
    rows: pa.Table, corpus: Lookups, *, canonical_id: str, similarity: str, passage_start: str, passage_end: str
) -> list[Finding]:
    """A row has a similarity from 0 to 1 where another article stands for it, and only there; so has the passage that
    both share, a span that is not empty."""
    named = pc.is_valid(texts(rows, canonical_id)).to_numpy(zero_copy_only=False)
    values = column(rows, similarity)
    given = pc.is_valid(values).to_numpy(zero_copy_only=False)
    within = pc.fill_null(pc.and_(pc.greater_equal(values, 0), pc.less_equal(values, 1)), True)
    start, end = integers(rows, passage_start), integers(rows, passage_end)
    has = (start != MISSING) | (end != MISSING)
    return [
        *where(named != given, f"it has a {canonical_id} or a {similarity} without the other"),
        *where(~within.to_numpy(zero_copy_only=False), f"its {similarity} is not between 0 and 1"),
        *where(has & ~named, f"it has a passage without a {canonical_id}"),
        *where(has & ((start < 0) | (start >= end)), "the passage that it shares is empty or reversed"),
    ]
