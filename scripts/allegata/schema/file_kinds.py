"""What a file is whose bytes are not the text that is asked for: known by its first bytes, as `file` does it.

Looked at where a file cannot be read as text, so that the report says what somebody gave, not which byte is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from allegata.schema.problems import Problem

HEAD = 1 << 13  # bytes that say what a file is: office documents name their parts there
_SAVE_TEXT = "save its text as .txt or .html, and give that"
_UNPACK = "unpack it, and give what is in it"
_TABLE = "export it as text (CSV or JSON Lines), and give that"
_NO_TEXT = "it holds no text: check the path"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its name in reports, what to do about it, its bytes: `magic` at `at`, `form` at `form_at`, and
    `holds` in the head.

    Unless `magic` is what no text begins with, `holds` or one of the others has a byte that no text has.
    """

    name: str
    fix: str
    magic: bytes
    at: int = 0
    holds: bytes = b""
    form: bytes = b""
    form_at: int = 0

    def fits(self, head: bytes) -> bool:
        """Whether a file that begins with `head` is of this kind."""
        return head.startswith(self.magic, self.at) and head.startswith(self.form, self.form_at) and self.holds in head


_ZIP = b"PK\x03\x04"
# The first that fits: a special kind stands before the general one.
KINDS = (
    FileKind("a PDF document", _SAVE_TEXT, b"%PDF-"),
    FileKind("a Word document (.docx)", _SAVE_TEXT, _ZIP, holds=b"word/"),
    FileKind("an Excel workbook (.xlsx)", _TABLE, _ZIP, holds=b"xl/"),
    FileKind("a PowerPoint presentation (.pptx)", _SAVE_TEXT, _ZIP, holds=b"ppt/"),
    FileKind("an OpenDocument file", _SAVE_TEXT, _ZIP, holds=b"application/vnd.oasis.opendocument"),
    FileKind("an EPUB book", _SAVE_TEXT, _ZIP, holds=b"application/epub+zip"),
    FileKind("an Office document", _SAVE_TEXT, _ZIP, holds=b"[Content_Types].xml"),
    FileKind("a zip archive", _UNPACK, _ZIP),
    FileKind("a zip archive", _UNPACK, b"PK\x05\x06"),
    FileKind(
        "an Office document of the old format (.doc, .xls, .ppt)", _SAVE_TEXT, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    ),
    FileKind("an RTF document", _SAVE_TEXT, b"{\\rtf"),
    FileKind("a gzip file", _UNPACK, b"\x1f\x8b"),
    FileKind("an xz file", _UNPACK, b"\xfd7zXZ\x00"),
    FileKind("a zstd file", _UNPACK, b"\x28\xb5\x2f\xfd"),
    FileKind("a bzip2 file", _UNPACK, b"BZh", form=b"1AY&SY", form_at=4),
    FileKind("a 7-Zip archive", _UNPACK, b"7z\xbc\xaf\x27\x1c"),
    FileKind("a RAR archive", _UNPACK, b"Rar!\x1a\x07"),
    FileKind("a tar archive", _UNPACK, b"ustar", at=257, holds=b"\0"),
    FileKind("an SQLite database", _TABLE, b"SQLite format 3\0"),
    FileKind("a Parquet file", _TABLE, b"PAR1", holds=b"\x15"),
    FileKind("an Arrow file", _TABLE, b"ARROW1\0\0"),
    FileKind("an Arrow stream", _TABLE, b"\xff\xff\xff\xff", holds=b"\0\0"),
    FileKind("a NumPy array", _TABLE, b"\x93NUMPY"),
    FileKind("an HDF5 file", _TABLE, b"\x89HDF\r\n\x1a\n"),
    FileKind("a Python pickle", _TABLE, b"\x80\x03"),
    FileKind("a Python pickle", _TABLE, b"\x80\x04\x95"),
    FileKind("a Python pickle", _TABLE, b"\x80\x05\x95"),
    FileKind("a PNG image", _NO_TEXT, b"\x89PNG\r\n\x1a\n"),
    FileKind("a JPEG image", _NO_TEXT, b"\xff\xd8\xff"),
    FileKind("a GIF image", _NO_TEXT, b"GIF89a", holds=b"\0"),
    FileKind("a GIF image", _NO_TEXT, b"GIF87a", holds=b"\0"),
    FileKind("a WebP image", _NO_TEXT, b"RIFF", holds=b"\0", form=b"WEBP", form_at=8),
    FileKind("a TIFF image", _NO_TEXT, b"II*\0"),
    FileKind("a TIFF image", _NO_TEXT, b"MM\0*"),
    FileKind("an audio file", _NO_TEXT, b"ID3", holds=b"\0"),
    FileKind("an audio file", _NO_TEXT, b"OggS\0"),
    FileKind("an audio file", _NO_TEXT, b"RIFF", holds=b"\0", form=b"WAVE", form_at=8),
    FileKind("a video or audio file", _NO_TEXT, b"\0\0", form=b"ftyp", form_at=4),
    FileKind("a program", _NO_TEXT, b"\x7fELF"),
    FileKind(
        "a pointer of Git LFS", "fetch the file itself: git lfs pull", b"version https://git-lfs.github.com/spec/"
    ),
)


_ASCII = tuple(kind.magic for kind in KINDS if kind.magic.isascii() and kind.at == 0)


def file_kind(data: bytes) -> FileKind | None:
    """The kind of a file with these bytes, or beginning with them; None for text, and for what is not known."""
    head = data[:HEAD]
    return next((kind for kind in KINDS if kind.fits(head)), None)


def not_text(data: bytes, name: str, article_id: str = "") -> Problem | None:
    """The problem of a file that is of a known kind, which is no text; `name` is how the report calls it."""
    kind = file_kind(data)
    return Problem(f"is {kind.name}, not text", kind.fix, file=name, article_id=article_id) if kind else None


def utf8_text(data: bytes, name: str, *, first_line: int = 1, first_byte: int = 0) -> str | Problem:
    """The text of a file in UTF-8, as it is, or the problem that keeps it from being read, with its line and column.

    `data` may be a part of the file, cut between lines: it begins at `first_line` and `first_byte`.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if first_byte == 0 and (problem := not_text(data, name)):
            return problem
        before = data[: error.start]
        return Problem(
            f"is not UTF-8 at byte {first_byte + error.start}",
            "save it as UTF-8",
            file=name,
            line=first_line + before.count(b"\n"),
            column=1 + len(before[before.rfind(b"\n") + 1 :].decode("utf-8")),
        )
    is_doubtful = first_byte == 0 and (data.startswith(_ASCII) or b"\0" in data[:512])  # nearly none is: it is cheap
    return (not_text(data, name) if is_doubtful else None) or text
