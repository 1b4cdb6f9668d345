"""CLEF-2019 CheckThat! Task 1: rank the sentences of each debate, mean of the average precision of the files.

Two rankers are added where ClaimBuster is given. One learns all from the training files; the other learns what is a
claim from ClaimBuster, and from the files only what the claim score, the speaker's share and the place in the file
count for. Mean average precision over the 19 training files, one left out at a time: .2645 and .2726, together
.2798; over six that were put away before anything was tried, learnt from the other 13: .1666, .1445 and .1734
(`python -m bench checkthat2019`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from allegata.benchmark.protocols.published import CHECKTHAT2019, SystemFigures
from allegata.benchmark.protocols.result import ProtocolResult
from allegata.benchmark.protocols.sentence_model import SentenceModel, SentenceModelOptions
from allegata.benchmark.protocols.speakers import (
    forecast,
    forecast_interval,
    kind_of_file,
    lines_by_file,
    speaker_marks,
)
from allegata.benchmark.shared_sentences import sentence_key, shared_of_turns, word_runs
from allegata.measures import ranking
from allegata.models.extras import need_transformer
from allegata.models.linear import sklearn_or_say
from allegata.schema.imported import Imported
from allegata.schema.problems import UsageError
from allegata.schema.wording import number

Rows = Sequence[dict[str, Any]]
Ranker = Callable[[Sequence[int], Sequence[int]], list[float]]  # places to learn from, places to score
Turn = tuple[Sequence[int], Sequence[int]]

CLAIM_OPTIONS = SentenceModelOptions(words_weight=0.0, vectors_cost=0.003)


def claims_unseen(claimbuster: Imported, rows: Rows) -> tuple[list[str], list[int]]:
    """Texts and labels of ClaimBuster, without those that the files of `rows` have too: both hold the debates of 2016.

    Left out is a line of a file, and what shares eight words in a row with a file: it may cut its sentences elsewhere.
    """
    known = {sentence_key(row["text"]) for row in rows}
    for places in lines_by_file(rows).values():
        known.update(word_runs(" ".join(sentence_key(rows[i]["text"]) for i in places)))

    def unseen(text: str) -> bool:
        key = sentence_key(text)
        return key not in known and known.isdisjoint(word_runs(key))

    kept = [row for row in claimbuster.tables["sentences"].to_pylist() if unseen(row["text"])]
    return [row["text"] for row in kept], [int(row["check_worthy"]) for row in kept]


def by_text(rows: Rows, marks: Sequence[Sequence[float]], vectors: Any) -> Ranker:
    """Learn all from the files: words, vectors and marks."""
    texts = [row["text"] for row in rows]

    def rank(fit: Sequence[int], ask: Sequence[int]) -> list[float]:
        model = SentenceModel(SentenceModelOptions(balanced=True))
        labels = [int(rows[i]["check_worthy"]) for i in fit]
        model.fit([texts[i] for i in fit], vectors[fit], labels, [marks[i] for i in fit])
        return model.scores([texts[i] for i in ask], vectors[ask], [marks[i] for i in ask])

    return rank


def by_claims(rows: Rows, marks: Sequence[Sequence[float]], claims: Sequence[float]) -> Ranker:
    """Learn from the files only what the claim score of a line and its two marks count for."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    columns = np.column_stack([claims, marks])

    def rank(fit: Sequence[int], ask: Sequence[int]) -> list[float]:
        model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
        model.fit(columns[fit], [int(rows[i]["check_worthy"]) for i in fit])
        spread = model.decision_function(columns[fit]).std() or 1.0  # as the views of a sentence model
        return [float(value) for value in model.decision_function(columns[ask]) / spread]

    return rank


def left_out_turns(rows: Rows) -> list[Turn]:
    """A turn for each file: the places of all others, and its own. None where the others have one label only."""
    labels = [row["check_worthy"] for row in rows]
    turns: list[Turn] = []
    for name, places in lines_by_file(rows).items():
        others = [place for place, row in enumerate(rows) if row["article_id"] != name]
        if len({labels[place] for place in others}) == 2:
            turns.append((others, places))
    return turns


def rank_turns(rankers: Sequence[Ranker], turns: Sequence[Turn], report: Callable[[str], None]) -> dict[int, float]:
    """The score of every place that a turn asks about: the sum of what the rankers give it."""
    scores: dict[int, float] = {}
    for turn, (fit, ask) in enumerate(turns, 1):
        found = zip(*(rank(fit, ask) for rank in rankers), strict=True)
        scores |= {i: round(sum(parts), 6) for i, parts in zip(ask, found, strict=True)}
        report(f"model {turn} of {len(turns)}")
    return scores


def run_checkthat2019(
    train: Imported,
    test: Imported | None = None,
    claimbuster: Imported | None = None,
    *,
    report: Callable[[str], None] = print,
) -> ProtocolResult:
    """Train on `train`, rank the files of `test`; without `test`, those of `train`, each left out in turn.

    The training files are left out in turn in any case: what they bring predicts what `test` does. `claimbuster`
    teaches what is a claim. Raises UsageError where an extra is missing, nothing can be learnt, or nothing left out.
    """
    need_transformer()
    sklearn_or_say()
    from allegata.models.encoder import sentence_vectors

    rows, notices = train.tables["sentences"].to_pylist(), list(train.notices)
    if len({row["check_worthy"] for row in rows}) < 2:
        raise UsageError(
            "all lines of the training files have one label: give files with check-worthy lines and others"
        )
    marks, count = speaker_marks(rows), len(rows)
    left_out, asked = left_out_turns(rows), list(lines_by_file(rows).values())
    turns = list(left_out)
    if test is not None:
        further = test.tables["sentences"].to_pylist()
        rows, marks, notices = rows + further, marks + speaker_marks(further), [*notices, *test.notices]
        asked = [[count + i for i in places] for places in lines_by_file(further).values()]
        turns.append((list(range(count)), list(range(count, len(rows)))))
    elif len(left_out) < len(asked):
        raise UsageError("leave-one-file-out needs check-worthy lines in at least two files: give --test")
    texts = [row["text"] for row in rows]
    shared = shared_of_turns(texts, turns if test is None else turns[-1:], report)
    claims, labels = ([], []) if claimbuster is None else claims_unseen(claimbuster, rows)
    if claimbuster is not None and len(set(labels)) < 2:
        raise UsageError(
            "without the sentences that the files have too, ClaimBuster has one label only: give the whole data set"
        )
    vectors = sentence_vectors([*texts, *claims], report=report)
    rankers, learnt = [by_text(rows, marks, vectors[: len(rows)])], ""
    if claimbuster is not None:
        model = SentenceModel(CLAIM_OPTIONS).fit(claims, vectors[len(rows) :], labels)
        rankers.append(by_claims(rows, marks, model.scores(texts, vectors[: len(rows)])))
        learnt = (
            f" Trained on {number(len(claims), 'sentence')} of ClaimBuster too, which the task did not provide;"
            " what these files have too was left out."
        )
        notices += claimbuster.notices
    scores = rank_turns(rankers, turns, report)

    def file_of(places: Sequence[int]) -> tuple[list[int], list[float]]:
        return [int(rows[i]["check_worthy"]) for i in places], [scores[i] for i in places]

    values = ranking.measures([file_of(places) for places in asked])
    row = SystemFigures(
        "allegata: words + vectors of MiniLM, linear" + (", with ClaimBuster" if claimbuster else ""),
        {k: v for k, v in values.items() if v is not None},
        "the same files" if test is None else "training files",
        ours=True,
    )
    known = [
        (kind_of_file([rows[i] for i in places]), value)
        for _, places in left_out
        if (value := ranking.average_precision(*file_of(places))) is not None
    ]
    kinds = [
        kind_of_file([rows[i] for i in places]) for places in asked if any(rows[i]["check_worthy"] for i in places)
    ]
    each = [_file_line([rows[i] for i in places], *file_of(places)) for places in asked]
    lines = [
        json.dumps({"id": f"{rows[i]['article_id']}:{rows[i]['external_id']}", "score": scores[i]})
        for i in sorted(i for places in asked for i in places)
    ]
    return ProtocolResult(
        CHECKTHAT2019.with_row(row) if test is not None else CHECKTHAT2019.with_held_out(row),
        test is not None,
        f"Protocol: mean over {number(len(asked), 'file')}, all lines ranked, ties in the order of the file."
        + ("" if test is not None else " Leave one training file out.")
        + learnt,
        [*each, *_forecast_lines(known, kinds)],
        "".join(line + "\n" for line in lines),
        notices,
        shared,
    )


def _file_line(rows: Rows, labels: Sequence[int], scores: Sequence[float]) -> str:
    found = ranking.average_precision(labels, scores)
    chance = sum(labels) / len(labels)
    shown = "undefined" if found is None else f"{found:.4f}"
    mark = ", below twice chance" if found is not None and found < 2 * chance < 1 else ""
    return f"- {rows[0]['article_id']} ({kind_of_file(rows)}): chance {chance:.4f}, AP {shown}{mark}"


def _forecast_lines(known: Sequence[tuple[str, float]], kinds: Sequence[str]) -> list[str]:
    """What left-out training files bring by kind, and what they predict for unseen files of `kinds`.

    `kinds` are of files with a check-worthy line: the mean average precision leaves the others out.
    """
    if not known:
        return []
    by_kind: dict[str, list[float]] = defaultdict(list)
    for kind, value in known:
        by_kind[kind].append(value)
    each = [
        f"{kind} {number(len(found), 'file')}, mean AP {fmean(found):.4f}" for kind, found in sorted(by_kind.items())
    ]
    lines = [f"- training files, one left out at a time: {'; '.join(each)}"]
    if kinds:
        wanted = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(kinds).items()))
        interval = forecast_interval(known, kinds)
        shown = (
            f"{forecast(known, kinds):.3f}; fewer than ten files left out: no interval"
            if interval is None
            else f"{interval}, {interval.kind}"
        )
        lines.append(f"- forecast for unseen files of these kinds ({wanted}): MAP {shown}")
    return lines
