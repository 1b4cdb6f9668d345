"""The commands under `allegata benchmark`: published tables, quality of proposals, cleaning, speed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli_report import LATEST, Corpus, Seed, reporting

if TYPE_CHECKING:
    from allegata.benchmark.protocols.result import ProtocolResult

benchmark = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Run a published protocol, measure proposals or cleaning, time the machine.",
)

Predictions = Annotated[Path | None, typer.Option("--predictions", help="Write our predictions to this file.")]


@benchmark.command()
def checkthat2019(
    train: Annotated[Path, typer.Argument(help="Folder of the training files (.tsv).")],
    test: Annotated[
        Path | None, typer.Option(help="Folder of the test files; without it, each training file is left out.")
    ] = None,
    predictions: Predictions = None,
) -> None:
    """CheckThat! 2019 task 1 inside its published table."""

    def run(report: Callable[[str], None]) -> ProtocolResult:
        from allegata.benchmark.protocols.checkthat2019 import run_checkthat2019

        return run_checkthat2019(train, test, report=report)

    _show(run, predictions)


@benchmark.command()
def claimbuster(
    path: Annotated[Path, typer.Argument(help="kfold_25ncs.json, or the folder that holds it.")],
    predictions: Predictions = None,
) -> None:
    """ClaimBuster, two classes, four folds."""

    def run(report: Callable[[str], None]) -> ProtocolResult:
        from allegata.benchmark.protocols.claimbuster import run_claimbuster

        return run_claimbuster(path, report=report)

    _show(run, predictions)


@benchmark.command()
def polnear(
    train: Annotated[Path, typer.Argument(help="Folder of the training articles (text/ and attributions/).")],
    test: Annotated[
        Path | None, typer.Option(help="Folder of the test articles; without it, held-out training ones.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Keep the trained tagger in this folder.")] = None,
    trained: Annotated[
        Path | None, typer.Option(help="Train nothing: score the tagger that --model has kept in this folder.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training articles.")] = None,
    seed: Seed = 1,
    predictions: Predictions = None,
) -> None:
    """PolNeAR attribution: fine-tune the tagger (extra `transformer`)."""

    def run(report: Callable[[str], None]) -> ProtocolResult:
        from allegata.benchmark.protocols.polnear import run_polnear

        return run_polnear(train, test, model=model, trained=trained, epochs=epochs, seed=seed, report=report)

    _show(run, predictions)


def _show(run: Callable[[Callable[[str], None]], ProtocolResult], predictions: Path | None) -> None:
    """Run a protocol, its progress on stderr; print its report and the time that it took."""
    import sys
    from time import perf_counter, process_time

    started, used = perf_counter(), process_time()
    with reporting():
        result = run(lambda line: print(line, file=sys.stderr, flush=True))
        if predictions is not None:
            predictions.parent.mkdir(parents=True, exist_ok=True)
            predictions.write_text(result.predictions, encoding="utf-8", newline="\n")
    print("\n".join(result.lines()))
    wall, cpu = (perf_counter() - started) / 60, (process_time() - used) / 60
    print(f"\nTime: {wall:.1f} minutes, {cpu:.1f} of CPU.")


@benchmark.command()
def pre_annotation(
    corpus: Corpus = LATEST,
    spacy: Annotated[str | None, typer.Option(help="Measure with this installed spaCy pipeline too.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="Measure with this tagger too: what `benchmark polnear --model` wrote.")
    ] = None,
    polnear: Annotated[
        Path | None, typer.Option(help="Training articles of PolNeAR: measure on those that are held out.")
    ] = None,
    card: Annotated[bool, typer.Option(help="Write the figures into dataset_card.md, or only print them.")] = True,
) -> None:
    """How good the proposals of `pre-annotate` are."""
    with reporting():
        from allegata.benchmark.corpus import latest, load_corpus
        from allegata.benchmark.proposal_quality import pre_annotation_facts
        from allegata.publish.card_pre_annotation import pre_annotation_section
        from allegata.publish.measured import install_pre_annotation

        version = latest(corpus).resolve()
        facts = pre_annotation_facts(load_corpus(version), pipeline=spacy, tagger=model, polnear=polnear)
        if card:
            install_pre_annotation(version.parent.parent, facts)
    print(pre_annotation_section(facts))


@benchmark.command()
def cleaning(
    data: Annotated[Path, typer.Option(help="Folder with evaldata.json, or ground-truth.json, and its pages.")],
    pin: Annotated[bool, typer.Option("--pin", help="Make the figure the floor of this data.")] = False,
    lower: Annotated[bool, typer.Option("--lower", help="With --pin: a lower floor too.")] = False,
) -> None:
    """Clean web pages beside the public extractors."""
    with reporting():
        from functools import partial

        from allegata.benchmark import cleaning
        from allegata.pages import OWN, page_text

        spent: dict[str, float] = {}
        report = cleaning.run_cleaning(data, partial(page_text, spent=spent), own=lambda: spent.get(OWN, 0.0))
        print(report.table(), end="")
        if pin:
            print(f"floor: {cleaning.pin(report, lower=lower):.4f}")
        report.check()


@benchmark.command()
def speed(
    docs: Annotated[list[int] | None, typer.Option(help="Number of generated documents. Repeatable.")] = None,
    seed: Seed = 0,
    system: Annotated[list[str] | None, typer.Option(help="Only this system. Repeatable.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep the documents here, for the next run.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw time and memory over documents: an SVG file.")] = None,
) -> None:
    """Time deduplication beside its peers and the floor, and our own stage by stage."""
    with reporting():
        from allegata.benchmark import speed_plot
        from allegata.benchmark.speed import report, run_speed
        from allegata.benchmark.speed_peers import not_installed

        if not system and (absent := not_installed()):
            print(absent, end="\n\n", flush=True)
        results = []
        for n in docs or [10_000]:
            found = run_speed(n, seed, system or None, folder)
            print(report(found), flush=True)
            results += found
        if plot:
            plot.write_text(speed_plot.plot(results), encoding="utf-8")


@benchmark.command()
def pipeline(
    docs: Annotated[int, typer.Option(help="Number of generated articles.")] = 1_000,
    seed: Seed = 0,
) -> None:
    """Time the way from plain texts to deduplicated sentences beside datatrove's."""
    with reporting():
        from allegata.benchmark.pipeline import run_pipeline

        text = run_pipeline(docs, seed)
    print(text)
