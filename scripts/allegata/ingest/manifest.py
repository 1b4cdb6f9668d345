"""raw/manifest.jsonl: one row an article. What an article says about itself, and null where it is unknown."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from allegata.schema.json_lines import parse_json_lines
from allegata.schema.languages import language_fault
from allegata.schema.problems import Problem
from allegata.text.tag_lists import is_tag_list

MANIFEST = "manifest.jsonl"
# Folder in raw/ of what `allegata add` is adding, and in it the manifest of raw/ as it will be.
ADDING, WHOLE = ".adding", "whole.jsonl"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_LONGEST_NAME = 255  # bytes, of the file systems in use
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLAIN = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}/)*[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")  # surely inside raw/
_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can write half of a pair; no encoding can
# ISO 8601, extended format; whether the day exists is asked of datetime.
_PUBLISHED = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


@dataclass(frozen=True)
class ManifestRow:
    """One article of raw/: its identity, the digest of its bytes, and its stated metadata (else None)."""

    id: str
    file: str
    sha256: str
    bytes: int
    media_type: str
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    ai_generated: bool | None = None
    ai_disclosure: str | None = None
    rights: str | None = None
    # Optional from here on: only written where they are not null.
    tags: list[str] | None = None
    metadata_source: dict[str, str] | None = None  # field -> where the page states it: meta, json-ld, text
    story: str | None = None  # the events it tells of; null: the only story, or none stated
    original_name: str | None = (
        None  # of the file it was added from; with `:line` of a JSON Lines file, `@byte` of an archive
    )

    def written(self) -> dict[str, Any]:
        """The row as raw/manifest.jsonl states it."""
        return {name: value for name, value in asdict(self).items() if value is not None or name not in _OPTIONAL}


SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("media_type", pa.string()),
        ("title", pa.string()),
        ("publisher", pa.string()),
        ("url", pa.string()),
        ("author", pa.string()),
        ("published", pa.string()),
        ("language", pa.string()),
        ("ai_generated", pa.bool_()),
        ("ai_disclosure", pa.string()),
        ("rights", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("story", pa.string()),
    ]
)
SAID = "said"
_PLACES = pa.schema([("line", pa.int64()), ("id", pa.string()), ("file", pa.string())])
_SCANNED = pa.schema([*SCHEMA, (SAID, pa.binary()), ("line", pa.int64())])
_ROWS_PER_BATCH = 5_000
_BYTES_PER_PART = 1 << 20

_REQUIRED = ("id", "file", "sha256", "bytes", "media_type")
_OPTIONAL = ("tags", "metadata_source", "story", "original_name")
_TYPES: dict[str, type] = {"bytes": int, "ai_generated": bool, "metadata_source": dict, "tags": list}
_FIELDS = tuple(field.name for field in fields(ManifestRow))
_KNOWN = frozenset(_FIELDS)
_said = json.JSONEncoder(sort_keys=True).encode


def _faults(row: dict[str, Any]) -> list[str]:
    faults = [f"lacks the field {name!r}" for name in _REQUIRED if row.get(name) is None]
    if not row.keys() <= _KNOWN:
        faults += [f"has the unknown field {name!r}" for name in sorted(row.keys() - _KNOWN)]
    kinds = {name: _TYPES.get(name, str) for name, value in row.items() if value is not None}
    wrong = {name for name, kind in kinds.items() if type(row[name]) is not kind}
    for name in _FIELDS if wrong else ():
        if name in wrong:
            value = json.dumps(row[name], ensure_ascii=False)
            faults.append(f"field {name!r} is {value}, not a {kinds[name].__name__}")
    if faults:
        return faults
    if not _ID.fullmatch(row["id"]):
        faults.append(f"the id {row['id']!r} has characters other than letters, digits, '.', '_' and '-'")
    if not 0 <= row["bytes"] < 2**63:
        faults.append(f"the number of bytes {row['bytes']} is none of a file")
    if not _SHA256.fullmatch(row["sha256"]):
        faults.append("sha256 is not 64 lower-case hexadecimal digits")
    return faults + _file_faults(row["file"]) + form_faults(row)


def _file_faults(file: str) -> list[str]:
    """What is wrong with the name of a file of `raw`."""
    if _PLAIN.fullmatch(file) and not file.endswith(MANIFEST):  # nearly all are: a path takes five times as long
        return []
    path = Path(file)
    longest = max((len(part.encode("utf-8", "surrogatepass")) for part in path.parts), default=0)
    if longest > _LONGEST_NAME or _CONTROL.search(file):
        return [f"the file {file[:60]!r} has a name of over {_LONGEST_NAME} bytes, or a control character"]
    if path.is_absolute() or ".." in path.parts or path.as_posix() != file or path.name in ("", MANIFEST):
        return [f"the file {file!r} is not a plain path inside raw/"]
    if any(part.startswith(".") for part in path.parts):  # as .adding, which `allegata add` deletes
        return [f"the file {file!r} is hidden: names that begin with '.' are the program's own"]
    return []


def form_faults(row: Mapping[str, Any]) -> list[str]:
    """What is wrong with `language` and with the form of `published`, `url` and `story`, each a text, null or missing,
    with the list `tags`, and with texts that no file can hold."""
    language, published, url, story = (row.get(name) for name in ("language", "published", "url", "story"))
    faults = [
        f"the {name} {value!r} holds half a character (a lone surrogate)"
        for name, value in row.items()
        if isinstance(value, str) and not value.isascii() and _SURROGATE.search(value)
    ]
    if language is not None and (fault := language_fault(language)):
        faults.append(f"the language {fault[0]}: {fault[1]}")
    if published is not None and not _is_date(published):
        faults.append(f"published is {published!r}, no date such as '2025-01-23', with or without a time (ISO 8601)")
    tags = row.get("tags") or []
    if not is_tag_list(tags) or any(map(_SURROGATE.search, tags)):
        faults.append("its tags are not all texts that can be written, without outer blanks, and each once")
    if url is not None and not _is_web_address(url):
        faults.append(f"the url {url!r} is no address that begins with http:// or https://")
    if story is not None and (story != " ".join(story.split()) or not any(map(str.isalnum, story))):
        faults.append(f"the story {story!r} is not a name: one line with a letter or a digit, without outer blanks")
    return faults


def _is_date(text: str) -> bool:
    try:
        return bool(_PUBLISHED.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text))
    except ValueError:  # brackets that hold no address
        return False


@dataclass(frozen=True)
class RawManifest:
    """raw/manifest.jsonl as the recipe wants it: slim, for it is the one thing of every article kept in memory.

    `rows` has the columns of `SCHEMA` and the sha256 of the row as JSON with sorted keys (`SAID`), sorted by id;
    `digest` is the sha256 of the sorted ones: neither the order of the rows nor that of their keys says anything.
    `faulty` are the files that rows with faults name; None where such a row or line names none that can be read, so
    that nobody knows which files it means to list. The bytes of `withdrawn` articles are never read.
    """

    rows: pa.Table
    digest: str
    faulty: frozenset[str] | None = frozenset()
    withdrawn: frozenset[str] = frozenset()


def render_manifest(rows: Iterable[ManifestRow]) -> str:
    """The text of raw/manifest.jsonl: rows sorted by id, fields in their order."""
    lines = (json.dumps(row.written(), ensure_ascii=False) for row in sorted(rows, key=lambda row: row.id))
    return "".join(f"{line}\n" for line in lines)


def read_manifest(raw: Path) -> tuple[list[ManifestRow], list[Problem]]:
    """The rows of raw/manifest.jsonl sorted by id, and every fault of the file itself."""
    rows, numbers, problems = [], [], []
    for number, values, faults in _scan(raw):
        problems += faults
        if values is not None and not faults:
            rows.append(ManifestRow(**values))
            numbers.append(number)
    columns = [numbers, [row.id for row in rows], [row.file for row in rows]]
    problems += _repetitions(pa.table(columns, schema=_PLACES), f"{raw.name}/{MANIFEST}")
    return sorted(rows, key=lambda row: row.id), problems


def read_slim(raw: Path, withdrawn: Collection[str] = ()) -> tuple[RawManifest, list[Problem]]:
    """raw/manifest.jsonl as a table, of `withdrawn` articles what identifies them alone; and every fault of it."""
    problems: list[Problem] = []
    tables = [_SCANNED.empty_table()]
    found: list[dict[str, Any]] = []
    faulty: set[str] | None = set()
    for number, values, faults in _scan(raw):
        problems += faults
        if faults and faulty is not None:
            if values and isinstance(file := values.get("file"), str):
                faulty.add(file)
            else:
                faulty = None
        elif values is not None and not faults:
            values = {name: values[name] for name in _REQUIRED} if values["id"] in withdrawn else values
            found.append({**values, SAID: hashlib.sha256(_said(values).encode()).digest(), "line": number})
        if len(found) == _ROWS_PER_BATCH:
            tables.append(_as_table(found))
            found = []
    table = pa.concat_tables([*tables, _as_table(found)])
    problems += _repetitions(table.select(_PLACES.names), f"{raw.name}/{MANIFEST}")
    digest = hashlib.sha256(b"".join(sorted(table[SAID].to_pylist()))).hexdigest()
    rows = table.drop_columns("line").sort_by("id").combine_chunks()
    return RawManifest(rows, digest, faulty if faulty is None else frozenset(faulty), frozenset(withdrawn)), problems


def _as_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """What was read as a table; `pa.Table.from_pylist` takes eight times as long."""
    there = set[str]().union(*(row.keys() for row in rows))
    columns = [
        pa.array([row.get(field.name) for row in rows], field.type)
        if field.name in there
        else pa.nulls(len(rows), field.type)
        for field in _SCANNED
    ]
    return pa.table(columns, schema=_SCANNED)


def _scan(raw: Path) -> Iterator[tuple[int, dict[str, Any] | None, list[Problem]]]:
    """Every row with the number of its line and its faults, None for lines that hold none; one megabyte at a time."""
    path, name = raw / MANIFEST, f"{raw.name}/{MANIFEST}"
    if not path.is_file():
        yield 0, None, [Problem("is missing", "put it back, or begin with: allegata add FILES…", file=name)]
        return
    first_line, first_byte = 1, 0
    with path.open("rb") as file:
        while part := file.read(_BYTES_PER_PART) + file.readline():
            lines, problems = parse_json_lines(part, name, first_line, first_byte)
            yield 0, None, problems
            for number, row in lines:
                faults = [Problem(fault, "correct the row", file=name, line=number) for fault in _faults(row)]
                yield number, row, faults
            first_line += part.count(b"\n")
            first_byte += len(part)


def _repetitions(places: pa.Table, name: str) -> Iterator[Problem]:
    """Ids and files that stand in several lines; `places` are the lines with both."""
    for key in ("id", "file"):
        counts = pc.value_counts(places[key]).flatten()
        twice = places.filter(pc.is_in(places[key], counts[0].filter(pc.greater(counts[1], 1))))
        first: dict[str, int] = {}
        for row in twice.sort_by("line").to_pylist():
            if first.setdefault(row[key], row["line"]) != row["line"]:
                what = f"duplicate {key} {row[key]!r} (first in line {first[row[key]]})"
                yield Problem(what, f"give each article its own {key}", file=name, line=row["line"])


def being_added(raw: Path) -> tuple[list[ManifestRow], list[Problem]]:
    """The rows of the articles that `allegata add` has not finished adding, because it runs or was killed, and what
    is wrong with them: then nobody knows which files of `raw` are theirs."""
    if not (raw / ADDING / WHOLE).is_file():
        return [], []
    rows, problems = read_manifest(raw / ADDING)
    fix = f"delete the folder {raw.name}/{ADDING}, then what is reported as not listed; then add it again: allegata add"
    return rows, [replace(problem, file=f"{raw.name}/{problem.file}", fix=fix) for problem in problems]


def unlisted_files(raw: Path, manifest: RawManifest) -> Iterator[Problem]:
    """A problem for every file of `raw` that no row names. Dot files are none of ours, and a file that is being added
    counts as not there. A file that a row with faults names is none, nor any where such a row names no file."""
    added, faults = being_added(raw)
    yield from faults
    if faults or manifest.faulty is None:
        return
    listed = {*manifest.rows["file"].to_pylist(), *(row.file for row in added), *manifest.faulty, MANIFEST}
    for name in _files(raw):
        if name not in listed and not name.rpartition("/")[2].startswith(".") and not name.startswith(f"{ADDING}/"):
            yield Problem(
                f"is not listed in {raw.name}/{MANIFEST}",
                f"move it out of {raw.name}/, and add it from there: allegata add FILE",
                file=f"{raw.name}/{name}",
            )


def _files(folder: Path, inside: str = "") -> Iterator[str]:
    """The names of all files below a folder, in any order. `Path.rglob` would keep all it has seen."""
    with os.scandir(folder / inside) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(folder, f"{inside}{entry.name}/")
            elif entry.is_file():
                yield f"{inside}{entry.name}"
