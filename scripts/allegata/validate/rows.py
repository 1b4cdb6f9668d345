"""Rows as the checks see them: columns of one Arrow table as flat arrays, nested columns unnested."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allegata.validate.suites import Expectation

MISSING = -1  # stands for a null integer: no offset is negative, so every comparison with it fails


def column(table: pa.Table, name: str) -> pa.Array:
    """Column `name` in one piece. Raises LookupError with the names there are."""
    if name not in table.column_names:
        raise LookupError(f"there is no column {name!r} among {', '.join(table.column_names)}")
    values = table[name]
    if pa.types.is_string(values.type):  # 32-bit offsets end at 2 GB
        values = values.cast(pa.large_string())
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def integers(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    """An integer column, `MISSING` for null."""
    values: npt.NDArray[np.int64] = pc.fill_null(column(table, name).cast(pa.int64()), MISSING).to_numpy(
        zero_copy_only=False
    )
    return values


def texts(table: pa.Table, name: str) -> pa.Array:
    """A string column as `large_string`."""
    values = column(table, name)
    return values if pa.types.is_large_string(values.type) else values.cast(pa.large_string())


def numbers_in(values: pa.Array, known: pa.Array) -> npt.NDArray[np.int64]:
    """The place of each value in `known` (the first, if it stands there twice), -1 if it is not there."""
    if not len(known):
        return np.full(len(values), -1, dtype=np.int64)
    found = pc.index_in(values, value_set=known, skip_nulls=True)
    numbers: npt.NDArray[np.int64] = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def is_nested(kind: pa.DataType) -> bool:
    """True for a list of structs."""
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def unnest(table: pa.Table, name: str) -> pa.Table:
    """One row for each element of the list column `name`: the fields of the element, and of its row
    `parent` (its number), `element` (the place in its list), `article_id`, `split`, the id, and its own
    `start` and `end` as `parent_start` and `parent_end`.
    """
    lists = column(table, name)
    elements = pc.list_flatten(lists)
    parent = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    columns = {field.name: pc.struct_field(elements, [i]) for i, field in enumerate(elements.type)}
    columns["parent"] = pa.array(parent)
    columns["element"] = pa.array(np.arange(len(parent)) - _first_elements(lists)[parent])
    for own, theirs in [("start", "parent_start"), ("end", "parent_end"), ("split", "split")]:
        if own in table.column_names:
            columns[theirs] = table[own].take(columns["parent"])
    for key in {table.column_names[0], "article_id"} & set(table.column_names):
        columns[key] = table[key].take(columns["parent"])
    return pa.table(columns)


def ends_of_lists(table: pa.Table, name: str) -> dict[str, pa.Array]:
    """`<name>.start`, the start of the first element of each list, and `<name>.end`, the end of its last."""
    lists = column(table, name)
    elements = pc.list_flatten(lists)
    counts = _counts(lists)
    first = _first_elements(lists)
    empty = counts == 0
    found = {}
    for field, places in (("start", first), ("end", first + counts - 1)):
        places = pa.array(places, mask=empty)
        found[f"{name}.{field}"] = pc.struct_field(elements, field).take(places)
    return found


def named_columns(expectations: Iterable[Expectation]) -> set[str]:
    """What the arguments of expectations may name as a column, and the ends of nested columns they ask for."""
    named: set[str] = set()
    for expectation in expectations:
        for argument, value in expectation.kwargs.items():
            if argument != "text":  # says which text of the article is meant: texts are looked up, never joined
                named.update([value] if isinstance(value, str) else value if isinstance(value, list) else [])
        nested = expectation.kwargs.get("nested")
        named.update({f"{nested}.start", f"{nested}.end"} if nested else ())
    return named


def select(table: pa.Table, names: Iterable[str]) -> pa.Table:
    """The columns of `table` among `names`, with the ends of nested columns where they are asked for."""
    wanted = set(names)
    chosen = {
        field.name: table[field.name]
        for field in table.schema
        if field.name in wanted and not pa.types.is_nested(field.type)
    }
    for field in table.schema:
        if is_nested(field.type) and {f"{field.name}.start", f"{field.name}.end"} & wanted:
            chosen |= ends_of_lists(table, field.name)
    return pa.table(chosen)


def _counts(lists: pa.Array) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = (
        pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    return counts


def _first_elements(lists: pa.Array) -> npt.NDArray[np.int64]:
    counts = _counts(lists)
    return np.cumsum(counts) - counts
