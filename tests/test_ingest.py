"""raw/ is never edited and never half read: every fault of it stops every command, in one report."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.ingest.manifest import read_manifest
from allegata.ingest.plain_text import decode_text
from allegata.ingest.raw_files import read_files
from allegata.recipe.build import run
from allegata.recipe.state import Build
from allegata.schema.digests import sha256_file
from allegata.schema.limits import Limits
from allegata.schema.problems import ProblemsFound
from project import ARTICLES, ROOT, add_article, copy_root, ingest, raw_report, source_text

COMMANDS = ("clean", "deduplicate", "annotate", "validate", "publish", "build", "info")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_root(tmp_path)


def test_the_five_articles_are_read_as_they_are() -> None:
    table = ingest(ROOT / "raw")
    assert table["article_id"].to_pylist() == list(ARTICLES)
    assert table["source_text"].to_pylist() == [source_text(article) for article in ARTICLES]
    assert table["bytes"].to_pylist() == [len(source_text(article).encode()) for article in ARTICLES]


def test_what_an_article_says_about_itself_is_filled_in_and_the_rest_is_null() -> None:
    rows = {row["article_id"]: row for row in ingest(ROOT / "raw").to_pylist()}
    stated = ("title", "publisher", "url", "author", "published", "ai_generated", "ai_disclosure", "rights")
    assert [rows[ARTICLES[0]][name] for name in stated] == [None] * len(stated)
    assert (rows[ARTICLES[2]]["author"], rows[ARTICLES[2]]["published"]) == ("Harrison Brooks", "2025-01-23")
    assert rows[ARTICLES[2]]["ai_generated"] is True
    assert rows[ARTICLES[4]]["publisher"] == "Microsoft News Now"
    for row in rows.values():
        for name in ("title", "author", "ai_disclosure"):
            assert row[name] is None or row[name] in row["source_text"]


@pytest.mark.parametrize("article", ARTICLES)
def test_a_missing_file_is_named(root: Path, article: str) -> None:
    path = root / "raw" / f"{article}.txt"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.unlink()
    assert f"raw/{article}.txt: {article}: is missing; the manifest lists it with sha256 {digest}" in raw_report(root)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_what_is_no_file_in_the_place_of_one_is_named_and_never_opened(
    root: Path, make: Callable[[Path], None]
) -> None:
    path = root / "raw" / f"{ARTICLES[0]}.txt"
    path.unlink()
    make(path)
    command = [sys.executable, "-m", "allegata", "clean", "--root", str(root)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )  # a pipe would be waited for
    assert (done.returncode, f"raw/{path.name}: {ARTICLES[0]}: is missing" in done.stderr + done.stdout) == (1, True)


# Bytes of the file, and of the memory that all of Python, Arrow and the rest stays below.
SPARSE, MEMORY = 500_000_000, 600_000_000
REFUSING = """
import sys
from pathlib import Path
from allegata.models.threads import peak_memory
from allegata.recipe.build import run
from allegata.schema.digests import sha256_file
from allegata.schema.limits import Limits
from allegata.schema.problems import ProblemsFound
try:
    run(Path(sys.argv[1]), "clean")
except ProblemsFound as found:
    print(found)
print(peak_memory())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says how much memory a process itself has had")
def test_a_file_beyond_the_limit_is_refused_without_being_held_in_memory(root: Path) -> None:
    path = root / "raw" / f"{ARTICLES[0]}.txt"
    with path.open("wb") as file:
        file.truncate(SPARSE)
    done = subprocess.run([sys.executable, "-c", REFUSING, str(root)], capture_output=True, text=True, check=True)
    report, _, peak = done.stdout.strip().rpartition("\n")
    assert f"has changed: its sha256 is {sha256_file(path)} (size {SPARSE})" in report
    assert int(peak) < MEMORY


def test_a_listed_file_beyond_the_limit_is_refused_as_one_that_is_added(root: Path) -> None:
    path = root / "raw" / "long.txt"
    add_article(root, "long", b"A mill burned.\n" * 100)
    listed = next(row for row in read_manifest(root / "raw")[0] if row.file == path.name)
    limits = Limits(article_bytes=1_000)
    with patch.object(Path, "read_bytes", side_effect=AssertionError("it was read at once")):
        data, problems = read_files(root / "raw", [listed], limits)
    assert (data, [problem.what for problem in problems]) == ({}, [limits.excess("article-bytes", listed.bytes).what])


@pytest.mark.parametrize("article", ARTICLES)
def test_a_changed_byte_is_named_with_both_hashes(root: Path, article: str) -> None:
    path = root / "raw" / f"{article}.txt"
    before = path.read_bytes()
    after = bytes([before[0] ^ 1]) + before[1:]
    path.write_bytes(after)
    text = raw_report(root)
    assert f"raw/{article}.txt" in text
    assert hashlib.sha256(before).hexdigest() in text
    assert hashlib.sha256(after).hexdigest() in text


@pytest.mark.parametrize("article", ARTICLES)
def test_an_emptied_file_is_a_changed_one(root: Path, article: str) -> None:
    (root / "raw" / f"{article}.txt").write_bytes(b"")
    text = raw_report(root)
    assert f"raw/{article}.txt" in text
    assert hashlib.sha256(b"").hexdigest() in text
    assert "(size 0)" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stops_on_a_changed_byte(root: Path, command: str) -> None:
    path = root / "raw" / f"{ARTICLES[3]}.txt"
    before = path.read_bytes()
    path.write_bytes(before[:-1] + b"!")
    result = CliRunner().invoke(app, [command, "--root", str(root)])
    assert result.exit_code == 1
    assert f"raw/{path.name}" in result.output
    assert hashlib.sha256(before).hexdigest() in result.output
    assert hashlib.sha256(path.read_bytes()).hexdigest() in result.output
    assert not (root / "corpus").exists()
    assert not (root / "dataset_card.md").exists()


_BY = ("--annotator", "adjudicator", "--replace")


def test_a_draft_is_not_read_either_while_a_byte_is_changed(root: Path, tmp_path: Path) -> None:
    path = root / "raw" / f"{ARTICLES[3]}.txt"
    path.write_bytes(path.read_bytes() + b"\n")
    draft = tmp_path / f"{ARTICLES[3]}.jsonl"
    draft.write_text("")
    result = CliRunner().invoke(app, ["annotate", "--root", str(root), "--draft", str(draft), *_BY])
    assert result.exit_code == 1
    assert f"raw/{path.name}" in result.output


def test_a_file_without_a_row_is_named(root: Path) -> None:
    (root / "raw" / "deeper").mkdir()
    (root / "raw" / "deeper" / "new.txt").write_text("A mill burned.")
    assert "raw/deeper/new.txt: is not listed in raw/manifest.jsonl" in raw_report(root)


def test_a_hidden_file_of_the_desktop_is_no_article(root: Path) -> None:
    (root / "raw" / ".DS_Store").write_bytes(b"\0")
    assert len(ingest(root / "raw")) == 5


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"A mill\0 burned.\0", "has 2 NUL bytes, the first at byte 6"),
        (b"A caf\xe9 burned.", "is not UTF-8: byte 0xe9 at byte 5"),
        (b"A mill \xed\xa0\x80 burned.", "is not UTF-8: byte 0xed at byte 7"),
    ],
    ids=["NUL", "Latin-1", "surrogate"],
)
def test_bytes_that_are_no_text_are_named_with_their_place(root: Path, data: bytes, says: str) -> None:
    add_article(root, "new", data)
    assert f"raw/new.txt: new: {says}" in raw_report(root)


def test_plain_text_is_read_by_the_charset_that_its_media_type_names_unless_it_is_utf8() -> None:
    named = "text/plain; charset=ISO-8859-1"
    assert decode_text("A café burned.".encode("latin-1"), "new.txt", "new", named) == ("A café burned.", [])
    assert decode_text("A café burned.".encode(), "new.txt", "new", named) == ("A café burned.", [])
    _, problems = decode_text(b"A caf\xe9 burned.", "new.txt", "new", "text/plain; charset=gb2312")
    assert "is not GB" in problems[0].what


def test_a_text_of_more_lines_than_any_article_has_is_refused() -> None:
    assert decode_text(b"a\r" * 30_000, "new.txt", "new") == ("a\n" * 30_000, [])
    text, problems = decode_text(b"a\r" * 30_001, "new.txt", "new")
    assert (text, problems[0].what) == ("", "has 30,001 lines, more than the 30,000 that article-lines allows")


def test_nul_and_broken_utf8_in_one_file_are_both_reported(root: Path) -> None:
    add_article(root, "new", b"\0\xff")
    assert raw_report(root).count("raw/new.txt") == 2


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfA mill burned.", "A mill burned."),
        (b"A mill\r\nburned.\rAll of it.\n", "A mill\nburned.\nAll of it.\n"),
        ("A mill\u2028burned\x0b\x85\U0001f600".encode(), "A mill\u2028burned\x0b\x85\U0001f600"),
    ],
    ids=["BOM", "CRLF and CR", "other breaks stay"],
)
def test_a_byte_order_mark_goes_and_newlines_become_one_kind(root: Path, data: bytes, text: str) -> None:
    add_article(root, "new", data)
    rows = {row["article_id"]: row for row in ingest(root / "raw").to_pylist()}
    assert rows["new"]["source_text"] == text
    assert rows["new"]["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", "\u00a0\u2003\n--\n* * *".encode()])
def test_a_file_without_a_letter_leaves_through_the_ledger_with_its_reason(root: Path, data: bytes) -> None:
    add_article(root, "new", data)
    build: Build = run(root, "ingest")
    rows = {row["article_id"]: row for row in build.ledger_table().to_pylist()}
    assert rows["new"]["status"] == "removed"
    assert (rows["new"]["stage"], rows["new"]["reason"]) == ("ingest", "no_text")
    assert build.articles["article_id"].to_pylist() == list(ARTICLES)
    assert len(rows) == 6


def test_several_faults_come_in_one_sorted_report(root: Path) -> None:
    raw = root / "raw"
    (raw / f"{ARTICLES[4]}.txt").unlink()
    (raw / f"{ARTICLES[1]}.txt").write_bytes(b"changed")
    (raw / "zz.txt").write_text("unlisted")
    add_article(root, "aa", b"\0")
    path = raw / "manifest.jsonl"
    path.write_text(path.read_text() + '{"id": 3, "file": "b.txt"}\n')
    with pytest.raises(ProblemsFound) as error:
        ingest(raw)
    files = [problem.file.removeprefix("raw/") for problem in error.value.problems]
    assert files == sorted(files)
    assert set(files) == {f"{ARTICLES[4]}.txt", f"{ARTICLES[1]}.txt", "zz.txt", "aa.txt", "manifest.jsonl"}
    assert all(problem.fix in str(error.value) for problem in error.value.problems)
