"""The recipe in batches: the same bytes whoever runs it and however it is cut, after a kill too, in flat memory."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from allegata.engine.job import RunOptions
from allegata.ingest.manifest import RawManifest
from allegata.ingest.stage import BatchSize, manifest_batches
from allegata.publish.projection import project
from allegata.recipe.build import run
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.settings import read_settings
from many_articles import many_articles
from project import ROOT, add_article, copy_root, sampled, tree
from test_engine_cluster import busy_workers

Tree = dict[str, bytes]
VERSION = f"corpus/v{read_settings(ROOT).corpus_version}"
GENERATED, BATCH = 24, 6
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}


def published(root: Path, options: RunOptions) -> Tree:
    """Everything a build of the raw articles writes, from nothing published."""
    unpublish(root)
    run(root, options=options)
    return outcome(root)


def unpublish(root: Path) -> None:
    shutil.rmtree(root / "corpus", ignore_errors=True)
    (root / "dataset_card.md").unlink(missing_ok=True)


def outcome(root: Path) -> Tree:
    return {name: data for name, data in tree(root).items() if name.startswith("corpus/") or name == "dataset_card.md"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_articles(tmp_path_factory.mktemp("many"), GENERATED, pages=6)


@pytest.fixture(scope="module")
def expected(root: Path) -> Tree:
    """By one process, in one batch."""
    return published(root, RunOptions(batch=10_000))


def test_every_article_is_in_the_ledger_and_every_kept_one_is_published(root: Path, expected: Tree) -> None:
    (root / "ledger.parquet").write_bytes(expected[f"{VERSION}/ledger/full-00000-of-00001.parquet"])
    ledger = pq.read_table(root / "ledger.parquet").to_pylist()
    articles = {path.stem for path in (root / "raw").glob("*.txt")}
    assert {row["article_id"] for row in ledger} == articles
    assert len(ledger) == len(articles) == 5 + GENERATED + 6
    kept = {row["article_id"] for row in ledger if row["status"] == "kept"}
    assert kept == set(json.loads(expected["corpus/splits.json"]))
    reasons = [row["reason"] for row in ledger if row["status"] == "removed"]
    assert {"no_text", "exact_duplicate", "near_duplicate"} == set(reasons)
    assert all(row["canonical_id"] in kept for row in ledger if row["stage"] == "deduplicate")


def test_batches_may_lie_behind_a_url_and_are_used_again(tmp_path: Path, bucket: str) -> None:
    import fsspec

    root, batches = copy_root(tmp_path / "root"), RunOptions(batch=3)
    here = published(root, batches)
    there = replace(batches, work=f"{bucket}/work")
    assert published(root, there) == here
    system = fsspec.filesystem("s3")
    before = system.find(f"{bucket}/work", detail=True)
    assert {name.split("/")[2].partition("-")[0] for name in before} >= {"ingest", "clean", "annotate", "validate"}
    assert sum("/clean/" in name and "receipt" in name for name in before) >= 2
    assert published(root, there) == here
    assert system.find(f"{bucket}/work", detail=True) == before


def test_many_batches_make_the_bytes_of_one(root: Path, expected: Tree) -> None:
    assert len(list((root / "raw").glob("*.txt"))) >= 5 * BATCH
    assert published(root, RunOptions(batch=BATCH)) == expected
    assert b"site_boilerplate" in expected["corpus/card/sources.md"]  # counted over the pages of several batches


def test_two_workers_make_the_same_bytes(root: Path, expected: Tree) -> None:
    assert published(root, RunOptions(batch=BATCH, workers=2)) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes to kill in /proc")
@pytest.mark.parametrize(
    ("first", "second", "last"),
    sampled([("ingest", "clean", "clean"), ("clean", "annotate", "publish")], ("ingest", "clean", "clean")),
)
def test_a_cluster_that_loses_a_worker_and_then_a_node_makes_the_same_bytes(
    root: Path, expected: Tree, tmp_path: Path, first: str, second: str, last: str
) -> None:
    """A worker in the first stage, the node in the second; what comes behind the last one is made here, of what the
    cluster has made: a batch that it had damaged would be made again, and then nobody saw it."""
    pytest.importorskip("ray", reason="needs ray: pip install -c constraints.txt -e '.[cluster]'")
    from ray.cluster_utils import Cluster as Machines

    machines = Machines(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    node = machines.add_node(num_cpus=1)
    work = tmp_path / "work"
    lost: list[str] = []

    def finished(stage: str) -> int:
        return len(list(work.glob(f"{stage}*/*.receipt.arrow")))

    def sabotage() -> None:
        while finished(first) < 2 or not (victims := busy_workers()):
            time.sleep(0.02)
        os.kill(victims[0], signal.SIGKILL)
        lost.append("worker")
        while finished(second) < 2:
            time.sleep(0.02)
        machines.remove_node(node, allow_graceful=False)
        lost.append("node")

    threading.Thread(target=sabotage, daemon=True).start()
    try:
        unpublish(root)
        run(root, last, options=RunOptions("ray", address=machines.address, work=str(work), batch=BATCH))
    finally:
        machines.shutdown()
    assert lost == ["worker", "node"]
    assert finished("ingest") >= 5
    made = [path for stage in ("ingest", "clean") for path in work.glob(f"{stage}*/*") if path.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in made}
    assert len(made) >= 20, "tables and receipts of five batches and more"
    notices: list[str] = []
    run(root, options=RunOptions(work=str(work), batch=BATCH), on_notice=notices.append)
    assert outcome(root) == expected
    assert notices == []
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in made} == before  # none was made again


@pytest.mark.slow  # a minute; the cluster of two nodes above goes the same way
def test_a_local_ray_makes_the_same_bytes(root: Path, expected: Tree) -> None:
    pytest.importorskip("ray", reason="needs ray: pip install -c constraints.txt -e '.[cluster]'")
    assert published(root, RunOptions("ray", address="local", batch=BATCH)) == expected


def command(root: Path, work: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "allegata", "build", "--root", str(root), "--work", str(work)),
        *("--batch", str(BATCH), *more),
    ]


@pytest.mark.parametrize(("stage", "batches"), [pytest.param("clean", 4, marks=pytest.mark.slow), ("annotate", 4)])
def test_a_build_that_is_killed_goes_on_and_ends_in_the_same_bytes(
    root: Path, expected: Tree, tmp_path: Path, stage: str, batches: int
) -> None:
    unpublish(root)
    work = tmp_path / "work"
    process = subprocess.Popen(command(root, work), env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    while len(list(work.glob(f"{stage}*/*.receipt.arrow"))) < batches:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert not (root / VERSION).exists()
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.receipt.arrow")}
    run(root, options=RunOptions(batch=BATCH, work=str(work)))
    assert outcome(root) == expected
    assert {path: path.stat().st_mtime_ns for path in before} == before  # none was made again


def test_a_folder_with_files_of_somebody_is_no_work_folder(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    with pytest.raises(UsageError, match="is no work folder"):
        run(root, "ingest", options=RunOptions(work=str(root / "raw")))
    assert not (root / "raw" / "made-from.json").exists()


@pytest.mark.parametrize("place", ["nowhere://bucket/work", "{file}/work"])
def test_a_place_that_cannot_hold_a_work_folder_is_refused_in_one_sentence(tmp_path: Path, place: str) -> None:
    root = copy_root(tmp_path)
    work = place.format(file=root / "raw" / "manifest.jsonl")
    with pytest.raises(UsageError, match="cannot be a work folder"):
        run(root, "ingest", options=RunOptions(work=work))


def test_what_failed_is_made_again_once_it_is_mended(tmp_path: Path) -> None:
    root, options = copy_root(tmp_path), RunOptions(work=str(tmp_path / "work"), batch=1)
    path = sorted((root / "raw").glob("*.txt"))[2]
    data = path.read_bytes()
    path.write_bytes(b"another text")
    with pytest.raises(ProblemsFound, match="has changed"):
        run(root, "ingest", options=options)
    path.write_bytes(data)
    assert len(run(root, "clean", options=options).members) == 5


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (RunOptions("dask"), "there is no runner 'dask'"),
        (RunOptions(workers=0), "at least one worker"),
        (RunOptions("ray"), "RAY_ADDRESS"),
        (RunOptions("ray", workers=2, address="local"), "leave --workers out"),
        (RunOptions(address="local"), "add --runner ray"),
    ],
)
def test_a_runner_that_cannot_run_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: RunOptions, says: str
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(UsageError, match=says):
        run(copy_root(tmp_path), "ingest", options=options)


def test_batches_end_by_articles_and_by_bytes() -> None:
    sizes = [5, 5, 1, 90, 2, 2, 2, 2]
    rows = pa.table({"id": [str(number) for number in range(8)], "bytes": sizes})
    batches = manifest_batches(RawManifest(rows, ""), BatchSize(articles=6, n_bytes=10))
    assert [batch["bytes"].to_pylist() for batch in batches] == [[5, 5], [1], [90], [2, 2, 2], [2]]
    assert len({name for batch in batches for name in batch["batch"].to_pylist()}) == len(batches)


def test_another_article_makes_one_batch_longer() -> None:
    ids = [f"a{number:03d}" for number in range(100)]

    def batches(ids: list[str], known: frozenset[str] = frozenset()) -> dict[str, list[str]]:
        rows = pa.table({"id": ids, "bytes": [1] * len(ids)})
        found = manifest_batches(RawManifest(rows, ""), BatchSize(articles=16), known)
        return {batch["batch"][0].as_py(): batch["id"].to_pylist() for batch in found}

    before = batches(ids)
    assert max(map(len, before.values())) == 8
    for at in range(1, 100):
        after = batches([*ids[:at], f"a{at - 1:03d}-new", *ids[at:]], frozenset(before))
        assert sum(1 for name, members in after.items() if before.get(name) != members) == 1, at
    crowded = batches(sorted([*ids, *(f"a000-{number:02d}" for number in range(20))]), frozenset(before))
    assert max(map(len, crowded.values())) == 16  # what is too long is divided
    assert sum(1 for name, members in crowded.items() if before.get(name) != members) == 2


def test_an_article_that_is_lost_before_publication_is_missed_by_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, lost = copy_root(tmp_path), "lost"
    add_article(root, lost, b"The council met on Monday. It decided to close the old bridge.\n")

    def forgetful(*given: Any) -> dict[str, pa.Table]:
        return {name: rows.filter(pc.not_equal(rows["article_id"], lost)) for name, rows in project(*given).items()}

    monkeypatch.setattr("allegata.publish.projection.project", forgetful)
    with pytest.raises(ProblemsFound, match=f"{lost}: .*the ledger keeps it, but it is not among the articles"):
        run(root, "validate", options=RunOptions(batch=2))


def peak(root: Path, batch: int) -> float:
    """Peak memory in MB of a build in a process of its own. `ru_maxrss` would be that of pytest."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom allegata.models.threads import peak_memory\n"
        "from allegata.recipe.build import run\nfrom allegata.engine.job import RunOptions\n"
        "run(Path(sys.argv[1]), options=RunOptions(batch=int(sys.argv[2])))\nprint(peak_memory() / 2**20)"
    )
    command = [sys.executable, "-c", code, str(root), str(batch)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says how much memory a process itself has had")
@pytest.mark.parametrize("articles", sampled([30, 60], 30))
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path, articles: int) -> None:
    """5 MB of text more, or 10; what may grow with them has a bound: a group of validation (8 MB of raw bytes), and the
    pairs of at most 1,000 articles that are all compared (measured: 70 to 84 MB more for 5, 117 for 10). With fewer
    articles of more words, 30 to 35 for 4 MB alone and more than 42 beside other tests: no bound tells that from a
    build that holds the whole corpus (51 to 56)."""
    peaks = []
    for name, count in (("small", articles), ("large", 4 * articles)):
        (tmp_path / name).mkdir()
        peaks.append(peak(many_articles(tmp_path / name, count, words=9_000), 16))
    small, large = peaks
    print(f"peak memory {small:.0f} MB, with four times the articles {large:.0f} MB")
    assert large < small + 140
