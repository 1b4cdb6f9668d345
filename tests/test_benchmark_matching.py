from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.measures.matching import (
    PRF,
    LabelledSpan,
    Pair,
    align,
    exact_prf,
    partial_prf,
    semeval,
    token_prf,
    tokens,
)

A = LabelledSpan.of


@st.composite
def labelled_spans(draw: st.DrawFn, longest: int = 30, most: int = 6) -> list[LabelledSpan]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        cuts = sorted(draw(st.sets(st.integers(0, longest), min_size=2, max_size=4)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        found.append(A(draw(st.sampled_from("XY")), *pairs))
    return found


def test_a_score_without_a_denominator_is_undefined_and_not_zero() -> None:
    assert PRF().precision is PRF().recall is PRF().f1 is None
    assert PRF(fn=3).precision is None
    assert PRF(fn=3).recall == 0
    assert PRF(fn=3).f1 == 0


def test_scores_of_two_comparisons_are_pooled_by_adding_their_counts() -> None:
    pooled = PRF(tp=1, fp=1) + PRF(tp=2, fn=1)
    assert (pooled.precision, pooled.recall) == (0.75, 0.75)


def test_an_exact_match_is_never_lost_to_an_overlap_that_comes_first() -> None:
    gold = [A("X", (0, 10)), A("X", (4, 6))]
    assert Pair(gold[1], A("X", (4, 6))) in align(gold, [A("X", (4, 6))])


def test_nested_spans_each_find_their_own_counterpart() -> None:
    gold = [A("X", (0, 20)), A("X", (5, 10))]
    predicted = [A("X", (5, 11)), A("X", (0, 19))]
    assert align(gold, predicted) == [Pair(gold[0], predicted[1]), Pair(gold[1], predicted[0])]


def test_the_largest_matching_is_found_where_a_greedy_one_is_not() -> None:
    gold = [A("X", (0, 6)), A("X", (6, 9))]
    predicted = [A("X", (5, 9)), A("X", (6, 12))]
    assert semeval(align(gold, predicted))["type"].correct == 2


def test_equal_boundaries_are_matched_before_equal_labels() -> None:
    gold, predicted = [A("X", (0, 5))], [A("Y", (0, 5)), A("X", (1, 5))]
    assert Pair(gold[0], predicted[0]) in align(gold, predicted)


def test_a_discontinuous_span_is_exact_only_if_all_its_segments_are() -> None:
    gold = [A("X", (0, 3), (8, 12))]
    assert exact_prf(gold, [A("X", (0, 12))])["X"] == PRF(0, 1, 1)
    assert exact_prf(gold, [A("X", (8, 12), (0, 3))])["X"] == PRF(1, 0, 0)
    assert partial_prf(gold, [A("X", (0, 12))])["X"] == PRF(0.5, 0.5, 0.5)
    assert semeval(align(gold, [A("X", (3, 8))]))["partial"].missed == 1  # lies in the gap: no overlap


def test_a_span_predicted_twice_is_right_once_and_wrong_once() -> None:
    assert exact_prf([A("X", (0, 3))], [A("X", (0, 3))] * 2)["X"] == PRF(1, 1, 0)


def test_touching_spans_do_not_overlap() -> None:
    assert semeval(align([A("X", (0, 3))], [A("X", (3, 6))]))["partial"].partial == 0


def test_tokens_are_scored_once_however_many_spans_cover_them() -> None:
    text = "they said that it rained, twice"
    words = tokens(text)
    gold = [A("X", (10, 31)), A("X", (15, 24))]
    assert token_prf(gold, [A("X", (15, 24))], words)["X"] == PRF(2, 0, 3)


@settings(deadline=None)
@given(labelled_spans(), labelled_spans(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    gold: list[LabelledSpan], predicted: list[LabelledSpan], shuffler: random.Random
) -> None:
    before = align(gold, predicted)
    shuffler.shuffle(gold)
    shuffler.shuffle(predicted)
    assert align(gold, predicted) == before


@settings(deadline=None)
@given(labelled_spans(), labelled_spans())
def test_every_span_is_in_exactly_one_pair_and_pairs_overlap(
    gold: list[LabelledSpan], predicted: list[LabelledSpan]
) -> None:
    pairs = align(gold, predicted)
    assert sorted(pair.gold for pair in pairs if pair.gold) == sorted(gold)
    assert sorted(pair.predicted for pair in pairs if pair.predicted) == sorted(predicted)
    assert all(p.gold.shared(p.predicted) for p in pairs if p.gold and p.predicted)


@settings(deadline=None)
@given(labelled_spans(most=4), labelled_spans(most=4))
def test_the_alignment_is_the_best_of_all_alignments(gold: list[LabelledSpan], predicted: list[LabelledSpan]) -> None:
    def rank(pairs: list[tuple[LabelledSpan, LabelledSpan]]) -> tuple[int, ...]:
        strict = sum(g == p for g, p in pairs)
        place = sum(g.segments == p.segments for g, p in pairs)
        label = sum(g.label == p.label and g.segments != p.segments for g, p in pairs)
        return (strict, place, label, len(pairs), sum(g.shared(p) for g, p in pairs))

    def best(left: list[LabelledSpan], right: list[LabelledSpan], chosen: list) -> tuple[int, ...]:
        if not left:
            return rank(chosen)
        without = best(left[1:], right, chosen)
        return max(
            [without]
            + [
                best(left[1:], right[:i] + right[i + 1 :], [*chosen, (left[0], p)])
                for i, p in enumerate(right)
                if left[0].shared(p)
            ]
        )

    ours = rank([(p.gold, p.predicted) for p in align(gold, predicted) if p.gold and p.predicted])
    assert ours == best(gold, predicted, [])


def _nervaluate(gold: list[LabelledSpan], predicted: list[LabelledSpan]) -> dict[str, tuple[int, ...]]:
    nervaluate = pytest.importorskip("nervaluate")

    def rows(spans: list[LabelledSpan]) -> list[dict[str, object]]:
        return [  # its ends are inclusive
            {"label": s.label, "start": s.segments[0].start, "end": s.segments[0].end - 1} for s in spans
        ]

    evaluator = nervaluate.Evaluator([rows(gold)], [rows(predicted)], tags=["X", "Y"], loader="dict")
    overall = evaluator.evaluate()["overall"]
    names = {"strict": "strict", "exact": "exact", "partial": "partial", "type": "ent_type"}
    return {
        scheme: (r.correct, r.incorrect, r.partial, r.missed, r.spurious)
        for scheme, r in ((scheme, overall[name]) for scheme, name in names.items())
    }


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("XY"),
            st.sampled_from("XY"),
            st.sampled_from(["same", "left", "both", "gold", "system"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_nervaluate_agrees_where_every_span_overlaps_at_most_one_other(
    places: list[tuple[str, str, str]],
) -> None:
    gold, predicted = [], []
    for index, (label, other, kind) in enumerate(places):
        start = 20 * index
        if kind != "system":
            gold.append(A(label, (start + 2, start + 10)))
        if kind != "gold":
            shift = {"same": (2, 10), "left": (0, 10), "both": (4, 12)}.get(kind, (2, 10))
            predicted.append(A(other, (start + shift[0], start + shift[1])))
    ours = {
        scheme: (c.correct, c.incorrect, c.partial, c.missed, c.spurious)
        for scheme, c in semeval(align(gold, predicted)).items()
    }
    assert ours == _nervaluate(gold, predicted)


def test_nervaluate_loses_an_exact_match_behind_an_overlap_and_we_do_not() -> None:
    gold = [A("X", (4, 7))]
    predicted = [A("X", (0, 5)), A("X", (4, 7))]
    assert _nervaluate(gold, predicted)["strict"][0] == 0
    assert semeval(align(gold, predicted))["strict"].correct == 1
