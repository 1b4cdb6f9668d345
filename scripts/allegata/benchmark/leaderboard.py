"""The leaderboard: a folder of submissions, every one scored again each time the table is made.

`submissions/TASK/SYSTEM/` holds `submission.json`, `predictions.jsonl` and, for the pinned split, `pinned.jsonl`.
No figure comes from a submission's own word: scores are computed, and the digest says of which predictions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from allegata.benchmark.baselines.registry import BASELINES, FLOORS, NothingToLearnError, run_baseline
from allegata.benchmark.descriptions import DESCRIPTION, Description, description_faults, read_description
from allegata.benchmark.scorer_identity import scorer_identity
from allegata.benchmark.scoring import Score, compare, score
from allegata.benchmark.submissions import PINNED, PREDICTIONS, Predictions, read_predictions, write_submission
from allegata.benchmark.tasks import TASKS, Gold, gold_of, missing, task_named
from allegata.benchmark.turns import TEST
from allegata.measures.resampling import Interval, PermutationTest
from allegata.schema.problems import MissingExtraError, Problem, Problems, ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus

FLOOR = "floor "  # what the name of a floor begins with
SIGNIFICANT = 0.05
DIGITS = 6  # of a figure that is stored: float sums agree between machines so far


@dataclass(frozen=True)
class Entry:
    """One submission with its score, its score on the pinned split, and the digest of its predictions.

    `test` is the paired permutation test of the first submission of the task against this one.
    """

    description: Description
    score: Score
    pinned: Score | None
    digest: str
    test: PermutationTest | None = None

    @property
    def is_floor(self) -> bool:
        """Whether it needs no reading."""
        return self.description.system.startswith(FLOOR)


@dataclass(frozen=True)
class Board:
    """The submissions to a task, best first, and the test of the best that reads against the best floor."""

    entries: tuple[Entry, ...]
    above_floor: PermutationTest | None = None

    @property
    def best_floor(self) -> Entry | None:
        """The first floor; None where there is none."""
        return next((entry for entry in self.entries if entry.is_floor), None)

    @property
    def best_reader(self) -> Entry | None:
        """The first system that is no floor; None where there is none."""
        return next((entry for entry in self.entries if not entry.is_floor), None)


def write_baselines(
    folder: Path,
    corpus: PublishedCorpus,
    tasks: Iterable[str] = TASKS,
    seed: int = 0,
    report: Callable[[str], None] = lambda line: None,
    train_on: PublishedCorpus | None = None,
) -> list[Path]:
    """Run every baseline of every task the corpus has the tables for; one submission folder each.

    With `train_on` the baselines of disputes, and no others, learn from that corpus too. A baseline whose extra is not
    installed, or that has nothing to learn from, is left out; `report` hears of it. Raises UsageError for whatever
    else keeps one from running.
    """
    written = []
    for name in tasks:
        task = task_named(name)
        if why := missing(task, corpus):
            report(f"{name}: left out, {why}")
            continue
        for baseline in BASELINES[name]:
            other = train_on if task.kind == "disputes" and baseline not in FLOORS[name] else None
            try:
                run = run_baseline(baseline, task, corpus, seed, other)
            except (MissingExtraError, NothingToLearnError) as error:
                report(f"{name}, baseline {baseline}: left out, {error}")
                continue
            target = folder / name / run.folder
            write_submission(target, run.description, run.predictions, task, gold_of(task, corpus), run.pinned)
            written.append(target)
    return written


def read_leaderboard(folder: Path, corpus: PublishedCorpus) -> dict[str, Board]:
    """Task -> entries, best first (ties by system). Raises ProblemsFound with the faults of all submissions.

    Every folder `TASK/SYSTEM` with one of the files of a submission must be a whole one.
    """
    problems = Problems()
    board: dict[str, list[tuple[Entry, Predictions]]] = {}
    found = sorted({file.parent for name in (PREDICTIONS, DESCRIPTION, PINNED) for file in folder.glob(f"*/*/{name}")})
    if not found:
        raise UsageError(f"{folder} holds no submission: expected TASK/SYSTEM/{PREDICTIONS}")
    for place in found:
        where = f"{place.parent.name}/{place.name}"
        try:
            entry, predictions = _read(place, corpus)
        except ProblemsFound as report:
            problems.extend(replace(p, file=f"{where}/{Path(p.file).name}") for p in report.problems)
            continue
        others = board.setdefault(entry.description.task, [])
        if entry.description.system in {other.description.system for other, _ in others}:
            fault = f"a second submission of the system {entry.description.system!r}"
            problems.add(Problem(fault, "give each its own name", file=f"{where}/{DESCRIPTION}"))
        others.append((entry, predictions))
    problems.raise_if_any()
    return {task: _ranked(task, entries, corpus) for task, entries in sorted(board.items())}


def _read(folder: Path, corpus: PublishedCorpus) -> tuple[Entry, Predictions]:
    """One submission. Raises ProblemsFound with the faults of all its files."""
    if folder.parent.name not in TASKS:
        fault = Problem(f"there is no task {folder.parent.name!r}", f"one of: {', '.join(TASKS)}", file=DESCRIPTION)
        raise ProblemsFound([fault])
    task = task_named(folder.parent.name)
    gold, problems = gold_of(task, corpus), Problems()
    if not (folder / DESCRIPTION).is_file():
        problems.extend(description_faults(folder, task, corpus))
    found: dict[str, tuple[Gold, Predictions]] = {}
    for name in (PREDICTIONS, PINNED):
        if not (folder / name).is_file():
            if name == PREDICTIONS:
                problems.add(Problem("does not exist", f"predict every article, not those of {PINNED} only", file=name))
            continue
        part = gold if name == PREDICTIONS else gold.within(corpus.articles_of(TEST))
        try:
            found[name] = part, read_predictions(folder, task, part, corpus, name)
        except ProblemsFound as report:
            problems.extend(report.problems)
    problems.raise_if_any()
    scores = {name: score(task, predictions, part, corpus) for name, (part, predictions) in found.items()}
    digest = hashlib.sha256((folder / PREDICTIONS).read_bytes()).hexdigest()
    entry = Entry(read_description(folder), scores[PREDICTIONS], scores.get(PINNED), digest)
    return entry, found[PREDICTIONS][1]


def _ranked(name: str, entries: list[tuple[Entry, Predictions]], corpus: PublishedCorpus) -> Board:
    def place(item: tuple[Entry, Predictions]) -> tuple[float, str]:
        official = item[0].score.official
        return (float("inf") if official is None else -official, item[0].description.system)

    task, ordered = task_named(name), sorted(entries, key=place)
    gold, first = gold_of(task, corpus), ordered[0][1]
    floor, reader = (next((p for entry, p in ordered if entry.is_floor == wanted), None) for wanted in (True, False))
    return Board(
        tuple(
            replace(entry, test=compare(task, first, predictions, gold, corpus) if predictions is not first else None)
            for entry, predictions in ordered
        ),
        compare(task, reader, floor, gold, corpus) if floor and reader else None,
    )


def leaderboard_facts(board: dict[str, Board], corpus: PublishedCorpus, tables: str) -> dict[str, Any]:
    """What the card says of a leaderboard, as JSON has it: the same submissions and scorer give the same facts.

    The scores under `articles` are those of stories where a task has `held_out` "story". `floor` of a task compares its
    best system that reads with its best floor: `clear` where the first is above and p is below `SIGNIFICANT`.
    `tables` is the digest of the tables that were scored on. A figure that is undefined is null.
    """
    return {
        "version": corpus.name.removeprefix("v"),
        "tables": tables,
        "scorer": scorer_identity(),
        "tasks": {name: _task_facts(name, found, corpus) for name, found in board.items()},
    }


def _task_facts(name: str, board: Board, corpus: PublishedCorpus) -> dict[str, Any]:
    task, entries = task_named(name), board.entries
    tests = [entry.test.kind for entry in entries if entry.test]
    return {
        "question": task.question,
        "measure": task.official,
        **({"held_out": "story"} if entries[0].score.unit == "story" else {}),
        "pinned": sorted(article for article, split in corpus.splits.items() if split == TEST),
        "interval": _kind(entry.score.interval for entry in entries),
        "across": _kind(entry.score.across for entry in entries),
        "test": tests[0] if tests else None,
        "floor": _floor_facts(board),
        "systems": [
            {
                "system": entry.description.system,
                "method": entry.description.method,
                "trained_on": list(entry.description.trained_on),
                "seed": entry.description.seed,
                "predictions": entry.digest,
                "score": _figure(entry.score.official),
                "interval": _bounds(entry.score.interval),
                "articles": {article: _figure(value) for article, value in entry.score.folds.items()},
                "across": _bounds(entry.score.across),
                "pinned": _figure(entry.pinned.official) if entry.pinned else None,
                "p": _figure(entry.test.p_value) if entry.test else None,
            }
            for entry in entries
        ],
    }


def _floor_facts(board: Board) -> dict[str, Any] | None:
    floor, reader, test = board.best_floor, board.best_reader, board.above_floor
    if floor is None or reader is None:
        return None
    return {
        "floor": floor.description.system,
        "system": reader.description.system,
        "difference": _figure(test.difference) if test else None,
        "p": _figure(test.p_value) if test else None,
        "clear": bool(test and test.difference > 0 and test.p_value < SIGNIFICANT),
        "test": test.kind if test else None,
    }


def _kind(intervals: Iterable[Interval | None]) -> str | None:
    """How the intervals of a task were made: all in one way."""
    return next((interval.kind for interval in intervals if interval), None)


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _bounds(interval: Interval | None) -> list[float] | None:
    return [round(interval.low, DIGITS), round(interval.high, DIGITS)] if interval else None
