"""Parquet files that may be damaged: what Arrow and the system say of one, as a problem of the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.versions import RESTORE_VERSION


@contextmanager
def reading_parquet(place: str) -> Iterator[None]:
    """Read a file of a published version in the body; `place` is how reports call it.

    Raises `ProblemsFound` where the file is missing or damaged, or the system refuses to read it.
    """
    try:
        yield
    except FileNotFoundError:
        raise ProblemsFound([Problem("is missing", RESTORE_VERSION, file=place)]) from None
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # the last: of a text that is no UTF-8
        raise ProblemsFound([Problem(f"is not readable as Parquet: {error}", RESTORE_VERSION, file=place)]) from None
