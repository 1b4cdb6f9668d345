"""Several files under annotations/ written as one: after a kill at any point all of them are old, or all are new.

They are prepared in a folder, and the rename of that folder decides. Then each file moves to its place; who reads
annotations finishes first what was decided and not finished. A change may replace files beside annotations/ and
delete files too.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from allegata.schema.files import holding, sync_folder, write_file
from allegata.schema.problems import UsageError

PREPARED, DECIDED = ".writing", ".written"
# In what was decided: the folder of files beside annotations/, and the list of files to delete.
_BESIDE, _DELETED = ".beside", ".deleted"
_WHO = "writer of annotations"


def write_files(
    annotations: Path, files: Mapping[str, str], *, beside: Mapping[str, str] | None = None, deleted: Iterable[str] = ()
) -> list[Path]:
    """Write every file, whose name is relative to `annotations`; the paths, sorted.

    `beside` are files to write and `deleted` files to delete, whose names are relative to the folder that holds
    `annotations`; folders under `annotations` that are then empty go too. Raises `UsageError` while another process
    writes there, and where a folder stands in the place of a file, or a file in that of a folder. Whatever is raised,
    all files are as they were.
    """
    deleted = sorted(deleted)
    contents = {**files, **{f"{_BESIDE}/{name}": text for name, text in (beside or {}).items()}}
    contents |= {_DELETED: json.dumps(deleted)} if deleted else {}
    with holding(annotations, _WHO):
        _put_in_place(annotations)
        own = (f"{annotations.name}/{name}" for name in files)
        _refuse_blocked(annotations.parent, [*own, *(beside or {}), *deleted])
        prepared = annotations / PREPARED
        if prepared.is_dir():  # of a killed run, which had not decided
            shutil.rmtree(prepared)
        try:
            for name, text in contents.items():
                path = prepared / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, text.encode())
            for folder in {folder for name in contents for folder in Path(name).parents}:
                sync_folder(prepared / folder)
            if contents:
                prepared.rename(annotations / DECIDED)
                sync_folder(annotations)
        except Exception:  # whatever it is, it is raised again: nothing was decided, so nothing may stay
            shutil.rmtree(prepared, ignore_errors=True)
            raise
        _put_in_place(annotations)
    return sorted(annotations / name for name in files)


def _refuse_blocked(root: Path, names: Iterable[str]) -> None:
    """Before anything is decided: what cannot be put in its place now, no later command could put there either."""
    places = {root / name for name in names}
    above = {folder for place in places for folder in place.parents if root in folder.parents}
    are = {place: "is a folder" for place in places if place.is_dir()}
    are |= {folder: "is no folder" for folder in above if os.path.lexists(folder) and not folder.is_dir()}
    if are:
        found = ", ".join(f"{path.relative_to(root).as_posix()} {what}" for path, what in sorted(are.items()))
        raise UsageError(f"{found}: move it away; nothing was written")


def finish_writing(annotations: Path) -> None:
    """Put in place what a killed `write_files` had decided. Raises `UsageError` while another process writes there."""
    if (annotations / DECIDED).is_dir():
        with holding(annotations, _WHO):
            _put_in_place(annotations)


def _put_in_place(annotations: Path) -> None:
    decided = annotations / DECIDED
    if not decided.is_dir():
        return
    for path in sorted(path for path in decided.rglob("*") if path.is_file()):
        name = path.relative_to(decided)
        if name == Path(_DELETED):
            continue
        beside = name.parts[0] == _BESIDE
        place = annotations.parent / name.relative_to(_BESIDE) if beside else annotations / name
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
        sync_folder(place.parent)
    if (decided / _DELETED).is_file():
        _delete(annotations, json.loads((decided / _DELETED).read_bytes()))
    shutil.rmtree(decided)


def _delete(annotations: Path, names: list[str]) -> None:
    places = [annotations.parent / name for name in names]
    for place in places:
        place.unlink(missing_ok=True)
    folders = {folder for place in places for folder in place.parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        if annotations in folder.parents:
            with suppress(OSError):  # it holds other files, or is gone already
                folder.rmdir()
        if folder.is_dir():
            sync_folder(folder)
