"""`python -m bench pipeline`: plain texts to deduplicated sentences, by our stages and by datatrove's.

Both read the same Parquet file and do the same five things, in one process, one thread:

| | ours | datatrove |
|---|---|---|
| clean | the rules of `allegata.clean` (a typed removal for all that goes, offsets to the source) | `C4QualityFilter` |
| language | langdetect, as `allegata.clean` calls it | the same: its own filter downloads a model |
| sentences | sentencex | spaCy, its default for English |
| deduplicate | exact and near, every pair verified | MinHash in four stages, pairs not verified |
| publish | kept articles and their sentences as Parquet | the same by `ParquetWriter` |

`publish` is the writing only: no validation, card or checksums. Texts are generated (`pipeline_documents`). Both call
the same function for the language, and nothing is removed for it; the table also sets the rest against the rest.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import allegata.clean.stage
from allegata.clean.language import detect_language
from allegata.dedup.files import deduplicate_files
from bench.pipeline_documents import ArticleDocuments
from bench.stages import Clock, StageTime, in_own_process, peak_mb, stage_table

OURS, THEIRS = "allegata", "datatrove"
_ROWS = 500


def run_pipeline(docs: int, seed: int = 0) -> str:
    """Both pipelines on `docs` generated articles: a Markdown table, and one for the stages of each."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.parquet"
        text_bytes = ArticleDocuments(docs, seed).write(source)
        names = [OURS] + [THEIRS] * bool(find_spec("datatrove") and find_spec("spacy"))
        reports = {name: _measure(name, source, Path(folder) / name) for name in names}
    heads = ["", "CPU s", "wall s", "docs/s", "peak MB", "kept", "x ours", "x ours without language"]
    lines = [f"{docs:,} articles", "", "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for name, found in reports.items():
        over, rest = (_cpu(found, left_out) / _cpu(reports[OURS], left_out) for left_out in ("", "language"))
        times = f"{found['cpu']:.1f} | {found['wall']:.1f} | {docs / found['wall']:,.0f} | {found['peak_mb']:.0f}"
        lines.append(f"| {name} | {times} | {found['kept']:,} | {over:.1f} | {rest:.1f} |")
    for name, found in reports.items():
        stages = [StageTime(**stage) for stage in found["stages"]]
        lines += ["", f"{name}, by stages", "", stage_table(stages, docs, text_bytes, None)]
    return "\n".join(lines) + "\n"


def _cpu(report: dict[str, Any], without: str) -> float:
    """CPU seconds of a run, start-up included, but for one stage."""
    return float(report["cpu"] - sum(stage["cpu"] for stage in report["stages"] if stage["name"] == without))


def ours(source: Path, folder: Path, clock: Clock) -> int:
    """Our stages; returns the number of articles kept."""
    stage: Any = allegata.clean.stage  # whose two functions are timed: replaced for this process
    stage.language_of = clock.function("language", stage.language_of)
    stage.split_sentences = clock.function("sentences", stage.split_sentences)
    cleaned, result = folder / "cleaned.parquet", folder / "result.parquet"
    with _Writer(cleaned) as writer:
        for table in clock.tables("read", _articles(source)):
            with clock.over("clean"):
                layers = stage.clean(table.rename_columns(["article_id", "source_text", "published", "language"]))
            with clock.over("publish"):
                writer.write(layers.select(["article_id", "text", "published", "language", "sentences"]))
    with clock.over("deduplicate"):
        deduplicate_files([str(cleaned)], str(result))
    n = 0
    with clock.over("publish"), _Writer(folder / "kept.parquet") as writer, pq.ParquetFile(cleaned) as file:
        kinds = pq.read_table(result, columns=["kind"])["kind"]
        for batch in file.iter_batches(_ROWS):
            kept = pa.array([kind == "unique" for kind in kinds[n : n + len(batch)].to_pylist()])
            writer.write(pa.Table.from_batches([batch]).filter(kept))
            n += len(batch)
    return writer.rows


class _Writer:
    """A Parquet file that takes its schema from the first table."""

    def __init__(self, path: Path) -> None:
        self._path, self.rows = path, 0
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer:
            self._writer.close()

    def write(self, table: pa.Table) -> None:
        """Add rows."""
        self._writer = self._writer or pq.ParquetWriter(self._path, table.schema)
        self._writer.write_table(table)
        self.rows += len(table)


def _articles(source: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(source, pre_buffer=False) as file:
        for batch in file.iter_batches(_ROWS):
            yield pa.Table.from_batches([batch]).append_column("language", pa.nulls(len(batch), pa.string()))


def theirs(source: Path, folder: Path, clock: Clock) -> int:
    """datatrove's pipeline; returns the number of documents kept."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.filters import C4QualityFilter
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter
    from datatrove.utils.word_tokenizers import load_word_tokenizer

    tokenizer = load_word_tokenizer("eng")

    def language(documents: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        for document in documents:
            with clock.over("language"):
                document.metadata["language"] = detect_language(document.text)
            yield document

    def sentences(documents: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        for document in documents:
            with clock.over("sentences"):
                document.metadata["sentences"] = tokenizer.sent_tokenize(document.text)
            yield document

    config = MinhashConfig(n_grams=3, num_buckets=42, hashes_per_bucket=3)
    places = {name: str(folder / name) for name in ("clean", "signatures", "buckets", "removed", "kept")}

    def step(name: str, logs: str, pipeline: list[Any], tasks: int = 1) -> None:
        with clock.over(name):
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(folder / "logs" / logs)).run()

    c4 = C4QualityFilter(filter_no_terminal_punct=False, min_num_sentences=1)
    reader = ParquetReader(str(source.parent), glob_pattern=source.name, id_key="article_id")
    step("clean", "clean", [reader, c4, language, sentences, ParquetWriter(places["clean"])])
    step("deduplicate", "1", [ParquetReader(places["clean"]), MinhashDedupSignature(places["signatures"], config)])
    step("deduplicate", "2", [MinhashDedupBuckets(places["signatures"], places["buckets"], config=config)], 42)
    step("deduplicate", "3", [MinhashDedupCluster(places["buckets"], places["removed"], config=config)])
    last = [ParquetReader(places["clean"]), MinhashDedupFilter(places["removed"]), ParquetWriter(places["kept"])]
    step("publish", "4", last)
    return sum(pq.read_metadata(path).num_rows for path in Path(places["kept"]).rglob("*.parquet"))


def _measure(name: str, source: Path, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    wall, report = in_own_process("bench.pipeline", name, str(source), str(folder))
    return {**report, "wall": wall}


def _child(name: str, source: str, folder: str) -> None:
    clock = Clock()
    kept = (ours if name == OURS else theirs)(Path(source), Path(folder), clock)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    stages = [asdict(stage) for stage in clock.stages()]
    peak = max((s.peak_mb for s in clock.stages()), default=0.0)
    cpu = sum(u.ru_utime + u.ru_stime for u in usage)
    print(json.dumps({"cpu": cpu, "peak_mb": max(peak, peak_mb() or 0.0), "kept": kept, "stages": stages}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
