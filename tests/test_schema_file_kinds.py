"""A file that is no text is named for what it is, by every reader of text that a user names, and by `add`."""

from __future__ import annotations

import bz2
import io
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allegata.exchange.common import read_text
from allegata.exchange.folder import Reading
from allegata.exchange.json_rows import rows_of_files
from allegata.ingest.add import add
from allegata.ingest.plain_text import decode_text
from allegata.ingest.web_page import read_bytes
from allegata.schema.file_kinds import KINDS, file_kind, utf8_text
from allegata.schema.imported import Notices
from allegata.schema.json_lines import parse_json_file, parse_json_lines
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.toml_files import read_toml


def _zip(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


def _tar() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return data.getvalue()


def _parquet() -> bytes:
    data = io.BytesIO()
    pq.write_table(pa.table({"text": ["A mill burned."]}), data)
    return data.getvalue()


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as base:
        base.execute("create table articles (text)")
        return base.serialize()


FILES: dict[str, Callable[[], bytes]] = {
    "a PDF document": lambda: b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    "a Word document (.docx)": lambda: _zip("[Content_Types].xml", "word/document.xml"),
    "an Excel workbook (.xlsx)": lambda: _zip("[Content_Types].xml", "xl/workbook.xml"),
    "a zip archive": lambda: _zip("a.txt"),
    "an SQLite database": _sqlite,
    "a Parquet file": _parquet,
    "a PNG image": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a gzip file": lambda: b"\x1f\x8b\x08\0\0\0\0\0",
    "a WebP image": lambda: b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0",
    "an audio file": lambda: b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0",
    "a video or audio file": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "a bzip2 file": lambda: bz2.compress(b"A mill burned."),
    "a tar archive": _tar,
    "an RTF document": lambda: b"{\\rtf1\\ansi A mill burned.}",
    "a pointer of Git LFS": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
}
READERS: dict[str, Callable[[Path], Problem]] = {
    "JSON": lambda path: _problem(parse_json_file(path.read_bytes(), path.name)),
    "JSON Lines": lambda path: _only(parse_json_lines(path.read_bytes(), path.name)[1]),
    "TOML": lambda path: _problem(read_toml(path, path.name)),
    "text": lambda path: _only(decode_text(path.read_bytes(), path.name, "")[1]),
    "web page": lambda path: _problem(read_bytes(path.read_bytes(), "text/html", path.name, "")[1]),
    "exchange": lambda path: _rows(path),
    "add": lambda path: _added(path),
}


def _problem(found: object) -> Problem:
    assert isinstance(found, Problem)
    return found


def _only(found: list[Problem]) -> Problem:
    assert len(found) == 1
    return found[0]


def _rows(path: Path) -> Problem:
    reading = Reading()
    assert not list(rows_of_files(path, reading, path.suffix))
    return _only(list(reading.problems.found))


def _added(path: Path) -> Problem:
    with pytest.raises(ProblemsFound) as error:
        add([path], path.parent / "corpus")
    return _only(list(error.value.problems))


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(
    ("reader", "suffix"),
    [*((reader, ".jsonl") for reader in READERS), ("add", ".txt"), ("add", ".html"), ("add", ".docx")],
)
def test_every_reader_of_text_says_what_the_file_is(tmp_path: Path, kind: str, reader: str, suffix: str) -> None:
    (tmp_path / "corpus").mkdir()
    path = tmp_path / f"given{suffix}"
    path.write_bytes(FILES[kind]())
    problem = READERS[reader](path)
    assert f"is {kind}, not text" in problem.what
    assert problem.fix in {one.fix for one in KINDS}
    assert problem.line is None


def test_no_text_is_taken_for_another_kind_of_file() -> None:
    for text in ("", "A mill burned.", "{}", "<!doctype html><p>A", "PK: the initials of a man", "7z", "ID3 is a tag"):
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be"):
            assert file_kind(text.encode(encoding)) is None


# Files of these kinds are texts themselves, or begin as no article does.
TEXTUAL = ("%PDF-", "{\\rtf", "BZh", "version https://git-lfs.github.com/spec/")
PRINTABLE = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"], include_characters="\n\t"), max_size=40)
MAGICS = [part for kind in KINDS for part in (kind.magic, kind.form, kind.holds)]
WORDS = sorted({part.decode() for part in MAGICS if part.isascii() and part.decode().isprintable()})


@given(st.lists(st.sampled_from(WORDS) | PRINTABLE, max_size=8).map("".join))
@example("NEW HEATWAVE HITS EUROPE\n\nIt is hot.")
@example("A LIVE WEBP")
@example("The ftypes of the printer")
@example("RIFF 12 WAVE")
@example("x" * 257 + "ustar")
def test_no_printable_text_is_a_kind_of_file_unless_that_kind_is_text(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        assert text.startswith(TEXTUAL) or file_kind(text.encode(encoding)) is None


@pytest.mark.parametrize("text", ["NEW HEATWAVE HITS EUROPE", "THE NEW WEBP FORMAT", "The ftyp box"])
def test_an_article_that_has_the_marks_of_a_format_in_its_words_is_read(tmp_path: Path, text: str) -> None:
    assert utf8_text(text.encode(), "a.txt") == text
    assert decode_text(text.encode(), "a.txt", "")[1] == []


def test_what_is_of_no_known_kind_is_named_by_the_byte_that_is_wrong_with_line_and_column() -> None:
    found = utf8_text("Mühle\nMü".encode() + b"\xff", "a.txt")
    assert str(found).startswith("a.txt:2:3: is not UTF-8 at byte 10\n")


def test_a_table_and_a_text_of_another_tool_are_named_too(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(FILES["an Excel workbook (.xlsx)"]())
    assert _problem(read_text(path, Notices())).what == "is an Excel workbook (.xlsx), not text"
