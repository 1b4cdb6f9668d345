"""The figures of agreement in articles, row by row: spans, attributes and entities, pooled and article by article.

Figures of more than two annotators are pooled over pairs (span F1) or their mean (kappa, AC1, clusters). Where not
every pair is compared, `pairs` names those that are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from allegata.annotate.passes import LAYERS, OWN_WORDS, RECORD_OF, Marked
from allegata.measures.agreement import (
    ALL,
    NONE,
    Annotation,
    Pairs,
    agreement,
    ordinal_alpha,
    with_layer,
)
from allegata.measures.clusters import cluster_scores, clusters, conll_f1
from allegata.measures.values import kappa, matched_values
from allegata.schema.scheme import Scheme


@dataclass(frozen=True)
class SpanRow:
    """A layer (or one label of it) in an article or all of them.

    `prevalence` is the share of tokens inside a span, over all annotators; `spans` the mean number an annotator.
    `strict` is F1 of equal segments and, where the layer has labels, equal label.
    """

    layer: str
    article_id: str
    alpha: float | None
    prevalence: float | None
    tokens: int
    strict: float | None
    partial: float | None
    token: float | None
    spans: float


@dataclass(frozen=True)
class AttributeRow:
    """An attribute on what two annotators both have; `value` is the most frequent one, with its share.

    Where its values are ordered (`is_ordinal`), `ordinal_alpha` is a figure.
    """

    layer: str
    attribute: str
    article_id: str
    n: int
    value: str
    prevalence: float | None
    observed: float | None
    kappa: float | None
    ac1: float | None
    ordinal_alpha: float | None = None
    is_ordinal: bool = False


@dataclass(frozen=True)
class ClusterRow:
    """F1 of two clusterings by every measure, mean over the pairs of annotators."""

    clusters: str
    article_id: str
    muc: float | None
    b3: float | None
    ceaf_e: float | None
    lea: float | None
    conll: float | None


def _by_label(annotations: Sequence[Annotation]) -> list[Annotation]:
    """With a layer for each label beside every layer that has several kinds of parts (source, cue, content)."""
    parts = ("source", "cue", "content")
    result = []
    for item in annotations:
        layers = dict(item.layers)
        for label in parts if "attributions" in layers else ():
            chosen = [span for span in item.layers["attributions"] if span.label == label]
            layers[f"attributions: {label}"] = chosen
        result.append(replace(item, layers=layers))
    return result


def span_rows(annotations: Sequence[Annotation], pairs: Pairs = None) -> list[SpanRow]:
    """Alpha with its prevalence, and strict, partial and token F1: per layer, all articles and each."""
    split = _by_label(annotations)
    found = {(row.layer, row.article_id, row.measure): row.value for row in agreement(split, pairs) if row.label == ALL}
    groups = {layer: with_layer(split, layer) for layer, *_ in found}
    rows = []
    for layer, article_id in sorted(dict.fromkeys(key[:2] for key in found), key=lambda key: _place(key[0])):
        of_layer = groups[layer]
        chosen = [item for group in of_layer.values() for item in group] if article_id == ALL else of_layer[article_id]
        values = [value for item in chosen for value in item.values(layer)]
        annotators = len({item.annotator for item in chosen})
        spans = sum(len(item.layers.get(layer, ())) for item in chosen)
        rows.append(
            SpanRow(
                layer,
                article_id,
                found[layer, article_id, "token alpha"],
                _ratio(sum(value != NONE for value in values), len(values)),
                len(values) // annotators,
                found[layer, article_id, "exact F1"],
                found[layer, article_id, "partial F1"],
                found[layer, article_id, "token F1"],
                spans / annotators,
            )
        )
    return rows


def _place(layer: str) -> tuple[int, str]:
    whole = layer.partition(":")[0]
    return LAYERS.index(whole) if whole in LAYERS else len(LAYERS), layer


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the defined values; None where none is."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def groups_of(marked: Sequence[Marked]) -> dict[str, list[Marked]]:
    """What each annotator made of each article; articles and annotators sorted."""
    groups: dict[str, list[Marked]] = defaultdict(list)
    for item in sorted(marked, key=lambda item: (item.annotation.article_id, item.annotation.annotator)):
        groups[item.annotation.article_id].append(item)
    return groups


def are_compared(first: str, second: str, pairs: Pairs) -> bool:
    """Whether two annotators are compared."""
    return pairs is None or frozenset((first, second)) in pairs


ValuesOfPairs = dict[tuple[str, str], list[tuple[str, str]]]


def attribute_rows(marked: Sequence[Marked], scheme: Scheme, pairs: Pairs = None) -> list[AttributeRow]:
    """Every attribute on matched spans (exact before overlap), all articles and each."""
    found: dict[tuple[str, str], dict[str, ValuesOfPairs]] = {}
    for article_id, group in groups_of(marked).items():
        for first, second in combinations(group, 2):
            both = (first.annotation.annotator, second.annotation.annotator)
            for layer, spans in first.attributes.items() if are_compared(*both, pairs) else ():
                others = second.attributes.get(layer, {})
                names = dict.fromkeys(name for values in spans.values() for name in values)
                if second.annotation.layers.get(layer):  # those alone that the second can set too
                    theirs = {name for values in others.values() for name in values}
                    names = {name: None for name in names if name in theirs}
                for attribute in names:
                    values = matched_values(spans, others, attribute)
                    table = found.setdefault((layer, attribute), {})
                    for place in (ALL, article_id):
                        table.setdefault(place, {}).setdefault(both, []).extend(values)
    return [
        attribute_row(layer, attribute, place, values, scheme)
        for (layer, attribute), table in sorted(found.items(), key=lambda item: _place(item[0][0])[0])
        for place, values in table.items()
    ]


def attribute_row(layer: str, attribute: str, place: str, values: ValuesOfPairs, scheme: Scheme) -> AttributeRow:
    """The figures of one attribute from the values that each pair of annotators gave to the same units."""
    pooled = [both for found in values.values() for both in found]
    stated = scheme.records.get(RECORD_OF.get(layer, ""), {}).get(attribute)
    kind = stated.type if stated else None
    if attribute in OWN_WORDS or kind == "text":
        # no two sentences are one category: only whether they are equal says something
        same = sum(a == b for a, b in pooled)
        return AttributeRow(layer, attribute, place, len(pooled), "", None, _ratio(same, len(pooled)), None, None)
    is_ordinal = kind == "int"
    measured = [kappa(both) for both in values.values()]
    counts = Counter(value for both in pooled for value in both)
    value, times = min(counts.items(), key=lambda item: (-item[1], item[0])) if counts else ("", 0)
    return AttributeRow(
        layer,
        attribute,
        place,
        len(pooled),
        value,
        _ratio(times, 2 * len(pooled)),
        _ratio(sum(a == b for a, b in pooled), len(pooled)),
        mean(item.kappa for item in measured),
        mean(item.ac1 for item in measured),
        ordinal_alpha([(int(a), int(b)) for a, b in pooled if _is_rank(a) and _is_rank(b)]) if is_ordinal else None,
        is_ordinal,
    )


def _is_rank(value: str) -> bool:
    """Whether a value is a whole number; one that is not set, or that a tool wrote otherwise, is no rank."""
    return value.removeprefix("-").isdecimal() and len(value) < 20


def entity_rows(marked: Sequence[Marked], pairs: Pairs = None) -> list[ClusterRow]:
    """Entities (mentions by entity id), across articles and in each."""
    named = {item.annotation.annotator for item in marked if item.entities}  # a format may hold no entities
    if len(named) < 2:
        return []
    groups = groups_of([item for item in marked if item.annotation.annotator in named])
    rows = []
    for place in (ALL, *groups):
        chosen = [item for name, group in groups.items() if place in (ALL, name) for item in group]
        scores = []
        for first, second in combinations(sorted({item.annotation.annotator for item in chosen}), 2):
            if are_compared(first, second, pairs):
                both = _articles_of(chosen, first) & _articles_of(chosen, second)
                scores.append((_entities(chosen, first, both), _entities(chosen, second, both)))
        rows.append(cluster_row("entities", place, scores))
    return rows


def _articles_of(marked: Sequence[Marked], annotator: str) -> set[str]:
    return {item.annotation.article_id for item in marked if item.annotation.annotator == annotator}


def _entities(marked: Sequence[Marked], annotator: str, articles: Collection[str]) -> list[set[object]]:
    found: dict[str, set[object]] = defaultdict(set)
    for item in marked:
        if item.annotation.annotator == annotator and item.annotation.article_id in articles:
            for span, entity in item.entities.items():
                found[entity].add((item.annotation.article_id, span.segments))
    return list(found.values())


Clustering = Sequence[Collection[object]]


def cluster_row(name: str, place: str, found: Sequence[tuple[Clustering, Clustering]]) -> ClusterRow:
    """F1 of pairs of clusterings of the same mentions, mean over the pairs."""
    scores = [cluster_scores(clusters(a), clusters(b)) for a, b in found]
    muc, b3, ceaf_e, lea = (mean(score[measure].f1 for score in scores) for measure in ("MUC", "B3", "CEAFe", "LEA"))
    return ClusterRow(name, place, muc, b3, ceaf_e, lea, mean(conll_f1(score) for score in scores))
