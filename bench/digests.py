"""`python -m bench digests`: what share of a build's CPU time digests take, and what proves, locks and flushes files.

The corpus is that of `incremental`. In a process of its own, each function that is counted has a clock around it; what
is inside another is counted once. So both figures are of the same run, and the load of the machine is in neither. The
functions are called a few times a file or batch, so the clocks themselves take nothing that could be measured.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stages import in_own_process

DIGESTS, PROOFS, LOOKS = "digests", "proofs of versions and kept batches", "looking for edits, locks, flushes"


def _counted() -> dict[str, list[tuple[Any, str]]]:
    """What is counted: names of functions in modules and of methods in classes."""
    from allegata.engine.work import Work
    from allegata.publish import differences, sums
    from allegata.publish.digest import TableDigest
    from allegata.schema import digests, files
    from allegata.schema.unchanged import Before
    from allegata.schema.version_files import VersionFiles

    hashed = [(digests, "sha256_file"), (digests, "sha256_bytes"), (TableDigest, "update"), (TableDigest, "hexdigest")]
    proved = [(VersionFiles, "prove"), (Work, "receipt"), (differences, "check_version"), (sums, "check_register")]
    looked = [(Before, "of"), (Before, "refuse_changed"), (files, "locked"), (files, "unlock"), (os, "fsync")]
    return {DIGESTS: hashed, PROOFS: proved, LOOKS: looked}


def run_digests(articles: int, seed: int = 0) -> str:
    """A first build with a work folder, and one after an article was added: a Markdown table of CPU seconds."""
    from allegata.recipe.init import init
    from bench.incremental import listed, written

    with tempfile.TemporaryDirectory() as folder:
        root, work = Path(folder) / "corpus", Path(folder) / "work"
        init(root, name="digests", language=["en"])
        rows = written(root, articles, seed)
        listed(root, rows[1:])
        builds = {"first build": _build(root, work)}
        listed(root, rows)
        builds["one article more"] = _build(root, work)
    lines = [f"{articles:,} articles; CPU seconds of one process, with start-up", ""]
    lines += [f"| | {' | share | '.join(builds)} | share |", f"|---|{'---|---|' * len(builds)}"]
    for kind in [DIGESTS, PROOFS, LOOKS, "all of these", "the build"]:
        cells = [f"{cpu[kind]:.2f} | {100 * cpu[kind] / cpu['the build']:.1f} %" for cpu in builds.values()]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _build(root: Path, work: Path) -> dict[str, float]:
    return dict(in_own_process("bench.digests", str(root), str(work))[1])


def _clocked() -> dict[str, float]:
    """Put a clock around each function that is counted; where they add up."""
    found, running = defaultdict[str, float](float), list[str]()

    def clocked(kind: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **more: Any) -> Any:
            if running:
                return call(*given, **more)
            running.append(kind)
            begin = time.process_time()
            try:
                return call(*given, **more)
            finally:
                found[kind] += time.process_time() - begin
                running.pop()

        return timed

    for kind, functions in _counted().items():
        for owner, name in functions:
            bound = vars(owner)[name]
            is_class_method = isinstance(bound, classmethod)
            timed = clocked(kind, bound.__func__ if is_class_method else bound)
            setattr(owner, name, classmethod(timed) if is_class_method else timed)
            for other in [one for one in sys.modules.values() if vars(one).get(name) is bound]:
                setattr(other, name, timed)  # it was imported by its name
    return found


def _child(root: str, work: str) -> None:
    found = _clocked()
    from allegata.engine.job import RunOptions
    from allegata.recipe.build import run

    run(Path(root), options=RunOptions(work=work))
    cpu = {kind: found[kind] for kind in (DIGESTS, PROOFS, LOOKS)}
    print(json.dumps({**cpu, "all of these": sum(cpu.values()), "the build": time.process_time()}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
