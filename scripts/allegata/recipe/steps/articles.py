"""Batches of articles: raw bytes to source texts, to clean texts, to what the search for duplicates reads.

Every step is a frozen dataclass, so that it can be sent to another process: its fields are all it knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.work import Done, Work
from allegata.schema.problems import Problem
from allegata.text.redaction import Redactor

if TYPE_CHECKING:
    from allegata.clean.web.site_boilerplate import Site

# What the ledger says of an article beside its file and status, by column.
Why = Mapping[str, str | float | None]
INGESTED, CLEANED, ANNOTATED = "ingest", "clean", "annotate"
EMPTIED = "emptied"  # the table of what cleaning leaves no text of: why is in its layers


@dataclass(frozen=True)
class Ingest:
    """Rows of the manifest -> articles with their source texts.

    Receipt: article_id, batch, bytes, host of a web page, is_blank.
    """

    raw: Path

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.sites import hosts
        from allegata.ingest.stage import read_batch

        articles, problems = read_batch(self.raw, batch)
        blank = _is_blank(articles["source_text"])
        receipt = pa.table(
            {
                "article_id": articles["article_id"],
                "batch": pa.repeat(pa.scalar(number_of(batch), pa.int64()), len(articles)),
                "bytes": articles["bytes"],
                "host": pa.array(hosts(articles), pa.string()),
                "is_blank": blank,
            }
        )
        return Done(receipt, {"articles": articles.filter(pc.invert(blank))}, problems)


@dataclass(frozen=True)
class BlockKeys:
    """Ingested articles -> part, host, key of every block of text of their pages, for the sites `pages`."""

    work: Work
    pages: Mapping[str, int]
    parts: int = 64

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        from allegata.clean.sites import block_keys

        keys = block_keys(self.work.read(INGESTED, number_of(batch), "articles"), self.pages)
        parts = pa.array(keys["key"].to_numpy() % self.parts, pa.int64())
        yield keys.append_column("part", parts)


@dataclass(frozen=True)
class Recurring:
    """All keys of some parts -> those of blocks that recur on their site."""

    pages: Mapping[str, int]

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        from allegata.clean.sites import recurring

        yield recurring(part, self.pages)


@dataclass(frozen=True)
class Clean:
    """Ingested articles -> articles with the layers of cleaning, apart those without any text now; the names that the
    `redactor` knows are replaced.

    Receipt: article_id, is_blank.
    """

    work: Work
    sites: Mapping[str, Site]
    redactor: Redactor = field(default_factory=Redactor)

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.redaction import redact_articles
        from allegata.clean.stage import clean

        articles = clean(self.work.read(INGESTED, number_of(batch), "articles"), self.sites)
        problems: list[Problem] = []
        if self.redactor:
            articles, problems = redact_articles(articles, self.redactor)
        blank = _is_blank(articles["text"])
        receipt = pa.table({"article_id": articles["article_id"], "is_blank": blank})
        kept = {"articles": articles.filter(pc.invert(blank)), EMPTIED: articles.filter(blank)}
        return Done(receipt, kept, problems)


@dataclass(frozen=True)
class ReadCleaned:
    """A batch (batch, first, rows) -> doc, article_id, text, published, for the search for duplicates.

    The articles `dropped` are passed over.
    """

    work: Work
    dropped: tuple[str, ...] = ()

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table, whose documents are numbered from `first`."""
        row = batch.to_pylist()[0]
        table = self.work.read(CLEANED, row["batch"], "articles", ["article_id", "text", "published"])
        if self.dropped:
            table = table.filter(pc.invert(pc.is_in(table["article_id"], pa.array(self.dropped, pa.string()))))
        yield table.append_column("doc", pa.array(range(row["first"], row["first"] + row["rows"]), pa.int64()))


def blank(receipts: Iterable[pa.Table], reason: str, evidence: str) -> dict[str, Why]:
    """Why the articles leave that are blank, from the receipts of `Ingest` or `Clean`."""
    gone = [name for receipt in receipts for name in receipt.filter(receipt["is_blank"])["article_id"].to_pylist()]
    return {article_id: {"reason": reason, "evidence": evidence} for article_id in gone}


def copies(decisions: pa.Table) -> dict[str, dict[str, Any]]:
    """The rows of the articles that are copies of others, by id, from the decisions of the search."""
    gone = decisions.filter(pc.not_equal(decisions["article_id"], decisions["canonical_id"]))
    return {row["article_id"]: row for row in gone.to_pylist()}


def likeness(copy: Mapping[str, Any], passages: Mapping[str, tuple[int, int]]) -> Why:
    """What the ledger says of a copy and of the article that stands for it: a row of `copies`, and what they share."""
    start, end = passages.get(copy["article_id"], (None, None))
    return {
        "canonical_id": copy["canonical_id"],
        "similarity": copy["similarity"],
        "passage_start": start,
        "passage_end": end,
    }


def removed_copies(copies: Mapping[str, Mapping[str, Any]], passages: Mapping[str, tuple[int, int]]) -> dict[str, Why]:
    """Why the articles leave that are copies of others."""
    return {
        name: {
            "reason": f"{copy['kind']}_duplicate",
            "evidence": f"Jaccard similarity {copy['similarity']:.4f} to the kept copy",
            **likeness(copy, passages),
        }
        for name, copy in copies.items()
    }


def numbered_batches(batches: Iterable[pa.Table]) -> list[pa.Table]:
    """One row for each batch: its number, the number of its first article among all, and how many it has."""
    rows, first = [], 0
    for batch in batches:
        rows.append(pa.table({"batch": [number_of(batch)], "first": [first], "rows": [len(batch)]}))
        first += len(batch)
    return rows


def articles_after(work: Work, stage: str, batch: pa.Table, columns: list[str] | None = None) -> pa.Table:
    """The articles of a batch after a stage, with everything that is known of them, or some columns of cleaning."""
    number = number_of(batch)
    articles = work.read(INGESTED if stage == INGESTED else CLEANED, number, "articles", columns)
    articles = staying(articles, batch)
    if stage.startswith(ANNOTATED) and columns is None:
        layers = work.read(stage, number, "layers")
        layers = layers.take(pc.index_in(articles["article_id"], layers["article_id"].combine_chunks()))
        for name in layers.column_names[1:]:
            articles = articles.append_column(name, layers[name])
    return articles


def members_digest(groups: Iterable[pa.Table], more: str = "") -> str:
    """16 digits that change with what the batches or groups say of their articles, and with `more`."""
    digest = hashlib.sha256(more.encode())
    for group in groups:
        digest.update(json.dumps(group.to_pydict()).encode())
    return digest.hexdigest()[:16]


def number_of(batch: pa.Table) -> int:
    """The number of a batch."""
    return int(batch["batch"][0].as_py())


def staying(articles: pa.Table, batch: pa.Table) -> pa.Table:
    """The articles that a batch (article_id, cluster_id) still has, with their clusters."""
    kept = articles.filter(pc.is_in(articles["article_id"], batch["article_id"].combine_chunks()))
    if "cluster_id" not in batch.column_names:
        return kept
    places = pc.index_in(kept["article_id"], batch["article_id"].combine_chunks())
    return kept.append_column("cluster_id", batch["cluster_id"].take(places))


def _is_blank(texts: pa.ChunkedArray) -> pa.Array:
    """Where there is no letter and no digit."""
    return pa.array([not any(map(str.isalnum, text)) for text in texts.to_pylist()], pa.bool_())
