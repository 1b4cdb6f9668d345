"""Alignment: which characters of a source text an extract holds."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.text.alignment import Letters
from allegata.text.alignment import covered as covered_in
from allegata.text.spans import Span

WORDS = [f"{a}{b}{c}" for a in "bdgklmnprst" for b in "aeiou" for c in "lmnrst"]


def prose(seed: int, count: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) for _ in range(count))


def covered(source: str, extract: str) -> list[Span]:
    return covered_in(Letters.of(source), extract)


def kept(source: str, extract: str) -> str:
    return "|".join(source[span.start : span.end] for span in covered(source, extract))


def test_a_text_covers_itself():
    source = f"{prose(1, 50)}.\n\n{prose(2, 50)}."
    assert covered(source, source) == [Span(0, len(source) - 1)]


def test_blanks_punctuation_and_line_breaks_do_not_matter():
    source = "One two - three, four five six seven eight nine."
    assert kept(source, "One  two three\u00a0four five six seven\neight nine") == source[:-1]


def test_words_that_markup_splits_are_found():
    text = "It was expanded in the town hall"
    assert kept(f"{text}.", "It was expand ed in the town hall.") == text


def test_soft_hyphens_and_decomposed_letters_match():
    assert kept("De\u00admo\u00adkra\u00adtie im Klima\u00adwandel", "Demokratie im Klimawandel")[-6:] == "wandel"
    assert kept("Cafe\u0301 de la Paix", "Café de la Paix") == "Cafe\u0301 de la Paix"


def test_a_repeated_line_is_taken_where_its_neighbours_stand():
    a, b = prose(3, 30), prose(4, 30)
    source = f"Share this\n{a}\nShare this\n{b}\nShare this"
    assert kept(source, f"{a}\nShare this\n{b}") == f"{a}\nShare this\n{b}"


def test_a_line_that_lost_its_middle_is_found_in_pieces():
    a, b = prose(5, 20), prose(6, 20)
    assert kept(f"{a} [12] inserted {b}", f"{a} {b}") == f"{a}|{b}"
    c = prose(7, 20)
    assert kept(f"{a} [12] inserted {b} [13] inserted {c}", f"{a} {b} {c}") == f"{a}|{b}|{c}"


def test_text_the_source_does_not_have_covers_nothing():
    assert covered(prose(7, 40), "completely different words, entirely elsewhere") == []
    assert covered("", "x") == covered("x", "") == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=12), st.lists(st.integers(0, 40), max_size=12))
def test_spans_are_sorted_disjoint_and_hold_only_letters_of_the_extract(source_lines, extract_lines):
    source = "\n".join(prose(seed, 8) for seed in source_lines)
    extract = "\n".join(prose(seed, 8) for seed in extract_lines)
    spans = covered(source, extract)
    assert all(a.end < b.start for a, b in pairwise(spans))
    words = set(extract.split())
    assert all(set(source[span.start : span.end].split()) <= words for span in spans)


@pytest.mark.alone
def test_a_long_page_of_lines_that_are_not_found_stays_fast():
    source = "\n".join(prose(seed, 20) for seed in range(2000))
    extract = "\n".join(prose(seed, 20) for seed in range(5000, 5400))
    started = time.monotonic()
    covered(source, extract)
    assert time.monotonic() - started < 5
