"""Temporary folders that go with their owner, and at the latest with the next run after it was killed."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.files import locked, unlock

if TYPE_CHECKING:
    from filelock import BaseFileLock

# Not the prefix of versions that locked the folder itself: neither takes what the other holds for a leftover.
_PREFIX, _LOCK = "allegata-temporary-", ".lock"
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")  # as mkdtemp makes them, readable to their owner alone


class Scratch:
    """A temporary folder that lives as long as this object.

    Its process holds the lock of the file `<folder>.lock` beside it, which dies with the process. So what a killed run
    could not remove is free, and whoever makes a scratch folder next removes it. Where files cannot be locked (some
    parallel file systems) it goes with its owner all the same, but what a killed run left cannot be recognised.
    """

    def __init__(self) -> None:
        remove_leftovers()
        lock = None
        while lock is None:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
            try:
                lock = locked(_lock_of(self.path))
            except OSError:  # no locks here, so nobody takes it for a leftover either
                break
            if lock and not self.path.is_dir():
                # Another run took it for a leftover in the moment before it was locked.
                unlock(lock)
                lock = None
        self._end = weakref.finalize(self, _remove, self.path, lock)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self._end()


def remove_leftovers() -> None:
    """Remove the scratch folders of this user in the place for temporary files that no process holds."""
    place = Path(tempfile.gettempdir())
    names = {path.name.removesuffix(_LOCK) for path in place.glob(f"{_PREFIX}*") if _is_ours(path)}
    for folder in (place / name for name in sorted(names) if _NAME.fullmatch(name)):
        try:
            lock = locked(_lock_of(folder))
        except OSError:  # no locks here, or the file of somebody else
            continue
        if lock:
            _remove(folder, lock)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{_LOCK}")


def _is_ours(path: Path) -> bool:
    """Whether it is a folder as mkdtemp makes them, or the file of a lock, and of this user."""
    try:
        found = path.lstat()
    except FileNotFoundError:  # its owner has just removed it
        return False
    if path.name.endswith(_LOCK):
        ours = stat.S_ISREG(found.st_mode)
    else:
        ours = stat.S_ISDIR(found.st_mode)
        ours = ours and (not hasattr(os, "getuid") or stat.S_IMODE(found.st_mode) == 0o700)
    # Elsewhere the place for temporary files belongs to one user.
    return ours and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def _remove(folder: Path, lock: BaseFileLock | None) -> None:
    if _is_ours(folder):
        shutil.rmtree(folder, ignore_errors=True)
    if lock:
        unlock(lock)
