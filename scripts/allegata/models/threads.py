"""The threads of numerical libraries: as many on every machine, and asleep while they wait.

Sums of floats depend on how many threads share them, so what a model predicts does too. A thread that spins while it
waits takes the core from who computes: on a busy machine, ranking the sentences of CheckThat! 2019 came to 4,736
sentences in 87 CPU seconds, with threads that sleep to 9,408 in 35.
"""

from __future__ import annotations

import os

THREADS = 2
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


def peak_memory() -> int:
    """The most memory that this process has had at once, in bytes."""
    import resource
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
