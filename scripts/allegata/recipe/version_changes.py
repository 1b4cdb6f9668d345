"""The recipe of version differences: two versions, or a version and the working state, compared row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.engine.scratch import Scratch
from allegata.schema.problems import UsageError

if TYPE_CHECKING:
    from allegata.publish.bump import Change
    from allegata.publish.diff.version import Version, VersionDiff

WORKING = "working"


@dataclass(frozen=True)
class VersionChanges:
    """What differs between the versions called `first` and `second`, counted; `change` is the least bump that fits,
    None where nothing differs at all. `file` holds every difference (`publish.diff.records.CHANGES`)."""

    first: str
    second: str
    diff: VersionDiff
    change: Change | None
    file: Path

    def records(self) -> Iterator[list[dict[str, Any]]]:
        """The records of every difference, those of one row together, read from the file."""
        from allegata.publish.diff.records import read_changes

        return read_changes(self.file)


@contextmanager
def version_changes(
    corpus: Path, first: str | None, second: str = WORKING, into: Path | None = None
) -> Iterator[VersionChanges]:
    """Compare two versions in the folder `corpus`, or in folders of their own that `first` and `second` name; `working`
    is what a build of the corpus above `corpus` would publish. Without `first` it is the latest version.

    `into` is the folder that `changes.parquet` is written to; without one the file is temporary, and goes at the end.
    Memory does not grow with the corpus. The working state is built in a temporary folder, and nothing is published.
    Raises `UsageError` where there is no such version, `ProblemsFound` where a version is
    damaged or the working state fails its checks.
    """
    from allegata.publish.bump import change_since
    from allegata.publish.diff.records import CHANGES_FILE, write_changes
    from allegata.publish.diff.version import VersionDiff
    from allegata.schema.versions import version_folder, version_of

    first = first or version_of(version_folder(corpus))
    with ExitStack() as open_folders:
        old, new = (open_folders.enter_context(_opened(corpus, name)) for name in (first, second))
        folder = into or open_folders.enter_context(Scratch())
        diff = VersionDiff.between(old, new)
        diff.prove()
        folder.mkdir(parents=True, exist_ok=True)
        write_changes(diff, folder / CHANGES_FILE)
        change = change_since(old.manifest, new.manifest, diff)
        yield VersionChanges(_shown(first), _shown(second), diff, change, folder / CHANGES_FILE)


def _shown(name: str) -> str:
    from allegata.schema.versions import is_version

    return name.removeprefix("v") if is_version(name.removeprefix("v")) else name


@contextmanager
def _opened(corpus: Path, name: str) -> Iterator[Version]:
    from allegata.schema.versions import is_published, version_folder

    if name == WORKING:
        with _built(corpus) as folder:
            yield _version(folder)
        return
    if is_published(Path(name)):
        yield _version(Path(name))
        return
    try:
        folder = version_folder(corpus, name)
    except UsageError as error:
        elsewhere = f"{WORKING} is what a build would publish, a folder that of a version elsewhere"
        raise UsageError(f"{error}; {elsewhere}") from None
    yield _version(folder)


def _version(folder: Path) -> Version:
    from allegata.publish.diff.version import Version
    from allegata.schema.version_files import VersionFiles

    files = VersionFiles(folder)
    return Version(folder, files.manifest, files)


@contextmanager
def _built(corpus: Path) -> Iterator[Path]:
    """The folder of the version that raw/ and annotations/ make now, in a copy of the corpus."""
    from allegata.recipe.build import run
    from allegata.recipe.copies import temporary_copy
    from allegata.schema.settings import settings_file

    root = corpus.resolve().parent
    settings_file(root)
    with temporary_copy(root, ["annotations", "corpus"]) as copy:
        release = run(copy, pinned=False).release
        assert release is not None  # the last step made it
        yield release.path
