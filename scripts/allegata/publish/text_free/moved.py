"""Rows of an article whose copy is not the same text: every span is found again in the copy, or lost, and listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from allegata.publish.projector import Row
from allegata.publish.text_free.store import Texts
from allegata.text.fingerprints import Edge, Mapped, Run, place_of
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span, complement

Kind = Literal["moved", "changed", "lost"]
NO_COPY = "there is no copy of the article"
_GONE = "the words beside its borders are not in the copy"
_CHANGED = "some of its words have changed, or words around them"
# Without these pieces a row says something else: it is lost with one of them.
_WHOLE = ("segments", "content")


class Drift(NamedTuple):
    """A span, or a sealed cell, that is not where it was: `place` in its row, source offsets before and after."""

    article_id: str
    table: str
    row: str
    place: str
    kind: Kind
    before: Span | None
    after: Span | None
    why: str


class Moved:
    """An article in a copy: where its letters and the edges of its spans are, and the clean text of the copy."""

    def __init__(self, texts: Texts, runs: list[Run], edges: list[Edge], removed: list[Span]) -> None:
        self.texts, self._mapped = texts, Mapped(runs)
        self._edges = {edge.offset: edge for edge in edges}
        found = (self.span(*span) for span in removed)
        self.offsets = OffsetMap.without(filter(None, found), len(texts.source))

    @property
    def clean(self) -> str:
        """The clean text of the copy."""
        return self.offsets.apply(self.texts.source)

    def span(self, start: int, end: int) -> Span | None:
        """Where a span of the source text is in the copy; None where its borders are not found."""
        if start not in self._edges or end not in self._edges:
            return None
        first = place_of(self._edges[start], self.texts.letters, self._mapped, is_start=True)
        last = place_of(self._edges[end], self.texts.letters, self._mapped, is_start=False)
        return Span(first, last) if first is not None and last is not None and first < last else None

    def are_same(self, start: int, end: int) -> bool:
        """Whether the letters of a span are the same in the copy."""
        letters = Span(self._edges[start].letters, self._edges[end].letters)
        return letters.length <= 0 or self._mapped.are_same(letters)

    def block(self, start: int, end: int) -> str | None:
        """The letters of the copy that are those of a block; None where they are not the same."""
        first = self._mapped(start)
        if first is None or not self._mapped.are_same(Span(start, end)):
            return None
        return self.texts.letters.string[first : first + end - start]


def removed_spans(article: Row, edges: list[Edge]) -> list[Span]:
    """What was removed of the source text of an article, up to the last of its edges."""
    runs = [Span(run["source_start"], run["source_start"] + run["length"]) for run in article["offset_map"]]
    return complement(runs, max((edge.offset for edge in edges), default=0))


def move(table: str, row: Row, moved: Moved, key: str) -> Iterator[Drift]:
    """Give a row of an article its places in the copy. Yields what is not where it was; a `Drift` with the place "" and
    the kind lost says that the row is none any more."""
    at = Span(row["source_start"], row["source_end"]) if "source_start" in row else None
    if at is not None:
        place = _put(row, moved)
        yield from _drifts(row["article_id"], table, key, "", at, place, moved)
        if place is None:
            return
        if "position" in row:
            row["position"] = moved.offsets.to_clean(place.start)
    for name, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "source_end" in value[0]:
            kept = []
            for number, item in enumerate(value):
                at = Span(item["source_start"], item["source_end"])
                place = _put(item, moved)
                kept += [item] if place else []
                whole = "" if place is None and name in _WHOLE else f"{name}.{number}"
                yield from _drifts(row["article_id"], table, key, whole, at, place, moved)
            row[name] = kept
    if row.get("repeats_source_start") is not None:
        repeated = moved.span(row["repeats_source_start"], row["repeats_source_end"])
        row["repeats_source_start"], row["repeats_source_end"] = repeated or (None, None)
    if table == "articles":
        row["offset_map"] = []
        position = 0
        for span in moved.offsets.kept:
            row["offset_map"].append({"start": position, "source_start": span.start, "length": span.length})
            position += span.length


def _put(holder: Row, moved: Moved) -> Span | None:
    """Give a span its four offsets in the copy. None where it is lost, or nothing of it is in the clean text."""
    found = moved.span(holder["source_start"], holder["source_end"])
    if found is None:
        return None
    if "start" in holder:
        clean = moved.offsets.span_to_clean(found)
        if clean.length == 0:
            return None
        holder["start"], holder["end"] = clean
        found = moved.offsets.span_to_source(clean)
    holder["source_start"], holder["source_end"] = found
    return found


def _drifts(
    article_id: str, table: str, key: str, place: str, before: Span, after: Span | None, moved: Moved
) -> Iterator[Drift]:
    if after is None:
        yield Drift(article_id, table, key, place, "lost", before, None, _GONE)
    elif not moved.are_same(*before):
        yield Drift(article_id, table, key, place, "changed", before, after, _CHANGED)
    elif before != after:
        yield Drift(article_id, table, key, place, "moved", before, after, "")
