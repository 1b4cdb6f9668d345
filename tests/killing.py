"""A process that is killed at a chosen step: every step that changes the disk raises an audit event."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}
_DONE, _KILLED, _FAILED = 0, 137, 1


def killed_before_step(step: int, root: Path, action: Callable[[], object]) -> bool:
    """Run `action` in a process of its own that dies before the given change below `root`; False if it came through.

    No handler and no `finally` runs in it, as after SIGKILL. What is flushed guards against a dead machine, not
    a dead process: here flushing would only cost the time.
    """
    return _run(step, root, action)[0] == _KILLED


def count_steps(root: Path, action: Callable[[], object]) -> int:
    """Run `action` in a process of its own; how many changes below `root` it made."""
    return _run(0, root, action)[1]


def _run(last: int, root: Path, action: Callable[[], object]) -> tuple[int, int]:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _act(last, str(root), action, write)
    os.close(write)
    with os.fdopen(read) as told:
        steps = int(told.read() or 0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (_DONE, _KILLED), f"the process ended with {code}"
    return code, steps


def _act(last: int, root: str, action: Callable[[], object], write: int) -> None:
    steps = 0

    def count(event: str, args: tuple[object, ...]) -> None:
        nonlocal steps
        writes = event == "open" and isinstance(args[1], str) and args[1] != "r"
        if (writes or event in CHANGES) and str(args[0]).startswith(root):
            steps += 1
            if steps == last:
                os._exit(_KILLED)

    os.fsync = lambda handle: None
    sys.addaudithook(count)
    try:
        action()
    except BaseException:
        traceback.print_exc()
        os._exit(_FAILED)
    os.write(write, str(steps).encode())
    os._exit(_DONE)
