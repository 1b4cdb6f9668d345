"""The commands under `allegata benchmark`: published tables, and the quality of proposals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli.options import LATEST, CorpusOption, Seed
from allegata.cli.shown import complain, show

if TYPE_CHECKING:
    from allegata.benchmark.protocols.result import ProtocolResult

benchmark = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Run a published protocol, or measure proposals.",
)

PredictionsOption = Annotated[Path | None, typer.Option("--predictions", help="Write our predictions to this file.")]


@benchmark.command()
def checkthat2019(
    train: Annotated[Path, typer.Argument(help="Folder of the training files (.tsv).")],
    test: Annotated[
        Path | None, typer.Option(help="Folder of the test files; without it, each training file is left out.")
    ] = None,
    claimbuster: Annotated[
        Path | None, typer.Option(help="kfold_25ncs.json, or its folder: learn from it what is a claim.")
    ] = None,
    predictions: PredictionsOption = None,
) -> None:
    """CheckThat! 2019 task 1 inside its published table."""

    def run(report: Callable[[str], None]) -> ProtocolResult:
        from allegata.benchmark.protocols.checkthat2019 import run_checkthat2019
        from allegata.exchange.checkthat2019 import read_checkthat2019
        from allegata.exchange.claimbuster import kfold_file, read_claimbuster

        return run_checkthat2019(
            read_checkthat2019(train),
            None if test is None else read_checkthat2019(test),
            None if claimbuster is None else read_claimbuster(kfold_file(claimbuster)),
            report=report,
        )

    _show(run, predictions)


@benchmark.command()
def claimbuster(
    path: Annotated[Path, typer.Argument(help="kfold_25ncs.json, or the folder that holds it.")],
    predictions: PredictionsOption = None,
) -> None:
    """ClaimBuster, two classes, four folds."""

    def run(report: Callable[[str], None]) -> ProtocolResult:
        from allegata.benchmark.protocols.claimbuster import run_claimbuster
        from allegata.exchange.claimbuster import kfold_file, read_claimbuster

        return run_claimbuster(read_claimbuster(kfold_file(path)), report=report)

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
    encoder: Annotated[
        Path | None,
        typer.Option(help="Folder of a pretrained encoder (config.json, tokenizer.json, model.safetensors)."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training articles.")] = None,
    seed: Seed = 1,
    predictions: PredictionsOption = None,
) -> None:
    """PolNeAR attribution: fine-tune the tagger (extra `transformer`)."""

    def run(report: Callable[[str], None]) -> ProtocolResult:
        from allegata.benchmark.protocols.polnear import run_polnear
        from allegata.exchange.polnear import read_polnear_files
        from allegata.schema.imported import Notices

        notices = Notices()
        training = read_polnear_files(train, notices)
        held_out = None if test is None else read_polnear_files(test, notices)
        return run_polnear(
            training,
            held_out,
            notices=notices.sorted(),
            model=model,
            trained=trained,
            encoder=encoder,
            epochs=epochs,
            seed=seed,
            report=report,
        )

    _show(run, predictions)


def _show(run: Callable[[Callable[[str], None]], ProtocolResult], predictions: Path | None) -> None:
    """Run a protocol, its progress on stderr; print its report, the time and the memory that it took."""
    from time import perf_counter, process_time

    from allegata.models.threads import THREADS, fix_threads, peak_memory
    from allegata.schema.files import replace_file

    fix_threads()

    started, used = perf_counter(), process_time()
    result = run(complain)
    if predictions is not None:
        predictions.parent.mkdir(parents=True, exist_ok=True)
        replace_file(predictions, result.predictions.encode())
    show("\n".join(result.lines()))
    wall, cpu = (perf_counter() - started) / 60, (process_time() - used) / 60
    peak = peak_memory()
    memory = "unknown" if peak is None else f"{peak / 2**20:.0f} MiB"
    show(f"\nTime: {wall:.1f} minutes, {cpu:.1f} of CPU; peak memory {memory}; {THREADS} threads.")


@benchmark.command()
def pre_annotation(
    corpus: CorpusOption = LATEST,
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
    from allegata.publish.card.pre_annotation import pre_annotation_text
    from allegata.publish.measured import install_pre_annotation
    from allegata.recipe.proposal_quality import pre_annotation_facts
    from allegata.schema.published import load_corpus
    from allegata.schema.versions import latest

    version = latest(corpus).resolve()
    facts = pre_annotation_facts(load_corpus(version), pipeline=spacy, tagger=model, polnear=polnear)
    if card:
        install_pre_annotation(version.parent.parent, facts)
    show(pre_annotation_text(facts))
