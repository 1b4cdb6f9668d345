"""The command that makes a page of what the suites say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allegata.cli.endings import PROBLEMS
from allegata.cli.options import HERE, Root, WorkersOption, WorkOption
from allegata.cli.shown import open_page, say


def report(
    root: Root = HERE,
    output: Annotated[
        Path | None, typer.Option(help="Folder that the page goes to.", show_default="build/report of the corpus")
    ] = None,
    workers: WorkersOption = 1,
    work: WorkOption = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser of this machine.")] = False,
) -> None:
    """Make a page of what the suites expect and found.

    Every expectation in words, met or not, and the rows that break it, with links to their articles where
    `allegata browse` has written the pages of the corpus into build/browse.
    """
    from allegata.cli.console import progress

    with progress() as (on_step, passing):
        from allegata.engine.job import RunOptions
        from allegata.recipe.report import report as make

        options = RunOptions(workers=workers, work=work)
        made = make(root, output or root / "build" / "report", on_step, progress=passing, options=options)
    say(f"{made.expectations - made.unmet:,} of {made.expectations:,} expectations are met")
    say(f"open {made.index}")
    if show:
        open_page(made.index)
    if made.unmet:
        raise typer.Exit(PROBLEMS)
