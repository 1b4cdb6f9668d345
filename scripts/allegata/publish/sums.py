"""`corpus/SHA256SUMS`: every file under `corpus/` with its sha256, as `sha256sum --check` of GNU reads it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from allegata.publish.card.pages import FOLDER
from allegata.publish.manifest import ReleaseManifest, file_fault, sha256_file
from allegata.schema.problems import Problem
from allegata.schema.versions import RELEASE_MANIFEST

SUMS = "SHA256SUMS"
_OTHER = f"is not the file that {SUMS} names"
_VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+")
_RESTORE = "restore the file from version control, or download it again"


def render_sums(corpus: Path, manifests: Iterable[ReleaseManifest]) -> bytes:
    """The sums of the versions of `manifests` and of the files beside them, sorted by name.

    The files of a version are taken from its manifest: only the manifests and what stands beside the versions is read.
    """
    found = {path.relative_to(corpus).as_posix(): sha256_file(path) for path in beside(corpus)}
    for manifest in manifests:
        folder = f"v{manifest.version}"
        found[f"{folder}/{RELEASE_MANIFEST}"] = sha256_file(corpus / folder / RELEASE_MANIFEST)
        found |= {f"{folder}/{name}": digest for name, digest in manifest.documents.items()}
        found |= {f"{folder}/{file.file}": file.sha256 for table in manifest.tables.values() for file in table.files}
    return render_lines(found)


def check_sums(corpus: Path) -> list[Problem]:
    """A problem for every file under `corpus` that is not the one the sums name, that they name and is missing, or that
    they do not name. Without `SHA256SUMS`, as in versions before it, there is one problem."""
    name = f"{corpus.name}/{SUMS}"
    if not (corpus / SUMS).is_file():
        return [Problem("is missing", "write it again: allegata build", file=name)]
    wanted, problems = _read_sums(corpus / SUMS, name)
    found = {path.relative_to(corpus).as_posix(): path for path in _files(corpus)}
    for file in sorted(wanted.keys() | found.keys()):
        place = f"{corpus.name}/{file}"
        if file not in found:
            problems.append(Problem(f"is missing, but {SUMS} names it", _RESTORE, file=place))
        elif file not in wanted:
            problems.append(Problem(f"is not in {SUMS}", f"delete it, or restore {SUMS}", file=place))
        elif fault := file_fault(found[file], wanted[file], _OTHER):
            problems.append(Problem(fault, _RESTORE, file=place))
    return problems


def render_lines(digests: Mapping[str, str]) -> bytes:
    """The sums of files, by their names."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def check_copy(folder: Path, place: str, named: Collection[str], problems: Iterable[Problem]) -> list[Problem]:
    """What is wrong with a copy of a repository of the Hub: a version with another README, other files and their sums.

    `named` are the files that the manifest of the version names, its README aside, and `problems` what is wrong with
    the folder by the manifest alone. What describes the version is measured by the sums instead; hidden files, such as
    a download leaves, are nobody's.
    """
    wanted, faults = _read_sums(folder / SUMS, f"{place}/{SUMS}")
    proven = {SUMS}
    for name, digest in sorted(wanted.items()):
        if not (folder / name).is_file():
            faults.append(Problem(f"is missing, but {SUMS} names it", _RESTORE, file=f"{place}/{name}"))
        elif fault := file_fault(folder / name, digest, _OTHER):
            faults.append(Problem(fault, _RESTORE, file=f"{place}/{name}"))
        else:
            proven.add(name)
    described = {f"{place}/{name}" for name in proven.difference(named)}
    hidden = re.compile(rf"{re.escape(place)}/(.*/)?\.")
    rest = [problem for problem in problems if problem.file not in described and not hidden.match(problem.file)]
    known = {problem.file for problem in rest}
    return [*rest, *(fault for fault in faults if fault.file not in known)]


def _read_sums(path: Path, place: str) -> tuple[dict[str, str], list[Problem]]:
    """The digest of every name, and lines that are none."""
    wanted, problems = {}, []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        digest, _, file = line.decode("utf-8", "replace").partition("  ")
        if file:
            wanted[file] = digest
        elif line:
            problems.append(Problem("is no line of sha256 and name", _RESTORE, file=place, line=number))
    if not problems and path.read_bytes() != render_lines(wanted):
        problems.append(Problem("is not as it was written: one line a file, sorted by name", _RESTORE, file=place))
    return wanted, problems


def beside(corpus: Path) -> list[Path]:
    """What stands beside the versions and is published with them: no hidden file, and not the sums."""
    found = [*corpus.iterdir(), *(corpus / FOLDER).glob("*")]
    return [path for path in found if path.is_file() and path.name != SUMS and path.name[0] != "."]


def _files(corpus: Path) -> list[Path]:
    """Every file under `corpus`, the sums aside; what is hidden beside the versions is a lock, or of a publication that
    goes on."""
    files = ((path, path.relative_to(corpus).parts) for path in corpus.rglob("*") if not path.is_dir())
    return [
        path
        for path, parts in files
        if parts != (SUMS,) and (_VERSION.fullmatch(parts[0]) or not any(part[0] == "." for part in parts))
    ]
