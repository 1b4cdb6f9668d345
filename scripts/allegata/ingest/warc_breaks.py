"""Where a broken web archive goes on: the next record behind a break, and whether the one before it is whole."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1 << 20
_LONGEST_HEAD = 1 << 16
_RECORD = re.compile(rb"WARC/1\.\d{1,3}\r?\n")
# A record, or a gzip member of deflated data: flags, time, effort and system as RFC 1952 has them.
_BEGINNING = re.compile(
    rb"WARC/1\.\d{1,3}\r?\n|\x1f\x8b\x08(?=[\x00-\x1f].{4}[\x00\x02\x04][\x00-\x0d\xff])", re.DOTALL
)
# Bytes of a member that hold its head and the first line inside it.
_FIRST_LINE = 4096
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)


def next_record(path: Path, after: int) -> int | None:
    """The offset of the first record of `path` that begins at `after` or later; None if there is none.

    A record begins with `WARC/1.x` on a line of its own, packed or not: a gzip member counts if it unpacks to that.
    """
    with path.open("rb") as file:
        file.seek(after)
        base, data = after, file.read(_CHUNK)
        while data:
            more = file.read(_CHUNK)
            # What begins near the end is looked at with the next chunk, when all of its first line is there.
            end = len(data) - _FIRST_LINE if more else len(data)
            for match in _BEGINNING.finditer(data):
                if match.start() >= end:
                    break
                if match.group()[:1] == b"W" or _holds_record(data[match.start() : match.start() + _FIRST_LINE]):
                    return base + match.start()
            base, data = base + end, data[end:] + more if more else b""
    return None


def has_stated_length(path: Path, offset: int) -> bool:
    """True if the record at `offset` ends where its Content-Length says: with two line ends behind its block.

    Also where no record begins there (records packed together have no place of their own): then nobody can tell.
    """
    found = _end(path, offset)
    if found is None:
        return True
    left, last = found
    # `left` is how much of the block is missing: behind it stand -left bytes.
    return left is not None and left <= -4 and last[left : left + 4 or None] == b"\r\n\r\n"


def states_more(path: Path, offset: int) -> bool:
    """True if the record at `offset` states more bytes than its gzip member, or the file, has behind its head.

    A reader that believes it swallows all records that follow.
    """
    found = _end(path, offset)
    return found is not None and found[0] is not None and found[0] > 0


def hides_more(path: Path, offset: int) -> bool:
    """True if a record begins behind that at `offset`, where a reader came to the end of a packed archive.

    A damaged gzip header that states a name or another field takes what follows for it, without an error.
    """
    with path.open("rb") as file:
        file.seek(offset)
        packed = file.read(2) == b"\x1f\x8b"
    return packed and next_record(path, offset + 1) is not None


def _end(path: Path, offset: int) -> tuple[int | None, bytes] | None:
    """How many bytes of the block of a record are missing (below 0: how many stand behind it; None where it states
    no length), and the last that were looked at. None where no record begins at `offset`."""
    pieces = _pieces(path, offset)
    head = b""
    for piece in pieces:
        head += piece
        if b"\r\n\r\n" in head or len(head) > _LONGEST_HEAD:
            break
    if not _RECORD.match(head):
        return None
    lines, mark, rest = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(lines + b"\r\n")
    if not mark or not length:
        return None, b""
    left = int(length.group(1)) - len(rest)
    last = rest
    for piece in pieces:
        if left <= -4:
            break
        left, last = left - len(piece), last[-4:] + piece
    return left, last


def _holds_record(member: bytes) -> bool:
    """True if the beginning of a gzip member unpacks to that of a record."""
    try:
        return bool(_RECORD.match(zlib.decompressobj(31).decompress(member, 64)))
    except zlib.error:
        return False


def _pieces(path: Path, offset: int) -> Iterator[bytes]:
    """The unpacked bytes from `offset` on: of one gzip member, or of the file if none begins there."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(_CHUNK // 16)
        if not data.startswith(b"\x1f\x8b"):
            while data:
                yield data
                data = file.read(_CHUNK)
            return
        unpacker = zlib.decompressobj(31)
        try:
            while data and not unpacker.eof:
                yield unpacker.decompress(data, _CHUNK)
                data = unpacker.unconsumed_tail or file.read(_CHUNK)
        except zlib.error:
            return
