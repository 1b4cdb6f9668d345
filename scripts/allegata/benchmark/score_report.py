"""A score for programs: the fields of `allegata score --json`, and whether it reaches a figure that was asked for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from allegata.benchmark.scorer_identity import SCORER, sources_digest
from allegata.benchmark.scoring import Figure, Score
from allegata.measures.resampling import Interval, PermutationTest
from allegata.schema.problems import Problem, UsageError

FORMAT = "allegata-score/1"
DIGITS = 6  # of every figure: float sums agree between machines so far


def score_facts(scored: Score, corpus: str, split: str | None = None) -> dict[str, Any]:
    """A score as JSON has it (docs/benchmark.md describes the fields): the same submission gives the same facts.

    `corpus` is the version that was scored on. What is undefined is null, never 0.
    """
    mean, lowest, highest = scored.fold_range or (None, None, None)
    return {
        "format": FORMAT,
        "scorer": {"name": SCORER, "sources": sources_digest()},
        "task": scored.task,
        "corpus": corpus,
        "split": split,
        "measure": scored.measure,
        "score": rounded(scored.official),
        "interval": _interval(scored.interval),
        "held_out": scored.unit,
        "folds": {fold: rounded(value) for fold, value in scored.folds.items()},
        "mean": rounded(mean),
        "lowest": rounded(lowest),
        "highest": rounded(highest),
        "interval_of_mean": _interval(scored.across),
        "figures": [_figure(figure) for figure in scored.figures],
    }


def difference_facts(test: PermutationTest | None) -> dict[str, Any] | None:
    """The test of a submission against another (first minus second); null where it is undefined."""
    if test is None:
        return None
    return {**asdict(test), "difference": rounded(test.difference), "p_value": rounded(test.p_value)}


def checked_figure(asked: float) -> float:
    """The figure that a score must reach. Raises UsageError where no score can be meant: all measures are shares."""
    if not 0 <= asked <= 1:
        raise UsageError(f"--at-least {asked:g}: a score is a share, give a figure from 0 to 1")
    return asked


def below(scored: Score, asked: float) -> Problem | None:
    """What is wrong where the official measure, as printed in JSON, does not reach a figure; None where it does."""
    found = rounded(scored.official)
    if found is not None and found >= asked:
        return None
    is_ = "is undefined" if found is None else f"is {found:g}"
    what = f"{scored.task}: {scored.measure} {is_}, below {asked:g}"
    return Problem(what, "--at-least asks for that figure: improve the system, or ask for less")


def rounded(value: float | None) -> float | None:
    """A figure with `DIGITS` digits after the point; None stays None."""
    return None if value is None else round(value, DIGITS)


def _figure(figure: Figure) -> dict[str, Any]:
    return {**asdict(figure), "value": rounded(figure.value)}


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    bounds = {name: rounded(getattr(interval, name)) for name in ("value", "low", "high")}
    return {**asdict(interval), **bounds}
