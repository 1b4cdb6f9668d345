"""Imports run downwards only, no stage knows another, and what is slow is imported when it is needed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT

SCRIPTS = ROOT / "scripts"
PACKAGE = SCRIPTS / "allegata"
STAGES = {"ingest", "clean", "dedup", "annotate", "validate", "publish", "benchmark", "exchange", "browse"}
GROUND = {"text", "schema", "engine"}
# Floor of every room; imports may only point to a lower one, or stay in the room.
FLOORS = {
    "__main__": 8,
    "cli": 7,
    "cli_benchmark": 6,
    "cli_tasks": 6,
    "cli_report": 5.5,
    "console": 5,
    "proposals": 4.5,
    "drafts": 4,
    "compare": 2,
    "pages": 2,
    "build": 3,
    "steps": 2,
    "state": 2.3,
    "about": 2.6,
    **dict.fromkeys(STAGES, 1),
    **dict.fromkeys(GROUND, 0),
}
SLOW = ("great_expectations", "datasets", "trafilatura", "pandas", "scipy", "sentencex", "langdetect", "pyarrow")
NOTHING_SLOW = SLOW[:5]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SCRIPTS).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> list[tuple[str, int]]:
    """Every module that a file imports, anywhere in it, with the line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: a relative import"
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def room(module: str) -> str:
    """`allegata.clean.rules.ticker` -> `clean`; the package itself is no room."""
    return module.partition(".")[2].partition(".")[0]


ARROWS = [
    (path, line, room(module_name(path)), room(target))
    for path in sorted(PACKAGE.rglob("*.py"))
    for target, line in imports(path)
    if target.split(".")[0] == "allegata"
]


def test_every_room_has_its_floor() -> None:
    rooms = {room(module_name(path)) for path in PACKAGE.rglob("*.py")} - {""}
    assert rooms <= FLOORS.keys()
    assert len(ARROWS) > 100


def test_imports_run_downwards_and_no_stage_imports_another() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {source} imports {target}"
        for path, line, source, target in ARROWS
        if source
        and target != source
        and FLOORS[target] >= FLOORS[source]
        and not (source in GROUND and target == "schema")
        and not type_only(path, line)
    ]
    assert wrong == []


def type_only(path: Path, line: int) -> bool:
    """True for an import under `if TYPE_CHECKING` of the console: it names the `Build` that it shows."""
    return any(
        isinstance(node, ast.If)
        and ast.unparse(node.test) == "TYPE_CHECKING"
        and node.lineno < line <= (node.end_lineno or 0)
        and FLOORS[room(module_name(path))] >= 2
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_on_the_ground_floor_the_text_room_may_use_labels_and_the_schema_room_uses_nobody() -> None:
    assert ("text", "schema") in {(source, target) for _, _, source, target in ARROWS}
    assert [target for _, _, source, target in ARROWS if source == "schema" and target not in ("schema", "")] == []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    modules = {module_name(path): path for path in PACKAGE.rglob("*.py")}
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
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lines = {node.lineno for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))}
    return [(target, line) for target, line in imports(path) if line in lines]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SCRIPTS), "PYTHONDONTWRITEBYTECODE": "1"}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    "code",
    [
        "import allegata",
        "import allegata.cli",
        "import allegata.console",
        "import allegata.build",
        "import sys\nsys.argv = ['allegata', '--help']\nimport allegata.cli\n"
        "try: allegata.cli.main()\nexcept SystemExit: pass",
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
