"""What the speed benchmark runs: allegata, and the other deduplicators that are installed.

Each contestant reads the same Parquet file and writes article_id and cluster (the smallest id of its
duplicates). The others are called as their documentation shows, with the same shingles (words, three at a
time), threshold and bands; pairs they report are joined by connected components.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from allegata.dedup.files import deduplicate_files
from allegata.engine.runner import Embedded, Runner
from bench.floor import compiler, floor, open_floor
from bench.stages import Clock, StageTime, TimedRunner

_SIZE, _THRESHOLD, _BANDS, _ROWS = 3, 0.5, 42, 3
FLOOR = "floor"
# Our own, and whether with the compiled kernel.
OURS = {"allegata": False, "allegata [fast]": True}
_PEERS = ("datasketch", "rensa", "gaoya", "datatrove")


def contestants() -> list[str]:
    """Names of what can run here."""
    ours = [name for name, compiled in OURS.items() if not compiled or find_spec("numba")]
    return [FLOOR] * bool(compiler()) + ours + [name for name in _PEERS if find_spec(name)]


def not_installed() -> str:
    """The systems whose packages are missing here, and the extras that bring them; empty where all can run."""
    peers = [name for name in _PEERS if not find_spec(name)]
    parts = [f"{', '.join(peers)} (extra `bench`)"] if peers else []
    if not find_spec("numba"):
        parts.append("allegata [fast] (extra `fast`)")
    return f"not installed: {', '.join(parts)}" if parts else ""


def run(name: str, source: Path, target: Path) -> None:
    """Deduplicate `source` by one contestant and write `target`."""
    runs: dict[str, Callable[[Path, Path], object]] = {
        FLOOR: lambda s, t: floor(open_floor(t.parent), s, t),
        "allegata": lambda s, t: _ours(s, t, compiled=False),
        "allegata [fast]": lambda s, t: _ours(s, t, compiled=True),
        "datasketch": lambda s, t: _write(s, t, _datasketch(s)),
        "rensa": lambda s, t: _write(s, t, _rensa(s)),
        "gaoya": lambda s, t: _write(s, t, _gaoya(s)),
        "datatrove": lambda s, t: _write(s, t, _datatrove(s)),
    }
    runs[name](source, target)


def run_stages(name: str, source: Path, target: Path) -> list[StageTime]:
    """Deduplicate `source` by one of `OURS`, with a clock over its stages."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, Embedded(folder=Path(folder)) as runner, clock.over("the rest"):
        _ours(source, target, OURS[name], TimedRunner(runner, clock))
    return clock.stages()


def _ours(source: Path, target: Path, compiled: bool, runner: Runner | None = None) -> None:
    deduplicate_files([str(source)], str(target), compiled=compiled, runner=runner)


def _texts(source: Path) -> Iterator[tuple[int, str]]:
    n = 0
    with pq.ParquetFile(source, pre_buffer=False) as file:
        for batch in file.iter_batches(2_000, columns=["text"]):
            for text in batch["text"].to_pylist():
                yield n, text
                n += 1


def _shingles(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[i : i + _SIZE]) for i in range(len(words) - _SIZE + 1)]


def _datasketch(source: Path) -> Iterator[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=_THRESHOLD, num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))
    for n, text in _texts(source):
        shingles = _shingles(text)
        if shingles:
            signature = MinHash(num_perm=_BANDS * _ROWS)
            signature.update_batch([shingle.encode() for shingle in shingles])
            yield from ((n, int(other)) for other in lsh.query(signature))
            lsh.insert(str(n), signature)


def _rensa(source: Path) -> Iterator[tuple[int, int]]:
    from rensa import RMinHash, RMinHashLSH

    lsh = RMinHashLSH(threshold=_THRESHOLD, num_perm=_BANDS * _ROWS, num_bands=_BANDS)
    for n, text in _texts(source):
        shingles = _shingles(text)
        if shingles:
            signature = RMinHash(num_perm=_BANDS * _ROWS, seed=42)
            signature.update(shingles)
            yield from ((n, other) for other in lsh.query(signature))
            lsh.insert(n, signature)


def _gaoya(source: Path) -> Iterator[tuple[int, int]]:
    from gaoya.minhash import MinHashStringIndex

    options = {"analyzer": "word", "lowercase": True, "ngram_range": (_SIZE, _SIZE)}
    index = MinHashStringIndex(32, _THRESHOLD, _BANDS, _ROWS, None, **options)
    texts = [text for _, text in _texts(source)]
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    for n, others in enumerate(index.par_bulk_query(texts)):
        yield from ((n, other) for other in others if other != n)


def _datatrove(source: Path) -> Iterator[tuple[int, int]]:
    """The pairs that its first two of four stages find; the others write texts, which is not asked for here."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import ParquetReader

    config = MinhashConfig(n_grams=_SIZE, num_buckets=_BANDS, hashes_per_bucket=_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        signatures, pairs, logs = (f"{folder}/{name}" for name in ("signatures", "pairs", "logs"))
        reader = ParquetReader(str(source.parent), glob_pattern=source.name, id_key="article_id")
        sign = [reader, MinhashDedupSignature(signatures, config)]
        LocalPipelineExecutor(sign, tasks=1, logging_dir=f"{logs}/1").run()
        match = [MinhashDedupBuckets(signatures, pairs, config=config)]
        LocalPipelineExecutor(match, tasks=_BANDS, workers=1, logging_dir=f"{logs}/2").run()
        for file in sorted(Path(pairs).rglob("*.dups")):
            for _, a, _, b in np.fromfile(file, "<u4").reshape(-1, 4).tolist():
                yield a, b


def _write(source: Path, target: Path, pairs: Iterable[tuple[int, int]]) -> None:
    """Join pairs of rows and write the cluster of every row under the columns our own stage writes."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ids = pq.read_table(source, columns=["article_id"])["article_id"]
    both = np.array(list(pairs), np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(both), np.int8), (both[:, 0], both[:, 1])), shape=(len(ids), len(ids)))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    cluster = ids.take(pa.array(first[labels]))
    pq.write_table(pa.table([ids, cluster, cluster], ["article_id", "cluster_id", "canonical_id"]), target)
