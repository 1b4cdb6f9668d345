"""Scoring labelled spans document by document: counts by measure, label and shape, an interval, a paired test.

Units: offsets are half-open; they may count code points of a text or tokens of a list, as long as gold and predictions
count alike. The documents of `gold` and `predicted` stand in the same order; inside of a document no order matters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from allegata.measures.matching import PRF, LabelledSpan, exact_prf, partial_prf, token_prf, tokens
from allegata.measures.resampling import Interval, PermutationTest, bootstrap, paired_permutation_test
from allegata.text.spans import Span, span_fault, union

ALL = "all"
Measure = Literal["exact", "partial", "token"]
Shape = Literal["flat", "nested", "discontinuous"]
SHAPES: tuple[Shape, ...] = ("flat", "nested", "discontinuous")
Document = Iterable[LabelledSpan]
Counts = Mapping[str, Mapping[str, PRF]]  # measure -> label or `all` -> counts


@dataclass(frozen=True)
class SpanScores:
    """What `score_spans` found: counts of every document, in their order, and of all of them.

    `total` and each of `documents` map a measure and a label, or `all`, to counts; `shapes` are the exact counts of all
    labels by shape of the span (see `shape_prf`). A label that neither side has is missing.
    """

    documents: tuple[Counts, ...]
    total: Counts
    shapes: Mapping[Shape, PRF]

    def prf(self, measure: Measure = "exact", label: str = ALL) -> PRF:
        """The pooled counts of a label; of one that neither side has all are 0, and its scores undefined.

        Raises ValueError for a measure that was not counted: `token` needs the texts.
        """
        return _counted(self.total, measure, label)

    def interval(
        self, measure: Measure = "exact", label: str = ALL, *, resamples: int = 1000, level: float = 0.95, seed: int = 0
    ) -> Interval | None:
        """Percentile bootstrap (Efron 1979) of the pooled F1 over whole documents; None of fewer than ten."""
        units = [_counted(document, measure, label) for document in self.documents]
        return bootstrap(units, _f1, unit_name="document", resamples=resamples, level=level, seed=seed)


def score_spans(
    gold: Sequence[Document], predicted: Sequence[Document], texts: Sequence[str] | None = None
) -> SpanScores:
    """Score n documents of predicted spans against n of gold spans.

    - `exact`: equal label and equal segments, all of them. Spans that are repeated count as often as they stand there.
    - `partial`: an overlap with an equal label counts a half (SemEval-2013 task 9, Segura-Bedmar et al. 2013), after
      the one alignment of `align`.
    - `token`: tokens inside gold spans against tokens inside predicted ones; only with the `texts` (code points), cut
      by `tokens`.

    Segments of a span that touch or overlap are one: they mark the same characters. Raises ValueError for unequal
    numbers of documents, for a span without characters or outside its text, and for a label that is called `all`, as
    the pooled counts are.
    """
    if len({len(gold), len(predicted), len(gold if texts is None else texts)}) > 1:
        raise ValueError(f"{len(gold)} gold documents, {len(predicted)} predicted, {len(texts or gold)} texts")
    documents: list[Counts] = []
    shapes: dict[Shape, PRF] = dict.fromkeys(SHAPES, PRF())
    for place, (right, ours) in enumerate(zip(gold, predicted, strict=True)):
        text = None if texts is None else texts[place]
        left, found = (_checked(spans, text, place) for spans in (right, ours))
        counts = {"exact": exact_prf(left, found), "partial": partial_prf(left, found)}
        if text is not None:
            counts["token"] = token_prf(left, found, tokens(text))
        documents.append({name: {**table, ALL: sum(table.values(), PRF())} for name, table in counts.items()})
        shapes = {shape: shapes[shape] + counted for shape, counted in shape_prf(left, found).items()}
    measures = ("exact", "partial") if texts is None else ("exact", "partial", "token")
    total: dict[str, dict[str, PRF]] = {name: defaultdict(PRF, {ALL: PRF()}) for name in measures}
    for document in documents:
        for name, table in document.items():
            for label, counted in table.items():
                total[name][label] += counted
    return SpanScores(tuple(documents), {name: dict(sorted(table.items())) for name, table in total.items()}, shapes)


def compare_spans(
    gold: Sequence[Document],
    first: Sequence[Document],
    second: Sequence[Document],
    measure: Measure = "exact",
    label: str = ALL,
    *,
    texts: Sequence[str] | None = None,
    rounds: int = 9999,
    seed: int = 0,
) -> PermutationTest | None:
    """Paired permutation test (Noreen 1989) of the pooled F1 of two systems, whole documents swapped: first minus
    second. None where one of the scores is undefined. Raises what `score_spans` raises."""
    sides = (score_spans(gold, side, texts).documents for side in (first, second))
    left, right = ([_counted(document, measure, label) for document in side] for side in sides)
    return paired_permutation_test(left, right, _f1, unit_name="document", rounds=rounds, seed=seed)


def shape_prf(gold: Document, predicted: Document) -> dict[Shape, PRF]:
    """Exact counts by shape, all labels together: what a flat tagger cannot say is seen apart.

    A span is `discontinuous` if it has several segments, else `nested` if its hull holds that of another span of its
    side, or is inside of it, whatever the labels, else `flat`. What is found and what is missed has the shape of the
    gold span, what is wrong that of the predicted one.
    """
    left, right = Counter(gold), Counter(predicted)
    both = left & right
    counts: dict[Shape, PRF] = dict.fromkeys(SHAPES, PRF())
    for span, times in left.items():
        counts[_shape(span, left)] += PRF(tp=both[span], fn=times - both[span])
    for span, times in right.items():
        counts[_shape(span, right)] += PRF(fp=times - both[span])
    return counts


def spans_of_tags(tags: Sequence[str]) -> list[LabelledSpan]:
    """The spans of a sequence of BIO tags (`B-PER`, `I-PER`, `O`), in tokens, in order.

    An `I-` tag that continues nothing of its label begins a span, as in the scorer of CoNLL-2000 (`conlleval`).
    Raises ValueError for a tag of another form.
    """
    spans: list[LabelledSpan] = []
    start, label = 0, ""
    for place, tag in enumerate((*tags, "O")):
        prefix, _, name = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or not name):
            raise ValueError(f"tag {place}: {tag!r} is neither O nor B- or I- with a label")
        if label and (tag != f"I-{label}"):
            spans.append(LabelledSpan.of(label, (start, place)))
            label = ""
        if name and not label:
            start, label = place, name
    return spans


def _checked(spans: Document, text: str | None, place: int) -> list[LabelledSpan]:
    found = []
    for span in spans:
        for start, end in span.segments:
            if fault := span_fault(start, end, end if text is None else len(text)):
                raise ValueError(f"document {place}, {span.label}: {fault}")
        if span.label == ALL:
            raise ValueError(f"document {place}: a label is called {ALL!r}, as the pooled counts are: rename it")
        if not span.segments:
            raise ValueError(f"document {place}, {span.label}: no segment")
        found.append(LabelledSpan.of(span.label, *union(Span(*segment) for segment in span.segments)))
    return sorted(found)


def _counted(counts: Counts, measure: str, label: str) -> PRF:
    if measure not in counts:
        raise ValueError(f"{measure!r} was not counted: one of {', '.join(counts)} (`token` needs the texts)")
    return counts[measure].get(label, PRF())


def _f1(units: Sequence[PRF]) -> float | None:
    return sum(units, PRF()).f1


def _shape(span: LabelledSpan, side: Iterable[LabelledSpan]) -> Shape:
    if len(span.segments) > 1:
        return "discontinuous"
    hull = span.hull
    others = (other.hull for other in side if other.hull != hull)
    return "nested" if any(hull.contains(other) or other.contains(hull) for other in others) else "flat"
