"""However a command ends, a sentence says so and the exit code tells it apart; no traceback unless it is asked for."""

from __future__ import annotations

import ast
import errno
import gc
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allegata.cli import endings
from allegata.cli.app import app, main
from allegata.recipe.init import init
from allegata.schema.problems import UsageError
from allegata.schema.system_errors import NO_LOCKS, noting, system_problem

TEXT = "The mill of Low Marsh burnt down on Monday.\n"


@pytest.fixture(autouse=True)
def without_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALLEGATA_TRACEBACK", raising=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mills")
    init(root, name="mills")
    (root / "a.txt").write_text(TEXT)
    assert CliRunner().invoke(app, ["add", str(root / "a.txt"), "--root", str(root)]).exit_code == 0
    return root


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def process(*arguments: object, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "allegata", *map(str, arguments)]
    return subprocess.Popen(command, text=True, stderr=subprocess.PIPE, **more)  # type: ignore[call-overload,no-any-return]


def fails(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: object, **__: object) -> None:
        with noting("nothing was changed"):
            raise error

    monkeypatch.setattr("allegata.ingest.add.add", fail)


def test_a_fault_of_ours_asks_for_a_report_and_has_its_own_code(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    fails(monkeypatch, KeyError("label"))
    done = call("add", "a.txt", "--root", root)
    assert done.exit_code == 4
    assert "Traceback" not in done.output
    first, second, third = done.output.splitlines()
    assert first.startswith("allegata: a fault of allegata, not of your data: KeyError: 'label' (cli/app.py:")
    assert "please report it, with what ALLEGATA_TRACEBACK=1 the command prints" in second
    assert third == "nothing was changed"
    monkeypatch.setenv("ALLEGATA_TRACEBACK", "1")
    assert "Traceback (most recent call last)" in call("add", "a.txt", "--root", root).output


def test_an_interruption_says_what_is_whole(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    fails(monkeypatch, KeyboardInterrupt())
    done = call("add", "a.txt", "--root", root)
    assert (done.exit_code, done.output) == (130, "allegata: interrupted\nnothing was changed\n")


def test_memory_that_runs_out_is_no_fault_of_ours(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    fails(monkeypatch, MemoryError())
    done = call("add", "a.txt", "--root", root)
    assert done.exit_code == 3
    assert done.output.startswith("allegata: out of memory\n    → ")


def sqlite_full(folder: Path) -> None:
    data = sqlite3.connect(folder / "full.sqlite", isolation_level=None)
    data.execute("pragma max_page_count = 2")
    data.execute("create table texts (text)")
    data.execute("insert into texts values (zeroblob(1000000))")


def sqlite_read_only(folder: Path) -> None:
    sqlite3.connect(folder / "ro.sqlite").close()
    sqlite3.connect(f"file:{folder}/ro.sqlite?mode=ro", uri=True).execute("create table texts (text)")


def sqlite_damaged(folder: Path) -> None:
    (folder / "damaged.sqlite").write_bytes(b"no database at all" * 100)
    sqlite3.connect(folder / "damaged.sqlite").execute("create table texts (text)")


def sqlite_without_folder(folder: Path) -> None:
    sqlite3.connect(folder / "gone" / "texts.sqlite")


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (sqlite_full, "disk is full"),
        (sqlite_read_only, "read-only"),
        (sqlite_damaged, "disk reports an error"),
        (sqlite_without_folder, "unable to open database file"),
    ],
)
def test_what_the_system_refuses_to_a_database_is_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, root: Path, tmp_path: Path, refused: Callable[[Path], None], why: str
) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        refused(tmp_path)
    fails(monkeypatch, raised.value)
    done = call("add", "a.txt", "--root", root)
    assert done.exit_code == 3
    first, cure, state = done.output.splitlines()
    assert "a temporary database in " in first
    assert why in first
    assert cure.startswith("    → ")
    assert state == "nothing was changed"


def test_a_statement_that_no_database_understands_stays_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        sqlite3.connect(":memory:").execute("selekt 1")
    fails(monkeypatch, raised.value)
    assert call("add", "a.txt", "--root", root).exit_code == 4


def test_no_command_ends_the_program_but_by_its_answer() -> None:
    """Bad news is an exception, which `endings` reports; a command may say of its answer that it is a difference."""
    for path in sorted(Path(endings.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        exits = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "Exit" in ast.unparse(node.func)]
        if path.name != "endings.py":
            assert {ast.unparse(node) for node in exits} <= {"typer.Exit(PROBLEMS)", "typer.Exit()"}, path.name


@pytest.mark.parametrize("number", [*errno.errorcode])
def test_whatever_the_system_refuses_is_named_with_a_reason_and_a_cure(number: int) -> None:
    found = system_problem(OSError(number, os.strerror(number), "raw/a.txt"))
    assert found.file == "raw/a.txt"
    assert found.what
    assert found.fix
    if number in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, *NO_LOCKS):
        assert "check it" not in found.fix


def test_an_error_without_a_number_is_said_in_its_own_words() -> None:
    assert "no magic bytes" in system_problem(OSError("no magic bytes\n in the footer")).what


def test_both_names_of_a_move_are_named_and_a_link_to_nothing_is_one(tmp_path: Path) -> None:
    assert system_problem(OSError(errno.EXDEV, "x", "a", None, "b")).file == "a -> b"
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(OSError, match="No such file") as raised:
        (tmp_path / "link").open()
    assert "is a link to nothing" in system_problem(raised.value).what


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("--help",), ("clean",)])
def test_a_standard_output_that_is_full_is_named(root: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        more = {"stdout": full, "cwd": root, "env": {**os.environ, "PYTHONUNBUFFERED": ""}}
        running = process(*arguments, **more)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 3
    assert errors.startswith("the standard output: cannot be written: the disk is full")
    assert "Traceback" not in errors


def test_a_pipe_that_its_reader_closed_is_no_news(root: Path) -> None:
    running = process("clean", "--explain", stdout=subprocess.PIPE, cwd=root)
    assert running.stdout
    running.stdout.close()
    assert running.stderr
    assert running.stderr.read() == ""
    assert running.wait(60) == 128 + signal.SIGPIPE


def test_an_interruption_of_the_process_ends_it_without_a_traceback(root: Path) -> None:
    code = (
        "import os, signal, runpy, sys\n"
        "import allegata.recipe.build as build\n"
        "build.run = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['allegata', 'info']\n"
        "runpy.run_module('allegata', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "allegata: interrupted\n")


def test_a_wrong_call_is_still_one(root: Path) -> None:
    done = call("clean", "--article", "none", "--root", root)
    assert done.exit_code == 2
    assert call("clean", "--no-such-option").exit_code == 2
    with pytest.raises(UsageError), noting("nothing was changed"):
        raise UsageError("wrong")


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="every name is Unicode there")
def test_a_name_that_arrow_cannot_take_is_a_sentence_and_no_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path
) -> None:
    import pyarrow.parquet as pq

    with pytest.raises(UnicodeEncodeError) as refused:
        pq.ParquetFile(tmp_path / os.fsdecode(b"mills-\xff.parquet"))
    fails(monkeypatch, refused.value)
    done = call("add", "a.txt", "--root", root)
    assert done.exit_code == 2
    assert "mills-" in done.output
    assert "which is not UTF-8: rename it, then run the same command again\nnothing was changed\n" in done.output


def test_another_text_that_cannot_be_encoded_stays_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    fails(monkeypatch, UnicodeEncodeError("utf-8", "a\ud83d", 1, 2, "surrogates not allowed"))
    assert call("add", "a.txt", "--root", root).exit_code == 4


def test_an_option_that_is_empty_names_no_article_and_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    for option in ("--article", "--sentences"):
        done = call("clean", option, "", "--root", root)
        assert done.exit_code == 2, done.output
        assert "there is no article ''" in done.output
    for nameless in ("", ".", "/"):
        done = call("clean", "--output", nameless, "--root", root)
        assert done.exit_code == 3, done.output
        assert "is a folder where a file is expected" in done.output


def test_a_pipe_is_not_replaced_by_a_file(root: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = call("clean", "--output", tmp_path / "pipe", "--root", root)
    assert (done.exit_code, "is a pipe or a device: name a file" in done.output) == (2, True), done.output
    assert (tmp_path / "pipe").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_the_program_seldom_looks_for_garbage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = gc.get_threshold()
    monkeypatch.setattr(sys, "argv", ["allegata", "--version"])
    try:
        with pytest.raises(SystemExit):
            main()
        assert gc.get_threshold()[0] >= 10_000
    finally:
        gc.set_threshold(*before)
    assert capsys.readouterr().out.startswith("allegata ")
