"""Files behind URLs that are whole or absent."""

import os
from pathlib import Path

import pytest

from allegata.engine.storage import write_whole, writing
from allegata.schema.problems import UsageError


@pytest.mark.parametrize("durable", [True, False])
def test_a_durable_file_is_flushed_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    flushed: list[list[str]] = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(sorted(path.name for path in tmp_path.iterdir())))
    write_whole(f"{tmp_path}/batch", b"data", durable=durable)
    assert (tmp_path / "batch").read_bytes() == b"data"
    if durable:
        before, after = flushed
        assert before[0].endswith(".part")
        assert after == ["batch"]
    else:
        assert flushed == []


def test_a_write_that_fails_leaves_what_was_there_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError("the disk is full")

    write_whole(f"{tmp_path}/batch", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_whole(f"{tmp_path}/batch", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"batch": b"old"}


def test_the_part_of_a_killed_run_goes_with_the_next_one(tmp_path: Path) -> None:
    def killed() -> None:
        with writing(f"{tmp_path}/target") as file:
            file.write(b"half")
            os._exit(137)

    process = os.fork()
    if not process:
        killed()
    os.waitpid(process, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["target.part", "target.part.lock"]
    with writing(f"{tmp_path}/target") as file:
        file.write(b"whole")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"target": b"whole"}


def test_of_two_runs_that_write_one_file_the_second_is_refused(tmp_path: Path) -> None:
    with writing(f"{tmp_path}/target") as file:
        file.write(b"first")
        with pytest.raises(UsageError, match="another run is writing"), writing(f"{tmp_path}/target"):
            pass
    assert (tmp_path / "target").read_bytes() == b"first"
