"""CAS as two formats: XMI with `TypeSystem.xml` beside it, and JSON with the types in it.

INCEpTION imports `inception/layers.json` (Settings, Layers), then the files as "UIMA CAS XMI (XML 1.0)" or
"UIMA CAS JSON 0.4"; sentences and tokens it makes itself (`DocumentImportExportServiceImpl`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from allegata.exchange.cas import layers
from allegata.exchange.cas.files import BROKEN, files_of, identity
from allegata.exchange.cas.json_cas import STRUCTURES, TYPES, read_json_cas
from allegata.exchange.cas.read import documents_of
from allegata.exchange.cas.structures import Cas, UimaTypes
from allegata.exchange.cas.write import write_json, write_xmi
from allegata.exchange.cas.xmi import read_cas
from allegata.exchange.folder import Reading
from allegata.exchange.format import Format
from allegata.text.documents import Document, TypeSystem

_PROJECT = "exportedproject.json"
_LARGEST = 1 << 25  # bytes of an archive in an archive that is looked into: its end is unpacked to find what it holds


def read_xmi_files(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of every `.xmi` file, also in zip archives; where it has no type system, one reads by `types`."""

    def parse(data: bytes, name: str, uima: UimaTypes) -> Cas | None:
        if not uima.types:
            reading.notices.add("no TypeSystem.xml beside it: values are read as text", name)
        return read_cas(data, name, uima, reading)

    yield from _read(path, ".xmi", parse, types, reading)


def read_json_files(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The documents of every `.json` file, also in zip archives."""
    yield from _read(path, ".json", lambda data, name, _: read_json_cas(data, name, reading), types, reading)


def _read(
    path: Path,
    ending: str,
    parse: Callable[[bytes, str, UimaTypes], Cas | None],
    types: TypeSystem,
    reading: Reading,
) -> Iterator[Document]:
    for entry, data, uima in files_of(path, ending, reading):
        who = identity(entry)
        if who is None:
            reading.notices.add("the state before annotation, skipped", entry.name)
        elif not entry.name.endswith((layers.FILE, _PROJECT)):
            cas = parse(data, entry.name, uima)
            if cas is not None:
                yield from documents_of(cas, *who, types, entry.name, reading)


def _recognises(ending: str, *signs: bytes) -> Callable[[Path], bool]:
    """Whether a folder or file, or a zip archive in it, has files of that ending that begin with one of the signs."""

    def is_one(name: str, stream: IO[bytes], depth: int) -> bool:
        if not name.endswith(".zip"):
            start = stream.read(2**16)
            return any(sign in start for sign in signs)
        with zipfile.ZipFile(stream) as archive:
            inner = [one for one in archive.infolist() if one.filename.endswith((ending, ".zip"))]
            return depth > 0 and any(
                is_one(one.filename, archive.open(one), depth - 1)
                for one in inner[:20]
                if one.file_size <= _LARGEST or not one.filename.endswith(".zip")
            )

    def recognises(folder: Path) -> bool:
        files = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        found = [one for one in files if one.name.endswith((ending, ".zip")) and one.is_file()]
        for one in found[:20]:
            try:
                with one.open("rb") as stream:
                    if is_one(one.name, stream, 2):
                        return True
            except BROKEN:
                continue
        return False

    return recognises


CAS_XMI = Format(
    "cas-xmi", "UIMA CAS XMI", write_xmi, read_xmi_files, _recognises(".xmi", b"www.omg.org/XMI"), "exchange"
)
CAS_JSON = Format(
    "cas-json",
    "UIMA CAS JSON",
    write_json,
    read_json_files,
    _recognises(".json", TYPES.encode(), STRUCTURES.encode()),
    "exchange",
)
