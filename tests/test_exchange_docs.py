"""docs/exchange.md is followed word for word, and its matrix is measured."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import exchange_matrix
import warm_program
from project import ROOT

_BLOCK = re.compile(r"^```(sh|text|diff)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code of the page: what kind, of which file, and its lines."""

    kind: str
    file: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    yield from (Block(*match.groups(default="")) for match in _BLOCK.finditer(page))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("raw", "annotations", "expectations", "corpus"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "dataset_card.md"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(commands: str, place: Path, *, warm: bool = True) -> str:
    """What a shell prints that runs the commands with our program and Python in its path, up to the first failure.

    A `warm` program has imported all of the package before it is called: a page is followed by one that has not.
    """
    own = place / "bin"
    own.mkdir(exist_ok=True)
    python = f'"{sys.executable}"'
    for name, called in (
        ("allegata", warm_program.command() if warm else f"{python} -m allegata"),
        ("python3", python),
    ):
        (own / name).write_text(f'#!/bin/sh\nexec {called} "$@"\n')
        (own / name).chmod(0o755)
    path = {"PATH": f"{own}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        ["sh", "-e"], input=commands, cwd=place, env={**os.environ, **path}, capture_output=True, text=True
    )
    # diff-annotations ends with 1 where it finds a difference: the page says so.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout + done.stderr


def edit(file: Path, change: str) -> None:
    """Do what a tool did: each line behind a minus becomes the one behind a plus; a plus alone is a new last line."""
    text = file.read_text("utf-8")
    old: str | None = None
    for line in change.splitlines():
        if line[0] == "-":
            old = line[1:]
            assert text.count(f"{old}\n") == 1, old
        elif old is None:
            text += f"{line[1:]}\n"
        else:
            text, old = text.replace(f"{old}\n", f"{line[1:]}\n"), None
    file.write_text(text, "utf-8")


def test_the_tutorial_is_followed_word_for_word(copy: Path) -> None:
    said = ""
    for block in blocks((ROOT / "docs" / "exchange.md").read_text("utf-8")):
        if block.kind == "sh":
            said = run(block.text, copy)
        elif block.kind == "diff":
            edit(copy / block.file, block.text)
        else:
            for line in block.text.splitlines():
                assert line in said, f"{line!r} is not in:\n{said}"


def test_the_matrix_is_what_the_formats_hold() -> None:
    page = exchange_matrix.DOCS.read_text("utf-8")
    assert exchange_matrix.with_table(page) == page, "refresh it with: python tests/exchange_matrix.py"
