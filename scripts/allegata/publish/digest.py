"""A digest of what a table says, independent of how it is chunked, encoded or written.

Each column is hashed on its own, top down: one validity byte a slot, then, for the slots that are valid,
the lengths (strings, lists), the little-endian values, or the children. What lies under a null is not seen,
so nulls are canonical; physical variants of a type (`string`, `large_string`, `string_view`) count as one.
Field names and types are part of the digest; nullability and the name of a list's item, which writers choose,
are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from allegata.schema.digests import DIGEST_SCHEME, json_digest


class TableDigest:
    """Feed record batches in row order; `hexdigest()` is the sha256 of the logical content so far."""

    def __init__(self, schema: pa.Schema) -> None:
        """Raise `TypeError` for a column type that has no canonical form here."""
        self._rows = 0
        self._columns = [_Column((field.name,), field.type) for field in schema]

    def update(self, rows: pa.RecordBatch | pa.Table) -> None:
        """Add rows; the columns must stand in the order of the schema."""
        self._rows += rows.num_rows
        for column, data in zip(self._columns, rows.columns, strict=True):
            for chunk in data.chunks if isinstance(data, pa.ChunkedArray) else [data]:
                column.update(chunk)

    def hexdigest(self) -> str:
        """Return 64 hexadecimal digits."""
        leaves = [part for column in self._columns for part in column.parts()]
        return json_digest([DIGEST_SCHEME, self._rows, leaves])


def table_digest(table: pa.Table) -> str:
    """Return the logical digest of a whole table."""
    digest = TableDigest(table.schema)
    digest.update(table)
    return digest.hexdigest()


class _Column:
    """The running hashes of one column, or of one child of a nested column."""

    def __init__(self, path: tuple[str, ...], kind: pa.DataType) -> None:
        self._path = path
        self._kind = _canonical_kind(kind, path)
        self._validity, self._lengths, self._values = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
        self._children: list[_Column] = []
        if self._kind == "struct":
            self._children = [_Column((*path, field.name), field.type) for field in kind.fields]
        elif self._kind == "list":
            self._children = [_Column((*path, "[]"), kind.value_type)]

    def update(self, array: pa.Array) -> None:
        valid = array.is_valid()
        self._validity.update(valid.to_numpy(zero_copy_only=False).tobytes())
        if array.null_count:
            array = array.filter(valid)
        if self._kind == "struct":
            for child, values in zip(self._children, array.flatten(), strict=True):
                child.update(values)
        elif self._kind == "list":
            self._lengths.update(pc.list_value_length(array).to_numpy(zero_copy_only=False).astype("<i8").tobytes())
            self._children[0].update(array.flatten())
        elif self._kind in {"string", "binary"}:
            self._update_strings(array)
        else:
            self._values.update(_fixed_width(array))

    def _update_strings(self, array: pa.Array) -> None:
        if self._kind == "string":
            array = array.cast(pa.large_string())
        _, offsets, data = array.cast(pa.large_binary()).buffers()
        if not len(array):
            return
        borders = np.frombuffer(offsets, "<i8")[array.offset : array.offset + len(array) + 1]
        self._lengths.update(np.diff(borders).tobytes())
        if data is not None:
            self._values.update(memoryview(data)[borders[0] : borders[-1]])

    def parts(self) -> Iterator[tuple[object, ...]]:
        hashes = (self._validity.hexdigest(), self._lengths.hexdigest(), self._values.hexdigest())
        yield (self._path, self._kind, *hashes)
        for child in self._children:
            yield from child.parts()


def _canonical_kind(kind: pa.DataType, path: tuple[str, ...]) -> str:
    if kinds.is_struct(kind):
        return "struct"
    if kinds.is_list(kind) or kinds.is_large_list(kind):
        return "list"
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return "string"
    if kinds.is_binary(kind) or kinds.is_large_binary(kind) or kinds.is_binary_view(kind):
        return "binary"
    if kinds.is_boolean(kind) or kinds.is_integer(kind) or kinds.is_floating(kind):
        return str(kind)
    if kinds.is_date(kind) or kinds.is_timestamp(kind):
        return str(kind)
    raise TypeError(f"column {'.'.join(path)}: no canonical form for type {kind}; publish another type")


def _fixed_width(array: pa.Array) -> bytes:
    if kinds.is_temporal(array.type):
        array = array.cast(pa.int32() if kinds.is_date32(array.type) else pa.int64())
    values = array.to_numpy(zero_copy_only=False)
    if kinds.is_floating(array.type):
        # One NaN: sign and payload bits differ between processors and writers.
        values = np.where(np.isnan(values), np.array(np.nan, values.dtype), values)
    return bytes(values.astype(values.dtype.newbyteorder("<")).tobytes())
