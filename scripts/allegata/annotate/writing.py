"""Several files under annotations/ written as one: after a kill at any point all of them are old, or all are new.

They are prepared in a folder, and the rename of that folder decides. Then each file moves to its place; who reads
annotations finishes first what was decided and not finished.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from allegata.schema.files import holding, sync_folder, write_file

PREPARED, DECIDED = ".writing", ".written"
_WHO = "writer of annotations"


def write_files(annotations: Path, files: Mapping[str, str]) -> list[Path]:
    """Write every file, whose name is relative to `annotations`; the paths, sorted.

    Raises `UsageError` while another process writes there. Whatever else is raised, all files are as they were.
    """
    with holding(annotations, _WHO):
        _put_in_place(annotations)
        prepared = annotations / PREPARED
        if prepared.is_dir():  # of a killed run, which had not decided
            shutil.rmtree(prepared)
        try:
            for name, text in files.items():
                path = prepared / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, text.encode())
            for folder in {folder for name in files for folder in Path(name).parents}:
                sync_folder(prepared / folder)
            if files:
                prepared.rename(annotations / DECIDED)
                sync_folder(annotations)
        except Exception:  # whatever it is, it is raised again: nothing was decided, so nothing may stay
            shutil.rmtree(prepared, ignore_errors=True)
            raise
        _put_in_place(annotations)
    return sorted(annotations / name for name in files)


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
        place = annotations / path.relative_to(decided)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
        sync_folder(place.parent)
    shutil.rmtree(decided)
