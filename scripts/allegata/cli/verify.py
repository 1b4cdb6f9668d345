"""The command that proves published versions."""

from __future__ import annotations

from typing import Annotated

import typer

from allegata.cli.options import LATEST, CorpusOption, corpus_root
from allegata.cli.shown import say
from allegata.schema.wording import number


def verify(
    version: Annotated[
        str | None, typer.Argument(help="A version, as 2.0.0.", metavar="VERSION", show_default="all")
    ] = None,
    corpus: CorpusOption = LATEST,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the latest version again from raw/, and compare every byte.")
    ] = False,
) -> None:
    """Prove that published versions are what was published.

    Every file against its sum and its manifest, every table against its logical digest, every suite again. A copy of
    corpus/, or of one version in it, is proved without anything beside it.
    """
    from allegata.recipe.verify import verify

    found = verify(corpus, version, rebuild=corpus_root(corpus.parent) if rebuild else None)
    names = ", ".join(found.versions)
    measured = "sums, manifests and logical digests" if found.sums else "manifests and logical digests"
    ran = [name for name in found.versions if name not in found.without_suites]
    suites = f"the suites pass on {', '.join(ran)}" if ran else "no suite was run"
    for why in dict.fromkeys(found.without_suites.values()):
        unsuited = ", ".join(name for name, one in found.without_suites.items() if one == why)
        suites += f" (not run on {unsuited}, {why})"
    again = f"; {found.rebuilt} was made again from raw/, byte for byte" if found.rebuilt else ""
    counts = f"{number(found.files, 'file')} and {number(found.rows, 'row')}"
    say(f"verified {names}: {counts} are as published ({measured}); {suites}{again}")
