"""Imports run downwards only, no stage knows another, and what is slow is imported when it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from project import ROOT

SCRIPTS = ROOT / "scripts"
PACKAGE = SCRIPTS / "allegata"
BENCH = ROOT / "bench"
FILES = sorted([*PACKAGE.rglob("*.py"), *BENCH.rglob("*.py")])
STAGES = {"ingest", "clean", "dedup", "annotate", "validate", "publish", "exchange", "propose", "benchmark", "browse"}
GROUND = {"text", "schema", "engine"}
# Floor of every room; imports may only point to a lower one, or stay in the room.
FLOORS = {
    "bench": 5,
    "__main__": 4,
    "cli": 3,
    "recipe": 2,
    **dict.fromkeys(STAGES, 1),
    "models": 0.7,
    "judge": 0.7,
    "pages": 0.5,
    "measures": 0.5,
    **dict.fromkeys(GROUND, 0),
}
SLOW = ("great_expectations", "datasets", "trafilatura", "pandas", "scipy", "sentencex", "langdetect", "pyarrow")
NOTHING_SLOW = SLOW[:5]


def module_name(path: Path) -> str:
    folder = ROOT if path.is_relative_to(BENCH) else SCRIPTS
    return ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> list[tuple[str, int]]:
    """Every module that a file imports, anywhere in it, with the line."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: a relative import"
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def room(module: str) -> str:
    """`allegata.clean.rules.ticker` -> `clean`, `bench.speed` -> `bench`; the package itself is no room."""
    return "bench" if module.split(".")[0] == "bench" else module.partition(".")[2].partition(".")[0]


@cache  # and no constant: every process that collects the tests would parse all files
def arrows() -> list[tuple[Path, int, str, str]]:
    return [
        (path, line, room(module_name(path)), room(target))
        for path in FILES
        for target, line in imports(path)
        if target.split(".")[0] in ("allegata", "bench")
    ]


def test_every_room_has_its_floor() -> None:
    rooms = {room(module_name(path)) for path in FILES} - {""}
    assert rooms <= FLOORS.keys()
    assert len(arrows()) > 100


def test_imports_run_downwards_and_no_stage_imports_another() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {source} imports {target}"
        for path, line, source, target in arrows()
        if source
        and target != source
        and FLOORS.get(target, 0) >= FLOORS[source]
        and not (source in GROUND and target == "schema")
    ]
    assert wrong == []


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    """Nor do those of one floor, nor inside of functions."""
    below = {
        source: {target for _, _, other, target in arrows() if other == source and target} - {source}
        for _, _, source, _ in arrows()
        if source
    }
    done: set[str] = set()
    while ready := [source for source in below.keys() - done if below[source] & below.keys() <= done]:
        done.update(ready)
    assert below.keys() - done == set()


# A file has one reason to change and is read in one sitting. Those that are longer today, and how long they may be.
MOST_LINES = 324
LONGER = {"scripts/allegata/cli/app.py": 420}


def test_no_file_is_longer_than_can_be_read_in_one_sitting() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in FILES}
    longer = {name: lines for name, lines in lengths.items() if lines > LONGER.get(name, MOST_LINES)}
    assert longer == {}, "split it where it does two things"
    assert {name for name in LONGER if lengths[name] <= MOST_LINES} == set(), "no exception any more"


def imported_by_string(path: Path) -> list[int]:
    """The lines that import a module by its name as a string, where no graph of imports can see it."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            found += [node.lineno] * (name in ("import_module", "__import__", "run_module"))
    return found


def test_no_module_is_imported_by_string() -> None:
    assert [f"{path.relative_to(ROOT)}:{line}" for path in FILES for line in imported_by_string(path)] == []


def test_on_the_ground_floor_the_text_room_may_use_labels_and_the_schema_room_uses_nobody() -> None:
    assert ("text", "schema") in {(source, target) for _, _, source, target in arrows()}
    assert [target for _, _, source, target in arrows() if source == "schema" and target not in ("schema", "")] == []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    modules = {module_name(path): path for path in FILES}
    graph = {
        name: {m for target, _ in top_level(path) for m in (target, target.rpartition(".")[0]) if m in modules}
        for name, path in modules.items()
    }
    done: set[str] = set()
    while ready := [name for name in graph.keys() - done if graph[name] - {name, "allegata"} <= done]:
        done.update(ready)
    assert graph.keys() - done == set()


def top_level(path: Path) -> list[tuple[str, int]]:
    """The imports that run when the module is imported."""
    lines = {node.lineno for node in parsed(path).body if isinstance(node, (ast.Import, ast.ImportFrom))}
    return [(target, line) for target, line in imports(path) if line in lines]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SCRIPTS)}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    "code",
    [
        "import allegata",
        "import allegata.cli.app",
        "import allegata.cli.console",
        "import allegata.recipe.build",
        "import sys\nsys.argv = ['allegata', '--help']\nimport allegata.cli.app\n"
        "try: allegata.cli.app.main()\nexcept SystemExit: pass",
    ],
    ids=["allegata", "cli", "console", "build", "--help"],
)
def test_nothing_slow_is_imported_before_it_is_needed(code: str) -> None:
    names = NOTHING_SLOW if "build" in code else SLOW
    done = python("-c", f"{code}\nimport sys\nprint('slow:', *sorted(set({names!r}) & set(sys.modules)))")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "slow:"


@pytest.mark.parametrize(
    "stage", ["ingest", "clean", "dedup", "annotate", "validate", "publish"], ids=lambda stage: f"{stage}.stage"
)
def test_importing_a_stage_imports_nothing_that_takes_seconds(stage: str) -> None:
    done = python("-c", f"import allegata.{stage}.stage, sys; print(sorted(set({NOTHING_SLOW!r}) & set(sys.modules)))")
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_help_answers_at_once() -> None:
    start = os.times()
    done = python("-m", "allegata", "--help")
    end = os.times()
    # CPU time: the wall time of a busy machine says nothing about the program.
    seconds = end.children_user + end.children_system - start.children_user - start.children_system
    print(f"allegata --help answered after {seconds:.2f} s")
    assert done.returncode == 0
    assert seconds < 0.6
