"""Scratch folders: gone with their owner, and after a kill with the next run; never while somebody works in one."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from allegata.engine.scratch import Scratch, remove_leftovers

HOLD = """
import sys
from allegata.engine.scratch import Scratch
scratch = Scratch()
(scratch.path / "batch").write_text("half")
print(scratch.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def holder(place: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that holds a scratch folder, and the folder."""
    environment = {**os.environ, "TMPDIR": str(place)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", HOLD], env=environment, **pipes)
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_it_goes_with_its_owner(place: Path) -> None:
    scratch = Scratch()
    assert scratch.path.parent == place
    (scratch.path / "work").mkdir()
    del scratch
    assert list(place.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_one_and_what_a_living_one_holds_stays(place: Path) -> None:
    (place / "allegata-temporary-textfile").write_text("no folder")
    living, held = holder(place)
    killed, left = holder(place)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert left.is_dir()
    own = Scratch()
    assert not left.exists()
    assert (held / "batch").read_text() == "half"
    assert own.path.is_dir()
    living.communicate()
    assert not held.exists()
    assert {path.name for path in place.iterdir()} == {
        own.path.name,
        f"{own.path.name}.lock",
        "allegata-temporary-textfile",
    }


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])  # NFS without its daemon, FUSE, others
def test_where_files_cannot_be_locked_folders_go_with_their_owner_and_nothing_is_a_leftover(
    place: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(handle: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    left = place / "allegata-temporary-abcdefgh"
    left.mkdir(0o700)
    monkeypatch.setattr(fcntl, "flock", refuse)
    opened = len(os.listdir("/dev/fd"))
    own = Scratch()
    assert {path.name for path in place.iterdir()} == {own.path.name, left.name}
    del own
    assert list(place.iterdir()) == [left]
    assert len(os.listdir("/dev/fd")) == opened


def test_the_lock_of_a_folder_that_is_gone_goes_with_the_next_run(place: Path) -> None:
    (place / "allegata-temporary-abcdefgh.lock").touch()  # killed between the two
    remove_leftovers()
    assert list(place.iterdir()) == []


def test_nothing_that_somebody_else_may_have_made_is_taken_for_a_leftover(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (place / "allegata-temporary-abcdefgh").symlink_to(elsewhere)
    for name, mode in (("notes", 0o700), ("temporary-of-mine", 0o700), ("temporary-abcd1234", 0o755)):
        (place / f"allegata-{name}").mkdir(mode)
        (place / f"allegata-{name}" / "file").write_text("kept")
    (elsewhere / "file").write_text("kept")
    remove_leftovers()
    assert len(list(place.glob("*/file"))) == 4  # and the one behind the link
    assert (elsewhere / "file").read_text() == "kept"
