"""The command that makes the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allegata.cli.options import LATEST, CorpusOption, built
from allegata.cli.shown import complain, open_page, say
from allegata.schema.wording import number, some


def browse(
    version: Annotated[
        str | None, typer.Argument(help="A version, as 2.0.0.", metavar="VERSION", show_default="the latest")
    ] = None,
    corpus: CorpusOption = LATEST,
    output: Annotated[
        Path | None, typer.Option(help="Folder that the pages go to.", show_default="build/browse of the corpus")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Read raw/ of the corpus too, and show what removed copies have otherwise.")
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="Open the first page in the browser of this machine.")] = False,
) -> None:
    """Make pages of a published version, to be opened in a browser.

    Every article with its layers and what was removed, every story with its disputes. The pages need no server and
    load nothing from elsewhere.
    """
    from allegata.recipe.browse import browse as make

    made = make(corpus, version, built(output, "browse", corpus), raw=raw)
    if made.strange_titles:
        strange = some(map(repr, made.strange_titles), 5)
        complain(f"warning: story-titles of the settings names no story of this version: {strange}; correct the names")
    say(f"wrote {number(made.files, 'file')} ({number(made.bytes, 'byte')})")
    say(f"first page: {made.index}")
    if show:
        open_page(made.index)
