"""Temporary folders that go with their owner, and at the latest with the next run after it was killed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
import weakref
from pathlib import Path

_PREFIX = "allegata-scratch-"
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")  # as mkdtemp makes them, readable to their owner alone


class Scratch:
    """A temporary folder that lives as long as this object.

    Its process holds a lock on it, which dies with the process. So what a killed run could not remove is free, and
    whoever makes a scratch folder next removes it. Where folders cannot be locked (NFS, some parallel file systems) it
    goes with its owner all the same, but nobody can tell what a killed run left.
    """

    def __init__(self) -> None:
        remove_leftovers()
        while True:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            try:
                handle = _locked(self.path)
            except OSError:  # no locks here, so nobody takes it for a leftover either
                handle = os.open(self.path, os.O_RDONLY)
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
            found = folder.lstat()
        except FileNotFoundError:  # its owner has just removed it
            continue
        ours = (stat.S_ISDIR(found.st_mode), stat.S_IMODE(found.st_mode), found.st_uid) == (True, 0o700, os.getuid())
        if ours and _NAME.fullmatch(folder.name):
            try:
                handle = _locked(folder)
            except OSError:  # no locks here
                return
            if handle is not None:
                _remove(folder, handle)


def _locked(folder: Path) -> int | None:
    """A handle that holds the lock on a folder; None where another has it, or the folder is gone.

    Raises `OSError` where folders cannot be locked.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return handle


def _remove(folder: Path, handle: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(handle)
