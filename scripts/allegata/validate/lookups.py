"""What the checks look up about the articles: texts by article, offset maps, removals, sentences.

A span table is never joined with the texts (a million rows would take 7 GB and 40 times as long): a row
carries the number of its article, and everything else is looked up here. Offsets of all articles are laid
end to end on one line, so that the map of a million spans is one `searchsorted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.scheme import Scheme
from allegata.schema.tables import LEDGER, tables_of
from allegata.validate.rows import integers, numbers_in, texts, unnest

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
TextName = Literal["text", "source_text"]


@dataclass(frozen=True)
class Intervals:
    """Half-open intervals with the number of the article each lies in."""

    article: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True)
class Lookups:
    """The published tables of one validation, seen as lookups.

    `entity_ids` are the known entities, `scheme` says which labels and attributes there are, `n_in` is the number of
    documents that came in (None: not known).
    Everything derived is computed on first use and kept as flat arrays.
    """

    tables: Mapping[str, pa.Table]
    entity_ids: frozenset[str]
    scheme: Scheme
    n_in: int | None = None

    def table(self, name: str) -> pa.Table:
        """The table `name`, empty if this validation has none."""
        if name in self.tables:
            return self.tables[name]
        schema = LEDGER if name == "ledger" else tables_of(self.scheme)[name]
        return schema.append(pa.field("split", pa.string())).empty_table()

    @cached_property
    def article_ids(self) -> pa.Array:
        """Article ids; an article's number is its place here."""
        return texts(self.table("articles"), "article_id")

    def article_numbers(self, article_ids: pa.Array) -> Ints:
        """The number of each article, -1 for an id that no article has."""
        return numbers_in(article_ids, self.article_ids)

    @cached_property
    def _texts(self) -> dict[str, pa.ChunkedArray]:
        """As they came, in their chunks: in one piece they would stand in memory twice."""
        return {name: self.table("articles")[name] for name in ("text", "source_text")}

    @cached_property
    def _lengths(self) -> dict[str, Ints]:
        return {
            name: pc.fill_null(pc.utf8_length(column), 0).to_numpy().astype(np.int64)
            for name, column in self._texts.items()
        }

    @cached_property
    def _bases(self) -> dict[str, Ints]:
        """Where each article begins on the common line; one place between two keeps their ends apart."""
        return {
            name: np.concatenate(([0], np.cumsum(length + 1)))[:-1].astype(np.int64)
            for name, length in self._lengths.items()
        }

    def text(self, number: int, name: TextName) -> str:
        """One text of one article (decoded at each call: a corpus of them would not fit in memory)."""
        value = self._texts[name][number].as_py()
        return value or ""

    def lengths(self, name: TextName) -> Ints:
        """Length of each article's text in code points."""
        return self._lengths[name]

    def on_line(self, article: Ints, position: Ints, name: TextName) -> Ints:
        """Positions of single articles as positions on the common line."""
        return self._bases[name][article] + position

    @cached_property
    def kept(self) -> Intervals:
        """The kept intervals of the source texts, in the order of `articles.offset_map`."""
        runs = self._runs
        source = integers(runs, "source_start")
        return Intervals(integers(runs, "parent"), source, source + integers(runs, "length"))

    @cached_property
    def kept_clean_starts(self) -> Ints:
        """Where each kept interval starts in the clean text."""
        return integers(self._runs, "start")

    @cached_property
    def _runs(self) -> pa.Table:
        return unnest(self.table("articles"), "offset_map")

    def to_source(self, article: Ints, position: Ints) -> Ints:
        """Source positions of clean positions by the offset map, -1 where it has no answer."""
        kept, starts = self.kept, self.kept_clean_starts
        if not len(starts):
            return np.full(len(position), -1, dtype=np.int64)
        line = self.on_line(kept.article, starts, "text")
        order = np.argsort(line, kind="stable")
        run = np.searchsorted(line[order], self.on_line(article, position, "text"), side="right") - 1
        run = order[np.maximum(run, 0)]
        into = position - starts[run]
        answered = (kept.article[run] == article) & (into >= 0) & (into < (kept.end - kept.start)[run])
        return np.where(answered, kept.start[run] + into, -1)

    @cached_property
    def removals(self) -> Intervals:
        """The removals that lie in a known article, as source intervals in the order of their table."""
        table, article = self._known_removals
        return Intervals(article, integers(table, "source_start"), integers(table, "source_end"))

    @cached_property
    def removal_reasons(self) -> pa.Array:
        """The reason of each of `removals`."""
        return texts(self._known_removals[0], "reason")

    @cached_property
    def _known_removals(self) -> tuple[pa.Table, Ints]:
        table = self.table("removals").select(["article_id", "source_start", "source_end", "reason"])
        article = self.article_numbers(texts(table, "article_id"))
        return table.filter(pa.array(article >= 0)), article[article >= 0]

    @cached_property
    def sentences(self) -> Intervals:
        """The sentences, in the order of their table; article -1 where it is unknown."""
        table = self.table("sentences")
        article = self.article_numbers(texts(table, "article_id"))
        return Intervals(article, integers(table, "start"), integers(table, "end"))
