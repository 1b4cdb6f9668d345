"""The scorer: predictions of a task against gold, article by article and pooled, with intervals and a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from allegata.benchmark.submissions import PINNED, Predictions, read_predictions
from allegata.benchmark.tasks import Gold, Task, gold_of
from allegata.measures import classification, ranking
from allegata.measures.matching import (
    PRF,
    LabelledSpan,
    align,
    exact_prf,
    partial_prf,
    semeval,
    token_prf,
    tokens,
)
from allegata.measures.resampling import Interval, PermutationTest, bootstrap, paired_permutation_test, student
from allegata.schema.published import PublishedCorpus
from allegata.text.spans import Span

ALL = "all"
CUTOFFS = (1, 3, 5, 10)  # our articles have about twenty sentences


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
    figures: list[Figure] = []
    folds: dict[str, float | None] = {}
    for fold, articles in ((ALL, None), *_folds(gold, corpus).items()):
        chosen = [i for i in gold.order if articles is None or not articles.isdisjoint(gold.articles[i])]
        for (measure, label), value in _figures(task, predictions, gold, corpus, chosen).items():
            figures.append(Figure(measure, fold, label, value))
            if (measure, label) == (task.official, ALL) and articles is not None:
                folds[fold] = value
    units, statistic, unit_name = _units(task, predictions, gold, corpus)
    return Score(
        task.name,
        task.official,
        statistic(units),
        bootstrap(units, statistic, unit_name=unit_name),
        folds,
        student([value for value in folds.values() if value is not None], unit_name=corpus.held_out_unit),
        tuple(figures),
        corpus.held_out_unit,
    )


def _folds(gold: Gold, corpus: PublishedCorpus) -> dict[str, frozenset[str]]:
    """What is held out at a time, with its articles that are scored."""
    found = {name: frozenset(articles).intersection(gold.scored) for name, articles in corpus.units.items()}
    return {name: articles for name, articles in found.items() if articles}


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
    left, statistic, unit_name = _units(task, first, gold, corpus)
    right, _, _ = _units(task, second, gold, corpus)
    return paired_permutation_test(left, right, statistic, unit_name=unit_name, rounds=1999)


def difference_text(test: PermutationTest | None, measure: str) -> str:
    """A comparison for people: the first submission minus the second."""
    if test is None:
        return f"difference of {measure}: undefined"
    return f"difference of {measure}: {test.difference:+.3f}, p = {test.p_value:.4f} ({test.kind})"


def _figures(
    task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus, chosen: Sequence[str]
) -> dict[tuple[str, str], float | None]:
    if task.kind == "spans":
        return _span_figures(task, predictions, gold, corpus, chosen)
    right, ours = [gold.label[i] for i in chosen], [predictions.label[i] for i in chosen]
    counts = classification.per_label(right, ours, task.labels)
    table: dict[tuple[str, str], float | None] = {}
    for label, prf in counts.items():
        table["precision", label], table["recall", label], table["F1", label] = prf.precision, prf.recall, prf.f1
    table["macro F1", ALL] = classification.macro_f1(counts)
    table["accuracy", ALL] = classification.accuracy(right, ours)
    if task.name == "claim-relations":
        table["macro F1 without none", ALL] = classification.macro_f1({label: counts[label] for label in task.counted})
    if task.kind == "sentences":
        table["F1 of true", ALL] = counts["true"].f1
        table |= {
            (measure, ALL): value
            for measure, value in ranking.measures(_rankings(predictions, gold, chosen), CUTOFFS).items()
        }
    return table


def _rankings(predictions: Predictions, gold: Gold, chosen: Sequence[str]) -> list[tuple[list[int], list[float]]]:
    """Per article its labels and scores, in the order of the text."""
    files: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    for identity in chosen:
        labels, scores = files[gold.articles[identity][0]]
        labels.append(int(gold.label[identity] == "true"))
        scores.append(predictions.score[identity])
    return [files[article_id] for article_id in sorted(files)]


def _span_figures(
    task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus, chosen: Sequence[str]
) -> dict[tuple[str, str], float | None]:
    counts: dict[tuple[str, str], PRF] = defaultdict(PRF)
    texts = corpus.texts
    for article_id in chosen:
        right, ours = gold.spans[article_id], predictions.spans[article_id]
        for measure, scores in (
            ("exact", exact_prf(right, ours)),
            ("partial", partial_prf(right, ours)),
            ("token", token_prf(right, ours, tokens(texts[article_id]))),
        ):
            for label, prf in scores.items():
                counts[measure, label] += prf
                counts[measure, ALL] += prf
        for scheme, outcome in semeval(align(right, ours)).items():
            counts[f"SemEval-2013 {scheme}", ALL] += outcome.prf
    table: dict[tuple[str, str], float | None] = {}
    for measure in ("exact", "partial", "token"):
        for label in (ALL, *task.labels):
            prf = counts[measure, label]
            table[f"{measure} precision", label] = prf.precision
            table[f"{measure} recall", label] = prf.recall
            table[f"{measure} F1", label] = prf.f1
    for (measure, label), prf in sorted(counts.items()):
        if measure.startswith("SemEval"):
            table[f"{measure} F1", label] = prf.f1
    return table


def _units(
    task: Task, predictions: Predictions, gold: Gold, corpus: PublishedCorpus
) -> tuple[Sequence[Any], Callable[[Sequence[Any]], float | None], str]:
    """What is resampled for the official measure: its units, the measure of them, and what they are called."""
    if task.official == "MAP":
        files = _rankings(predictions, gold, gold.order)
        return files, lambda units: ranking.measures(units, ())["MAP"], "article"
    if task.kind == "spans":
        return _paragraph_counts(predictions, gold, corpus), _pooled_f1, "paragraph"
    rows = [(gold.label[i], predictions.label[i]) for i in gold.order]
    name = {"sentences": "sentence", "claims": "claim", "relations": "pair"}[task.table]

    def measure(units: Sequence[tuple[str, str]]) -> float | None:
        counts = classification.per_label([g for g, _ in units], [p for _, p in units], task.labels)
        if task.official == "F1 of true":
            return counts["true"].f1
        return classification.macro_f1({label: counts[label] for label in task.counted})

    return rows, measure, name


def _pooled_f1(units: Sequence[PRF]) -> float | None:
    return PRF(sum(u.tp for u in units), sum(u.fp for u in units), sum(u.fn for u in units)).f1


def _paragraph_counts(predictions: Predictions, gold: Gold, corpus: PublishedCorpus) -> list[PRF]:
    """Exact counts of every paragraph; a span belongs to the paragraph it begins in."""
    table = corpus.table("articles", "article_id", "blocks")
    counts: list[PRF] = []
    for article_id, blocks in zip(table["article_id"].to_pylist(), table["blocks"].to_pylist(), strict=True):
        if article_id not in gold.spans:
            continue
        starts = [Span(block["start"], block["end"]) for block in blocks]
        bounds = [span.start for span in starts[1:]]
        right: dict[int, list[LabelledSpan]] = defaultdict(list)
        ours: dict[int, list[LabelledSpan]] = defaultdict(list)
        for side, spans in ((right, gold.spans[article_id]), (ours, predictions.spans[article_id])):
            for span in spans:
                side[sum(span.hull.start >= bound for bound in bounds)].append(span)
        for index in range(max(1, len(starts))):
            counts.append(sum(exact_prf(right[index], ours[index]).values(), PRF()))
    return counts
