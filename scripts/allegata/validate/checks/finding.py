"""What a check returns: the rows it objects to, each group with the same words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Finding:
    """`rows` are the numbers of the failing rows, ascending; `what` says what is wrong with each of them.

    A finding without rows is about the table as a whole.
    """

    rows: npt.NDArray[np.int64]
    what: str

    @property
    def failed(self) -> int:
        """How many faults it stands for."""
        return len(self.rows) or 1


def where(mask: npt.NDArray[np.bool_], what: str) -> list[Finding]:
    """One finding with the rows at which `mask` is true, or none."""
    rows = np.flatnonzero(mask).astype(np.int64)
    return [Finding(rows, what)] if len(rows) else []


def about_table(what: str) -> Finding:
    """A finding about the table as a whole."""
    return Finding(np.empty(0, dtype=np.int64), what)
