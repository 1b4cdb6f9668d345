"""The records of a web archive (ISO 28500:2017), one in memory at a time, each byte read once.

Our own reader, because fastwarc takes fields for others when their names are not in the usual case, cannot read
archives whose line ends were converted, and gives a cut record without an error. What damage hides is found again: a
record ends where its length says, or, if none follows there, where the next one begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from allegata.ingest.fields import read_fields
from allegata.ingest.packed import ZSTD, DamagedError, Part, Parts, is_packed, is_skippable
from allegata.schema.limits import DEFAULTS
from allegata.schema.wording import number

_MOST_BREAKS = 1000  # parts without a record, in a row
_MOST_SWALLOWERS = 100  # records that state more than the rest of the archive: behind each, the rest is read again
_LONGEST_HEAD = 1 << 16
_PEEK = 1 << 16  # of a record that is too large for a page
_RECORD = re.compile(rb"WARC/[01]\.\d{1,3}\r{0,2}\n(?=[A-Za-z-])")
# A record, or a packed part: of gzip flags, time, effort and system as RFC 1952 has them, or a zstd frame.
_BEGINNING = re.compile(
    _RECORD.pattern
    + rb"|\x1f\x8b\x08(?=[\x00-\x1f].{4}[\x00\x02\x04][\x00-\x0d\xff])|"
    + re.escape(ZSTD)
    + rb"|[\x50-\x5f]\x2a\x4d\x18(?=.{2}[\x00-\x7f]\x00)",
    re.DOTALL,
)
_FIRST_LINE = 4096  # bytes of a packed part that hold its head and the first line inside it
_HEAD_END = re.compile(rb"\n\r{0,2}\n")
_LINE_ENDS = re.compile(rb"[\r\n]*")
_TWO_LINE_ENDS = re.compile(rb"\r?\n\r?\n\Z")
_LENGTH = re.compile(r"\d{1,18}")


@dataclass(frozen=True)
class Record:
    """A record. `place` is its byte offset in the file, and in the packed part that begins there if it holds several.

    `fields` have names in lower case. `length` counts the bytes of its block, of which a record that is larger than a
    page may be has only the beginning. `fault` says why the block is not whole. `converted`: its line ends are no
    longer those that its length counts.
    """

    place: str
    fields: dict[str, str]
    block: bytes
    length: int
    fault: str = ""
    converted: bool = False


@dataclass(frozen=True)
class Gap:
    """Bytes of an archive that hold no record: where, and why."""

    what: str


def read_records(file: IO[bytes], most_bytes: int = DEFAULTS.article_bytes) -> Iterator[Record | Gap]:
    """The records of an archive in order, and the gaps between them; no page has more than `most_bytes`.

    After `_MOST_BREAKS` parts that only look like a record, or `_MOST_SWALLOWERS` records that state more than
    follows, it ends, with a gap.
    """
    behind, why, count = "the beginning", "", 0
    for found in _Archive(file, most_bytes).read():
        count += 1
        if isinstance(found, str):
            why = why or found
            continue
        if why:
            yield Gap(f"what stands between {behind} and byte {found.place} cannot be read ({why})")
        yield found
        behind, why = f"the record at byte {found.place}", ""
    if why:
        yield Gap(f"what stands between {behind} and the end cannot be read ({why})")
    elif not count:
        yield Gap("holds no record")


def next_record(file: IO[bytes], after: int, parts: Parts | None = None) -> int | None:
    """The offset of the first record of `file` that begins at `after` or later; None if there is none.

    A record begins with `WARC/1.x` on a line of its own, packed or not: a gzip member counts if it unpacks to that.
    """
    window = _Window(Part(file, after))
    return after + window.base if window.find(parts or Parts(file)) else None


class _Window:
    """What of a part is in memory: `data`, which begins `base` bytes behind the beginning of what it unpacks to."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.base = 0
        self.data = bytearray()
        self.searched = 0  # as far as this no head ends
        self.ended = False
        self.error = ""

    def fill(self, size: int) -> None:
        """Read on until `size` bytes are there, or the part ends."""
        while len(self.data) < size and not self.ended:
            try:
                more = self.part.read()
            except DamagedError as error:
                self.error, more = str(error), b""
            self.ended = not more
            self.data += more

    def again(self, part: Part, base: int) -> None:
        """Begin again at `base`, with the part opened anew."""
        self.part, self.base, self.data, self.searched, self.ended, self.error = part, 0, bytearray(), 0, False, ""
        if part.packed:
            self.skip(base)
        else:
            part.at, self.base = part.start + base, base

    def drop(self, size: int) -> None:
        del self.data[:size]
        self.base += size

    def skip(self, size: int) -> None:
        """Drop `size` bytes, in memory or not yet."""
        while size > 0 and (self.data or not self.ended):
            self.fill(1)
            step = min(size, len(self.data))
            self.drop(step)
            size -= step

    def find(self, parts: Parts) -> bool:
        """Drop all that stands before the next record, or before a packed part that holds one; False if none is."""
        while True:
            self.fill(_FIRST_LINE * 2)
            end = len(self.data) if self.ended else len(self.data) - _FIRST_LINE
            at = self.next(0, end, parts)
            self.drop(end if at is None else at)
            if at is not None or (self.ended and not self.data):
                return at is not None

    def next(self, start: int, end: int, parts: Parts) -> int | None:
        """Where in `data`, from `start` on and before `end`, the next record or packed part begins."""
        for match in (_RECORD if self.part.packed else _BEGINNING).finditer(self.data, start):
            at = match.start()
            if at >= end:
                return None
            if self.data[at : at + 1] == b"W":
                return at
            member = bytes(self.data[at : at + _FIRST_LINE])
            if is_skippable(member[:8]) or _RECORD.match(parts.begins(self.part.start + self.base + at, member)):
                return at
        return None


class _Archive:
    """One pass over the parts of a file."""

    def __init__(self, file: IO[bytes], most_bytes: int) -> None:
        self._file, self._most = file, most_bytes
        self._parts = Parts(file)
        self._swallowers = 0

    def read(self) -> Iterator[Record | str]:
        """Every record, and why what follows the last cannot be read."""
        start: int | None = 0
        fruitless = 0
        while start is not None and fruitless < _MOST_BREAKS:
            window = _Window(self._parts.open(start))
            window.fill(1)
            if not window.data and not window.part.packed:
                return
            held: Record | str | None = None
            fruitless += 1
            for found in self._records(window):
                if held is not None:
                    yield held
                held = found
                fruitless = fruitless if isinstance(found, str) else 0
            if held is not None and not window.error:  # the last one is whole if the part that holds it is
                yield held
            if self._swallowers >= _MOST_SWALLOWERS:
                yield f"{number(self._swallowers, 'record')} with a length of more than follows: the rest is not read"
                return
            start = window.part.end - (0 if window.part.packed else len(window.data))
            if window.error:
                yield window.error
                # A damaged head of a member may take what follows for a part of itself.
                start = next_record(self._file, window.part.start + 1, self._parts)

    def _records(self, window: _Window) -> Iterator[Record | str]:
        while True:
            window.fill(_FIRST_LINE)
            blank = _LINE_ENDS.match(window.data)
            window.drop(blank.end() if blank else 0)
            window.fill(_FIRST_LINE)
            if not window.data:
                return
            if not window.part.packed and window.base and is_packed(window.data):
                return
            if not _RECORD.match(window.data):
                if window.error:
                    return
                yield "no record begins there"
                window.drop(1)
                if not window.find(self._parts):
                    return
                continue
            found = self._record(window)
            yield found
            if self._swallowers >= _MOST_SWALLOWERS:
                return

    def _record(self, window: _Window) -> Record | str:
        window.fill(_LONGEST_HEAD)
        end = _HEAD_END.search(window.data, max(0, window.searched - window.base), _LONGEST_HEAD)
        if end is None:
            window.searched = window.base + min(len(window.data), _LONGEST_HEAD) - 3
            window.drop(1)
            return "a record has no end of its head"
        head, begin = bytes(window.data[: end.end()]), end.end()
        fields = read_fields(head.partition(b"\n")[2])
        if not fields.keys() & {"warc-type", "content-length"}:
            window.drop(1)
            return "what begins as a record has no fields"
        inner = f"+{window.base:,}" if window.part.packed and window.base else ""
        place = f"{window.part.start if window.part.packed else window.part.start + window.base:,}{inner}"
        stated = fields.get("content-length", "")
        length = int(stated) if _LENGTH.fullmatch(stated) else None
        if length is not None and length > self._most:
            return self._large(window, begin, length, place, fields)
        window.fill(begin + (length or 0) + _FIRST_LINE)
        if length is not None and self._fits(window, begin, length):
            block = bytes(window.data[begin : begin + length])
            window.drop(begin + length)
            return Record(place, fields, block, length)
        window.fill(self._most)
        last = window.next(begin, len(window.data), self._parts)
        until = len(window.data) if last is None else last
        given = bytes(window.data[begin:until])
        block = _TWO_LINE_ENDS.sub(b"", given)
        whole = last is not None or window.ended
        window.drop(until)
        converted = length is not None and whole and block != given and _are_converted(head, block, length)
        return Record(place, fields, block, len(block), "" if converted else _fault(length, len(block)), converted)

    def _fits(self, window: _Window, begin: int, length: int) -> bool:
        """True if the block has the length that is stated: two line ends stand behind it, or the next record."""
        data, end = window.data, begin + length
        if len(data) < end:
            return False
        behind = data[end : end + _FIRST_LINE]
        blank = _LINE_ENDS.match(behind)
        rest = behind[blank.end() if blank else 0 :]
        if _RECORD.match(rest) or not rest or (not window.part.packed and is_packed(rest)):
            return True
        # A wrong length may end at a blank line of another record.
        return behind.startswith(b"\r\n\r\n") and window.next(begin, end, self._parts) is None

    def _large(self, window: _Window, begin: int, length: int, place: str, fields: dict[str, str]) -> Record:
        """A record that no page is as large as: passed over if its length is right, else the next one is looked for."""
        block, start = bytes(window.data[begin : begin + _PEEK]), window.part.start
        window.drop(begin)
        swallowed, behind = None, length
        while behind > 0 and (window.data or not window.ended):
            window.fill(2 * _FIRST_LINE)
            step = min(behind, len(window.data) if window.ended else len(window.data) - _FIRST_LINE)
            if swallowed is None and (found := _RECORD.search(window.data)) and found.start() < step:
                swallowed = window.base + found.start()
            window.drop(step)
            behind -= step
        window.fill(_FIRST_LINE)
        if not behind and self._fits(window, 0, 0):
            return Record(place, fields, block, length)
        if swallowed is not None:
            self._swallowers += 1
            window.again(self._parts.open(start), swallowed)
        fault = f"states {length:,} bytes in one record, and they are not there"
        return Record(place, fields, block, length, fault)


def _fault(stated: int | None, found: int) -> str:
    if stated is None:
        return "states no length"
    return f"is cut: {found:,} of {stated:,} bytes are there" if found < stated else "has not the length it states"


def _are_converted(head: bytes, block: bytes, stated: int) -> bool:
    """True if a block of another length than stated is whole, because all line ends of the archive were rewritten."""
    lines, crlf = block.count(b"\n"), block.count(b"\r\n")
    if len(block) < stated:  # dos2unix: every line end that was CR LF lost a byte
        return not crlf and b"\r" not in head and stated - len(block) <= lines
    return lines == crlf and len(block) - stated <= lines
