"""The figures of agreement, row by row: spans, attributes, relations and clusters, pooled and article by article.

Figures of more than two annotators are pooled over pairs (span F1, relation F1) or their mean (kappa, AC1, clusters).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from allegata.annotate.passes import OWN_WORDS, UNSET, Marked, Pass, relation_values
from allegata.measures.agreement import (
    ALL,
    NONE,
    Annotation,
    agreement,
    by_article,
    ordinal_alpha,
    token_alpha,
    token_values,
)
from allegata.measures.clusters import cluster_scores, clusters, conll_f1
from allegata.measures.matching import PRF
from allegata.measures.values import Kappa, kappa, matched_values, relation_agreement
from allegata.schema.scheme import Scheme

# The rows of all relations: a pair that one annotator did not write is `none` in the first, left out of the second.
EITHER, BOTH = "all, pairs that either wrote", "all, pairs that both wrote"


@dataclass(frozen=True)
class SpanRow:
    """A layer (or one label of it) in an article or all of them.

    `prevalence` is the share of tokens inside a span, over all annotators; `spans` the mean number an annotator.
    """

    layer: str
    article_id: str
    alpha: float | None
    prevalence: float | None
    tokens: int
    exact: float | None
    partial: float | None
    token: float | None
    spans: float


@dataclass(frozen=True)
class AttributeRow:
    """An attribute on spans that two annotators both have; `value` is the most frequent one, with its share.

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
class RelationRow:
    """A relation: F1 of the pairs. `EITHER` and `BOTH`: kappa over the pairs that either, or both, annotators list."""

    relation: str
    pairs: int
    f1: float | None
    kappa: float | None = None
    ac1: float | None = None
    prevalence: float | None = None


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


def span_rows(annotations: Sequence[Annotation]) -> list[SpanRow]:
    """Alpha with its prevalence, and exact, partial and token F1: per layer, all articles and each."""
    split = _by_label(annotations)
    figures = {(row.layer, row.article_id, row.measure): row.value for row in agreement(split) if row.label == ALL}
    groups = {article_id: group for article_id, group in by_article(split).items() if len(group) > 1}
    everything = [item for group in groups.values() for item in group]
    rows = []
    for layer, article_id in dict.fromkeys((layer, article_id) for layer, article_id, _ in figures):
        chosen = everything if article_id == ALL else groups[article_id]
        values = [value for item in chosen for value in token_values(item.layers.get(layer, ()), item.words)]
        annotators = len({item.annotator for item in chosen})
        spans = sum(len(item.layers.get(layer, ())) for item in chosen)
        rows.append(
            SpanRow(
                layer,
                article_id,
                token_alpha(chosen, layer),
                _ratio(sum(value != NONE for value in values), len(values)),
                len(values) // annotators,
                figures[layer, article_id, "exact F1"],
                figures[layer, article_id, "partial F1"],
                figures[layer, article_id, "token F1"],
                spans / annotators,
            )
        )
    return rows


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterable[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def _groups(marked: Sequence[Marked]) -> dict[str, list[Marked]]:
    groups: dict[str, list[Marked]] = defaultdict(list)
    for item in sorted(marked, key=lambda item: (item.annotation.article_id, item.annotation.annotator)):
        groups[item.annotation.article_id].append(item)
    return groups


ArticlePairs = dict[tuple[str, str], list[tuple[str, str]]]


def attribute_rows(marked: Sequence[Marked], scheme: Scheme) -> list[AttributeRow]:
    """Every attribute on matched spans (exact before overlap), all articles and each."""
    found: dict[tuple[str, str], dict[str, ArticlePairs]] = {}
    for article_id, group in _groups(marked).items():
        for first, second in combinations(group, 2):
            for layer, spans in first.attributes.items():
                others = second.attributes.get(layer, {})
                for attribute in dict.fromkeys(name for values in spans.values() for name in values):
                    values = matched_values(spans, others, attribute)
                    pair = (first.annotation.annotator, second.annotation.annotator)
                    table = found.setdefault((layer, attribute), {})
                    for place in (ALL, article_id):
                        table.setdefault(place, {}).setdefault(pair, []).extend(values)
    return [
        _attribute_row(layer, attribute, place, pairs, scheme)
        for (layer, attribute), table in found.items()
        for place, pairs in table.items()
    ]


def _attribute_row(layer: str, attribute: str, place: str, pairs: ArticlePairs, scheme: Scheme) -> AttributeRow:
    pooled = [values for both in pairs.values() for values in both]
    types = {name: found.type for record in scheme.records.values() for name, found in record.items()}
    if (
        attribute in OWN_WORDS or types.get(attribute) == "text"
    ):  # no two sentences are one category: only whether they are equal says something
        same = sum(a == b for a, b in pooled)
        return AttributeRow(layer, attribute, place, len(pooled), "", None, _ratio(same, len(pooled)), None, None)
    is_ordinal = types.get(attribute) == "int"
    measured = [kappa(both) for both in pairs.values()]
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
        _mean(item.kappa for item in measured),
        _mean(item.ac1 for item in measured),
        ordinal_alpha([(int(a), int(b)) for a, b in pooled if UNSET not in (a, b)]) if is_ordinal else None,
        is_ordinal,
    )


def _kept_pairs(marked: Sequence[Marked]) -> Callable[[tuple[str, str]], bool]:
    claims = {claim for item in marked for claim in item.claims}
    return lambda ends: ends[0] in claims and ends[1] in claims


def conflict_rows(passes: Sequence[Pass], marked: Sequence[Marked]) -> list[AttributeRow]:
    """Conflict type and strictness of the pairs that both annotators call a contradiction."""
    kept = _kept_pairs(marked)
    rows = []
    related = [item for item in passes if item.relations]
    for attribute in ("conflict_type", "strict") if len(related) > 1 else ():
        pairs: ArticlePairs = {
            (first.name, second.name): [
                (str(first.relations[ends][attribute]), str(second.relations[ends][attribute]))
                for ends in sorted(first.relations.keys() & second.relations.keys())
                if kept(ends)
                and first.relations[ends]["relation"] == second.relations[ends]["relation"]
                and first.relations[ends]["relation"] == first.scheme.relations.contradiction
            ]
            for first, second in combinations(related, 2)
        }
        rows.append(_attribute_row("contradictions", attribute, ALL, pairs, related[0].scheme))
    return rows


def _relations(found: Pass, kept: Callable[[tuple[str, str]], bool]) -> dict[tuple[Hashable, Hashable], str]:
    """The relations of the kept pairs, with the measure's own word for none."""
    nothing = found.scheme.relations.negative
    values = relation_values(found)
    return {ends: NONE if value == nothing else value for ends, value in values.items() if kept(ends)}


def relation_rows(passes: Sequence[Pass], marked: Sequence[Marked]) -> list[RelationRow]:
    """Kappa over the pairs that either annotator lists, and over those that both do; F1 of each relation."""
    kept = _kept_pairs(marked)
    measured, decided = [], []
    scores: dict[str, PRF] = defaultdict(PRF)
    for first, second in combinations([item for item in passes if item.relations], 2):
        left, right = (_relations(item, kept) for item in (first, second))
        result = relation_agreement(left, right)
        measured.append(result.kappa)
        decided.append(result.decided)
        for relation, score in result.per_relation.items():
            scores[relation.removesuffix(" (reversed)")] += score
    if not measured:
        return []
    whole = sum(scores.values(), PRF())
    rows = [_kappa_row(EITHER, measured, whole.f1), _kappa_row(BOTH, decided)]
    return rows + [
        RelationRow(relation, round(score.tp + score.fp + score.fn), score.f1)
        for relation, score in sorted(scores.items())
    ]


def _kappa_row(name: str, measured: Sequence[Kappa], f1: float | None = None) -> RelationRow:
    return RelationRow(
        name,
        sum(item.n for item in measured),
        f1,
        _mean(item.kappa for item in measured),
        _mean(item.ac1 for item in measured),
        _mean(item.prevalence.get(NONE, 0) for item in measured),
    )


def cluster_rows(passes: Sequence[Pass], marked: Sequence[Marked]) -> list[ClusterRow]:
    """Entities (mentions by entity id; across articles and in each) and propositions (claims)."""
    groups = _groups(marked)
    if not any(item.entities for item in marked):
        return []
    rows = []
    for place in (ALL, *groups):
        by_annotator: dict[str, dict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
        for article_id, group in groups.items():
            for item in group if place in (ALL, article_id) else ():
                for span, entity in item.entities.items():
                    by_annotator[item.annotation.annotator][entity].add((article_id, span.segments))
        rows.append(_cluster_row("entities", place, [list(found.values()) for found in by_annotator.values()]))
    kept = {claim for item in marked for claim in item.claims}
    propositions = [
        [members for row in item.propositions if (members := set(row["members"]) & kept)]
        for item in passes
        if item.propositions
    ]
    if len(propositions) > 1:
        rows.append(_cluster_row("propositions", ALL, propositions))
    return rows


def _cluster_row(name: str, place: str, found: Sequence[Sequence[set[object]]]) -> ClusterRow:
    scores = [cluster_scores(clusters(a), clusters(b)) for a, b in combinations(found, 2)]
    muc, b3, ceaf_e, lea = (_mean(score[measure].f1 for score in scores) for measure in ("MUC", "B3", "CEAFe", "LEA"))
    return ClusterRow(name, place, muc, b3, ceaf_e, lea, _mean(conll_f1(score) for score in scores))
