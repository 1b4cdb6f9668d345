"""What the system refuses, in words: a full disk, a read-only one, no permission, a name that is too long."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from allegata.schema.problems import Problem, ProblemsFound, UsageError

# What a file system without locks answers; the last: NFS without a lock daemon.
NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
_AGAIN = "then run the same command again"
# What is wrong and what to do, by the number of the error.
_WORDS = {
    errno.ENOSPC: ("cannot be written: the disk is full", f"free some space, {_AGAIN}"),
    errno.EDQUOT: ("cannot be written: the disk quota is used up", f"delete something, {_AGAIN}"),
    errno.EFBIG: ("cannot be written: the file would be too large", f"raise the limit of file sizes, {_AGAIN}"),
    errno.EROFS: ("cannot be written: the file system is read-only", "write to another place, or mount it writable"),
    errno.EACCES: ("cannot be used: permission denied", f"give your user access to it and to its folder, {_AGAIN}"),
    errno.EPERM: ("cannot be changed: operation not permitted", f"check its owner and attributes, {_AGAIN}"),
    errno.ENAMETOOLONG: ("cannot be used: the name is too long for the file system", "choose a shorter name"),
    errno.ENOENT: ("does not exist", f"check the name, {_AGAIN}"),
    errno.ENOTDIR: ("is no folder, or lies in something that is none", "move it away, or name another place"),
    errno.EISDIR: ("is a folder where a file is expected", "move it away, or name a file"),
    errno.EEXIST: ("is there already", f"move it away, {_AGAIN}"),
    errno.ENOTEMPTY: ("is not empty", f"see what writes into it, {_AGAIN}"),
    errno.ELOOP: ("is a link that leads to itself, or may not be one", f"remove the link, {_AGAIN}"),
    errno.EIO: ("cannot be used: the disk reports an error", f"check the disk and its connection, {_AGAIN}"),
    errno.EMFILE: ("cannot be opened: too many files are open", f"raise the limit (ulimit -n), {_AGAIN}"),
    errno.ENFILE: ("cannot be opened: too many files are open", f"end other programs, {_AGAIN}"),
    **dict.fromkeys(NO_LOCKS, ("cannot be locked: its file system has no locks", "keep it on one that has")),
    errno.EXDEV: ("cannot be moved: the other place is on another disk", "keep the corpus on one file system"),
}


def system_problem(error: OSError) -> Problem:
    """An `OSError` as a problem: the file as the system was asked for it, what is wrong, what to do."""
    place = "" if error.filename is None or isinstance(error.filename, int) else os.fsdecode(error.filename)
    if error.errno == errno.ENOENT and place and os.path.islink(place):
        return Problem("is a link to nothing", "put a file in its place, or remove it", file=place)
    if error.errno in _WORDS:
        what, fix = _WORDS[error.errno]
    else:
        said = error.strerror or " ".join(str(error).split())[:300] or type(error).__name__
        what, fix = f"cannot be used: {said}", "check it, or put a whole one in its place, then run the command again"
    if error.filename2 is not None:
        place = f"{place} -> {os.fsdecode(error.filename2)}"
    return Problem(what, fix, file=place)


# What the system refuses to SQLite, by its primary result codes (https://www.sqlite.org/rescode.html); None: in the
# words of SQLite. All other codes say that the program uses it wrongly.
_OF_SQLITE = {
    3: errno.EACCES,  # SQLITE_PERM
    5: None,  # SQLITE_BUSY
    8: errno.EROFS,  # SQLITE_READONLY
    10: errno.EIO,  # SQLITE_IOERR
    11: errno.EIO,  # SQLITE_CORRUPT
    13: errno.ENOSPC,  # SQLITE_FULL
    14: None,  # SQLITE_CANTOPEN
    15: None,  # SQLITE_PROTOCOL
    26: errno.EIO,  # SQLITE_NOTADB
}


def refused_to_sqlite(error: BaseException) -> OSError | None:
    """What the system refused where SQLite reports it, also by way of a library; None for any other error."""
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary not in _OF_SQLITE:
        return None
    number, place = _OF_SQLITE[primary], f"a temporary database in {tempfile.gettempdir()}"
    return OSError(f"{place}: {error}") if number is None else OSError(number, os.strerror(number), place)


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """What the system refuses in the body is about `path`, where the error does not say so: a write, a flush."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # of a library, which says what it read or wrote in words, if at all
            error.args = (f"{path}: {error}",)
        elif error.filename is None:
            error.filename = str(path)
        raise


@contextmanager
def noting(state: str | Callable[[], str]) -> Iterator[None]:
    """Whatever ends the body but a report of its own words, what is printed says `state`: what is whole."""
    try:
        yield
    except (ProblemsFound, UsageError):
        raise
    except BaseException as error:
        error.add_note(state if isinstance(state, str) else state())
        raise
