"""The files of a CAS export: a folder, a file, or a zip of INCEpTION, which may hold a zip for each annotator.

Nothing is unpacked to the disk; a name of an archive only says which document and annotator a file is of.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from allegata.exchange.cas.structures import UimaTypes
from allegata.exchange.cas.xmi import read_types
from allegata.exchange.folder import Reading, id_of
from allegata.schema.problems import Problem

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_DOCUMENT = (".xmi", ".json", ".txt", ".zip")
_WORKS = ("annotation", "curation")  # the folders of a project export that hold what annotators and curators made
_INITIAL = "INITIAL_CAS"  # the state before anybody annotated (INCEpTION's `AnnotationDocumentExporter`)


@dataclass(frozen=True)
class Entry:
    """A file: its name in a report, in which `!` is between an archive and what is in it, its size, how it is read;
    where it lies on the disk, unless it lies in an archive."""

    name: str
    size: int
    read: Callable[[], bytes]
    path: Path | None = None

    @property
    def parts(self) -> list[str]:
        """The folders and archives it lies in, and its name."""
        return self.name.replace("!", "/").split("/")


def files_of(path: Path, ending: str, reading: Reading) -> Iterator[tuple[Entry, bytes, UimaTypes]]:
    """The files of that ending, with the types that lie beside them or above; what cannot be read is a problem."""
    if path.is_dir():
        found = reading.files(path, ending, ".xml", ".zip")
    else:
        beside = [one for one in sorted(path.parent.glob("*.xml")) if _is_types(one.name) and path.suffix == ".xmi"]
        found = [(one.name, one) for one in beside] + reading.files(path)
    entries = [Entry(name, file.stat().st_size, file.read_bytes, file) for name, file in found]
    yield from _within(entries, ending, reading, 2)


def _within(
    entries: list[Entry], ending: str, reading: Reading, depth: int
) -> Iterator[tuple[Entry, bytes, UimaTypes]]:
    types: dict[str, UimaTypes] = {}
    for entry in entries:
        if _is_types(entry.name) and (data := _data(entry, reading)) is not None:
            types[_folder(entry.name)] = read_types(data, entry.name, reading)
    is_project = any(_work_of(entry.parts) for entry in entries)
    for entry in entries:
        lower = entry.name.lower()
        if lower.endswith(".zip"):
            yield from _of_zip(entry, ending, reading, depth)
        elif lower.endswith(ending) and (not is_project or _work_of(entry.parts)):
            data = _data(entry, reading)
            if data is not None:
                yield entry, data, _types_for(entry.name, types)


def _of_zip(entry: Entry, ending: str, reading: Reading, depth: int) -> Iterator[tuple[Entry, bytes, UimaTypes]]:
    if not depth:
        reading.problems.add(Problem("is an archive in an archive in an archive", "unpack it", file=entry.name))
        return
    data = b"" if entry.path else _data(entry, reading)
    if data is None:
        return
    try:
        archive = zipfile.ZipFile(entry.path or BytesIO(data))
        infos = sorted(archive.infolist(), key=lambda info: info.filename)
    except BROKEN as error:
        reading.problems.add(Problem(f"is no zip archive: {error}", "export it again", file=entry.name))
        return
    inner = []
    for info in infos:
        name = f"{entry.name}!{info.filename}"
        parts = info.filename.replace("\\", "/").split("/")
        if ".." in parts or not parts[0]:
            reading.problems.add(Problem("names a place outside of its archive", "export it again", file=name))
        elif not info.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in parts):
            inner.append(Entry(name, info.file_size, partial(archive.read, info)))
    with archive:
        yield from _within(inner, ending, reading, depth - 1)


def _data(entry: Entry, reading: Reading) -> bytes | None:
    if entry.size > reading.limits.cas_bytes:
        what, fix = reading.limits.excess("cas-bytes", entry.size)
        reading.problems.add(Problem(what, f"split the document; or {fix}", file=entry.name))
        return None
    try:
        return entry.read()
    except BROKEN as error:
        reading.problems.add(Problem(f"cannot be read: {error}", "export it again", file=entry.name))
        return None


def _is_types(name: str) -> bool:
    return name.replace("!", "/").rpartition("/")[2].lower() == "typesystem.xml"


def _folder(name: str) -> str:
    return name.replace("!", "/").rpartition("/")[0]


def _types_for(name: str, types: dict[str, UimaTypes]) -> UimaTypes:
    """The types in the folder of a file, or the nearest above it."""
    folder = _folder(name)
    while folder not in types and folder:
        folder = _folder(folder)
    return types.get(folder, UimaTypes())


def _work_of(parts: list[str]) -> tuple[str, str] | None:
    """Document and annotator of a file of a project export, `annotation/DOCUMENT/ANNOTATOR.…`; None for another."""
    for at, part in enumerate(parts[:-2]):
        if part in _WORKS:
            return parts[at + 1], parts[at + 2]
    # Of a folder below that: what holds the works of a document is named as the document was, with its ending.
    named = (at for at, part in enumerate(parts[:-1]) if part.endswith((".xmi", ".json", ".txt")))
    return next(((parts[at], parts[at + 1]) for at in named), None)


def identity(entry: Entry) -> tuple[str, str] | None:
    """The id of the document and the annotator ("": nobody is named) of a file; None where nobody annotated it."""
    work = _work_of(entry.parts)
    if work is None:
        return id_of(_stem(entry.parts[-1])), ""
    document, annotator = (_stem(part) for part in work)
    return None if annotator == _INITIAL else (id_of(document), annotator)


def _stem(name: str) -> str:
    return next((name.removesuffix(ending) for ending in _DOCUMENT if name.lower().endswith(ending)), name)
