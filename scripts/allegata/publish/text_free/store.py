"""The texts of a version while its text-free edition is made or filled: on the disk, a few articles in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from allegata.engine.scratch import Scratch
from allegata.text.fingerprints import Edge, Letters, Run
from allegata.text.spans import Span

_TABLES = """
create table articles (id text primary key, source text, clean text) without rowid;
create table edges (article text, offset integer, primary key (article, offset)) without rowid;
create table sentences (id text primary key, text text) without rowid;
create table claims (id text primary key, article text, source_start integer, repeated text) without rowid;
create table moved (article text primary key, data text) without rowid;
create table seals (id text primary key, home text, place text, article text, start integer, end integer, sealed text)
    without rowid;
create index homes on seals (home);
"""
_MEMORY = 8  # articles


class Texts:
    """The two texts of one article."""

    def __init__(self, article_id: str, source: str, clean: str) -> None:
        self.article_id, self.source, self.clean = article_id, source, clean

    @cached_property
    def letters(self) -> Letters:
        """The letters of the source text."""
        return Letters.of(self.source)


class Claim(NamedTuple):
    """What relations repeat of a claim, and where it stands."""

    article_id: str
    source_start: int
    surface: str
    decontextualised: str
    sentence_id: str
    claimer_id: str


class Seal(NamedTuple):
    """A cell that is sealed: its row (`table/row`), its place in it, and the block of letters that opens it."""

    id: str
    home: str
    place: str
    article_id: str
    start: int
    end: int
    sealed: str


class Store:
    """What is written is there at once; `open_store` removes it at the end."""

    def __init__(self, path: Path) -> None:
        self._data = sqlite3.connect(path, isolation_level=None)
        self._data.executescript(f"pragma journal_mode=off; pragma synchronous=off; {_TABLES} begin;")
        self._near: dict[str, Texts] = {}

    def close(self) -> None:
        """Close the file."""
        self._data.close()

    def put_texts(self, article_id: str, source: str, clean: str) -> None:
        """The texts of an article."""
        self._data.execute("insert into articles values (?, ?, ?)", (article_id, _b(source), _b(clean)))

    def has(self, article_id: str) -> bool:
        """Whether the texts of an article are here."""
        return self._data.execute("select 1 from articles where id = ?", (article_id,)).fetchone() is not None

    def texts(self, article_id: str) -> Texts:
        """The texts of an article. Raises `KeyError` where the version has no such article."""
        if article_id not in self._near:
            row = self._data.execute("select source, clean from articles where id = ?", (article_id,)).fetchone()
            if row is None:
                raise KeyError(article_id)
            if len(self._near) == _MEMORY:
                del self._near[next(iter(self._near))]
            self._near[article_id] = Texts(article_id, *map(_t, row))
        return self._near[article_id]

    def articles(self) -> Iterator[str]:
        """The ids, in the order of their UTF-8 bytes."""
        return (row[0] for row in self._data.execute("select id from articles order by id").fetchall())

    def put_edges(self, article_id: str, offsets: Iterable[int]) -> None:
        """Places of the source text at which a span begins or ends."""
        rows = [(article_id, offset) for offset in offsets]
        self._data.executemany("insert or ignore into edges values (?, ?)", rows)

    def edges(self, article_id: str) -> list[int]:
        """These places, in order."""
        query = "select offset from edges where article = ? order by offset"
        return [row[0] for row in self._data.execute(query, (article_id,))]

    def put_sentence(self, sentence_id: str, text: str) -> None:
        """The text of a sentence."""
        self._data.execute("insert into sentences values (?, ?)", (sentence_id, _b(text)))

    def sentence(self, sentence_id: str) -> str | None:
        """The text of a sentence; None where there is none of that id."""
        row = self._data.execute("select text from sentences where id = ?", (sentence_id,)).fetchone()
        return _t(row[0]) if row else None

    def put_claim(self, claim_id: str, claim: Claim) -> None:
        """What relations repeat of a claim."""
        article_id, start, *repeated = claim
        self._data.execute(
            "insert into claims values (?, ?, ?, ?)", (claim_id, article_id, start, json.dumps(repeated))
        )

    def claim(self, claim_id: str) -> Claim | None:
        """What is known of a claim; None where there is none of that id."""
        row = self._data.execute(
            "select article, source_start, repeated from claims where id = ?", (claim_id,)
        ).fetchone()
        return Claim(row[0], row[1], *json.loads(row[2])) if row else None

    def put_moved(self, article_id: str, runs: Sequence[Run], edges: Sequence[Edge], removed: Sequence[Span]) -> None:
        """Where an article is found in a copy that is not the same, and what was removed of the article."""
        self._data.execute("insert into moved values (?, ?)", (article_id, json.dumps([runs, edges, removed])))

    def moved(self, article_id: str) -> tuple[list[Run], list[Edge], list[Span]] | None:
        """The same; None for an article whose copy is the same."""
        row = self._data.execute("select data from moved where article = ?", (article_id,)).fetchone()
        if row is None:
            return None
        runs, edges, removed = json.loads(row[0])
        return [Run(*run) for run in runs], [Edge(*edge) for edge in edges], [Span(*span) for span in removed]

    def put_seal(self, seal: Seal) -> None:
        """One sealed copy of a cell."""
        self._data.execute("insert into seals values (?, ?, ?, ?, ?, ?, ?)", seal)

    def seals(self, home: str | None = None) -> Iterator[Seal]:
        """The sealed cells of a row, or all, in the order of their ids."""
        if home is not None:
            found = self._data.execute("select * from seals where home = ? order by id", (home,)).fetchall()
            return (Seal(*row) for row in found)
        return (Seal(*row) for row in self._data.cursor().execute("select * from seals order by id"))


@contextmanager
def open_store() -> Iterator[Store]:
    """A store in a temporary folder."""
    with Scratch() as folder:
        store = Store(folder / "texts.sqlite")
        try:
            yield store
        finally:
            store.close()


def _b(text: str) -> bytes:
    """sqlite cuts a string at a NUL character."""
    return text.encode()


def _t(data: bytes) -> str:
    return data.decode()
