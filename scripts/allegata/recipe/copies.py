"""A corpus to try something on: a copy in which what is tried may write, without a byte of the original changing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from allegata.engine.scratch import Scratch


@contextmanager
def temporary_copy(root: Path, folders: Collection[str]) -> Iterator[Path]:
    """A folder of the name of `root`, with its files and those of its `folders`; other folders are links to its own.

    What is hidden is not in it. The copy is deleted at the end.
    """
    with Scratch() as place:
        copy = place / root.resolve().name
        copy.mkdir()
        for entry in root.resolve().iterdir():
            if entry.name in folders:
                shutil.copytree(entry, copy / entry.name)
            elif entry.name.startswith("."):
                continue
            elif entry.is_file():
                shutil.copy(entry, copy / entry.name)
            else:
                os.symlink(entry, copy / entry.name)
        yield copy
