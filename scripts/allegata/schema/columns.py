"""What the schemas of the published tables are made of: columns of every corpus, and those of its own scheme."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from allegata.schema.scheme import Attribute

STR, INT, BOOL, FLOAT = pa.string(), pa.int32(), pa.bool_(), pa.float64()
_INT8 = range(-128, 128)  # closed sets of numbers in here are stored in one byte
MORE = ("*", pa.null())  # where the attributes go that only this corpus has


def table_schema(
    *required: tuple[str, pa.DataType],
    optional: tuple[tuple[str, pa.DataType], ...] = (),
    attributes: Mapping[str, Attribute] | None = None,
) -> pa.Schema:
    """The schema of a table; `of_scheme(name)` stands for an attribute of the scheme, `MORE` for those not named."""
    named = {name for name, _ in required + optional}
    fields = []
    for name, kind in required + optional:
        if (name, kind) == MORE:
            own = (attribute for attribute in (attributes or {}).values() if attribute.name not in named)
            fields += [pa.field(attribute.name, column_type(attribute), attribute.nullable) for attribute in own]
        elif kind != pa.null():
            fields.append(pa.field(name, kind, nullable=(name, kind) in optional))
        elif found := (attributes or {}).get(name):
            fields.append(pa.field(name, column_type(found), found.nullable))
    return pa.schema(fields)


def of_scheme(name: str) -> tuple[str, pa.DataType]:
    """The column of an attribute of the scheme, for `table_schema`: no column where the scheme has not got it."""
    return (name, pa.null())


def column_type(attribute: Attribute) -> pa.DataType:
    """How an attribute is stored: labels and texts as strings, a small closed set of numbers in one byte."""
    if attribute.type == "bool":
        return BOOL
    if attribute.type == "int":
        small = attribute.choices is not None and all(value in _INT8 for value in attribute.choices)
        return pa.int8() if small else pa.int64()
    return STR
