"""The options that commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from allegata.cli.shown import shell_word
from allegata.schema.digests import sha256_bytes

HERE = Path()


def corpus_root(given: Path) -> Path:
    """The folder of the corpus: what --root names, or the nearest one with settings, from here upwards."""
    if given != HERE:
        return given
    from allegata.schema.settings import find_root

    return Path(os.path.relpath(find_root(HERE)))


_ROOT_HELP = "Folder of the corpus: the one with allegata.toml (or [tool.allegata]), raw/ and annotations/."
_ROOT_DEFAULT = "the nearest, from here upwards"
Root = Annotated[Path, typer.Option("--root", help=_ROOT_HELP, show_default=_ROOT_DEFAULT, callback=corpus_root)]
RootIfNeeded = Annotated[Path, typer.Option("--root", help=_ROOT_HELP, show_default=_ROOT_DEFAULT)]


LATEST = Path("corpus")


def corpus_folder(given: Path) -> Path:
    """What --corpus names, or the versions of the corpus: a folder corpus/ here needs no settings beside it."""
    return given if given != LATEST or given.is_dir() else corpus_root(HERE) / LATEST


def built(given: Path | None, name: str, corpus: Path | None = None) -> Path:
    """The folder that is named, or build/`name` of the corpus here.

    Where `corpus`, a folder of versions or one of them, is another one, build/`name` of the corpus folder that holds
    it, and where none holds it, build/CORPUS/`name` here, where CORPUS is its name with a digest of where it stands:
    what two corpora make is never mixed.
    """
    if given is not None:
        return given
    home = _home(HERE)
    if corpus is not None and not _is_here(corpus):
        from allegata.schema.settings import publishing_root

        other, place = publishing_root(corpus), corpus.resolve()
        if other is None:
            return Path("build") / f"{place.name}-{sha256_bytes(os.fsencode(place))[:8]}" / name
        home = Path(os.path.relpath(other))
    return (home or Path()) / "build" / name


def _home(start: Path) -> Path | None:
    """The nearest corpus folder, from `start` upwards, as a path from here."""
    from allegata.schema.problems import UsageError
    from allegata.schema.settings import find_root

    try:
        return Path(os.path.relpath(find_root(start)))
    except UsageError:
        return None


def _is_here(corpus: Path) -> bool:
    """Whether these are the versions, or one of them, that a command without --corpus takes."""
    home = _home(HERE)
    return corpus.resolve().is_relative_to(((home or HERE) / LATEST).resolve())


def with_root(command: str, root: Path) -> str:
    """The command, with the --root that it needs to be about the same corpus."""
    home = _home(HERE)
    same = home is not None and home.resolve() == root.resolve()
    return command if same else f"{command} --root {shell_word(str(root))}"


def with_corpus(command: str, corpus: Path) -> str:
    """The command, with the --corpus that it needs to be about the same versions."""
    home = _home(HERE)
    same = corpus.resolve() == ((home or HERE) / LATEST).resolve()
    return command if same else f"{command} --corpus {shell_word(str(corpus))}"


CorpusOption = Annotated[
    Path,
    typer.Option(
        "--corpus",
        help="Folder of one published version, or of several.",
        show_default="the latest of the corpus here",
        callback=corpus_folder,
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]

Level = Literal["patch", "minor", "major"]
RunnerOption = Annotated[
    str, typer.Option("--runner", help="embedded: this machine; ray: a cluster (extra `cluster`).")
]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Processes of the embedded runner.")]
AddressOption = Annotated[
    str | None,
    typer.Option("--address", help="The Ray cluster; `local` starts one.", show_default="RAY_ADDRESS"),
]
WorkOption = Annotated[
    str | None,
    typer.Option(
        "--work",
        help="Folder or URL that finished work is kept in: the next run makes only what has changed.",
        show_default="a temporary folder",
    ),
]
Bump = Annotated[
    Level | None,
    typer.Option(
        "--bump",
        help="By how much the version rises: patch, minor or major.",
        show_default="the least that fits what has changed",
    ),
]
BatchOption = Annotated[int, typer.Option("--batch", min=1, help="Articles of a batch at most.")]
