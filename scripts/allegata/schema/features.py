"""The features of a table as `datasets` writes them in YAML, from the Arrow schema and the label sets.

Made here, not by `datasets`: publishing then needs no import of it, and label columns can be strings on
disk (readable in DuckDB or Polars) and `ClassLabel` once loaded, which the key in a Parquet file cannot say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.types as kinds

Feature = dict[str, Any]


def yaml_features(schema: pa.Schema, labels: Mapping[str, tuple[str, ...]]) -> list[Feature]:
    """Return the `dataset_info.features` list: every column, in order (`datasets` refuses a partial list).

    `labels` maps top-level columns of strings, or of lists of strings, to their closed label sets. Raises `TypeError`
    for a type that `datasets` has no plain feature for.
    """
    return [
        {
            "name": field.name,
            **(_labels(field.type, labels[field.name]) if field.name in labels else feature_of(field.type)),
        }
        for field in schema
    ]


def _labels(kind: pa.DataType, names: tuple[str, ...]) -> Feature:
    numbered = {str(number): name for number, name in enumerate(names)}
    return {"list" if kinds.is_list(kind) else "dtype": {"class_label": {"names": numbered}}}


def feature_of(kind: pa.DataType) -> Feature:
    """The feature of a type without labels. Raises `TypeError` for one that `datasets` has no plain feature for."""
    if kinds.is_struct(kind):
        return {"struct": _members(kind)}
    if kinds.is_list(kind):
        inner = kind.value_type
        if kinds.is_struct(inner):
            return {"list": _members(inner)}
        if kinds.is_list(inner):
            return {"list": feature_of(inner)}
        return {"list": _scalar(inner)}
    return {"dtype": _scalar(kind)}


def _members(kind: pa.StructType) -> list[Feature]:
    return [{"name": field.name, **feature_of(field.type)} for field in kind.fields]


_SCALARS: dict[pa.DataType, str] = {
    pa.string(): "string",
    pa.bool_(): "bool",
    pa.int8(): "int8",
    pa.int16(): "int16",
    pa.int32(): "int32",
    pa.int64(): "int64",
    pa.float32(): "float32",
    pa.float64(): "float64",
    pa.date32(): "date32",
}


def _scalar(kind: pa.DataType) -> str:
    if kind not in _SCALARS:
        raise TypeError(f"no datasets feature is known here for Arrow type {kind}: add it, with its test")
    return _SCALARS[kind]
