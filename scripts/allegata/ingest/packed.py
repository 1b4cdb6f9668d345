"""The parts of a web archive: gzip members, zstd frames, and what is not packed, each read as a stream.

gzip after RFC 1952, zstd after RFC 8878. A `.warc.zst` may begin with a skippable frame that holds the dictionary of
all others (specification of the IIPC, "Zstandard compression for WARC files").
"""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import IO, Any

CHUNK = 1 << 16
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_MOST_FALSE_FRAMES = 1000  # in one archive: each costs the time of a block
_LARGEST_BLOCK = 1 << 17  # of a zstd frame
_MOST_DICTIONARY = 16 << 20


class DamagedError(Exception):
    """A packed part that cannot be unpacked, or that is cut."""


class Part:
    """A part that is not packed: all from `start` to the end of the file."""

    packed = False

    def __init__(self, file: IO[bytes], start: int) -> None:
        self.start = self.at = start
        self._file = file

    def read(self) -> bytes:
        """The next bytes, about `CHUNK`; empty at the end. Raises `DamagedError`."""
        return self.raw(CHUNK)

    @property
    def end(self) -> int:
        """The offset behind the part, when it is read through."""
        return self.at

    def raw(self, size: int) -> bytes:
        """The next bytes of the file itself."""
        self._file.seek(self.at)  # parts of one file are read by turns
        data = self._file.read(size)
        self.at += len(data)
        return data


class _Gzip(Part):
    packed = True

    def __init__(self, file: IO[bytes], start: int) -> None:
        super().__init__(file, start)
        self._unpacker = zlib.decompressobj(31)
        self._waiting = b""
        self._size = CHUNK // 8  # most members are small

    def read(self) -> bytes:
        while not self._unpacker.eof:
            data = self._waiting or self.raw(self._size)
            self._size = CHUNK
            if not data:
                raise DamagedError("a gzip member is cut")
            try:
                unpacked = self._unpacker.decompress(data, CHUNK)
            except zlib.error as error:
                raise DamagedError(str(error)) from None
            self._waiting = self._unpacker.unconsumed_tail
            if unpacked:
                return unpacked
        return b""

    @property
    def end(self) -> int:
        return self.at - len(self._unpacker.unused_data)


class _Zstd(Part):
    packed = True

    def __init__(self, file: IO[bytes], start: int, dictionary: bytes | None) -> None:
        from fastwarc.stream_io import ZstdReader

        super().__init__(file, start)
        # The frame has a part of its own: a circle through the reader would never be freed.
        self._frame = _Frame(Part(file, start))
        self._reader = ZstdReader(self._frame, dictionary=dictionary)

    def read(self) -> bytes:
        try:
            return bytes(self._reader.read(CHUNK))
        except OSError as error:
            raise DamagedError(str(error)) from None

    @property
    def end(self) -> int:
        return self._frame.tell()


class _Frame:
    """One zstd frame of a file, as a stream that ends with it. fastwarc reads on into what follows a frame, and loses
    the end of the frame if that is none."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._ahead = self._header()
        self._last = False
        self.is_sound = True
        self._ahead += self._block()

    def read(self, size: int = -1) -> bytes:
        while not self._last and (size < 0 or len(self._ahead) < size):
            self._ahead += self._block()
        data, self._ahead = (self._ahead, b"") if size < 0 else (self._ahead[:size], self._ahead[size:])
        return data

    def _header(self) -> bytes:
        head = self._part.raw(5)
        descriptor = head[4] if len(head) == 5 else 0
        single = descriptor >> 5 & 1
        self._checksum = 4 * (descriptor >> 2 & 1)
        length = (not single) + (0, 1, 2, 4)[descriptor & 3] + ((single, 2, 4, 8)[descriptor >> 6])
        return head + self._part.raw(length)

    def _block(self) -> bytes:
        head = self._part.raw(3)
        value = int.from_bytes(head, "little")
        size, kind = value >> 3, value >> 1 & 3
        self.is_sound = self.is_sound and kind != 3 and (size <= _LARGEST_BLOCK or kind == 1)
        self._last = bool(value & 1) or len(head) < 3 or not self.is_sound
        size = min(size, _LARGEST_BLOCK)
        return head + self._part.raw((1 if kind == 1 else size) + (self._checksum if self._last else 0))

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError("a frame is read forward only")

    def tell(self) -> int:
        return self._part.at - len(self._ahead)

    def close(self) -> None:
        return


class Parts:
    """Opens the parts of one file, and keeps the dictionary that its zstd frames share."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._dictionary: bytes | None = None
        self._false_frames = 0

    def open(self, start: int) -> Part:
        """The part that begins at `start`; at the end of the file an empty one."""
        while is_skippable(head := self._bytes(start, 8)):
            size = int.from_bytes(head[4:], "little")
            if head[:4] == _DICTIONARY and size <= _MOST_DICTIONARY:
                self._dictionary = _unpacked_dictionary(self._bytes(start + 8, size))
            start += 8 + size
        if head[:2] == GZIP:
            return _Gzip(self._file, start)
        if head[:4] == ZSTD:
            return _Zstd(self._file, start, self._dictionary)
        return Part(self._file, start)

    def _bytes(self, start: int, size: int) -> bytes:
        try:
            return Part(self._file, start).raw(size)
        except DamagedError:  # which the part will raise again
            return b""

    def begins(self, start: int, member: bytes) -> bytes:
        """What the packed part at `start` unpacks to at first; empty if to nothing. `member` holds its beginning."""
        is_zstd = member[:2] != GZIP
        try:
            if not is_zstd:
                return _Gzip(BytesIO(member), 0).read()
            if self._false_frames < _MOST_FALSE_FRAMES and _Frame(Part(BytesIO(member), 0)).is_sound:
                self._false_frames += 1
                found = _Zstd(self._file, start, self._dictionary).read()  # a block is unpacked as a whole
                self._false_frames -= found.startswith(b"WARC/")
                return found
        except DamagedError:
            pass
        return b""


def is_packed(data: bytes | bytearray) -> bool:
    """True for the beginning of a part that is packed, or of a zstd frame to skip."""
    return data[:2] == GZIP or data[:4] == ZSTD or is_skippable(data[:8])


def is_skippable(head: bytes | bytearray) -> bool:
    """True for the beginning of a zstd frame that holds no data of the archive."""
    return len(head) == 8 and 0x50 <= head[0] <= 0x5F and head[1:4] == _DICTIONARY[1:]


def _unpacked_dictionary(data: bytes) -> bytes:
    if data[:4] != ZSTD:
        return data
    from fastwarc.stream_io import ZstdReader

    reader: Any = ZstdReader(BytesIO(data))
    try:
        return bytes(reader.read(_MOST_DICTIONARY))
    except OSError:
        return data
