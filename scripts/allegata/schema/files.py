"""What writing safely takes: a flushed file, a flushed folder, a folder that one process holds."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allegata.schema.problems import UsageError


@contextmanager
def holding(folder: Path, who: str) -> Iterator[None]:
    """Hold `folder`, which is made where it is missing. The lock dies with the process.

    Raises `UsageError` when another `who` holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another {who} is writing to {folder.name}/: wait until it ends") from None
        yield
    finally:
        os.close(handle)


def write_file(path: Path, data: bytes) -> None:
    """Write `data` to `path` and flush it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the entries of `folder` to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
