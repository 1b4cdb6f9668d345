"""The commands of the tasks: list, score, baselines, leaderboard, proposals for new articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli.options import HERE, LATEST, CorpusOption, Root, Seed, built, with_corpus, with_root
from allegata.cli.shown import complain, exact_json, following, say, shell_word, show

if TYPE_CHECKING:
    from allegata.schema.published import PublishedCorpus

TrainOn = Annotated[
    Path | None, typer.Option(help="Folder of another published corpus to learn from too, named in the submission.")
]
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
    at_least: Annotated[
        float | None,
        typer.Option("--at-least", help="Exit code 1 where the official measure is below this figure, from 0 to 1."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Every figure, for programs: see docs/benchmark.md.")] = False,
    corpus: CorpusOption = LATEST,
) -> None:
    """Score a submission to a task."""
    from allegata.benchmark import score_report
    from allegata.benchmark.scoring import compare_files, difference_text, score_file, score_lines
    from allegata.benchmark.tasks import task_named
    from allegata.schema.problems import ProblemsFound
    from allegata.schema.published import load_corpus

    asked = None if at_least is None else score_report.checked_figure(at_least)
    chosen, loaded = task_named(task), load_corpus(corpus)
    scored = score_file(chosen, predictions, loaded, split)
    lines, facts = score_lines(scored), score_report.score_facts(scored, loaded.name, split)
    if against is not None:
        test = compare_files(chosen, predictions, against, loaded, split)
        lines.append(difference_text(test, chosen.official))
        facts["against"] = score_report.difference_facts(test)
    show(exact_json(facts, indent=2) if json else "\n".join(lines))
    if asked is not None and (fault := score_report.below(scored, asked)):
        raise ProblemsFound([fault])


def tasks(corpus: CorpusOption = LATEST) -> None:
    """List the tasks, their measures and submission formats."""
    from dataclasses import asdict

    from allegata.benchmark.baselines.registry import ENCODED, FLOORS, READERS
    from allegata.benchmark.descriptions import DESCRIPTION, PLACEHOLDERS, Description
    from allegata.benchmark.submissions import PREDICTIONS
    from allegata.benchmark.tasks import FORMATS, MEASURES, TASKS
    from allegata.benchmark.turns import PROTOCOL
    from allegata.schema.published import count_articles
    from allegata.schema.published_scheme import published_scheme
    from allegata.schema.versions import latest
    from allegata.schema.wording import number

    version = latest(corpus)
    scheme = published_scheme(version)
    annotated, without = count_articles(version)
    for task in (task.by(scheme) for task in TASKS.values()):
        say(f"{task.name}: {task.question}")
        say(f"  table {task.table} ({', '.join(task.columns)}); {task.official}; one line {FORMATS[task.kind]}")
        if task.kind in ("spans", "labels"):
            say(f"  labels: {', '.join(task.labels)}")
        say(f"  floors: {', '.join(FLOORS[task.name])}")
        say(f"  baselines: {', '.join(READERS[task.name])}")
        if encoded := ENCODED.get(task.name):
            say(f"  with --encoder FOLDER: {', '.join(encoded)}")
    for title, rules in (("Measures", [f"{name}: {text}" for name, text in MEASURES.items()]), ("Protocol", PROTOCOL)):
        show("\n".join(["", title, *(f"- {rule}" for rule in rules)]))
    system, method, data_set = PLACEHOLDERS["system"], PLACEHOLDERS["method"], PLACEHOLDERS["trained_on"]
    example = Description(next(iter(TASKS)), system, version.name, method, trained_on=(data_set,), seed=0)
    what = "`seed` may be null, `trained_on` empty; the example itself is refused"
    show(f"\nA submission is a folder of {PREDICTIONS} and {DESCRIPTION}; {what}")
    show(exact_json(asdict(example)))
    if annotated or without:
        found, are = number(annotated, "annotated article"), "is" if without == 1 else "are"
        show(f"\nCorpus {version.name}: {found}; {without} without gold {are} left out")


def baseline(
    task: Annotated[str, typer.Argument(help="Task: see `allegata tasks`.")],
    name: Annotated[str, typer.Argument(help="Baseline of the task; a wrong name lists them.")],
    output: Annotated[
        Path | None,
        typer.Option(help="Folder that the submission goes to.", show_default="build/submissions of the corpus"),
    ] = None,
    corpus: CorpusOption = LATEST,
    train_on: TrainOn = None,
    encoder: Annotated[
        Path | None,
        typer.Option(help="For the baseline nli of disputes: folder of a model of natural language inference."),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Run one baseline or floor, article by article or story by story, and write its submission."""
    from allegata.benchmark.baselines.registry import run_baseline
    from allegata.benchmark.submissions import write_submission
    from allegata.benchmark.tasks import gold_of, task_named
    from allegata.schema.published import load_corpus

    chosen, loaded = task_named(task), load_corpus(corpus)
    run = run_baseline(name, chosen, loaded, seed, _training(train_on, loaded), encoder)
    folder = built(output, "submissions", corpus) / task / run.folder
    write_submission(folder, run.description, run.predictions, chosen, gold_of(chosen, loaded), run.pinned)
    say(f"wrote {folder}")
    following(with_corpus(f"allegata score {task} {shell_word(str(folder))}", corpus))


def _training(folder: Path | None, asked: PublishedCorpus) -> PublishedCorpus | None:
    """The other corpus to learn from, where there is one; with a warning where it holds sentences that are asked."""
    from allegata.benchmark.shared_sentences import warn_of
    from allegata.benchmark.training import load_training, sentences_shared

    if folder is None:
        return None
    other = load_training(folder)
    warn_of(sentences_shared(asked, other), complain)
    return other


def leaderboard(
    submissions: Annotated[
        Path | None,
        typer.Argument(
            help="Folder of submissions: TASK/SYSTEM/predictions.jsonl.", show_default="build/submissions of the corpus"
        ),
    ] = None,
    corpus: CorpusOption = LATEST,
    baselines: Annotated[bool, typer.Option(help="Run every baseline into the folder first.")] = False,
    card: Annotated[
        bool,
        typer.Option(help="Write the tables into dataset_card.md, or only print them, beside the published rows."),
    ] = True,
    replace: Annotated[
        bool, typer.Option("--replace", help="Lose the tasks and systems of the stored leaderboard not scored here.")
    ] = False,
    train_on: Annotated[
        Path | None,
        typer.Option(help="With --baselines: folder of another published corpus to learn disputes from too."),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Score every submission of a folder and write the tables into the card."""
    from allegata.benchmark.leaderboard import leaderboard_facts, read_leaderboard, write_baselines
    from allegata.publish.card.leaderboard import (
        comparison_text,
        leaderboard_text,
        read_leaderboard_facts,
        tables_digest,
    )
    from allegata.publish.measured import install_leaderboard, scored_manifest
    from allegata.schema.published import load_corpus
    from allegata.schema.versions import latest

    version = latest(corpus.resolve())
    manifest, loaded, submissions = (
        scored_manifest(version),
        load_corpus(version),
        built(submissions, "submissions", corpus),
    )
    if baselines:
        write_baselines(submissions, loaded, seed=seed, report=say, train_on=_training(train_on, loaded))
    facts = leaderboard_facts(read_leaderboard(submissions, loaded), loaded, tables_digest(manifest))
    root = version.parent.parent
    written = install_leaderboard(root, facts, replace=replace) if card else ()
    show(leaderboard_text(facts))
    if not card and (beside := comparison_text(read_leaderboard_facts(root), facts)):
        show(f"\n{beside}")
    for path in written:
        say(f"wrote {path}")


def pre_annotate(
    articles: Annotated[
        list[str] | None,
        typer.Argument(help="Article ids; those without a gold file if none are given.", metavar="ARTICLE…"),
    ] = None,
    root: Root = HERE,
    model: Annotated[
        Path | None, typer.Option(help="Tagger for attributions: a folder that `benchmark polnear --model` wrote.")
    ] = None,
    spacy: Annotated[
        str | None, typer.Option(help="Installed spaCy pipeline that finds names beside the CRF (extra `spacy`).")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Published version to learn from, instead of annotations/gold.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over proposals that are there already.")] = False,
) -> None:
    """Propose mentions, attributions and claims for new articles, to be corrected.

    Learns from the gold of the other articles; without any, patterns and rules propose alone. Written to
    annotations/proposals, marked as machine-made; the gold is never touched.
    """
    from allegata.propose.proposers import ModelOptions
    from allegata.recipe.proposals import pre_annotate as propose

    options = ModelOptions(tagger=model, pipeline=spacy)
    done = propose(root, articles or (), corpus=corpus, options=options, replace=replace)
    for path in done.written:
        say(f"wrote {path}")
    for note in done.notes:
        say(f"note: {note}")
    if done.row:
        say(f"add this line to annotations/annotators.jsonl: {done.row}")
    say("correct the draft, and put the entities that it needs into annotations/entities.jsonl")
    draft = f"--draft {shell_word(str(done.drafts[0]))}"
    following(f"{with_root('allegata annotate', root)} {draft} --annotator {done.annotator} --annotator YOU")
