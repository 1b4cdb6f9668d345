"""Published versions as folders: `vX.Y.Z`, each with its manifest, in a folder of several or alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

from allegata.schema.problems import UsageError

RELEASE_MANIFEST = "manifest.json"
# Only this shape sorts by number and is accepted by `datasets` and by Hub tags alike.
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")
_NAMED = re.compile(rb'"version": "([0-9.]+)"')
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
    """`path` itself if it is a version, else the newest version in it, else `path`."""
    versions = () if is_published(path) else versions_in(path)
    return path / f"v{versions[-1]}" if versions else path


def version_folder(corpus: Path, version: str | None = None) -> Path:
    """The folder of `version` (`1.0.0` or `v1.0.0`), the latest where none is named: in `corpus`, or `corpus` itself.

    Raises `UsageError` where there is none, with those there are.
    """
    folder, number = latest(corpus), (version or "").removeprefix("v")
    if version is not None and not (is_published(corpus) and version_of(corpus) == number):
        folder = corpus / f"v{number}"
    if (version is not None and not is_version(number)) or not is_published(folder):
        raise no_version(corpus, version)
    return folder


def version_of(folder: Path) -> str:
    """The version that the manifest in `folder` names, else the name of the folder."""
    with (folder / RELEASE_MANIFEST).open("rb") as file:
        named = _NAMED.search(file.read(_HEAD))
    return named[1].decode() if named else folder.name.removeprefix("v")


def no_version(corpus: Path, version: str | None) -> UsageError:
    """What is wrong where `corpus` does not hold a version."""
    known = ", ".join((version_of(corpus),) if is_published(corpus) else versions_in(corpus))
    if not known:
        return UsageError(f"{corpus} holds no version: `allegata build` publishes the first one")
    return UsageError(f"{corpus} holds no version{f' {version}' if version else ''}; it holds: {known}")
