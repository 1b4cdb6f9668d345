"""Small changes of the core rooms, one at a time, and whether a test of the room sees them.

A comparison, a sign, a boolean operator or a number is changed at a random place of a function (`ast`); then the tests
that call the function run, those of the nearest test files first (`covering_tests.py`). What no test sees is printed;
what is known to change nothing that can be seen is named in `code_mutants.json`, with what was measured.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from covering_tests import FAILED, PASSED, module_of, outcome, tests_in

ROOT = Path(__file__).parent.parent
BASELINE = Path(__file__).with_suffix(".json")
ROOMS = ("schema", "text", "clean", "dedup", "measures", "annotate", "publish")
_SECONDS, _MOST_FILES, _FURTHEST = (
    30,
    6,
    4,
)  # seconds that the tests of a mutant take, files they are of, imports between
KILLED, LATE, ALIVE, NOT_RUN, EQUIVALENT = "killed", "late", "alive", "not run", "equivalent"
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
    places = []
    for file in sorted(file for room in rooms for file in (ROOT / "scripts/allegata" / room).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        places += [(file, number) for number in range(len(nodes_of(ast.parse(source))))]
    for file, number in random.Random(seed).sample(places, min(count, len(places))):
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        node = nodes_of(tree)[number]
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
        yield Mutant(file.relative_to(ROOT).as_posix(), line, _function(tree, line), was.strip(), now.strip(), changed)


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
    """The test files that import a module, or what imports it, nearest first; among those the ones it is named in."""
    module, parts = module_of(file), module_of(file).split(".")[1:]
    ranked, seen, level = [], {module}, {module}
    for distance in range(_FURTHEST):
        level = {one for name in level for one in _importers().get(name, ())} - seen
        seen |= level
        for test in (ROOT / f"tests/{one}.py" for one in level if one.startswith("test_")):
            about = sum(weight for weight, part in enumerate(parts, 1) if part.rstrip("s") in test.stem)
            ranked.append((distance, -about, test.stat().st_size, test.relative_to(ROOT).as_posix()))
    return [path for *_, path in sorted(ranked)[:_MOST_FILES]]


def fate(mutant: Mutant) -> str:
    """What becomes of it: `killed` by a test that passes without it, `late` where tests that pass without it do not
    end, `alive`, or `not run`: no near test runs the function."""
    left, ran = float(_SECONDS), False
    for file in tests_of(mutant.file):
        tests = []
        for test in tests_in(file):
            if f"{mutant.file}:{mutant.function}" in test.functions and test.seconds < left:
                left -= test.seconds
                tests.append(test)
        if not tests:
            continue
        ran = True
        if (end := outcome(tests, {mutant.file: mutant.source})) != PASSED:
            return KILLED if end == FAILED else LATE
    return ALIVE if ran else NOT_RUN


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of these: {', '.join(ROOMS)}; all without")
    given = options.parse_args()
    if unknown := sorted(set(given.rooms) - set(ROOMS)):
        options.error(f"no core room: {', '.join(unknown)}")
    known = json.loads(BASELINE.read_text(encoding="utf-8"))["equivalent"] if BASELINE.exists() else {}
    made = list(mutants(given.count, given.seed, given.rooms or ROOMS))
    found = Counter[str]()
    for number, mutant in enumerate(made, 1):
        end = EQUIVALENT if mutant.name in known else fate(mutant)
        found[end] += 1
        if end in (ALIVE, NOT_RUN):
            print(f"{end} {mutant.file}:{mutant.line}\n    {mutant.was}\n    {mutant.now}", flush=True)
        print(f"{number} of {len(made)} tried: {dict(found)}", file=sys.stderr, flush=True)
    print(
        f"{len(made)} mutants, seed {given.seed}: {', '.join(f'{count} {end}' for end, count in sorted(found.items()))}"
    )


if __name__ == "__main__":
    main()
