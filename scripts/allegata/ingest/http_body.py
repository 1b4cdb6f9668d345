"""The body of an HTTP answer as its page: chunk sizes and packing taken off, by the bytes before the header.

Crawlers unpack a body and leave the header, or take the header off and leave the packing; servers name codings that
are none (`UTF-8`, `none`, `8bit`). What the bytes are is therefore looked at first: gzip and zstd have a magic
number, chunk sizes lead from one to the next, and packed bytes are no text.
"""

from __future__ import annotations

import re
import zlib
from io import BytesIO

from allegata.ingest.packed import GZIP, ZSTD
from allegata.schema.limits import DEFAULTS, Limits

_MOST_LAYERS = 4  # of packing: a server and a cache may both pack
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?(\r?\n)")
# No text holds them, but for the two wide charsets; a packed body has one within a few bytes.
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?/a-zA-Z]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_ENDED = re.compile(rb"</\s*(?:html|body)\s*>", re.IGNORECASE)
_TAIL = 500


class PackingError(ValueError):
    """A body that cannot be unpacked, or of which only a part is there; `fix` where another limit helps."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.fix = fix


def plain_body(body: bytes, fields: dict[str, str], *, is_length_known: bool, limits: Limits = DEFAULTS) -> bytes:
    """The page in `body`, of as many bytes as `limits` allow, whatever `fields` say of its coding.

    Raises `PackingError` for a bomb, a cut body or a packing nothing here reads. `is_length_known`: a body shorter
    than its Content-Length is cut.
    """
    codings = [name.strip().lower() for name in fields.get("content-encoding", "").split(",") if name.strip()]
    doubt = ""
    stated = fields.get("content-length", "")
    if is_length_known and stated.isdecimal() and len(body) < int(stated[:18]):
        doubt = f"its header states {int(stated[:18]):,} bytes, {len(body):,} are there"
    body, missing = _without_chunks(body, "chunked" in fields.get("transfer-encoding", "").lower())
    doubt = missing or doubt
    for _ in range(_MOST_LAYERS):
        unpacked = _unpacked(body, codings.pop() if codings else "", limits)
        if unpacked is None and not codings:
            break
        if unpacked is not None:
            body, doubt = unpacked, ""  # a packed body that is whole says so
    # Lengths are wrong for many reasons; a page that comes to its end is there.
    if doubt and not _ENDED.search(body[-_TAIL:]):
        raise PackingError(f"the page is cut: {doubt}")
    return body


def _unpacked(body: bytes, coding: str, limits: Limits) -> bytes | None:
    """The body without one packing; None if it has none."""
    most = limits.article_bytes + 1  # one more than may be there, to see that it is
    if body[:3] == GZIP + b"\x08":
        unpacked = _gunzipped(body, most)
    elif body[:4] == ZSTD:
        unpacked = _by_reader(body, "zstd", most)
    elif coding in ("", "identity") or is_text(body):
        return None
    elif coding == "br":
        unpacked = _by_reader(body, "br", most)
    elif coding == "deflate":
        # "deflate" is zlib's format, and is also sent without its head (-15).
        has_head = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        unpacked = _inflated(body, 15 if has_head else -15, most)[0]
    elif coding in ("gzip", "x-gzip", "zstd"):
        raise PackingError(f"it is said to be packed as {coding}, and is neither that nor text")
    else:
        raise PackingError(f"it is packed as {coding[:60]!r}, which nothing here reads")
    if len(unpacked) == most:
        raise PackingError(*limits.excess("article-bytes", verb="it decompresses to"))
    return unpacked


def is_text(body: bytes) -> bool:
    """True if `body` begins as markup or as text, and so is not packed."""
    head = body[:512]
    if head[:2] in _WIDE:
        return True
    few = head[:48] if _MARKUP.match(head) else head
    return len(few.translate(None, _CONTROLS)) == len(few)


def _gunzipped(body: bytes, most: int) -> bytes:
    """All members of a gzip body (RFC 1952, 2.2); what follows them and is none is left out, as gzip does."""
    members, size = [], 0
    while body[:2] == GZIP and size < most:
        unpacked, body = _inflated(body, 31, most - size)
        members.append(unpacked)
        size += len(unpacked)
    return b"".join(members)


def _inflated(body: bytes, form: int, most: int) -> tuple[bytes, bytes]:
    """The unpacked bytes, at most `most`, and what follows. Raises `PackingError`."""
    unpacker = zlib.decompressobj(form)
    try:
        unpacked = unpacker.decompress(body, most)
    except zlib.error as error:
        raise PackingError(str(error)) from None
    if not unpacker.eof and len(unpacked) < most:
        raise PackingError("the packed page is cut")
    return unpacked, unpacker.unused_data


def _by_reader(body: bytes, coding: str, most: int) -> bytes:
    from fastwarc.stream_io import BrotliReader, ZstdReader

    reader = (BrotliReader if coding == "br" else ZstdReader)(BytesIO(body))
    try:
        return bytes(reader.read(most))
    except OSError as error:
        raise PackingError(f"as {coding}: {error}") from None


def _without_chunks(body: bytes, is_stated: bool) -> tuple[bytes, str]:
    """The body without its chunk sizes, and what is missing of it; as it is if it has no sizes.

    The sizes must lead to the last chunk or to the end of the body. A text may begin with a number: a single chunk
    without a last one counts only where the header says chunked and the chunk holds markup or packed bytes.
    """
    data: list[bytes] = []
    at, missing = 0, "its last chunk is missing"
    while size := _CHUNK_SIZE.match(body, at):
        length, begin = int(size.group(1), 16), size.end()
        if not length:
            missing = ""
            break
        data.append(body[begin : begin + length])
        at = begin + length + len(size.group(2))
        if body[begin + length : at] != size.group(2):
            break
    if not data:
        return body, ""
    fits = not missing or at >= len(body)
    is_page = bool(data[0].startswith(GZIP) or _MARKUP.match(data[0]))
    if is_stated and is_page and not fits:
        raise PackingError("the sizes of its chunks do not fit")
    return (
        (b"".join(data), missing) if fits and (len(data) > 1 or not missing or (is_stated and is_page)) else (body, "")
    )
