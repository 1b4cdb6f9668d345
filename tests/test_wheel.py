"""The wheel, installed where no source tree is: init, add, build, load, and the next version. Nothing is downloaded.

A wheel and a source archive have the same bytes wherever and whenever they are made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from project import ROOT, tree

ONE = "Bridge shut since May\n\nBrackwater Bridge has been shut since 3 May. Mara Quill said the bridge had moved.\n"
TWO = "Ferry sails again\n\nThe ferry sails at nine, the harbour office said. It carries no cars before the summer.\n"
LOAD = """
import json, sys
import datasets
rows = datasets.load_dataset("./corpus", "articles", cache_dir=sys.argv[1])
print(json.dumps({split: len(table) for split, table in rows.items()}))
"""


def made_in(place: Path, *options: str, umask: int = -1, **environment: str) -> Path:
    """What `python -m build` makes of a copy of the sources: a build leaves files in the tree that it is made from."""
    shutil.copytree(ROOT / "scripts", place / "source" / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "constraints.txt"):
        shutil.copy(ROOT / name, place / "source")
    if umask != -1:
        for path in (place / "source").rglob("*"):
            path.chmod(path.stat().st_mode & ~umask)
            os.utime(path, (1_800_000_000, 1_800_000_000))
    command = [sys.executable, "-m", "build", *options, "--no-isolation", "--outdir", place, place / "source"]
    env = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | environment
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, umask=umask)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(place / "source")
    return place


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (made,) = made_in(tmp_path_factory.mktemp("wheel"), "--wheel").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """An interpreter of a new environment that sees the installed third-party packages, and of ours the wheel alone."""
    place = wheel.parent / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    found = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", str(found), "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    site = Path(run(found, place, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A .pth adds folders, but not what the .pth files in them add: the editable install of the tests stays out.
    (site / "third-party.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    for path in [*(site / "allegata").rglob("*"), site / "allegata"]:
        path.chmod(path.stat().st_mode & ~0o222)
    return found


def run(python: Path, folder: Path, *arguments: str) -> str:
    """What a command prints in `folder`, with nothing of this process but its path."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [str(python), *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = ROOT / "scripts"
    wanted = {path.relative_to(source).as_posix() for path in (source / "allegata").rglob("*") if path.is_file()}
    assert found == {name for name in wanted if "__pycache__" not in name}


def test_wheel_and_source_archive_have_the_same_bytes_wherever_they_are_made(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "another place"
    first = tree(made_in(here, "--wheel", "--sdist", umask=0o022, TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1"))
    second = tree(
        made_in(there, "--wheel", "--sdist", umask=0o077, TZ="Asia/Tokyo", LC_ALL="C.UTF-8", PYTHONHASHSEED="2")
    )
    assert {name.rpartition(".")[2] for name in first} == {"gz", "whl"}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in first.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in second.items()
    }


def test_a_wheel_of_the_source_archive_is_that_of_the_sources(wheel: Path, tmp_path: Path) -> None:
    """Without --wheel or --sdist the wheel is made of the unpacked source archive."""
    (made,) = made_in(tmp_path / "both").glob("*.whl")
    assert made.read_bytes() == wheel.read_bytes()


def test_the_wheel_carries_the_licence_of_the_code(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE"))
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
        assert "\nLicense-Expression: Apache-2.0\n" in archive.read(metadata).decode()


def test_project_and_package_have_one_version(wheel: Path, python: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert wheel.name.split("-")[1] == version
    assert run(python, wheel.parent, "-c", "import allegata; print(allegata.__version__)").strip() == version


def test_in_an_empty_folder_the_wheel_publishes_and_publishes_again(python: Path, tmp_path: Path) -> None:
    where = "import allegata; print(allegata.__file__)"
    package = Path(run(python, tmp_path, "-c", where).strip()).parent
    assert package.is_relative_to(python.parent.parent)
    before = tree(package)
    for name, text in (("one.txt", ONE), ("two.txt", TWO)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    run(python, tmp_path, "-m", "allegata", "init", "harbour", "--title", "Harbour", "--language", "en")
    root, below = tmp_path / "harbour", tmp_path / "harbour" / "annotations"
    run(python, root, "-m", "allegata", "add", "../one.txt")
    assert "published corpus/v1.0.0" in run(python, below, "-m", "allegata", "build")
    assert json.loads(run(python, root, "-c", LOAD, str(tmp_path / "cache"))) == {"train": 1}
    run(python, below, "-m", "allegata", "add", "../../two.txt")
    second = run(python, root, "-m", "allegata", "build")
    assert "published corpus/v1.1.0" in second
    assert "1.1.0 is minor after 1.0.0: 1 article added: " in second
    assert sum(json.loads(run(python, root, "-c", LOAD, str(tmp_path / "cache"))).values()) == 2
    assert tree(package) == before
