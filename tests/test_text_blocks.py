"""Blocks: the non-blank lines of a source text, and what each of them looks like."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.text.blocks import Block, assign_zones, find_blocks, looks_like_heading
from allegata.text.spans import Span
from project import ARTICLES, source_text


def block(text: str) -> Block:
    return Block(Span(0, len(text)), text, 0)


@given(st.text(alphabet=" \n\tab.\u00a0\U0001f600-", max_size=60))
def test_blocks_are_the_trimmed_lines_and_between_them_is_nothing_but_blanks(text: str) -> None:
    blocks = find_blocks(text)
    assert [found.text for found in blocks] == [line.strip() for line in text.split("\n") if line.strip()]
    position = 0
    for found in blocks:
        assert found.span.quote(text) == found.text
        between = text[position : found.span.start]
        assert not between.strip()
        assert found.gap == between.count("\n")
        position = found.span.end
    assert not text[position:].strip()


def test_the_gap_tells_a_blank_line_from_a_line_break() -> None:
    assert [found.gap for found in find_blocks("One.\nTwo.\n \n\nThree.")] == [0, 1, 3]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("- Pay", 2),
        ("• Pay", 2),
        ("– Pay", 2),
        ("1. Pay", 3),
        ("12) Pay", 4),
        ("(a) Pay", 4),
        ("-Pay", 0),
        ("2024 was", 0),
    ],
)
def test_a_bullet_is_a_mark_and_a_blank_before_the_text(text: str, length: int) -> None:
    assert block(text).bullet == length


@pytest.mark.parametrize(
    "text", ["He left.", "“He left.”", "He left.)", "He left [1].", "Left?", "Left…", 'He "left."']
)
def test_a_sentence_ends_before_its_closing_marks(text: str) -> None:
    assert block(text).ends_sentence


@pytest.mark.parametrize("text", ["The Answer", "He left,", "and seeks:", ""])
def test_other_lines_end_no_sentence(text: str) -> None:
    assert not block(text).ends_sentence


@pytest.mark.parametrize(
    "text", ["Privacy concerns", "LinkedIn’s response", "The Outcome: Case Dismissed", "2024 in Review"]
)
def test_a_heading_is_short_starts_like_a_title_and_does_not_end_like_a_sentence(text: str) -> None:
    assert looks_like_heading(block(text))


@pytest.mark.parametrize(
    "text",
    ["The mill sued.", "- Damages for breach", "The action seeks:", "in other words", "Word " * 17 + "end", "1. First"],
)
def test_sentences_bullets_leads_and_long_lines_are_no_headings(text: str) -> None:
    assert not looks_like_heading(block(text))


def zones(*lines: str) -> list[str]:
    return assign_zones(find_blocks("\n".join(lines)))


def test_the_first_heading_of_four_words_is_the_title_and_the_last_line_is_none() -> None:
    lines = [
        "Mill Sues Acme Over Rent",
        "It began in May.",
        "The Demand",
        "It seeks:",
        "- Nine coins",
        "- An apology",
        "End Note",
    ]
    assert zones(*lines) == ["title", "body", "heading", "body", "list_item", "list_item", "body"]


def test_no_blocks_have_no_zones() -> None:
    assert zones("", " ") == []


@pytest.mark.parametrize(
    ("article", "headings"),
    [
        (0, ["Details of the Lawsuit", "LinkedIn’s Response", "Broader Implications"]),
        (
            4,
            [
                "LinkedIn class action lawsuit allegations",
                "Privacy concerns",
                "Legal claims and damages",
                "Broader impact",
            ],
        ),
    ],
)
def test_the_subheadings_of_the_real_articles_are_headings(article: int, headings: list[str]) -> None:
    blocks = find_blocks(source_text(ARTICLES[article]))
    found = {blk.text for blk, zone in zip(blocks, assign_zones(blocks), strict=True) if zone == "heading"}
    assert set(headings) <= found


@pytest.mark.alone
@pytest.mark.parametrize("text", ["a " * 500_000, "a\n" * 50_000, " " * 1_000_000, "a" + " " * 1_000_000 + "b"])
def test_the_time_is_linear_in_the_length_of_the_text(text: str) -> None:
    start = time.perf_counter()
    find_blocks(text)
    assert time.perf_counter() - start < 2
