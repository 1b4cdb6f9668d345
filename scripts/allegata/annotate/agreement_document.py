"""The figures of agreement as data: what a version holds as `agreement.json`, in numbers and names alone."""

from __future__ import annotations

from typing import Any

from allegata.annotate.agreement_report import Comparison, Report
from allegata.measures.agreement import ALL

FORMAT = "allegata-agreement/1"
_DIGITS = 6


def document(report: Report) -> dict[str, Any]:
    """Every comparison of a report with its figures over all its articles, by layer and by attribute; null where a
    figure is undefined. No value of an attribute and no word of an article is in it."""
    return {"format": FORMAT, "what": report.title, "comparisons": [_comparison(one) for one in report.comparisons]}


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "name": found.name,
        "annotators": list(found.annotators),
        "articles": list(found.articles),
        "layers": [
            {
                "layer": row.layer,
                "alpha": _figure(row.alpha),
                "prevalence": _figure(row.prevalence),
                "strict_f1": _figure(row.strict),
                "partial_f1": _figure(row.partial),
                "token_f1": _figure(row.token),
                "spans": _figure(row.spans),
            }
            for row in found.spans
            if row.article_id == ALL
        ],
        "attributes": [
            {
                "layer": row.layer,
                "attribute": row.attribute,
                "n": row.n,
                "observed": _figure(row.observed),
                "kappa": _figure(row.kappa),
                "ac1": _figure(row.ac1),
                "ordinal_alpha": _figure(row.ordinal_alpha),
            }
            for row in found.attributes
            if row.article_id == ALL
        ],
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
