from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.measures import classification, ranking
from allegata.measures.resampling import bootstrap, paired_permutation_test, student

RELAXED = settings(deadline=None, max_examples=50)  # the peers are slow to import
LINES = st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=1, max_size=40)


def test_equal_scores_keep_the_order_of_the_file() -> None:
    assert ranking.ranked([0, 1, 1], [5, 5, 9]) == [1, 0, 1]
    assert ranking.average_precision([0, 1], [1, 1]) == 0.5
    assert ranking.average_precision([1, 0], [1, 1]) == 1


def test_measures_of_a_file_without_positives_are_undefined_and_left_out_of_the_mean() -> None:
    empty, found = ([0, 0], [1.0, 2.0]), ([0, 1], [1.0, 2.0])
    assert ranking.average_precision(*empty) is None
    assert ranking.reciprocal_rank(*empty) is ranking.r_precision(*empty) is None
    assert ranking.measures([empty, found])["MAP"] == 1
    assert ranking.measures([empty])["MAP"] is None


def test_map_is_the_mean_over_files_and_not_the_pooled_list() -> None:
    files = [([1, 0], [0.1, 0.0]), ([0, 1], [0.9, 0.8])]
    assert ranking.measures(files)["MAP"] == 0.75


def test_precision_at_k_divides_by_k_where_the_file_is_shorter() -> None:
    assert ranking.precision_at(10, [1, 1], [1, 2]) == 0.2


@RELAXED
@given(LINES)
def test_ranking_measures_agree_with_ir_measures(lines: list[tuple[int, int]]) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    labels, scores = [label for label, _ in lines], [float(score) for _, score in lines]
    if not sum(labels):
        return
    # ir-measures breaks ties by document id, so it is given the ranks of our rule as scores
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    run = [ir_measures.ScoredDoc("q", str(i), float(-rank)) for rank, i in enumerate(order)]
    qrels = [ir_measures.Qrel("q", str(i), label) for i, label in enumerate(labels)]
    names = {
        "MAP": ir_measures.AP,
        "RR": ir_measures.RR,
        "R-P": ir_measures.Rprec,
        "P@5": ir_measures.P @ 5,
    }
    theirs = ir_measures.calc_aggregate(list(names.values()), qrels, run)
    ours = ranking.measures([(labels, scores)])
    assert {name: ours[name] for name in names} == pytest.approx(
        {name: theirs[measure] for name, measure in names.items()}
    )


@RELAXED
@given(LINES)
def test_average_precision_agrees_with_scikit_learn_where_there_are_no_ties(
    lines: list[tuple[int, int]],
) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    labels = [label for label, _ in lines]
    scores = [score + index / 1000 for index, (_, score) in enumerate(lines)]
    if sum(labels):
        expected = metrics.average_precision_score(labels, scores)
        assert math.isclose(ranking.average_precision(labels, scores) or 0, expected)


@RELAXED
@given(LINES)
def test_auroc_agrees_with_scikit_learn_ties_and_all(lines: list[tuple[int, int]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    labels, scores = [label for label, _ in lines], [score for _, score in lines]
    found = ranking.auroc(labels, scores)
    if len(set(labels)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(metrics.roc_auc_score(labels, scores))


@RELAXED
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=30))
def test_label_scores_agree_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    gold, predicted = [g for g, _ in pairs], [p for _, p in pairs]
    labels = sorted(set(gold) | set(predicted))
    ours = classification.per_label(gold, predicted)
    p, r, f, _ = metrics.precision_recall_fscore_support(gold, predicted, labels=labels, zero_division=0)
    assert [ours[x].precision or 0 for x in labels] == pytest.approx(p)
    assert [ours[x].recall or 0 for x in labels] == pytest.approx(r)
    assert classification.macro_f1(ours) == pytest.approx(f.mean())
    assert classification.weighted_f1(ours) == pytest.approx(
        metrics.f1_score(gold, predicted, average="weighted", zero_division=0)
    )


def test_a_label_that_nobody_used_does_not_count_in_the_macro_average() -> None:
    scores = classification.per_label(["a", "a"], ["a", "a"], labels=["a", "b"])
    assert scores["b"].f1 is None
    assert classification.macro_f1(scores) == 1


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def test_a_bootstrap_interval_says_what_it_resamples_and_repeats_exactly() -> None:
    units = [0.0, 1.0] * 30
    first = bootstrap(units, _mean, unit_name="sentence", seed=3)
    assert first == bootstrap(units, _mean, unit_name="sentence", seed=3)
    assert first is not None
    assert first.low < 0.5 < first.high
    assert "60 sentences" in first.kind
    assert "not a statement about others" in first.kind


def test_five_articles_get_no_bootstrap_interval() -> None:
    assert bootstrap([0.1, 0.2, 0.3, 0.4, 0.5], _mean, unit_name="article") is None


def test_a_bootstrap_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    units = [float((7 * i) % 13) for i in range(80)]
    ours = bootstrap(units, _mean, unit_name="row", resamples=3000)
    theirs = stats.bootstrap((units,), _mean, n_resamples=3000, method="percentile", vectorized=False, rng=1)
    assert ours is not None
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.1)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.1)


def test_the_interval_of_five_articles_agrees_with_scipy_and_says_what_it_assumes() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = [0.7, 0.5, 0.9, 0.6, 0.8]
    ours = student(values, unit_name="article")
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert "5 articles" in ours.kind
    assert "as if they were drawn at random" in ours.kind
    assert student([0.5], unit_name="article") is None


def test_resamples_on_which_the_score_is_undefined_are_counted() -> None:
    def precision(units: Sequence[float]) -> float | None:
        return _mean([unit for unit in units if unit >= 0]) if max(units) >= 0 else None

    interval = bootstrap([-1.0] * 11 + [1.0], precision, unit_name="row")
    assert interval is not None
    assert 200 < interval.undefined < 600


def test_a_submission_does_not_differ_from_itself() -> None:
    result = paired_permutation_test([1.0, 0.0, 1.0], [1.0, 0.0, 1.0], _mean, unit_name="row")
    assert result is not None
    assert (result.difference, result.p_value) == (0, 1)


def test_few_units_are_permuted_exhaustively_as_scipy_does() -> None:
    stats = pytest.importorskip("scipy.stats")
    first, second = [0.9, 0.7, 0.8, 0.6, 0.95, 0.5], [0.5, 0.6, 0.3, 0.65, 0.2, 0.45]
    ours = paired_permutation_test(first, second, _mean, unit_name="row")
    theirs = stats.permutation_test(
        (first, second), lambda x, y: _mean(x) - _mean(y), permutation_type="samples", n_resamples=9999
    )
    assert ours is not None
    assert ours.exact
    assert ours.p_value == pytest.approx(theirs.pvalue)
    assert "all 64 swaps of 6 rows" in ours.kind


def test_many_units_are_permuted_at_random_with_a_p_value_that_is_never_zero() -> None:
    result = paired_permutation_test([1.0] * 40, [0.0] * 40, _mean, unit_name="row", rounds=99)
    assert result is not None
    assert not result.exact
    assert result.p_value == 0.01
    assert "99 random swaps of 40 rows" in result.kind
