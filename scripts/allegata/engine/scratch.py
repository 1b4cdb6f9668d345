"""Temporary folders that go with their owner, and at the latest with the next run after it was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

_PREFIX = "allegata-"


class Scratch:
    """A temporary folder that lives as long as this object.

    Its process holds a lock on it, which dies with the process. So what a killed run could not remove is free, and
    whoever makes a scratch folder next removes it.
    """

    def __init__(self) -> None:
        remove_leftovers()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            handle = _locked(self.path)
            if handle is not None and self.path.is_dir():
                break
            # Another run took it for a leftover in the moment before it was locked.
            if handle is not None:
                os.close(handle)
        self._end = weakref.finalize(self, _remove, self.path, handle)


def remove_leftovers() -> None:
    """Remove the scratch folders of this user in the place for temporary files that no process holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            ours = folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid()
        except OSError:  # its owner has just removed it
            continue
        if ours and (handle := _locked(folder)) is not None:
            _remove(folder, handle)


def _locked(folder: Path) -> int | None:
    """A handle that holds the lock on a folder; None where another has it, or the folder is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove(folder: Path, handle: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(handle)
