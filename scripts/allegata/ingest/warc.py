"""Web archives: the pages of a `.warc` or `.warc.gz` file, one record in memory at a time.

Read with fastwarc (ISO 28500:2017). Only responses with status 200 that hold a page or a text are taken; the
others are passed over and counted. fastwarc gives a cut record without an error, so every length is checked.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from allegata.ingest.warc_breaks import has_stated_length, hides_more, next_record, states_more
from allegata.schema.problems import Problem

MEDIA_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
MOST_BYTES = 20_000_000  # of one page, packed or unpacked
_MOST_BREAKS = 1000  # in a row
_MOST_SWALLOWERS = 100  # records that state more than the rest of the archive: behind each, the rest is read again
_FIX = "fetch the archive again, or add what can be read with --skip-bad"


@dataclass(frozen=True)
class Fetched:
    """One page as it was fetched. `place` is its record: file and byte offset; `day` is YYYY-MM-DD."""

    data: bytes
    content_type: str
    url: str | None
    day: str | None
    place: str


@dataclass(frozen=True)
class PassedOver:
    """A record that is fine and holds no page, and why."""

    why: str


def read_warc(path: Path) -> Iterator[Fetched | PassedOver | Problem]:
    """The records of an archive, in order.

    Behind a break it goes on with the next record, and every break is one problem; after `_MOST_BREAKS` places that
    only look like a record, or `_MOST_SWALLOWERS` records that state more than follows, it ends, which is reported too.
    """
    start: int | None = 0
    behind: int | None = None  # the last record that was read
    error, fruitless, swallowers = "", 0, 0
    while start is not None and fruitless < _MOST_BREAKS:
        held = begun = read = None  # one record is held back: whether it is whole, its successor shows
        try:
            for begun, record in _records(path, start):
                if held:
                    yield held
                    held = None
                found = _read(record, path.name, begun)
                if error and read is None:
                    yield Problem(f"{_place(behind)} and byte {begun:,} cannot be read ({error})", _FIX, file=path.name)
                held, read = found, begun
        except OSError as broken:
            behind = read if read is not None else behind
            error = str(broken)
        else:
            behind = read if read is not None else behind
            error = error if read is None else ""
        if (
            error
            and isinstance(held, Fetched | PassedOver)
            and begun == read is not None
            and not has_stated_length(path, read)
        ):
            held = Problem("has not the length it states", _FIX, file=f"{path.name}@{read}")
        if held:
            yield held
        fruitless = fruitless + 1 if read is None else 0
        swallowed = not error and read is not None and states_more(path, read)
        if swallowed and not isinstance(held, Problem):
            yield Problem("states more bytes than follow it", _FIX, file=f"{path.name}@{read}")
        silent = not error and begun is None  # a damaged gzip header may hide all of the file, without an error
        silent = silent or (not error and not swallowed and read is not None and hides_more(path, read))
        start = next_record(path, (start if begun is None else begun) + 1) if error or swallowed or silent else None
        if silent and start is not None:
            error = "it unpacks to nothing"
        swallowers += swallowed
        if start is not None and swallowers == _MOST_SWALLOWERS:
            what = f"has {swallowers} records that state more than follows them: from byte {start:,} on it is not read"
            yield Problem(what, _FIX, file=path.name)
            start = None
    if behind is None and not error:
        yield Problem("holds no record", _FIX, file=path.name)
    elif error:
        yield Problem(f"{_place(behind)} and the end cannot be read ({error})", _FIX, file=path.name)


def _place(behind: int | None) -> str:
    return "what stands between " + ("the beginning" if behind is None else f"the record at byte {behind:,}")


def _records(path: Path, start: int) -> Iterator[tuple[int, Any]]:
    """Offset and record of every record from `start` on. Raises OSError where the archive is broken."""
    from fastwarc.warc import ArchiveIterator

    with path.open("rb") as stream:
        stream.seek(start)
        for record in ArchiveIterator(stream, parse_http=False):
            yield record.stream_pos, record


def _read(record: Any, name: str, offset: int) -> Fetched | PassedOver | Problem | None:
    """What a record holds; None if it is no response."""
    from fastwarc.warc import WarcRecordType

    if record.record_type != WarcRecordType.response:
        return None
    place = f"{name}@{offset}"
    if record.is_http:
        record.parse_http()
    length, headers = record.content_length, record.http_headers
    if length > MOST_BYTES:
        return Problem(f"states {length:,} bytes in one record", "a page of that size is no article", file=place)
    body = record.reader.read(length + 1)
    if len(body) < length:
        return Problem(f"is cut: {len(body):,} of {length:,} bytes are there", _FIX, file=place)
    if headers is None:
        return PassedOver("no HTTP response")
    if headers.status_code != 200:
        return PassedOver(f"status {headers.status_code}")
    content_type = headers.get("Content-Type") or ""
    if content_type.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        return PassedOver("not a page: " + (content_type.partition(";")[0].strip().lower()[:60] or "no media type"))
    try:
        if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
            body = _read_chunks(body)
        body = _unpack(body, (headers.get("Content-Encoding") or "").strip().lower())
    except (zlib.error, OSError, ValueError) as error:
        return Problem(f"cannot be unpacked: {error}", _FIX, file=place)
    warc = record.headers
    # Some crawlers put the address in the brackets of the standard's first grammar, or leave blanks in it.
    url = (warc.get("WARC-Target-URI") or "").strip(" <>").replace(" ", "%20") or None
    return Fetched(body, content_type, url, (warc.get("WARC-Date") or "")[:10] or None, place)


def _read_chunks(body: bytes) -> bytes:
    """The body without its chunk sizes; as it is if it has none (some crawlers take them off)."""
    from fastwarc.stream_io import ChunkedReader

    head = body[:20].partition(b"\r\n")[0].partition(b";")[0].strip()
    if not head or any(byte not in b"0123456789abcdefABCDEF" for byte in head):
        return body
    return bytes(ChunkedReader(BytesIO(body)).read(MOST_BYTES + 1))


def _unpack(body: bytes, encoding: str) -> bytes:
    """The unpacked body, at most `MOST_BYTES` of it. Raises ValueError for a bomb, a cut or an unknown packing."""
    packed_gzip = body[:2] == b"\x1f\x8b"
    if encoding in ("", "identity") or (encoding in ("gzip", "x-gzip") and not packed_gzip):
        return body  # some crawlers unpack and leave the header
    if encoding in ("gzip", "x-gzip", "deflate"):
        # 47: gzip or zlib by its first bytes; "deflate" is also sent without any (-15).
        unpacker = zlib.decompressobj(47 if packed_gzip or body[:1] == b"\x78" else -15)
        unpacked = unpacker.decompress(body, MOST_BYTES + 1)
        if not unpacker.eof and len(unpacked) <= MOST_BYTES:
            raise ValueError("the packed page is cut")
    elif encoding == "br":
        from fastwarc.stream_io import BrotliReader

        unpacked = bytes(BrotliReader(BytesIO(body)).read(MOST_BYTES + 1))
    else:
        raise ValueError(f"it is packed as {encoding!r}, which nothing here reads")
    if len(unpacked) > MOST_BYTES:
        raise ValueError(f"it unpacks to more than {MOST_BYTES:,} bytes")
    return unpacked
