"""Every step of every command that writes may fail or be the last: the old state is whole or the new one is.

A seeded part runs always; `make faults` runs every fault at every step.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from allegata.schema.files import PARTIAL
from fault_commands import COMMANDS, GOOD, WRITERS, check, disk, sound, steps_of, tree
from fault_shim import Ended, ended
from project import sampled

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/fd").exists(), reason="needs Linux")
SEED, SAMPLE = 17, 1


@pytest.fixture(scope="module")
def prepared(written_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The corpora that the commands begin with."""
    folder = tmp_path_factory.mktemp("faults")
    changed = Path(
        shutil.copytree(written_corpus, folder / "changed", symlinks=True)
    )  # the next build publishes a version
    for name in ("annotate", "build"):
        done = ended(COMMANDS["annotate"](changed), folder)
        assert done.code == 0, done.output
        if name == "annotate":
            two = Path(shutil.copytree(changed, folder / "two", symlinks=True))
    for name in ("build", "edition"):
        done = ended(COMMANDS[name](two), folder)
        assert done.code == 0, done.output
    return {"build": changed, "diff": two, "hydrate": two, "": written_corpus}


def checked(name: str, prepared: dict[str, Path], tmp_path: Path, sample: int | None) -> int:
    old = prepared.get(name, prepared[""])
    cases = steps_of(name, old, tmp_path / "new", tmp_path / "place")
    if sample is not None:
        cases = random.Random(f"{SEED} {name}").sample(cases, min(sample, len(cases)))
    for fault, step in cases:
        check(name, old, tmp_path / "new", tmp_path / "place", fault, step)
    return len(cases)


@pytest.mark.parametrize("name", sampled(COMMANDS, *WRITERS, "init", "export", "edition", "browse"))
def test_whatever_step_fails_all_is_old_or_new_and_the_message_is_true(
    name: str, prepared: dict[str, Path], tmp_path: Path
) -> None:
    assert checked(name, prepared, tmp_path, SAMPLE)


def refused(done: Ended, place: Path) -> None:
    """The report names what could not be written below `place`, why, and what to do."""
    sound("read-only", done, "read-only")
    assert done.code == 3, done.output
    said = re.search(rf"^{place}/(\S+): cannot be written: the file system is read-only$", done.output, re.MULTILINE)
    assert said, done.output
    assert not said[1].endswith(PARTIAL), "the name of a file that nobody named"
    assert "\n    → write to another place, or mount it writable\n" in done.output


@pytest.mark.parametrize("name", COMMANDS)
def test_on_a_read_only_disk_a_command_that_writes_says_so(
    name: str, prepared: dict[str, Path], tmp_path: Path
) -> None:
    """By the shim where no disk can be mounted."""
    old = prepared.get(name, prepared[""])
    with disk(tmp_path / "disk", "32m") as mounted:
        root = Path(shutil.copytree(old, (mounted or tmp_path) / "corpus", symlinks=True))
        if mounted:
            subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
        refused(ended(COMMANDS[name](root), root, "" if mounted else "read-only", 0), root)
        assert tree(root, hidden=True) == tree(old, hidden=True)


def test_on_a_read_only_disk_a_command_that_only_reads_answers(prepared: dict[str, Path], tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "32m") as place:
        if place is None:
            pytest.skip("needs the right to mount a disk")
        root = Path(shutil.copytree(prepared["diff"], place / "corpus", symlinks=True))
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        article = next((root / "raw").glob("*.txt")).stem
        for command in ("clean", "deduplicate", "annotate", "validate", "info", "privacy"):
            done = ended([*command.split(), "--root", f"{root}"], root)
            assert done.code == 0, f"{command}\n{done.output}"
        for command in ("verify", f"explain {article}", "diff 1.0.0 1.1.0"):
            done = ended([*command.split(), "--corpus", f"{root}/corpus"], root)
            assert done.code == GOOD.get(command[:4], 0), f"{command}\n{done.output}"


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_fault_at_every_step(name: str, prepared: dict[str, Path], tmp_path: Path) -> None:
    count = checked(name, prepared, tmp_path, None)
    print(f"{name}: {count} faults")
    assert count
