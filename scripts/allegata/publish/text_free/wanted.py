"""Which article of a text-free edition a text is a copy of, whatever its name: by digests, else by fingerprints."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from allegata.engine.scratch import Scratch
from allegata.publish.projector import Row
from allegata.publish.text_free.cells import clean_text
from allegata.publish.text_free.moved import Moved, removed_spans
from allegata.publish.text_free.store import Store, Texts
from allegata.publish.text_free.tables import ANCHORS, read_rows
from allegata.schema.version_tables import VersionTables
from allegata.text.fingerprints import Edge, Letters, Run, common_runs, keys_anywhere, search_keys

_TABLES = """
create table articles (id text primary key, sha256 text, url text, media_type text, row text) without rowid;
create index shas on articles (sha256);
create index urls on articles (url);
create table anchors (id text primary key, source_sha256 text, letters_sha256 text, row text) without rowid;
create index sources on anchors (source_sha256);
create index letters on anchors (letters_sha256);
create table keys (key integer, article text, primary key (key, article)) without rowid;
create table copies (article text primary key, letters integer, sha256 text, place text, source blob, runs text)
    without rowid;
"""
_NEAREST = 10  # articles that a text may be a copy of are compared with it
_SAME = 1 << 62  # letters found: all of them, and every other character


class Other(NamedTuple):
    """A copy that is not the same: where it was found, and how many of the letters of the article are found in it."""

    article_id: str
    place: str
    letters: int
    of: int


class Found(NamedTuple):
    """Articles of the edition: those with a copy that is the same, those with another copy, and those with none."""

    same: tuple[str, ...]
    others: tuple[Other, ...]
    missing: tuple[str, ...]


class Wanted:
    """The articles of an edition that copies are looked for, on the disk; and the best copy of each so far."""

    def __init__(self, path: Path) -> None:
        self._data = sqlite3.connect(path, isolation_level=None)
        self._data.executescript(f"pragma journal_mode=off; pragma synchronous=off; {_TABLES} begin;")

    def close(self) -> None:
        """Close the file."""
        self._data.close()

    def read(self, edition: VersionTables) -> None:
        """The articles of an edition."""
        for rows in read_rows(edition, "articles"):
            for row in rows:
                known = (row["article_id"], row["sha256"], row["url"], row["media_type"])
                offsets = json.dumps({"offset_map": row["offset_map"]})
                self._data.execute("insert into articles values (?, ?, ?, ?, ?)", (*known, offsets))
        for rows in read_rows(edition, ANCHORS):
            for row in rows:
                known = (row["article_id"], row["source_sha256"], row["letters_sha256"], json.dumps(row))
                self._data.execute("insert into anchors values (?, ?, ?, ?)", known)
                keys = [(key, row["article_id"]) for key in search_keys(row["fingerprints"])]
                self._data.executemany("insert or ignore into keys values (?, ?)", keys)

    def media_type(self, sha256: str) -> str | None:
        """The media type of the article with this digest of its raw bytes; None where there is no such article."""
        row = self._data.execute("select media_type from articles where sha256 = ?", (sha256,)).fetchone()
        return str(row[0]) if row else None

    def offer(self, source: str, sha256: str, place: str, url: str | None) -> bool:
        """A copy: its source text, the digest of its bytes, where it was found and its address. False where it is of no
        article.

        The first rule that finds an article decides: the digest of the source text, then of its letters; then, among
        articles of this digest or address and those with most fingerprints in common, most letters in common.
        """
        digest = hashlib.sha256(source.encode()).hexdigest()
        if same := self._ids("select id from anchors where source_sha256 = ?", digest):
            return self._keep(same, _SAME, sha256, place, source, [])
        letters = Letters.of(source)
        if same := self._ids("select id from anchors where letters_sha256 = ?", letters.digest):
            length = len(letters.string)
            return self._keep(same, length, sha256, place, source, [Run(0, 0, length)])
        near = self._ids("select id from articles where sha256 = ?", sha256)
        near += self._ids("select id from articles where url = ?", url) if url else []
        votes: Counter[str] = Counter()
        for key in keys_anywhere(letters.string):
            votes.update(self._ids("select article from keys where key = ?", key))
        near += [name for name, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))[:_NEAREST]]
        best: tuple[int, str, list[Run]] = (0, "", [])
        for article_id in sorted(set(near)):
            anchors = self._anchors(article_id)
            runs = common_runs(anchors["fingerprints"], anchors["letters"], letters.string)
            best = max(best, (sum(run.length for run in runs), article_id, runs))
        common, article_id, runs = best
        return self._keep([article_id], common, sha256, place, source, runs) if common else False

    def _keep(self, articles: list[str], letters: int, sha256: str, place: str, source: str, runs: list[Run]) -> bool:
        """Keep a copy for these articles where it has more letters in common than the one so far. Of equals the
        smaller digest wins: the order of the copies decides nothing."""
        for article_id in articles:
            row = self._data.execute("select letters, sha256 from copies where article = ?", (article_id,)).fetchone()
            if row is None or (-letters, sha256) < (-row[0], row[1]):
                copy = (article_id, letters, sha256, place, source.encode(), json.dumps(runs))
                self._data.execute("insert or replace into copies values (?, ?, ?, ?, ?, ?)", copy)
        return True

    def give(self, store: Store) -> Found:
        """Hand the texts over: of each article its best copy."""
        same, others, missing = [], [], []
        for article_id in self._ids("select id from articles order by id"):
            query = "select letters, source, runs, place from copies where article = ?"
            row = self._data.execute(query, (article_id,)).fetchone()
            if row is None:
                missing.append(article_id)
                continue
            found = self._data.execute("select row from articles where id = ?", (article_id,)).fetchone()
            article: Row = json.loads(found[0])
            source = row[1].decode()
            if row[0] == _SAME:
                same.append(article_id)
                store.put_texts(article_id, source, clean_text(article, source))
                continue
            anchors = self._anchors(article_id)
            others.append(Other(article_id, row[3], row[0], anchors["letters"]))
            edges = [Edge(**edge) for edge in anchors["edges"]]
            runs, removed = [Run(*run) for run in json.loads(row[2])], removed_spans(article, edges)
            store.put_moved(article_id, runs, edges, removed)
            store.put_texts(article_id, source, Moved(Texts(article_id, source, ""), runs, edges, removed).clean)
        return Found(tuple(same), tuple(others), tuple(missing))

    def _anchors(self, article_id: str) -> Row:
        row = self._data.execute("select row from anchors where id = ?", (article_id,)).fetchone()
        found: Row = json.loads(row[0])
        return found

    def _ids(self, query: str, *values: object) -> list[str]:
        return [row[0] for row in self._data.execute(query, values)]


@contextmanager
def open_wanted() -> Iterator[Wanted]:
    """Nothing wanted yet, in a temporary folder."""
    with Scratch() as folder:
        wanted = Wanted(folder / "wanted.sqlite")
        try:
            yield wanted
        finally:
            wanted.close()
