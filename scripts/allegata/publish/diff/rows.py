"""Rows of one table in two versions: which of them are the same row, and in which cells they differ. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

Row = Mapping[str, Any]
RowPair = tuple[Row | None, Row | None]
RowKind = Literal["added", "removed", "split", "moved", "renamed", "relabelled", "changed"]
CellKind = Literal["split", "moved", "relabelled", "changed"]
ROW_KINDS: tuple[RowKind, ...] = ("added", "removed", "split", "moved", "renamed", "relabelled", "changed")
SPLIT = ""  # the column that a row's split is in while versions are compared: no table has one of this name
_PLACE = ("source_start", "source_end")
_OFFSETS = frozenset({"start", "end", *_PLACE})
# Offsets of tables whose rows have no place in the clean text, and of what an article is made of.
_OF_THE_REMOVED = frozenset({"position", "repeats_source_start", "repeats_source_end"})
_QUOTES = ("surface", "text", "marker")


@dataclass(frozen=True)
class Shape:
    """What of a table can be compared: its id, the columns that both versions have, and which of them hold labels.

    `uncompared` are columns whose types have nothing to do with each other. A table is `located` where its rows are
    spans of a source text.
    """

    table: str
    id: str
    columns: tuple[str, ...]
    labels: frozenset[str] = frozenset()
    uncompared: tuple[str, ...] = ()
    by_article: bool = True

    @classmethod
    def of(cls, table: str, old: pa.Schema, new: pa.Schema, labels: frozenset[str]) -> Shape:
        """The shape of a table that has these columns in two versions; the first one is the id, in both."""
        both = [name for name in old.names if name in new.names]
        comparable = [name for name in both if _comparable(old.field(name).type, new.field(name).type)]
        return cls(
            table,
            new.names[0],
            tuple(name for name in comparable if name != new.names[0]),
            labels,
            tuple(name for name in both if name not in comparable),
            "article_id" in both,
        )

    @cached_property
    def located(self) -> bool:
        """Whether the rows are spans of a source text."""
        return set(_PLACE) <= set(self.columns)

    @cached_property
    def quote(self) -> str | None:
        """The column that holds the words of a span, None where there is none."""
        return next((name for name in _QUOTES if name in self.columns), None) if self.located else None

    @cached_property
    def offsets(self) -> frozenset[str]:
        """The columns that say where a row is."""
        return _OFFSETS if "start" in self.columns else _OFFSETS | _OF_THE_REMOVED

    @cached_property
    def contents(self) -> tuple[str, ...]:
        """The columns that say what a row is: neither where it is nor which rows it refers to."""
        return tuple(
            name
            for name in self.columns
            if name not in self.offsets and not name.endswith(("_id", "_ids")) and name not in ("claim_a", "claim_b")
        )


@dataclass(frozen=True)
class CellChange:
    """A cell that is another: None where it is null."""

    column: str
    kind: CellKind
    old: Any
    new: Any


@dataclass(frozen=True)
class RowChange:
    """One row that is not the same in two versions; its id is None in the version that has it not.

    `old_span` and `new_span` are its places in the source text, None in tables without them; `quote` is its words as
    they are now, or as they were where it was removed.
    """

    table: str
    kinds: tuple[RowKind, ...]
    old_id: str | None
    new_id: str | None
    article_id: str | None = None
    old_span: tuple[int, int] | None = None
    new_span: tuple[int, int] | None = None
    quote: str | None = None
    cells: tuple[CellChange, ...] = field(default=())


def row_changes(shape: Shape, old: pa.Table, new: pa.Table) -> list[RowChange]:
    """Every row that is not the same, in the order of the ids. All rows of an article are in the two tables.

    A row is the same where its id and its place are; then where its place and its words are (its id was renamed), its
    words alone (it moved), its id alone, or its place alone. Of tables that are no spans: where its id is, or else all
    that it says. Each row is at most one of the other version.
    """
    order = pc.index_in(new[shape.id], old[shape.id])
    there = np.asarray(pc.is_valid(order))
    places = np.asarray(order.drop_null())
    # Nearly all rows are in both versions, in one order: to copy them, with their texts, takes as long as to compare.
    a = old if np.array_equal(places, np.arange(len(old))) else old.take(pa.array(places))
    b = new if there.all() else new.filter(there)
    fixed = np.ones(len(b), bool)
    for name in _PLACE if shape.located else ():
        fixed &= ~unequal(a[name], b[name])
    other = np.zeros(len(b), bool)
    for name in (*shape.columns, SPLIT):
        other |= unequal(a[name], b[name])
    chosen = pa.array(fixed & other)
    pairs: list[RowPair] = list(zip(a.filter(chosen).to_pylist(), b.filter(chosen).to_pylist(), strict=True))
    rest = np.ones(len(old), bool), np.ones(len(new), bool)
    rest[0][places[fixed]] = False
    rest[1][np.flatnonzero(there)[fixed]] = False
    left, right = (rows.filter(pa.array(some)) for rows, some in zip((old, new), rest, strict=True))
    pairs += _paired(shape, left.to_pylist(), right.to_pylist())
    changes = (_change(shape, one, other) for one, other in pairs)
    return sorted(
        (change for change in changes if change.kinds),
        key=lambda change: (change.new_id or change.old_id or "", change.new_id is not None),
    )


def unequal(a: pa.ChunkedArray | pa.Array, b: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.bool_]:
    """The slots in which two columns of comparable types and one length differ. Two nulls are the same; of structs the
    fields count that both have."""
    a, b = (one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one for one in (a, b))
    if a.null_count or b.null_count:
        valid = [np.asarray(pc.is_valid(one)) for one in (a, b)]
        both, wrong = valid[0] & valid[1], valid[0] ^ valid[1]
    else:
        both, wrong = np.ones(len(a), bool), np.zeros(len(a), bool)
    if kinds.is_list(a.type) or kinds.is_large_list(a.type):
        lengths = [np.asarray(pc.fill_null(pc.list_value_length(one), 0)).astype(np.int64) for one in (a, b)]
        even = both & (lengths[0] == lengths[1])
        of_even = lengths[0][even]
        inner = unequal(*((one if even.all() else one.filter(pa.array(even))).flatten() for one in (a, b)))
        sums = np.concatenate([[0], np.cumsum(inner)])
        ends = np.cumsum(of_even)
        wrong |= both & ~even
        wrong[even] |= sums[ends] != sums[ends - of_even]
    elif kinds.is_struct(a.type):
        columns = [dict(zip((part.name for part in one.type), one.flatten(), strict=True)) for one in (a, b)]
        for name in columns[0].keys() & columns[1].keys():
            wrong |= both & unequal(columns[0][name], columns[1][name])
    else:
        wrong |= both & np.asarray(pc.fill_null(pc.not_equal(*_alike(a, b)), False))
    return np.asarray(wrong, bool)


def _alike(a: pa.Array, b: pa.Array) -> tuple[pa.Array, pa.Array]:
    if a.type == b.type:
        return a, b
    common = _family(a.type)
    return a.cast(common), b.cast(common)


def _family(kind: pa.DataType) -> pa.DataType:
    """The widest type of a kind of values."""
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return pa.large_string()
    if kinds.is_signed_integer(kind):
        return pa.int64()
    return pa.float64() if kinds.is_floating(kind) else kind


def _comparable(a: pa.DataType, b: pa.DataType) -> bool:
    """Whether values of the two types may be the same."""
    if kinds.is_struct(a) and kinds.is_struct(b):
        shared = {part.name for part in a} & {part.name for part in b}
        return bool(shared) and all(_comparable(a.field(name).type, b.field(name).type) for name in shared)
    if kinds.is_list(a) and kinds.is_list(b):
        return _comparable(a.value_type, b.value_type)
    return bool(_family(a) == _family(b))


Key = Callable[[Row], Hashable]


def _paired(shape: Shape, old: Sequence[Row], new: Sequence[Row]) -> Iterator[RowPair]:
    """The rows that no id and place joins, article by article; in each pass what comes first is joined to what comes
    first."""

    def place(row: Row) -> Hashable:
        return tuple(row[name] for name in _PLACE)

    def quote(row: Row) -> Hashable:
        return row[shape.quote] if shape.quote else None

    def content(row: Row) -> Hashable:
        return _plain([row[name] for name in shape.contents])

    keys: list[Key] = [lambda row: row[shape.id], content]
    if shape.located:
        keys = [
            lambda row: (place(row), content(row)),
            lambda row: (place(row), quote(row)),
            lambda row: (row[shape.id], quote(row)),
            lambda row: (quote(row), content(row)),
            quote,
            lambda row: row[shape.id],
            place,
        ]
        if shape.quote is None:
            keys = [keys[0], place, keys[5]]
    groups: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((old, new)):
        for row in rows:
            groups[row["article_id"] if shape.by_article else ""][side].append(row)
    for a, b in groups.values():
        yield from _joined(_in_order(shape, a), _in_order(shape, b), keys)


def _in_order(shape: Shape, rows: Iterable[Row]) -> list[Row]:
    """Rows as they are in the text; those that are no spans by their ids."""

    def order(row: Row) -> tuple[Any, ...]:
        return (*(row[name] for name in _PLACE if shape.located), row[shape.id])

    return sorted(rows, key=order)


def _joined(old: list[Row], new: list[Row], keys: Sequence[Key]) -> Iterator[RowPair]:
    for key in keys:
        waiting: dict[Hashable, list[Row]] = defaultdict(list)
        for row in reversed(new):
            waiting[key(row)].append(row)
        rest, taken = [], set()
        for row in old:
            if found := waiting.get(key(row)):
                other = found.pop()
                taken.add(id(other))
                yield row, other
            else:
                rest.append(row)
        old, new = rest, [row for row in new if id(row) not in taken]
    yield from ((row, None) for row in old)
    yield from ((None, row) for row in new)


def _change(shape: Shape, old: Row | None, new: Row | None) -> RowChange:
    shown = new or old
    assert shown is not None
    cells: tuple[CellChange, ...] = ()
    row_kinds: tuple[RowKind, ...] = ("added",) if old is None else ("removed",)
    if old is not None and new is not None:
        cells = tuple(_cells(shape, old, new))
        renamed = {"renamed"} if old[shape.id] != new[shape.id] else set()
        seen = {cell.kind for cell in cells} | renamed
        row_kinds = tuple(kind for kind in ROW_KINDS if kind in seen)
    spans = [tuple(row[name] for name in _PLACE) if row and shape.located else None for row in (old, new)]
    return RowChange(
        shape.table,
        row_kinds,
        old[shape.id] if old else None,
        new[shape.id] if new else None,
        shown["article_id"] if shape.by_article else None,
        spans[0],
        spans[1],
        shown[shape.quote] if shape.quote else None,
        cells,
    )


def _cells(shape: Shape, old: Row, new: Row) -> Iterator[CellChange]:
    if shape.table == "articles" and old[SPLIT] != new[SPLIT]:
        yield CellChange("split", "split", old[SPLIT], new[SPLIT])
    for name in shape.columns:
        if kind := _difference(old[name], new[name], name in shape.offsets):
            yield CellChange(name, "relabelled" if name in shape.labels else kind, old[name], new[name])


def _difference(old: Any, new: Any, is_offset: bool) -> Literal["moved", "changed"] | None:
    """How two values differ: `moved` where nothing but offsets is another, at any depth."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = {_difference(old[name], new[name], name in _OFFSETS or name == "length") for name in old if name in new}
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        found = {_difference(a, b, is_offset) for a, b in zip(old, new, strict=True)}
    elif old == new or (old != old and new != new):  # not a number is itself
        return None
    else:
        return "moved" if is_offset and old is not None and new is not None else "changed"
    return "changed" if "changed" in found else "moved" if "moved" in found else None


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
