"""The offset map between source and clean text: total, exact and monotonic in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span, union

TEXT = st.text(alphabet="ab \n\U0001f600\U00010348é", max_size=40)


@st.composite
def maps(draw: st.DrawFn) -> tuple[str, list[Span], OffsetMap]:
    """A source text, the spans it loses (overlapping, adjacent, empty or everything), and the map."""
    text = draw(TEXT)
    ends = st.integers(0, len(text))
    removed = draw(st.lists(st.tuples(ends, ends).map(lambda pair: Span(min(pair), max(pair))), max_size=6))
    if draw(st.integers(0, 9)) == 0:
        removed.append(Span(0, len(text)))
    return text, removed, OffsetMap.without(removed, len(text))


def is_removed(position: int, removed: list[Span]) -> bool:
    return any(span.start <= position < span.end for span in removed)


@given(maps())
def test_the_clean_text_is_what_was_not_removed(case: tuple[str, list[Span], OffsetMap]) -> None:
    text, removed, offsets = case
    kept = [character for position, character in enumerate(text) if not is_removed(position, removed)]
    assert offsets.apply(text) == "".join(kept)
    assert offsets.clean_length == len(kept)
    assert [offsets.is_kept(position) for position in range(len(text))] == [
        not is_removed(position, removed) for position in range(len(text))
    ]


@given(maps())
def test_every_clean_character_is_found_in_the_source_and_back(case: tuple[str, list[Span], OffsetMap]) -> None:
    text, _, offsets = case
    clean = offsets.apply(text)
    for position, character in enumerate(clean):
        source = offsets.to_source(position)
        assert text[source] == character
        assert offsets.is_kept(source)
        assert offsets.to_clean(source) == position


@given(maps())
def test_every_source_position_has_a_clean_position(case: tuple[str, list[Span], OffsetMap]) -> None:
    text, removed, offsets = case
    for source in range(len(text) + 1):
        kept_before = sum(not is_removed(position, removed) for position in range(source))
        assert offsets.to_clean(source) == kept_before
        if source < len(text) and offsets.is_kept(source):
            assert offsets.to_source(offsets.to_clean(source)) == source


@given(maps())
def test_both_directions_are_monotonic(case: tuple[str, list[Span], OffsetMap]) -> None:
    text, _, offsets = case
    forth = [offsets.to_clean(position) for position in range(len(text) + 1)]
    back = [offsets.to_source(position) for position in range(offsets.clean_length + 1)]
    assert forth == sorted(forth)
    assert back == sorted(back)
    assert len(set(back)) == len(back)


@given(maps(), st.data())
def test_a_clean_span_survives_the_way_to_the_source_and_back(
    case: tuple[str, list[Span], OffsetMap], data: st.DataObject
) -> None:
    text, _, offsets = case
    if not offsets.clean_length:
        return
    start = data.draw(st.integers(0, offsets.clean_length - 1))
    span = Span(start, data.draw(st.integers(start + 1, offsets.clean_length)))
    source = offsets.span_to_source(span)
    clean = offsets.apply(text)
    assert offsets.span_to_clean(source) == span
    assert text[source.start] == clean[span.start]
    assert text[source.end - 1] == clean[span.end - 1]


@given(maps(), st.data())
def test_a_source_span_projects_onto_what_is_left_of_it(
    case: tuple[str, list[Span], OffsetMap], data: st.DataObject
) -> None:
    text, removed, offsets = case
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    left = "".join(text[position] for position in range(*span) if not is_removed(position, removed))
    assert offsets.span_to_clean(span).quote(offsets.apply(text)) == left


@given(maps())
def test_overlapping_and_adjacent_removals_are_one_removal(case: tuple[str, list[Span], OffsetMap]) -> None:
    text, removed, offsets = case
    assert OffsetMap.without(union(removed), len(text)) == offsets


def test_nothing_removed_is_the_identity() -> None:
    offsets = OffsetMap.without([], 3)
    assert offsets.apply("abc") == "abc"
    assert [offsets.to_source(position) for position in range(4)] == [0, 1, 2, 3]


def test_everything_removed_leaves_one_position() -> None:
    offsets = OffsetMap.without([Span(0, 2), Span(2, 3)], 3)
    assert offsets.apply("abc") == ""
    assert {offsets.to_clean(position) for position in range(4)} == {0}
    assert offsets.to_source(0) == 0


def test_a_removal_closes_up_where_it_stood() -> None:
    offsets = OffsetMap.without([Span(4, 8)], 15)
    assert offsets.apply("The [1] company") == "The company"
    assert [offsets.to_clean(position) for position in (3, 4, 5, 8)] == [3, 4, 4, 4]
    assert offsets.span_to_source(Span(0, 5)) == Span(0, 9)


@pytest.mark.parametrize("position", [-1, 12])
def test_a_position_outside_the_text_is_refused(position: int) -> None:
    offsets = OffsetMap.without([Span(4, 8)], 15)
    with pytest.raises(ValueError, match="lies outside"):
        offsets.to_source(position)
    with pytest.raises(ValueError, match="lies outside"):
        offsets.to_clean(position if position < 0 else 16)


def test_a_text_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="the text has 2 characters, its map 3"):
        OffsetMap.without([], 3).apply("ab")
