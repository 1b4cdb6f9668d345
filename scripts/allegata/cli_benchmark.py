"""The commands of the benchmark: score, baselines, leaderboard, external data, published tables, speed, cleaning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli_report import reporting

if TYPE_CHECKING:
    from allegata.benchmark.protocols.result import ProtocolResult

benchmark = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Run a published protocol, or time the machine."
)

Corpus = Annotated[
    Path, typer.Option("--corpus", help="Folder of one published version; the latest of corpus/ if not given.")
]
LATEST = Path("corpus")
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]
IMPORTERS = ("checkthat2019", "claimbuster", "polnear", "brat")


Split = Annotated[
    str | None, typer.Option(help="Only the articles of this pinned split; a folder is then asked for pinned.jsonl.")
]


def score(
    task: Annotated[str, typer.Argument(help="Task: see `allegata tasks`.")],
    predictions: Annotated[Path, typer.Argument(help="predictions.jsonl, or the folder of a submission.")],
    against: Annotated[
        Path | None, typer.Option(help="A second submission: test the difference, first minus second.")
    ] = None,
    split: Split = None,
    corpus: Corpus = LATEST,
) -> None:
    """Score a submission to a task."""
    with reporting():
        from allegata.benchmark.corpus import load_corpus
        from allegata.benchmark.scoring import compare_files, difference_text, score_file, score_lines
        from allegata.benchmark.tasks import task_named

        chosen, loaded = task_named(task), load_corpus(corpus)
        lines = score_lines(score_file(chosen, predictions, loaded, split))
        if against is not None:
            test = compare_files(chosen, predictions, against, loaded, split)
            lines.append(difference_text(test, chosen.official))
    print("\n".join(lines))


def tasks() -> None:
    """List the tasks, their measures and submission formats."""
    from allegata.benchmark.tasks import FORMATS, MEASURES, TASKS
    from allegata.benchmark.turns import PROTOCOL

    for task in TASKS.values():
        print(f"{task.name}: {task.question}")
        print(f"  table {task.table} ({', '.join(task.columns)}); {task.official}; one line {FORMATS[task.kind]}")
        if task.kind != "sentences":
            print(f"  labels: {', '.join(task.labels)}")
    for title, rules in (("Measures", [f"{name}: {text}" for name, text in MEASURES.items()]), ("Protocol", PROTOCOL)):
        print("\n".join(["", title, *(f"- {rule}" for rule in rules)]))


def baseline(
    task: Annotated[str, typer.Argument(help="Task: see `allegata tasks`.")],
    name: Annotated[str, typer.Argument(help="Baseline of the task; a wrong name lists them.")],
    output: Annotated[Path, typer.Option(help="Folder that the submission goes to.")] = Path("build/submissions"),
    corpus: Corpus = LATEST,
    seed: Seed = 0,
) -> None:
    """Run one baseline, article by article, and write its submission."""
    with reporting():
        from allegata.benchmark.baselines.registry import run_baseline
        from allegata.benchmark.corpus import load_corpus
        from allegata.benchmark.submissions import write_submission
        from allegata.benchmark.tasks import gold_of, task_named

        chosen, loaded = task_named(task), load_corpus(corpus)
        run = run_baseline(name, chosen, loaded, seed)
        folder = output / task / f"baseline-{name}"
        write_submission(folder, run.description, run.predictions, chosen, gold_of(chosen, loaded), run.pinned)
    print(f"wrote {folder}\nnext: allegata score {task} {folder}")


def leaderboard(
    submissions: Annotated[Path, typer.Argument(help="Folder of submissions: TASK/SYSTEM/predictions.jsonl.")] = Path(
        "build/submissions"
    ),
    corpus: Corpus = LATEST,
    baselines: Annotated[bool, typer.Option(help="Run every baseline into the folder first.")] = False,
    card: Annotated[bool, typer.Option(help="Write the tables into dataset_card.md, or only print them.")] = True,
    seed: Seed = 0,
) -> None:
    """Score every submission of a folder and write the tables into the card."""
    with reporting():
        from allegata.benchmark.corpus import load_corpus
        from allegata.benchmark.leaderboard import leaderboard_facts, read_leaderboard, write_baselines
        from allegata.publish.card_leaderboard import leaderboard_section, tables_digest
        from allegata.publish.leaderboard import install_leaderboard, scored_manifest

        version = latest(corpus.resolve())
        manifest, loaded = scored_manifest(version), load_corpus(version)
        if baselines:
            write_baselines(submissions, loaded, seed=seed, report=print)
        facts = leaderboard_facts(read_leaderboard(submissions, loaded), loaded, tables_digest(manifest))
        section = leaderboard_section(facts, manifest)
        if card:
            install_leaderboard(version.parent.parent, facts)
    print(section)


def import_(
    source: Annotated[str, typer.Argument(help=f"One of: {', '.join(IMPORTERS)}.")],
    path: Annotated[Path, typer.Argument(help="Your own copy of the data.")],
    output: Annotated[Path, typer.Option(help="Folder that the Parquet tables go to.")] = Path("build/imported"),
) -> None:
    """Turn your own copy of a data set into our tables."""
    with reporting():
        import importlib

        from allegata.schema.problems import UsageError

        if source not in IMPORTERS:
            raise UsageError(f"there is no importer {source!r}; one of: {', '.join(IMPORTERS)}")
        module = importlib.import_module(f"allegata.benchmark.importers.{source}")
        imported = getattr(module, f"read_{source}")(path)
        import pyarrow.parquet as pq

        folder = output / source
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in imported.tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
            print(f"wrote {folder / name}.parquet: {table.num_rows} rows")
    for notice in imported.notices:
        print(f"note: {notice}")


def pre_annotate(
    articles: Annotated[
        list[str] | None,
        typer.Argument(help="Article ids; those without a gold file if none are given.", metavar="ARTICLE…"),
    ] = None,
    root: Annotated[Path, typer.Option(help="Folder of the corpus.", show_default="here")] = Path(),
    model: Annotated[
        Path | None, typer.Option(help="Tagger for attributions: a folder that `benchmark polnear --model` wrote.")
    ] = None,
    spacy: Annotated[
        str | None, typer.Option(help="Installed spaCy pipeline that finds names beside the CRF (extra `spacy`).")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over proposals that stand already.")] = False,
) -> None:
    """Propose mentions, attributions and claims for new articles, to be corrected.

    Written to annotations/proposals, marked as machine-made; the gold is never touched.
    """
    with reporting():
        from allegata.proposals import pre_annotate as propose

        done = propose(root, latest(root / "corpus"), articles or (), tagger=model, pipeline=spacy, replace=replace)
    for path in done.written:
        print(f"wrote {path}")
    if done.row:
        print(f"add this line to annotations/annotators.jsonl: {done.row}")
    print("correct the draft, and put the entities that it needs into annotations/entities.jsonl")
    print(f"next: allegata annotate --draft {done.drafts[0]} --annotator {done.annotator} --annotator YOU")


Predictions = Annotated[Path | None, typer.Option("--predictions", help="Write our predictions to this file.")]


@benchmark.command()
def checkthat2019(
    train: Annotated[Path, typer.Argument(help="Folder of the training files (.tsv).")],
    test: Annotated[Path | None, typer.Option(help="Folder of the test files; without it, cross-validation.")] = None,
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
        from allegata.benchmark.corpus import load_corpus
        from allegata.benchmark.proposal_quality import pre_annotation_facts
        from allegata.publish.card_pre_annotation import pre_annotation_section
        from allegata.publish.pre_annotation import install_pre_annotation

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


def latest(corpus: Path) -> Path:
    """The newest version in a folder of versions."""
    from allegata.benchmark.corpus import latest as newest

    return newest(corpus)
