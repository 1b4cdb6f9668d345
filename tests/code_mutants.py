"""Small changes of the core rooms, one at a time, and whether a test of the room sees them.

A comparison, a sign, a boolean operator or a number is changed at a random place of a function (`ast`), in a copy of
the project; then the tests run that import the module. What no test sees is printed with its place; what is known to
change nothing that can be seen is named in `code_mutants.json`, with the share that was alive when it was measured.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
BASELINE = Path(__file__).with_suffix(".json")
ROOMS = ("schema", "text", "clean", "dedup", "measures", "annotate", "publish")
_SECONDS, _MOST_FILES = 240, 8
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
    """A change of one node: the file, the line, and the line before and after."""

    file: str
    line: int
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


def mutants(count: int, seed: int) -> Iterator[Mutant]:
    """So many mutants of all rooms, each of another place."""
    places = []
    for file in sorted(file for room in ROOMS for file in (ROOT / "scripts/allegata" / room).rglob("*.py")):
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
        yield Mutant(file.relative_to(ROOT).as_posix(), line, was.strip(), now.strip(), changed)


def tests_of(file: str) -> list[str]:
    """The test files that import a module, or what imports it; those that name it come first."""
    module = Path(file).with_suffix("").as_posix().removeprefix("scripts/").replace("/", ".")
    package, _, name = module.rpartition(".")
    parts = module.split(".")[1:]
    ranked = []
    for test in sorted((ROOT / "tests").glob("test_*.py")):
        source = test.read_text(encoding="utf-8")
        named = f"from {module} import" in source or f"from {package} import {name}" in source
        about = sum(weight for weight, part in enumerate(parts, 1) if part.rstrip("s") in test.stem)
        if named or about or f"from allegata.{parts[0]}" in source:
            ranked.append((-2 * len(parts) * named - about, test.stat().st_size, test.relative_to(ROOT).as_posix()))
    return [path for _, _, path in sorted(ranked)[:_MOST_FILES]]


def survives(mutant: Mutant) -> bool:
    """Whether all tests pass with the change."""
    with tempfile.TemporaryDirectory() as place:
        for name in ("scripts", "tests", "bench"):
            shutil.copytree(ROOT / name, Path(place) / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for name in ("corpus", "raw", "annotations", "expectations", "examples", "docs"):
            (Path(place) / name).symlink_to(ROOT / name)
        for file in (*ROOT.glob("*.*"), ROOT / "Makefile", ROOT / "LICENSE"):
            if file.is_file():
                shutil.copy(file, place)
        (Path(place) / mutant.file).write_text(mutant.source, encoding="utf-8")
        path = f"import sys; sys.path[:0] = [{place + '/scripts'!r}, {place!r}]; import pytest; "
        run = f"sys.exit(pytest.main(['-x', '-q', '-p', 'no:cacheprovider', *{tests_of(mutant.file)!r}]))"
        try:
            ended = subprocess.run(
                [sys.executable, "-c", path + run], cwd=place, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return False
    return ended.returncode == 0


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=1)
    given = options.parse_args()
    known = json.loads(BASELINE.read_text(encoding="utf-8"))["equivalent"] if BASELINE.exists() else {}
    made = list(mutants(given.count, given.seed))
    alive = 0
    with ThreadPoolExecutor(given.workers) as pool:
        for number, (mutant, lives) in enumerate(zip(made, pool.map(survives, made), strict=True), 1):
            if lives and mutant.name not in known:
                alive += 1
                print(f"{mutant.file}:{mutant.line}\n    {mutant.was}\n    {mutant.now}", flush=True)
            print(f"{number} of {len(made)} tried, {alive} alive", file=sys.stderr, flush=True)
    print(f"{alive} of {len(made)} mutants are alive")


if __name__ == "__main__":
    main()
