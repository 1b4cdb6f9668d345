"""A command in a process of its own in which one step of its input and output fails, or ends the process.

Steps are what changes the disk below a folder, and what reads it: each opening, write, flush, folder, move, deletion,
in the order in which they happen. Openings, folders, moves and deletions raise audit events, whoever asks for them in
Python; writes are counted in files that Python opens (`open`), flushes in `os.fsync`. What C++ writes (scratch files of
Arrow) is met by a limit on the size of files: see `test_faults_system.py`.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allegata.cli.app import app

KILLED = 137
READ, OPEN, WRITE, FLUSH, FOLDER, MOVE, DELETE = "read", "open", "write", "flush", "folder", "move", "delete"
_EVENTS = {"os.mkdir": FOLDER, "os.rename": MOVE, "os.remove": DELETE, "os.rmdir": DELETE}
# What fails -> the number of the error, the steps it meets, whether it goes on failing.
FAULTS = {
    "kill": (0, {OPEN, WRITE, FLUSH, FOLDER, MOVE, DELETE}, False),
    "full": (errno.ENOSPC, {OPEN, WRITE, FLUSH, FOLDER}, True),
    "read-only": (errno.EROFS, {OPEN, FOLDER, MOVE, DELETE}, True),
    "broken": (errno.EIO, {READ, OPEN, WRITE, FLUSH, FOLDER, MOVE, DELETE}, False),
    "forbidden": (errno.EACCES, {READ, OPEN, FOLDER, MOVE, DELETE}, False),
}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it printed, and the kinds of the steps that it made."""

    code: int
    output: str
    steps: tuple[str, ...]


def ended(
    arguments: list[str], watched: Path, fault: str = "", at: int = -1, begin: Callable[[], object] = lambda: None
) -> Ended:
    """`allegata` with these arguments; step `at` (from 0) below `watched` meets the `fault`. `begin` runs first."""
    said, steps = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.dup2(said[1], 1)
        os.dup2(said[1], 2)
        for end in (said[0], steps[0]):
            os.close(end)
        begin()
        _run(arguments, _Steps(str(watched), fault, at), steps[1])
    for end in (said[1], steps[1]):
        os.close(end)
    with open(said[0], errors="replace") as output, open(steps[0]) as kinds:
        printed, made = output.read(), kinds.read()
    return Ended(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), printed, tuple(made.split()))


def limited(size: int) -> Callable[[], object]:
    """For `begin`: no file may grow over `size` bytes, whoever writes it."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def _run(arguments: list[str], steps: _Steps, report: int) -> None:
    code = 0
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(1, "w")),
        io.TextIOWrapper(io.FileIO(2, "w"), write_through=True),
    )
    try:
        steps.install()
        app(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 99
    steps.watched = "\0"  # the end is not counted
    sys.stdout.flush()
    os.write(report, " ".join(steps.made).encode())
    os._exit(code)


class _Steps:
    def __init__(self, watched: str, fault: str, at: int) -> None:
        self.watched, self.at, self.made = watched, at, list[str]()
        self.fault = fault
        self.number, self.meets, self.lasts = FAULTS.get(fault, (0, set(), False))

    def install(self) -> None:
        real_open, real_sync, steps = builtins.open, os.fsync, self

        class Writing(io.FileIO):
            def write(self, data: Any) -> int:
                steps.step(WRITE, self.name)
                return super().write(data)

        def opened(
            file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
            newline: str | None = None, closefd: bool = True, opener: Any = None,
        ) -> Any:  # fmt: skip
            if isinstance(file, int) or not set(mode) & set("wxa+") or not steps.concerns(file):
                return real_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
            raw = Writing(os.fspath(file), mode.replace("b", "").replace("t", ""), closefd, opener)
            if buffering == 0:
                return raw
            held = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return held if "b" in mode else io.TextIOWrapper(held, encoding, errors, newline)

        def flushed(handle: int) -> None:
            steps.step(FLUSH, os.readlink(f"/proc/self/fd/{handle}"))
            real_sync(handle)

        io.open = builtins.open = opened
        os.fsync = flushed
        sys.addaudithook(self.heard)

    def concerns(self, file: object) -> bool:
        return isinstance(file, str | bytes | os.PathLike) and os.path.abspath(os.fsdecode(file)).startswith(
            self.watched
        )

    def heard(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = given
            if not isinstance(path, int):
                writes = (mode and set(mode) & set("wxa+")) or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
                self.step(OPEN if writes else READ, path)
        elif event in _EVENTS:
            handle = (
                next((one for one in given[1:] if isinstance(one, int) and one > 2), -1) if event != "os.mkdir" else -1
            )
            above = f"{os.readlink(f'/proc/self/fd/{handle}')}/" if handle != -1 else ""  # of a name in an open folder
            self.step(_EVENTS[event], above + os.fsdecode(given[0]))

    def step(self, kind: str, path: Any) -> None:
        if not self.concerns(path):
            return
        now = len(self.made)
        self.made.append(kind)
        if kind in self.meets and (now == self.at or (self.lasts and 0 <= self.at < now)):
            if self.fault == "kill":
                os._exit(KILLED)
            raise OSError(
                self.number, os.strerror(self.number), *([] if kind in (WRITE, FLUSH) else [os.fsdecode(path)])
            )
