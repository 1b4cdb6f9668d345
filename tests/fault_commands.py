"""The commands that write, each on a small invented corpus, and what must be true after any of them failed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from allegata.ingest.manifest import being_added
from allegata.recipe.build import run
from fault_shim import FAULTS, KILLED, Ended, ended
from two_articles import corrected_export, two_articles

UNCHANGED = ("nothing was changed", "nothing was added", "no version was published or changed", "nothing was written")


def corpus(root: Path) -> Path:
    """Two articles of one person, gold of the first, an export of it with a correction; one version is published."""
    ids = two_articles(root)
    (root / "three.txt").write_text("A third boat came, and nobody saw it.\n")
    for name, article in zip("ab", ids, strict=True):
        (root / name).symlink_to(f"{article}.jsonl")
    shutil.copytree(root / "annotations" / "gold", root / "second")
    run(root)
    corrected_export(root, ids[0])
    return root


def _id(root: Path, name: str) -> str:
    return os.readlink(root / name).removesuffix(".jsonl")


# The arguments of each command on the corpus `root`.
COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "init": lambda root: ["init", f"{root}/new", "--language", "en"],
    "add": lambda root: ["add", f"{root}/three.txt", "--root", f"{root}"],
    "remove": lambda root: ["remove", _id(root, "b"), "--root", f"{root}"],
    "withdraw": lambda root: ["withdraw", _id(root, "a"), "--reason", "asked", "--delete-raw", "--root", f"{root}"],
    "redact": lambda root: ["redact", "orla-finch", "--root", f"{root}"],
    "annotate": lambda root: [
        *("annotate", "--draft", f"{root}/{_id(root, 'b')}.jsonl", "--annotator", "reader", "--guidelines", "1.0"),
        *("--replace", "--root", f"{root}"),
    ],
    "import": lambda root: [
        *("import", "spans", f"{root}/export", "--into", "gold", "--annotator", "reader", "--root", f"{root}"),
    ],
    "import tables": lambda root: ["import", "spans", f"{root}/export", "--output", f"{root}/out"],
    "pre-annotate": lambda root: ["pre-annotate", _id(root, "b"), "--replace", "--root", f"{root}"],
    "export": lambda root: ["export", "brat", f"{root}/export", "--replace", "--root", f"{root}"],
    "clean": lambda root: ["clean", "--output", f"{root}/articles.parquet", "--root", f"{root}"],
    "build": lambda root: ["build", "--root", f"{root}"],
    "browse": lambda root: ["browse", "--corpus", f"{root}/corpus", "--output", f"{root}/pages"],
    "report": lambda root: ["report", "--root", f"{root}", "--output", f"{root}/pages"],
    "edition": lambda root: ["publish", "--without-text", f"{root}/edition", "--root", f"{root}"],
    "hydrate": lambda root: ["hydrate", f"{root}/edition", "--into", f"{root}/again", "--from", f"{root}/raw"],
    "diff": lambda root: ["diff", "1.0.0", "1.1.0", "--output", f"{root}/changes", "--corpus", f"{root}/corpus"],
    "adjudicate": lambda root: [
        *("adjudicate", f"{root}/annotations/gold", f"{root}/second", "--output", f"{root}/pages"),
        *("--root", f"{root}"),
    ],
}


# Who writes into the corpus itself, not into a folder of its own.
WRITERS = ("add", "remove", "withdraw", "redact", "annotate", "import", "pre-annotate", "build")
GOOD = {"diff": 1}  # the exit codes of those that do not end with 0 when all went well


def tree(root: Path, *, hidden: bool) -> dict[str, bytes | None]:
    """Every file below `root` with its bytes, and every folder; without `hidden`, none of those that are."""
    found: dict[str, bytes | None] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if hidden or not any(
            part.startswith(".") and part != "..huggingface.yaml" for part in path.relative_to(root).parts
        ):
            found[name] = path.read_bytes() if path.is_file() else None
    return found


def published(found: dict[str, bytes | None]) -> dict[str, bytes | None]:
    return {name: data for name, data in found.items() if re.match(r"corpus/v[0-9]", name)}


@contextmanager
def at(place: Path, root: Path) -> Iterator[Path]:
    """`place` with a copy of the corpus `root` in it, which commands find there, and their temporary files too."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(root, place / "corpus", symlinks=True)
    (place / "tmp").mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(place / "tmp")
    try:
        yield place / "corpus"
    finally:
        tempfile.tempdir = before


@contextmanager
def disk(place: Path, size: str) -> Iterator[Path | None]:
    """A disk of its own at `place`; None where none can be mounted."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def check(name: str, old: Path, new: Path, place: Path, fault: str, step: int) -> Ended:
    """Run a command that meets a fault, see that all is old or new and the message true, and run it again.

    `old` is the corpus before the command, `new` what the command makes of it.
    """
    before, after = (tree(root, hidden=True) for root in (old, new))
    with at(place, old) as root:
        what = f"{name}: {fault} at step {step}"
        done = ended(COMMANDS[name](root), place, fault, step)
        sound(what, done, fault)
        seen = tree(root, hidden=False)
        good = GOOD.get(name, 0)
        if done.code not in (good, KILLED) and any(words in done.output for words in UNCHANGED):
            on_its_way = {
                f"raw/{row.file}" for row in being_added(root / "raw")[0]
            }  # which every command takes for absent
            other = [file for file in changed(before, seen) if file not in on_its_way]
            assert not other, f"{what}: {other}\n{done.output}"
        if done.code == good == 0:
            assert not changed(after, seen), f"{what}: {changed(after, seen)}\n{done.output}"
        for file, data in published(before).items():
            assert seen[file] == data, f"{what}: {file} is lost"
        if name == "hydrate" and done.code == 1:  # it restored what could be read, and said what not
            shutil.rmtree(root / "again")
        again = ended(COMMANDS[name](root), place)
        done_before = 1 if name == "remove" else 2  # an article that is gone is no longer in the manifest
        assert again.code in (good, done_before), f"{what}: {again.output}"
        end = tree(root, hidden=True)
        assert end.keys() == after.keys(), f"{what}: {end.keys() ^ after.keys()}\n{again.output}"
        assert not changed(after, end), f"{what}: {changed(after, end)}"
        assert sorted(path.name for path in (place / "tmp").rglob("*")) == [], what
    return done


def changed(one: dict[str, bytes | None], other: dict[str, bytes | None]) -> list[str]:
    """Names of files, none hidden, that differ."""
    names = {name for name in one.keys() | other.keys() if not any(part.startswith(".") for part in name.split("/"))}
    return sorted(name for name in names if one.get(name) != other.get(name))


def sound(what: str, done: Ended, fault: str) -> None:
    """What was printed is a report, and the exit code says what kind."""
    assert "Traceback" not in done.output, f"{what}\n{done.output}"
    if fault == "kill":
        assert done.code in (0, KILLED), f"{what}\n{done.output}"
        return
    assert done.code in (0, 1, 2, 3), f"{what}: exit code {done.code}\n{done.output}"
    if done.code == 3:
        assert "\n    → " in done.output, f"{what}\n{done.output}"
        assert not done.output.startswith("cannot"), f"{what}: no file is named\n{done.output}"


def steps_of(name: str, old: Path, new: Path, place: Path) -> list[tuple[str, int]]:
    """Every fault at every step of a command that it can meet; `new` is what the command makes of `old`."""
    with at(place, old) as root:
        done = ended(COMMANDS[name](root), place)
        assert done.code == GOOD.get(name, 0), f"{name}: {done.output}"
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(root, new, symlinks=True)
    return [(fault, n) for n, kind in enumerate(done.steps) for fault, (_, meets, _) in FAULTS.items() if kind in meets]
