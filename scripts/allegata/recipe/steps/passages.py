"""Copies beside the articles that stand for them: the longest run of words of each pair, for the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc

from allegata.engine.finish import KEY
from allegata.engine.job import Job
from allegata.engine.work import Done, Work, name_of
from allegata.recipe.steps.articles import CLEANED, digest_of

SHARED, _ALL = "passages", "all"  # one table of all copies: it is small
_KNOWN = pa.schema([(KEY, pa.binary()), ("start", pa.int32()), ("end", pa.int32())])


@dataclass(frozen=True)
class CopyTexts:
    """Cleaned articles -> part, canonical_id, article_id, text: of copies, and of the articles that stand for them."""

    work: Work
    canonical: Mapping[str, str]
    parts: int = 64

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        wanted = pa.array(sorted({*self.canonical, *self.canonical.values()}), pa.string())
        table = self.work.read(CLEANED, name_of(batch), "articles", ["article_id", "text"], wanted)
        canonical = [self.canonical.get(name, name) for name in table["article_id"].to_pylist()]
        parts = [crc32(name.encode("utf-8", "surrogatepass")) % self.parts for name in canonical]
        table = table.append_column("canonical_id", pa.array(canonical, pa.string()))
        yield table.append_column("part", pa.array(parts, pa.int64()))


@dataclass(frozen=True)
class SharedPassages:
    """All copies of some articles, and these -> article_id, start, end: of a copy, in the text that stands for it."""

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """One table."""
        from allegata.dedup.longest import longest_shared_run

        rows = part.to_pylist()
        kept = {row["article_id"]: row["text"] for row in rows if row["article_id"] == row["canonical_id"]}
        found = [
            (row["article_id"], *passage)
            for row in rows
            if row["article_id"] != row["canonical_id"]
            and (passage := longest_shared_run(kept[row["canonical_id"]], row["text"]))
        ]
        columns = list(zip(*found, strict=True)) or [(), (), ()]
        kinds = {"article_id": pa.string(), "start": pa.int32(), "end": pa.int32()}
        arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds.values(), strict=True)]
        yield pa.table(arrays, list(kinds))


def shared_passages(
    job: Job, batches: list[pa.Table], canonical: Mapping[str, str]
) -> dict[str, tuple[int | None, int | None]]:
    """Copy -> span of the longest run of words that it shares with the article that stands for it, in the clean text
    of that one; None and None for a copy that shares no word. `canonical` maps copies to these articles, which are
    among those of the `batches`.

    What an earlier run found about two articles that are as they were is not asked again.
    """
    members = [(batch["article_id"].to_pylist(), batch[KEY].to_pylist()) for batch in batches]
    key_of = {name: key.hex() for names, keys in members for name, key in zip(names, keys, strict=True)}
    keys = {name: digest_of(key_of[name], key_of[other]) for name, other in canonical.items()}
    before = job.work.receipt(SHARED, _ALL)
    known = {row[KEY]: (row["start"], row["end"]) for row in before.to_pylist()} if before else {}
    found = {name: known[key] for name, key in keys.items() if key in known}
    new = {name: other for name, other in canonical.items() if name not in found}
    found |= dict.fromkeys(new, (None, None))
    if new:
        wanted = pa.array(sorted({*new, *new.values()}), pa.string())
        batches = [batch for batch in batches if pc.any(pc.is_in(batch["article_id"], wanted)).as_py()]
        texts = job.runner.map(CopyTexts(job.work, new), job.runner.source(batches))
        tables = job.runner.tables(job.runner.map(SharedPassages(), job.runner.shuffle(texts, "part")))
        found |= {row["article_id"]: (row["start"], row["end"]) for table in tables for row in table.to_pylist()}
    if job.durable and (new or len(found) < len(known)):
        rows = [{KEY: keys[name], "start": start, "end": end} for name, (start, end) in sorted(found.items())]
        job.work.finish(SHARED, _ALL, Done(pa.Table.from_pylist(rows, _KNOWN)))
    return found
