"""Two commands that write to one corpus at random moments of each other: one after the other, or one is refused.

`python tests/random_pairs.py --count 200 --seed 1` takes every pair of `fault_commands.WRITERS` in turn. The first
stops after a random share of its processor time, the second begins and stops after one of its own, the first goes on to
its end, then the second. What is there afterwards is what the commands make one after the other that were not refused,
and whoever was refused said why.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from itertools import product
from pathlib import Path

from fault_commands import WRITERS, at, changed, published, tree
from random_kills import Action, command, finished, prepared, seconds, started

PATIENCE = 600  # seconds until one that waits for another, which is stopped, is a fault
_REFUSED = re.compile(r"is writing to |changed (?:while|meanwhile)|was edited")
Tree = dict[str, bytes | None]


class Pairs:
    """What the commands make alone and one after the other: made once, for as many interleavings as are tried."""

    def __init__(self, old: Path, place: Path) -> None:
        self.old, self.place, self.said = old, place, place.with_name("said")
        self.before = tree(old, hidden=False)
        self._made: dict[tuple[str, ...], Tree] = {}
        self._takes: dict[str, float] = {}

    def made(self, *names: str) -> Tree:
        """What these commands make of the old state, one after the other; one that cannot, changes nothing."""
        if names not in self._made:
            with at(self.place, self.old) as root:
                for name in names:
                    finished(command(name), root, self.said)
                self._made[names] = tree(root, hidden=False)
        return self._made[names]

    def takes(self, name: str) -> float:
        """Its processor time."""
        if name not in self._takes:
            self._takes[name] = seconds(command(name), self.old, self.place)
        return self._takes[name]

    def meet(self, first: str, second: str, draw: random.Random) -> str:
        """Let the two meet; how it ended. Raises where it is not as if one came after the other."""
        moments = [draw.uniform(0, self.takes(name)) for name in (first, second)]
        said = [self.place.with_name(f"said-{number}") for number in (1, 2)]
        with at(self.place, self.old) as root:
            one = _stopping(command(first), root, said[0], moments[0])
            other = _stopping(command(second), root, said[1], moments[1])
            codes = [_continued(one), _continued(other)]
            seen = tree(root, hidden=False)
            remaining = sorted(path.name for path in (self.place / "tmp").rglob("*"))
            partial = sorted(path.name for path in root.rglob(".*.partial"))
        outputs = [file.read_text() for file in said]
        what = f"{first} {moments[0]:.3f} s, {second} {moments[1]:.3f} s: {codes}\n{outputs[0]}\n{outputs[1]}"
        assert not any("Traceback" in output for output in outputs), what
        refused = [code == 2 and bool(_REFUSED.search(output)) for code, output in zip(codes, outputs, strict=True)]
        did = [name for name, was in zip((first, second), refused, strict=True) if not was]
        orders = [did, did[::-1]]
        assert any(not changed(self.made(*names), seen) for names in orders), (
            f"{what}\n{[changed(self.made(*names), seen) for names in orders]}"
        )
        assert all(seen.get(file) == data for file, data in published(self.before).items()), what
        assert (remaining, partial) == ([], []), f"{what}: {remaining} {partial}"
        return ("both", "the first alone", "the second alone", "neither")[refused[1] + 2 * refused[0]]


def _stopping(action: Action, root: Path, said: Path, moment: float) -> int:
    """Run it until it has used so many seconds; the process, which is stopped or at its end."""
    child = started(action, root, said, moment, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        if os.waitid(os.P_PID, child, os.WSTOPPED | os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None:
            return child
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    raise AssertionError(f"it waits for one that is stopped: {said.read_text()}")


def _continued(child: int) -> int:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGCONT)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    found, every = Counter[str](), list(product(WRITERS, repeat=2))
    random.Random(given.seed).shuffle(every)
    with tempfile.TemporaryDirectory() as folder:
        pairs = Pairs(prepared(Path(folder) / "made", "build"), Path(folder) / "place")
        for number in range(given.count):
            first, second = every[number % len(every)]
            found[pairs.meet(first, second, random.Random(f"{given.seed} {number}"))] += 1
            if number % 10 == 9:
                print(f"{number + 1} of {given.count}: {dict(found)}", flush=True)
    print(f"{given.count} meetings of {len(every)} pairs, seed {given.seed}; who did its work: {dict(found)}")


if __name__ == "__main__":
    main()
