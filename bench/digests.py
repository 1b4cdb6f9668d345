"""`python -m bench digests`: what share of a build's CPU time digests take, and what proves, locks and flushes files.

The corpus is that of `incremental`. In a process of its own, each function that is counted has a clock around it; what
is inside another is counted once. So both figures are of the same run, and the load of the machine is in neither. The
functions are called a few times a file or batch, so the clocks themselves take nothing that could be measured.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stages import in_own_process

# What is counted, by its module.
COUNTED = {
    "digests": (
        ("allegata.schema.digests", "sha256_file"),
        ("allegata.schema.digests", "sha256_bytes"),
        ("allegata.publish.digest", "TableDigest.update"),
        ("allegata.publish.digest", "TableDigest.hexdigest"),
    ),
    "proofs of versions and kept batches": (
        ("allegata.schema.version_files", "VersionFiles.prove"),
        ("allegata.engine.work", "Work.receipt"),
        ("allegata.publish.differences", "check_version"),
        ("allegata.publish.sums", "check_register"),
    ),
    "looking for edits, locks, flushes": (
        ("allegata.schema.unchanged", "Before.of"),
        ("allegata.schema.unchanged", "Before.refuse_changed"),
        ("allegata.schema.files", "locked"),
        ("allegata.schema.files", "unlock"),
        ("os", "fsync"),
    ),
}


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
    for kind in [*COUNTED, "all of these", "the build"]:
        cells = [f"{cpu[kind]:.2f} | {100 * cpu[kind] / cpu['the build']:.1f} %" for cpu in builds.values()]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _build(root: Path, work: Path) -> dict[str, float]:
    return dict(in_own_process("bench.digests", str(root), str(work))[1])


def _clocked() -> Counter[str]:
    """Put a clock around each function that is counted; where they add up."""
    from importlib import import_module

    found, running = Counter[str](), list[str]()

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

    for kind, functions in COUNTED.items():
        for module, path in functions:
            *inside, name = path.split(".")
            owner: Any = import_module(module)
            for part in inside:
                owner = getattr(owner, part)
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
    cpu = {kind: found[kind] for kind in COUNTED}
    print(json.dumps({**cpu, "all of these": sum(cpu.values()), "the build": time.process_time()}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
