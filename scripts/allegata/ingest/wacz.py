"""WACZ: a zip file of web archives with their indexes (Webrecorder, "Web Archive Collection Zipped" 1.1.1)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from allegata.ingest.packed import DamagedError
from allegata.ingest.warc import Fetched, PassedOver, read_stream
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem

WARC_SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".wet", ".wet.gz")
_FIX = "fetch the archive again, or add what can be read with --skip-bad"
_RECENT = 1 << 20  # bytes of an entry that are kept: to go back behind them it is unpacked again
_ENCRYPTED = 1


def read_wacz(path: Path, limits: Limits = DEFAULTS) -> Iterator[Fetched | PassedOver | Problem]:
    """The pages of all web archives in a zip file, as `read_warc` gives them; nothing is unpacked to the disk."""
    try:
        archive = ZipFile(path)
    except (BadZipFile, NotImplementedError, ValueError) as error:
        yield Problem(f"is no zip file that can be read: {error}", _FIX, file=path.name)
        return
    with archive:
        entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(WARC_SUFFIXES)]
        if not entries:
            yield Problem("holds no web archive", f"it should have files named {WARC_SUFFIXES[1]}", file=path.name)
        for entry in entries:
            yield from _read(archive, entry, f"{path.name}/{entry.filename}", limits)


def _read(archive: ZipFile, entry: ZipInfo, name: str, limits: Limits) -> Iterator[Fetched | PassedOver | Problem]:
    if entry.flag_bits & _ENCRYPTED:
        yield Problem("is encrypted", "decrypt the archive, or add what can be read with --skip-bad", file=name)
        return
    try:
        file = archive.open(entry)
    except (BadZipFile, NotImplementedError, OSError) as error:
        yield Problem(f"cannot be read: {error}", _FIX, file=name)
        return
    with file:
        yield from read_stream(_Entry(file), name, limits)  # type: ignore[arg-type]  # it is asked to read and seek alone


class _Entry:
    """An entry of a zip file to read and seek. A seek back would otherwise unpack it from its beginning, and members of
    a few kilobytes are read in larger pieces."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._recent = b""
        self._end = self._at = 0

    def seek(self, offset: int) -> None:
        self._at = offset

    def read(self, size: int) -> bytes:
        """The next bytes. Raises `DamagedError`."""
        try:
            if not self._end - len(self._recent) <= self._at <= self._end:
                self._file.seek(self._at)
                self._recent, self._end = b"", self._at
            more = self._file.read(max(0, self._at + size - self._end))
        except (zlib.error, BadZipFile, EOFError, NotImplementedError) as error:
            raise DamagedError(f"its entry in the zip file is damaged: {error}") from None
        self._recent = (self._recent + more)[-max(_RECENT, size) :]
        self._end += len(more)
        start = self._at - (self._end - len(self._recent))
        data = self._recent[start : start + size]
        self._at += len(data)
        return data
