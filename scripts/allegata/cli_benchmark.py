"""The commands of the benchmark: score, baselines, leaderboard, external data, published tables, speed, cleaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allegata.cli_report import reporting

benchmark = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Run a published protocol, or time the machine."
)

Corpus = Annotated[
    Path, typer.Option("--corpus", help="Folder of one published version; the latest of corpus/ if not given.")
]
LATEST = Path("corpus")
Seed = Annotated[int, typer.Option(help="Seed of everything that is drawn.")]
IMPORTERS = ("checkthat2019", "claimbuster", "polnear", "brat")


def score(
    task: Annotated[str, typer.Argument(help="Task: see `allegata tasks`.")],
    predictions: Annotated[Path, typer.Argument(help="predictions.jsonl, or the folder of a submission.")],
    corpus: Corpus = LATEST,
) -> None:
    """Score a submission to a task."""
    with reporting():
        from allegata.benchmark.corpus import load_corpus
        from allegata.benchmark.scoring import score_file, score_lines
        from allegata.benchmark.tasks import task_named

        lines = score_lines(score_file(task_named(task), predictions, load_corpus(latest(corpus))))
    print("\n".join(lines))


def tasks() -> None:
    """List the tasks, their measures and submission formats."""
    from allegata.benchmark.tasks import FORMATS, TASKS

    for task in TASKS.values():
        print(f"{task.name}: {task.question}\n  table {task.table}; {task.official}; one line {FORMATS[task.kind]}")


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
        from allegata.benchmark.tasks import task_named

        chosen = task_named(task)
        description, predictions, gold = run_baseline(name, chosen, load_corpus(latest(corpus)), seed)
        folder = output / task / f"baseline-{name}"
        write_submission(folder, description, predictions, chosen, gold)
    print(f"wrote {folder}\nnext: allegata score {task} {folder}")


def leaderboard(
    submissions: Annotated[Path, typer.Argument(help="Folder of submissions: TASK/SYSTEM/predictions.jsonl.")] = Path(
        "build/submissions"
    ),
    corpus: Corpus = LATEST,
    baselines: Annotated[bool, typer.Option(help="Run every baseline into the folder first.")] = False,
    commit: Annotated[str, typer.Option(help="Commit of the scorer, to be printed.")] = "this version",
    seed: Seed = 0,
) -> None:
    """Score every submission of a folder and print the tables."""
    with reporting():
        from allegata.benchmark.corpus import load_corpus
        from allegata.benchmark.leaderboard import leaderboard_lines, read_leaderboard, write_baselines

        loaded = load_corpus(latest(corpus))
        if baselines:
            write_baselines(submissions, loaded, seed=seed)
        lines = leaderboard_lines(read_leaderboard(submissions, loaded), loaded, commit)
    print("\n".join(lines))


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


@benchmark.command()
def checkthat2019(
    train: Annotated[Path, typer.Argument(help="Folder of the training files (.tsv).")],
    test: Annotated[Path | None, typer.Option(help="Folder of the test files; without it, cross-validation.")] = None,
) -> None:
    """CheckThat! 2019 task 1 inside its published table."""
    with reporting():
        from allegata.benchmark.protocols.checkthat2019 import run_checkthat2019

        lines = run_checkthat2019(train, test).lines()
    print("\n".join(lines))


@benchmark.command()
def claimbuster(path: Annotated[Path, typer.Argument(help="kfold_25ncs.json.")]) -> None:
    """ClaimBuster, two classes, four folds."""
    with reporting():
        from allegata.benchmark.protocols.claimbuster import run_claimbuster

        lines = run_claimbuster(path).lines()
    print("\n".join(lines))


@benchmark.command()
def polnear(
    train: Annotated[Path, typer.Argument(help="Folder of the training articles (text/ and attributions/).")],
    test: Annotated[
        Path | None, typer.Option(help="Folder of the test articles; without it, held-out training ones.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Keep the trained tagger in this folder.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training articles.")] = None,
    seed: Seed = 1,
) -> None:
    """PolNeAR attribution: fine-tune the tagger (extra `transformer`)."""
    with reporting():
        from allegata.benchmark.protocols.polnear import run_polnear

        lines = run_polnear(train, test, model=model, epochs=epochs, seed=seed).lines()
    print("\n".join(lines))


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
        from allegata.pages import own_share, page_text

        spent: dict[str, float] = {}
        report = cleaning.run_cleaning(data, partial(page_text, spent=spent), own=lambda: own_share(spent))
        print(report.table(), end="")
        if pin:
            print(f"floor: {cleaning.pin(report, lower=lower):.4f}")
        report.check()


@benchmark.command()
def speed(
    docs: Annotated[int, typer.Option(help="Number of generated documents.")] = 10_000,
    seed: Seed = 0,
    system: Annotated[list[str] | None, typer.Option(help="Only this system. Repeatable.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Keep the documents here, for the next run.")] = None,
) -> None:
    """Time deduplication beside its peers and the floor."""
    with reporting():
        from allegata.benchmark.speed import run_speed, table

        text = table(run_speed(docs, seed, system or None, folder))
    print(text)


def latest(corpus: Path) -> Path:
    """`corpus` itself if it is a version, else the newest version in it."""
    versions = [path for path in corpus.glob("v*.*.*") if (path / "manifest.json").is_file()]
    return max(versions, key=lambda path: [int(part) for part in path.name[1:].split(".")]) if versions else corpus
