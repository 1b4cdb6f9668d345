"""Batches in a work folder: finished ones are used again, of changed ones what has not changed; damaged ones are made
again, and those of other code deleted."""

from __future__ import annotations

import os
import random
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest

from allegata.engine.finish import finish
from allegata.engine.job import RunOptions, open_job
from allegata.engine.runner import Embedded
from allegata.engine.work import Done, Work
from allegata.schema.files import LOCK
from allegata.schema.problems import Problem, UsageError
from project import tree

BATCHES = [pa.table({"batch": [number]}) for number in (0, 1, 2)]


@dataclass
class Doubling:
    """A step that counts for whom it was called."""

    calls: list[int] = field(default_factory=list)

    def __call__(self, batch: pa.Table) -> Done:
        number = batch["batch"][0].as_py()
        self.calls.append(number)
        rows = pa.table({"x": [number] * 100})
        return Done(pa.table({"twice": [2 * number]}), {"rows": rows, "more": rows})


def run(url: str, step: Doubling) -> list[int]:
    with Embedded() as runner:
        receipts, _ = finish(runner, Work(url), "double", step, BATCHES, lambda tables, count: tables)
    return [receipt["twice"][0].as_py() for receipt in receipts]


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "work") if request.param == "file" else f"memory://{uuid.uuid4().hex}"


def cut(data: bytes) -> bytes | None:
    return data[: len(data) // 2]


def flipped(place: float) -> Callable[[bytes], bytes | None]:
    """One bit differs: the size does not."""

    def damage(data: bytes) -> bytes:
        at = int(place * (len(data) - 1))
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return damage


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda data: b"",
    "cut": cut,
    "missing": lambda data: None,
    **{f"flipped at {place}": flipped(place) for place in (0.0, 0.25, 0.5, 0.75, 1.0)},
}


@pytest.mark.parametrize("table", ["receipt", "rows", "more"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_batch_is_made_again_and_the_others_are_not(
    url: str, table: str, damage: Callable[[bytes], bytes | None]
) -> None:
    assert run(url, Doubling()) == [0, 2, 4]
    system, path = fsspec.url_to_fs(f"{url}/double/{1:08d}.{table}.arrow")
    whole = system.cat_file(path)
    left = damage(whole)
    system.rm_file(path) if left is None else system.pipe_file(path, left)
    again = Doubling()
    assert run(url, again) == [0, 2, 4]
    assert again.calls == [1]
    assert system.cat_file(path) == whole
    said = [f"{url}/double/{1:08d}: its {'receipt' if table == 'receipt' else f'table {table}'} is "]
    said = [] if (table, left) == ("receipt", None) else said  # no batch is finished there
    found = Work(url).notices()
    assert [line.startswith(start) for line, start in zip(found, said, strict=True)] == [True] * len(said)
    assert Work(url).notices() == []
    third = Doubling()
    assert run(url, third) == [0, 2, 4]
    assert third.calls == []


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "inside").write_bytes(b"")


# What may be in the place of a file, or of the folder of a stage.
NO_FILES: dict[str, Callable[[Path], object]] = {
    "a folder": a_folder,
    "a pipe": os.mkfifo,
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a link to a folder": lambda path: path.symlink_to(path.parents[2]),
}


FILES = ["double/00000001.receipt.arrow", "double/00000001.rows.arrow"]
PLACES = [(name, what) for name in FILES for what in NO_FILES] + [
    ("double", what) for what in ("a pipe", "a link to nothing")
]


@pytest.mark.parametrize(("name", "what"), PLACES)
def test_what_is_no_file_is_made_again_in_its_place(tmp_path: Path, name: str, what: str) -> None:
    work, other = tmp_path / "place" / "work", tmp_path / "other"
    for url in (work, other):
        assert run(str(url), Doubling()) == [0, 2, 4]
    path, is_stage = work / name, name == "double"
    shutil.rmtree(path) if is_stage else path.unlink()
    NO_FILES[what](path)
    again = Doubling()
    assert run(str(work), again) == [0, 2, 4]
    assert again.calls == ([0, 1, 2] if is_stage else [1])
    assert [line.rpartition(" is ")[2] for line in Work(str(work)).notices()] == (
        [] if is_stage else ["no file; made again"]
    )
    assert tree(work) == tree(other)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "place"]  # nothing went where a link leads


def test_a_folder_in_place_of_the_note_is_made_again_with_all_that_was_kept(tmp_path: Path) -> None:
    Work(str(tmp_path)).bind({})
    run(str(tmp_path), Doubling())
    (tmp_path / "made-from.json").unlink()
    a_folder(tmp_path / "made-from.json")
    Work(str(tmp_path)).bind({})
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "made-from.json",
        "made-from.json.damaged",
    ]


def test_only_batches_that_a_later_run_may_go_on_with_are_durable(tmp_path: Path) -> None:
    for work in (str(tmp_path / "work"), None):
        with open_job(RunOptions(work=work)) as job:
            assert job.work.durable == bool(work)


def test_a_receipt_is_read_back_as_it_was_made(url: str) -> None:
    run(url, Doubling())
    receipt = Work(url).receipt("double", "00000002")
    assert receipt is not None
    assert receipt.equals(pa.table({"twice": [4]}), check_metadata=True)
    assert Work(url).receipt("double", "00000003") is None


@pytest.mark.parametrize("tables", [["rows"], ["receipt", "rows", "more"]])
def test_what_another_batch_has_is_not_believed(url: str, tables: list[str]) -> None:
    run(url, Doubling())
    system, path = fsspec.url_to_fs(f"{url}/double")
    for table in tables:
        system.pipe_file(f"{path}/{0:08d}.{table}.arrow", system.cat_file(f"{path}/{1:08d}.{table}.arrow"))
    again = Doubling()
    run(url, again)
    assert again.calls == [0]


@dataclass
class Counting:
    """A step for a runner, with so many tables to say of a batch."""

    n_tables: int = 2
    calls: int = 0

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        self.calls += 1
        for number in range(self.n_tables):
            yield pa.table({"x": [batch["batch"][0].as_py(), number]})


def yielded(step: Callable[[pa.Table], Iterator[pa.Table]]) -> list[dict[str, list[int]]]:
    return [table.to_pydict() for batch in BATCHES for table in step(batch)]


@pytest.mark.parametrize("n_tables", [0, 1, 2])
def test_what_a_kept_step_yields_is_used_again_table_by_table(url: str, n_tables: int) -> None:
    first, second = Counting(n_tables), Counting(n_tables)
    expected = yielded(Counting(n_tables))
    assert yielded(Work(url).kept("sign", first)) == expected
    assert yielded(Work(url).kept("sign", second)) == expected
    assert (first.calls, second.calls) == (3, 0)


@pytest.mark.parametrize("n_tables", [0, 2])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_a_kept_step_yielded_is_made_again_where_it_is_damaged(
    tmp_path: Path, n_tables: int, damage: Callable[[bytes], bytes | None]
) -> None:
    step = Counting(n_tables)
    kept = Work(str(tmp_path)).kept("sign", step)
    expected = yielded(kept)
    path = tmp_path / "sign" / "00000001.receipt.arrow"
    whole = path.read_bytes()
    remaining = damage(whole)
    path.unlink() if remaining is None else path.write_bytes(remaining)
    assert yielded(kept) == expected
    assert yielded(kept) == expected
    assert (step.calls, path.read_bytes()) == (4, whole)


def test_nothing_is_kept_for_no_later_run(tmp_path: Path) -> None:
    step = Counting()
    assert Work(str(tmp_path / "work"), durable=False).kept("sign", step) is step


@pytest.mark.parametrize("change", ["options", "code", "note"])
def test_what_others_made_is_deleted(url: str, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Work(url).bind({"options": 1})
    run(url, Doubling())
    Work(url).bind({"options": 1})
    system, path = fsspec.url_to_fs(url)
    assert len(system.find(f"{path}/double")) == 9
    if change == "code":
        monkeypatch.setattr("allegata.engine.work.code_digest", lambda: "0" * 64)
    if change == "note":
        system.pipe_file(f"{path}/made-from.json", b"{")
    Work(url).bind({"options": 2 if change == "options" else 1})
    (line,) = Work(url).notices()
    assert line.startswith(f"{url}/made-from.json: other code, packages or options")
    assert [name.rpartition("/")[2] for name in system.find(path)] == ["made-from.json"]


@dataclass
class Lines:
    """A step article by article: `words` and `parity` say what it makes of each, and `made` of which it did."""

    words: dict[str, int]
    made: list[str] = field(default_factory=list)
    leaves_out: bool = False  # a table that has no rows

    def article_keys(self, batch: pa.Table) -> list[bytes]:
        return [str(self.words[name]).encode() for name in batch["article_id"].to_pylist()]

    def __call__(self, batch: pa.Table) -> Done:
        ids = batch["article_id"].to_pylist()
        self.made += ids
        rows = [{"article_id": name, "word": number} for name in ids for number in range(self.words[name])]
        schema = pa.schema({"article_id": pa.string(), "word": pa.int64()})
        even = [row for row in rows if row["word"] % 2 == 0]
        receipt = pa.table({"article_id": batch["article_id"], "words": [self.words[name] for name in ids]})
        tables = {name: pa.Table.from_pylist(some, schema) for name, some in (("all", rows), ("even", even))}
        if self.leaves_out:
            tables = {name: table for name, table in tables.items() if len(table)}
        bad = [Problem("is bad", "correct it", article_id=name) for name in ids if self.words[name] == 13]
        return Done(receipt, tables, bad)


def by_article(
    url: str, words: dict[str, int], *, leaves_out: bool = False
) -> tuple[list[Any], list[str], list[Problem]]:
    """The receipt and the tables of one batch, which articles were made, and what is wrong."""
    ids = sorted(words)
    batch = pa.table({"batch": pa.array(["one"] * len(ids)), "article_id": pa.array(ids, pa.string())})
    step, work = Lines(words, leaves_out=leaves_out), Work(url)
    with Embedded() as runner:
        receipts, problems = finish(runner, work, "lines", step, [batch], lambda tables, count: tables)
    tables = [work.read("lines", "one", name).to_pydict() for name in ("all", "even")] if not problems else []
    return [receipts[0].to_pydict(), *tables], step.made, problems


@pytest.mark.parametrize("seed", range(5))
def test_only_new_and_changed_articles_are_made_and_the_batch_is_as_if_all_were(url: str, seed: int) -> None:
    rng = random.Random(seed)
    words: dict[str, int] = {"a": 1}
    for number in range(12):
        before = dict(words)
        for name in rng.sample("abcdefg", 2):
            if name in words and len(words) > 1 and rng.random() < 0.4:
                del words[name]
            else:
                words[name] = rng.randrange(4)
        found, made, _ = by_article(url, words)
        if number:
            assert made == [name for name in sorted(words) if words[name] != before.get(name)]
        assert found == by_article(f"{url}-{number}", words)[0]


@pytest.mark.parametrize("then", [{"a": 2, "b": 0}, {"a": 2, "b": 0, "c": 0}], ids=["changed", "came in"])
def test_the_rows_of_a_table_that_a_step_leaves_out_stay(url: str, then: dict[str, int]) -> None:
    before = {"a": 2, "b": 1} if len(then) == 2 else {"a": 2, "b": 0}
    by_article(url, before)
    assert by_article(url, then, leaves_out=True)[0] == by_article(f"{url}-whole", then)[0]


def files(url: str) -> dict[str, bytes]:
    """The files of the batch `one`, by what follows its name."""
    system, path = fsspec.url_to_fs(f"{url}/lines")
    return {name.rpartition("/")[2].removeprefix("one."): system.cat_file(name) for name in system.find(path)}


FEW, MORE = {"b": 2, "d": 1}, {"a": 3, "b": 2, "c": 1, "d": 1}


def test_articles_that_came_in_are_put_beside_the_others_whose_files_stay(url: str) -> None:
    by_article(url, FEW)
    before = files(url)
    found, made, _ = by_article(url, MORE)
    assert made == ["a", "c"]
    assert found == by_article(f"{url}-whole", MORE)[0]
    after = files(url)
    assert {name: after[name] for name in before} == before | {"receipt.arrow": after["receipt.arrow"]}
    assert sorted(after.keys() - before.keys()) == ["all.1.arrow", "even.1.arrow"]
    Work(url).forget("lines", ["one"])
    assert files(url) == after
    assert by_article(url, MORE)[1] == []


@pytest.mark.parametrize("name", ["receipt.arrow", "all.arrow", "all.1.arrow", "even.1.arrow"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_batch_of_which_a_part_is_damaged_is_made_again_as_a_whole(
    url: str, name: str, damage: Callable[[bytes], bytes | None]
) -> None:
    by_article(url, FEW)
    found = by_article(url, MORE)[0]
    system, path = fsspec.url_to_fs(f"{url}/lines/one.{name}")
    left = damage(system.cat_file(path))
    system.rm_file(path) if left is None else system.pipe_file(path, left)
    assert by_article(url, MORE)[:2] == (found, sorted(MORE))
    Work(url).forget("lines", ["one"])
    assert sorted(files(url).keys() - {"damaged"}) == ["all.arrow", "even.arrow", "receipt.arrow"]


@pytest.mark.parametrize("then", [{"a": 3, "b": 2, "c": 1}, {**MORE, "d": 3}, {**MORE, "a": 2, "e": 1}])
def test_of_an_article_that_went_or_changed_no_part_of_a_batch_keeps_a_row(url: str, then: dict[str, int]) -> None:
    by_article(url, FEW)
    by_article(url, MORE)
    found = by_article(url, then)[0]
    Work(url).forget("lines", ["one"])
    by_article(f"{url}-whole", then)
    assert files(url) == files(f"{url}-whole")
    assert by_article(url, then)[0] == found


def test_a_batch_to_which_articles_come_again_and_again_has_few_parts(url: str) -> None:
    words: dict[str, int] = {}
    for name in map(chr, range(ord("a"), ord("v"))):
        words[name] = 2
        assert by_article(url, words)[1] == [name]
        Work(url).forget("lines", ["one"])
        assert len(files(url)) <= 1 + 2 * 8
    assert by_article(url, words)[0] == by_article(f"{url}-whole", words)[0]


def test_what_is_left_of_a_batch_without_a_receipt_is_deleted(url: str) -> None:
    by_article(url, FEW)
    by_article(url, MORE)
    system, path = fsspec.url_to_fs(f"{url}/lines/one.receipt.arrow")
    system.pipe_file(path, b"no receipt")
    Work(url).forget("lines", ["one"])
    assert sorted(files(url)) == ["all.arrow", "even.arrow", "receipt.arrow"]


def test_an_article_with_a_problem_does_not_replace_the_batch(url: str) -> None:
    by_article(url, {"a": 1, "b": 2})
    _, made, problems = by_article(url, {"a": 1, "b": 13, "c": 1})
    assert (made, [problem.article_id for problem in problems]) == (["b", "c"], ["b"])
    assert by_article(url, {"a": 1, "b": 2, "c": 1})[1] == ["c"]


def test_batches_that_nothing_refers_to_are_deleted(url: str) -> None:
    run(url, Doubling())
    Work(url).forget("double", ["00000000", "00000002"])
    system, path = fsspec.url_to_fs(f"{url}/double")
    assert {name.rpartition("/")[2].partition(".")[0] for name in system.find(path)} == {"00000000", "00000002"}


def test_what_a_killed_run_has_begun_is_deleted_by_the_next(url: str) -> None:
    Work(url).bind({})
    run(url, Doubling())
    system, path = fsspec.url_to_fs(url)
    whole = system.find(path)
    system.pipe_file(f"{path}/double/00000001.rows.arrow.0123.part", b"half")
    Work(url).bind({})
    assert system.find(path) == whole


def test_a_lock_of_a_work_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()
    with pytest.raises(IsADirectoryError, match=LOCK), open_job(RunOptions(work=str(tmp_path))):
        pass


def test_one_work_folder_is_of_one_run(tmp_path: Path) -> None:
    options = RunOptions(work=str(tmp_path / "work"))
    with open_job(options), pytest.raises(UsageError, match="another run is using the work folder"), open_job(options):
        pass
    with open_job(options):
        pass
