"""A folder of pages is replaced by the next run of the same command, and nothing that somebody else put there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allegata.recipe.pages_folder import LIST, write_pages
from allegata.schema.problems import UsageError

FIRST = [("index.html", b"1"), ("articles/a.html", b"a"), ("search/index.js", b""), ("assets/pages.css", b"")]
SECOND = [("index.html", b"2"), ("articles/b.html", b"b"), ("assets/pages.css", b"")]


def files(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert json.loads(found.pop(LIST))["files"] == sorted(found)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The pages of a first run."""
    assert write_pages(tmp_path / "pages", "browse", FIRST) == (4, 2)
    return tmp_path / "pages"


def test_the_next_run_replaces_the_pages_of_the_one_before(folder):
    assert files(folder) == dict(FIRST)
    write_pages(folder, "browse", SECOND)
    assert files(folder) == dict(SECOND)
    assert [path.name for path in folder.parent.iterdir() if not path.name.startswith(".")] == ["pages"]


def _link(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    (folder / "linked").symlink_to(folder.parent / "elsewhere")


@pytest.mark.parametrize(
    ("name", "put"),
    [
        ("notes.txt", lambda folder: (folder / "notes.txt").write_text("mine")),
        ("articles/mine.html", lambda folder: (folder / "articles" / "mine.html").write_text("mine")),
        ("assets/browse.js", lambda folder: (folder / "assets" / "browse.js").write_text("mine")),
        (".git", lambda folder: (folder / ".git").mkdir()),
        ("linked", _link),
    ],
)
def test_a_folder_that_somebody_put_a_file_into_is_refused_by_its_name(folder, name, put):
    put(folder)
    with pytest.raises(UsageError, match=rf"holds other files \('{name}'\): give an empty folder"):
        write_pages(folder, "browse", SECOND)
    assert (folder / name).exists()
    assert (folder / "index.html").read_bytes() == b"1"


@pytest.mark.parametrize("command", ["report", "adjudicate"])
def test_the_pages_of_another_command_are_refused(folder, command):
    with pytest.raises(UsageError, match="holds the pages of `allegata browse`: give another folder"):
        write_pages(folder, command, SECOND)
    assert files(folder) == dict(FIRST)


@pytest.mark.parametrize("command", ["browse", "report", "adjudicate"])
def test_pages_without_a_list_are_nobodys_to_replace(folder, command):
    (folder / LIST).unlink()
    with pytest.raises(UsageError, match=r"holds other files .*: give an empty folder"):
        write_pages(folder, command, SECOND)
    assert (folder / "index.html").read_bytes() == b"1"


def test_a_page_of_somebody_else_is_no_page_of_ours_whatever_it_is_called(tmp_path):
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(UsageError, match=r"index\.html"):
        write_pages(tmp_path, "report", SECOND)
    assert (tmp_path / "index.html").read_text() == "mine"


@pytest.mark.parametrize("text", ['{"command": "browse"', "[" * 100_000, "\ud800", "7"], ids=range(4))
def test_a_damaged_list_makes_nothing_replaceable(folder, text):
    (folder / LIST).write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UsageError, match=LIST):
        write_pages(folder, "browse", SECOND)
    assert (folder / "index.html").read_bytes() == b"1"
