"""A process that is killed at a chosen step: every step that changes the disk raises an audit event."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}
_DONE, _KILLED, _FAILED = 0, 137, 1


def is_change(event: str, args: tuple[object, ...], root: str) -> bool:
    """True for an audit event of a step that changes a file or folder below `root`."""
    writes = event == "open" and isinstance(args[1], str) and args[1] != "r"
    return (writes or event in CHANGES) and str(args[0]).startswith(root)


def killed_before_step(step: int, root: Path, action: Callable[[], object]) -> bool:
    """Run `action` in a process of its own that dies before the given change below `root`; False if it came through.

    No handler and no `finally` runs in it, as after SIGKILL. What is flushed guards against a dead machine, not
    a dead process: here flushing would only cost the time.
    """
    child = os.fork()
    if not child:
        seen = 0

        def count(event: str, args: tuple[object, ...]) -> None:
            nonlocal seen
            if is_change(event, args, str(root)):
                seen += 1
                if seen == step:
                    os._exit(_KILLED)

        os.fsync = lambda handle: None
        sys.addaudithook(count)
        try:
            action()
        except BaseException:
            traceback.print_exc()
            os._exit(_FAILED)
        os._exit(_DONE)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (_DONE, _KILLED), f"the process ended with {code} before step {step}"
    return code == _KILLED
