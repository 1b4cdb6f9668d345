"""`corpus/SHA256SUMS`: every file under `corpus/` with its sha256, as `sha256sum --check` of GNU reads it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from allegata.publish.manifest import RELEASE_MANIFEST, ReleaseManifest, sha256_file
from allegata.schema.problems import Problem

SUMS = "SHA256SUMS"
_RESTORE = "restore the file from version control, or download it again"


def render_sums(corpus: Path, manifests: Iterable[ReleaseManifest]) -> bytes:
    """The sums of the versions of `manifests` and of the files beside them, sorted by name.

    The files of a version are taken from its manifest: only the manifests and what stands beside the versions is read.
    """
    found = {path.name: sha256_file(path) for path in _beside(corpus)}
    for manifest in manifests:
        folder = f"v{manifest.version}"
        found[f"{folder}/{RELEASE_MANIFEST}"] = sha256_file(corpus / folder / RELEASE_MANIFEST)
        found |= {f"{folder}/{name}": digest for name, digest in manifest.documents.items()}
        found |= {f"{folder}/{file.file}": file.sha256 for table in manifest.tables.values() for file in table.files}
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(found.items())).encode()


def check_sums(corpus: Path) -> list[Problem]:
    """A problem for every file under `corpus` that is not the one the sums name, that they name and is missing, or that
    they do not name. Without `SHA256SUMS`, as in versions before it, there is one problem."""
    name = f"{corpus.name}/{SUMS}"
    if not (corpus / SUMS).is_file():
        return [Problem("is missing", "write it again: allegata build", file=name)]
    wanted: dict[str, str] = {}
    problems = []
    for number, line in enumerate((corpus / SUMS).read_bytes().split(b"\n"), 1):
        digest, _, file = line.decode("utf-8", "replace").partition("  ")
        if file:
            wanted[file] = digest
        elif line:
            problems.append(Problem("is no line of sha256 and name", _RESTORE, file=name, line=number))
    found = {path.relative_to(corpus).as_posix(): path for path in _files(corpus)}
    for file in sorted(wanted.keys() | found.keys()):
        place = f"{corpus.name}/{file}"
        if file not in found:
            problems.append(Problem(f"is missing, but {SUMS} names it", _RESTORE, file=place))
        elif file not in wanted:
            problems.append(Problem(f"is not in {SUMS}", f"delete it, or restore {SUMS}", file=place))
        elif sha256_file(found[file]) != wanted[file]:
            problems.append(Problem(f"is not the file that {SUMS} names", _RESTORE, file=place))
    return problems


def _beside(corpus: Path) -> list[Path]:
    """What stands beside the versions and is published with them: no hidden file, and not the sums."""
    return [path for path in corpus.iterdir() if path.is_file() and path.name != SUMS and path.name[0] != "."]


def _files(corpus: Path) -> list[Path]:
    """Every file under `corpus` that is published; what is hidden is a lock, or of a publication that goes on."""
    below = (path for folder in corpus.glob("v*.*.*") for path in folder.rglob("*") if not path.is_dir())
    return [*_beside(corpus), *below]
