"""Where a broken web archive goes on: the next record behind a break, and whether the one before it is whole."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1 << 20
_LONGEST_HEAD = 1 << 16
_MEMBER = re.compile(rb"\x1f\x8b\x08")
_RECORD = re.compile(rb"WARC/1\.\d+\r?\n")
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d+)[ \t]*\r?\n", re.IGNORECASE)


def next_record(path: Path, after: int) -> int | None:
    """The offset of the first record of `path` that begins at `after` or later; None if there is none.

    A record begins with `WARC/1.x` on a line of its own, packed or not: a gzip member counts if it unpacks to that.
    """
    overlap = 32  # longer than what either pattern matches
    with path.open("rb") as file:
        file.seek(after)
        base, data = after, file.read(_CHUNK)
        while data:
            found = [match.start() for pattern in (_MEMBER, _RECORD) for match in pattern.finditer(data)]
            for position in sorted(found):
                if data[position : position + 4] == b"WARC" or _RECORD.match(_head(path, base + position)):
                    return base + position
            kept = data[-overlap:]
            more = file.read(_CHUNK)
            base, data = base + len(data) - len(kept), kept + more if more else b""
    return None


def is_whole(path: Path, offset: int) -> bool:
    """True if the record at `offset` ends where its Content-Length says: with two line ends behind its block.

    Also where no record begins there (records packed together have no place of their own): then nobody can tell.
    """
    pieces = _pieces(path, offset)
    head = b""
    for piece in pieces:
        head += piece
        if b"\r\n\r\n" in head or len(head) > _LONGEST_HEAD:
            break
    if not _RECORD.match(head):
        return True
    lines, mark, rest = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(lines + b"\r\n")
    if not mark or not length:
        return False
    left = int(length.group(1)) - len(rest)
    last = rest
    for piece in pieces:
        if left <= -4:
            break
        left, last = left - len(piece), last[-4:] + piece
    # `left` is how much of the block is missing: behind it stand -left bytes.
    return left <= -4 and last[left : left + 4 or None] == b"\r\n\r\n"


def _head(path: Path, offset: int) -> bytes:
    return next(_pieces(path, offset), b"")[:64]


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
