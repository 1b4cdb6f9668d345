"""`allegata explain` on a corpus of a million invented articles: the time of a look-up, in a version that was opened.

The tables are written by the publisher's own writer, so that row groups and files are those of a real version. Texts
recur; the ids are all different.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from allegata.publish.parquet import sorted_rows
from allegata.publish.shards import TableFiles
from allegata.recipe.explain import Lineage
from allegata.schema.digests import sha256_file
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import LEDGER, TABLES, class_labels_of
from allegata.schema.versions import SUMS, render_lines
from bench.validation import synthetic_tables

CLAIMS = 2  # of an article
_BATCH = 10_000
_SPLITS = ("train",) * 8 + ("validation", "test")
_PROCESSES = 7


def write_corpus(folder: Path, articles: int) -> None:
    """A version of so many articles, and of a tenth as many copies that the ledger alone has."""
    pool = _pool()
    tables = ("articles", "sentences", "claims", "removals")
    files = {name: TableFiles(folder, name, TABLES[name]) for name in tables}
    ledger = TableFiles(folder, "ledger", LEDGER)
    for first in range(0, articles, _BATCH):
        ids = [name_of(number) for number in range(first, min(first + _BATCH, articles))]
        splits = {name: _SPLITS[number % len(_SPLITS)] for number, name in enumerate(ids)}
        for name in tables:
            files[name].write(sorted_rows(_rows(pool[name], ids), TABLES[name]), splits)
        ledger.write(_ledger(ids), None)
    for one in (*files.values(), ledger):
        one.close()
    (folder / "manifest.json").write_text('{"version": "1.0.0"}')


def name_of(number: int) -> str:
    """The id of an article."""
    return f"{number:08d}_{number * 2654435761 % 2**32:08x}"


def _pool() -> dict[str, pa.Table]:
    """The tables of a thousand invented articles."""
    tables = {name: table.drop_columns("split") for name, table in synthetic_tables(20_000).items()}
    for name in ("articles", "sentences", "removals"):
        tables[name] = filled(tables[name], name)
    sentences = tables["sentences"]
    numbers = np.array([int(name[-3:]) for name in sentences["sentence_id"].to_pylist()])
    chosen = sentences.filter(pa.array(numbers < CLAIMS))
    texts = chosen["text"].to_pylist()
    claims = {
        "claim_id": [f"{name[:-4]}c{name[-3:]}" for name in chosen["sentence_id"].to_pylist()],
        **{name: chosen[name] for name in ("article_id", "sentence_id", "start", "end", "source_start", "source_end")},
        "surface": texts,
        "decontextualised": texts,
        "claimer_id": ["author"] * len(texts),
        "claimer_chain": [["author"]] * len(texts),
        "passes": [[{"pass": "one", "annotators": "one", "same_span": True}]] * len(texts),
        "soft_labels": [[{"attribute": "polarity", "value": "negated", "passes": 1}]] * len(texts),
        "marked": [1] * len(texts),
    }
    kinds = TABLES["claims"]
    columns = {
        name: pa.array(values, kinds.field(name).type) if isinstance(values, list) else values
        for name, values in claims.items()
    }
    tables["claims"] = filled(pa.table(columns), "claims")
    return tables


def filled(table: pa.Table, name: str) -> pa.Table:
    """All columns of a table of ours; those that nobody looks at are the same in every row."""
    columns, labels = {}, class_labels_of(default_scheme()).get(name, {})
    for field in TABLES[name]:
        word = labels[field.name][0] if field.name in labels else ""
        empty: object = [] if pa.types.is_list(field.type) else {pa.string(): word, pa.bool_(): True}.get(field.type, 0)
        blank = pa.array([None if field.nullable else empty] * len(table), field.type)
        given = table[field.name] if field.name in table.column_names else None
        columns[field.name] = blank if given is None or given.null_count == len(given) else given.cast(field.type)
    return pa.table(columns, schema=TABLES[name])


def _rows(pool: pa.Table, ids: list[str]) -> pa.Table:
    """The rows of the pool, again and again, as those of other articles: an id begins with that of its article."""
    home = np.array([int(name[:7]) for name in pool["article_id"].to_pylist()])
    count = int(home.max()) + 1
    parts = []
    for first in range(0, len(ids), count):
        group = ids[first : first + count]
        rows = pool.filter(pa.array(home < len(group)))
        names = [group[number] for number in home[home < len(group)].tolist()]
        for column in rows.column_names:
            if column == "article_id":
                values = names
            elif column in (pool.column_names[0], "sentence_id"):
                values = [
                    f"{name}:{old.rpartition(':')[2]}"
                    for name, old in zip(names, rows[column].to_pylist(), strict=True)
                ]
            else:
                continue
            place = rows.column_names.index(column)
            rows = rows.set_column(place, rows.schema.field(column), pa.array(values, pa.string()))
        parts.append(rows)
    return pa.concat_tables(parts)


def _ledger(ids: list[str]) -> pa.Table:
    rows: list[dict[str, object]] = [{"article_id": name, "file": f"{name}.txt", "status": "kept"} for name in ids]
    for name in ids[::10]:
        why = {"stage": "deduplicate", "reason": "near_duplicate", "evidence": "invented", "canonical_id": name}
        copy = {"article_id": f"{name}-copy", "file": f"{name}-copy.txt", "status": "removed", **why}
        rows.append({**copy, "similarity": 0.9, "passage_start": 0, "passage_end": 40})
    return sorted_rows(pa.Table.from_pylist(rows, LEDGER), LEDGER)


def run_explain(folder: Path, articles: int, lookups: int, seed: int) -> str:
    """A line for each kind of question: median and 99th percentile of its time, and of its CPU time."""
    if not (folder / "manifest.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_corpus(folder, articles)
    files = list(folder.rglob("*.parquet"))
    if not (folder / SUMS).is_file():
        (folder / SUMS).write_bytes(
            render_lines({path.relative_to(folder).as_posix(): sha256_file(path) for path in files})
        )
    size = sum(path.stat().st_size for path in files) / 1e6
    lines = [f"{articles:,} articles, {len(files)} files, {size:,.0f} MB; {lookups} look-ups of each kind"]
    rng, lineage = random.Random(seed), Lineage(folder)
    for kind, ask in _QUESTIONS.items():
        times = np.array([_timed(lineage, ask(name_of(rng.randrange(articles)), rng)) for _ in range(lookups)])
        lines.append(_line(kind, times))
    first = np.array([_first(folder, name_of(rng.randrange(articles))) for _ in range(_PROCESSES)])
    lines.append(f"{_line('first claim', first)}   (in new processes, after their imports)")
    return "\n".join(lines)


def _line(kind: str, times: npt.NDArray[np.float64]) -> str:
    (p50, cpu50), (p99, cpu99) = np.percentile(times, [50, 99], axis=0)
    return f"{kind:12} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   CPU p50 {cpu50:6.1f} ms   p99 {cpu99:6.1f} ms"


_QUESTIONS: dict[str, Callable[[str, random.Random], str]] = {
    "article": lambda name, rng: name,
    "characters": lambda name, rng: f"{name}:{(at := rng.randrange(300))}-{at + 1}",
    "claim": lambda name, rng: f"{name}:c{rng.randrange(CLAIMS):03d}",
    "copy": lambda name, rng: f"{name_of(int(name[:8]) // 10 * 10)}-copy",
}


def _timed(lineage: Lineage, asked: str) -> tuple[float, float]:
    """Milliseconds, and those of the processor."""
    before, busy = time.perf_counter(), time.process_time()
    lineage.explain(asked)
    return (time.perf_counter() - before) * 1e3, (time.process_time() - busy) * 1e3


def _first(folder: Path, name: str) -> tuple[float, float]:
    """Those of the first look-up of a process: no footer has been read."""
    program = "import sys, pathlib\nfrom bench.explain import Lineage, _timed\n"
    program += "print(*_timed(Lineage(pathlib.Path(sys.argv[1])), sys.argv[2]))"
    command = [sys.executable, "-c", program, str(folder), f"{name}:c000"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wall, busy = map(float, done.stdout.split())
    return wall, busy
