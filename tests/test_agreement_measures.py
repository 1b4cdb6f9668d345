from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.exchange.polnear import read_polnear_files
from allegata.measures.agreement import (
    Annotation,
    agreement,
    by_article,
    nominal_alpha,
    pairwise_spans,
    token_alpha,
    token_values,
)
from allegata.measures.clusters import (
    b_cubed,
    ceaf_e,
    cluster_scores,
    clusters,
    conll_f1,
    lea,
    muc,
)
from allegata.measures.matching import PRF, LabelledSpan, tokens
from allegata.measures.values import kappa, matched_values
from allegata.schema.problems import ProblemsFound

A = LabelledSpan.of
SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
RELAXED = settings(deadline=None, max_examples=50)


def _annotation(annotator: str, *spans: LabelledSpan, text: str = "she says that it rains") -> Annotation:
    return Annotation("a", annotator, text, {"claims": spans})


def test_alpha_of_the_published_example() -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), C: nominal, four observers, .743
    rows = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    units = [[v for v in column if v != "."] for column in zip(*map(str.split, rows), strict=True)]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=0.0005)


@RELAXED
@given(st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3), min_size=1, max_size=20))
def test_alpha_agrees_with_the_krippendorff_package(rows: list[list[int | None]]) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    ours = nominal_alpha([[value for value in row if value is not None] for row in rows])
    if ours is None:
        return
    data = [[float("nan") if value is None else value for value in column] for column in zip(*rows, strict=True)]
    theirs = krippendorff.alpha(data, level_of_measurement="nominal", value_domain=[0, 1, 2])
    assert ours == pytest.approx(theirs)


def test_alpha_is_undefined_where_no_disagreement_could_be_expected() -> None:
    assert nominal_alpha([["x", "x"], ["x", "x"]]) is None
    assert nominal_alpha([["x"], ["y"]]) is None


def test_overlapping_labels_make_a_value_of_their_own() -> None:
    text = "he said she left"
    values = token_values([A("content", (8, 16)), A("source", (8, 11))], tokens(text))
    assert values == ["none", "none", "content+source", "content"]


def test_two_annotators_who_agree_have_alpha_and_f1_of_one() -> None:
    span = A("claim", (9, 22))
    rows = agreement([_annotation("x", span), _annotation("y", span), _annotation("z", span)])
    assert {row.value for row in rows} == {1}
    assert {row.article_id for row in rows} == {"all", "a"}


def test_pairs_are_counted_over_the_articles_both_annotated() -> None:
    lone = Annotation("b", "x", "alone", {"claims": [A("claim", (0, 5))]})
    pairs = pairwise_spans([_annotation("x", A("claim", (0, 3))), _annotation("y"), lone], "claims")
    assert pairs["x", "y"]["exact"]["all"] == PRF(0, 0, 1)
    assert list(pairs) == [("x", "y")]


def test_the_order_of_annotations_does_not_matter() -> None:
    items = [_annotation(name, A("claim", (0, end))) for name, end in (("x", 3), ("y", 8), ("z", 22))]
    assert agreement(items) == agreement(items[::-1])


def test_different_texts_and_repeated_annotators_are_reported_together() -> None:
    with pytest.raises(ProblemsFound) as found:
        by_article([_annotation("x"), _annotation("x"), _annotation("y", text="another")])
    assert len(found.value.problems) == 2


def test_kappa_stands_beside_prevalence_and_ac1_where_one_value_prevails() -> None:
    pairs = [("no", "no")] * 118 + [("yes", "no")] * 5 + [("no", "yes")] * 2
    result = kappa(pairs)
    assert result.observed == pytest.approx(118 / 125)
    assert result.kappa is not None
    assert result.ac1 is not None
    assert result.kappa < 0 < 0.9 < result.ac1
    assert result.prevalence["yes"] == pytest.approx(7 / 250)


@RELAXED
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30))
def test_kappa_agrees_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    ours = kappa(pairs).kappa
    if ours is None:
        assert len({value for pair in pairs for value in pair}) == 1
        return
    assert ours == pytest.approx(metrics.cohen_kappa_score(*zip(*pairs, strict=True)))


def test_kappa_of_nothing_and_of_one_value_is_undefined() -> None:
    assert kappa([]).observed is None
    assert kappa([("a", "a")]).kappa is None


def test_attributes_are_compared_on_matched_spans_only() -> None:
    first = {A("claim", (0, 10)): {"type": "denial"}, A("claim", (20, 30)): {"type": "opinion"}}
    second = {A("claim", (0, 12)): {"type": "denial"}, A("claim", (40, 50)): {"type": "opinion"}}
    assert matched_values(first, second, "type") == [("denial", "denial")]
    assert matched_values(first, second, "type", exact=True) == []


def test_cluster_measures_of_a_worked_example() -> None:
    # the clusters of Moosavi & Strube 2016, section 4; the fractions are counted by hand
    key = clusters(["abc", "defg"])
    response = clusters(["ab", "cd", "fghi"])
    score = lea(key, response)
    assert score.recall == pytest.approx((3 * (1 / 3) + 4 * (1 / 6)) / 7)
    assert score.precision == pytest.approx((2 * 1 + 2 * 0 + 4 * (1 / 6)) / 8)
    assert muc(key, response).recall == pytest.approx((1 + 1) / (2 + 3))
    assert muc(key, response).precision == pytest.approx((1 + 0 + 1) / (1 + 1 + 3))
    assert b_cubed(key, response).recall == pytest.approx((4 / 3 + 1 / 3 + 1 / 4 + 4 / 4) / 7)
    assert ceaf_e(key, response).recall == pytest.approx((4 / 5 + 4 / 8) / 2)


def test_equal_clusterings_score_one_and_empty_ones_are_undefined() -> None:
    groups = clusters(["abc", "d", "ef"])
    assert {score.f1 for score in cluster_scores(groups, groups).values()} == {1}
    assert conll_f1(cluster_scores(groups, groups)) == 1
    assert {score.f1 for score in cluster_scores([], []).values()} == {None}
    assert ceaf_e(groups, []).f1 == 0


def test_singletons_can_be_left_out() -> None:
    key, response = clusters(["ab", "c"]), clusters(["ab"])
    assert cluster_scores(key, response)["B3"].recall == pytest.approx(2 / 3)
    assert cluster_scores(key, response, singletons=False)["B3"].recall == 1


def _polnear(path: Path) -> list[Annotation]:
    if not path.exists():
        pytest.skip(f"the development data are not here: {path.name}")
    return [
        Annotation(file.article_id, file.annotator, file.text, {"attribution": file.spans})
        for file in read_polnear_files(path)
    ]


def test_the_annotator_training_articles_of_polnear_have_alpha_of_81() -> None:
    annotations = _polnear(SHARED / "polnear-agreement")
    assert len(annotations) == 24
    assert token_alpha(annotations, "attribution") == pytest.approx(0.81, abs=0.005)


def test_pairs_agree_on_polnear_as_an_independent_count_found() -> None:
    # claim-annotation notes, section 0: 20 core articles, of which 16 are in train: .641 / .739 / .681
    path = SHARED / "polnear-train" / "polnear-train.tar.xz"
    annotations = _polnear(path)
    core = [item for group in by_article(annotations).values() if len(group) > 1 for item in group]
    figures = {row.label: row.value for row in agreement(core) if row.article_id == "all" and row.measure == "exact F1"}
    assert figures["Content"] == pytest.approx(0.641, abs=0.04)
    assert figures["Source"] == pytest.approx(0.739, abs=0.04)
    assert figures["Cue"] == pytest.approx(0.681, abs=0.04)
    assert token_alpha(core, "attribution") == pytest.approx(0.774, abs=0.02)
