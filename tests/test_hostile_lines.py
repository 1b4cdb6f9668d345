"""Lines made to break a cleaning rule: time grows with the length of a page, and every character leaves once."""

import time
from itertools import pairwise

import pytest

from allegata.clean.page import Page
from allegata.clean.rules import biography
from allegata.clean.rules.menus import is_trail
from allegata.clean.stage import decide
from allegata.clean.web.article import PageFacts
from allegata.ingest.html import read_page
from allegata.text.blocks import find_blocks
from allegata.text.page_blocks import Judgement
from allegata.text.words import words_of
from project import sampled
from test_clean_web import PARAGRAPHS

LINES = {
    "headings of tag lists": "Tags",
    "an author without a box": "About Alpha Bravo",
    "a name without an end": "About " + "A" * 400 + "!",
    "share words that can be read in many ways": "copy link " * 20 + "zzz",
    "a trail of separators": "home" + " > >" * 60 + " " + "a" * 100,
    "single citations": "word [1] word",
    "teaser cues": "Read more:",
    "bylines": "By Alpha Bravo",
    "a number without an end": "Updated by 1" + "1" * 1900,
    "a word without an end": "Updated by Alpha" + "a" * 1900,
    "blanks without an end": "1:00" + "\u00a0" * 1900 + "Updated by",
}


@pytest.mark.parametrize(
    "case",
    sampled(
        LINES,
        "headings of tag lists",
        "share words that can be read in many ways",
        "single citations",
        "bylines",
        "blanks without an end",
    ),
)
def test_a_page_of_one_line_again_and_again_is_decided_in_linear_time(case):
    line = LINES[case]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = read_page(body + f"<p>{line}</p>" * (150_000 // (len(line) + 7)))
    kept = Judgement((1000,) * len(page.blocks), ("its text",) * len(page.blocks), 500, 1.0)
    started = time.process_time()
    decide(page.source_text, PageFacts(page.blocks, kept))
    assert time.process_time() - started < 15  # a second or two on a busy machine; quadratic: a minute and more


def test_headings_and_tags_below_a_heading_of_tags_leave_once():
    text = "\n\n".join([*PARAGRAPHS, "Tags:", "Topics", "bridge", "#council #town", "river"])
    removals = decide(text).removals
    assert all(one.span.end <= following.span.start for one, following in pairwise(removals))
    assert "".join(removal.span.quote(text) for removal in removals).split()[0] == "Tags:"


@pytest.mark.parametrize(
    ("line", "trail"),
    [
        ("home > news > the bridge", True),
        ("home » " + "a" * 80, True),
        ("home » " + "a" * 81, False),
        ("home > " + "a" * 80 + " > b", True),
        ("home > " + "a" * 81 + " > b", False),
        ("home > > b", True),
        ("home", False),
        ("home of the brave > news", False),
    ],
)
def test_a_trail_of_pages_has_parts_of_eighty_characters_at_most(line, trail):
    assert is_trail(line, words_of(("en",))) is trail


def test_a_box_about_an_author_is_found_behind_any_number_of_others_in_linear_time():
    about = [f"About Alpha {chr(65 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(8000)]
    text = "\n".join([*PARAGRAPHS, f"By Alpha {about[0].split()[-1]}", *about])
    page = Page(tuple(find_blocks(text)))
    started = time.process_time()
    hits = list(biography.find(page))
    assert time.process_time() - started < 5
    assert [page.blocks[hit.first].text for hit in hits] == about[:1]
    assert "who is named elsewhere" in hits[0].evidence
