"""What every command does with bad news: a report and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer


@contextmanager
def reporting() -> Iterator[None]:
    """Turn the two kinds of bad news into a report and an exit code; everything else is a bug and shows itself."""
    from allegata.schema.problems import ProblemsFound, UsageError

    try:
        yield
    except ProblemsFound as found:
        from allegata.console import problems

        problems(found)
        raise typer.Exit(1) from None
    except UsageError as error:
        wrong(str(error))


def wrong(message: str) -> NoReturn:
    """End with exit code 2: the call is wrong."""
    print(f"allegata: {message}", file=sys.stderr)
    raise typer.Exit(2)
