"""The page of all packages that the lock names, each with its licence, from what the packages say of themselves."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK, PROJECT, PAGE = Path("requirements.lock"), Path("pyproject.toml"), Path("docs/dependencies.md")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.M)
_ROW = re.compile(r"^\| (\S+) \| (\S+) \| (.+) \| (core|extra) \|$", re.M)
_LONGEST = 60  # characters of a licence that is a name, not its text
# Where the page is made for, so that it is the same wherever it is made.
_HERE = {
    "python_version": "3.11",
    "python_full_version": "3.11.7",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "os_name": "posix",
}
_INTRODUCTION = """# What allegata depends on

Every package of `requirements.lock` with the licence that it states: its SPDX expression, else its field or its
classifiers. `core` is what the package needs on Linux with Python 3.11, `extra` what an extra, the tests or
another platform adds. allegata itself is under Apache-2.0, and contains none of them. `python -m bench dependencies`
writes this page; `tests/test_supply_chain.py` compares it with what is installed.

| package | version | licence | for |
|---|---|---|---|
"""


def page(root: Path, report: Path | None = None) -> str:
    """The page for the lock in `root`.

    Of a package that is not installed in its version the licence is that of `report` (of `pip install --report`), or
    of the page as it is. Raises `LookupError` with those of which nothing is known.
    """
    there = (root / PAGE).read_text(encoding="utf-8") if (root / PAGE).is_file() else ""
    known = {(name, version): licence for name, version, licence, _ in _ROW.findall(there)}
    items = json.loads(report.read_text(encoding="utf-8"))["install"] if report else ()
    for metadata in (item["metadata"] for item in items):
        version = metadata["version"].partition("+")[0]  # a build of one machine
        known[canonicalize_name(metadata["name"]), version] = _licence(
            metadata.get("license_expression"), metadata.get("license"), metadata.get("classifier", ())
        )
    core = set(_needed(tomllib.loads((root / PROJECT).read_text(encoding="utf-8"))["project"]["dependencies"]))
    rows, unknown = [], []
    for name, version in sorted(_PIN.findall((root / LOCK).read_text(encoding="utf-8"))):
        licence = _installed(name, version) or known.get((name, version))
        if not licence:
            unknown.append(f"{name}=={version}")
        rows.append(f"| {name} | {version} | {licence} | {'core' if name in core else 'extra'} |\n")
    if unknown:
        what = "their licences are not known: give the report of pip install --dry-run --ignore-installed --no-deps"
        raise LookupError(f"{what} --report FILE {' '.join(unknown)}")
    return _INTRODUCTION + "".join(rows)


def _installed(name: str, version: str) -> str | None:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return None
    if found.version.partition("+")[0] != version:
        return None
    metadata = found.metadata
    return _licence(metadata["License-Expression"], metadata["License"], tuple(metadata.get_all("Classifier") or ()))


def _licence(expression: str | None, field: str | None, classifiers: Any) -> str:
    """What a package states, in one line that fits a table."""
    named = " ".join((field or "").split())
    listed = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    first = [said for said in (expression, named if len(named) <= _LONGEST else "", ", ".join(sorted(listed))) if said]
    return (first or [named[:_LONGEST] + " …" if named else "none stated"])[0].replace("|", "/")


def _needed(requirements: list[str]) -> Iterator[str]:
    """Every package that these need in `_HERE`, by the metadata of what is installed."""
    waiting: list[tuple[Requirement, str]] = [(Requirement(line), "") for line in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        environment: Mapping[str, str] = {**_HERE, "extra": extra}
        if requirement.marker and not requirement.marker.evaluate(dict(environment)):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ({"", *requirement.extras}) - {of for one, of in seen if one == name}:
            seen.add((name, wanted))
            try:
                waiting += [(Requirement(line), wanted) for line in distribution(name).requires or ()]
            except PackageNotFoundError:
                continue
    yield from {name for name, _ in seen}
