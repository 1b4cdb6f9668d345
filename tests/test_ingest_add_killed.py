"""`allegata add` killed at any step: the old raw/ or the new one, no command trips, and the next run finishes."""

from __future__ import annotations

import json
import shutil
from itertools import count
from pathlib import Path

import pytest

from allegata.ingest.add import add
from allegata.ingest.manifest import ADDING
from allegata.schema.files import holding
from allegata.schema.problems import ProblemsFound, UsageError
from killing import killed_before_step
from project import ingest, tree


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    folder = tmp_path / "offered"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"The mill on hill {name} burned.\n")
    return folder


@pytest.fixture
def old(tmp_path: Path) -> Path:
    root = tmp_path / "old"
    (tmp_path / "first.txt").write_text("The mill was built in March.\n")
    add([tmp_path / "first.txt"], root)
    return root


def readable(root: Path) -> list[str]:
    """The articles that every command would see; raises where one would trip."""
    found: list[str] = ingest(root / "raw")["article_id"].to_pylist()
    return found


def leftover(root: Path) -> bool:
    return any(path.name.startswith(".") for path in root.rglob("*"))


def test_a_run_killed_at_any_step_leaves_the_old_articles_or_the_new_and_the_next_run_finishes(
    tmp_path: Path, old: Path, offered: Path
) -> None:
    whole = Path(shutil.copytree(old, tmp_path / "whole"))
    add([offered], whole)
    before, after, seen = readable(old), readable(whole), []
    for step in count(1):
        root = Path(shutil.copytree(old, tmp_path / f"killed-{step}"))
        killed = killed_before_step(step, root, lambda root=root: add([offered], root))
        seen.append(readable(root))
        assert seen[-1] in (before, after), f"killed before step {step}"
        add([offered], root)
        assert tree(root) == tree(whole), f"killed before step {step}"
        assert not leftover(root)
        if not killed:
            break
    assert seen == sorted(seen, key=len)  # one step decides
    assert seen.count(before) >= 10  # a folder, three files aside, two manifests, three moves, the manifest
    assert seen.count(after) >= 2


def test_the_clearing_up_may_be_killed_too(tmp_path: Path, old: Path, offered: Path) -> None:
    half = Path(shutil.copytree(old, tmp_path / "half"))
    for step in count(1):  # the last state before the manifest moves: every file is in its place, unlisted
        root = Path(shutil.copytree(old, tmp_path / f"first-{step}"))
        killed_before_step(step, root, lambda root=root: add([offered], root))
        if readable(root) != readable(old):
            break
        half = root
    assert len(list((half / "raw").glob("*.txt"))) == 4
    add([], expected := Path(shutil.copytree(half, tmp_path / "expected")))
    assert tree(expected) == tree(old)
    for step in count(1):
        root = Path(shutil.copytree(half, tmp_path / f"second-{step}"))
        killed = killed_before_step(step, root, lambda root=root: add([], root))
        assert readable(root) == readable(old), f"killed before step {step}"
        add([], root)
        assert tree(root) == tree(old), f"killed before step {step}"
        if not killed:
            break


def test_what_somebody_else_put_there_in_the_meantime_stays(tmp_path: Path, old: Path, offered: Path) -> None:
    step = next(
        step
        for step in count(1)
        if not killed_before_step(step, root := tmp_path / f"k{step}", lambda root=root: add([offered], root))
        or len(list((root / "raw").glob("*.txt"))) == 3
    )
    raw = tmp_path / f"k{step}" / "raw"
    first, second, third = sorted(raw.glob("*.txt"))
    rows = [json.loads(line) for line in (raw / ADDING / "manifest.jsonl").read_text().splitlines()]
    (raw / "manifest.jsonl").write_text(json.dumps(next(row for row in rows if row["file"] == first.name)) + "\n")
    second.write_text("Another text altogether.\n")
    add([], raw.parent)
    assert first.is_file()  # listed by hand
    assert second.is_file()  # not the bytes that were added
    assert not third.exists()
    with pytest.raises(ProblemsFound, match=f"{second.name}: is not listed"):
        ingest(raw)


def test_two_runs_at_once_are_refused_before_anything_is_touched(old: Path, offered: Path) -> None:
    before = tree(old)
    with holding(old, "command"), pytest.raises(UsageError, match="another command is writing to old/"):
        add([offered], old)
    assert tree(old) == before
