"""`corpus/SHA256SUMS`: every file under `corpus/` with its sha256, as `sha256sum --check` of GNU reads it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from allegata.publish.card.pages import FOLDER
from allegata.schema.digests import file_fault, sha256_file
from allegata.schema.problems import Problem
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.versions import (
    RELEASE_MANIFEST,
    RESTORE,
    SUMS,
    Register,
    read_register,
    read_sums,
    render_lines,
)

_OTHER = f"is not the file that {SUMS} names"
_MISSING = f"{RESTORE}; where there never was one, `allegata build` writes it"
_COMPLETE = "run `allegata build`, which completes it; download a copy again"
# Files beside the versions that a command makes between two publications, with the command.
OF_COMMANDS = {
    "splits.json": "",
    "leaderboard.json": "allegata leaderboard",
    "pre-annotation.json": "allegata benchmark pre-annotation",
}
_VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+")


def render_sums(corpus: Path, manifests: Iterable[ReleaseManifest]) -> bytes:
    """The sums of the versions of `manifests` and of the files beside them, sorted by name.

    The files of a version are taken from its manifest: only the manifests and what stands beside the versions is read.
    """
    found = {path.relative_to(corpus).as_posix(): sha256_file(path) for path in beside(corpus)}
    for manifest in manifests:
        folder = f"v{manifest.version}"
        found[f"{folder}/{RELEASE_MANIFEST}"] = sha256_file(corpus / folder / RELEASE_MANIFEST)
        found |= {f"{folder}/{name}": digest for name, digest in manifest.digests.items()}
    return render_lines(found)


def renewed_sums(
    corpus: Path, manifests: Iterable[ReleaseManifest], names: Collection[str], *, there: bool = True
) -> bytes:
    """The sums as they are, but those of the files `names` below `corpus`: they are taken anew, or left out where the
    files are not `there` yet as they will be."""
    register = read_register(corpus)
    if register is None:
        return render_sums(corpus, manifests)
    others = {name: digest for name, digest in register.digests.items() if name not in names}
    return render_lines({**others, **({name: sha256_file(corpus / name) for name in names} if there else {})})


def check_sums(corpus: Path) -> list[Problem]:
    """A problem for every file under `corpus` that is not the one the sums name, that they name and is missing, or that
    they do not name. Without `SHA256SUMS`, as in versions before it, there is one problem, and one of a publication
    that was interrupted: its version is not named yet, and what stands beside the versions is old or new."""
    name = f"{corpus.name}/{SUMS}"
    if not (corpus / SUMS).is_file():
        return [Problem("is missing", _MISSING, file=name)]
    wanted, problems = read_sums(corpus / SUMS, name)
    found = {path.relative_to(corpus).as_posix(): path for path in _files(corpus)}
    register = Register(wanted)
    newest = register.lacks(corpus) if register.versions else None
    if newest:
        what = f"its publication was interrupted: {SUMS} and other files beside the versions may be those of before"
        problems.append(Problem(what, _COMPLETE, file=f"{corpus.name}/v{newest}"))
    for file in sorted(wanted.keys() | found.keys()):
        place, folder = f"{corpus.name}/{file}", file.partition("/")[0]
        if newest and (folder == f"v{newest}" or not _VERSION.fullmatch(folder)):
            continue
        if file not in found:
            problems.append(Problem(f"is missing, but {SUMS} names it", RESTORE, file=place))
        elif file not in wanted:
            problems.append(Problem(f"is not in {SUMS}", f"delete it, or restore {SUMS}", file=place))
        elif fault := file_fault(found[file], wanted[file], _OTHER):
            problems.append(Problem(fault, RESTORE, file=place))
    return problems


def check_register(corpus: Path, manifests: Sequence[ReleaseManifest], written: Collection[str]) -> list[Problem]:
    """What is wrong beside the versions `manifests` under `corpus`, oldest first: with the register, the chain of the
    versions, and every file that the next publication does not write again, as it does those of `written`.

    What is in the folders of the versions is not read (`differences.check_version`). A publication that was interrupted
    is completed: its version is the newest, the register does not name it, and the files beside are old or new.
    """
    register, name, problems = read_register(corpus), f"{corpus.name}/{SUMS}", check_chain(corpus, manifests)
    if register is None:
        if chained := next((manifest.version for manifest in manifests if manifest.before), None):
            what = f"is missing, and there was one when {chained} was published"
            problems.append(Problem(what, RESTORE, file=name))
        return problems
    for manifest in manifests:
        named = register.of(manifest.version)
        if named and {**named, RELEASE_MANIFEST: ""} != {**manifest.digests, RELEASE_MANIFEST: ""}:
            what = f"does not say of v{manifest.version} what the manifest of the version says"
            problems.append(Problem(what, RESTORE, file=name))
    found = {path.relative_to(corpus).as_posix(): path for path in _files(corpus)}
    for file in sorted(register.digests.keys() | found.keys()):
        if _VERSION.fullmatch(file.partition("/")[0]) or file.rpartition("/")[0] == FOLDER or file in written:
            continue
        place = f"{corpus.name}/{file}"
        if file not in register.digests:
            if file not in OF_COMMANDS:
                what, fix = f"is no file of a publication: {SUMS} does not name it", "move it elsewhere, or delete it"
                problems.append(Problem(what, fix, file=place))
        elif register.lacks(corpus):
            continue
        elif file not in found:
            problems.append(Problem(f"is missing, but {SUMS} names it", RESTORE, file=place))
        elif fault := file_fault(found[file], register.digests[file], _OTHER):
            fix = f"{RESTORE}, or make it again: {again}" if (again := OF_COMMANDS.get(file)) else RESTORE
            problems.append(Problem(fault, fix, file=place))
    return problems


def check_chain(corpus: Path, manifests: Sequence[ReleaseManifest]) -> list[Problem]:
    """A problem for each of the versions under `corpus` that is not the one after which the next was published.

    A version that is not there any more is passed over, and one of an earlier program, which did not say it.
    """
    there = {manifest.version for manifest in manifests}
    problems = []
    for manifest in manifests:
        before = manifest.before or {}
        if (version := before.get("version")) in there:
            path = corpus / f"v{version}" / RELEASE_MANIFEST
            other = f"is not the manifest after which {manifest.version} was published"
            if fault := file_fault(path, before["sha256"], other):
                problems.append(Problem(fault, RESTORE, file=f"{corpus.name}/v{version}/{RELEASE_MANIFEST}"))
    return problems


def check_copy(folder: Path, place: str, named: Collection[str], problems: Iterable[Problem]) -> list[Problem]:
    """What is wrong with a copy of a repository of the Hub: a version with another README, other files and their sums.

    `named` are the files that the manifest of the version names, its README aside, and `problems` what is wrong with
    the folder by the manifest alone. What describes the version is measured by the sums instead; hidden files, such as
    a download leaves, are nobody's.
    """
    wanted, faults = read_sums(folder / SUMS, f"{place}/{SUMS}")
    proven = {SUMS}
    for name, digest in sorted(wanted.items()):
        if not (folder / name).is_file():
            faults.append(Problem(f"is missing, but {SUMS} names it", RESTORE, file=f"{place}/{name}"))
        elif fault := file_fault(folder / name, digest, _OTHER):
            faults.append(Problem(fault, RESTORE, file=f"{place}/{name}"))
        else:
            proven.add(name)
    described = {f"{place}/{name}" for name in proven.difference(named)}
    hidden = re.compile(rf"{re.escape(place)}/(.*/)?\.")
    rest = [problem for problem in problems if problem.file not in described and not hidden.match(problem.file)]
    known = {problem.file for problem in rest}
    return [*rest, *(fault for fault in faults if fault.file not in known)]


def beside(corpus: Path) -> list[Path]:
    """What stands beside the versions and is published with them: no hidden file, and not the sums."""
    found = [*corpus.iterdir(), *(corpus / FOLDER).glob("*")]
    return [path for path in found if path.is_file() and path.name != SUMS and path.name[0] != "."]


def _files(corpus: Path) -> list[Path]:
    """Every file under `corpus`, the sums aside; what is hidden beside the versions is of a running publication."""
    files = ((path, path.relative_to(corpus).parts) for path in corpus.rglob("*") if not path.is_dir())
    return [
        path
        for path, parts in files
        if parts != (SUMS,) and (_VERSION.fullmatch(parts[0]) or not any(part[0] == "." for part in parts))
    ]
