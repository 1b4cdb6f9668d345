"""Every step of every command that writes may fail or be the last: the old state is whole or the new one is.

A seeded part runs always; `make faults` runs every fault at every step.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from fault_commands import COMMANDS, check, steps_of
from fault_shim import ended

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


@pytest.mark.parametrize("name", COMMANDS)
def test_whatever_step_fails_all_is_old_or_new_and_the_message_is_true(
    name: str, prepared: dict[str, Path], tmp_path: Path
) -> None:
    assert checked(name, prepared, tmp_path, SAMPLE)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_fault_at_every_step(name: str, prepared: dict[str, Path], tmp_path: Path) -> None:
    count = checked(name, prepared, tmp_path, None)
    print(f"{name}: {count} faults")
    assert count
