"""Commands killed at random moments: a published version is never lost, and the next run finishes as if none was."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from allegata.publish.manifest import read_manifests
from allegata.schema.digests import sha256_file
from fault_commands import COMMANDS, at, changed, published, tree
from fault_shim import ended

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/fd").exists(), reason="needs Linux")
SEED = 29
KILLS = {
    "add": 25,
    "import": 15,
    "withdraw": 25,
    "redact": 25,
    "annotate": 25,
    "remove": 25,
    "export": 15,
    "build": 200,
}


def started(arguments: list[str]) -> int:
    """A process that runs a command, killed from outside at whatever instruction it is."""
    child = os.fork()
    if not child:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            from allegata.cli.app import app

            app(arguments)
        finally:
            os._exit(0)
    return child


def whole(root: Path) -> bool:
    """Whether every file of every version is the one that its manifest names."""
    corpus = root / "corpus"
    return all(
        sha256_file(corpus / f"v{manifest.version}" / file.file) == file.sha256
        for manifest in read_manifests(corpus)
        for table in manifest.tables.values()
        for file in table.files
    )


def killed(name: str, old: Path, tmp_path: Path, kills: int) -> tuple[int, int]:
    """How many of so many kills found the old state and how many a new one; raises where one lost anything."""
    chance, counts = random.Random(f"{SEED} {name}"), [0, 0]
    with at(tmp_path / "place", old) as root:
        begun = time.perf_counter()
        assert ended(COMMANDS[name](root), tmp_path / "place").code == 0
        takes = time.perf_counter() - begun
        after = tree(root, hidden=True)
    before = tree(old, hidden=False)
    for number in range(kills):
        with at(tmp_path / "place", old) as root:
            child = started(COMMANDS[name](root))
            time.sleep(chance.uniform(0, takes))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            seen = tree(root, hidden=False)
            assert {file: seen.get(file) for file in published(before)} == published(before), f"{name}, kill {number}"
            assert whole(root), f"{name}, kill {number}"
            counts[bool(changed(before, seen))] += 1
            again = ended(COMMANDS[name](root), tmp_path / "place")
            assert again.code in (0, 2), f"{name}, kill {number}: {again.output}"
            end = tree(root, hidden=True)
            assert end.keys() == after.keys(), f"{name}, kill {number}: {end.keys() ^ after.keys()}"
            assert not changed(after, end), f"{name}, kill {number}: {changed(after, end)}"
            left = sorted(path.name for path in (tmp_path / "place" / "tmp").rglob("*"))
            assert left == [], f"{name}, kill {number}: {left}"
    return counts[0], counts[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", KILLS)
def test_a_command_that_is_killed_at_any_moment_loses_nothing(name: str, written_corpus: Path, tmp_path: Path) -> None:
    old = Path(shutil.copytree(written_corpus, tmp_path / "old", symlinks=True))
    if name == "build":  # so that a new version is to be published
        assert ended(COMMANDS["annotate"](old), tmp_path).code == 0
    unchanged, other = killed(name, old, tmp_path, KILLS[name])
    print(f"{name}: {KILLS[name]} kills; {unchanged} found the old state, {other} another")
