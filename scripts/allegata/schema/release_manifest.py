"""The manifest of a version as a value, and the one reader of it: every fault of its shape in one report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from allegata.schema.digests import combined_digest
from allegata.schema.json_lines import JsonError, json_object
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.versions import RELEASE_MANIFEST, RESTORE_VERSION, is_version

TEXT_FREE = "text_free"  # in `algorithms` of an edition without texts, with how it was made
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TABLE = re.compile(r"[a-z0-9_]{1,60}")
_MOST = 2**63  # of a number of bytes or rows
_DEEPEST = 16  # features inside features
_NAMED = ("documents", "inputs", "writers")  # each a name and a text
_OPTIONAL = {*_NAMED, "algorithms", "before"}  # versions of earlier programs lack some of them


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
    """One version. `documents`: sha256 of its other files; `inputs`: sha256 of what its tables were made from.

    `before` is the `version` before and the `sha256` of its manifest, empty for a first version: so each version holds
    the digest of all that were before it. None in versions of earlier programs, which did not say it.
    """

    version: str
    tables: dict[str, TableFacts]
    documents: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    algorithms: dict[str, Any] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] | None = None

    @property
    def text_free(self) -> bool:
        """Whether it is of an edition whose texts were taken out."""
        return TEXT_FREE in self.algorithms

    @property
    def digests(self) -> dict[str, str]:
        """The sha256 of every file of the version but the manifest itself, relative to its folder."""
        return self.documents | {file.file: file.sha256 for facts in self.tables.values() for file in facts.files}

    @property
    def paths(self) -> list[str]:
        """Every file of the version, itself included, relative to its folder, sorted."""
        return sorted({RELEASE_MANIFEST, *self.digests})


def parse_manifest(data: bytes, place: str = RELEASE_MANIFEST) -> ReleaseManifest:
    """The manifest that a publication wrote. `place` is how the report calls it.

    Raises `ProblemsFound` with every field that is missing, unknown, or of another type.
    """
    try:
        value = json_object(data)
        faults = list(_faults(value))
    except JsonError as error:
        wrong = error.problem(RESTORE_VERSION, place)
        raise ProblemsFound([replace(wrong, what=f"is not the manifest of a version: {wrong.what}")]) from None
    if faults:
        raise ProblemsFound(
            Problem(f"is not the manifest of a version: {fault}", RESTORE_VERSION, file=place) for fault in faults
        )
    tables = {
        name: TableFacts(table["features"], {split: _split(facts) for split, facts in table["splits"].items()})
        for name, table in value.pop("tables").items()
    }
    return ReleaseManifest(tables=tables, **value)


def _split(value: Mapping[str, Any]) -> SplitFacts:
    rest = {name: one for name, one in value.items() if name != "digest"}
    return SplitFacts(tuple(FileFacts(**file) for file in rest.get("files", [rest])), value["digest"])


def _faults(value: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with it, each with its place in it."""
    yield from _keys(value, "", {"version", "tables"}, _OPTIONAL)
    if "version" in value and not (isinstance(value["version"], str) and is_version(value["version"])):
        yield "version is not X.Y.Z"
    found: list[str] = []
    for name in _NAMED:
        for key, one in _object(value.get(name, {}), name, found):
            if not isinstance(one, str):
                yield f"{name}.{key} is not a text"
            elif name == "documents":
                yield from _file_faults(key, one, f"{name}.{key}")
    yield from _before(value.get("before", {}))
    list(_object(value.get("algorithms", {}), "algorithms", found))
    for name, table in _object(value.get("tables", {}), "tables", found):
        if not _TABLE.fullmatch(name):
            yield f"tables.{name} is no name of a table"  # of which a folder is called
        yield from _table_faults(table, f"tables.{name}")
    yield from found


def _object(value: object, place: str, faults: list[str]) -> Iterator[tuple[str, Any]]:
    """The fields of a value; one fault where it is no object."""
    if isinstance(value, dict):
        yield from value.items()
    else:
        faults.append(f"{place} is not an object")


def _keys(value: Mapping[str, Any], place: str, wanted: set[str], optional: Collection[str] = ()) -> Iterator[str]:
    inside = f"{place}." if place else ""
    yield from (f"{inside}{name} is missing" for name in sorted(wanted - value.keys()))
    unknown = value.keys() - wanted.union(optional)
    yield from (f"{inside}{name} is no field that this program knows" for name in sorted(unknown))


def _before(before: object) -> Iterator[str]:
    if before == {}:
        return
    if not isinstance(before, dict) or before.keys() != {"version", "sha256"}:
        yield "before is not an object of version and sha256"
    elif not (isinstance(before["version"], str) and is_version(before["version"])):
        yield "before.version is not X.Y.Z"
    elif not _is_digest(before["sha256"]):
        yield "before.sha256 is not a sha256"


def _table_faults(table: object, place: str) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"{place} is not an object"
        return
    yield from _keys(table, place, {"features", "splits", "digest"})
    if not _is_digest(table.get("digest", "0" * 64)):
        yield f"{place}.digest is not a sha256"
    yield from _members(table.get("features", []), f"{place}.features", 0)
    found: list[str] = []
    for name, split in _object(table.get("splits", {}), f"{place}.splits", found):
        yield from _split_faults(split, f"{place}.splits.{name}")
    yield from found


def _split_faults(split: object, place: str) -> Iterator[str]:
    if not isinstance(split, dict):
        yield f"{place} is not an object"
        return
    if not _is_digest(split.get("digest")):
        yield f"{place}.digest is not a sha256"
    files = split.get("files", [{name: one for name, one in split.items() if name != "digest"}])
    if "files" in split:
        yield from _keys(split, place, {"files", "digest"})
    if not isinstance(files, list) or not files:
        yield f"{place}.files is not a list of files"
        return
    for number, file in enumerate(files):
        at = f"{place}.files.{number}" if "files" in split else place
        if not isinstance(file, dict):
            yield f"{at} is not an object"
            continue
        yield from _keys(file, at, {"file", "sha256", "bytes", "rows"})
        yield from _file_faults(file.get("file", "x"), file.get("sha256", "0" * 64), at)
        for name in ("bytes", "rows"):
            if type(count := file.get(name, 0)) is not int or not 0 <= count < _MOST:
                yield f"{at}.{name} is not a whole number"


def _file_faults(name: object, digest: object, place: str) -> Iterator[str]:
    """A file is named by its path below the folder of the version: no other may be read or written."""
    if not isinstance(name, str) or not name.isprintable() or "\\" in name or {"", ".", ".."} & {*name.split("/")}:
        yield f"{place} names no file below its folder"
    if not _is_digest(digest):
        yield f"{place} has no sha256"


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _members(features: object, place: str, depth: int) -> Iterator[str]:
    if not isinstance(features, list):
        yield f"{place} is not a list of features"
        return
    for number, feature in enumerate(features):
        if not isinstance(feature, dict) or not isinstance(feature.get("name"), str):
            yield f"{place}.{number} has no name"
        else:
            yield from _feature({k: v for k, v in feature.items() if k != "name"}, f"{place}.{feature['name']}", depth)


def _feature(feature: object, place: str, depth: int) -> Iterator[str]:
    """`schema.features` writes them: a type, labels, a list of one of them, or a list or struct of named ones."""
    kinds = list(feature.items()) if isinstance(feature, dict) else []
    kind, inner = kinds[0] if len(kinds) == 1 else ("", None)
    if depth > _DEEPEST:
        yield f"{place} is nested too deeply"
    elif (kind in ("dtype", "list") and isinstance(inner, str)) or (kind in ("dtype", "list") and _is_labels(inner)):
        return
    elif kind == "struct" or (kind == "list" and isinstance(inner, list)):
        yield from _members(inner, place, depth + 1)
    elif kind == "list":
        yield from _feature(inner, place, depth + 1)
    else:
        yield f"{place} is no feature"


def _is_labels(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != {"class_label"} or not isinstance(value["class_label"], dict):
        return False
    names = value["class_label"].get("names")
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        return False
    return {*names} == {*map(str, range(len(names)))}
