"""Whatever rules and extractors say, a removed code point is in one removal, and what is published quotes the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.clean.page import Hit, Page
from allegata.clean.stage import clean_source_text
from allegata.clean.web.article import PageFacts
from allegata.clean.web.site_boilerplate import Site, block_key
from allegata.text.blocks import find_blocks
from allegata.text.citation_markers import cited
from allegata.text.normal import normalise
from allegata.text.page_blocks import Judgement, PageBlock

SENTENCES = (
    "The board of Norvik Foods met on Tuesday [1] and recalled all jars of plum jam [1-3].",
    "“We never shipped glass,” said Ada Holm, who runs the plant in the north of the country [2, 3].",
    "Shops were asked to send back what they had on their shelves before the end of the week.",
    "Nobody was hurt, the agency said ([1]) [2], and an inquiry was opened on the same day.",
)
LINES = (
    *SENTENCES,
    *SENTENCES,
    "[1] https://norvik.example/recall",
    "[2] The agency, notice 12",
    "[1][2]",
    "[1]\u00a0[2] Norvik",
    "References",
    "Subscribe to our newsletter",
    "Share this article",
    "Related articles",
    "Comments (3)",
    "By Ada Holm",
    "Tags: jam, glass, recall",
    "- one jar",
    "Photo: Bo Lund",
    "Leave a reply",
    "jam",
)
PATHS = ("article/p", "article/h1", "article/ul/li", "aside/p", "footer/p", "nav/ul/li")
MARKS = ("/", "story/newsletter", "story/byline", "comments/", "related/teaser")


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, PageFacts]:
    """A page of such lines, judged in any way, and a site on which some lines recur."""
    lines = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=14))
    if draw(st.booleans()):  # a run of lines stands in two places
        first = draw(st.integers(0, len(lines) - 1))
        lines[draw(st.integers(0, len(lines))) : 0] = lines[first : first + draw(st.integers(1, 8))]
    text = "\n\n".join(lines)
    blocks = [
        PageBlock(*block.span, draw(st.sampled_from(PATHS)), draw(st.sampled_from(MARKS)), number, 0)
        for number, block in enumerate(find_blocks(text))
    ]
    scores = draw(st.lists(st.integers(0, 1000), min_size=len(blocks), max_size=len(blocks)))
    judged = draw(st.sampled_from([Judgement(tuple(scores), ("its place",) * len(blocks), 500, 0.5), Judgement()]))
    recurring = draw(st.frozensets(st.sampled_from(LINES), max_size=4))
    site = Site("norvik.example", 9, {block_key("norvik.example", line): 9 for line in recurring})
    return text, PageFacts(tuple(blocks), judged, None, site if draw(st.booleans()) else None)


@given(pages())
def test_no_code_point_of_a_page_leaves_it_twice(page: tuple[str, PageFacts]) -> None:
    source, facts = page
    holds(source, facts)


@given(st.lists(st.sampled_from(LINES), max_size=14), st.sampled_from(["\n", "\n\n", "\n \n", "\n\n\n"]))
def test_no_code_point_of_a_text_leaves_it_twice(lines: list[str], gap: str) -> None:
    holds(gap.join(lines), None)


def holds(source: str, facts: PageFacts | None) -> None:
    cleaned = clean_source_text(source, "en", facts)
    end = 0
    for removal in cleaned.removals:
        assert end <= removal.span.start < removal.span.end <= len(source), removal
        end = removal.span.end
        if removal.repeats:
            assert normalise(removal.repeats.quote(source)) == normalise(removal.span.quote(source))
    text = cleaned.offsets.apply(source)
    for block, _ in cleaned.blocks:
        assert cleaned.offsets.span_to_clean(block).length
    for sentence, _ in cleaned.sentences:
        quote = cleaned.offsets.span_to_clean(sentence).quote(text)
        assert quote.strip() == quote != ""
    for citation in cleaned.citations:
        assert citation.marker in cited(source, *citation.span)
        assert [removal.reason for removal in cleaned.removals if removal.span.contains(citation.span)] == [
            "citation_marker"
        ]


def test_a_block_that_is_taken_is_passed_over_and_a_repetition_keeps_its_places() -> None:
    page = Page(tuple(find_blocks("a\nb\nc\nd\ne\na\nb\nc\nd\ne"))).without([Hit(6, 6, "ticker", "b")])
    twice = [Hit(5, 9, "repetition", "a to e", (0, 4)), Hit(8, 9, "comments", "d and e")]
    assert page.untaken(twice) == [
        Hit(5, 5, "repetition", "a to e", (0, 0)),
        Hit(7, 9, "repetition", "a to e", (2, 4)),
    ]


@pytest.mark.parametrize(
    ("marker", "named"),
    [
        ("[1]", "[1]"),
        ("[1, 3]", "[1] [3]"),
        ("[1–3]", "[1] [2] [3]"),
        ("[2; 4-5]", "[2] [4] [5]"),
        ("[3-1]", "[3]"),
        ("[०१]", "[1]"),
        ("[2024]", ""),
        ("[a]", ""),
    ],
)
def test_a_marker_names_every_reference_it_stands_for(marker: str, named: str) -> None:
    assert cited(f"x {marker} y", 2, 2 + len(marker)) == named.split()


def test_a_marker_behind_another_and_a_dash_names_what_lies_between() -> None:
    text = "as shown [1]-[4], and [7]"
    assert cited(text, text.index("[4]"), text.index("[4]") + 3) == ["[2]", "[3]", "[4]"]
    assert cited(text, text.index("[7]"), text.index("[7]") + 3) == ["[7]"]


def test_ranges_and_lists_of_markers_are_one_citation_a_number() -> None:
    source = "Glass was found [1-3] in jars [1, 3] of jam.\n[1] https://a.example\n[3] https://c.example"
    cleaned = clean_source_text(source, "en")
    assert [(citation.marker, citation.url) for citation in cleaned.citations] == [
        ("[1]", "https://a.example"),
        ("[2]", None),
        ("[3]", "https://c.example"),
        ("[1]", "https://a.example"),
        ("[3]", "https://c.example"),
    ]
    assert cleaned.offsets.apply(source) == "Glass was found in jars of jam."


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("Glass [1]\u00a0[2] in jars.", "Glass in jars."),
        ("[1]\u00a0[2] Glass in jars.", "Glass in jars."),
        ("[2] ([1]) Glass in jars.", "Glass in jars."),
        ("Glass in jars [1]\u00a0[2].", "Glass in jars."),
    ],
)
def test_the_blanks_between_two_markers_leave_with_one_of_them(line: str, clean: str) -> None:
    first = "The board met on Tuesday."
    source = f"{line}\n{first}\n[1] https://a.example\n[2] https://b.example"
    assert clean_source_text(source, "en").offsets.apply(source) == f"{clean}\n{first}"
