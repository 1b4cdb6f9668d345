"""Folders that go out whole or not at all, and files that come in: their names, what was met, what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote

from allegata.exchange.fields import Shape
from allegata.exchange.losses import LOSSES, Loss
from allegata.schema.files import unreadable
from allegata.schema.imported import Notices
from allegata.schema.json_lines import json_object
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, Problems
from allegata.schema.system_errors import naming

MARK = ".export.json"  # hidden, so that no tool takes it for data; says that the folder is an export, and of what
# What no file system, or not every one, takes in a name; "%" because it stands for them.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%]|^\.|[. ]$')


def stem_of(document_id: str) -> str:
    """The name of the file of a document, without its ending: its id, with what a name cannot hold percent-encoded."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", document_id)


def id_of(stem: str) -> str:
    """The id of the document in a file of that name."""
    try:
        return unquote(stem, errors="strict") if re.search(r"%[0-9A-F]{2}", stem) else stem
    except UnicodeDecodeError:
        return stem


def beginnings(path: Path, *endings: str, size: int = 1 << 20) -> Iterator[tuple[str, bytes]]:
    """The names and first `size` bytes of the regular files with these endings right in a folder, sorted by name.

    What cannot be read, also the folder itself, is skipped: this is for guessing what a folder holds.
    """
    try:
        files = sorted(file for file in path.iterdir() if file.name.endswith(endings))
    except OSError:
        return
    for file in files:
        try:
            if file.is_file():
                with file.open("rb") as stream:
                    yield file.name, stream.read(size)
        except OSError:
            continue


def unsayable(name: str) -> Problem | None:
    """The problem of a file whose name is not UTF-8: what is made of it could not say where it comes from."""
    halves = any("\ud800" <= character <= "\udfff" for character in name)  # as Python shows such bytes
    return Problem("has a name that is not UTF-8", "rename it", file=name) if halves else None


@dataclass
class Reading:
    """What was met on the way in: repaired and counted (`notices`), or wrong and skipped (`problems`).

    A file that is larger than `limits` allow is a problem.
    """

    notices: Notices = field(default_factory=Notices)
    problems: Problems = field(default_factory=Problems)
    limits: Limits = DEFAULTS

    def files(self, path: Path, *endings: str) -> list[tuple[str, Path]]:
        """The files of these endings under a folder, or the one file, with their names in it, sorted by name.

        Hidden files are skipped. What is no regular file or cannot be read is a problem.
        """
        if path.is_dir():
            below = (file for file in path.rglob("*") if file.name.endswith(endings) and not file.is_dir())
            named = sorted((file.relative_to(path).as_posix(), file) for file in below)
            named = [(name, file) for name, file in named if not any(part[0] == "." for part in name.split("/"))]
        else:
            named = [(path.name, path)]
        found = []
        for name, file in named:
            if problem := unreadable(file, name) or unsayable(name):
                self.problems.add(problem)
            elif name != LOSSES:
                found.append((name, file))
        return found


class Export:
    """Where a format writes: files of a folder that does not exist yet, and what the format cannot hold."""

    def __init__(self, folder: Path, tokenizer: str | None = None) -> None:
        self.folder, self.tokenizer = folder, tokenizer
        self.losses: list[Loss] = []

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A file of the export, for bytes; its folders are made."""
        path = self.folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with naming(path), path.open("xb") as file:
            yield file

    def write(self, name: str, text: str) -> None:
        """A whole file of text, in UTF-8, its line ends as they are."""
        with self.open(name) as file:
            file.write(text.encode())

    def lose(self, loss: Loss) -> None:
        """Note what the format cannot hold."""
        self.losses.append(loss)


States = Mapping[str, str]  # of an article: layer -> digest of its annotations, and of the relations from them


@dataclass(frozen=True)
class Mark:
    """What an export says of itself: its format, what it is of (gold, a pass, a version), the layers that it shows, and
    the tokenizer that it is aligned to.

    `states` are those of the articles that it was made of, by id; `imported`, under gold or passes/NAME, those that the
    articles had there after corrections from these files. Of a folder that is no export, `format` is "", and
    layers and states are None.
    """

    format: str = ""
    of: str = ""
    layers: tuple[str, ...] | None = None
    tokenizer: str | None = None
    states: Mapping[str, States] | None = None
    imported: Mapping[str, Mapping[str, States]] = field(default_factory=dict)

    def text(self) -> str:
        """The content of its file."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


def mark_of(folder: Path) -> Mark:
    """The mark of an export; that of no export where there is none, or none that can be read."""
    try:
        row = Shape(json_object((folder / MARK).read_bytes()))
        return Mark(
            row.text("format"),
            row.text("of", ""),
            None if row.values.get("layers") is None else tuple(row.texts("layers")),
            row.text("tokenizer", "") or None,
            None if row.values.get("states") is None else _states(row.row("states")),
            {into: _states(row.row("imported").row(into)) for into in row.row("imported").values},
        )
    except (OSError, ValueError):
        return Mark()


def _states(row: Shape) -> dict[str, States]:
    articles = {name: row.row(name) for name in row.values}
    return {name: {layer: of.text(layer) for layer in of.values} for name, of in articles.items()}
