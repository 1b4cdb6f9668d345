"""Agreement of any number of annotators on spans: token alpha, and pairwise exact, partial and token F1.

The unit is an `Annotation`: one article by one annotator, with layers of labelled spans. It says nothing
about where the spans come from: gold passes, brat files and exports of other tools all fit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from allegata.measures.matching import (
    PRF,
    LabelledSpan,
    covered_tokens,
    exact_prf,
    partial_prf,
    token_prf,
    tokens,
)
from allegata.schema.problems import Problem, ProblemsFound
from allegata.text.spans import Span

NONE = "none"
ALL = "all"
# Two names of annotators: the pairs that are compared, where it is not every pair.
Pairs = Collection[frozenset[str]] | None


@dataclass(frozen=True)
class Annotation:
    """What one annotator made of one article: layer name -> labelled spans, offsets in `text`."""

    article_id: str
    annotator: str
    text: str
    layers: Mapping[str, Sequence[LabelledSpan]]

    @property
    def words(self) -> tuple[Span, ...]:
        """The tokens of the text."""
        return _tokens(self.text)

    def values(self, layer: str) -> list[str]:
        """The value of every token in a layer (`token_values`)."""
        if layer not in self._values:
            self._values[layer] = token_values(self.layers.get(layer, ()), self.words)
        return self._values[layer]

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        return {}


@lru_cache(maxsize=64)  # an article by all its annotators
def _tokens(text: str) -> tuple[Span, ...]:
    return tuple(tokens(text))


@dataclass(frozen=True)
class Agreement:
    """One figure: of a layer, an article (or `all`) and a label (or `all`); None where it is undefined.

    `low` and `high` are the lowest and highest pair of annotators where the figure is made of pairs.
    """

    layer: str
    article_id: str
    label: str
    measure: str
    value: float | None
    annotators: int
    units: int
    low: float | None = None
    high: float | None = None


def nominal_alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha for nominal data (Krippendorff 2019, section 12.3.1).

    `units` are the values that the annotators gave to each unit, without the missing ones; units with fewer
    than two values carry no information and are left out. None where no unit is left, or where all values are
    the same (no disagreement could be expected).
    """
    patterns: Counter[tuple[tuple[Hashable, int], ...]] = Counter()
    for unit, times in Counter(tuple(unit) for unit in units if len(unit) > 1).items():  # few of them differ
        patterns[tuple(sorted(Counter(unit).items(), key=repr))] += times
    totals: Counter[Hashable] = Counter()
    observed = 0.0
    for pattern, times in patterns.items():
        size = sum(count for _, count in pattern)
        observed += times * (size * size - sum(count * count for _, count in pattern)) / (size - 1)
        for value, count in pattern:
            totals[value] += times * count
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    if not expected:
        return None
    return 1 - (n - 1) * observed / expected


def ordinal_alpha(units: Iterable[Sequence[int]]) -> float | None:
    """Krippendorff's alpha for ordinal data (Krippendorff 2019, section 12.3.3), the same way.

    The difference of two ranks is the number of values between them in all units, half of either end counted.
    """
    paired = [unit for unit in units if len(unit) > 1]
    totals = Counter(value for unit in paired for value in unit)
    ranks, below = {}, 0.0
    for value in sorted(totals):
        ranks[value] = below + totals[value] / 2
        below += totals[value]
    observed = sum((ranks[a] - ranks[b]) ** 2 / (len(unit) - 1) for unit in paired for a in unit for b in unit)
    expected = sum(totals[a] * totals[b] * (ranks[a] - ranks[b]) ** 2 for a in totals for b in totals)
    return 1 - (totals.total() - 1) * observed / expected if expected else None


def token_values(spans: Iterable[LabelledSpan], words: Sequence[Span]) -> list[str]:
    """The label of every token, `none` outside all spans; where labels overlap, all of them joined by `+`."""
    labels: list[list[str]] = [[] for _ in words]
    for label, covered in sorted(covered_tokens(spans, words).items()):
        for index in covered:
            labels[index].append(label)
    return ["+".join(found) or NONE for found in labels]


def token_alpha(annotations: Sequence[Annotation], layer: str, pairs: Pairs = None) -> float | None:
    """Token-level nominal alpha over the labels of a layer and `none`, all articles together.

    This is what PolNeAR reports. Tokens are words and punctuation marks. Of certain `pairs` it is the mean of theirs.
    """
    if pairs is None:
        return nominal_alpha(_token_units(annotations, layer))
    sides = ([item for item in annotations if item.annotator in pair] for pair in sorted(pairs, key=sorted))
    defined = [value for side in sides if (value := nominal_alpha(_token_units(side, layer))) is not None]
    return sum(defined) / len(defined) if defined else None


def _token_units(annotations: Sequence[Annotation], layer: str) -> list[tuple[str, ...]]:
    units: list[tuple[str, ...]] = []
    for group in by_article(annotations).values():
        units += zip(*(item.values(layer) for item in group), strict=True)
    return units


def by_article(annotations: Iterable[Annotation]) -> dict[str, list[Annotation]]:
    """The annotations of each article, articles and annotators sorted.

    Raises ProblemsFound where two annotators had different texts, or one annotated an article twice.
    """
    groups: dict[str, list[Annotation]] = defaultdict(list)
    for item in sorted(annotations, key=lambda item: (item.article_id, item.annotator)):
        groups[item.article_id].append(item)
    problems = []
    for article_id, group in groups.items():
        if len({item.text for item in group}) > 1:
            problems.append(
                Problem("its annotators had different texts", "annotate the same text", article_id=article_id)
            )
        for annotator, count in Counter(item.annotator for item in group).items():
            if count > 1:
                problems.append(
                    Problem(
                        f"annotator {annotator!r} has annotated it {count} times",
                        "give each pass a name of its own",
                        article_id=article_id,
                    )
                )
    if problems:
        raise ProblemsFound(problems)
    return dict(groups)


def compared(group: Sequence[Annotation], pairs: Pairs = None) -> Iterator[tuple[Annotation, Annotation]]:
    """The annotations of one article two by two, in order: of every pair of annotators, or of certain `pairs`."""
    for first, second in combinations(group, 2):
        if pairs is None or frozenset((first.annotator, second.annotator)) in pairs:
            yield first, second


def pairwise_spans(
    annotations: Sequence[Annotation], layer: str, pairs: Pairs = None
) -> dict[tuple[str, str], dict[str, dict[str, PRF]]]:
    """Pair of annotators -> exact, partial, token -> label (and `all`) -> counts over their common articles.

    F1 of two annotators is symmetric, and the measure of choice where what nobody marked cannot be counted
    (Hripcsak & Rothschild 2005); precision and recall of a pair mean nothing.
    """
    scored: dict[tuple[str, str], dict[str, dict[str, PRF]]] = {}
    for group in by_article(annotations).values():
        words = group[0].words
        for first, second in compared(group, pairs):
            left, right = first.layers.get(layer, ()), second.layers.get(layer, ())
            measured = {
                "exact": exact_prf(left, right),
                "partial": partial_prf(left, right),
                "token": token_prf(left, right, words),
            }
            both = (first.annotator, second.annotator)
            table = scored.setdefault(both, {name: defaultdict(PRF) for name in measured})
            for name, scores in measured.items():
                for label, score in scores.items():
                    table[name][label] += score
                    table[name][ALL] += score
    return scored


def agreement(annotations: Sequence[Annotation], pairs: Pairs = None) -> list[Agreement]:
    """Every span figure of every layer: first over all articles, then article by article; of certain `pairs` or of all.

    Span F1 is pooled over the pairs of annotators, with the lowest and highest pair beside it. A layer is compared
    among those who have it. Raises ProblemsFound as `by_article` does.
    """
    by_article(annotations)
    rows: list[Agreement] = []
    for layer in sorted({layer for item in annotations for layer in item.layers}):
        shared = with_layer(annotations, layer)
        everything = [item for group in shared.values() for item in group]
        for article_id, chosen in [(ALL, everything), *shared.items()] if shared else ():
            rows += _layer_rows(layer, article_id, chosen, pairs)
    return rows


def with_layer(annotations: Iterable[Annotation], layer: str) -> dict[str, list[Annotation]]:
    """The annotations of each article that have a layer, which may be empty; articles where two of them have it."""
    groups = by_article(item for item in annotations if layer in item.layers)
    return {article_id: group for article_id, group in groups.items() if len(group) > 1}


def _layer_rows(layer: str, article_id: str, chosen: Sequence[Annotation], pairs: Pairs) -> list[Agreement]:
    annotators = len({item.annotator for item in chosen})
    units = sum(len(group[0].words) for group in by_article(chosen).values())
    rows = [Agreement(layer, article_id, ALL, "token alpha", token_alpha(chosen, layer, pairs), annotators, units)]
    labels = sorted({span.label for item in chosen for span in item.layers.get(layer, ())})
    scored = pairwise_spans(chosen, layer, pairs)
    for measure in ("exact", "partial", "token"):
        for label in (ALL, *labels):
            scores = [table[measure].get(label, PRF()) for table in scored.values()]
            defined = [score.f1 for score in scores if score.f1 is not None]
            pooled = sum(scores, PRF())
            rows.append(
                Agreement(
                    layer,
                    article_id,
                    label,
                    f"{measure} F1",
                    pooled.f1,
                    annotators,
                    round(2 * pooled.tp + pooled.fp + pooled.fn),
                    min(defined, default=None),
                    max(defined, default=None),
                )
            )
    return rows
