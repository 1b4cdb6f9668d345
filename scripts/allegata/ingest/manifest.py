"""raw/manifest.jsonl: one row an article. What an article says about itself, and null where it is unknown."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem

MANIFEST = "manifest.jsonl"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


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
    metadata_source: dict[str, str] | None = None  # field -> where the page states it: meta, json-ld, text


_REQUIRED = ("id", "file", "sha256", "bytes", "media_type")
_TYPES: dict[str, type] = {"bytes": int, "ai_generated": bool, "metadata_source": dict}
_FIELDS = tuple(field.name for field in fields(ManifestRow))


def _faults(row: dict[str, Any]) -> list[str]:
    faults = [f"lacks the field {name!r}" for name in _REQUIRED if row.get(name) is None]
    faults += [f"has the unknown field {name!r}" for name in sorted(row.keys() - set(_FIELDS))]
    for name in _FIELDS:
        value, kind = row.get(name), _TYPES.get(name, str)
        if value is not None and type(value) is not kind:
            faults.append(f"field {name!r} is {json.dumps(value, ensure_ascii=False)}, not a {kind.__name__}")
    if faults:
        return faults
    if not _ID.fullmatch(row["id"]):
        faults.append(f"the id {row['id']!r} has characters other than letters, digits, '.', '_' and '-'")
    if not _SHA256.fullmatch(row["sha256"]):
        faults.append("sha256 is not 64 lower-case hexadecimal digits")
    path = Path(row["file"])
    if path.is_absolute() or ".." in path.parts or path.as_posix() != row["file"] or path.name == MANIFEST:
        faults.append(f"the file {row['file']!r} is not a plain path inside raw/")
    return faults


def read_manifest(raw: Path) -> tuple[list[ManifestRow], list[Problem]]:
    """The rows of raw/manifest.jsonl sorted by id, and every fault of the file itself."""
    path, name = raw / MANIFEST, f"{raw.name}/{MANIFEST}"
    if not path.is_file():
        return [], [Problem("is missing", "write one JSON row for each article of raw/", file=name)]
    lines, problems = parse_json_lines(path.read_bytes(), name)
    rows: list[ManifestRow] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in lines:
        faults = _faults(row)
        problems += [Problem(fault, "mend the row", file=name, line=number) for fault in faults]
        if faults:
            continue
        for key in ("id", "file"):
            first = seen.setdefault((key, row[key]), number)
            if first != number:
                problems.append(
                    Problem(
                        f"the {key} {row[key]!r} stands in line {first} already",
                        f"give each article its own {key}",
                        file=name,
                        line=number,
                    )
                )
        rows.append(ManifestRow(**row))
    return sorted(rows, key=lambda row: row.id), problems


def read_files(raw: Path, rows: list[ManifestRow]) -> tuple[dict[str, bytes], list[Problem]]:
    """The bytes of every listed file by article id, each checked against its row.

    A missing, changed or unlisted file is a problem; a changed one names both hashes.
    """
    problems: list[Problem] = []
    data: dict[str, bytes] = {}
    for row in rows:
        name, path = f"{raw.name}/{row.file}", raw / row.file
        if not path.is_file():
            problems.append(
                Problem(
                    f"is missing; the manifest lists it with sha256 {row.sha256}",
                    f"put the file back, or take its row out of {raw.name}/{MANIFEST}",
                    file=name,
                    article_id=row.id,
                )
            )
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest == row.sha256 and len(content) != row.bytes:
            problems.append(
                Problem(
                    f"has {len(content)} bytes, as its sha256 says; the manifest says {row.bytes}",
                    f"correct the field bytes of its row in {raw.name}/{MANIFEST}",
                    file=name,
                    article_id=row.id,
                )
            )
            continue
        if digest != row.sha256:
            problems.append(
                Problem(
                    f"has changed: its sha256 is {digest} ({len(content)} bytes), "
                    f"the manifest says {row.sha256} ({row.bytes} bytes)",
                    "raw files are never edited: put the original back, or add the new text under a new name",
                    file=name,
                    article_id=row.id,
                )
            )
            continue
        data[row.id] = content
    listed = {row.file for row in rows} | {MANIFEST}
    for path in sorted(raw.rglob("*")) if raw.is_dir() else []:
        relative = path.relative_to(raw)
        if path.is_file() and not relative.name.startswith(".") and relative.as_posix() not in listed:
            problems.append(
                Problem(
                    f"is not listed in {raw.name}/{MANIFEST}",
                    "add a row for it (id, file, sha256, bytes, media_type), or move it away",
                    file=f"{raw.name}/{relative.as_posix()}",
                )
            )
    return data, problems
