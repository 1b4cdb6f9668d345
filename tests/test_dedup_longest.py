"""The longest run of words that two texts share, against the plain definition."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.dedup.longest import longest_shared_run

words = st.lists(st.sampled_from("abc"), max_size=14)


@given(words, words)
def test_it_is_the_first_of_the_longest_runs(one: list[str], other: list[str]) -> None:
    runs = [
        (length, -start)
        for length in range(1, len(one) + 1)
        for start in range(len(one) - length + 1)
        for there in range(len(other) - length + 1)
        if one[start : start + length] == other[there : there + length]
    ]
    length, start = max(runs, default=(0, 0))
    expected = (-2 * start, -2 * start + 2 * length - 1) if runs else None
    assert longest_shared_run(" ".join(one), " ".join(other)) == expected


def test_case_marks_and_punctuation_count_nothing_and_offsets_are_those_of_the_first_text() -> None:
    text = "“The Mill” – on Monday – burnt down. Nobody…"
    start, end = longest_shared_run(text, "It said: the mill, on MONDAY, burnt.") or (0, 0)
    assert text[start:end] == "The Mill” – on Monday – burnt"
    assert longest_shared_run("One two.", "drei vier") is None
    assert longest_shared_run("", "word") is None


@pytest.mark.alone
def test_a_text_of_one_word_over_and_over_takes_no_time() -> None:
    text = "mill " * 20_000
    before = time.process_time()
    assert longest_shared_run(text, text + "burnt") == (0, len(text) - 1)
    assert time.process_time() - before < 2
