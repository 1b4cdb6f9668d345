"""Two commands that write to a corpus at once, in every pair: one is refused with a sentence, and changes nothing."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import random_pairs
from allegata.cli.app import app
from allegata.ingest import add as adding
from allegata.publish.measured import install_pre_annotation
from allegata.schema import transaction
from allegata.schema.files import LOCK, holding, whole_folder
from allegata.schema.problems import UsageError
from fault_commands import COMMANDS, WRITERS, tree
from fault_shim import ended
from random_pairs import Pairs
from test_publish_pre_annotation import FACTS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/fd").exists(), reason="needs Linux")


@pytest.fixture(scope="module")
def root(written_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(written_corpus, tmp_path_factory.mktemp("pairs") / "corpus", symlinks=True))


@pytest.mark.parametrize("name", WRITERS)
def test_a_command_that_writes_is_refused_while_any_other_holds_the_corpus(name: str, root: Path) -> None:
    """Each takes the one lock of the corpus before it reads, so this is every pair."""
    before = tree(root, hidden=False)
    with holding(root, "command"):
        done = ended(COMMANDS[name](root), root)
    assert (done.code, done.output) == (
        2,
        f"allegata: another command is writing to {root.name}/: wait until it ends\n",
    )
    assert tree(root, hidden=False) == before


@pytest.mark.parametrize("name", WRITERS)
def test_a_command_takes_one_lock_in_a_corpus(name: str, root: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"

    def begin() -> None:
        said = os.open(taken, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def heard(event: str, given: tuple[object, ...]) -> None:
            if event == "open" and str(given[0]).endswith(".lock"):
                os.write(said, f"{given[0]}\n".encode())

        sys.addaudithook(heard)

    place = Path(shutil.copytree(root, tmp_path / "corpus", symlinks=True))
    assert ended(COMMANDS[name](place), place, begin=begin).code == 0
    within = [line for line in taken.read_text().splitlines() if line.startswith(str(place))]
    assert within == [str(place / LOCK)]


def test_what_is_measured_waits_for_the_corpus_too(root: Path) -> None:
    before = tree(root, hidden=False)
    with holding(root, "command"), pytest.raises(UsageError, match="another command is writing to corpus/"):
        install_pre_annotation(root, FACTS)
    assert tree(root, hidden=False) == before


@pytest.mark.parametrize("second", WRITERS)
def test_a_command_that_is_held_up_in_the_middle_lets_no_other_in(
    second: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes when the first has read all and is about to write; what is published is as without it."""
    place, alone = (Path(shutil.copytree(root, tmp_path / name, symlinks=True)) for name in ("both", "alone"))
    first = "add" if second != "add" else "remove"
    assert ended(COMMANDS[first](alone), alone).code == 0
    met = []

    def then(real: Callable[..., object]) -> Callable[..., object]:
        def called(*given: object, **more: object) -> object:
            met.append(ended(COMMANDS[second](place), place))
            return real(*given, **more)

        return called

    monkeypatch.setattr(adding, "_install", then(adding._install))
    monkeypatch.setattr(transaction, "write_files", then(transaction.write_files))
    done = CliRunner().invoke(app, COMMANDS[first](place))
    assert done.exit_code == 0, done.output
    assert [one.code for one in met] == [2]
    assert "another command is writing to both/: wait until it ends" in met[0].output
    assert tree(place, hidden=True) == tree(alone, hidden=True)


def test_two_that_write_into_the_same_folder_are_refused_and_into_two_folders_are_not(root: Path) -> None:
    with whole_folder(root / "pages", lambda old: None) as new:
        (new / "index.html").write_text("first")
        assert "another writer of pages is writing to corpus/" in ended(COMMANDS["report"](root), root).output
        assert ended(COMMANDS["export"](root), root).code == 0
    assert (root / "pages" / "index.html").read_text() == "first"


def test_two_that_meet_at_random_moments_are_as_one_after_the_other(root: Path, tmp_path: Path) -> None:
    pairs = Pairs(root, tmp_path / "place")
    for number, (first, second) in enumerate((("add", "remove"), ("annotate", "add"), ("remove", "remove"))):
        pairs.meet(first, second, random.Random(number))


def test_a_meeting_in_which_work_is_lost_is_noticed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counting(place: Path) -> None:
        """Reads, thinks, writes, and holds nothing meanwhile."""
        file = place / "counted"
        number = int(file.read_text()) if file.exists() else 0
        sum(range(5_000_000))
        file.write_text(str(number + 1))

    monkeypatch.setattr(random_pairs, "command", lambda name: counting)
    with pytest.raises(AssertionError, match="counted"):
        Pairs(root, tmp_path / "place").meet("add", "remove", random.Random(1))
