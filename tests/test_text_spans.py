"""Spans and their set operations say what a set of code points would say."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.text.spans import Span, complement, span_fault, trim, union

LENGTH = 30
SPANS = st.lists(
    st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)).map(lambda ends: Span(min(ends), max(ends))),
    max_size=8,
)


def points(spans: list[Span]) -> set[int]:
    return {position for span in spans for position in range(span.start, span.end)}


def is_normal(spans: list[Span]) -> bool:
    """Sorted, and no two spans touch."""
    return all(first.end < second.start for first, second in pairwise(spans))


@given(SPANS)
def test_a_union_covers_the_same_code_points_with_the_fewest_spans(spans: list[Span]) -> None:
    assert points(union(spans)) == points(spans)
    assert is_normal(union(spans))


@given(SPANS)
def test_a_complement_covers_exactly_the_other_code_points(spans: list[Span]) -> None:
    rest = complement(spans, LENGTH)
    assert points(rest) == set(range(LENGTH)) - points(spans)
    assert is_normal(rest)
    assert all(span.length for span in rest)


@given(SPANS, st.randoms())
def test_neither_depends_on_the_order_of_the_spans(spans: list[Span], random: object) -> None:
    shuffled = sorted(spans, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis: Random
    assert union(shuffled) == union(spans)
    assert complement(shuffled, LENGTH) == complement(spans, LENGTH)


@given(SPANS.filter(lambda spans: len(spans) >= 2))
def test_overlap_and_containment_are_those_of_the_sets(spans: list[Span]) -> None:
    first, second = spans[:2]
    if first.length and second.length:
        assert first.overlaps(second) == bool(points([first]) & points([second]))
        assert first.contains(second) == (points([second]) <= points([first]))


def test_spans_that_touch_do_not_overlap() -> None:
    assert not Span(0, 3).overlaps(Span(3, 5))
    assert Span(0, 4).overlaps(Span(3, 5))


def test_offsets_count_code_points_not_utf16_units_or_bytes() -> None:
    text = "a\U0001f600é b"
    assert Span(1, 2).quote(text) == "\U0001f600"
    assert Span(2, 5).quote(text) == "é b"


@given(st.text(alphabet=" \t\n\u00a0\u2003ab\U0001f600", max_size=20), st.data())
def test_a_trimmed_span_lies_inside_and_has_no_blank_at_an_edge(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    trimmed = trim(span, text)
    assert span.contains(trimmed)
    assert trimmed.quote(text) == span.quote(text).strip()


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [(0, 5, None), (4, 5, None), (0, 6, "outside"), (-1, 2, "outside"), (3, 3, "empty"), (4, 2, "reversed")],
)
def test_a_bad_span_is_named_with_what_is_wrong_with_it(start: int, end: int, says: str | None) -> None:
    fault = span_fault(start, end, 5)
    assert fault is None if says is None else says in str(fault)
