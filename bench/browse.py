"""`allegata browse` on an invented corpus: CPU time and memory of the command, and how large the pages are.

An article has 20 mentions, a claim in each of its 10 sentences and 4 removals; 20 articles are a story with a dispute
for every two. Sentences recur, so that there are few different words.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from allegata.publish.manifest import render_release_manifest
from allegata.schema.digests import sha256_file
from allegata.schema.features import yaml_features
from allegata.schema.release_manifest import FileFacts, ReleaseManifest, SplitFacts, TableFacts
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import LEDGER, TABLES, class_labels_of
from bench.explain import filled
from bench.validation import MENTIONS_A_SENTENCE, SENTENCES_AN_ARTICLE, synthetic_tables

OF_A_STORY = 20
_SPANS = ("entities", "claims", "removals")


def write_version(folder: Path, articles: int) -> int:
    """Write the tables of a version of so many articles; return how many spans they have."""
    tables = synthetic_tables(articles * SENTENCES_AN_ARTICLE * MENTIONS_A_SENTENCE)
    tables = {name: table.drop_columns("split") for name, table in tables.items()}
    ids = tables["articles"]["article_id"].to_pylist()
    stories = pa.array([f"story {number // OF_A_STORY:06d}" for number in range(len(ids))])
    at = tables["articles"].column_names.index("story")
    tables["articles"] = tables["articles"].set_column(at, "story", stories)
    tables["claims"] = _claims(tables["sentences"])
    disputes, positions = _disputes(ids)
    rows = [{"article_id": name, "file": f"{name}.txt", "status": "kept"} for name in ids]
    tables = {name: filled(table, name) for name, table in tables.items()}
    tables |= {"disputes": disputes, "positions": positions, "ledger": pa.Table.from_pylist(rows, LEDGER)}
    facts, labels = {}, class_labels_of(default_scheme())
    for name, table in tables.items():
        path = folder / name / "train-00000-of-00001.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)
        digest = sha256_file(path)
        file = FileFacts(path.relative_to(folder).as_posix(), digest, path.stat().st_size, len(table))
        facts[name] = TableFacts(
            yaml_features(table.schema, labels.get(name, {})), {"train": SplitFacts((file,), digest)}
        )
    (folder / "manifest.json").write_bytes(render_release_manifest(ReleaseManifest("1.0.0", facts)))
    return sum(len(tables[name]) for name in _SPANS)


def run_browse(articles: int) -> str:
    """One line: articles, spans, CPU seconds and peak memory of the command, files and the largest of them."""
    with tempfile.TemporaryDirectory() as folder:
        version, pages = Path(folder) / "v1.0.0", Path(folder) / "pages"
        spans = write_version(version, articles)
        command = [sys.executable, "-m", "allegata", "browse", "--corpus", str(version), "--output", str(pages)]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, command)
        sizes = [path.stat().st_size for path in pages.rglob("*") if path.is_file()]
    return (
        f"{articles:,} articles, {spans:,} spans: {used.ru_utime + used.ru_stime:.1f} CPU s, "
        f"{used.ru_maxrss / 1024:,.0f} MB at most; {len(sizes):,} files, {sum(sizes) / 1e6:,.1f} MB, "
        f"the largest {max(sizes) / 1e3:,.0f} KB"
    )


def _claims(sentences: pa.Table) -> pa.Table:
    texts = sentences["text"].to_pylist()
    return pa.table(
        {
            "claim_id": [f"{name.rpartition(':')[0]}:c{name[-3:]}" for name in sentences["sentence_id"].to_pylist()],
            **{
                name: sentences[name]
                for name in ("article_id", "sentence_id", "start", "end", "source_start", "source_end")
            },
            "surface": texts,
            "decontextualised": texts,
            "claimer_id": ["author"] * len(texts),
            "claimer_chain": pa.array([["author"]] * len(texts), TABLES["claims"].field("claimer_chain").type),
        }
    )


def _disputes(ids: list[str]) -> tuple[pa.Table, pa.Table]:
    """A dispute of every article with the next: each takes a position with its first claim."""
    disputes, positions = [], []
    for number, pair in enumerate(zip(ids[::2], ids[1::2], strict=False)):
        name, claims = f"d{number:06d}", [f"{article}:c000" for article in pair]
        story = f"story {2 * number // OF_A_STORY:06d}"
        whole = {"dispute_id": name, "story": story, "question": f"What is true of {name}?", "kind": "contradiction"}
        disputes.append({**whole, "claim_ids": claims, "article_ids": list(pair)})
        for side, claim in zip("ab", claims, strict=True):
            position = {"position_id": f"{name}:{side}", "dispute_id": name, "canonical": f"It is {side}."}
            positions.append({**position, "claim_ids": [claim], "claimer_ids": ["author"]})
    found = {"disputes": disputes, "positions": positions}
    made = [
        filled(
            pa.table({name: _typed(table, name, rows) for name in rows[0]}) if rows else TABLES[table].empty_table(),
            table,
        )
        for table, rows in found.items()
    ]
    return made[0], made[1]


def _typed(table: str, column: str, rows: Sequence[Mapping[str, object]]) -> pa.Array:
    return pa.array([row[column] for row in rows], TABLES[table].field(column).type)
