"""The files of a published version, each proved by its sha256 before it is read: the one way to open one.

Every command that reads a version reads it through here. What a file has to be is said by the register beside the
version (`versions.SUMS`), by the sums in a copy of a repository of the Hub, or else by the manifest of the version. A
whole file is hashed once by who reads any of it: 0.6 s a GB on one core, few beside decoding its tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from allegata.schema.digests import file_fault
from allegata.schema.problems import Problem, Problems, ProblemsFound
from allegata.schema.release_manifest import ReleaseManifest, parse_manifest
from allegata.schema.versions import (
    RELEASE_MANIFEST,
    RESTORE_VERSION,
    SUMS,
    is_published,
    is_version,
    read_register,
    read_sums,
    version_faults,
    versions_in,
)

_TABLE = ".parquet"


class VersionFiles:
    """The files of the version in `folder`, by their paths below it; `place` is how reports call it.

    A folder without a manifest, as of tables that no publication made, is read as it is. Raises `ProblemsFound` where a
    register or manifest is damaged, and where the register beside the version does not name it.
    """

    def __init__(self, folder: Path) -> None:
        whole = folder.resolve()
        self.folder, self.place = folder, whole.name
        self._proved, self._by = set[str](), RELEASE_MANIFEST
        self._digests: Mapping[str, str] | None = None
        version = whole.name.removeprefix("v")
        register = read_register(whole.parent) if is_version(version) else None
        if register and (registered := register.of(version)):
            self.place, self._by, self._digests = f"{whole.parent.name}/{whole.name}", SUMS, registered
        elif is_published(folder):
            if register:
                register.refuse_unnamed(whole.parent, version)
            self._digests = self._sums() or self.manifest.digests

    def _sums(self) -> dict[str, str]:
        """Those in a copy of a repository of the Hub, which has another README than its manifest names."""
        if not (self.folder / SUMS).is_file():
            return {}
        digests, problems = read_sums(self.folder / SUMS, f"{self.place}/{SUMS}")
        if problems:
            raise ProblemsFound(problems)
        self._by = SUMS
        return digests

    @cached_property
    def manifest(self) -> ReleaseManifest:
        """The manifest. Raises `ProblemsFound` where it is missing, damaged or that of another version."""
        if not is_published(self.folder):
            raise ProblemsFound([self._problem(RELEASE_MANIFEST, "is missing")])
        found = parse_manifest(self.read(RELEASE_MANIFEST), self._at(RELEASE_MANIFEST))
        name = self.folder.resolve().name.removeprefix("v")
        if is_version(name) and name != found.version:
            what = f"is the manifest of version {found.version}, in the folder of {name}"
            raise ProblemsFound([self._problem(RELEASE_MANIFEST, what)])
        return found

    def tables(self) -> list[tuple[str, str]]:
        """The name of each table with each of its Parquet files, sorted.

        Raises `ProblemsFound` with every file that is missing, and every one that is none of the version.
        """
        paths = self.folder.rglob(f"*{_TABLE}") if self.folder.is_dir() else ()
        found = {path.relative_to(self.folder).as_posix() for path in paths}
        if self._digests is not None:
            named = {name for name in self._digests if name.endswith(_TABLE)}
            strange, fix = f"is not in {self._by}", "delete it: a published version never changes"
            problems = [Problem(strange, fix, self._at(name)) for name in found - named]
            problems += [self._problem(name, f"is missing, but {self._by} names it") for name in named - found]
            if problems:
                raise ProblemsFound(problems)
        return [(table_of(name), name) for name in sorted(found)]

    def has(self, name: str) -> bool:
        """Whether the version has a file of this name."""
        return (self.folder / name).is_file() if self._digests is None else name in self._digests

    def prove(self, names: Iterable[str]) -> None:
        """Raise `ProblemsFound` with every file that is missing, is not the published one, or is none of the version;
        each is hashed once."""
        problems = []
        for name in sorted({*names} - self._proved):
            if self._digests is None or (name == RELEASE_MANIFEST and name not in self._digests):
                continue  # nothing is there to prove it by
            if wanted := self._digests.get(name):
                fault = file_fault(self.folder / name, wanted, f"is not the file that {self._by} names")
            else:
                fault = f"is no file of the version: {self._by} does not name it"
            problems += [self._problem(name, fault)] if fault else []
            self._proved.add(name)
        if problems:
            raise ProblemsFound(problems)

    def path(self, name: str) -> Path:
        """Where a file is, proved to be the published one. Raises `ProblemsFound` where it is not."""
        self.prove([name])
        return self.folder / name

    def read(self, name: str) -> bytes:
        """The bytes of a file, which are the published ones. Raises `ProblemsFound` where they are not."""
        return self.path(name).read_bytes()

    def _at(self, name: str) -> str:
        return f"{self.place}/{name}"

    def _problem(self, name: str, what: str) -> Problem:
        return Problem(what, RESTORE_VERSION, self._at(name))


def published_versions(corpus: Path) -> tuple[str, ...]:
    """The versions in the folder `corpus`, oldest first, as `versions_in` finds them, each proved to be one.

    Raises `ProblemsFound` for one that is missing, and for a manifest that is not the published one.
    """
    problems, register = Problems(), read_register(corpus)
    if register:
        problems.extend(version_faults(corpus, register))
    for version in versions_in(corpus):
        try:
            VersionFiles(corpus / f"v{version}").prove([RELEASE_MANIFEST])
        except ProblemsFound as found:
            problems.extend(found.problems)
    problems.raise_if_any()
    return versions_in(corpus)


def opened(version: Path | VersionFiles) -> VersionFiles:
    """The files of the version in a folder, or of one that is open."""
    return version if isinstance(version, VersionFiles) else VersionFiles(version)


def table_of(name: str) -> str:
    """The table that a Parquet file is of: its folder, else its own name."""
    file = Path(name)
    return file.parts[-2] if len(file.parts) > 1 and file.parts[-2] != "data" else file.stem.split("-")[0]
