"""Deduplication of Parquet files of any size: texts are streamed, and memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from allegata.dedup.options import DedupOptions
from allegata.dedup.search import search
from allegata.dedup.stage import RESULT, result_rows
from allegata.engine.batches import digests_of, file_batches, find_files, read
from allegata.engine.runner import Embedded, Runner
from allegata.engine.scratch import Scratch
from allegata.engine.storage import writing
from allegata.engine.work import Work
from allegata.schema.problems import Problem, ProblemsFound

_COLUMNS = ["article_id", "text", "published"]


@dataclass(frozen=True)
class ReadArticles:
    """Reads a batch; refuses missing ids and texts with `ProblemsFound`."""

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """Tables (article_id, text, published, doc)."""
        for table in read(batch, _COLUMNS):
            ids = table["article_id"]
            missing = pc.or_(pc.is_null(table["text"]), pc.is_null(ids))
            wrong = pc.or_kleene(missing, pc.match_substring(ids, "\0"))
            faulty = ids.filter(wrong).to_pylist()
            if faulty:
                what, fix = "the article has no text, no id, or an id with a NUL", "give it both"
                url = batch["url"][0].as_py()
                raise ProblemsFound(Problem(what, fix, url, article_id=i or "") for i in faulty)
            yield table


def deduplicate_files(
    sources: list[str],
    target: str,
    options: DedupOptions | None = None,
    runner: Runner | None = None,
    work: str | None = None,
    compiled: bool | None = None,
) -> dict[str, int]:
    """Deduplicate Parquet files (article_id, text, published) and write one Parquet file of `RESULT` rows.

    `sources` and `target` are fsspec URLs; the rows of the target stand in the order of the sorted sources.
    Without a `runner` the work is done in this process, with temporary files. With `work` (a URL) finished
    batches are kept there and used by a later run of the same inputs, options and algorithm. Returns the
    counters. Raises `ProblemsFound` for repeated or missing ids and missing texts, `UsageError` for missing
    files or columns and for a work folder of something else.
    """
    options = options or DedupOptions()
    if runner is None:
        scratch = Scratch()
        with Embedded(folder=scratch.path) as embedded:
            return deduplicate_files(sources, target, options, embedded, work, compiled)
    files = find_files(sources)
    batches = file_batches(files)
    if work:
        folder = Work(work)
        folder.bind({"inputs": digests_of(files), "options": options.algorithm()})
        found = search(batches, ReadArticles(), runner, options, partial(folder.kept, "sign"), compiled)
    else:
        found = search(batches, ReadArticles(), runner, options, compiled=compiled)
    with writing(target) as sink, pq.ParquetWriter(sink, RESULT) as writer:
        for batch in batches:
            for table in read(batch, ["article_id"]):
                writer.write_table(result_rows(table["article_id"], table["doc"][0].as_py(), found))
    return found.counters
