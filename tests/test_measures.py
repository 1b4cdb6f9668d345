"""`allegata.measures` as others use it: alone, cheap to import, the same whatever the order, and as documented."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allegata.measures
from allegata.measures import LabelledSpan, compare_spans, exact_prf, score_spans, shape_prf, spans_of_tags
from allegata.measures.classification import accuracy
from allegata.measures.matching import PRF
from test_benchmark_matching import labelled_spans

A = LabelledSpan.of
TEXT = "It rained on the hill, and ended at noon."
documents = st.lists(labelled_spans(), min_size=1, max_size=4)


def test_every_public_name_is_there_and_has_documentation() -> None:
    for name in allegata.measures.__all__:
        assert getattr(allegata.measures, name).__doc__, name
    assert set(allegata.measures.__all__) <= set(dir(allegata.measures))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = allegata.measures.nothing


def test_a_label_called_as_the_pooled_counts_are_is_refused() -> None:
    for gold, predicted in (([A("all", (0, 2))], []), ([], [A("all", (0, 2))])):
        with pytest.raises(ValueError, match="document 0: a label is called 'all'"):
            score_spans([gold], [predicted])


def test_scoring_spans_exactly_imports_nothing_slow() -> None:
    script = (
        "import sys; from allegata.measures import LabelledSpan, exact_prf, spans_of_tags, average_precision, kappa\n"
        "exact_prf([LabelledSpan.of('x', (0, 2))], [])\n"
        "print([name for name in ('numpy', 'scipy', 'pyarrow', 'pandas', 'typer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr


@given(documents, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_neither_the_order_of_spans_nor_of_documents_matters(
    gold: list[list[LabelledSpan]], dice: random.Random
) -> None:
    predicted = [[A(span.label, *span.segments[::-1]) for span in document[1:]] for document in gold]
    predicted[0].append(A("X", (0, 5)))
    texts = [TEXT] * len(gold)
    expected = score_spans(gold, predicted, texts)
    order = dice.sample(range(len(gold)), len(gold))
    shuffled = [[dice.sample(side[i], len(side[i])) for i in order] for side in (gold, predicted)]
    found = score_spans(*shuffled, texts)
    assert found.total == expected.total
    assert found.shapes == expected.shapes


@given(documents)
@settings(deadline=None)
def test_gold_against_itself_is_all_right_and_shapes_add_up_to_the_whole(gold: list[list[LabelledSpan]]) -> None:
    scores = score_spans(gold, gold, [TEXT] * len(gold))
    for measure in ("exact", "partial", "token"):
        assert scores.prf(measure).f1 in (None, 1)
    assert sum(scores.shapes.values(), PRF()) == scores.prf("exact")


def test_a_span_in_pieces_is_found_by_all_its_pieces_alone() -> None:
    gold, half = A("X", (0, 4), (8, 12)), A("X", (0, 4))
    assert score_spans([[gold]], [[half]]).prf("exact") == PRF(0, 1, 1)
    assert score_spans([[gold]], [[half]]).prf("partial").f1 == 0.5
    assert score_spans([[gold]], [[A("X", (8, 12), (0, 2), (2, 4))]]).prf("exact") == PRF(
        1
    )  # pieces that touch are one
    assert shape_prf([gold], [half]) == {"flat": PRF(fp=1), "nested": PRF(), "discontinuous": PRF(fn=1)}


def test_nested_spans_are_those_inside_another_and_those_that_hold_one() -> None:
    outer, inner, alone = A("X", (0, 9)), A("Y", (2, 4)), A("X", (20, 22))
    assert shape_prf([outer, inner, alone], [outer]) == {
        "flat": PRF(fn=1),
        "nested": PRF(1, 0, 1),
        "discontinuous": PRF(),
    }


def test_what_is_no_set_of_spans_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"document 1, X: .*empty or reversed"):
        score_spans([[], [A("X", (3, 3))]], [[], []])
    with pytest.raises(ValueError, match=r"document 0, X: .*outside the text of 2 characters"):
        score_spans([[]], [[A("X", (0, 3))]], ["ab"])
    with pytest.raises(ValueError, match="2 gold documents, 1 predicted"):
        score_spans([[], []], [[]])
    with pytest.raises(ValueError, match="'token' was not counted"):
        score_spans([[]], [[]]).prf("token")


def test_the_interval_and_the_test_draw_whole_documents() -> None:
    gold = [[A("X", (n, n + 2)), A("Y", (n, n + 3))] for n in range(10)]
    worse = [document[:1] for document in gold]
    interval = score_spans(gold, worse).interval()
    assert interval is not None
    assert "over 10 documents" in interval.kind
    assert score_spans(gold[:9], worse[:9]).interval() is None
    test = compare_spans(gold, gold, worse)
    assert test is not None
    assert (test.difference, test.exact) == (pytest.approx(1 / 3), True)
    assert compare_spans(gold, gold, worse, label="X").difference == 0  # type: ignore[union-attr]  # it is defined


def test_tags_are_read_as_the_scorer_of_conll_reads_them() -> None:
    tags = ["I-A", "I-B", "B-B", "O", "B-A", "I-A", "I-B", "O", "I-A"]
    expected = [("A", 0, 1), ("B", 1, 2), ("B", 2, 3), ("A", 4, 6), ("B", 6, 7), ("A", 8, 9)]
    assert spans_of_tags(tags) == [A(label, (start, end)) for label, start, end in expected]
    for wrong in ("X", "B-", "b-A", ""):
        with pytest.raises(ValueError, match="tag 1"):
            spans_of_tags(["O", wrong])


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), max_size=12), st.data())
def test_seqeval_gives_the_same_figures_for_tags(gold: list[str], data: st.DataObject) -> None:
    metrics = pytest.importorskip("seqeval.metrics", reason="seqeval is not installed")
    predicted = data.draw(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B"]), min_size=len(gold), max_size=len(gold)))
    ours = sum(exact_prf(spans_of_tags(gold), spans_of_tags(predicted)).values(), PRF())
    theirs = metrics.f1_score([gold], [predicted], zero_division=0)
    assert theirs == pytest.approx(ours.f1 or 0.0)


def test_accuracy_is_the_share_of_rows_with_the_right_label() -> None:
    assert accuracy(["a", "b", "b", "a"], ["a", "b", "b", "b"]) == 0.75
    assert accuracy([], []) is None
