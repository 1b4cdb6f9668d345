"""Batches of articles: raw bytes to source texts, to clean texts, to what the search for duplicates reads.

Every step is a frozen dataclass, so that it can be sent to another process: its fields are all it knows.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.finish import KEY
from allegata.engine.job import Job
from allegata.engine.runner import Transform
from allegata.engine.work import Done, Work, name_of
from allegata.schema.digests import sha256_file
from allegata.schema.limits import DEFAULTS, Limits
from allegata.text.redaction import Redactor

if TYPE_CHECKING:
    from allegata.clean.curated_lines import Curated
    from allegata.clean.web.site_boilerplate import Site

# What the ledger says of an article beside its file and status, by column.
Why = Mapping[str, str | float | None]
INGESTED, RECURRING, CLEANED, SIGNED, ANNOTATED = "ingest", "recurring", "clean", "sign", "annotate"
_KEY_BYTES = 16
EMPTIED = "emptied"  # the table of what cleaning leaves no text of: why is in its layers


@dataclass(frozen=True)
class Ingest:
    """Rows of the manifest -> articles with their source texts.

    The batch has the ids also as `article_id`. Receipt: article_id, batch, bytes, host of a web page, is_blank.
    """

    raw: Path
    limits: Limits = DEFAULTS

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of the row of the manifest, of the bytes of the file, which may have changed, and of the limits."""
        from allegata.ingest.manifest import SAID

        raw, limits = str(self.raw), digest_of(asdict(self.limits))
        digests = ((said, digest_of_file(f"{raw}/{file}")) for said, file in _pairs(batch, SAID, "file"))
        return [
            hashlib.sha256(limits + said + bytes.fromhex(digest or "")).digest()[:_KEY_BYTES]
            for said, digest in digests
        ]

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.sites import hosts
        from allegata.ingest.stage import read_batch

        articles, problems = read_batch(self.raw, batch, self.limits)
        blank = _is_blank(articles["source_text"])
        receipt = pa.table(
            {
                "article_id": articles["article_id"],
                "batch": pa.repeat(pa.scalar(name_of(batch)), len(articles)),
                "bytes": articles["bytes"],
                "host": pa.array(hosts(articles), pa.string()),
                "is_blank": blank,
            }
        )
        return Done(receipt, {"articles": articles.filter(pc.invert(blank))}, problems)


@dataclass(frozen=True)
class PageBlocks:
    """Ingested articles -> a key for every block of text of their pages (table `blocks`), for the sites `pages`.

    Receipt: article_id.
    """

    work: Work
    pages: Mapping[str, int]

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of the article, and whether its site is one of these."""
        return [digest_of(key.hex(), host in self.pages) for key, host in _pairs(batch, KEY, "host")]

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.sites import block_keys

        articles = staying(self.work.read(INGESTED, name_of(batch), "articles"), batch)
        return Done(batch.select(["article_id"]), {"blocks": block_keys(articles, self.pages)})


@dataclass(frozen=True)
class ReadBlocks:
    """Batches -> part, host, key of what `PageBlocks` made of them."""

    work: Work
    parts: int = 64

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        keys = self.work.read(RECURRING, name_of(batch), "blocks", ["host", "key"])
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

    `curated` is what the curator decided. Receipt: article_id, is_blank.
    """

    work: Work
    sites: Mapping[str, Site]
    redactor: Redactor = field(default_factory=Redactor)
    curated: Curated = field(default_factory=dict)

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of the article, of what its site says of those of its blocks that recur there, of who is redacted, and of
        what the curator decided about its lines."""
        recurs: dict[str, list[object]] = {}
        if self.sites:
            for row in self.work.read(RECURRING, name_of(batch), "blocks").to_pylist():
                site = self.sites.get(row["host"])
                if site and row["key"] in site.blocks:
                    found = recurs.setdefault(row["article_id"], [site.host, site.pages])
                    found.append([row["key"], site.blocks[row["key"]]])
        people = [asdict(redaction) for redaction in self.redactor.redactions]
        redacted = digest_of(people).hex() if people else None
        return [
            digest_of(key.hex(), recurs.get(name), redacted, *(one.decision for one in self.curated.get(name, ())))
            for name, key in _pairs(batch, "article_id", KEY)
        ]

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        from allegata.clean.curated_lines import in_raw_text
        from allegata.clean.redaction import redact_articles
        from allegata.clean.stage import clean

        articles = self.work.read(INGESTED, name_of(batch), "articles", articles=batch["article_id"].combine_chunks())
        articles = staying(articles, batch)
        curated, problems = in_raw_text(articles, self.curated, self.redactor)
        articles = clean(articles, self.sites, curated)
        if self.redactor:
            articles, more = redact_articles(articles, self.redactor)
            problems += more
        blank = _is_blank(articles["text"])
        receipt = pa.table({"article_id": articles["article_id"], "is_blank": blank})
        kept = {"articles": articles.filter(pc.invert(blank)), EMPTIED: articles.filter(blank)}
        return Done(receipt, kept, problems)


@dataclass(frozen=True)
class ReadCleaned:
    """Members of a batch, numbered from `first` -> doc, article_id, text, published, for the search for duplicates."""

    work: Work

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        table = self.work.read(CLEANED, name_of(batch), "articles", ["article_id", "text", "published"])
        yield _numbered(staying(table, batch), batch["first"][0].as_py())


@dataclass(frozen=True)
class Sign:
    """Members of a batch, numbered from `first` -> what `sign` says of them (table `signed`), but for their numbers.

    Receipt: article_id.
    """

    sign: Transform

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        """Of the article alone."""
        keys: list[bytes] = batch[KEY].to_pylist()
        return keys

    def __call__(self, batch: pa.Table) -> Done:
        """See `Done`."""
        signed = pa.concat_tables(self.sign(batch)).drop_columns("doc")
        return Done(batch.select(["article_id"]), {SIGNED: signed})


@dataclass(frozen=True)
class ReadSigned:
    """Members of a batch -> what `Sign` kept of them, numbered from 0."""

    work: Work

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        signed = self.work.read(SIGNED, name_of(batch), SIGNED)
        yield _numbered(signed, 0).select(["doc", *signed.column_names])


def signed(job: Job, batches: list[pa.Table], sign: Transform) -> Transform:
    """`sign`, whose results are kept article by article where a later run may use them."""
    if not job.durable:
        return sign
    job.done(SIGNED, Sign(sign), batches)
    return ReadSigned(job.work)


def blank(receipts: Iterable[pa.Table], reason: str, evidence: str) -> dict[str, Why]:
    """Why the articles leave that are blank, from the receipts of `Ingest` or `Clean`."""
    gone = [name for receipt in receipts for name in receipt.filter(receipt["is_blank"])["article_id"].to_pylist()]
    return {article_id: {"reason": reason, "evidence": evidence} for article_id in gone}


def copies(decisions: pa.Table) -> dict[str, dict[str, Any]]:
    """The rows of the articles that are copies of others, by id, from the decisions of the search."""
    gone = decisions.filter(pc.not_equal(decisions["article_id"], decisions["canonical_id"]))
    return {row["article_id"]: row for row in gone.to_pylist()}


def likeness(copy: Mapping[str, Any], passages: Mapping[str, tuple[int | None, int | None]]) -> Why:
    """What the ledger says of a copy and of the article that stands for it: a row of `copies`, and what they share."""
    start, end = passages.get(copy["article_id"], (None, None))
    return {
        "canonical_id": copy["canonical_id"],
        "similarity": copy["similarity"],
        "passage_start": start,
        "passage_end": end,
    }


def removed_copies(
    copies: Mapping[str, Mapping[str, Any]], passages: Mapping[str, tuple[int | None, int | None]]
) -> dict[str, Why]:
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
    """The batches with the number of their first article among all, in `first`, for the search for duplicates."""
    found, first = [], 0
    for batch in batches:
        numbered = batch.select(["article_id", "batch", KEY])
        found.append(numbered.append_column("first", pa.repeat(pa.scalar(first), len(batch))))
        first += len(batch)
    return found


def articles_after(work: Work, stage: str, batch: pa.Table, columns: list[str] | None = None) -> pa.Table:
    """The articles of a batch after a stage, with everything that is known of them, or some columns of cleaning."""
    articles = work.read(INGESTED if stage == INGESTED else CLEANED, name_of(batch), "articles", columns)
    articles = staying(articles, batch)
    if stage == ANNOTATED and columns is None:
        layers = work.read(stage, name_of(batch), "layers")
        layers = layers.take(pc.index_in(articles["article_id"], layers["article_id"].combine_chunks()))
        for name in layers.column_names[1:]:
            articles = articles.append_column(name, layers[name])
    return articles


def digest_of(*said: object) -> bytes:
    """16 bytes that change with anything that is said; JSON must be able to say it."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()[:_KEY_BYTES]


def digest_of_file(path: Path | str) -> str | None:
    """sha256 of a file; None where there is none, as where a folder or a pipe has its name."""
    try:
        return sha256_file(path) if os.path.isfile(path) else None
    except OSError:  # who reads it says what is wrong with it
        return None


def staying(articles: pa.Table, batch: pa.Table) -> pa.Table:
    """The articles that a batch (article_id, cluster_id) still has, with their clusters."""
    kept = articles.filter(pc.is_in(articles["article_id"], batch["article_id"].combine_chunks()))
    if "cluster_id" not in batch.column_names:
        return kept
    places = pc.index_in(kept["article_id"], batch["article_id"].combine_chunks())
    return kept.append_column("cluster_id", batch["cluster_id"].take(places))


def _numbered(rows: pa.Table, first: int) -> pa.Table:
    return rows.append_column("doc", pa.array(range(first, first + len(rows)), pa.int64()))


def _pairs(batch: pa.Table, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(batch[name].to_pylist() for name in columns), strict=True)


def _is_blank(texts: pa.ChunkedArray) -> pa.Array:
    """Where there is no letter and no digit."""
    return pa.array([not any(map(str.isalnum, text)) for text in texts.to_pylist()], pa.bool_())
