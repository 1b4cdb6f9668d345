"""The scorer: predictions of a task against gold, article by article and pooled, with intervals and a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from allegata.benchmark.figures import ALL, Counts, figures, official, unit_counts
from allegata.benchmark.submissions import PINNED, Predictions, read_predictions
from allegata.benchmark.tasks import Gold, Task, gold_of
from allegata.measures.resampling import Interval, PermutationTest, bootstrap, paired_permutation_test, student
from allegata.schema.published import PublishedCorpus

ROUNDS = 1999  # of a permutation test
ENOUGH_STORIES = 10  # from so many on whole stories are resampled: fewer have too few distinct resamples


@dataclass(frozen=True)
class Figure:
    """One score: of a measure, a fold (or `all`) and a label (or `all`). None: undefined."""

    measure: str
    fold: str
    label: str
    value: float | None


@dataclass(frozen=True)
class Score:
    """All figures of a submission. `official` is the headline over all articles, `interval` its bootstrap interval.

    `folds` has it for each held-out `unit`, an article, or a story where there are several: report these and their
    range, not the mean alone. `across` is the t interval of their mean.
    """

    task: str
    measure: str
    official: float | None
    interval: Interval | None
    folds: Mapping[str, float | None]
    across: Interval | None
    figures: tuple[Figure, ...]
    unit: str = "article"

    @property
    def fold_range(self) -> tuple[float, float, float] | None:
        """Mean, lowest and highest of the articles where the official measure is defined."""
        defined = [value for value in self.folds.values() if value is not None]
        return (fmean(defined), min(defined), max(defined)) if defined else None


def text_of(value: float | None, digits: int = 3) -> str:
    """A score for people: undefined is said, never shown as 0."""
    return "undefined" if value is None else f"{value:.{digits}f}"


def score(task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus) -> Score:
    """Score checked predictions. Pure: the same input gives the same figures, intervals included."""
    task = task.by(corpus.scheme)
    found: list[Figure] = []
    folds: dict[str, float | None] = {}
    held_out = "story" if task.kind == "disputes" else corpus.held_out_unit
    for fold, articles in ((ALL, None), *_folds(task, gold, corpus).items()):
        chosen = [i for i in gold.order if articles is None or not articles.isdisjoint(gold.articles[i])]
        for (measure, label), value in figures(task, predictions, gold, corpus, chosen).items():
            found.append(Figure(measure, fold, label, value))
            if (measure, label) == (task.official, ALL) and articles is not None:
                folds[fold] = value
    units, unit_name = _resampled(task, predictions, gold, corpus)
    return Score(
        task.name,
        task.official,
        official(task, units),
        bootstrap(units, lambda drawn: official(task, drawn), unit_name=unit_name),
        folds,
        student([value for value in folds.values() if value is not None], unit_name=held_out),
        tuple(found),
        held_out,
    )


def _folds(task: Task, gold: Gold, corpus: PublishedCorpus) -> dict[str, frozenset[str]]:
    """What is held out at a time, with its articles that are scored: of disputes always a story."""
    units = gold.articles if task.kind == "disputes" else corpus.units
    found = {name: frozenset(articles).intersection(gold.scored) for name, articles in units.items()}
    return {name: articles for name, articles in found.items() if articles}


def _resampled(task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus) -> tuple[list[Counts], str]:
    """What is resampled for the official measure, and what it is called: whole stories where there are enough.

    What is said of one story is not independent, so pairs, sentences and paragraphs are units only where there are too
    few stories.
    """
    units, name = unit_counts(task, predictions, gold, corpus)
    stories = corpus.story_of
    groups: dict[str, list[Counts]] = {}
    for article, counts in units:
        groups.setdefault(stories[article], []).append(counts)
    if len(groups) < ENOUGH_STORIES:
        return [counts for _, counts in units], name
    return [tuple(map(sum, zip(*group, strict=True))) for group in groups.values()], "story"


def score_file(task: Task, path: Path, corpus: PublishedCorpus, split: str | None = None) -> Score:
    """Read, check and score a prediction file or submission folder: the whole of `allegata score`.

    With `split`, only the articles of that pinned split are asked for.
    """
    gold, predictions = _read(task, path, corpus, split)
    return score(task, predictions, gold, corpus)


def compare_files(
    task: Task, first: Path, second: Path, corpus: PublishedCorpus, split: str | None = None
) -> PermutationTest | None:
    """Read and check two submissions and compare their official measure; see `compare`."""
    gold, left = _read(task, first, corpus, split)
    _, right = _read(task, second, corpus, split)
    return compare(task, left, right, gold, corpus)


def _read(task: Task, path: Path, corpus: PublishedCorpus, split: str | None) -> tuple[Gold, Predictions]:
    gold = gold_of(task, corpus)
    if split is None:
        return gold, read_predictions(path, task, gold, corpus)
    gold = gold.within(corpus.articles_of(split))
    return gold, read_predictions(path, task, gold, corpus, PINNED)


def score_lines(scored: Score) -> list[str]:
    """A score for people: the official measure with its interval and folds, then every figure of the whole corpus."""
    lines = [f"{scored.task}, {scored.measure}: {text_of(scored.official)}"]
    lines.append(f"interval: {_interval_text(scored.interval, 'fewer than ten units to draw from, or no score')}")
    lines += [f"  {fold}: {text_of(value)}" for fold, value in scored.folds.items()]
    few = f"fewer than two {'articles' if scored.unit == 'article' else 'stories'} with a score"
    mean, lowest, highest = map(text_of, scored.fold_range or (None, None, None))
    lines.append(f"  mean {mean}, lowest {lowest}, highest {highest}")
    lines.append(f"interval of the mean: {_interval_text(scored.across, few)}")
    lines += [
        f"{figure.measure}{'' if figure.label == ALL else f', {figure.label}'}: {text_of(figure.value)}"
        for figure in scored.figures
        if figure.fold == ALL
    ]
    return lines


def _interval_text(interval: Interval | None, reason: str) -> str:
    if interval is None:
        return f"undefined ({reason})"
    left_out = f"; {interval.undefined} of them undefined" if interval.undefined else ""
    return f"{interval.level:.0%}, {interval} ({interval.kind}{left_out})"


def compare(
    task: Task, first: Predictions, second: Predictions, gold: Gold, corpus: PublishedCorpus
) -> PermutationTest | None:
    """Paired permutation test of the official measure of two submissions (first minus second)."""
    task = task.by(corpus.scheme)
    left, unit_name = _resampled(task, first, gold, corpus)
    right, _ = _resampled(task, second, gold, corpus)
    return paired_permutation_test(left, right, lambda units: official(task, units), unit_name=unit_name, rounds=ROUNDS)


def difference_text(test: PermutationTest | None, measure: str) -> str:
    """A comparison for people: the first submission minus the second."""
    if test is None:
        return f"difference of {measure}: undefined"
    return f"difference of {measure}: {test.difference:+.3f}, p = {test.p_value:.4f} ({test.kind})"
