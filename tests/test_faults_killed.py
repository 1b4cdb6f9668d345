"""Commands killed at random moments: a published version is never lost, and the next run finishes as if none was.

A few kills of the publication run always; `make faults KILLS=200 SEED=1` kills every command so often.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import random_kills
from publish_samples import published
from random_kills import PUBLICATION, kills

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/fd").exists(), reason="needs Linux")
SEED = 29


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old").mkdir()
    published(tmp_path / "old")
    return tmp_path / "old"


def test_a_publication_that_is_killed_at_any_moment_loses_nothing(old: Path, tmp_path: Path) -> None:
    found = kills(PUBLICATION, old, tmp_path / "place", 2, SEED)
    assert found.old + found.other == 2


def test_a_kill_that_loses_a_file_or_hinders_the_next_run_is_noticed(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(root: Path) -> None:
        (root / "corpus" / "v0.1.0" / "scheme.json").unlink(missing_ok=True)

    def hindering(root: Path) -> None:
        if (root / "begun").exists():
            raise SystemExit(1)
        (root / "begun").touch()
        sum(range(10_000_000))

    for action, said in ((losing, r"lost"), (hindering, r"kill \d+: ")):
        monkeypatch.setattr(random_kills, "command", lambda name, action=action: action)
        with pytest.raises(AssertionError, match=said):
            kills(PUBLICATION, old, tmp_path / "place", 3, SEED)
