"""What stands around each block or line: the values of those further on, and sums over those near."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Values = TypeVar("Values", NDArray[np.float64], NDArray[np.int64])


def shifted(values: Values, by: int, missing: float = -1.0) -> Values:
    """The values `by` further on, along the last axis; `missing` where there is none."""
    out, n = np.full_like(values, missing), values.shape[-1]
    if by < 0:
        out[..., -by:] = values[..., :by]
    else:
        out[..., : max(0, n - by)] = values[..., by:]
    return out


def summed_around(values: Values, reach: int) -> Values:
    """Sums over `reach` entries on both sides and the entry itself. Of whole numbers: exact."""
    total = np.concatenate((np.zeros(1, values.dtype), np.cumsum(values)))
    at = np.arange(len(values))
    sums: Values = total[np.minimum(at + reach + 1, len(values))] - total[np.maximum(at - reach, 0)]
    return sums
