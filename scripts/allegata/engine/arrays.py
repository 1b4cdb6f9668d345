"""NumPy arrays as Arrow arrays and back, not copied.

`pyarrow.array`, `to_numpy` and functions of `pyarrow.compute` that are given a Python value import pandas, if it
is installed; that takes as long as to deduplicate several thousand documents.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def as_arrow(values: npt.NDArray[Any]) -> pa.Array:
    """Numbers or truth values of one dimension, without nulls."""
    if values.dtype == np.bool_:
        bits = pa.py_buffer(np.packbits(values, bitorder="little"))
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def as_numpy(column: pa.Array | pa.ChunkedArray) -> npt.NDArray[Any]:
    """The numbers of a column without nulls; not to be written to."""
    kind = np.dtype(str(column.type))
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    found = [np.frombuffer(c.buffers()[1], kind, len(c), c.offset * kind.itemsize) for c in chunks if len(c)]
    return found[0] if len(found) == 1 else np.concatenate([np.zeros(0, kind), *found])


def as_strings(values: list[str]) -> pa.Array:
    """Some strings."""
    data = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, data)]).astype(np.int32)
    return pa.Array.from_buffers(pa.string(), len(data), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(data))])


def as_table(**columns: pa.Array | pa.ChunkedArray | npt.NDArray[Any]) -> pa.Table:
    """A table of named columns."""
    found = [as_arrow(column) if isinstance(column, np.ndarray) else column for column in columns.values()]
    return pa.Table.from_arrays(found, list(columns))
