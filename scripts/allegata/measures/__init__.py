"""Measures, to be used alone: pure functions of what two sides marked, labelled, ranked or clustered.

    from allegata.measures import LabelledSpan, score_spans

    gold = [[LabelledSpan.of("claim", (0, 9), (14, 20))]]   # a document a list; a span may have several segments
    scores = score_spans(gold, predicted)
    scores.prf("exact").f1, scores.interval("exact")

docs/measures.md has an example of each. Names are imported when they are asked for; numpy and scipy only by what
resamples, aligns or assigns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allegata.measures.agreement import nominal_alpha, ordinal_alpha
    from allegata.measures.calibration import calibration_error
    from allegata.measures.classification import accuracy, macro_f1, per_label, weighted_f1
    from allegata.measures.clusters import ClusterScore, cluster_scores, conll_f1
    from allegata.measures.matching import (
        PRF,
        LabelledSpan,
        Pair,
        Semeval,
        align,
        exact_prf,
        partial_prf,
        semeval,
        token_prf,
        tokens,
    )
    from allegata.measures.ranking import average_precision, mean_over_files, precision_at, r_precision, reciprocal_rank
    from allegata.measures.resampling import Interval, PermutationTest, bootstrap, paired_permutation_test, student
    from allegata.measures.spans import SpanScores, compare_spans, score_spans, shape_prf, spans_of_tags
    from allegata.measures.values import Kappa, kappa

__all__ = [
    "PRF",
    "ClusterScore",
    "Interval",
    "Kappa",
    "LabelledSpan",
    "Pair",
    "PermutationTest",
    "Semeval",
    "SpanScores",
    "accuracy",
    "align",
    "average_precision",
    "bootstrap",
    "calibration_error",
    "cluster_scores",
    "compare_spans",
    "conll_f1",
    "exact_prf",
    "kappa",
    "macro_f1",
    "mean_over_files",
    "nominal_alpha",
    "ordinal_alpha",
    "paired_permutation_test",
    "partial_prf",
    "per_label",
    "precision_at",
    "r_precision",
    "reciprocal_rank",
    "score_spans",
    "semeval",
    "shape_prf",
    "spans_of_tags",
    "student",
    "token_prf",
    "tokens",
    "weighted_f1",
]


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for (PEP 562); then it is an ordinary attribute."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = _find(name)
    return found


def _find(name: str) -> object:
    if name in ("nominal_alpha", "ordinal_alpha"):
        from allegata.measures import agreement

        return getattr(agreement, name)
    if name in ("accuracy", "macro_f1", "per_label", "weighted_f1"):
        from allegata.measures import classification

        return getattr(classification, name)
    if name == "calibration_error":
        from allegata.measures.calibration import calibration_error

        return calibration_error
    if name in ("ClusterScore", "cluster_scores", "conll_f1"):
        from allegata.measures import clusters

        return getattr(clusters, name)
    if name in ("average_precision", "mean_over_files", "precision_at", "r_precision", "reciprocal_rank"):
        from allegata.measures import ranking

        return getattr(ranking, name)
    if name in ("Interval", "PermutationTest", "bootstrap", "paired_permutation_test", "student"):
        from allegata.measures import resampling

        return getattr(resampling, name)
    if name in ("SpanScores", "compare_spans", "score_spans", "shape_prf", "spans_of_tags"):
        from allegata.measures import spans

        return getattr(spans, name)
    if name in ("Kappa", "kappa"):
        from allegata.measures import values

        return getattr(values, name)
    from allegata.measures import matching

    return getattr(matching, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
