"""ClaimBuster's two-class set by the protocol of its authors' code: stratified 4-fold, shuffled, pooled.

Source of the protocol: the claimspotter repository, whose k-fold scripts pool the predictions of the folds and
headline the weighted F1.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from allegata.benchmark.protocols.published import CLAIMBUSTER, SystemFigures
from allegata.benchmark.protocols.result import ProtocolResult
from allegata.benchmark.protocols.sentence_model import SentenceModel, SentenceModelOptions
from allegata.benchmark.shared_sentences import shared_of_turns
from allegata.measures import classification, ranking
from allegata.measures.resampling import bootstrap
from allegata.models.extras import need_transformer
from allegata.models.linear import sklearn_or_say
from allegata.schema.imported import Imported

FOLDS = 4
FOLD_SEED = 2  # of the authors' SVM script

# By this protocol: .8991 linear on vectors, .8992 kernel, .9016 both, .9018 with words.
OPTIONS = SentenceModelOptions(words_cost=3.0, words_weight=0.5, vectors_cost=0.03, kernel_weight=1.0)


def run_claimbuster(imported: Imported, *, report: Callable[[str], None] = print) -> ProtocolResult:
    """Cross-validate on one k-fold file. The protocol needs no test set: our row can be compared as it stands.

    Raises UsageError where an extra is missing.
    """
    need_transformer()
    sklearn_or_say()
    from sklearn.model_selection import StratifiedKFold

    from allegata.models.encoder import sentence_vectors

    rows = imported.tables["sentences"].to_pylist()
    texts = [row["text"] for row in rows]
    labels = [int(row["check_worthy"]) for row in rows]
    vectors = sentence_vectors(texts, report=report)
    scores = [0.0] * len(rows)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=FOLD_SEED)
    splits: list[tuple[Any, Any]] = list(folds.split(texts, labels))
    shared = shared_of_turns(texts, splits, report)
    for number, (train, test) in enumerate(splits, 1):
        model = SentenceModel(OPTIONS)
        model.fit([texts[i] for i in train], vectors[train], [labels[i] for i in train])
        for index, value in zip(test, model.scores([texts[i] for i in test], vectors[test]), strict=True):
            scores[index] = value
        report(f"fold {number} of {FOLDS}")
    names = ("other", "check-worthy")
    gold, predicted = [names[label] for label in labels], [names[score > 0] for score in scores]
    counts = classification.per_label(gold, predicted, names)
    precision = ranking.average_precision(labels, scores)
    values = {
        "weighted F1": classification.weighted_f1(counts),
        "macro F1": classification.macro_f1(counts),
        "F1 check-worthy": counts["check-worthy"].f1,
        "F1 other": counts["other"].f1,
        "AP check-worthy": precision,
    }
    row = SystemFigures(
        "allegata: words + vectors of MiniLM, linear and kernel",
        {k: v for k, v in values.items() if v is not None},
        "the same folds",
        ours=True,
    )
    interval = bootstrap(
        list(zip(gold, predicted, strict=True)),
        lambda units: classification.weighted_f1(
            classification.per_label([g for g, _ in units], [p for _, p in units], names)
        ),
        unit_name="sentence",
        resamples=300,
    )
    lines = [
        json.dumps({"id": row["external_id"], "label": int(score > 0), "score": round(score, 6)})
        for row, score in zip(rows, scores, strict=True)
    ]
    return ProtocolResult(
        CLAIMBUSTER.with_row(row),
        True,
        f"Protocol: {len(rows)} sentences, {FOLDS} stratified folds (seed {FOLD_SEED}), predictions pooled.",
        (f"- weighted F1 {interval}, {interval.kind}",) if interval else (),
        "".join(line + "\n" for line in lines),
        imported.notices,
        shared,
    )
