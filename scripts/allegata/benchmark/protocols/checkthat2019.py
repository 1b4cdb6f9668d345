"""CLEF-2019 CheckThat! Task 1: rank the sentences of each debate, mean of the average precision of the files.

Trained on the 19 training files only. The model was chosen on them, in five groups of files held out in turn. Mean
average precision over all files, and over those of more than 400 lines, which are like the test files: words alone
.190 and .139; last layer of the encoder alone .197 and .153; words with marks of surface and speaker .239 and .185;
all layers and the sentence before .254 and .202; both together .260 and .210.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from allegata.benchmark.protocols.published import CHECKTHAT2019, SystemFigures
from allegata.benchmark.protocols.result import ProtocolResult
from allegata.benchmark.protocols.sentence_model import SentenceModel, SentenceModelOptions
from allegata.benchmark.shared_sentences import shared_of_turns
from allegata.measures import ranking
from allegata.models.extras import need_transformer
from allegata.models.linear import sklearn_or_say
from allegata.schema.imported import Imported

# Who speaks tells what may be checked: nobody checks a moderator, and fact-checkers looked at some more closely.
_CANDIDATES = ("TRUMP", "CLINTON", "SANDERS", "CRUZ", "RUBIO", "KASICH", "KAINE", "PENCE")
_NOBODY = ("SYSTEM", "QUESTION", "AUDIENCE", "AUDIENCE MEMBERS")


def speaker_marks(rows: Sequence[dict[str, Any]]) -> list[list[float]]:
    """Per sentence: Trump or not, a candidate or not, nobody in particular or not, share of the file spoken."""
    spoken: dict[tuple[str, str], int] = defaultdict(int)
    size: dict[str, int] = defaultdict(int)
    for row in rows:
        spoken[row["article_id"], row["speaker"]] += 1
        size[row["article_id"]] += 1
    marks = []
    for row in rows:
        name = (row["speaker"] or "").upper()
        share = spoken[row["article_id"], row["speaker"]] / size[row["article_id"]]
        marks.append([float(name == "TRUMP"), float(name in _CANDIDATES), float(name in _NOBODY), share])
    return marks


def _with_previous(vectors: Any, rows: Sequence[dict[str, Any]], width: int) -> Any:
    """Each sentence's vector beside the last layer of the sentence before it in its file (zeros at the start)."""
    import numpy as np

    last = vectors[:, 6 * width : 7 * width]
    before = np.vstack([np.zeros_like(last[:1]), last[:-1]])
    before[[i for i, row in enumerate(rows) if i == 0 or rows[i - 1]["article_id"] != row["article_id"]]] = 0
    return np.hstack([vectors, before])


def run_checkthat2019(
    train: Imported, test: Imported | None = None, *, report: Callable[[str], None] = print
) -> ProtocolResult:
    """Train on `train`, rank the files of `test`; without `test`, leave one training file out in turn.

    Raises UsageError where an extra is missing.
    """
    need_transformer()
    sklearn_or_say()
    from allegata.models.encoder import WIDTH, sentence_vectors

    rows, notices = train.tables["sentences"].to_pylist(), list(train.notices)
    count = len(rows)
    if test is not None:
        rows, notices = rows + test.tables["sentences"].to_pylist(), [*notices, *test.notices]
    texts = [row["text"] for row in rows]
    labels = [int(row["check_worthy"]) for row in rows]
    vectors = _with_previous(sentence_vectors(texts, report=report), rows, WIDTH)
    marks = speaker_marks(rows)
    files = [row["article_id"] for row in rows]
    if test is None:
        turns = [
            ([i for i, f in enumerate(files) if f != name], [i for i, f in enumerate(files) if f == name])
            for name in sorted(set(files))
        ]
    else:
        turns = [(list(range(count)), list(range(count, len(rows))))]
    shared = shared_of_turns(texts, turns, report)
    scores: dict[int, float] = {}
    for number, (fit, ask) in enumerate(turns, 1):
        model = SentenceModel(SentenceModelOptions(balanced=True))
        model.fit([texts[i] for i in fit], vectors[fit], [labels[i] for i in fit], [marks[i] for i in fit])
        found = model.scores([texts[i] for i in ask], vectors[ask], [marks[i] for i in ask])
        scores |= dict(zip(ask, found, strict=True))
        report(f"model {number} of {len(turns)}")
    by_file: dict[str, list[int]] = defaultdict(list)
    for index in sorted(scores):
        by_file[files[index]].append(index)
    ranked = {name: ([labels[i] for i in ids], [scores[i] for i in ids]) for name, ids in sorted(by_file.items())}
    values = ranking.measures(list(ranked.values()))
    row = SystemFigures(
        "allegata: words + vectors of MiniLM, linear",
        {k: v for k, v in values.items() if v is not None},
        "the same files" if test is None else "training files",
        ours=True,
    )
    lines = [
        json.dumps({"id": f"{files[i]}:{rows[i]['external_id']}", "score": round(scores[i], 6)}) for i in sorted(scores)
    ]
    each = [f"- {name}: AP {_shown(ranking.average_precision(*file))}" for name, file in ranked.items()]
    return ProtocolResult(
        CHECKTHAT2019.with_row(row) if test is not None else CHECKTHAT2019.with_held_out(row),
        test is not None,
        f"Protocol: mean over {len(ranked)} files, all lines ranked, ties in the order of the file."
        + ("" if test is not None else " Leave one training file out."),
        each,
        "".join(line + "\n" for line in lines),
        notices,
        shared,
    )


def _shown(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
