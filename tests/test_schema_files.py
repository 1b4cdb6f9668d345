"""Locks that die with their process, and folders that are flushed where a system can."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from allegata.schema import files
from allegata.schema.files import LOCK, holding, holding_corpus, locked, sync_folder, whole_folder
from allegata.schema.problems import UsageError
from allegata.schema.system_errors import system_problem
from killing import killed_before_step

HOLD = """
import sys
from pathlib import Path
from allegata.schema.files import holding
with holding(Path(sys.argv[1]), "writer"):
    print("held", flush=True)
    sys.stdin.read()
"""
COUNT = """
import sys, time
from pathlib import Path
from allegata.schema.files import holding
from allegata.schema.problems import UsageError
folder, done = Path(sys.argv[1]), 0
while done < 50:
    try:
        with holding(folder, "writer"):
            count = int((folder / "count").read_text())
            time.sleep(0.0005)
            (folder / "count").write_text(str(count + 1))
            done += 1
    except UsageError:
        time.sleep(0.0001)
"""


def started(code: str, folder: Path) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", code, str(folder)]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


def test_a_folder_is_held_by_one_process_until_it_ends_and_no_file_remains(folder: Path) -> None:
    process = started(HOLD, folder)
    assert process.stdout
    process.stdout.readline()
    with (
        pytest.raises(UsageError, match="another writer is writing to corpus/: wait until it ends"),
        holding(folder, "writer"),
    ):
        pass
    process.communicate()
    assert list(folder.iterdir()) == []
    with holding(folder, "writer"):
        assert [path.name for path in folder.iterdir()] == [LOCK]
    assert list(folder.iterdir()) == []


def test_who_holds_a_corpus_holds_it_for_what_it_calls_and_for_no_thread_or_child_of_its(folder: Path) -> None:
    def other() -> str:
        try:
            with holding_corpus(folder):
                return "let in"
        except UsageError as refused:
            return str(refused)

    refused = "another command is writing to corpus/: wait until it ends"
    with holding_corpus(folder):
        with holding_corpus(folder / "raw" / ".."):
            assert other() == "let in"
        assert [path.name for path in folder.iterdir()] == [LOCK]  # what ended within lets nobody else in
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(other).result() == refused
        if hasattr(os, "fork"):
            said, says = os.pipe()
            if not (child := os.fork()):
                os.write(says, other().encode())
                os._exit(0)
            os.waitpid(child, 0)
            assert os.read(said, 100).decode() == refused
        assert other() == "let in"
    assert list(folder.iterdir()) == []
    assert other() == "let in"


def test_the_lock_of_a_killed_process_holds_nobody_up(folder: Path) -> None:
    process = started(HOLD, folder)
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [path.name for path in folder.iterdir()] == [LOCK]
    with holding(folder, "writer"):
        pass
    assert list(folder.iterdir()) == []


def test_a_file_that_was_there_before_is_no_lock(folder: Path) -> None:
    folder.mkdir()
    (folder / LOCK).write_text("4711")
    with holding(folder, "writer"):
        pass


def test_of_many_processes_one_at_a_time_holds_the_folder(folder: Path) -> None:
    """Each removes the file of its lock while others wait for it."""
    folder.mkdir()
    (folder / "count").write_text("0")
    processes = [started(COUNT, folder) for _ in range(4)]
    assert [process.wait(120) for process in processes] == [0] * 4
    assert (folder / "count").read_text() == "200"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_cannot_be_held(folder: Path) -> None:
    folder.mkdir(0o500)
    with pytest.raises(PermissionError, match=re.escape(f"{folder}/{LOCK}")), holding(folder, "writer"):
        pass


def test_a_file_system_without_locks_is_named_and_nothing_remains(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl", reason="POSIX")

    def refuse(handle: int, operation: int) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="Function not implemented") as raised, holding(folder, "writer"):
        pass
    assert system_problem(raised.value).statement() == (
        f"{folder}/{LOCK}: cannot be locked: its file system has no locks"
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "link", "dangling link"])
def test_what_is_no_file_in_the_place_of_the_lock_is_named(folder: Path, kind: str) -> None:
    folder.mkdir()
    if kind == "folder":
        (folder / LOCK).mkdir()
    else:
        (folder / "other").write_text("kept")
        (folder / LOCK).symlink_to("other" if kind == "link" else "nowhere")
    with pytest.raises(OSError, match=LOCK) as raised, holding(folder, "writer"):
        pass
    problem = system_problem(raised.value)
    assert problem.file == str(folder / LOCK)
    assert "link" in problem.what if "link" in kind else problem.what == "is a folder where a file is expected"
    assert kind == "folder" or (folder / "other").read_text() == "kept"


def test_an_error_of_another_kind_leaves_the_lock_to_who_holds_it(folder: Path) -> None:
    resource = pytest.importorskip("resource", reason="POSIX")
    process = started(HOLD, folder)
    assert process.stdout
    process.stdout.readline()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    locked(folder.with_name("other"))  # filelock is imported
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"), holding(folder, "writer"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert [path.name for path in folder.iterdir()] == [LOCK]
    process.communicate()


def test_where_folders_cannot_be_flushed_they_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_WINDOWS", True)
    sync_folder(tmp_path / "absent")


def test_a_folder_whose_writer_was_killed_at_any_step_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    """Between its two renames the folder is not there: the next writer puts it back before it looks at it."""
    place = tmp_path / "first" / "tables"
    place.parent.mkdir()

    def write(text: str) -> None:
        with whole_folder(place, lambda folder: None) as new:
            (new / "one").write_text(text)

    write("old")
    seen = set()
    for step in count(1):
        copy = Path(shutil.copytree(place.parent, tmp_path / f"killed-{step}"))

        def again(copy: Path = copy) -> None:
            with whole_folder(copy / "tables", lambda folder: None) as new:
                (new / "one").write_text("new")

        killed = killed_before_step(step, copy, again)

        def refused(folder: Path) -> str:
            seen.add((folder / "one").read_text())
            return "is looked at"

        with pytest.raises(UsageError, match="is looked at"), whole_folder(copy / "tables", refused):
            pass
        if not killed:
            break
    assert seen == {"old", "new"}
