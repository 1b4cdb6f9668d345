"""The transaction: a version appears whole or not at all, and never changes afterwards.

Everything is written under a dot name beside its place, flushed, and renamed. A run that is killed leaves the
old state and a leftover that the next run deletes; after the rename of the version only the files beside it
that speak of it remain to be replaced, each at once, and the next run of the same build does it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allegata.publish.card.leaderboard import LEADERBOARD
from allegata.publish.card.pages import CARD, FOLDER
from allegata.publish.card.pre_annotation import PRE_ANNOTATION
from allegata.publish.configs import FORMER_CONFIGS, README
from allegata.publish.diff.changelog import CHANGELOG
from allegata.publish.differences import compare_versions
from allegata.publish.splits import PINS
from allegata.schema.files import PARTIAL, aside, holding_corpus, sync_folder
from allegata.schema.problems import ProblemsFound
from allegata.schema.versions import SUMS, is_version

# What a version is called while it is prepared: which one it will be follows from what is in it.
NEXT = "next"


@contextmanager
def publishing(corpus: Path) -> Iterator[None]:
    """Hold the corpus for one publication, make its folder of versions, and delete what a killed one left behind.

    Raises `UsageError` while another command holds it.
    """
    with holding_corpus(corpus.parent):
        corpus.mkdir(exist_ok=True)
        _delete_leftovers(corpus)
        yield


@contextmanager
def prepared(corpus: Path) -> Iterator[Path]:
    """The empty folder that a version is prepared in; if it has not become one by then, it is deleted at the end."""
    candidate = aside(corpus / NEXT)
    candidate.mkdir()
    try:
        yield candidate
    finally:
        shutil.rmtree(candidate, ignore_errors=True)  # what stays goes with the next publication


def _delete_leftovers(corpus: Path) -> None:
    """Delete what a killed publication prepared: version folders and the files beside them, by their exact names."""
    beside = (README, CHANGELOG, FORMER_CONFIGS, SUMS)
    for name in (PINS, LEADERBOARD, PRE_ANNOTATION, CARD, *(f"corpus/{name}" for name in beside)):
        aside(corpus.parent / name).unlink(missing_ok=True)
    for page in (corpus / FOLDER).glob(f".*.md{PARTIAL}"):
        page.unlink()
    earlier = (  # as they were called before 2.0
        folder
        for folder in corpus.glob(f".v[0-9]*{PARTIAL}")
        if is_version(folder.name.removeprefix(".v").removesuffix(PARTIAL))
    )
    for folder in (aside(corpus / NEXT), *earlier):
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)


def install_version(candidate: Path, place: Path, advice: str) -> bool:
    """Rename `candidate` to `place`; return whether the version is new.

    If `place` exists it is left alone: the two are compared byte for byte.
    Raises `ProblemsFound` with every file and table that differs, and the `advice` what to do about it.
    """
    if not place.exists():
        for folder in [*sorted(path for path in candidate.rglob("*") if path.is_dir()), candidate]:
            sync_folder(folder)
        candidate.rename(place)
        sync_folder(place.parent)
        return True
    problems = compare_versions(place, candidate, f"{place.parent.name}/{place.name}", advice)
    if problems:
        raise ProblemsFound(problems)
    return False


def delete_file(path: Path) -> None:
    """Delete the file `path`, if it is there."""
    if path.is_file() or path.is_symlink():
        path.unlink()
        sync_folder(path.parent)
