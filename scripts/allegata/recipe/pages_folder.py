"""A folder of pages, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from allegata.schema.files import whole_folder
from allegata.schema.json_lines import JsonError, json_object
from allegata.schema.problems import UsageError
from allegata.schema.system_errors import naming
from allegata.schema.wording import some

# The list of the files that a command wrote: what of the folder the next run may replace.
LIST = "assets/pages.json"


def other_files(output: Path, command: str) -> str | None:
    """Why pages of a command cannot take the place of `output`: it holds a file that the command did not write. None
    where they can."""
    if not output.exists():
        return None
    found = sorted(_files(output))
    by, listed = _listed(output / LIST)
    if by and by != command:
        return f"holds the pages of `allegata {by}`: give another folder"
    known = listed | {LIST} if by else frozenset()
    others = [name for name in found if name not in known]
    if not others:
        return None
    return (
        f"holds other files ({some(map(repr, others), 3)}): "
        f"give an empty folder, or one with nothing but the pages of `allegata {command}`"
    )


def refuse_other_files(output: Path, command: str) -> None:
    """Raise `UsageError` where the folder holds anything but pages that an earlier run of the command wrote."""
    if why := other_files(output, command):
        raise UsageError(f"{output} {why}")


def write_pages(output: Path, command: str, pages: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write files by their paths in the place of what an earlier run of the command wrote; how many they are, and their
    bytes. A list of them is written beside them.

    Raises `UsageError` where the folder holds anything else.
    """
    names: list[str] = []
    size = 0
    with whole_folder(output, lambda folder: other_files(folder, command)) as folder:
        for path, data in pages:
            _write(folder / path, data)
            names.append(path)
            size += len(data)
        _write(folder / LIST, json.dumps({"command": command, "files": sorted(names)}, indent=0).encode())
    return len(names), size


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with naming(place):
        place.write_bytes(data)


def _files(folder: Path) -> Iterator[str]:
    """The paths of all files, links and empty folders below a folder. Raises `OSError` for one that cannot be read."""

    def refuse(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=refuse):
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        yield from ((here / name).relative_to(folder).as_posix() for name in (*files, *links))
        if not folders and not files and here != folder:
            yield here.relative_to(folder).as_posix()


def _listed(path: Path) -> tuple[str, Set[str]]:
    """The command that wrote the list, and its files; "" and nothing where there is none that can be read."""
    try:
        found = json_object(path.read_bytes())
        return str(found["command"]), frozenset(map(str, found["files"]))
    except (OSError, JsonError, KeyError, TypeError):
        return "", frozenset()
