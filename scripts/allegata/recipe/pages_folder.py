"""A folder of pages, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from allegata.schema.files import whole_folder
from allegata.schema.problems import UsageError
from allegata.schema.system_errors import naming


def other_files(output: Path) -> str | None:
    """Why pages cannot take the place of `output`: it holds something else. None where they can."""
    if not output.exists() or (output / "assets" / "pages.css").is_file() or not any(output.iterdir()):
        return None
    return "holds other files: give an empty folder, or one that allegata wrote pages into"


def refuse_other_files(output: Path) -> None:
    """Raise `UsageError` where the folder holds anything but pages that an earlier run wrote."""
    if why := other_files(output):
        raise UsageError(f"{output} {why}")


def write_pages(output: Path, pages: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write files by their paths in the place of what an earlier run wrote; how many they are, and their bytes.

    Raises `UsageError` where the folder holds anything else.
    """
    files = size = 0
    with whole_folder(output, other_files) as folder:
        for path, data in pages:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with naming(place):
                place.write_bytes(data)
            files, size = files + 1, size + len(data)
    return files, size
