"""Commands that are killed at random moments: what is published stays whole, and the next run ends as if none was.

`python tests/random_kills.py --count 200 --seed 1 build` kills `allegata build` 200 times; without a name, every
command. A moment is a share of the processor time that the command takes, so that a busy machine moves none: the kernel
ends the process at it, and no handler of ours runs. What waits for the disk is met by `test_faults_steps.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from allegata.cli.app import app
from allegata.publish.manifest import read_manifests
from allegata.recipe.verify import verify
from allegata.schema.digests import sha256_file
from allegata.schema.problems import ProblemsFound
from fault_commands import COMMANDS, GOOD, at, changed, corpus, published, tree
from fault_shim import ended
from hub_stand_in import WRITER, Hub, Repository, stand_in
from publish_samples import changed as changed_tables
from publish_samples import make_tables, publish

REPO = "mill-press/flour"
PUBLICATION, PUSH = "the publication alone", "push"

# What has been done with the corpus of `fault_commands` when a command begins.
_BEFORE = {
    "build": ("annotate",),
    PUSH: ("annotate", "build"),
    "diff": ("annotate", "build"),
    "hydrate": ("annotate", "build", "edition"),
}
Action = Callable[[Path], object]


@dataclass
class Found:
    """What so many kills found: the old state or another, and how often the end came before the kill."""

    old: int = 0
    other: int = 0
    through: int = 0
    unverified: Counter[str] = field(default_factory=Counter)  # what `verify` said of a state between old and new


def prepared(place: Path, name: str) -> Path:
    """The corpus that a command begins with, made where it is not there yet."""
    if name == PUBLICATION:
        if not (place / "alone").is_dir():
            (place / "alone").mkdir(parents=True)
            publish(place / "alone")
        return place / "alone"
    made, steps = place / "corpus", _BEFORE.get(name, ())
    if not made.is_dir():
        corpus(made)
    for number, step in enumerate(steps, 1):
        old, made = made, place / "-".join(("after", *steps[:number]))
        if not made.is_dir():
            _after(old, made, step)
    return made


def _after(old: Path, new: Path, name: str) -> Path:
    shutil.copytree(old, new, symlinks=True)
    done = ended(COMMANDS[name](new), new)
    assert done.code == 0, done.output
    return new


def command(name: str) -> Action:
    """A command of `fault_commands`, or the publication alone."""
    if name == PUBLICATION:
        revised = changed_tables(make_tables(), "claims", "a4-k0", claim_type="denial")
        return lambda root: publish(root, "0.2.0", revised)
    return lambda root: app(COMMANDS[name](root))


def started(
    action: Action, root: Path, said: Path, moment: float = 0, then: Callable[..., object] | int = signal.SIG_DFL
) -> int:
    """A process that runs it and writes what it says into `said`. After `moment` seconds of processor time the kernel
    ends it, or it does what is to be done `then`."""
    child = os.fork()
    if not child:
        code = 99
        with said.open("w") as output, suppress(BaseException):
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            signal.signal(signal.SIGPROF, then)  # type: ignore[arg-type]  # a handler may ignore what it is given
            signal.setitimer(signal.ITIMER_PROF, moment)
            code = 0
            try:
                action(root)
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            except BaseException:
                code = 99
                traceback.print_exc()
            sys.stdout.flush()
        os._exit(code)
    return child


def finished(action: Action, root: Path, said: Path, moment: float = 0) -> int:
    """The exit code of `started`, when it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(started(action, root, said, moment), 0)[1])


def seconds(action: Action, old: Path, place: Path, begin: Callable[[], object] = lambda: None) -> float:
    """The processor time that it takes where all is imported; what it imports is imported here."""

    def listing(root: Path) -> None:
        try:
            action(root)
        finally:
            (place / "imported").write_text("\n".join(sorted(sys.modules)))

    least = float("inf")
    for what in (listing, action, action):
        with at(place, old) as root:
            begin()
            before = sum(os.times()[2:4])
            finished(what, root, place / "said")
            takes = sum(os.times()[2:4]) - before
            if what is listing:
                for name in (place / "imported").read_text().split("\n"):
                    with suppress(Exception):
                        importlib.import_module(name)  # what the command imported, so that kills meet its work
            else:
                least = min(least, takes)
    return least


def unharmed(root: Path) -> None:
    """Raise unless every file of every version is the one that its manifest names."""
    folder = root / "corpus"
    for manifest in read_manifests(folder):
        for table in manifest.tables.values():
            for file in table.files:
                assert sha256_file(folder / f"v{manifest.version}" / file.file) == file.sha256, file.file


def kills(name: str, old: Path, place: Path, count: int, seed: int) -> Found:
    """Kill a command so many times; raises where anything is lost, or where the next run does not end well."""
    found, good, action = Found(), GOOD.get(name, 0), command(name)
    before = tree(old, hidden=False)
    said = place.with_name("said")
    with at(place, old) as root:
        assert finished(action, root, said) == good, f"{name}: {said.read_text()}"
        after = tree(root, hidden=True)
        known = _problems(old) | _problems(root)  # of the tables by hand that the publication alone is of
    verified = {_digest(before), _digest(after)}
    takes = seconds(action, old, place)
    for number in range(count):
        what = f"{name}, seed {seed}, kill {number}"
        with at(place, old) as root:
            moment = _moment(f"{seed} {name} {number}", takes)
            found.through += finished(action, root, said, moment) == good
            seen = tree(root, hidden=False)
            lost = {file for file, data in published(before).items() if seen.get(file) != data}
            assert not lost, f"{what}: {lost} lost"
            is_old = not changed(before, seen)
            found.old += is_old
            found.other += not is_old
            if _digest(seen) not in verified:
                verified.add(_digest(seen))
                unharmed(root)
                found.unverified.update(_problems(root) - known)
            code = finished(action, root, said)
            output = said.read_text()
            gone = name == "remove" and code == 1 and not changed(after, seen)  # there is no such article any more
            assert code in (good, 2) or gone, f"{what}: {output}"
            assert "Traceback" not in output, f"{what}: {output}"
            end = tree(root, hidden=True)
            assert end.keys() == after.keys(), f"{what}: {sorted(end.keys() ^ after.keys())}"
            assert not changed(after, end), f"{what}: {changed(after, end)}"
            remaining = sorted(path.name for path in (place / "tmp").rglob("*"))
            assert remaining == [], f"{what}: {remaining}"
        if number % 20 == 19:
            print(f"{what} of {count}", file=sys.stderr, flush=True)
    return found


def _problems(root: Path) -> set[str]:
    """What `verify` says of the versions; nothing where there is none."""
    try:
        verify(root / "corpus")
    except ProblemsFound as found:
        return {f"{problem.file}: {problem.what}" for problem in found.problems}
    return set()


def _moment(seed: str, takes: float) -> float:
    """A moment at random, nearly half of them in the last fifth, where files come to their places."""
    return takes * (1 - random.Random(seed).random() ** 2)


def _digest(found: dict[str, bytes | None]) -> str:
    """Of what is under corpus/."""
    files = {name: data for name, data in found.items() if name.startswith("corpus/") and "/." not in name}
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()


def kills_of_push(old: Path, place: Path, count: int, seed: int) -> Found:
    """Kill `allegata push` of a second version, with a Hub that holds the first: it holds the one or the other."""
    found, said = Found(), place.with_name("said")

    def push(version: str) -> Action:
        return lambda root: app(["push", REPO, "--version", version, "--corpus", f"{root}/corpus"])

    with stand_in() as hub, _talking_to(hub.url):
        with at(place, old) as root:
            assert finished(push("1.0.0"), root, said) == 0, said.read_text()
        first = _copied(hub)
        takes = seconds(push("1.1.0"), old, place, lambda: _set(hub, first))
        second = _copied(hub)
        assert list(first.commits) == list(second.commits)[:-1]
        here = tree(old, hidden=True)
        for number in range(count):
            what = f"push, seed {seed}, kill {number}"
            _set(hub, first)
            with at(place, old) as root:
                moment = _moment(f"{seed} push {number}", takes)
                found.through += finished(push("1.1.0"), root, said, moment) == 0
                seen = _copied(hub)
                assert seen.commits in (first.commits, second.commits), what
                assert seen.tags in (first.tags, second.tags), what
                assert seen.tags == first.tags or seen.commits == second.commits, f"{what}: a tag of no commit"
                found.old += seen == first
                found.other += seen != first
                assert finished(push("1.1.0"), root, said) == 0, f"{what}: {said.read_text()}"
                assert _copied(hub) == second, what
                assert tree(root, hidden=True) == here, what
                remaining = sorted(path.name for path in (place / "tmp").rglob("*"))
                assert remaining == [], f"{what}: {remaining}"
    return found


@contextmanager
def _talking_to(url: str) -> Iterator[None]:
    import huggingface_hub.constants as constants

    before = dict(os.environ), constants.ENDPOINT, constants.HF_HUB_DISABLE_XET
    os.environ["HF_TOKEN"] = WRITER
    constants.ENDPOINT, constants.HF_HUB_DISABLE_XET = url, True
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        constants.ENDPOINT, constants.HF_HUB_DISABLE_XET = before[1:]


def _copied(hub: Hub) -> Repository:
    return deepcopy(hub.repositories[REPO])


def _set(hub: Hub, state: Repository) -> None:
    """The repository as it was; what was uploaded without a commit stays, as it does on the Hub."""
    hub.repositories[REPO] = deepcopy(state)


KILLED = (PUBLICATION, *COMMANDS, PUSH)


def campaign(names: Iterable[str], count: int, seed: int) -> Iterator[tuple[str, Found]]:
    """Kill each of these so many times."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "place"
        for name in names:
            old = prepared(Path(folder) / "made", name)
            yield (
                name,
                (kills_of_push(old, place, count, seed) if name == PUSH else kills(name, old, place, count, seed)),
            )


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("commands", nargs="*", metavar="COMMAND", help=f"of these: {', '.join(KILLED)}")
    given = options.parse_args()
    if unknown := sorted(set(given.commands) - set(KILLED)):
        options.error(f"no command of these: {', '.join(unknown)}")
    for name, found in campaign(given.commands or KILLED, given.count, given.seed):
        print(
            f"{name}: {given.count} kills, seed {given.seed}; {found.old} found the old state, {found.other} another; "
            f"{found.through} came too late",
            flush=True,
        )
        for said, times in sorted(found.unverified.items()):
            print(f"    of a state between, {times} times: {said}", flush=True)


if __name__ == "__main__":
    main()
