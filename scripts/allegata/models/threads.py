"""The threads of numerical libraries: as many on every machine, and asleep while they wait.

Sums of floats depend on how many threads share them, so what a model predicts does too. A thread that spins while it
waits takes the core from who computes: on a busy machine, ranking the sentences of CheckThat! 2019 came to 4,736
sentences in 87 CPU seconds, with threads that sleep to 9,408 in 35.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

THREADS = 2
_STATUS = Path("/proc/self/status")
_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}


def threads_asleep_while_waiting() -> None:
    """Waiting threads sleep in OpenMP libraries that are loaded from now on; what a user has set stays.

    It changes no figure, only the time that others lose. torch brings OpenMP: call it before torch is imported.
    """
    for variable, value in _WAITING.items():
        os.environ.setdefault(variable, value)


def fix_threads() -> None:
    """`THREADS` threads in every numerical library that is loaded from now on, whatever the environment says.

    For a process of ours, before numpy is imported; libraries that are loaded already keep what they have.
    """
    threads_asleep_while_waiting()
    for variable in _COUNTS:
        os.environ[variable] = str(THREADS)
    os.environ["OMP_DYNAMIC"] = "FALSE"  # else OpenMP takes fewer on a loaded machine
    os.environ["MKL_DYNAMIC"] = "FALSE"


def peak_memory() -> int | None:
    """The most memory that this process has had at once, in bytes; None where the system has no /proc to say so."""
    try:
        status = _STATUS.read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.M)
    return int(found[1]) * 1024 if found else None
