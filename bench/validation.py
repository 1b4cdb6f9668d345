"""How fast the gate is: invented mentions, against the same checks written in polars.

    python -m bench.validation 1000000 expectations

Prints one line an engine: rows, seconds from tables in memory to the verdict (imports not counted), CPU
seconds of all threads, and the peak memory of its process with imports and tables. Each engine runs in a
process of its own on the same Parquet files. polars is a development dependency; the text model is our own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from allegata.schema.scheme import default_scheme
from allegata.schema.tables import ENTITIES, TABLES

SENTENCES_AN_ARTICLE = 10
MENTIONS_A_SENTENCE = 2
_POOL = 5000
_SCHEME = default_scheme()
_LABELS, _MENTION_TYPES = _SCHEME.values("mention", "label"), _SCHEME.values("mention", "mention_type")
_TABLES = ("articles", "sentences", "entities", "removals")


def synthetic_tables(mentions: int, seed: int = 7) -> dict[str, pa.Table]:
    """Valid articles, sentences, mentions and removals: 20 mentions, about 800 characters an article.

    Every third sentence loses a citation marker, every article the line at its end.
    """
    random = Random(seed)
    pool = [_sentence(random) for _ in range(_POOL)]
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    tables: dict[str, list[pa.Table]] = {name: [] for name in _TABLES}
    articles = max(1, mentions // (SENTENCES_AN_ARTICLE * MENTIONS_A_SENTENCE))
    for number in range(articles):
        _add_article(f"{number:07d}_a", random, pool, rows)
        if number % 5000 == 4999 or number == articles - 1:
            for name in _TABLES:
                schema = TABLES[name].append(pa.field("split", pa.string()))
                tables[name].append(pa.Table.from_pylist(rows[name], schema))
                rows[name].clear()
    return {name: pa.concat_tables(parts).combine_chunks() for name, parts in tables.items()}


def _sentence(random: Random) -> tuple[str, list[tuple[int, int]]]:
    letters = "abcdefghijklmnoprstuvwyzé"
    words = ["".join(random.choices(letters, k=random.randint(2, 9))) for _ in range(12)]
    text = " ".join(words)
    spans, position = [], 0
    for i, word in enumerate(words):
        if i in (1, 7):
            spans.append((position, position + len(word)))
        position += len(word) + 1
    return text + "’.", spans


def _add_article(
    article_id: str,
    random: Random,
    pool: list[tuple[str, list[tuple[int, int]]]],
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    owned = {"article_id": article_id, "split": "train"}
    clean, source = "", ""
    runs = [{"start": 0, "source_start": 0, "length": 0}]
    for i in range(SENTENCES_AN_ARTICLE):
        text, spans = random.choice(pool)
        sentence_id = f"{article_id}:s{i:03d}"
        at, source_at = len(clean), len(source)
        for start, end in spans:
            number = len(rows["entities"])
            label = _LABELS[number % len(_LABELS)]
            entity = None if label in _SCHEME.value_labels else f"entity-{number % 997}"
            mention = {
                "mention_id": f"{article_id}:e{i:03d}-{start}",
                "sentence_id": sentence_id,
                "start": at + start,
                "end": at + end,
                "source_start": source_at + start,
                "source_end": source_at + end,
                "surface": text[start:end],
                "label": label,
                "mention_type": _MENTION_TYPES[number % 3],
                "entity_id": entity,
                "entity_name": entity,
            }
            rows["entities"].append(owned | mention)
        clean += text
        source += text
        if i % 3 == 0:
            runs[-1]["length"] = len(clean) - runs[-1]["start"]
            rows["removals"].append(owned | _removal(article_id, clean, source, f" [{i}]", "citation_marker"))
            source += f" [{i}]"
            runs.append({"start": len(clean), "source_start": len(source), "length": 0})
        sentence = {"sentence_id": sentence_id, "start": at, "end": len(clean), "text": text, "zone": "body"}
        sentence |= {"source_start": source_at, "source_end": source_at + len(text), "is_claim": False}
        rows["sentences"].append(owned | sentence)
        clean += " "
        source += " "
    runs[-1]["length"] = len(clean) - runs[-1]["start"]
    teaser = "\nMore of the same"
    rows["removals"].append(owned | _removal(article_id, clean, source, teaser, "related_teaser"))
    article = dict.fromkeys(("file", "sha256", "media_type", "language", "cluster_id"), article_id)
    layers = {"blocks": [], "offset_map": runs, "references": [], "tags": [], "annotated": True}
    rows["articles"].append(owned | article | layers | {"bytes": 1, "text": clean, "source_text": source + teaser})


def _removal(article_id: str, clean: str, source: str, text: str, reason: str) -> dict[str, Any]:
    return {
        "removal_id": f"{article_id}:r{len(source):05d}",
        "position": len(clean),
        "source_start": len(source),
        "source_end": len(source) + len(text),
        "text": text,
        "reason": reason,
        "rule": "speed/1",
        "evidence": "invented",
    }


def run_gate(tables: dict[str, pa.Table], suites_dir: Path) -> tuple[float, float, int]:
    """Seconds, CPU seconds and number of failing rows of the entities suite in Great Expectations."""
    from allegata.validate import expectations
    from allegata.validate.lookups import Lookups
    from allegata.validate.run import run_some
    from allegata.validate.suites import read_suites

    del expectations  # imported before the clock starts
    every = [path.stem for path in suites_dir.glob("*.json")]
    suites = [suite for suite in read_suites(suites_dir, every) if suite.table == "entities"]
    known = frozenset(f"entity-{number}" for number in range(997))
    begin, busy = time.perf_counter(), time.process_time()
    (suite,) = suites
    numbers = {suite.table: range(len(suite.expectations))}
    found = run_some(suites, Lookups(tables, known, _SCHEME), 20, numbers)
    return (
        time.perf_counter() - begin,
        time.process_time() - busy,
        sum(outcome.failed for outcome in found[suite.table].values()),
    )


def run_polars(tables: dict[str, pa.Table], suites_dir: Path) -> tuple[float, float, int]:
    """Seconds, CPU seconds and number of failing rows of the same checks, as one lazy query of polars."""
    import polars as pl

    frames = {name: pl.DataFrame(table).lazy() for name, table in tables.items()}
    known = [f"entity-{number}" for number in range(997)]
    begin, busy = time.perf_counter(), time.process_time()
    articles = frames["articles"].select("article_id", "text", "annotated", theirs="split")
    sentences = frames["sentences"].select("sentence_id", of="article_id", sentence_start="start", sentence_end="end")
    runs = (
        frames["articles"]
        .select("article_id", "offset_map")
        .explode("offset_map")
        .unnest("offset_map")
        .rename({"start": "run_start", "source_start": "run_source"})
        .sort("run_start")
    )
    removed = frames["removals"].filter(pl.col("reason") != "citation_marker")
    removed = removed.select("article_id", gone="source_start", gone_end="source_end").sort("gone")
    required = [field.name for field in ENTITIES if not field.nullable]
    value = pl.col("label").is_in(_SCHEME.value_labels)
    surface = pl.col("surface")
    start, end, text = pl.col("start"), pl.col("end"), pl.col("text")
    faults = {
        "filled": pl.any_horizontal([pl.col(name).is_null() for name in required])
        | pl.any_horizontal([pl.col(n) == "" for n in required if ENTITIES.field(n).type == pa.string()]),
        "unique": pl.col("mention_id").is_duplicated(),
        "article": text.is_null(),
        "annotated": ~pl.col("annotated"),
        "sentence": pl.col("of").is_null() | (pl.col("of") != pl.col("article_id")),
        "split": ~pl.col("split").is_in(["train", "validation", "test"]) | (pl.col("split") != pl.col("theirs")),
        "bounds": (start < 0) | (start >= end) | (end > text.str.len_chars()),
        "quote": text.str.slice(start, end - start) != surface,
        "edges": surface.str.contains(r"^\s|\s$|^\[\d{1,4}\]|\[\d{1,4}\]$"),
        "inside": (start < pl.col("sentence_start")) | (end > pl.col("sentence_end")),
        "label": ~pl.col("label").is_in(_LABELS),
        "mention_type": ~pl.col("mention_type").is_in(_MENTION_TYPES),
        "entity": value != pl.col("entity_id").is_null(),
        "known": ~pl.col("entity_id").is_in(known),
    }
    mapped = (start - pl.col("run_start") + pl.col("run_source") != pl.col("source_start")) | (
        end - start != pl.col("source_end") - pl.col("source_start")
    )
    offsets = ["article_id", "start", "end", "source_start", "source_end"]
    found = (
        frames["entities"]
        .join(articles, on="article_id", how="left")
        .join(sentences, on="sentence_id", how="left")
        .select(*offsets, wrong=pl.sum_horizontal(fault.fill_null(False) for fault in faults.values()))
        .sort("start")
        .join_asof(runs, left_on="start", right_on="run_start", by="article_id", check_sortedness=False)
        .sort("source_end")
        .join_asof(removed, left_on="source_end", right_on="gone", by="article_id", check_sortedness=False)
        .select(
            pl.col("wrong").sum(),
            mapped=mapped.sum(),
            gone=(pl.col("gone_end") > pl.col("source_start")).sum(),
        )
        .collect()
    )
    return time.perf_counter() - begin, time.process_time() - busy, int(found.sum_horizontal()[0])


def main(arguments: list[str]) -> None:
    """Make the tables, run both engines on them, print the figures and their ratio."""
    if len(arguments) == 3:  # a child: engine, tables, suites
        engine, folder, suites = arguments
        tables = {name: pq.read_table(Path(folder) / f"{name}.parquet", pre_buffer=False) for name in _TABLES}
        seconds, busy, failed = {"gate": run_gate, "polars": run_polars}[engine](tables, Path(suites))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows = f"{engine:7} {tables['entities'].num_rows:>9,} rows"
        print(f"{rows} {seconds:7.2f} s {busy:7.2f} CPU s {peak:6.0f} MB {failed} faults")
        return
    count, suites = int(arguments[0]), arguments[1]
    with tempfile.TemporaryDirectory() as folder:
        for name, table in synthetic_tables(count).items():
            pq.write_table(table, Path(folder) / f"{name}.parquet")
        for engine in ("polars", "gate"):
            command = [sys.executable, "-m", "bench.validation", engine, folder, suites]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
