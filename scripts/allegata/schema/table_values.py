"""What the values of a published version's tables have to be, whoever wrote them: columns at a time, not row by row.

A value of the right type can still be one that no reader may trust: a null where none is, an id that is there twice or
that nothing has, a label of no set, a span outside its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.wording import number

# What ids name, in whatever table they are, beside the table itself.
_NAMES = {
    **dict.fromkeys(("claim_a", "claim_b", "claim_ids", "parent_id"), "claims"),
    **dict.fromkeys(("dispute_id", "dispute_ids"), "disputes"),
    "sentence_id": "sentences",
    "attribution_id": "attributions",
    "entity_id": "entity_register",
}
_TEXTS = {"": "text", "source_": "source_text"}  # what offsets count, by how their names begin


def own_faults(table: pa.Table, needed: pa.Schema | None, labels: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What is wrong with values of a table by themselves. `needed` is its schema, None of a table that is not known
    here; `labels` are the closed sets of its columns."""
    for field in needed or ():
        if field.name in table.column_names:
            yield from _nulls(table, field)
    if table.num_columns and (count := table.column(0).null_count) and needed is None:
        yield f"column {table.column_names[0]!r}, the id, is null in {_rows(count)}"
    for name, known in labels.items():
        if name in table.column_names:
            yield from _strangers(table[name], name, known)


def repeated(ids: pa.Array, name: str) -> Iterator[str]:
    """The ids that are in a table more than once; `name` is that of their column."""
    ordered = ids.take(pc.sort_indices(ids))
    again = pc.equal(ordered[1:], ordered[:-1]) if len(ids) else pa.array([], pa.bool_())
    if count := _count(again):
        first = ordered[1:].filter(again)[0].as_py()
        yield f"column {name!r}: {_shown(first)} is the id of more than one row" + _more(count)


class Names:
    """What rows of a version may name and reach: the ids of its tables, and the lengths of the texts of its articles.

    All tables are added, whole or a part at a time, before one is held to it. `with_texts`: the texts are there that
    offsets count.
    """

    def __init__(self, *, with_texts: bool) -> None:
        self._with_texts = with_texts
        self._ids: dict[str, list[pa.ChunkedArray]] = {}
        self._columns: dict[str, str] = {}
        self._lengths: dict[str, list[pa.ChunkedArray]] = {}

    def add(self, name: str, rows: pa.Table) -> None:
        """Note the ids of some rows of a table, and the lengths of the texts in them."""
        self._ids.setdefault(name, []).append(rows.column(0))
        self._columns[name] = rows.column_names[0]
        if name == "articles" and self._with_texts:
            for start, text in _TEXTS.items():
                self._lengths.setdefault(start, []).append(pc.utf8_length(rows[text]))

    def repeated(self) -> Iterator[tuple[str, str]]:
        """The ids that are in a table more than once, each with the table."""
        for name, ids in self._known.items():
            yield from ((name, fault) for fault in repeated(ids, self._columns[name]))

    def faults(self, name: str, rows: pa.Table) -> Iterator[str]:
        """What some rows of a table name that there is not, and where they reach out of their text."""
        named = {column: _NAMES[column] for column in rows.column_names[1:] if column in _NAMES}
        if "article_id" in rows.column_names[1:]:
            named["article_id"] = "articles"
        for column, of in named.items():
            if of in self._ids:
                yield from _unknown(rows[column], column, self._known[of], of)
        if "article_id" in rows.column_names and "articles" in self._known and name != "ledger":
            yield from _apart(rows)
            article = pc.index_in(rows["article_id"].combine_chunks(), self._known["articles"])
            for start, lengths in self._long.items():
                yield from _outside(rows, start, lengths.take(article))

    @cached_property
    def _known(self) -> dict[str, pa.Array]:
        return {name: _whole(parts) for name, parts in self._ids.items()}

    @cached_property
    def _long(self) -> dict[str, pa.Array]:
        return {start: _whole(parts) for start, parts in self._lengths.items()}


def _whole(parts: Sequence[pa.ChunkedArray]) -> pa.Array:
    return pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type).combine_chunks()


# A marker is published without an address where the article's own list of references has none.
_MAY_BE_NULL = ".url"


def _nulls(table: pa.Table, field: pa.Field) -> Iterator[str]:
    column = table[field.name]
    if column.null_count and not field.nullable:
        missing = table.column(0).filter(pc.is_null(column))[0].as_py()
        of = "" if missing is None else f", as of {_shown(missing)}"
        yield f"column {field.name!r} is null in {_rows(column.null_count)}{of}, and may not be"
    for place, inner in _members(column, field.name):
        if inner.null_count and not place.endswith(_MAY_BE_NULL):
            yield f"column {field.name!r}: {place} is null {inner.null_count:,} times, and may not be"


def _members(column: pa.ChunkedArray | pa.Array, place: str) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """The items of lists and the members of structs, with those inside them."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        items = pc.list_flatten(column)
        yield f"an item of {place}", items
        yield from _members(items, place)
    elif pa.types.is_struct(column.type):
        for member in column.type:
            inner = pc.struct_field(column, member.name)
            yield f"{place}.{member.name}", inner
            yield from _members(inner, f"{place}.{member.name}")


def _strangers(column: pa.ChunkedArray, name: str, known: Sequence[str]) -> Iterator[str]:
    values = pc.list_flatten(column) if pa.types.is_list(column.type) else column
    found = pc.unique(values).drop_null()
    if strange := sorted(set(map(str, found.to_pylist())) - {*known}):
        yield f"column {name!r}: {_shown(strange[0])} is none of the labels that the manifest declares" + _more(
            len(strange)
        )


def _unknown(column: pa.ChunkedArray, name: str, ids: pa.Array, of: str) -> Iterator[str]:
    values = pc.list_flatten(column) if pa.types.is_list(column.type) else column
    found = pc.unique(values).drop_null()
    strange = found.filter(pc.invert(pc.is_in(found, value_set=ids)))
    if len(strange):
        yield f"column {name!r}: {_shown(strange[0].as_py())} is no id of the table {of}" + _more(len(strange))


def _apart(table: pa.Table) -> Iterator[str]:
    """The rows of an article are side by side: ids begin with that of the article."""
    runs = pc.run_end_encode(table["article_id"].combine_chunks()).values
    if len(runs) > len(pc.unique(runs)):
        yield "column 'article_id': rows of an article are not side by side, in the order of their ids"


def _outside(table: pa.Table, start: str, lengths: pa.Array) -> Iterator[str]:
    """Spans that do not lie in their text: of the rows, and of the lists of segments in them. `lengths`: by row."""
    names = table.column_names
    if f"{start}start" in names and f"{start}end" in names:
        first, last = (table[f"{start}{side}"].combine_chunks() for side in ("start", "end"))
        yield from _bad_spans(first, last, lengths, table.column(0), f"{start}start")
    if not start and "position" in names:
        position = table["position"].combine_chunks()
        yield from _bad_spans(position, position, lengths, table.column(0), "position")
    for field in table.schema:
        if not pa.types.is_list(field.type) or not pa.types.is_struct(field.type.value_type):
            continue
        members = {member.name for member in field.type.value_type}
        if {f"{start}start", f"{start}end"} <= members or {f"{start}start", "length"} <= members:
            column = table[field.name].combine_chunks()
            items, rows = pc.list_flatten(column), pc.list_parent_indices(column)
            first = pc.struct_field(items, f"{start}start")
            if "length" in members:
                last = pc.add(first.cast(pa.int64()), pc.struct_field(items, "length"))
            else:
                last = pc.struct_field(items, f"{start}end")
            yield from _bad_spans(first, last, lengths.take(rows), table.column(0), field.name, rows)


def _bad_spans(
    first: pa.Array, last: pa.Array, lengths: pa.Array, ids: pa.ChunkedArray, name: str, rows: pa.Array | None = None
) -> Iterator[str]:
    """`rows`: the row that each span is of; without, they are side by side."""
    wrong = pc.or_(pc.less(first, 0), pc.or_(pc.greater(first, last), pc.greater(last, lengths)))
    if count := _count(wrong):
        at = pc.index(wrong, True).as_py()
        row = ids[at if rows is None else rows[at].as_py()].as_py()
        yield f"column {name!r}: the span of {_shown(row)} is not in its text" + _more(count)


def _count(flags: pa.Array | pa.ChunkedArray) -> int:
    return int(pc.sum(flags).as_py() or 0)


def _rows(count: int) -> str:
    return number(count, "row")


def _more(count: int) -> str:
    return f", and {count - 1:,} more like it" if count > 1 else ""


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
