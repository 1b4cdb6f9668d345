"""`python -m bench`: cleaning beside the public extractors; time of deduplication, pipeline and validation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allegata.cli.endings import Commands
from allegata.cli.options import Seed

app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)


@app.command()
def cleaning(
    data: Annotated[Path, typer.Option(help="Folder with its index and pages: see bench/cleaning_pages.py.")],
    cache: Annotated[Path | None, typer.Option(help="Folder that remembers what public extractors took.")] = None,
    folds: Annotated[
        Path | None, typer.Option(help="Judges of train-judge: each page by the one that did not learn from its site.")
    ] = None,
    pin: Annotated[bool, typer.Option("--pin", help="Make the figure the floor of this data.")] = False,
    lower: Annotated[bool, typer.Option("--lower", help="With --pin: a lower floor too.")] = False,
) -> None:
    """Clean web pages beside the public extractors."""
    from bench import cleaning
    from bench.cleaning_pages import load_pages
    from bench.cleaning_tables import table
    from bench.ours import Cleaner

    pages = load_pages(data)
    report = cleaning.run_cleaning(pages, Cleaner(pages.titles, folds), memory=cache)
    print(table(report), end="")
    if pin:
        print(f"floor: {cleaning.pin(report, lower=lower):.4f}")
    report.check()


@app.command()
def dependencies(
    report: Annotated[
        Path | None, typer.Option(help="What pip install --report says of packages that are not installed here.")
    ] = None,
) -> None:
    """Write docs/dependencies.md: the packages of the lock, each with its licence."""
    from allegata.schema.problems import UsageError
    from bench.dependencies import PAGE, page

    try:
        text = page(Path(), report)
    except LookupError as error:
        raise UsageError(str(error)) from error
    PAGE.write_text(text, encoding="utf-8")


@app.command()
def reference() -> None:
    """Write the pages of the docs that are made from the program: docs/commands.md, docs/settings.md."""
    from bench.reference import pages

    for place, text in pages().items():
        place.write_text(text, encoding="utf-8")


@app.command("cleaning-rules")
def cleaning_rules(
    data: Annotated[Path, typer.Option(help="Folder with its index and pages: see bench/cleaning_pages.py.")],
    folds: Annotated[Path | None, typer.Option(help="Judges of train-judge, as for cleaning.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Print every wanted line that a rule took, too.")] = False,
) -> None:
    """Count the lines of four words and more that each rule takes from web pages, and how many the gold wants."""
    from bench.cleaning_pages import load_pages
    from bench.cleaning_rules import run_rules
    from bench.ours import Cleaner

    pages = load_pages(data)
    report = run_rules(pages, Cleaner(pages.titles, folds))
    print(report.table(), end="")
    if errors:
        print(report.wrong_lines(), end="")


@app.command("train-lines")
def train_lines(
    pages: Annotated[list[Path], typer.Argument(help="Files of written pages: see docs/plain-text-pages.md.")],
    data: Annotated[list[Path], typer.Option(help="Folder of web pages, as for train-judge. Repeatable.")],
    output: Annotated[Path, typer.Option(help="File for the judge of lines.")],
    unseen: Annotated[Path | None, typer.Option(help="File for web pages of other sites.")] = None,
) -> None:
    """Train the judge of lines of plain text (needs catboost: pip install "allegata[judge]")."""
    from bench.cleaning_pages import load_pages
    from bench.train_lines import run_training, write_unseen

    sets = [load_pages(one) for one in data]
    print(run_training(pages, sets, output))
    if unseen:
        print(write_unseen(sets, unseen))


@app.command("train-judge")
def train_judge(
    data: Annotated[list[Path], typer.Option(help="Folder with its index and pages. Repeatable.")],
    folds: Annotated[Path, typer.Option(help="Folder for the judges of the folds: see cleaning --folds.")],
    output: Annotated[Path | None, typer.Option(help="File for the judge that is trained on all pages.")] = None,
) -> None:
    """Train the judge of web pages on the pages of benchmarks (needs catboost: pip install "allegata[judge]")."""
    from bench.cleaning_pages import load_pages
    from bench.train_judge import run_training

    print(run_training([load_pages(one) for one in data], folds, output))


@app.command("cleaning-speed")
def cleaning_speed(
    data: Annotated[Path, typer.Option(help="Folder with its index and pages: see bench/cleaning_pages.py.")],
    pages: Annotated[int, typer.Option(help="Only so many pages, evenly spread.")] = 300,
    workers: Annotated[int, typer.Option(help="Time so many processes, too.")] = 1,
    memory: Annotated[bool, typer.Option(help="Read the peak memory after 250, 1,000 and 2,000 pages.")] = True,
    worst: Annotated[bool, typer.Option(help="Time generated worst cases.")] = True,
) -> None:
    """Time web pages from bytes to spans, by step, beside trafilatura."""
    from bench.cleaning_speed import MEMORY_AT, run_cleaning_speed
    from bench.worst_pages import run_worst, worst_table

    print(run_cleaning_speed(data, pages, workers, MEMORY_AT if memory else ()).table(), end="", flush=True)
    if worst:
        print(worst_table(run_worst()), end="")


@app.command(name="plain-text")
def plain_text(
    file: Annotated[Path, typer.Argument(help="Pages: JSON Lines of lines, each with the reason why it leaves.")],
    errors: Annotated[bool, typer.Option("--errors", help="Print every wrong line too.")] = False,
    rules: Annotated[bool, typer.Option("--rules-alone", help="Do not ask the judge of lines.")] = False,
) -> None:
    """Removals from plain text: precision and recall by language and by reason."""
    from bench.plain_text import rules_alone, run_plain_text

    report = run_plain_text(file, rules_alone if rules else None)
    print(report.table(), end="")
    if errors:
        print(report.error_lines(), end="")


@app.command()
def checkthat2019(
    train: Annotated[Path, typer.Argument(help="Folder of the training files (.tsv).")],
    claimbuster: Annotated[Path, typer.Argument(help="kfold_25ncs.json, or its folder.")],
) -> None:
    """Rank the training files of CheckThat! by each ranker alone and by both, and test the forecast."""
    from allegata.cli.shown import complain
    from allegata.models.threads import fix_threads

    fix_threads()
    from bench.checkthat2019 import run_checkthat2019

    print(run_checkthat2019(train, claimbuster, report=complain), end="")


@app.command()
def speed(
    docs: Annotated[list[int] | None, typer.Option(help="Number of generated documents. Repeatable.")] = None,
    seed: Seed = 0,
    system: Annotated[list[str] | None, typer.Option(help="Only this system. Repeatable.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep the documents here, for the next run.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw time and memory over documents: an SVG file.")] = None,
) -> None:
    """Time deduplication beside its peers and the floor, and our own stage by stage."""
    from bench import plot as speed_plot
    from bench.peers import not_installed
    from bench.speed import report, run_speed

    if not system and (absent := not_installed()):
        print(absent, end="\n\n", flush=True)
    results = []
    for n in docs or [10_000]:
        found = run_speed(n, seed, system or None, folder)
        print(report(found), flush=True)
        results += found
    if plot:
        plot.write_text(speed_plot.plot([result for result in results if not result.failed]), encoding="utf-8")


@app.command()
def pipeline(
    docs: Annotated[int, typer.Option(help="Number of generated articles.")] = 1_000,
    seed: Seed = 0,
) -> None:
    """Time the way from plain texts to deduplicated sentences beside datatrove's."""
    from bench.pipeline import run_pipeline

    text = run_pipeline(docs, seed)
    print(text)


@app.command("parquet")
def parquet_files(
    articles: Annotated[int, typer.Option(help="Number of generated articles.")] = 1_000,
    seed: Seed = 0,
) -> None:
    """Count the bytes of a version that stay when articles are added, and the row groups that an article takes."""
    from bench.parquet_files import run_parquet

    text = run_parquet(articles, seed)
    print(text)


@app.command()
def explain(
    folder: Annotated[Path, typer.Option(help="Version that is looked up in; made where it is not there yet.")],
    articles: Annotated[int, typer.Option(help="Number of invented articles.")] = 1_000_000,
    lookups: Annotated[int, typer.Option(help="Look-ups of each kind.")] = 200,
    seed: Seed = 0,
) -> None:
    """Time `allegata explain`: articles, characters, claims and copies of a large invented corpus."""
    from bench.explain import run_explain

    text = run_explain(folder, articles, lookups, seed)
    print(text)


@app.command()
def browse(articles: Annotated[int, typer.Option(help="Number of invented articles, 30 spans each.")] = 1_000) -> None:
    """Time `allegata browse`: the pages of an invented corpus."""
    from bench.browse import run_browse

    text = run_browse(articles)
    print(text)


@app.command()
def incremental(
    articles: Annotated[int, typer.Option(help="Number of generated articles.")] = 5_000,
    share: Annotated[float, typer.Option(help="Of these, the share that comes in after the first build.")] = 0.01,
    seed: Seed = 0,
) -> None:
    """Time a build after articles came in beside a full one, stage by stage."""
    from bench.incremental import run_incremental

    text = run_incremental(articles, share, seed)
    print(text)


@app.command()
def digests(
    articles: Annotated[int, typer.Option(help="Number of generated articles.")] = 2_000,
    seed: Seed = 0,
) -> None:
    """Count what digests, proofs of files and flushes take of a build's CPU time."""
    from bench.digests import run_digests

    text = run_digests(articles, seed)
    print(text)


if __name__ == "__main__":
    app()
