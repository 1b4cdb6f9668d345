"""What the suites say of a version is kept among its pages, and made again where what it depends on differs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from allegata.browse.overview import SuiteState
from allegata.recipe import suite_states
from allegata.recipe.browse import browse
from allegata.recipe.suite_states import KEPT
from project import ROOT

VERSION = ROOT / "examples" / "stories" / "corpus" / "v1.2.2"
CLAIMS = [SuiteState("claims", 3, 2, [("a name", 1)])]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The versions on which suites were run."""
    found: list[Path] = []

    def run(folder: Path) -> None:
        found.append(folder)

    monkeypatch.setattr(suite_states, "suite_report", run)
    return found


def kept(pages: Path, version: Path) -> Sequence[SuiteState] | None:
    """Run the suites if need be, and keep what they say as the pages do."""
    said, file = suite_states.suite_states(version, pages)
    (pages / KEPT).parent.mkdir(parents=True, exist_ok=True)
    (pages / KEPT).write_bytes(file)
    return said


def test_pages_that_are_made_again_are_the_same_and_run_no_suite(tmp_path, monkeypatch):
    pages = tmp_path / "pages"
    browse(VERSION, None, pages)
    before = {path: path.read_bytes() for path in pages.rglob("*") if path.is_file()}
    assert json.loads((pages / KEPT).read_bytes())["suites"]
    monkeypatch.setattr(suite_states, "suite_report", lambda folder: pytest.fail("ran"))
    browse(VERSION, None, pages)
    assert {path: path.read_bytes() for path in pages.rglob("*") if path.is_file()} == before


def test_suites_run_again_where_a_file_of_the_version_or_the_program_differs(tmp_path, runs, monkeypatch):
    version = shutil.copytree(VERSION, tmp_path / "v1.2.2")
    kept(tmp_path, version)
    kept(tmp_path, version)
    assert len(runs) == 1
    (version / "scheme.json").write_bytes((version / "scheme.json").read_bytes() + b" ")
    kept(tmp_path, version)
    assert len(runs) == 2
    monkeypatch.setattr(suite_states, "code_digest", lambda: "another")
    kept(tmp_path, version)
    monkeypatch.setattr(suite_states, "packages", lambda: ["another 1"])
    kept(tmp_path, version)
    assert len(runs) == 4


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b"{}", b'{"of": "%s"}', b'{"of": "%s", "suites": [{}]}', b'{"of": "%s", "suites": 1}']
)
def test_what_is_kept_damaged_is_made_again(damage, tmp_path, runs):
    kept(tmp_path, VERSION)
    of = json.loads((tmp_path / KEPT).read_bytes())["of"]
    (tmp_path / KEPT).write_bytes(damage.replace(b"%s", of.encode()))
    assert kept(tmp_path, VERSION) is None
    assert len(runs) == 2
    assert json.loads((tmp_path / KEPT).read_bytes()) == {"of": of, "suites": None}


def test_states_are_read_back_as_they_were(tmp_path, runs):
    kept(tmp_path, VERSION)
    file = json.loads((tmp_path / KEPT).read_bytes())
    claims = {"table": "claims", "rows": 3, "expectations": 2, "failing": [["a name", 1]]}
    (tmp_path / KEPT).write_text(json.dumps(file | {"suites": [claims]}), "utf-8")
    assert kept(tmp_path, VERSION) == CLAIMS
