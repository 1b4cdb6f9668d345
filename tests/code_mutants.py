"""Small changes of the core rooms, one at a time, and whether a test of the room sees them.

A comparison, a sign, a boolean operator or a number is changed at a random place of a function (`ast`); then the tests
that come to the place run, those of the nearest test files first (`covering_tests.py`). What no test sees is printed;
what is known to change nothing that can be seen is named in `code_mutants.json`, with what was measured.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from covering_tests import FAILED, LATE, MAPS, Change, Nodes, Runner, module_of

ROOT = Path(__file__).parent.parent
BASELINE = Path(__file__).with_suffix(".json")
ROOMS = ("schema", "text", "judge", "clean", "dedup", "measures", "annotate", "publish")
KILLERS = MAPS / "killers.json"  # name of a change -> the test that saw it the last time: it is tried first
_SECONDS = (3, 10)  # of the tests of a mutant in a file: at first, and of one that these leave alive
_MANY, _IN_ALL = 8, 10  # mutants that a file is near to, so that it is looked at; seconds of all tests of another
_MOST_FILES, _FURTHEST = 4, 4  # files that these tests are of, imports between
KILLED, ALIVE, NOT_RUN, EQUIVALENT = "killed", "alive", "not run", "equivalent"
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SIGNS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
}


@dataclass(frozen=True)
class Mutant:
    """A change of one node: the file, the line, the function it is in, and the line before and after."""

    file: str
    line: int
    function: str
    was: str
    now: str
    source: str
    place: int  # among the nodes of the file that can be changed

    @property
    def name(self) -> str:
        """What the baseline calls it: it holds as long as the line is as it was."""
        return f"{self.file}: {self.was} -> {self.now}"


def nodes_of(tree: ast.Module) -> list[ast.AST]:
    """What can be changed, inside of functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found = {id(node): node for function in functions for node in ast.walk(function) if _changeable(node)}
    return list(found.values())


def _changeable(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return type(node.ops[0]) in _COMPARISONS
    if isinstance(node, ast.BinOp):
        return type(node.op) in _SIGNS and not isinstance(node.left, ast.Constant | ast.JoinedStr)
    return isinstance(node, ast.BoolOp) or (isinstance(node, ast.Constant) and type(node.value) in (int, float, bool))


def _change(node: ast.AST) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = _COMPARISONS[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp):
        node.op = _SIGNS[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]


def mutants(count: int, seed: int, rooms: Sequence[str] = ROOMS) -> Iterator[Mutant]:
    """So many mutants of these rooms, each of another place."""
    places = list[tuple[Path, int]]()
    trees = dict[Path, tuple[str, ast.Module, list[ast.AST]]]()
    for file in sorted(file for room in rooms for file in (ROOT / "scripts/allegata" / room).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        trees[file] = source, tree, nodes_of(tree)
        places += [(file, number) for number in range(len(trees[file][2]))]
    for file, number in random.Random(seed).sample(places, min(count, len(places))):
        source, tree, nodes = trees[file]
        node = deepcopy(nodes[number])
        assert isinstance(node, ast.expr)
        start, end, line = node.col_offset, node.end_col_offset, node.lineno
        lines = source.split("\n")
        if node.end_lineno != line or end is None:
            continue
        was = lines[line - 1]
        _change(node)
        encoded = was.encode()  # columns count bytes
        now = (encoded[:start] + b"(" + ast.unparse(node).encode() + b")" + encoded[end:]).decode()
        lines[line - 1] = now
        changed = "\n".join(lines)
        try:
            ast.parse(changed)
        except SyntaxError:  # inside of an f-string its column is another
            continue
        yield Mutant(
            file.relative_to(ROOT).as_posix(), line, _function(tree, line), was.strip(), now.strip(), changed, number
        )


def _function(tree: ast.AST, line: int) -> str:
    """The innermost function around a line, as `code.co_qualname` names it."""
    around = [(first, name) for first, last, name in _functions(tree) if first <= line <= last]
    return max(around)[1]


def _functions(node: ast.AST, above: str = "") -> Iterator[tuple[int, int, str]]:
    """First line, last line and name of every function."""
    for inner in ast.iter_child_nodes(node):
        name = above
        if isinstance(inner, ast.ClassDef):
            name = f"{above}{inner.name}."
        elif isinstance(inner, ast.FunctionDef):
            first = min(one.lineno for one in (inner, *inner.decorator_list))
            yield first, inner.end_lineno or first, above + inner.name
            name = f"{above}{inner.name}.<locals>."
        yield from _functions(inner, name)


@cache
def _importers() -> dict[str, set[str]]:
    """Module of the package, or file of the tests -> what imports it."""
    files = {path.stem: path for path in sorted((ROOT / "tests").glob("*.py"))}
    for path in (ROOT / "scripts/allegata").rglob("*.py"):
        files[module_of(path.relative_to(ROOT).as_posix())] = path
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    inner = f"{node.module}.{one.name}"
                    found.setdefault(inner if inner in files else node.module, set()).add(name)
    return found


def tests_of(file: str) -> list[str]:
    """The test files that import a module, or what imports it: those named after it first, then the nearest."""
    module, parts = module_of(file), module_of(file).split(".")[1:]
    ranked, seen, level = [], {module}, {module}
    for distance in range(_FURTHEST):
        level = {one for name in level for one in _importers().get(name, ())} - seen
        seen |= level
        for test in (ROOT / f"tests/{one}.py" for one in level if one.startswith("test_")):
            about = sum(weight for weight, part in enumerate(parts, 1) if part.rstrip("s") in test.stem)
            named = parts[-1].rstrip("s") in test.stem
            ranked.append((not named, distance, -about, test.stat().st_size, test.relative_to(ROOT).as_posix()))
    return [path for *_, path in sorted(ranked)[:_MOST_FILES]]


class Trial:
    """Mutants, and what becomes of each: first with the quickest of the near tests, then those that these leave
    alive with more of them."""

    def __init__(self, made: Sequence[Mutant], known: Mapping[str, str]) -> None:
        self._made, self._known, self.found = made, known, Counter[str]()
        self._near_to = Counter(file for mutant in made for file in tests_of(mutant.file))
        self._killers: dict[str, str] = json.loads(KILLERS.read_text()) if KILLERS.is_file() else {}

    def run(self) -> None:
        """Tries all of them."""
        changes = [Change(mutant.file, mutant.source, mutant.place) for mutant in self._made]
        Runner(changes, Nodes(nodes_of, _change), self._try).run(sorted(self._near_to))

    def _again(self, runner: Runner, number: int, mutant: Mutant) -> tuple[str, str]:
        """Tries the test that saw it the last time."""
        killer = self._killers.get(mutant.name, "")
        if killer in runner.names(killer.partition("::")[0]) and runner.outcome(number, [killer], 60).end == FAILED:
            return KILLED, killer
        return ALIVE, ""

    def _try(self, runner: Runner) -> None:
        left = dict(enumerate(self._made))
        for seconds in _SECONDS:
            for number, mutant in list(left.items()):
                begun = seconds_spent()
                if mutant.name in self._known:
                    end, test = EQUIVALENT, ""
                else:
                    end, test = self._again(runner, number, mutant)
                    if not test:
                        end, test = fate(runner, number, mutant, seconds, self._near_to)
                print(f"{end} {number} {mutant.file}:{mutant.line} {seconds_spent() - begun:.1f} s {test}", flush=True)
                if test:
                    self._killers[mutant.name] = test
                    KILLERS.parent.mkdir(parents=True, exist_ok=True)
                    KILLERS.write_text(json.dumps(self._killers, indent=1))
                if end in (ALIVE, NOT_RUN):
                    print(f"    {mutant.was}\n    {mutant.now}", flush=True)
                if end not in (ALIVE, NOT_RUN) or seconds == _SECONDS[-1]:
                    self.found[end] += 1
                    del left[number]


def seconds_spent() -> float:
    """Processor time of this process, and of those that it waited for."""
    return sum(os.times()[:4])


def fate(runner: Runner, number: int, mutant: Mutant, seconds: float, near_to: Mapping[str, int]) -> tuple[str, str]:
    """What becomes of it: `killed` and by which test, `late` where its tests do not end in four times the time that
    they take, `alive`, or `not run`: no near test comes to it.

    Its tests are those of each near file in turn. Which of them come to it is looked at where the file is near to many
    mutants, and at last: of these tests, the quickest first, as many run as take so many seconds. Else all run, as far
    as they come in a time.
    """
    came = False
    for file in tests_of(mutant.file):
        if looked := near_to[file] >= _MANY or seconds == _SECONDS[-1]:
            tests = chosen_tests(runner, number, file, seconds)
            limit = 10 + 4 * sum(runner.tests[name].seconds for name in tests)
        else:
            tests, limit = runner.names(file), _IN_ALL
        if tests:
            found = runner.outcome(number, tests, limit)
            came |= found.came
            if found.end == FAILED:
                return KILLED, found.test
            if found.end == LATE and looked:
                return LATE, ""
    return ALIVE if came else NOT_RUN, ""


def chosen_tests(runner: Runner, number: int, file: str, left: float) -> list[str]:
    """The tests of a file that come to a mutant, the quickest first; all where it is made on import."""
    runner.look(file)
    tests = list[str]()
    for name, seen in sorted(runner.tests.items(), key=lambda test: test[1].seconds):
        comes = number in seen.places or not runner.has_switch(number)
        if comes and name.startswith(f"{file}::") and (seen.seconds < left or not tests):
            left -= seen.seconds + 0.02  # what it takes to begin one
            tests.append(name)
    return tests


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, nargs="+", default=[1])
    options.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of these: {', '.join(ROOMS)}; all without")
    given = options.parse_args()
    if unknown := sorted(set(given.rooms) - set(ROOMS)):
        options.error(f"no core room: {', '.join(unknown)}")
    known = json.loads(BASELINE.read_text(encoding="utf-8"))["equivalent"] if BASELINE.exists() else {}
    made = [one for seed in given.seed for one in mutants(given.count, seed, given.rooms or ROOMS)]
    trial = Trial(made, known)
    trial.run()
    ends = ", ".join(f"{count} {end}" for end, count in sorted(trial.found.items()))
    print(f"{len(made)} mutants, seed {given.seed}: {ends}; {seconds_spent():.0f} s of processor time")


if __name__ == "__main__":
    main()
