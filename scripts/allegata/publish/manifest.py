"""The manifest of a version: what it holds, what it was made from, and by what. No time, host or path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any

from allegata.publish.digest import combined_digest
from allegata.schema.json_lines import json_object
from allegata.schema.problems import Problem, Problems
from allegata.schema.versions import RELEASE_MANIFEST, version_key

_FILE_TYPES = (str, str, int, int)


@dataclass(frozen=True)
class FileFacts:
    """One Parquet file: `file` relative to the version's folder."""

    file: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class SplitFacts:
    """The rows of one table in one split: its files in order, and the logical digest of all their rows."""

    files: tuple[FileFacts, ...]
    digest: str

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.files)

    def value(self) -> dict[str, Any]:
        """As the manifest writes it; a split in one file, as almost every one is, is written flat."""
        files = [asdict(file) for file in self.files]
        return {**(files[0] if len(files) == 1 else {"files": files}), "digest": self.digest}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> SplitFacts:
        """Read back what `value` wrote."""
        rest = dict(value)
        digest = rest.pop("digest")
        files = tuple(FileFacts(**file) for file in rest.get("files", [rest]))
        if not isinstance(digest, str) or any(tuple(map(type, astuple(file))) != _FILE_TYPES for file in files):
            raise TypeError(digest)
        return cls(files, digest)


@dataclass(frozen=True)
class TableFacts:
    """One table: its `datasets` features, and what is in each split that has rows."""

    features: list[dict[str, Any]]
    splits: dict[str, SplitFacts]

    @property
    def digest(self) -> str:
        """The logical digest of the table: of its splits' digests by name."""
        return combined_digest({split: facts.digest for split, facts in self.splits.items()})

    @property
    def rows(self) -> int:
        """Rows in all splits."""
        return sum(facts.rows for facts in self.splits.values())

    @property
    def files(self) -> list[FileFacts]:
        """The files of all splits."""
        return [file for facts in self.splits.values() for file in facts.files]


@dataclass(frozen=True)
class ReleaseManifest:
    """One version. `documents`: sha256 of its other files; `inputs`: sha256 of what its tables were made from."""

    version: str
    tables: dict[str, TableFacts]
    documents: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    algorithms: dict[str, Any] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """Every file of the version, itself included, relative to its folder, sorted."""
        tables = (file.file for facts in self.tables.values() for file in facts.files)
        return sorted({RELEASE_MANIFEST, *self.documents, *tables})


def render_json(value: object) -> bytes:
    """Return readable JSON in UTF-8 with one final newline; keys stay in the order they have."""
    data = bytearray()  # json.dumps would hold a string for every key and value before it joins them
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(value):
        data += piece.encode()
    data += b"\n"
    return bytes(data)


def render_release_manifest(manifest: ReleaseManifest) -> bytes:
    """Return the bytes of `manifest.json`, with the digest of every table beside its files.

    Tables and splits keep their order; what the caller gave (inputs, algorithms) is sorted by key.
    """
    value: dict[str, Any] = {"version": manifest.version, "tables": {}}
    value |= {name: dict(sorted(getattr(manifest, name).items())) for name in ("documents", "inputs")}
    value |= {
        name: json.loads(json.dumps(getattr(manifest, name), sort_keys=True)) for name in ("algorithms", "writers")
    }
    for name, facts in manifest.tables.items():
        splits = {split: rows.value() for split, rows in facts.splits.items()}
        value["tables"][name] = {"features": facts.features, "splits": splits, "digest": facts.digest}
    return render_json(value)


def parse_manifest(data: bytes) -> ReleaseManifest:
    """Read back what `render_release_manifest` wrote."""
    value: dict[str, Any] = json_object(data, strict=False)
    tables = {
        name: TableFacts(table["features"], {split: SplitFacts.of(facts) for split, facts in table["splits"].items()})
        for name, table in value.pop("tables").items()
    }
    features = [feature for facts in tables.values() for feature in facts.features]
    names = [feature["name"] for feature in features]
    named = [value.get(name, {}) for name in ("documents", "inputs", "algorithms", "writers")]
    texts = all(isinstance(name, str) for name in (value.get("version"), *names))
    if not texts or not all(isinstance(found, dict) for found in (*features, *named)):
        raise TypeError("version, features or sources")
    return ReleaseManifest(tables=tables, **value)


def read_manifests(corpus: Path) -> list[ReleaseManifest]:
    """Return the manifests of all versions under `corpus`, oldest version first.

    Raises `ProblemsFound` with every version folder whose manifest is missing or damaged: without it the
    version would silently drop out of the configs.
    """
    found, problems = [], Problems()
    for folder in corpus.glob("v[0-9]*"):
        try:
            manifest = parse_manifest((folder / RELEASE_MANIFEST).read_bytes())
            if folder.name != f"v{manifest.version}":
                raise ValueError(manifest.version)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            problems.add(
                Problem(
                    f"is missing, or not the manifest of {folder.name}",
                    "restore the version from version control: it never changes after publication",
                    file=f"{corpus.name}/{folder.name}/{RELEASE_MANIFEST}",
                )
            )
        else:
            found.append(manifest)
    problems.raise_if_any()
    return sorted(found, key=lambda manifest: version_key(manifest.version))


def sha256_bytes(data: bytes) -> str:
    """Return the hexadecimal sha256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the hexadecimal sha256 of the file at `path`, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_fault(path: Path, sha256: str, other: str) -> str:
    """What is wrong with a file: `other` where it has other bytes, or why it cannot be read, as a link that leads
    nowhere; "" for nothing."""
    try:
        return "" if sha256_file(path) == sha256 else other
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def describe_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the paths (`inputs/raw/a.txt`) at which two JSON objects differ, sorted."""
    paths = []
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if isinstance(left, dict) and isinstance(right, dict):
            paths += [f"{key}/{path}" for path in describe_difference(left, right)]
        elif left != right:
            paths.append(key)
    return paths
