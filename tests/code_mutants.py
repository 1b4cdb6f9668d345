"""Small changes of the core rooms, one at a time, and whether a test of the room sees them.

A comparison, a sign, a boolean operator or a number is changed at a random place of a function (`ast`), in a copy of
the project; then the tests run that import the module. What no test sees is printed with its place; what is known to
change nothing that can be seen is named in `code_mutants.json`, with the share that was alive when it was measured.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
BASELINE = Path(__file__).with_suffix(".json")
ROOMS = ("schema", "text", "clean", "dedup", "measures", "annotate", "publish")
_SECONDS, _MOST_FILES, _FURTHEST = 240, 8, 4
ALIVE, LATE = "alive", "late"
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


@cache
def _importers() -> dict[str, set[str]]:
    """Module of the package, or file of the tests -> what imports it."""
    files = {path.stem: path for path in sorted((ROOT / "tests").glob("*.py"))}
    for path in (ROOT / "scripts/allegata").rglob("*.py"):
        files[_module(path.relative_to(ROOT).as_posix())] = path
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    inner = f"{node.module}.{one.name}"
                    found.setdefault(inner if inner in files else node.module, set()).add(name)
    return found


def _module(file: str) -> str:
    return file.removeprefix("scripts/").removesuffix(".py").replace("/", ".")


def tests_of(file: str) -> list[str]:
    """The test files that import a module, or what imports it, nearest first; among those the ones it is named in."""
    module, parts = _module(file), _module(file).split(".")[1:]
    ranked, seen, level = [], {module}, {module}
    for distance in range(_FURTHEST):
        level = {one for name in level for one in _importers().get(name, ())} - seen
        seen |= level
        for test in (ROOT / f"tests/{one}.py" for one in level if one.startswith("test_")):
            about = sum(weight for weight, part in enumerate(parts, 1) if part.rstrip("s") in test.stem)
            ranked.append((distance, -about, test.stat().st_size, test.relative_to(ROOT).as_posix()))
    return [path for *_, path in sorted(ranked)[:_MOST_FILES]]


def fate(mutant: Mutant) -> str:
    """What becomes of it: `killed` by a test that passes without it, `late` where no test fails in time, or `alive`."""
    broken: list[str] = []  # tests that a copy of the project fails anyhow, as it is no repository
    with copied({mutant.file: mutant.source}) as place:
        while True:
            try:
                failed = _failed(place, tests_of(mutant.file), *(f"--deselect={test}" for test in broken))
            except subprocess.TimeoutExpired:
                return LATE
            if failed is None or passes_unchanged(failed):
                return ALIVE if failed is None else "killed"
            broken.append(failed)


@cache
def passes_unchanged(test: str) -> bool:
    """Whether a test passes on a copy of the project as it is; of a test file, whether it can be imported."""
    with copied({}) as place:
        return _failed(place, [test], *([] if "::" in test else ["--collect-only"])) is None


@contextmanager
def copied(changed: Mapping[str, str]) -> Iterator[Path]:
    """A copy of the project, with other text in some files."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("scripts", "tests", "bench"):
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for name in ("corpus", "raw", "annotations", "expectations", "examples", "docs"):
            (place / name).symlink_to(ROOT / name)
        for file in (*ROOT.glob("*.*"), ROOT / "Makefile", ROOT / "LICENSE"):
            if file.is_file():
                shutil.copy(file, place)
        for name, text in changed.items():
            (place / name).write_text(text, encoding="utf-8")
        yield place


def _failed(place: Path, tests: list[str], *options: str) -> str | None:
    """The first test that fails in a copy; None where all pass. Raises `TimeoutExpired`."""
    given = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not alone", *options, *tests]
    paths = [str(place / "scripts"), str(place)]
    run = f"import sys; sys.path[:0] = {paths!r}; import pytest; sys.exit(pytest.main({given!r}))"
    ended = subprocess.run(
        [sys.executable, "-c", run],
        cwd=place,
        env={**os.environ, "PYTHONPATH": paths[0]},  # of commands that tests start
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if ended.returncode == 0:
        return None
    named = re.search(r"^(?:FAILED|ERROR) (tests/.+?)(?: - |$)", ended.stdout, re.MULTILINE)
    return named[1] if named else tests[0]


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=1)
    given = options.parse_args()
    known = json.loads(BASELINE.read_text(encoding="utf-8"))["equivalent"] if BASELINE.exists() else {}
    made = list(mutants(given.count, given.seed))
    found = Counter[str]()
    with ThreadPoolExecutor(given.workers) as pool:
        for number, (mutant, end) in enumerate(zip(made, pool.map(fate, made), strict=True), 1):
            end = "equivalent" if mutant.name in known else end
            found[end] += 1
            if end in (ALIVE, LATE):
                print(f"{end} {mutant.file}:{mutant.line}\n    {mutant.was}\n    {mutant.now}", flush=True)
            print(f"{number} of {len(made)} tried, {found[ALIVE]} alive", file=sys.stderr, flush=True)
    print(f"{len(made)} mutants: {', '.join(f'{count} {end}' for end, count in sorted(found.items()))}")


if __name__ == "__main__":
    main()
