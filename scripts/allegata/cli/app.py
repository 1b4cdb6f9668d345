"""The command line: one thin command a stage. Every command runs the recipe up to its stage and reports on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli import benchmark as cli_benchmark
from allegata.cli import browse as cli_browse
from allegata.cli import exchange as cli_exchange
from allegata.cli import explain as cli_explain
from allegata.cli import privacy as cli_privacy
from allegata.cli import push as cli_push
from allegata.cli import report as cli_report
from allegata.cli import taking_out as cli_taking_out
from allegata.cli import tasks as cli_tasks
from allegata.cli import text_free as cli_text_free
from allegata.cli import verify as cli_verify
from allegata.cli import version_changes as cli_version_changes
from allegata.cli.endings import CODES, Commands, run
from allegata.cli.options import (
    HERE,
    LATEST,
    AddressOption,
    BatchOption,
    Bump,
    Level,
    Root,
    RootIfNeeded,
    RunnerOption,
    WorkersOption,
    WorkOption,
    built,
    with_root,
)
from allegata.cli.shown import complain, following, say, shell_word
from allegata.cli.version import program
from allegata.schema.problems import UsageError
from allegata.schema.wording import some

if TYPE_CHECKING:
    from allegata.recipe.state import Build

app = typer.Typer(
    name="allegata",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich costs a third of the 0.3 s in which help must answer
    help="From raw articles to a published, annotated corpus.\n\n"
    "The commands from `clean` to `publish` run the recipe up to that stage and report on it; only `publish` and "
    "`build` write into corpus/. Start with: allegata init DIR",
    epilog=CODES,
    callback=program,
)


@app.command()
def clean(
    root: Root = HERE,
    articles: Annotated[
        list[str] | None, typer.Argument(help="Ids of articles.", metavar="ARTICLE…", show_default="all")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the whole source text, with what was removed and why.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON an article, for programs.")] = False,
    article: Annotated[str | None, typer.Option(help="Show every removal of this article, with its text.")] = None,
    sentences: Annotated[
        str | None, typer.Option(help="Print the numbered sentences of this article, as drafts name them.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the articles with their layers to this Parquet file.")
    ] = None,
) -> None:
    """Mark what is not the article, each cut with its reason.

    A table of all articles, those that need a look first, with their notices; or what was kept and removed of some.
    """
    from allegata.cli import cleaning, console

    build = _run(root, "clean")
    for name in cleaning.stated(article if not (explain or json) else None, sentences):
        if why := build.removed.get(name):
            raise UsageError(
                f"{name} is in raw/, but {console.removed_at(why)}; see it with: allegata clean --explain {name}"
            )
    only = [*(articles or ()), *cleaning.stated(article)] or None
    _known(build, [*(only or ()), *cleaning.stated(sentences)])
    if sentences is not None:
        cleaning.sentences_of(build, sentences)
        return
    if json:
        cleaning.as_json(build, only, in_full=explain)
    elif explain:
        cleaning.explanations(build, only)
    elif article is not None:
        cleaning.removals_of(build, article)
    else:
        cleaning.cleaning(build, only)
    build.refuse_if_empty()
    cleaning.write(build, output, quiet=json)
    if not (json or explain):
        following(with_root("allegata deduplicate", root))


def _known(build: Build, names: list[str]) -> None:
    """Raise `UsageError` where the corpus has no article of one of these names."""
    known = sorted({*build.members["article_id"].to_pylist(), *build.removed})
    if unknown := [repr(name) for name in names if name not in known]:
        raise UsageError(
            f"there is no article {', '.join(unknown)}; one of: {some(known, 10)}; their files: allegata info"
        )


@app.command()
def deduplicate(root: Root = HERE) -> None:
    """Find exact and near duplicates; say which copy stays."""
    from allegata.cli import console

    console.duplicates(_run(root, "deduplicate"))
    following(with_root("allegata annotate", root))


@app.command()
def annotate(
    root: Root = HERE,
    draft: Annotated[
        list[Path] | None,
        typer.Option(
            help="Turn this draft (GUIDELINES.md, section 9; named ARTICLE.jsonl) into a gold file. Repeatable. "
            "One named disputes.jsonl or propositions.jsonl becomes the files across articles."
        ),
    ] = None,
    into: Annotated[str, typer.Option(help="Folder under annotations/ that gold files from drafts go to.")] = "gold",
    annotator: Annotated[
        list[str] | None, typer.Option(help="Who annotated: an id of annotators.jsonl. Repeatable.")
    ] = None,
    guidelines: Annotated[
        str | None,
        typer.Option(
            help="Version of the guidelines that were followed.",
            show_default="the one annotations/GUIDELINES.md states",
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over gold files that stand already.")] = False,
    unchanged: Annotated[
        bool,
        typer.Option("--unchanged", help="A human has read all of a machine's proposal and found nothing to correct."),
    ] = False,
    rewrite: Annotated[bool, typer.Option(help="Store the offsets of spans that were found at a new place.")] = False,
) -> None:
    """Put the gold onto the articles, or make gold of drafts; every quote is checked.

    Spans whose text has moved are found again by their quotes, or refused in one list.
    """
    from allegata.cli import console

    if draft:
        from allegata.recipe.drafts import import_drafts

        written = import_drafts(
            root, draft, into, tuple(annotator or ()), guidelines, replace=replace, unchanged=unchanged
        )
        console.written(written)
        following(with_root("allegata validate", root))
        return
    build = _run(root, "annotate")
    if rewrite:
        from allegata.recipe.drafts import rewrite_gold

        console.written(rewrite_gold(build))
    console.annotated(build)
    following(with_root("allegata validate", root))


@app.command()
def agreement(
    folders: Annotated[
        list[Path],
        typer.Argument(help="gold, passes/NAME, folders, files of tools; FORMAT:PATH where in doubt.", metavar="A B …"),
    ],
    root: RootIfNeeded = HERE,
    markdown: Annotated[bool, typer.Option("--markdown", help="A fragment for the dataset card.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Every figure, for programs.")] = False,
) -> None:
    """Measure how far annotators agree.

    Krippendorff's alpha, span F1, kappa, AC1, clusters and disputes; per layer and article.
    """
    from allegata.cli import console
    from allegata.recipe import compare

    of = None if root == HERE else root
    folders = [compare.named_pass(folder, of) for folder in folders]
    report = compare.agreement(compare.texts_for(folders, of), folders)
    console.agreement(report, "json" if json else "markdown" if markdown else "tables")


@app.command()
def adjudicate(
    first: Annotated[Path, typer.Argument(help="Pass A: gold, passes/NAME, or a folder of gold files.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="Pass B: likewise.", metavar="B")],
    root: Root = HERE,
    output: Annotated[
        Path | None, typer.Option(help="Folder that the pages go to.", show_default="build/adjudication of the corpus")
    ] = None,
) -> None:
    """Show two passes side by side, every difference marked.

    A page an article, an index, and a text report.
    """
    from allegata.cli import console
    from allegata.recipe import compare
    from allegata.recipe.build import read_corpus

    first, second = (compare.named_pass(folder, root) for folder in (first, second))
    console.written(compare.adjudicate(read_corpus(root), first, second, built(output, "adjudication", root / LATEST)))


@app.command()
def validate(
    root: Root = HERE,
    runner: RunnerOption = "embedded",
    workers: WorkersOption = 1,
    address: AddressOption = None,
    work: WorkOption = None,
    batch: BatchOption = 512,
) -> None:
    """Run the suites of expectations/ over every table.

    Nothing is published unless all pass. A failure names the article, the span and its text.
    """
    from allegata.cli import console

    checked = _run(root, "validate", runner, workers, address, work, batch)
    console.validation(checked)
    console.claims_apart(checked)
    following(with_root("allegata publish", root))


@app.command()
def publish(
    root: Root = HERE,
    runner: RunnerOption = "embedded",
    workers: WorkersOption = 1,
    address: AddressOption = None,
    work: WorkOption = None,
    batch: BatchOption = 512,
    bump: Bump = None,
    without_text: cli_text_free.WithoutText = None,
    version: cli_text_free.OfVersion = None,
) -> None:
    """Write the next version into corpus/, or prove the latest equal.

    A version that is pinned in the settings is written or proved equal, byte for byte.
    """
    from allegata.cli import console

    if without_text is not None:
        cli_text_free.edition(root, without_text, version)
        return
    if version is not None:
        raise UsageError("--version is for --without-text; the settings or --bump choose the version that is written")
    console.publication(_run(root, "publish", runner, workers, address, work, batch, bump))


@app.command()
def build(
    root: Root = HERE,
    runner: RunnerOption = "embedded",
    workers: WorkersOption = 1,
    address: AddressOption = None,
    work: WorkOption = None,
    batch: BatchOption = 512,
    bump: Bump = None,
) -> None:
    """Go the whole way: raw articles to a published version.

    Neither the runner nor the number of workers changes a byte.
    """
    from allegata.cli import console

    console.everything(_run(root, "publish", runner, workers, address, work, batch, bump))


@app.command()
def info(root: Root = HERE) -> None:
    """Show what is here: articles, gold files, versions."""
    from allegata.cli import console

    build = _run(root, "ingest")
    console.overview(build)


@app.command()
def init(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder to make, or to fill: a file that is there is never overwritten.", metavar="DIR"),
    ],
    name: Annotated[str, typer.Option(help="Short name.", show_default="that of the folder")] = "",
    title: Annotated[str, typer.Option(help="What people read as the name.")] = "",
    subject: Annotated[str, typer.Option(help="The one thing that all articles are about.")] = "",
    language: Annotated[
        list[str] | None, typer.Option(help="Language that you expect, as en or pt-BR. Repeatable.")
    ] = None,
    licence: Annotated[str, typer.Option(help="Identifier of SPDX or of the Hugging Face Hub.")] = "",
) -> None:
    """Make a corpus folder: settings, guidelines, scheme, suites.

    Asks nothing and overwrites nothing. Every setting may be given later, in allegata.toml.
    """
    from allegata.recipe.init import init as make

    files = make(folder, name=name, title=title, subject=subject, language=language or (), licence=licence)
    for path in files:
        say(f"wrote {path}")
    say(f"{folder} is a corpus" + ("" if files else " already; nothing was written"))
    place = f"./{folder}" if str(folder).startswith("-") else str(folder)
    following(f"{'' if folder == HERE else f'cd {shell_word(place)} && '}allegata add FILES…")


@app.command()
def add(
    paths: Annotated[list[str], typer.Argument(help="Text, HTML, JSON Lines, WARC; folders and globs of them.")],
    root: Root = HERE,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out what cannot be read, counted and listed.")
    ] = False,
    text_column: Annotated[str, typer.Option(help="Field of JSON Lines that holds the text.")] = "text",
    story: Annotated[
        str | None, typer.Option(help="The story that these articles tell; a line of JSON may state its own.")
    ] = None,
) -> None:
    """Put new articles into raw/ and its manifest.

    Ids are the first 16 digits of the content's sha256; the same page twice is one article. Nothing is fetched.
    """
    from allegata.cli import console
    from allegata.ingest.add import add
    from allegata.schema.settings import read_settings

    settings = read_settings(root)
    report = add(
        paths,
        root,
        skip_bad=skip_bad,
        text_column=text_column,
        story=story,
        follow_links=settings.follow_links,
        limits=settings.limits,
    )
    console.added(report)
    following(with_root("allegata clean", root))


@app.command()
def remove(
    articles: Annotated[list[str] | None, typer.Argument(help="Ids of articles.", metavar="ARTICLE…")] = None,
    root: Root = HERE,
    everything: Annotated[
        bool, typer.Option("--all", help="Every article, and all that was annotated, to begin with others.")
    ] = False,
) -> None:
    """Take articles out of raw/, with all annotations of them.

    Gold, passes, proposals, decisions, and the propositions and disputes that name their claims go too, all or
    nothing. Published versions stay. Replace all articles of a clone: allegata remove --all && allegata add FILES…
    """
    from allegata.cli import console
    from allegata.recipe.remove import remove

    removed = remove(root, articles or (), everything=everything)
    console.taken_out(removed)
    following(with_root("allegata add FILES…" if everything else "allegata build", root))


for command in (cli_tasks.tasks, cli_tasks.score, cli_tasks.baseline, cli_tasks.leaderboard):
    app.command()(command)
for careful in (cli_taking_out.withdraw, cli_taking_out.redact, cli_privacy.privacy, cli_verify.verify):
    app.command()(careful)
app.command()(cli_version_changes.diff)
app.command()(cli_browse.browse)
app.command()(cli_report.report)
app.command()(cli_push.push)
app.command()(cli_explain.explain)
app.command()(cli_text_free.hydrate)
app.command()(cli_exchange.export)
app.command(name="import")(cli_exchange.import_)
app.command(name="diff-annotations")(cli_exchange.diff_annotations)
app.command(name="pre-annotate")(cli_tasks.pre_annotate)
app.add_typer(cli_benchmark.benchmark, name="benchmark")


def _run(
    root: Path,
    until: str,
    runner: str = "embedded",
    workers: int = 1,
    address: str | None = None,
    work: str | None = None,
    batch: int = 512,
    bump: Level | None = None,
) -> Build:
    from allegata.cli.console import progress
    from allegata.engine.job import RunOptions
    from allegata.recipe.build import run

    with progress() as (on_step, passing):
        options = RunOptions(runner, workers, address, work, batch)
        return run(root, until, on_step, progress=passing, on_notice=complain, options=options, bump=bump)


def main() -> None:
    """Run the program."""
    run(app)
