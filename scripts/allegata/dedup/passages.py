"""Passages shared by several articles: quoted statements, wire copy, templates, disclaimers.

They are reported, not removed. Every run of `n_words` words is hashed; runs that stand in several articles
and follow one another are one passage as long as the same articles share them. Give it the articles that were
kept, else every copy shares everything. Repetitions inside one article do not count: they are the cleaner's
business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from allegata.dedup.fold import Offsets, words_of
from allegata.dedup.shingles import Hashes, mix, segment_sums
from allegata.dedup.steps import Read, is_among
from allegata.dedup.texts import shingled_batches
from allegata.engine.runner import Embedded, Runner
from allegata.schema.problems import UsageError

PASSAGES = pa.schema(
    [
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("n_articles", pa.int32(), nullable=False),
        pa.field("passage_id", pa.string(), nullable=False),
    ]
)
_CHUNK, _RAW_WORD = re.compile(r"\S+"), re.compile(r"[^\W_]+")
_ROWS_PER_BATCH = 2_000


def shared_passages(
    table: pa.Table, n_words: int = 10, min_articles: int = 2, runner: Runner | None = None
) -> pa.Table:
    """Passages of at least `n_words` words that stand in at least `min_articles` articles.

    `table` has the columns article_id and text (clean text, no nulls). Returns one row for each article and
    passage (schema `PASSAGES`), sorted: half-open spans in code points of `text`, from the first word to the
    last, and an id that is equal for equal words. Passages shared by different sets of articles may overlap
    by up to `n_words` - 1 words. Raises `UsageError` where a passage would have no words or one article.
    """
    if n_words < 1 or min_articles < 2:
        raise UsageError("Shared passages need n_words of at least 1 and min_articles of at least 2.")
    if runner is None:
        with Embedded() as embedded:
            return shared_passages(table, n_words, min_articles, embedded)
    numbers = pa.array(np.arange(len(table)))
    table = table.select(["article_id", "text"]).append_column("doc", numbers)
    batches = [table.slice(first, _ROWS_PER_BATCH) for first in range(0, len(table), _ROWS_PER_BATCH)]
    source = runner.source(batches)
    # About 64 MB of rows a part, for articles of 500 words.
    rows = RunsOfWords(_as_it_is, n_words, 1 + len(table) // 8_000)
    shared = runner.map(SharedRuns(min_articles), runner.shuffle(runner.map(rows, source), "part"))
    found = [part for part in runner.tables(shared) if len(part)]
    if not found:
        return PASSAGES.empty_table()
    known = pa.concat_tables(found).sort_by("hash")
    columns = [known[name].to_numpy() for name in ("hash", "n_articles", "articles")]
    spans = list(runner.tables(runner.map(Spans(_as_it_is, n_words, *columns), source)))
    return pa.concat_tables(spans).sort_by([(name, "ascending") for name in PASSAGES.names]).combine_chunks()


def _as_it_is(batch: pa.Table) -> Iterator[pa.Table]:
    yield batch


@dataclass(frozen=True)
class RunsOfWords:
    """Documents -> part, hash, doc: every run of words once a document; the part is a prefix of the hash."""

    read: Read
    n_words: int
    n_parts: int

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table for some documents."""
        for table in self.read(batch):
            docs = table["doc"].to_numpy()
            for rows, found in shingled_batches(table["text"], self.n_words):
                owners = np.repeat(docs[rows], np.diff(found.offsets))
                order = np.lexsort((owners, found.hashes))
                hashes, owners = found.hashes[order], owners[order]
                new = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
                kept = np.append(True, new)[: len(hashes)]
                part = (hashes[kept] >> np.uint64(32)) * np.uint64(self.n_parts) >> np.uint64(32)
                yield pa.table([part.astype(np.int32), hashes[kept], owners[kept]], ["part", "hash", "doc"])


@dataclass(frozen=True)
class SharedRuns:
    """All rows of some parts -> hash, n_articles and a hash of the set of articles, of shared runs."""

    min_articles: int

    def __call__(self, part: pa.Table) -> Iterator[pa.Table]:
        """One table a batch."""
        hashes = part["hash"].to_numpy()
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
        articles = mix(part["doc"].to_numpy()[order].astype(np.uint64) + np.uint64(1))
        starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
        offsets = np.append(starts, len(hashes))
        n = np.diff(offsets)
        many = n >= self.min_articles
        sets = segment_sums(articles, offsets)
        yield pa.table([hashes[starts][many], n[many], sets[many]], ["hash", "n_articles", "articles"])


@dataclass(frozen=True)
class Spans:
    """Documents -> their shared passages (schema `PASSAGES`), given the shared runs in ascending order."""

    read: Read
    n_words: int
    hashes: Hashes
    n_articles: Offsets
    articles: Hashes

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        """One table for some documents."""
        for table in self.read(batch):
            ids = table["article_id"]
            for rows, found in shingled_batches(table["text"], self.n_words):
                out = []
                shared = is_among(found.hashes, self.hashes)
                some = np.flatnonzero(segment_sums(shared.astype(np.int64), found.offsets))
                for i in some.tolist():
                    text = table["text"][rows.start + i].as_py()
                    runs = slice(found.offsets[i], found.offsets[i + 1])
                    article_id = ids[rows.start + i].as_py()
                    out += [(article_id, *row) for row in self._passages(text, found.hashes[runs], shared[runs])]
                columns = list(zip(*out, strict=True)) or [()] * len(PASSAGES)
                yield pa.table([pa.array(c, f.type) for c, f in zip(columns, PASSAGES, strict=True)], schema=PASSAGES)

    def _passages(
        self, text: str, hashes: Hashes, shared: np.ndarray[tuple[int], np.dtype[np.bool_]]
    ) -> Iterator[tuple[int, int, int, str]]:
        words = located_words(text)
        place = np.searchsorted(self.hashes, hashes[shared])
        articles = np.zeros(len(hashes), np.uint64)
        articles[shared] = self.articles[place]
        counts = np.zeros(len(hashes), np.int64)
        counts[shared] = self.n_articles[place]
        edges = np.flatnonzero(np.append(True, articles[1:] != articles[:-1]))
        for first, after in zip(edges.tolist(), [*edges[1:].tolist(), len(hashes)], strict=True):
            if counts[first]:
                passage = words[first : after + self.n_words - 1]
                spoken = " ".join(word for word, _, _ in passage).encode("utf-8", "surrogatepass")
                digest = hashlib.sha256(spoken).hexdigest()[:16]
                yield passage[0][1], passage[-1][2], int(counts[first]), digest


def located_words(text: str) -> list[tuple[str, int, int]]:
    """The words of `fold.words_of`, each with its half-open span in code points of the text as it is.

    Normalisation can change the number of characters. Where it also changes the number of words between two
    blanks, each of these words gets the span of all.
    """
    found = []
    for chunk in _CHUNK.finditer(text):
        words = words_of(chunk.group())
        spans = [(chunk.start() + m.start(), chunk.start() + m.end()) for m in _RAW_WORD.finditer(chunk.group())]
        if len(spans) != len(words):
            spans = [chunk.span()] * len(words)
        found += [(word, start, end) for word, (start, end) in zip(words, spans, strict=True)]
    return found
