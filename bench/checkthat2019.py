"""`python -m bench checkthat2019`: what each ranker of CheckThat! brings alone, on files left out and on six put away.

And how often the interval of the forecast holds: files are drawn, and predicted from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from allegata.benchmark.protocols import checkthat2019 as protocol
from allegata.benchmark.protocols.sentence_model import SentenceModel
from allegata.benchmark.protocols.speakers import (
    forecast,
    forecast_interval,
    kind_of_file,
    lines_by_file,
    speaker_marks,
)
from allegata.exchange.checkthat2019 import read_checkthat2019
from allegata.exchange.claimbuster import kfold_file, read_claimbuster
from allegata.measures.ranking import average_precision
from allegata.models.extras import need_transformer
from allegata.models.linear import sklearn_or_say

# Put away before a ranker was tried, by random.Random(20261130): three of the eight files where nobody has two thirds
# of the lines, one of the two press conferences, two of the nine speeches.
AWAY = (
    "20160209_msnbc_dem",
    "20160414_9dem",
    "20161005_vice_pres",
    "20170928_trump_tax",
    "20180916_trump_miami",
    "20180926_un_press",
)
DRAWS, DRAWN = 150, 6
Known = Sequence[tuple[str, float]]  # kind and average precision of files


def coverage(known: Known, seed: int = 0) -> str:
    """How many of `DRAWS` random draws of `DRAWN` files have their mean in the interval that the others predict."""
    import numpy as np

    if forecast_interval(known[DRAWN:], [kind for kind, _ in known[:DRAWN]]) is None:
        return "too few files"
    random, held = np.random.Generator(np.random.PCG64(seed)), 0
    for _ in range(DRAWS):
        drawn = random.choice(len(known), DRAWN, replace=False).tolist()
        others = [each for i, each in enumerate(known) if i not in drawn]
        interval = forecast_interval(others, [known[i][0] for i in drawn])
        held += interval is not None and interval.low <= fmean(known[i][1] for i in drawn) <= interval.high
    return f"{held / DRAWS:.0%} of {DRAWS}"


def run_checkthat2019(
    train: Path, kfold: Path, away: Sequence[str] = AWAY, *, report: Callable[[str], None] = print
) -> str:
    """A Markdown table of mean average precision by ranker, and what was predicted."""
    need_transformer()
    sklearn_or_say()
    from allegata.models.encoder import sentence_vectors

    rows = read_checkthat2019(train).tables["sentences"].to_pylist()
    claimbuster = read_claimbuster(kfold_file(kfold))
    claims, labels = protocol.claims_unseen(claimbuster, rows)
    texts, marks = [row["text"] for row in rows], speaker_marks(rows)
    vectors = sentence_vectors([*texts, *claims], report=report)
    model = SentenceModel(protocol.CLAIM_OPTIONS).fit(claims, vectors[len(rows) :], labels)
    vectors = vectors[: len(rows)]
    rankers = [
        protocol.by_text(rows, marks, vectors),
        protocol.by_claims(rows, marks, model.scores(texts, vectors)),
    ]
    kept = [i for i, row in enumerate(rows) if row["article_id"] not in away]
    put_away = [i for i, row in enumerate(rows) if row["article_id"] in away]
    inner = protocol.left_out_turns([rows[i] for i in kept])
    setups: dict[str, Sequence[protocol.Turn]] = {
        "{} files, one left out at a time": protocol.left_out_turns(rows),
        "{} of them, one left out at a time": [([kept[i] for i in fit], [kept[i] for i in ask]) for fit, ask in inner],
        "the {} put away, learnt from these": [(kept, put_away)],
    }
    lines = ["| | training files alone | claims of ClaimBuster | both |", "|---|---:|---:|---:|"]
    both = []
    for name, turns in setups.items():
        parts = [protocol.rank_turns([ranker], turns, report) for ranker in rankers]
        added = {place: sum(part[place] for part in parts) for place in parts[0]}
        found = [_files(rows, scores) for scores in (*parts, added)]
        both.append(found[-1])
        cells = [f"{fmean(value for _, value in files):.4f}" for files in found]
        lines.append(f"| {name.format(len(found[-1]))} | {' | '.join(cells)} |")
    kinds = [kind for kind, _ in both[2]]
    seen = len(claimbuster.tables["sentences"]) - len(claims)
    return "\n".join(
        [
            *lines,
            "",
            f"- sentences of ClaimBuster left out, as the files have them: {seen:,}; kept: {len(claims):,}",
            f"- forecast for those put away: {forecast_interval(both[1], kinds) or round(forecast(both[1], kinds), 3)}",
            f"- intervals that hold the mean of {DRAWN} files drawn at random: {coverage(both[0])}",
            "",
        ]
    )


def _files(rows: Sequence[dict[str, Any]], scores: Mapping[int, float]) -> Known:
    """Kind and average precision of every file that is scored and has a check-worthy line."""
    places = sorted(scores)
    found = []
    for inside in lines_by_file([rows[i] for i in places]).values():
        file = [rows[places[i]] for i in inside]
        value = average_precision([int(row["check_worthy"]) for row in file], [scores[places[i]] for i in inside])
        if value is not None:
            found.append((kind_of_file(file), value))
    return found
