"""Several files under annotations/ written as one: after a kill at any point all of them are old, or all are new.

They are prepared in a folder, and the rename of that folder decides. Then each file moves to its place; who reads
annotations finishes first what was decided and not finished. A change may replace files beside annotations/ and
delete files too. A file that was edited meanwhile is never replaced: before the decision nothing is written, after it
(the writer was killed, and the file edited then) the edit and the new file are both kept until a person chooses.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from allegata.schema.files import holding_corpus, sync_folder, write_file
from allegata.schema.json_lines import json_value
from allegata.schema.problems import UsageError
from allegata.schema.system_errors import noting
from allegata.schema.unchanged import Before, digest_of

PREPARED, DECIDED, FINISHED = ".writing", ".written", ".finished"
# In what was decided: the folder of files beside annotations/, the list of files to delete, and the digests of the
# files that were there, by name relative to the folder that holds annotations/.
_BESIDE, _DELETED, _BEFORE = ".beside", ".deleted", ".before"
_DECIDED = "the change was decided: the next command that reads annotations/ puts what is missing of it in its place"


def write_files(
    annotations: Path,
    files: Mapping[str, str],
    before: Before,
    *,
    beside: Mapping[str, str] | None = None,
    deleted: Iterable[str] = (),
) -> list[Path]:
    """Write every file, whose name is relative to `annotations`; the paths, sorted.

    `before` are the files as they were when the command began. `beside` are files to write and `deleted` files to
    delete, whose names are relative to the folder that holds `annotations`; folders under `annotations` that are then
    empty go too. Raises `UsageError` while another command holds the corpus, where a folder stands in the place of a
    file, or a file in that of a folder, and where a file is not what it was; all files are then as they were. Where
    the system fails after the decision, the message says so: the next command goes on.
    """
    root, deleted = annotations.parent, sorted(deleted)
    contents = {**files, **{f"{_BESIDE}/{name}": text for name, text in (beside or {}).items()}}
    contents |= {_DELETED: json.dumps(deleted)} if deleted else {}
    places = [*(annotations / name for name in files), *(root / name for name in (*(beside or {}), *deleted))]
    digests = {place.relative_to(root).as_posix(): before.digests.get(place) for place in places}
    contents |= {_BEFORE: json.dumps(digests)} if contents else {}
    with holding_corpus(annotations.parent):
        _put_in_place(annotations)
        _refuse_blocked(root, places)
        prepared = annotations / PREPARED
        if prepared.is_dir():  # of a killed run, which had not decided
            shutil.rmtree(prepared)
        try:
            with noting("nothing was changed"):
                for name, text in contents.items():
                    path = prepared / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_file(path, text.encode())
                for folder in {folder for name in contents for folder in Path(name).parents}:
                    sync_folder(prepared / folder)
                before.refuse_changed(places, root)
                if contents:
                    prepared.rename(annotations / DECIDED)
        except BaseException:  # whatever it is, it is raised again: nothing was decided, so nothing may stay
            shutil.rmtree(prepared, ignore_errors=True)
            raise
        with noting(_DECIDED):
            sync_folder(annotations)
            _put_in_place(annotations)
    return sorted(annotations / name for name in files)


def _refuse_blocked(root: Path, wanted: Iterable[Path]) -> None:
    """Before anything is decided: what cannot be put in its place now, no later command could put there either."""
    places = set(wanted)
    above = {folder for place in places for folder in place.parents if root in folder.parents}
    are = {place: "is a folder" for place in places if place.is_dir()}
    are |= {folder: "is no folder" for folder in above if os.path.lexists(folder) and not folder.is_dir()}
    if are:
        found = ", ".join(f"{path.relative_to(root).as_posix()} {what}" for path, what in sorted(are.items()))
        raise UsageError(f"{found}: move it away; nothing was written")


def finish_writing(annotations: Path) -> None:
    """Put in place what a killed `write_files` had decided. Raises `UsageError` while another holds the corpus."""
    shutil.rmtree(annotations / FINISHED, ignore_errors=True)
    if (annotations / DECIDED).is_dir():
        with holding_corpus(annotations.parent):
            _put_in_place(annotations)


def _put_in_place(annotations: Path) -> None:
    decided, finished = annotations / DECIDED, annotations / FINISHED
    shutil.rmtree(finished, ignore_errors=True)  # of a killed run
    if not decided.is_dir():
        return
    moves = dict(_moves(annotations, decided))
    deleted = json_value((decided / _DELETED).read_bytes()) if (decided / _DELETED).is_file() else []
    _refuse_edited(annotations.parent, decided, [*moves.values(), *(annotations.parent / name for name in deleted)])
    for path, place in moves.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
        sync_folder(place.parent)
    _delete(annotations, deleted)
    decided.rename(finished)  # at once: half of what was decided would be done again
    shutil.rmtree(finished)


def _moves(annotations: Path, decided: Path) -> Iterator[tuple[Path, Path]]:
    """Each file of what was decided that is not in its place yet, with that place."""
    for path in sorted(path for path in decided.rglob("*") if path.is_file()):
        name = path.relative_to(decided)
        if name not in (Path(_DELETED), Path(_BEFORE)):
            beside = name.parts[0] == _BESIDE
            yield path, annotations.parent / name.relative_to(_BESIDE) if beside else annotations / name


def _refuse_edited(root: Path, decided: Path, places: Iterable[Path]) -> None:
    """A file that is there and is not what it was when it was decided to replace it: a person edited it since."""
    if not (decided / _BEFORE).is_file():  # an earlier program decided
        return
    was = json_value((decided / _BEFORE).read_bytes())
    found = {place.relative_to(root).as_posix(): digest for place in places if (digest := digest_of(place))}
    if edited := sorted(name for name, digest in found.items() if digest != was.get(name)):
        raise UsageError(
            f"{', '.join(edited)}: edited after a command had decided to change it, and before it was done; move the "
            "edit out of the corpus, repeat the command, and bring the edit into the new file"
        )


def _delete(annotations: Path, names: Iterable[str]) -> None:
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
