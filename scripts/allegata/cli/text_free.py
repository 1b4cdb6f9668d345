"""The commands that publish without texts, and put them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli.endings import PROBLEMS
from allegata.cli.shown import alarm, complain, say
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.recipe.hydrate import Hydrated

_SHOWN = 20
WithoutText = Annotated[
    Path | None,
    typer.Option("--without-text", help="Write the text-free edition of a published version to this folder instead."),
]
OfVersion = Annotated[
    str | None, typer.Option("--version", help="With --without-text: of this version.", show_default="the latest")
]


def edition(root: Path, into: Path, version: str | None) -> None:
    """Write the text-free edition of a published version."""
    from allegata.publish.text_free.edition import write_edition
    from allegata.recipe.corpus import open_corpus

    made = write_edition(open_corpus(root).version_folder(version), into)
    say(f"wrote {into}: {made.version} without its texts, {number(made.articles, 'article')}")
    quote = f"{number(made.words, 'word')} ({number(made.characters, 'character')})" if made.words else "0 words"
    say(f"the longest run of words that it shares with an article has {quote}, addresses and ids apart")
    say(f"{number(made.sealed, 'cell')} encrypted")
    if made.guessable:
        say(f"{number(made.guessable, 'article')} so short that a guess of the text could be confirmed by its digest")
    say(f"next: allegata hydrate {into} --from COPIES --into DIR")


def hydrate(
    folder: Annotated[Path, typer.Argument(help="A text-free edition.", metavar="DIR")],
    copies: Annotated[list[str], typer.Option("--from", help="Copies of the articles: files, folders, globs.")],
    into: Annotated[Path, typer.Option("--into", help="New folder for the restored version.")],
    more: Annotated[
        list[str] | None, typer.Argument(help="More copies, as a glob gives them.", metavar="PATH…")
    ] = None,
    text_column: Annotated[str, typer.Option(help="Field of JSON Lines that holds the text.")] = "text",
) -> None:
    """Restore a version from its text-free edition and your own copies.

    Pages, texts, web archives and JSON Lines, in any order, under any names. Byte for byte where the copies are the
    same; else every span that has moved, changed or is lost is listed, and the exit code is 1.
    """
    from allegata.recipe.hydrate import hydrate
    from allegata.schema.settings import limits_around

    limits = limits_around(Path())
    done = hydrate(folder, [*copies, *(more or ())], into, text_column=text_column, limits=limits)
    for problem in done.unread[:_SHOWN]:
        complain(problem.statement())
    found = done.found
    articles = len(found.same) + len(found.others) + len(found.missing)
    say(f"{len(found.same):,} of {articles:,} articles have an identical copy, {len(found.others):,} a similar one")
    if done.unused or done.unread:
        say(f"{done.unused:,} texts match no article; {len(done.unread):,} could not be read")
    if found.others or found.missing:
        _drifted(done)
        raise typer.Exit(PROBLEMS)
    if done.restored.other_rows:
        alarm(f"{', '.join(done.restored.other_rows)} differ from what was published: report it as a bug")
        raise typer.Exit(PROBLEMS)
    _restored(done)


def _drifted(done: Hydrated) -> None:
    from allegata.publish.text_free.restore import DRIFTED

    for other in done.found.others[:_SHOWN]:
        complain(f"{other.article_id}: from {other.place}, with {other.letters:,} of its {other.of:,} letters")
    for article_id in done.found.missing[:_SHOWN]:
        complain(f"{article_id}: no copy")
    for one in done.restored.first:
        place = f"[{one.before.start},{one.before.end})" if one.before else one.place
        complain(f"{one.kind} {f'{one.row} {place}'.rstrip()}: {one.why}")
    counts = done.restored.drifts
    listed = ", ".join(f"{counts.get(kind, 0):,} {kind}" for kind in ("moved", "changed", "lost"))
    say(f"restored {done.restored.version} from other copies into {done.path}: {listed}; each in {done.path / DRIFTED}")


def _restored(done: Hydrated) -> None:
    restored = done.restored
    files = sum(len(facts.files) for facts in restored.tables.values())
    start = f"restored {restored.version} into {done.path}: {number(files, 'file')} of tables"
    if not restored.unlike:
        say(f"{start}, byte for byte as they were published")
        return
    import pyarrow as pa

    by = restored.written_by.get("pyarrow", "another version")
    say(f"{start}; every table says what was published (logical digests agree)")
    other = " and another allegata" if by == pa.__version__ else ""
    here = f"published with pyarrow {by}, written here with {pa.__version__}{other}"
    say(f"{number(len(restored.unlike), 'file')} of other bytes: {here}")
