"""`allegata --version`: the program's version, and that of the corpus here, which is counted apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allegata.cli.shown import say


def _shown(asked: bool) -> None:
    if not asked:
        return
    from importlib.metadata import version

    from allegata.schema.problems import UsageError
    from allegata.schema.settings import find_root
    from allegata.schema.versions import versions_in

    say(f"allegata {version('allegata')}")
    try:
        published = versions_in(find_root(Path()) / "corpus")
    except UsageError:
        published = ()
    say(f"corpus {published[-1]}" if published else "no published corpus here")
    raise typer.Exit


def program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_shown, is_eager=True, help="Show the versions of program and corpus."),
    ] = False,
) -> None:
    """Options of the program itself."""
