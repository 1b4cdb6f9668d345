"""What commands share: bad news as a report and an exit code, and the options of all that reads a version."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

CorpusOption = Annotated[
    Path, typer.Option("--corpus", help="Folder of one published version; the latest of corpus/ if not given.")
]
LATEST = Path("corpus")
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]


@contextmanager
def reporting() -> Iterator[None]:
    """Turn the two kinds of bad news into a report and an exit code; everything else is a bug and shows itself."""
    from allegata.schema.problems import ProblemsFound, UsageError

    try:
        yield
    except ProblemsFound as found:
        from allegata.cli.console import problems

        problems(found)
        raise typer.Exit(1) from None
    except UsageError as error:
        wrong(str(error))


def wrong(message: str) -> NoReturn:
    """End with exit code 2: the call is wrong."""
    print(f"allegata: {message}", file=sys.stderr)
    raise typer.Exit(2)
