"""Who speaks in a file, told by how much and how: no name of a speaker has a part in it. And what such files bring."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from allegata.measures.resampling import Interval

# `python -m bench checkthat2019` counts it.
TOO_NARROW = (
    "called 95 %, and too narrow: of 150 random draws of six of CheckThat!'s 19 training files, the interval of the "
    "other 13 held the mean of the six in 74 %"
)


def lines_by_file(rows: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    """The places of the lines of each file in `rows`, the files by name."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row["article_id"]].append(place)
    return dict(sorted(places.items()))


def speaker_marks(rows: Sequence[dict[str, Any]]) -> list[list[float]]:
    """Per line: how much its speaker says of what the most talkative of the file says; its place, 0 to below 1."""
    marks = [[0.0, 0.0] for _ in rows]
    for places in lines_by_file(rows).values():
        words: Counter[str | None] = Counter()
        for place in places:
            words[rows[place]["speaker"]] += len(rows[place]["text"].split())
        most = max(words.values()) or 1
        for before, place in enumerate(places):
            marks[place] = [words[rows[place]["speaker"]] / most, before / len(places)]
    return marks


def kind_of_file(rows: Sequence[dict[str, Any]]) -> str:
    """The rows of one file: `panel` where nobody has two fifths of the lines, `debate` where nobody has two thirds.

    Else `interview` where the others ask (more than a fifth of their lines end as questions), or `speech`; `unknown`
    where more than half of the lines name no speaker. A panel need not have many speakers: two candidates whose
    moderators say much make one.
    """
    ((first, count),) = Counter(row["speaker"] for row in rows).most_common(1)
    if first is None and count * 2 > len(rows):
        return "unknown"
    if count * 3 < len(rows) * 2:
        return "panel" if count * 5 < len(rows) * 2 else "debate"
    asked = [row["text"].rstrip("\"”’' ").endswith("?") for row in rows if row["speaker"] != first]
    return "interview" if sum(asked) * 5 > len(asked) else "speech"


def _values_by_kind(known: Sequence[tuple[str, float]], kinds: Sequence[str]) -> dict[str, list[float]]:
    """For each of `kinds` the values of the known files of it, or of all where there is none."""
    everything = [value for _, value in known]
    return {name: [value for kind, value in known if kind == name] or everything for name in sorted(set(kinds))}


def forecast(known: Sequence[tuple[str, float]], kinds: Sequence[str]) -> float:
    """What the mean over unseen files of these `kinds` will be, from the kind and value of `known`, left-out files."""
    values = _values_by_kind(known, kinds)
    return fmean(fmean(values[kind]) for kind in kinds)


def forecast_interval(
    known: Sequence[tuple[str, float]], kinds: Sequence[str], *, resamples: int = 2000, seed: int = 0
) -> Interval | None:
    """The 95 % interval of `forecast`; None of fewer than ten known files, as of `measures.resampling.bootstrap`.

    The known files of each kind are resampled, then each unseen one is drawn among those of its kind. It speaks of
    files like them, and is too narrow: `TOO_NARROW` says by how much for CheckThat!.
    """
    import numpy as np

    if len(known) < 10:
        return None
    random = np.random.Generator(np.random.PCG64(seed))
    values, means = _values_by_kind(known, kinds), []
    for _ in range(resamples):
        drawn = {kind: [pool[i] for i in random.integers(0, len(pool), len(pool))] for kind, pool in values.items()}
        means.append(fmean(drawn[kind][int(random.integers(0, len(drawn[kind])))] for kind in kinds))
    low, high = np.quantile(means, [0.025, 0.975])
    how = f"bootstrap within the kinds of {len(known)} left-out files, {resamples} resamples, seed {seed}; {TOO_NARROW}"
    return Interval(forecast(known, kinds), float(low), float(high), 0.95, how)
