"""The leaderboard: a folder of submissions, every one scored again each time the table is written.

`submissions/TASK/SYSTEM/` holds `submission.json` and `predictions.jsonl`. Nothing that is printed comes from a
submission's own word: scores are computed, and the digest says which predictions they belong to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from allegata.benchmark.baselines.registry import BASELINES, run_baseline
from allegata.benchmark.corpus import Corpus
from allegata.benchmark.scoring import SCORER, Score, compare, score, text_of
from allegata.benchmark.submissions import (
    PREDICTIONS,
    Description,
    Predictions,
    read_description,
    read_predictions,
    write_submission,
)
from allegata.benchmark.tasks import TASKS, Gold, Task, gold_of, task_named
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError


@dataclass(frozen=True)
class Entry:
    """One submission with its score; `p_value` is of the paired permutation test against the first of its task."""

    description: Description
    score: Score
    digest: str
    p_value: float | None = None


def write_baselines(folder: Path, corpus: Corpus, tasks: Iterable[str] = TASKS, seed: int = 0) -> list[Path]:
    """Run every baseline of every task the corpus has the tables for; one submission folder each."""
    written = []
    for name in tasks:
        task = task_named(name)
        if not corpus.has(task.table, *task.columns):
            continue
        for baseline in BASELINES[name]:
            description, predictions, gold = run_baseline(baseline, task, corpus, seed)
            target = folder / name / f"baseline-{baseline}"
            write_submission(target, description, predictions, task, gold)
            written.append(target)
    return written


def read_leaderboard(folder: Path, corpus: Corpus) -> dict[str, list[Entry]]:
    """Task -> entries, best first (ties by system). Raises ProblemsFound with the faults of all submissions."""
    problems = Problems()
    board: dict[str, list[tuple[Entry, Predictions]]] = {}
    found = sorted(folder.glob(f"*/*/{PREDICTIONS}"))
    if not found:
        raise UsageError(f"{folder} holds no submission: expected TASK/SYSTEM/{PREDICTIONS}")
    for file in found:
        try:
            entry, predictions = _read(file.parent, corpus)
        except ProblemsFound as report:
            where = f"{file.parent.parent.name}/{file.parent.name}"
            problems.extend(
                Problem(p.what, p.fix, f"{where}/{Path(p.file).name}", p.article_id, p.line, p.span)
                for p in report.problems
            )
            continue
        board.setdefault(entry.description.task, []).append((entry, predictions))
    problems.raise_if_any()
    return {task: _ranked(task_named(task), entries, corpus) for task, entries in sorted(board.items())}


def _read(folder: Path, corpus: Corpus) -> tuple[Entry, Predictions]:
    description = read_description(folder)
    place = f"{folder.name}/submission.json"
    if description.task != folder.parent.name or description.task not in TASKS:
        fault = f"task {description.task!r} in a folder of {folder.parent.name!r}"
        raise ProblemsFound([Problem(fault, "put it into the folder of its task", file=place)])
    if description.corpus != corpus.name:
        fault = f"made for corpus {description.corpus!r}, not {corpus.name!r}"
        raise ProblemsFound([Problem(fault, "run the system on this version", file=place)])
    task = task_named(description.task)
    gold = gold_of(task, corpus)
    predictions = read_predictions(folder, task, gold, corpus)
    digest = hashlib.sha256((folder / PREDICTIONS).read_bytes()).hexdigest()
    return Entry(description, score(task, predictions, gold, corpus), digest), predictions


def _ranked(task: Task, entries: list[tuple[Entry, Predictions]], corpus: Corpus) -> list[Entry]:
    def place(item: tuple[Entry, Predictions]) -> tuple[float, str]:
        official = item[0].score.official
        return (float("inf") if official is None else -official, item[0].description.system)

    ordered = sorted(entries, key=place)
    gold: Gold = gold_of(task, corpus)
    first = ordered[0][1]
    ranked = []
    for entry, predictions in ordered:
        test = compare(task, first, predictions, gold, corpus) if predictions is not first else None
        ranked.append(Entry(entry.description, entry.score, entry.digest, test.p_value if test else None))
    return ranked


def leaderboard_lines(board: dict[str, list[Entry]], corpus: Corpus, commit: str) -> list[str]:
    """The leaderboard as Markdown, for the card. `commit` is that of the scorer."""
    lines = [f"Corpus {corpus.name}, {SCORER} at {commit}. Each article is predicted without having been seen."]
    for name, entries in board.items():
        task = task_named(name)
        articles = list(entries[0].score.folds)
        lines += [
            "",
            f"### {name}",
            "",
            f"{task.question} Official measure: {task.official}.",
            "",
            "| system | all | 95 % interval | "
            + " | ".join(a.split("_")[0] for a in articles)
            + " | p | predictions |",
            "|---|---:|:---:|" + "---:|" * len(articles) + "---:|---|",
        ]
        for entry in entries:
            interval = entry.score.interval
            cells = [
                entry.description.system,
                text_of(entry.score.official),
                f"{interval.low:.3f} to {interval.high:.3f}" if interval else "none",
                *(text_of(entry.score.folds[article]) for article in articles),
                "" if entry.p_value is None else f"{entry.p_value:.3f}",
                f"`{entry.digest[:12]}`",
            ]
            lines.append("| " + " | ".join(cells) + " |")
        kinds = sorted({entry.score.interval.kind for entry in entries if entry.score.interval})
        kind = kinds[0] if kinds else "no interval: five articles have too few distinct resamples"
        lines += ["", f"Interval: {kind}. p: paired permutation test against the first system."]
    return lines
