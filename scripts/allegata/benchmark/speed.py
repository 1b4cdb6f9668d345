"""`allegata benchmark speed`: time, memory and correctness of deduplication on made-up documents.

Every contestant runs in a process of its own, which reports its CPU time (start-up and children included) and
its peak memory as the operating system counts it. Recall: of the pairs with a true Jaccard similarity over
the threshold, how many ended in one cluster. Precision: of the removed documents, how many are truly over the
threshold to the document kept for them, or to the nearest of its cluster. The truth is worked out from the
token numbers of the generator, without hashing.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from allegata.benchmark.speed_documents import Documents
from allegata.benchmark.speed_peers import contestants, run

_SIZE, _THRESHOLD = 3, 0.5
# Removed documents whose similarity is worked out; all of them up to 10^5 documents.
_REMOVED_LOOKED_AT = 20_000


@dataclass(frozen=True)
class Speed:
    """One contestant: seconds, megabytes and shares; recall and precision are None for the floor."""

    name: str
    docs: int
    text_bytes: int
    wall: float
    cpu: float
    peak_mb: float
    recall: float | None = None
    precision: float | None = None

    @property
    def docs_per_second(self) -> float:
        """Documents by wall time."""
        return self.docs / self.wall

    @property
    def mb_per_second(self) -> float:
        """Text by wall time, in 10^6 bytes."""
        return self.text_bytes / 1e6 / self.wall


def run_speed(docs: int, seed: int = 0, names: list[str] | None = None, folder: Path | None = None) -> list[Speed]:
    """Generate `docs` documents and run every contestant on them (`names`: some of `contestants()`).

    Files go to a temporary folder, or stay in `folder`, where documents of an earlier run are used again.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return run_speed(docs, seed, names, Path(temporary))
    documents = Documents(docs, seed)
    source, note = folder / f"documents-{docs}-{seed}.parquet", folder / f"documents-{docs}-{seed}.json"
    if not note.exists():
        note.write_text(json.dumps({"text_bytes": documents.write(source)}))
    text_bytes = json.loads(note.read_text())["text_bytes"]
    truth = true_pairs(documents)
    results = []
    for name in names or contestants():
        target = folder / "result.parquet"
        wall, cpu, peak = _measure(name, source, target)
        scores = (None, None) if name == "floor" else score(documents, target, truth)
        results.append(Speed(name, docs, text_bytes, wall, cpu, peak, *scores))
        target.unlink()
    return results


def table(results: list[Speed]) -> str:
    """The results as a Markdown table, with the ratio of CPU time to the floor and to datasketch."""
    cpu = {result.name: result.cpu for result in results}
    lines = [
        "| | wall s | CPU s | docs/s | MB/s | peak MB | x floor | datasketch takes | recall | precision |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        over = f"{r.cpu / cpu['floor']:.1f}" if "floor" in cpu else ""
        less = f"{cpu['datasketch'] / r.cpu:.1f}x" if "datasketch" in cpu else ""
        shares = ["" if share is None else f"{share:.4f}" for share in (r.recall, r.precision)]
        numbers = [f"{r.wall:.1f}", f"{r.cpu:.1f}", f"{r.docs_per_second:,.0f}", f"{r.mb_per_second:.0f}"]
        lines.append("| " + " | ".join([r.name, *numbers, f"{r.peak_mb:.0f}", over, less, *shares]) + " |")
    return "\n".join(lines)


def true_pairs(documents: Documents) -> list[tuple[int, int]]:
    """The pairs of documents that are truly over the threshold."""
    return [(a, b) for a, b in documents.families() if documents.similarity(a, b, _SIZE) >= _THRESHOLD]


def score(documents: Documents, result: Path, truth: list[tuple[int, int]]) -> tuple[float | None, float | None]:
    """Recall over true pairs, precision over removed documents; None where there are none."""
    found = pq.read_table(result, columns=["article_id", "cluster_id", "canonical_id"]).sort_by("article_id")
    cluster = found["cluster_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    together = [bool(cluster[a] == cluster[b]) for a, b in truth]
    number = {documents.name(i): i for i in range(documents.n)}
    canonical = np.array([number[name] for name in found["canonical_id"].to_pylist()])
    removed = np.flatnonzero(canonical != np.arange(documents.n))
    removed = removed[:: 1 + len(removed) // _REMOVED_LOOKED_AT]
    partner = {b: a for a, b in truth if cluster[a] == cluster[b]}
    right = [documents.similarity(i, int(canonical[i]), _SIZE) >= _THRESHOLD or i in partner for i in removed.tolist()]
    return (
        sum(together) / len(together) if together else None,
        sum(right) / len(right) if right else None,
    )


def _measure(name: str, source: Path, target: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of one contestant in its own process."""
    command = [sys.executable, "-m", "allegata.benchmark.speed", name, str(source), str(target)]
    begin = time.perf_counter()
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return time.perf_counter() - begin, report["cpu"], report["peak_mb"]


def _child(name: str, source: str, target: str) -> None:
    run(name, Path(source), Path(target))
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    report = {
        "cpu": sum(u.ru_utime + u.ru_stime for u in usage),
        "peak_mb": _peak_mb(usage[0].ru_maxrss),
    }
    print(json.dumps(report))


def _peak_mb(maxrss: int) -> float:
    """The peak of this process. On Linux `ru_maxrss` keeps what the parent had when it forked; VmHWM does not."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


if __name__ == "__main__":
    _child(*sys.argv[1:])
