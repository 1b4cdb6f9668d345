"""`allegata browse --open`: the browser of the machine gets the address of the first page."""

from __future__ import annotations

import os
import subprocess
import sys
import webbrowser
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from allegata.cli.shown import open_page
from project import ROOT


def test_the_browser_of_the_machine_is_given_the_first_page_whatever_its_folder_is_called(tmp_path: Path) -> None:
    stub, given, output = tmp_path / "browser.py", tmp_path / "given", tmp_path / "pages of é #1"
    stub.write_text("import pathlib, sys\npathlib.Path(sys.argv[1]).write_text('\\n'.join(sys.argv[2:]))\n")
    command = [sys.executable, "-m", "allegata", "browse", "--corpus", str(ROOT / "corpus"), "--output", str(output)]
    browser = f"'{sys.executable}' '{stub}' '{given}' %s"
    subprocess.run([*command, "--open"], env={**os.environ, "BROWSER": browser}, check=True, capture_output=True)
    (address,) = given.read_text("utf-8").splitlines()
    shown = urlsplit(address)
    assert (shown.scheme, shown.netloc, shown.query, shown.fragment) == ("file", "", "", "")
    page = Path(url2pathname(shown.path))
    assert page == output / "index.html"
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_where_no_browser_is_found_the_page_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "_tryorder", [])
    open_page(tmp_path / "index.html")
    assert capsys.readouterr().err == (
        f"warning: no browser is found on this machine: open {tmp_path / 'index.html'} yourself\n"
    )
