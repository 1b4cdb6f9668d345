"""`python -m bench speed`: time, memory and correctness of deduplication on made-up documents.

Every contestant runs in a process of its own, which reports its CPU time (start-up and children included) and
its peak memory as the operating system counts it. Recall: of the pairs with a true Jaccard similarity over
the threshold, how many ended in one cluster. Precision: of the removed documents, how many are truly over the
threshold to the document kept for them, or to the nearest of its cluster. The truth is worked out from the
token numbers of the generator, without hashing.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from bench import documents as speed_documents
from bench.documents import Documents
from bench.floor import build_floor
from bench.peers import FLOOR, OURS, contestants, run, run_stages
from bench.stages import FailedError, StageTime, in_own_process, peak_mb, stage_table

_SIZE, _THRESHOLD = 3, 0.5
# Removed documents whose similarity is worked out; all of them up to 10^5 documents. Beyond that, of the pairs
# that may be over the threshold, one in n / 10^5: at a million documents all of them took ten minutes.
_REMOVED_LOOKED_AT, _ALL_PAIRS_UP_TO = 20_000, 100_000


@dataclass(frozen=True)
class Speed:
    """One contestant: seconds, megabytes and shares; recall and precision are None for the floor.

    `stages` are those of our own runs.
    """

    name: str
    docs: int
    text_bytes: int
    wall: float
    cpu: float
    peak_mb: float
    recall: float | None = None
    precision: float | None = None
    stages: tuple[StageTime, ...] = ()
    failed: str = ""  # why it has no figures

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
    folder.mkdir(parents=True, exist_ok=True)
    names = names or contestants()
    if FLOOR in names:
        build_floor(folder)  # its compiler is not what is timed
    documents = Documents(docs, seed)
    source = folder / f"documents-{docs}-{seed}.parquet"
    text_bytes = written(documents, source)
    truth = true_pairs(documents)
    results = []
    for name in names:
        target = folder / "result.parquet"
        target.unlink(missing_ok=True)  # of one that failed
        try:
            wall, report = _measure(name, source, target)
            scores = (None, None) if name == FLOOR else score(documents, target, truth)
            stages: tuple[StageTime, ...] = ()
            if name in OURS:  # in a run of its own: the clock takes time, too
                stages = tuple(StageTime(**stage) for stage in _measure(name, source, target, "stages")[1]["stages"])
        except FailedError as error:
            results.append(Speed(name, docs, text_bytes, 0.0, 0.0, 0.0, failed=str(error)))
            continue
        results.append(Speed(name, docs, text_bytes, wall, report["cpu"], report["peak_mb"], *scores, stages))
    (folder / "result.parquet").unlink(missing_ok=True)
    return results


def written(documents: Documents, source: Path) -> int:
    """Bytes of text in `source`, written unless an earlier run of the same generator has finished it.

    A note beside it says how large it is and by which generator.
    """
    note, generator = source.with_suffix(".json"), sha256(Path(speed_documents.__file__).read_bytes()).hexdigest()
    try:
        noted = json.loads(note.read_text())
        if (source.stat().st_size, generator) == (noted["file_bytes"], noted["generator"]):
            return int(noted["text_bytes"])
    except (OSError, ValueError, KeyError, TypeError):  # no file, no note, or no note of ours: written again
        pass
    text_bytes = documents.write(source)
    aside = note.with_suffix(".json.part")
    noted = {"text_bytes": text_bytes, "file_bytes": source.stat().st_size, "generator": generator}
    aside.write_text(json.dumps(noted))
    aside.replace(note)
    return text_bytes


def report(results: list[Speed]) -> str:
    """The table of one run, and behind it the stages of our own."""
    floor = next((result.cpu for result in results if result.name == FLOOR and not result.failed), None)
    parts = [f"{results[0].docs:,} documents", table(results)]
    for r in results:
        if r.stages:
            parts += [f"{r.name}, by stages", stage_table(list(r.stages), r.docs, r.text_bytes, floor)]
    return "\n\n".join(parts) + "\n"


def table(results: list[Speed]) -> str:
    """The results as a Markdown table, with the ratio of CPU time to the floor and to datasketch."""
    cpu = {result.name: result.cpu for result in results if not result.failed}
    lines = [
        "| | wall s | CPU s | docs/s | MB/s | peak MB | x floor | datasketch takes | recall | precision |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        if r.failed:
            lines.append(f"| {r.name} | {r.failed.replace('|', '/')} |" + " |" * 8)
            continue
        over = f"{r.cpu / cpu[FLOOR]:.1f}" if FLOOR in cpu else ""
        less = f"{cpu['datasketch'] / r.cpu:.1f}x" if "datasketch" in cpu else ""
        shares = ["" if share is None else f"{share:.4f}" for share in (r.recall, r.precision)]
        numbers = [f"{r.wall:.1f}", f"{r.cpu:.1f}", f"{r.docs_per_second:,.0f}", f"{r.mb_per_second:.0f}"]
        lines.append("| " + " | ".join([r.name, *numbers, f"{r.peak_mb:.0f}", over, less, *shares]) + " |")
    return "\n".join(lines)


def true_pairs(documents: Documents) -> list[tuple[int, int]]:
    """The pairs of documents that are truly over the threshold; of very many documents, an even share of them."""
    step = max(1, documents.n // _ALL_PAIRS_UP_TO)
    return [pair for pair in islice(documents.families(), 0, None, step) if _over(documents, *pair)]


def _over(documents: Documents, a: int, b: int) -> bool:
    return documents.similarity(a, b, _SIZE) >= _THRESHOLD


def score(documents: Documents, result: Path, truth: list[tuple[int, int]]) -> tuple[float | None, float | None]:
    """Recall over true pairs, precision over removed documents; None where there are none."""
    found = pq.read_table(result, columns=["article_id", "cluster_id", "canonical_id"]).sort_by("article_id")
    cluster = found["cluster_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    together = [bool(cluster[a] == cluster[b]) for a, b in truth]
    number = {documents.name(i): i for i in range(documents.n)}
    canonical = np.array([number[name] for name in found["canonical_id"].to_pylist()])
    removed = np.flatnonzero(canonical != np.arange(documents.n))
    removed = removed[:: 1 + len(removed) // _REMOVED_LOOKED_AT]
    unlike = {i for i in removed.tolist() if not _over(documents, i, int(canonical[i]))}
    near = [pair for pair in documents.families() if not unlike.isdisjoint(pair)] if unlike else []
    wrong = unlike - {i for a, b in near if cluster[a] == cluster[b] and _over(documents, a, b) for i in (a, b)}
    return (
        sum(together) / len(together) if together else None,
        1 - len(wrong) / len(removed) if len(removed) else None,
    )


def _measure(name: str, source: Path, target: Path, *mode: str) -> tuple[float, dict[str, Any]]:
    """Wall seconds of one contestant in its own process, and what it reports: cpu, peak_mb, stages."""
    return in_own_process("bench.speed", name, str(source), str(target), *mode)


def _child(name: str, source: str, target: str, mode: str = "") -> None:
    stages: list[StageTime] = []
    if mode:
        stages = run_stages(name, Path(source), Path(target))
    else:
        run(name, Path(source), Path(target))
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    # On Linux `ru_maxrss` keeps what the parent had when it forked; `peak_mb` does not.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    report = {
        "cpu": sum(u.ru_utime + u.ru_stime for u in usage),
        "peak_mb": max(peak_mb() or usage[0].ru_maxrss / unit, usage[1].ru_maxrss / unit),
        "stages": [asdict(stage) for stage in stages],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    _child(*sys.argv[1:])
