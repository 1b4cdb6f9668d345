"""Every import is declared in pyproject.toml: what the core takes as a dependency, the rest in its extra."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from project import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))  # tests import them
# Packages that are imported under another name.
PACKAGES = {
    "sklearn": "scikit-learn",
    "pycrfsuite": "python-crfsuite",
    "yaml": "pyyaml",
    "readability": "readability-lxml",
    "phonenumbers": "phonenumberslite",
    "text_to_num": "text2num",
    "cassis": "dkpro-cassis",
    "markdown_it": "markdown-it-py",
}
# What tests run where it is installed: tools that ask for other versions of what is locked here, and a fuzzer.
TOOLS = {"atheris", "croissantminer", "potato"}
# What a user loads a version with; the package itself reads Parquet.
FOR_USERS = {"datasets"}
# What jusText, which trafilatura needs, asks for as an extra that the pip of Python 3.11 does not find.
FOR_OTHERS = {"lxml-html-clean"}
# Modules of the standard library that Windows has not.
POSIX = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}


def named(requirements: list[str]) -> set[str]:
    """The packages of some requirements, without their versions; `allegata[extra]` stands for that extra."""
    found = set()
    for requirement in requirements:
        name, extras = re.match(r"([A-Za-z0-9_.-]+)(?:\[([^]]*)\])?", requirement).groups()
        if name == PROJECT["name"]:
            found |= {package for extra in extras.split(",") for package in named(EXTRAS[extra.strip()])}
        else:
            found.add(re.sub(r"[-_.]+", "-", name).lower())
    return found


CORE = named(PROJECT["dependencies"])
EVERYTHING = CORE.union(*(named(extra) for extra in EXTRAS.values()))


Parsed = list[tuple[Path, list[ast.Import | ast.ImportFrom], list[ast.Call]]]


@cache
def parsed(folder: str) -> Parsed:
    """Every file of a folder with its imports and calls."""
    found: Parsed = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        nodes = [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
        imports = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
        found.append((path, imports, [node for node in nodes if isinstance(node, ast.Call)]))
    return found


def modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    """What a line imports, or imports from."""
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]


def imported(folder: str) -> dict[tuple[str, str], set[str]]:
    """(module of another package, package) -> the files of `folder` that import it."""
    files = parsed(folder)
    own = {"allegata", "bench", *(path.stem for path, _, _ in files), *(path.stem for path in EXAMPLES)}
    found: dict[tuple[str, str], set[str]] = {}
    for path, imports, _ in files:
        names = {name.partition(".")[0] for node in imports for name in modules(node)}
        for module in names - own - set(sys.stdlib_module_names):
            package = PACKAGES.get(module, module.replace("_", "-").lower())
            found.setdefault((module, package), set()).add(str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize("folder", ["scripts/allegata", "bench", "examples", "tests"])
def test_what_is_imported_is_declared(folder: str) -> None:
    declared = CORE.union(*(named(EXTRAS[extra]) for extra in EXTRAS if extra not in ("bench", "dev")))
    if folder != "scripts/allegata":
        declared = EVERYTHING | (TOOLS if folder == "tests" else set())
    found = imported(folder)
    assert found
    assert {module: files for (module, package), files in found.items() if package not in declared} == {}


def test_what_is_declared_for_all_is_imported() -> None:
    assert CORE - {package for _, package in imported("scripts/allegata")} == FOR_USERS | FOR_OTHERS


def test_an_extra_that_is_asked_for_by_name_exists() -> None:
    asked = [
        ast.literal_eval(call.args[1])
        for _, _, calls in parsed("scripts/allegata")
        for call in calls
        if ast.unparse(call.func).endswith("MissingExtraError")
    ]
    assert len(asked) >= 5
    assert set(asked) <= EXTRAS.keys()


def test_no_module_is_imported_that_windows_has_not() -> None:
    files = parsed("scripts/allegata")
    names = [(path.name, name) for path, imports, _ in files for node in imports for name in modules(node)]
    found = [f"{file}: {name}" for file, name in names if name in POSIX]
    assert found == []


def test_extras_that_spell_one_extra_of_lxml_in_two_ways_stay_out_of_the_core() -> None:
    """pip 23.2, which Python 3.11 brings, fails with an AssertionError on them."""
    assert "readability-lxml" not in CORE
