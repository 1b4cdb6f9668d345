"""Deduplication of files: the same result as in memory, whatever runs it; refused or resumed runs."""

import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allegata.dedup import pairwise
from allegata.dedup import search as searching
from allegata.dedup.files import ReadArticles, deduplicate_files
from allegata.dedup.options import DedupOptions
from allegata.dedup.stage import deduplicate, result_rows
from allegata.dedup.steps import Sign
from allegata.engine.batches import file_batches, find_files
from allegata.engine.runner import Embedded
from allegata.schema.problems import ProblemsFound


def articles(n: int) -> pa.Table:
    rng = random.Random(5)
    texts: list[str] = []
    for i in range(n):
        if i % 4 == 3:
            words = rng.choice(texts).split(" ")
            for _ in range(i % 7):
                words[rng.randrange(len(words))] = f"x{rng.randrange(99)}"
        else:
            words = [f"w{rng.randrange(3000)}" for _ in range(rng.randrange(120))]
        texts.append(" ".join(words))
    ids = pa.array([f"a{i:05}" for i in range(n)])
    return pa.table({"article_id": ids, "text": texts, "published": pa.nulls(n, pa.string())})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    table = articles(900)
    (tmp_path / "in").mkdir()
    for k in range(9):
        pq.write_table(table.slice(k * 100, 100), tmp_path / "in" / f"{k}.parquet", row_group_size=40)
    return tmp_path


def test_files_give_the_rows_of_the_table_with_one_worker_and_with_two(folder: Path) -> None:
    expected = deduplicate(articles(900))
    assert expected.counters["removed"] > 100
    written = set()
    for name, workers, on_disk in (("a", 1, False), ("b", 1, True), ("c", 2, True)):
        with Embedded(workers, folder if on_disk else None) as runner:
            counters = deduplicate_files([str(folder / "in")], str(folder / name), runner=runner)
        assert counters == expected.counters
        written.add((folder / name).read_bytes())
    assert len(written) == 1
    assert pq.read_table(folder / "a").equals(expected.articles)


def test_parts_and_pairs_are_cut_without_a_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = deduplicate(articles(900))
    monkeypatch.setattr("allegata.dedup.steps._DOCS_PER_PART", 70)
    monkeypatch.setattr(pairwise, "_WORDS_PER_PART", 500)
    with Embedded(folder=folder) as runner:
        counters = deduplicate_files([str(folder / "in")], str(folder / "out"), runner=runner)
    assert counters == expected.counters
    assert pq.read_table(folder / "out").equals(expected.articles)


def test_a_killed_run_goes_on_with_its_finished_batches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, work = [str(folder / "in")], str(folder / "work")
    deduplicate_files(source, str(folder / "whole"))
    signed: list[int] = []
    sign = Sign.__call__

    def counting(self: Sign, batch: pa.Table) -> Iterator[pa.Table]:
        signed.append(batch["batch"][0].as_py())
        if len(signed) == 5:
            raise KeyboardInterrupt
        yield from sign(self, batch)

    monkeypatch.setattr(Sign, "__call__", counting)
    with pytest.raises(KeyboardInterrupt):
        deduplicate_files(source, str(folder / "out"), work=work)
    assert not (folder / "out").exists()
    deduplicate_files(source, str(folder / "out"), work=work)
    assert signed == [0, 1, 2, 3, 4, 4, 5, 6, 7, 8]
    assert (folder / "out").read_bytes() == (folder / "whole").read_bytes()
    deduplicate_files(source, str(folder / "out"), DedupOptions(bands=20), work=work)
    assert signed[10:] == list(range(9))  # by other options


@pytest.mark.parametrize("place", ["file", "memory"])
def test_a_run_that_fails_while_it_writes_leaves_the_old_result_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    import fsspec

    out = str(folder / "results") if place == "file" else f"memory://results-{uuid.uuid4().hex}"
    deduplicate_files([str(folder / "in")], f"{out}/kept.parquet")
    system, path = fsspec.url_to_fs(out)
    before = system.cat_file(f"{path}/kept.parquet")
    monkeypatch.setattr("allegata.dedup.files.result_rows", Failing(3))
    with pytest.raises(OSError, match="full"):
        deduplicate_files([str(folder / "in")], f"{out}/kept.parquet")
    assert [name.rsplit("/", 1)[1] for name in system.ls(path, detail=False)] == ["kept.parquet"]
    assert system.cat_file(f"{path}/kept.parquet") == before


class Failing:
    """Makes some tables of rows, and then no more."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, *arguments: Any) -> pa.Table:
        self.left -= 1
        if self.left < 0:
            raise OSError("the disk is full")
        return result_rows(*arguments)


def test_what_a_killed_run_left_in_the_temporary_folder_goes_with_the_next_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import os; from allegata.dedup import search; from allegata.dedup.files import deduplicate_files\n"
        "search.BandRows = lambda *_: os.kill(os.getpid(), 9)\nsearch.BandRows.of = search.BandRows\n"
        f"deduplicate_files([{str(folder / 'in')!r}], {str(folder / 'out')!r})"
    )
    place = folder / "temporary"
    place.mkdir()
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(place)}, check=False)
    assert len(list(place.rglob("*.arrows"))) > 0
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    deduplicate_files([str(folder / "in")], str(folder / "out"))
    assert list(place.iterdir()) == []


def test_a_url_of_another_file_system_will_do(folder: Path) -> None:
    import fsspec

    system = fsspec.filesystem("memory")
    for path in sorted((folder / "in").iterdir()):
        system.pipe_file(f"/dedup-test/{path.name}", path.read_bytes())
    deduplicate_files(["memory://dedup-test/*.parquet"], "memory://dedup-out/kept.parquet", work="memory://dedup-work")
    deduplicate_files([str(folder / "in")], str(folder / "out"))
    assert system.cat_file("/dedup-out/kept.parquet") == (folder / "out").read_bytes()


def test_files_are_read_from_and_written_to_s3(folder: Path, bucket: str) -> None:
    import fsspec

    system = fsspec.filesystem("s3")
    for path in sorted((folder / "in").iterdir()):
        system.pipe_file(f"{bucket}/in/{path.name}", path.read_bytes())
    counters = deduplicate_files([f"{bucket}/in"], f"{bucket}/out/kept.parquet", work=f"{bucket}/work")
    assert counters == deduplicate_files([str(folder / "in")], str(folder / "out"))
    assert system.cat_file(f"{bucket}/out/kept.parquet") == (folder / "out").read_bytes()
    assert len(system.ls(f"{bucket}/work")) > 1


def test_neither_pandas_nor_scipy_is_imported(folder: Path) -> None:
    """Each takes as long to import as thousands of documents take."""
    code = (
        "import sys; from allegata.dedup.files import ReadArticles, deduplicate_files\n"
        f"deduplicate_files([{str(folder / 'in')!r}], {str(folder / 'out')!r})\n"
        "print(sorted({'pandas', 'scipy', 'numba'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_of_equal_words_the_normalised_texts_decide_and_only_their_batches_are_read_again(tmp_path: Path) -> None:
    table = articles(9_000)
    texts = table["text"].to_pylist()
    texts[10], texts[5000], texts[8999] = "One two, three four", "one  two, three FOUR", "one two three four"
    pq.write_table(table.set_column(1, "text", pa.array(texts)), tmp_path / "in.parquet", row_group_size=2_000)
    read: list[int] = []

    class Counting(ReadArticles):
        def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
            read.append(batch["batch"][0].as_py())
            return super().__call__(batch)

    with Embedded() as runner:
        batches = file_batches(find_files([str(tmp_path / "in.parquet")]))
        found = searching.search(batches, Counting(), runner, DedupOptions())
    assert read[:8] == [0, 1, 2, 3, 4, 0, 2, 4]
    assert read[8:] == [0, 1, 2, 3, 4]  # the near copies have digits: these may be other facts of one template
    kept = dict(zip(found.members.tolist(), zip(found.kept.tolist(), found.exact.tolist(), strict=True), strict=True))
    assert kept[10] == (5000, True)  # the longest text is kept
    assert kept[8999] == (5000, False)


@pytest.mark.parametrize(
    ("row", "where"),
    [({"article_id": "a00007"}, "a00007"), ({"text": None}, "new"), ({"article_id": None}, "")],
)
def test_repeated_ids_and_missing_values_are_reported(folder: Path, row: dict[str, str | None], where: str) -> None:
    faulty = {"article_id": "new", "text": "x", "published": None} | row
    kinds = pa.schema([(name, pa.string()) for name in faulty])
    pq.write_table(pa.Table.from_pylist([faulty], kinds), folder / "in" / "z.parquet")
    with pytest.raises(ProblemsFound) as report:
        deduplicate_files([str(folder / "in")], str(folder / "out"))
    assert [problem.article_id for problem in report.value.problems] == [where]
    assert not (folder / "out").exists()
