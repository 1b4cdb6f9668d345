"""Links in folders of articles: those that lead out of the folder are followed where the settings allow it only.

Who names a file or a folder means what it leads to. A link deep inside a folder may be somebody else's: it could bring
any file of this machine into a corpus that is published.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from allegata.schema.problems import Problem

_ALLOW = "follow-links = true in the settings allows such links"


def walked(
    folder: Path, *, follow: bool = False, refused: Callable[[OSError], object] | None = None
) -> Iterator[tuple[Path, bool]]:
    """Every file below `folder`, and every link that leads out of it with True; in any order.

    A link to a folder inside is passed over: its files are found where they are. With `follow` no link leads out: the
    files behind it are below the folder, those of a linked folder once. `refused` gets the error of a folder that
    cannot be read; without it the error is raised.
    """
    home = Path(os.path.realpath(folder))
    folders, entered = [folder], {home}
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError as error:
            if refused is None:
                raise
            refused(error)
            continue
        for entry in entries:
            path, real = Path(entry.path), Path(os.path.realpath(entry.path)) if entry.is_symlink() else home
            out = real is not home and not real.is_relative_to(home)
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif out and follow and entry.is_dir():
                folders += [path] if real not in entered else []
                entered.add(real)
            elif (out and not follow) or not entry.is_dir():
                yield path, out and not follow


def links_out(raw: Path) -> Iterator[str]:
    """The names, relative to `raw`, of the links below it that lead out of it; what is hidden is none of ours."""
    for path in (path for path, out in walked(raw) if out):
        name = path.relative_to(raw)
        if not any(part.startswith(".") for part in name.parts):
            yield name.as_posix()


def above(name: str) -> Iterator[str]:
    """The folders above a file, by its name relative to some folder."""
    return (folder.as_posix() for folder in PurePosixPath(name).parents)


def leads_out(name: str, fix: str) -> Problem:
    """The problem of a link that leads out of its folder; `fix` says what else than a setting helps."""
    return Problem("is a link that leads out of its folder", f"{fix}; {_ALLOW}", file=name)
