"""Refused by the system, not by a shim: small limits, a full disk, files that are damaged or not what they seem."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from allegata.ingest.add import add
from allegata.schema.problems import ProblemsFound
from fault_commands import COMMANDS, UNCHANGED, at, changed, disk, published, sound, tree
from fault_shim import ended, limited

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/fd").exists(), reason="needs Linux")
MILL = "The mill of Low Marsh burnt down on Monday.\n"


@pytest.mark.parametrize("name", ["add", "annotate", "build", "export", "import tables", "clean"])
def test_no_file_may_grow_over_a_limit_that_arrow_meets_too(name: str, written_corpus: Path, tmp_path: Path) -> None:
    before = tree(written_corpus, hidden=False)
    for size in (20, 2_000):
        with at(tmp_path / "place", written_corpus) as root:
            done = ended(COMMANDS[name](root), tmp_path / "place", begin=limited(size))
            sound(f"{name}, files of {size} bytes", done, "limited")
            seen = tree(root, hidden=False)
            if done.code:
                assert "the file would be too large" in done.output
                assert not changed(before, seen) or not any(words in done.output for words in UNCHANGED)
            assert {file: seen[file] for file in published(before)} == published(before)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    with disk(tmp_path / "disk", "1m") as place:
        if place is None:
            pytest.skip("needs the right to mount a disk")
        yield place


@pytest.mark.parametrize("room", [0, 16_384])
def test_a_disk_that_is_full_is_reported_and_changes_nothing(
    small_disk: Path, written_corpus: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    root = Path(shutil.copytree(written_corpus, small_disk / "corpus", symlinks=True))
    (small_disk / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk / "tmp"))
    free = os.statvfs(small_disk)
    with (small_disk / "filler").open("wb") as file:
        file.write(bytes(max(0, free.f_bavail * free.f_frsize - room)))
    before = tree(root, hidden=False)
    codes = []
    for name in ("add", "withdraw", "annotate", "build", "export", "report"):
        done = ended(COMMANDS[name](root), small_disk / "nowhere")
        sound(f"{name} on a full disk", done, "full")
        codes.append(done.code)
        if done.code:
            assert "the disk is full" in done.output or "No space left" in done.output, done.output
            assert not changed(before, tree(root, hidden=False)), name
        before = tree(root, hidden=False)
    assert any(codes)
    (small_disk / "filler").unlink()
    assert ended(COMMANDS["report"](root), small_disk / "nowhere").code == 0
    assert {path.name for path in root.rglob(".*")} <= {path.name for path in written_corpus.rglob(".*")}


def test_what_cannot_be_read_is_skipped_and_counted_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = tmp_path / "offered"
    (offered / "closed").mkdir(parents=True)
    (offered / "good.txt").write_text(MILL)
    (offered / "bad.txt").write_text(MILL * 2)
    (offered / os.fsdecode(b"caf\xe9.txt")).write_text(MILL * 3)
    (offered / "gone.txt").symlink_to("nowhere")
    read, scan = Path.read_bytes, os.scandir

    def refused(path: Path) -> bytes:
        if path.name == "bad.txt":
            raise OSError(5, "Input/output error")
        return read(path)

    def closed(path: str) -> object:
        if os.path.basename(str(path)) == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    monkeypatch.setattr(os, "scandir", closed)
    long = tmp_path / ("x" * 300 + ".txt")
    with pytest.raises(ProblemsFound) as found:
        add([offered, long], tmp_path / "root")
    assert not (tmp_path / "root" / "raw" / "manifest.jsonl").exists()
    done = add([offered, long], tmp_path / "root", skip_bad=True)
    assert len(done.added) == 2
    assert set(done.skipped) == set(found.value.problems)
    assert sorted(Path(problem.file).name[:4] for problem in done.skipped) == ["bad.", "clos", "gone", "xxxx"]


def test_no_place_is_made_for_temporary_files_but_one_that_the_next_run_clears() -> None:
    package = Path(__file__).parent.parent / "scripts" / "allegata"
    users = [path.relative_to(package).as_posix() for path in package.rglob("*.py") if "tempfile." in path.read_text()]
    # The first inside a folder of the second; the last only names where temporary files of others go.
    assert sorted(users) == ["engine/runner.py", "engine/scratch.py", "schema/system_errors.py"]
