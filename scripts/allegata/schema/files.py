"""What writing safely takes: a flushed file, a whole folder, a lock that dies with its process."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from traceback import clear_frames
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.system_errors import NO_LOCKS, naming, noting

if TYPE_CHECKING:
    from filelock import BaseFileLock

P = ParamSpec("P")
R = TypeVar("R")
LOCK = ".allegata.lock"  # in a folder that is being written to
PARTIAL = ".partial"  # how the name of a file or folder ends while it is prepared
# Windows flushes no folders, and removes no file that is open.
_WINDOWS = os.name == "nt"
# The corpora that who runs now holds: a thread holds none of another's, a child process none of its parent's.
_HELD: ContextVar[frozenset[tuple[int, Path]]] = ContextVar("held", default=frozenset())


@contextmanager
def holding(folder: Path, who: str, name: str = LOCK) -> Iterator[None]:
    """Hold `folder`, which is made where it is missing, by the lock of the file `name` in it.

    The lock dies with the process; the file, if that was killed, goes with the next one that holds the folder.
    Raises `UsageError` when another `who` holds it, `OSError` where that file cannot be locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with naming(folder / name):
        lock = locked(folder / name)
    if lock is None:
        raise UsageError(f"another {who} is writing to {folder.resolve().name}/: wait until it ends")
    try:
        yield
    finally:
        unlock(lock)


@contextmanager
def holding_corpus(root: Path) -> Iterator[None]:
    """Hold the corpus in `root`, as every command does that writes to it: what it has read is then what it writes upon.

    There is one lock, and what the holder calls holds it too. Raises `UsageError` while another command holds it.
    """
    mine = (os.getpid(), root.resolve())
    if mine in _HELD.get():
        yield
        return
    with holding(root, "command"):
        token = _HELD.set(_HELD.get() | {mine})
        try:
            yield
        finally:
            _HELD.reset(token)


def one_at_a_time(command: Callable[Concatenate[Path, P], R]) -> Callable[Concatenate[Path, P], R]:
    """A function that writes into the corpus that its first argument names, and holds it from its beginning."""

    @wraps(command)
    def alone(root: Path, /, *arguments: P.args, **options: P.kwargs) -> R:
        if not root.is_dir():  # which it reports in its own words
            return command(root, *arguments, **options)
        with holding_corpus(root):
            return command(root, *arguments, **options)

    return alone


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
        if error.errno in NO_LOCKS:  # so nobody holds the file; any other error may meet a file that is held
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
    and where another process writes the same folder.
    """
    folder = folder.resolve() if folder.is_dir() else folder  # behind a link, which stays; "." has a name then
    new, old = (folder.with_name(f".{folder.name}.{state}") for state in ("new", "old"))
    with holding(folder.parent, f"writer of {folder.name}", f".{folder.name}.lock"):
        if old.is_dir() and not os.path.lexists(folder):  # a run was killed between its two renames
            old.rename(folder)
        if os.path.lexists(folder):
            why = may_replace(folder) if folder.is_dir() else "is no folder: name another"
            if why:
                raise UsageError(f"{folder} {why}")
        for remains in (new, old):  # of a killed run
            shutil.rmtree(remains, ignore_errors=True)
        try:
            with noting(f"nothing was written to {folder}"):
                new.mkdir()
                yield new
                for inner in [*sorted(path for path in new.rglob("*") if path.is_dir()), new]:
                    sync_folder(inner)
                _put_in_place_of(folder, new, old)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        sync_folder(folder.parent)
        shutil.rmtree(old, ignore_errors=True)


def _put_in_place_of(folder: Path, new: Path, old: Path) -> None:
    """Rename `new` to `folder`; what was there is `old` then, or is back where that fails."""
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        old.rename(folder)
        raise


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
        if not (path.is_file() or path.is_dir()) and path.exists():  # a pipe waits, a device may never end
            return Problem("is no regular file", "put a file in its place, or remove it", file=name)
        path.open("rb").close()
    except OSError as error:
        what = "is a link to nothing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        return Problem(what, "put a readable file in its place, or remove it", file=name)
    return None


def write_file(path: Path, data: bytes) -> None:
    """Write `data` to `path` and flush it to the disk."""
    with naming(path), path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def aside(place: Path) -> Path:
    """The name under which `place` is prepared: in the same folder, so that a rename is one step."""
    if not place.name:  # "." or "/"
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(place))
    if place.exists() and not (place.is_file() or place.is_dir()):  # a device would be a file for all others then
        raise UsageError(f"{place} is a pipe or a device: name a file")
    return place.with_name(f".{place.name}{PARTIAL}")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where the body writes what takes the place of the file `path` at once, when all went well."""
    partial = aside(path)
    try:
        with naming(path):
            yield partial
            partial.replace(path)
            sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError) and error.filename == str(partial):
            error.filename = str(path)  # the name that means something to who reads it
            del error.filename2
        raise


def replace_file(path: Path, data: bytes) -> None:
    """Give `path` the content `data` at once; a file that has it already is not touched."""
    if not (path.is_file() and path.read_bytes() == data):
        with whole_file(path) as partial:
            write_file(partial, data)


def sync_folder(folder: Path) -> None:
    """Flush the entries of `folder` to the disk, where the system can."""
    if _WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with naming(folder):
            os.fsync(handle)
    finally:
        os.close(handle)
