"""What is installed: the lock names every package with the digests of its published files, and pip checks them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bench.dependencies import PAGE, page
from project import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.M)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def pins(name: str) -> dict[str, str]:
    """Package -> version, of a file of requirements."""
    found = PACKAGE.findall((ROOT / name).read_text(encoding="utf-8"))
    assert len(found) == len({package for package, _ in found}), f"{name} names a package more than once"
    return {canonicalize_name(package): version for package, version in found}


LOCK = pins("requirements.lock")


def test_the_lock_has_the_versions_of_the_constraints() -> None:
    assert len(LOCK) > 200
    assert pins("constraints.txt") == LOCK, "write the version into constraints.txt, then: make lock"


def test_every_package_of_the_lock_has_digests_and_none_says_where_it_lies() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(lines) if PACKAGE.match(line)]
    assert [line for number, line in enumerate(lines) if number not in places and not HASH.fullmatch(line)] == []
    assert [lines[number] for number in places if not HASH.fullmatch(lines[number + 1])] == []
    assert "//" not in "".join(lines)


def test_the_build_backend_is_that_of_the_lock() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend == f"hatchling=={LOCK['hatchling']}"
    assert {"pip", "setuptools"} <= LOCK.keys()


def needed(requirements: list[str], extra: str = "") -> dict[str, str]:
    """Every package that is needed here, and the installed version of it (empty where it is not installed)."""
    found: dict[str, str] = {}
    waiting = [(Requirement(line), extra) for line in requirements]
    seen = set()
    while waiting:
        requirement, of = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": of}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *sorted(requirement.extras)):
            if (name, wanted) in seen:
                continue
            seen.add((name, wanted))
            if name == "allegata":
                waiting += [
                    (Requirement(line), "") for line in PROJECT["project"]["optional-dependencies"].get(wanted, [])
                ]
                continue
            try:
                installed = distribution(name)
            except PackageNotFoundError:
                found[name] = ""
                continue
            found[name] = installed.version
            waiting += [(Requirement(line), wanted) for line in installed.requires or []]
    return found


def test_all_that_is_installed_for_the_tests_is_in_the_lock() -> None:
    found = needed([*PROJECT["project"]["dependencies"], "allegata[dev]"])
    assert len(found) > 100
    assert {name: version for name, version in found.items() if version not in ("", LOCK.get(name))} == {}
    assert found.keys() <= LOCK.keys()


def test_the_page_of_licences_is_that_of_the_lock_and_of_what_is_installed() -> None:
    assert page(ROOT) == (ROOT / PAGE).read_text(encoding="utf-8"), "python -m bench dependencies"


def test_nothing_of_the_core_is_under_a_licence_that_binds_what_uses_it() -> None:
    rows = [line for line in (ROOT / PAGE).read_text(encoding="utf-8").splitlines() if line.endswith("| core |")]
    assert len(rows) > 60
    binding = re.compile(r"\b(?:A?GPL|SSPL|BUSL|none stated)")
    assert [line for line in rows if binding.search(line) and " OR " not in line] == []


@pytest.mark.parametrize("right", [True, False], ids=["the published file", "another file"])
def test_pip_installs_a_file_of_the_lock_and_no_other(right: bool, tmp_path: Path) -> None:
    """With the options of the Makefile, and the real pip."""
    wheel = tmp_path / "quay_crane-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("quay_crane.py", "LIFTS = 3\n")
        below = "quay_crane-1.0.dist-info"
        archive.writestr(f"{below}/METADATA", "Metadata-Version: 2.1\nName: quay-crane\nVersion: 1.0\n")
        archive.writestr(f"{below}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{below}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes() if right else b"published").hexdigest()
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"quay-crane==1.0 \\\n    --hash=sha256:{digest}\n", encoding="utf-8")
    (options,) = re.findall(r"^INSTALL := \$\(PIP\) (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", tmp_path]
    command += [*options.replace("requirements.lock", str(lock)).split(), "--target", tmp_path / "site", "quay-crane"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is right, done.stderr
    assert (tmp_path / "site" / "quay_crane.py").is_file() is right
    assert right or "DO NOT MATCH THE HASHES" in done.stderr
