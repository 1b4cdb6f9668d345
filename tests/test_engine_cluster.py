"""The Ray runner gives the bytes of the embedded one, also when a worker and then a node are lost midway.

One machine plays two nodes (`ray.cluster_utils.Cluster`): what is shown is recovery, not a network.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allegata.dedup.files import ReadArticles, deduplicate_files
from allegata.dedup.options import DedupOptions
from allegata.dedup.search import Found, search
from allegata.engine.batches import digests_of, file_batches, find_files
from allegata.engine.cluster import RayRunner
from allegata.engine.runner import Embedded
from allegata.engine.work import Work
from allegata.schema.problems import UsageError

N_BATCHES = 44


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    folder = tmp_path / "in"
    folder.mkdir()
    for k in range(N_BATCHES):
        texts = [" ".join(f"w{(i * 7 + j * j) % 997}" for j in range(60 + i)) for i in (k % 9, 100 + k, k % 5)]
        ids = [f"d{k:02}-{i}" for i in range(3)]
        table = pa.table({"article_id": ids, "text": texts, "published": pa.nulls(3, pa.string())})
        pq.write_table(table, folder / f"{k:02}.parquet")
    return str(folder)


def summary(found: Found) -> list[list[object]]:
    return [found.members.tolist(), found.kept.tolist(), found.similarity.tolist(), [found.counters]]


def busy_workers() -> list[int]:
    """Ray worker processes below this process that are running a task."""
    parents, busy = {}, []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                title = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[1])
            if title.startswith(b"ray::") and b"MapBatches" in title:
                busy.append(int(entry.name))
    mine = []
    for pid in busy:
        up = pid
        while up in parents and up != os.getpid():
            up = parents[up]
        if up == os.getpid():
            mine.append(pid)
    return mine


def test_an_address_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(UsageError, match="RAY_ADDRESS"):
        RayRunner()


@pytest.mark.slow  # a minute; test_build_stream loses the same in a whole build, a search in it
@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes to kill in /proc")
def test_a_cluster_that_loses_a_worker_and_then_a_node_finds_the_same(corpus: str, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs ray: pip install -c constraints.txt -e '.[cluster]'")
    from ray.cluster_utils import Cluster as Machines

    batches = file_batches(find_files([corpus]))
    assert len(batches) == N_BATCHES
    with Embedded() as runner:
        expected = summary(search(batches, ReadArticles(), runner, DedupOptions()))

    class Slowly:
        def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
            time.sleep(0.25)
            yield from ReadArticles()(batch)

    machines = Machines(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    node = machines.add_node(num_cpus=1)
    finished = tmp_path / "work"
    work = Work(str(finished))
    work.bind({"inputs": digests_of(find_files([corpus])), "options": DedupOptions().algorithm()})
    lost: list[tuple[str, int]] = []

    def done() -> int:
        return len(list(finished.glob("sign/*.receipt.arrow")))

    def sabotage() -> None:
        while done() < 5 or not (victims := busy_workers()):
            time.sleep(0.02)
        os.kill(victims[0], signal.SIGKILL)
        lost.append(("worker", done()))
        while done() < 14:
            time.sleep(0.02)
        machines.remove_node(node, allow_graceful=False)
        lost.append(("node", done()))

    saboteur = threading.Thread(target=sabotage, daemon=True)
    saboteur.start()
    try:
        with RayRunner(machines.address, parts=4) as runner:
            found = search(batches, Slowly(), runner, DedupOptions(), partial(work.kept, "sign"))
    finally:
        machines.shutdown()
    saboteur.join(5)
    assert [what for what, _ in lost] == ["worker", "node"]
    assert all(5 <= at < N_BATCHES for _, at in lost), lost
    assert summary(found) == expected
    assert done() == N_BATCHES


@pytest.mark.slow  # a minute; the cluster of two nodes in test_build_stream goes the same way
def test_a_local_ray_writes_the_same_bytes_as_the_embedded_runner(corpus: str, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs ray: pip install -c constraints.txt -e '.[cluster]'")
    written = []
    for name, runner in (("one", Embedded()), ("ray", RayRunner("local", parts=4))):
        with runner:
            deduplicate_files([corpus], str(tmp_path / name), runner=runner)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
