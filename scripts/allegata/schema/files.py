"""What writing safely takes: a flushed file, a whole folder, a lock that dies with its process."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from traceback import clear_frames
from typing import TYPE_CHECKING

from allegata.schema.problems import Problem, ProblemsFound, UsageError

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK = ".allegata.lock"  # in a folder that is being written to
# Windows flushes no folders, and removes no file that is open.
_WINDOWS = os.name == "nt"
# What a file system without locks answers. Any other error, as of too many open files, may meet a file that is held.
_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)  # the last: NFS without a lock daemon


@contextmanager
def holding(folder: Path, who: str) -> Iterator[None]:
    """Hold `folder`, which is made where it is missing, by the lock of the file `LOCK` in it.

    The lock dies with the process; the file, if that was killed, goes with the next one that holds the folder.
    Raises `UsageError` when another `who` holds it, or where no file can be locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = locked(folder / LOCK)
    except OSError as error:
        raise UsageError(f"{folder}/ cannot be locked: {error.strerror or error}; check who may write to it") from error
    if lock is None:
        raise UsageError(f"another {who} is writing to {folder.name}/: wait until it ends")
    try:
        yield
    finally:
        unlock(lock)


def locked(path: Path) -> BaseFileLock | None:
    """The lock on a file, which is made where it is missing; None while another process, or this one, holds it.

    Raises `OSError` where files cannot be locked, or not this one.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        clear_frames(error.__traceback__)  # filelock keeps some errors in a frame: a cycle, in which all callers stay
        if error.errno in _NO_LOCKS:  # so nobody holds the file
            with suppress(OSError):
                path.unlink()
        raise
    return lock


def unlock(lock: BaseFileLock) -> None:
    """Release a lock and remove its file."""
    if not _WINDOWS:  # there `release` removes it
        # While it is held: who opened the file before finds that it has no name any more, and fails as if it were held.
        with suppress(OSError):
            Path(lock.lock_file).unlink()
    lock.release()


@contextmanager
def whole_folder(folder: Path, may_replace: Callable[[Path], str | None]) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` when all went well.

    `may_replace` says of a folder that exists why it cannot be replaced, None where it can. Raises `UsageError` then,
    and where another process writes beside it.
    """
    folder = folder.resolve() if folder.is_dir() else folder  # behind a link, which stays; "." has a name then
    new, old = (folder.with_name(f".{folder.name}.{state}") for state in ("new", "old"))
    with holding(folder.parent, "writer of folders"):
        if old.is_dir() and not os.path.lexists(
            folder
        ):  # killed between its two renames: what was there is there again
            old.rename(folder)
        if folder.exists() or folder.is_symlink():
            why = may_replace(folder) if folder.is_dir() else "is no folder: name another"
            if why:
                raise UsageError(f"{folder} {why}")
        for remains in (new, old):  # of a killed run
            shutil.rmtree(remains, ignore_errors=True)
        new.mkdir()
        try:
            yield new
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        for inner in [*sorted(path for path in new.rglob("*") if path.is_dir()), new]:
            sync_folder(inner)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        sync_folder(folder.parent)
        shutil.rmtree(old, ignore_errors=True)


def filled(folder: Path) -> str | None:
    """Why a folder that is to be new cannot be written to, for `whole_folder`; None where it is missing or empty."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    return "holds something already: name a new folder, or an empty one"


def read_file(path: Path, name: str) -> bytes | None:
    """The bytes of a file that a corpus may have; None where nothing is there. `name` is how reports call it.

    Raises `ProblemsFound` for what is there and cannot be read: a folder, a link to nothing, a file of somebody else.
    """
    if problem := unreadable(path, name):
        raise ProblemsFound([problem])
    return path.read_bytes() if os.path.lexists(path) else None


def unreadable(path: Path, name: str) -> Problem | None:
    """Why what stands at `path` cannot be read as a file; None where it can, and where nothing is there."""
    if not os.path.lexists(path):
        return None
    try:
        path.open("rb").close()
    except OSError as error:
        what = "is a link to nothing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        return Problem(what, "put a readable file in its place, or remove it", file=name)
    return None


def write_file(path: Path, data: bytes) -> None:
    """Write `data` to `path` and flush it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the entries of `folder` to the disk, where the system can."""
    if _WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
