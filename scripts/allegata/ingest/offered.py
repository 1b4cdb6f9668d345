"""What is offered to raw/: the articles of files, folders, globs, web archives and JSON Lines."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import IO

from allegata.ingest.advice import beyond
from allegata.ingest.links import leads_out, walked
from allegata.ingest.page_metadata import LATEST
from allegata.ingest.wacz import WARC_SUFFIXES, read_wacz
from allegata.ingest.warc import Fetched, PassedOver, read_warc
from allegata.schema.file_kinds import HEAD, not_text
from allegata.schema.json_lines import JsonError, json_object
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem
from allegata.schema.system_errors import naming, system_problem
from allegata.text.tag_lists import each_once

_SUFFIXES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
}
_ARCHIVES = (*WARC_SUFFIXES, ".wacz")
_LINES = (".jsonl", ".ndjson")
_PIECE = 1 << 16  # bytes of a line that is passed over
# What a line of JSON may state beside its text, under the manifest's names.
_STATED = ("title", "publisher", "url", "author", "published", "language", "rights")


@dataclass(frozen=True)
class Offered:
    """One article on its way in."""

    data: bytes
    media_type: str
    place: str
    stated: dict[str, str]
    source: str
    latest: str = LATEST
    tags: list[str] | None = None


def offered(
    paths: Iterable[str | Path], text_column: str, *, follow_links: bool = False, limits: Limits = DEFAULTS
) -> Iterator[Offered | PassedOver | Problem]:
    """Every article of `paths` (files, folders, globs), what an archive passes over, and what cannot be read.

    A link that is named is followed, one inside a folder that leads out of it with `follow_links` only.
    """
    for path in _files(paths, follow_links):
        if isinstance(path, Problem):
            yield path
            continue
        try:
            yield from _articles_of(path, text_column, limits)
        except OSError as error:  # what the system does not let us read is as bad as what we cannot
            yield system_problem(error)


def _articles_of(path: Path, text_column: str, limits: Limits) -> Iterator[Offered | PassedOver | Problem]:
    if path.name.lower().endswith(_ARCHIVES):
        for record in (read_wacz if path.name.lower().endswith(".wacz") else read_warc)(path, limits):
            yield _from_archive(record) if isinstance(record, Fetched) else record
    elif path.suffix.lower() in _LINES:
        yield from _read_lines(path, text_column, limits)
    elif (size := path.stat().st_size) > limits.article_bytes:
        yield beyond(limits.excess("article-bytes", size), path.name)
    else:
        with naming(path):
            yield Offered(path.read_bytes(), _SUFFIXES[path.suffix.lower()], path.name, {}, "")


def _files(paths: Iterable[str | Path], follow_links: bool) -> Iterator[Path | Problem]:
    """Every file meant by `paths`, sorted and once; a path that means none is a problem."""
    found: set[Path] = set()
    problems: list[Problem] = []
    for given in paths:
        try:
            files, faults = _meant(Path(given), str(given), follow_links)
        except OSError as error:  # a name that is too long, a folder of somebody else
            files, faults = [], [system_problem(error)]
        found.update(files)
        problems += faults
    yield from problems
    yield from sorted(found, key=lambda file: file.as_posix())


def _meant(path: Path, pattern: str, follow_links: bool) -> tuple[list[Path], list[Problem]]:
    if path.is_file() and is_known(path):
        return [path], []
    if path.is_file():
        return [], [_unsupported(path)]
    files, problems = _below(path, follow_links) if path.is_dir() else _matching(pattern, follow_links)
    if not files and not problems:
        what = "is no file, and no folder or glob that holds one of a known kind"
        problems = [Problem(what, "check the path", file=str(path))]
    return files, problems


def _unsupported(path: Path) -> Problem:
    """The problem of a file whose name does not say that it holds articles: what it is, if its bytes say that."""
    with path.open("rb") as file:
        problem = not_text(file.read(HEAD), path.name)
    known = ", ".join([*_SUFFIXES, *_LINES, *_ARCHIVES])
    fix = f"rename it if it is one of these: {known}; export the articles of any other file to one of them"
    return problem or Problem("is of an unsupported file type", fix, file=path.name)


def _below(folder: Path, follow_links: bool) -> tuple[list[Path], list[Problem]]:
    """The files of known kinds below a folder, and what is wrong with links there."""
    files: list[Path] = []
    problems: list[Problem] = []

    def refused(error: OSError) -> None:
        problems.append(system_problem(error))

    for path, out in walked(folder, follow=follow_links, refused=refused):
        if out and (is_known(path) or path.is_dir()):
            problems.append(leads_out(path.as_posix(), "name it, or what it leads to, on the command line"))
        elif not out and is_known(path) and path.is_file():
            files.append(path)
        elif not out and is_known(path) and path.is_symlink():
            problems.append(Problem("is a link to nothing", "remove it, or restore the file", file=path.as_posix()))
    return files, problems


def _matching(pattern: str, follow_links: bool) -> tuple[list[Path], list[Problem]]:
    """The files of known kinds that a glob names. What `**` finds is as if its folder had been given."""
    files = [file for file in map(Path, glob.glob(pattern, recursive=True)) if file.is_file() and is_known(file)]
    folder = Path(pattern.partition("**")[0] or ".")
    if "**" not in pattern or follow_links or glob.has_magic(str(folder)):
        return files, []
    home = Path(os.path.realpath(folder))
    out = [file for file in files if not Path(os.path.realpath(file)).is_relative_to(home)]
    fix = "name it, or what it leads to, on the command line"
    return [file for file in files if file not in out], [leads_out(file.as_posix(), fix) for file in out]


def is_known(path: Path) -> bool:
    """Whether the name says what kind of articles a file holds."""
    name = path.name.lower()
    return not name.startswith(".") and (path.suffix.lower() in (*_SUFFIXES, *_LINES) or name.endswith(_ARCHIVES))


def _from_archive(page: Fetched) -> Offered:
    stated = {"url": page.url} if page.url else {}
    return Offered(page.data, page.content_type, page.place, stated, "warc", page.day or LATEST)


def _read_lines(path: Path, text_column: str, limits: Limits) -> Iterator[Offered | Problem]:
    """One article a line, which is an object with a text under `text_column`."""
    with path.open("rb") as lines:
        if problem := not_text(lines.read(HEAD), path.name):
            yield problem
            return
        lines.seek(0)
        for number in count(1):
            line = lines.readline(limits.article_bytes + 1)
            if not line:
                if number == 1:
                    yield Problem("is empty", "check the path, or leave it out", file=path.name)
                return
            if len(line) > limits.article_bytes and not line.endswith(b"\n"):
                excess = limits.excess("article-bytes", len(line) + _rest_of_line(lines))
                yield replace(beyond(excess, path.name), line=number)
            elif line.strip():
                yield _from_line(line, path.name, number, text_column)


def _rest_of_line(lines: IO[bytes]) -> int:
    """How many bytes of the line follow; they are read."""
    size = 0
    while piece := lines.readline(_PIECE):
        size += len(piece.removesuffix(b"\n"))
        if piece.endswith(b"\n"):
            break
    return size


def _from_line(line: bytes, name: str, number: int, text_column: str) -> Offered | Problem:
    try:
        # Other fields are none of ours: what writers of Python put there, as NaN, does not cost the article.
        row = json_object(line, strict=False, nan=True)
    except JsonError as error:
        return error.problem("correct the line, or skip it with --skip-bad", name, number)
    text = row.get(text_column)
    if not isinstance(text, str):
        what = f"has no text in the field {text_column!r}"
        return Problem(what, "name the field of the text with --text-column", file=name, line=number)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        what = "holds half of a surrogate pair in its text"
        return Problem(what, "correct the line, or skip it with --skip-bad", file=name, line=number)
    stated = {name: row[name] for name in _STATED if isinstance(row.get(name), str) and row[name].strip()}
    story = row.get("story")
    if story is not None and type(story) not in (str, int):
        what = f"states a story that is no name: {json.dumps(story, ensure_ascii=False)[:60]}"
        return Problem(what, "write a text, or null", file=name, line=number)
    if story is not None:
        stated["story"] = " ".join(str(story).split())
    tags = row.get("tags")
    tags = each_once(tag for tag in map(_one_line, tags) if tag) if isinstance(tags, list) else None
    return Offered(data, "text/plain", f"{name}:{number}", stated, "jsonl", tags=tags)


def _one_line(value: object) -> str:
    """A text without outer and doubled blanks; empty for what is no text or holds no letter and no digit."""
    return " ".join(value.split()) if isinstance(value, str) and any(map(str.isalnum, value)) else ""
