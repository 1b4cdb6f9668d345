"""The commands that take annotations to other tools and bring them home."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from allegata.cli.endings import PROBLEMS
from allegata.cli.options import HERE, Root, RootIfNeeded, corpus_root, with_root
from allegata.cli.shown import following, say
from allegata.schema.wording import number

FORMATS = (
    "brat",
    "cas-xmi",
    "cas-json",
    "label-studio",
    "web-annotation",
    "prodigy",
    "doccano",
    "potato",
    "conll",
    "spacy",
    "spans",
    "token-classification",
)
DATA_SETS = ("checkthat2019", "claimbuster", "polnear")


def export(
    format: Annotated[str, typer.Argument(help=f"One of: {', '.join(FORMATS)}.", metavar="FORMAT")],
    folder: Annotated[Path, typer.Argument(help="New or empty folder.", metavar="DIR")],
    root: Root = HERE,
    of: Annotated[str, typer.Option("--from", help="gold, passes/NAME, proposals, or a version as v1.0.0.")] = "gold",
    layer: Annotated[
        list[str] | None, typer.Option(help="mention, claim, attribution or time. Repeatable.", show_default="all")
    ] = None,
    article: Annotated[list[str] | None, typer.Option(help="Id of an article. Repeatable.", show_default="all")] = None,
    tokenizer: Annotated[
        str | None, typer.Option(help="For token-classification: a fast tokenizer, by name or folder.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over an earlier export.")] = False,
) -> None:
    """Write annotations in the format of another tool, on the clean texts.

    What the format cannot hold is counted, and listed span by span in losses.jsonl.
    """
    from allegata.exchange.losses import counted
    from allegata.recipe.exchange import export

    done = export(
        root,
        format,
        folder,
        of=of,
        layers=layer or (),
        articles=article or (),
        tokenizer=tokenizer,
        replace_it=replace,
    )
    counts = f"{number(done.documents, 'article')}, {number(done.annotations, 'annotation')}"
    say(f"wrote {folder}: {counts} in the format {format}")
    for line in counted(done.losses):
        say(f"lost: {line}")
    if done.losses:
        say(f"listed in {folder / 'losses.jsonl'}")


def import_(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join((*FORMATS, *DATA_SETS))}.", metavar="FORMAT")],
    path: Annotated[Path, typer.Argument(help="Folder or file: your own copy.")],
    root: RootIfNeeded = HERE,
    output: Annotated[Path, typer.Option(help="Folder that the Parquet tables go to.")] = Path("build/imported"),
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out what cannot be read, counted and listed.")
    ] = False,
    into: Annotated[str | None, typer.Option(help="Corrections go into gold, or passes/NAME.")] = None,
    annotator: Annotated[str, typer.Option(help="Who corrected: an id of annotators.jsonl.")] = "",
    layer: Annotated[
        list[str] | None,
        typer.Option(help="A layer that the tool showed. Repeatable.", show_default="those of the export"),
    ] = None,
    of: Annotated[str | None, typer.Option(help="Whose work is taken, where the files have several.")] = None,
    read: Annotated[
        list[str] | None,
        typer.Option(help="An article that was read, with nothing to change. Repeatable.", metavar="ARTICLE"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
) -> None:
    """Bring corrections home from another tool, or turn its files, or a data set, into our tables.

    With --into, what was changed in the tool is written into the gold or a pass, and nothing else of it changes.
    """
    if into is not None:
        _import_corrections(source, path, root, into, annotator, layer or (), of, read or (), dry_run)
        return
    from allegata.recipe.imported_files import write_imported
    from allegata.recipe.imports import read_foreign
    from allegata.schema.settings import limits_around

    imported, problems = read_foreign(source, path, skip_bad=skip_bad, limits=limits_around(root))
    written = write_imported(imported, output / source)
    for name, rows in written:
        say(f"wrote {output / source / name}: {number(rows, 'row')}")
    for notice in imported.notices:
        say(f"note: {notice}")
    if problems:
        from allegata.schema.problems import report

        say(f"skipped, {number(len(problems), 'problem')}:\n{report(problems)}")


def _import_corrections(
    source: str,
    path: Path,
    root: Path,
    into: str,
    annotator: str,
    layers: Sequence[str],
    of: str | None,
    read: Sequence[str],
    dry_run: bool,
) -> None:
    from allegata.recipe.corrections import import_corrections
    from allegata.schema.problems import UsageError

    if not annotator:
        raise UsageError("no annotator is named: add --annotator ID")
    root = corpus_root(root)
    done = import_corrections(
        root, source, path, into=into, annotator=annotator, layers=layers, of=of, read=read, dry_run=dry_run
    )
    for article in done.articles:
        kinds = (("added", article.added), ("changed", article.changed), ("removed", article.removed))
        parts = [
            f"{len(ids)} {what} ({', '.join(ids[:8])}{', …' if len(ids) > 8 else ''})" for what, ids in kinds if ids
        ]
        found_again = f"; {number(article.moved, 'span')} found again in a changed text" if article.moved else ""
        say(f"{article.article_id}: {', '.join(parts) or 'nothing changed'}{found_again}")
    for note in done.notes:
        say(f"note: {note}")
    for written in done.written:
        say(f"wrote {written}")
    if dry_run:
        say("nothing was written: --dry-run")
    elif done.written:
        following(with_root("allegata validate", root))


_SIDE = "gold, passes/NAME, v1.0.0, a folder of gold files or of a version, or the files of a tool (FORMAT:PATH)."


def diff_annotations(
    first: Annotated[str, typer.Argument(help=_SIDE, metavar="A")],
    second: Annotated[str, typer.Argument(help="Likewise.", metavar="B")],
    root: RootIfNeeded = HERE,
    layer: Annotated[
        list[str] | None, typer.Option(help="mention, claim, attribution or time. Repeatable.", show_default="all")
    ] = None,
    article: Annotated[list[str] | None, typer.Option(help="Id of an article. Repeatable.", show_default="all")] = None,
    of: Annotated[str | None, typer.Option(help="Whose work is taken, where a side has several.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Every difference, for programs.")] = False,
) -> None:
    """Show what is not the same in two sets of annotations: added, removed, moved, relabelled.

    What one of them has no place for is no difference, and is counted. Exit code 0: equal, 1: different.
    """
    from allegata.cli import differences as shown
    from allegata.recipe.differences import differences

    given = None if root == HERE else root
    found = differences(given, first, second, layers=layer or (), articles=article or (), annotator=of)
    shown.differences_as_json(found) if json else shown.differences(found)
    if not found.are_none:
        raise typer.Exit(PROBLEMS)
