"""Published versions as folders: `vX.Y.Z`, each with its manifest, in a folder of several or alone.

Beside several is their register, `SHA256SUMS`: the sha256 of every file, as `sha256sum --check` of GNU reads it. By it
a version that is missing or changed is found, even one whose own manifest was changed with it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from allegata.schema.digests import sha256_bytes
from allegata.schema.problems import Problem, ProblemsFound, UsageError

RELEASE_MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
RESTORE = "restore the file from version control, or download it again"
RESTORE_VERSION = "restore the version from version control, or download it again: it never changes after publication"
_NO_LONGER = f"{RESTORE_VERSION}; where it is not distributed any more, delete its lines in {SUMS} too"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r]+)")  # of a copy with other line ends nothing could be found
# Only this shape sorts by number and is accepted by `datasets` and by Hub tags alike.
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")
_NAMED = re.compile(rb'"version": "([0-9.]+)"')
_BEFORE = re.compile(rb'"before": \{\s*"version": "([0-9.]+)",\s*"sha256": "([0-9a-f]{64})"\s*\}')
_HEAD = 1_000  # bytes of a manifest: its first line names the version; of a million articles the rest is long


def is_version(version: str) -> bool:
    """Whether `version` is `X.Y.Z`."""
    return _VERSION.fullmatch(version) is not None


def version_key(version: str) -> tuple[int, int, int]:
    """Return the three numbers of `X.Y.Z`; raise `UsageError` for anything else."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise UsageError(f"corpus version {version!r} is not X.Y.Z: write three numbers, as 1.0.0")
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def is_published(folder: Path) -> bool:
    """Whether `folder` is that of a version: it has a manifest."""
    return os.path.isfile(folder / RELEASE_MANIFEST)  # of a name too long too: Path.is_file raises


def versions_in(corpus: Path) -> tuple[str, ...]:
    """The versions in the folder `corpus`, oldest first: `("1.0.0", "1.1.0")`."""
    found = (folder.name[1:] for folder in corpus.glob("v*.*.*") if is_published(folder))
    return tuple(sorted(filter(is_version, found), key=version_key))


def latest(path: Path) -> Path:
    """`path` itself if it is a version, else the newest version in it, else `path`.

    Raises `ProblemsFound` where the register names a newer one, which is missing, or does not name the newest.
    """
    if is_published(path):
        return path
    versions, register = versions_in(path), read_register(path)
    if register and (not versions or version_key(register.versions[-1]) > version_key(versions[-1])):
        raise ProblemsFound(version_faults(path, register))
    if register:
        register.refuse_unnamed(path, versions[-1])
    return path / f"v{versions[-1]}" if versions else path


def version_folder(corpus: Path, version: str | None = None) -> Path:
    """The folder of `version` (`1.0.0` or `v1.0.0`), the latest where none is named: in `corpus`, or `corpus` itself.

    Raises `UsageError` where there is none, with those there are; `ProblemsFound` where the register names it.
    """
    folder, number = latest(corpus), (version or "").removeprefix("v")
    if version is not None and not (is_published(corpus) and version_of(corpus) == number):
        folder = corpus / f"v{number}"
    if (version is not None and not is_version(number)) or not is_published(folder):
        raise no_version(corpus, version)
    return folder


def version_of(folder: Path) -> str:
    """The version in `folder`: as the folder is called, else as its manifest, of which the head alone is read.

    Raises `ProblemsFound` where it names none.
    """
    if is_version(named := folder.name.removeprefix("v")):
        return named
    with (folder / RELEASE_MANIFEST).open("rb") as file:
        found = _NAMED.search(file.read(_HEAD))
    if found is None:
        what = "is not the manifest of a version: it names none"
        raise ProblemsFound([Problem(what, RESTORE_VERSION, file=f"{folder.name}/{RELEASE_MANIFEST}")])
    return found[1].decode()


def no_version(corpus: Path, version: str | None) -> UsageError | ProblemsFound:
    """What is wrong where `corpus` does not hold a version: one that its register names is missing."""
    if version and (register := read_register(corpus)) and version.removeprefix("v") in register.versions:
        return ProblemsFound(version_faults(corpus, register))
    known = ", ".join((version_of(corpus),) if is_published(corpus) else versions_in(corpus))
    if not known:
        return UsageError(f"{corpus} holds no version: `allegata build` publishes the first one")
    return UsageError(f"{corpus} holds no version{f' {version}' if version else ''}; it holds: {known}")


@dataclass(frozen=True)
class Register:
    """What `SHA256SUMS` of a folder of versions says: the sha256 of each file by its path below the folder."""

    digests: Mapping[str, str]

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """The versions that it names, oldest first."""
        found = (name[1 : -len(RELEASE_MANIFEST) - 1] for name in self.digests if name.endswith(f"/{RELEASE_MANIFEST}"))
        return tuple(sorted(filter(is_version, found), key=version_key))

    def lacks(self, corpus: Path) -> str | None:
        """The newest version in the folder, where this does not name it yet: its publication was interrupted.

        So it is one that was published after the newest of this, whose manifest it holds the digest of.
        """
        newest, last = versions_in(corpus)[-1:], self.versions[-1]
        if not newest or version_key(newest[0]) <= version_key(last):
            return None
        after = (last, self.digests[f"v{last}/{RELEASE_MANIFEST}"])
        return newest[0] if _before(corpus / f"v{newest[0]}") == after else None

    def refuse_unnamed(self, corpus: Path, version: str) -> None:
        """Raise `ProblemsFound` for a version in the folder that this does not name, nor lacks."""
        if version not in (*self.versions, self.lacks(corpus)):
            raise ProblemsFound([_unnamed(corpus, version)])

    def of(self, version: str) -> dict[str, str]:
        """The sha256 of each file of a version, by its path below the folder of the version."""
        start = f"v{version}/"
        return {name.removeprefix(start): one for name, one in self.digests.items() if name.startswith(start)}


def read_register(corpus: Path) -> Register | None:
    """The register of the versions in the folder `corpus`; None where there is none, or no version.

    Raises `ProblemsFound` where it is damaged.
    """
    if not os.path.lexists(corpus / SUMS):
        return None
    digests, problems = read_sums(corpus / SUMS, f"{corpus.resolve().name}/{SUMS}")
    register = Register(digests)
    if not register.versions and not (problems and versions_in(corpus)):
        return None  # sums of something else
    if problems:
        raise ProblemsFound(problems)
    return register


def beside_fault(path: Path, data: bytes | None) -> str:
    """What is wrong with a file beside the versions, of which `data` was read, None where it is missing: "" where it is
    the registered one, none was registered, or an interrupted publication may have replaced it."""
    corpus = path.parent
    register = read_register(corpus)
    wanted = register.digests.get(path.name) if register and not register.lacks(corpus) else None
    if wanted is None or (data is not None and sha256_bytes(data) == wanted):
        return ""
    return f"is missing, but {SUMS} names it" if data is None else f"is not the file that {SUMS} names"


def version_faults(corpus: Path, register: Register) -> list[Problem]:
    """A problem for every version that the register names and is missing, and for one that it does not name.

    The newest one may lack in it: the publication that made it was interrupted, and the next one completes it.
    """
    there, name = versions_in(corpus), corpus.resolve().name
    newest = register.lacks(corpus)
    problems = [
        Problem(f"is missing, but {SUMS} names it", _NO_LONGER, file=f"{name}/v{version}/{RELEASE_MANIFEST}")
        for version in register.versions
        if version not in there
    ]
    problems += [_unnamed(corpus, version) for version in there if version not in (*register.versions, newest)]
    return problems


def _unnamed(corpus: Path, version: str) -> Problem:
    what = f"is a version that {SUMS} does not name, and no publication after the last that it names"
    fix = f"delete it, or move it out of {corpus.resolve().name}/; where it was published here, restore {SUMS}"
    return Problem(what, f"{fix} from version control", file=f"{corpus.resolve().name}/v{version}")


def _before(folder: Path) -> tuple[str, str] | None:
    """The version before and the digest of its manifest, as the head of a manifest says; None where it does not."""
    with (folder / RELEASE_MANIFEST).open("rb") as file:
        found = _BEFORE.search(file.read(_HEAD))
    return (found[1].decode(), found[2].decode()) if found else None


def read_sums(path: Path, place: str) -> tuple[dict[str, str], list[Problem]]:
    """The digest of every name in a file of sums, and lines that are none. `place` is how reports call the file."""
    wanted, problems, data = {}, [], path.read_bytes()
    for number, line in enumerate(data.split(b"\n"), 1):
        if match := _LINE.fullmatch(line.decode("utf-8", "replace")):
            wanted[match[2]] = match[1]
        elif line:
            problems.append(Problem("is no line of sha256 and name", RESTORE, file=place, line=number))
    if not wanted and not problems:
        problems.append(Problem("is empty", RESTORE, file=place))
    elif not problems and data != render_lines(wanted):
        problems.append(Problem("is not as it was written: one line a file, sorted by name", RESTORE, file=place))
    return wanted, problems


def render_lines(digests: Mapping[str, str]) -> bytes:
    """The sums of files, by their names."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
