"""What leaves the text fills the metadata that lacks it, and the removal says what it fills."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from allegata.clean.rules.keywords import stated
from allegata.clean.stage import clean
from allegata.clean.stated import Head, head_of, lifted
from allegata.ingest.html import read_page
from allegata.ingest.judged import judged
from allegata.ingest.stage import ARTICLE_TABLE
from allegata.text.layers import Removal
from allegata.text.spans import Span

TITLE = "Council keeps the bridge over the river open"
PROSE = [
    "The council has decided to keep the bridge over the river open until the end of next year.",
    "The mayor said that the repair would cost two million, and that nobody had asked for it before.",
    "A local builder has offered to do the work for less, but the council did not want to hear of it.",
]


def article(*head: str, tail: str = "", **known: Any) -> dict[str, Any]:
    """The cleaned row of a plain text with the lines `head` between its title and its body."""
    return _cleaned("\n".join([TITLE, *head, *PROSE, tail]), None, known)


def page(head: str = "", tail: str = "", **known: Any) -> dict[str, Any]:
    """The cleaned row of a web page."""
    body = "".join(f"<p>{sentence} {sentence}</p>" for sentence in PROSE)
    markup = (
        f"<html><body><header><div>Monday, 3 February 2025</div></header><h1>{TITLE}</h1>{head}"
        f"<article>{body}</article>{tail}</body></html>"
    )
    return _cleaned("", markup, known)


def _cleaned(text: str, markup: str | None, known: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"article_id": "a", "language": "en", "source_text": text, **known}
    if markup is not None:
        parsed = read_page(markup)
        row["source_text"] = parsed.source_text
        row["page_blocks"] = [block.row() for block in parsed.blocks]
        row["judgement"] = judged(parsed).row()
    (cleaned,) = clean(pa.Table.from_pylist([row], ARTICLE_TABLE)).to_pylist()
    return dict(cleaned)


def source_of(row: dict[str, Any], field: str) -> list[str]:
    """The texts of the removals that fill `field`."""
    return [row["source_text"][one["start"] : one["end"]].strip() for one in row["removals"] if one["fills"] == field]


def test_a_date_line_between_title_and_body_fills_the_day_of_publication() -> None:
    row = article("By Alfa Bravo", "Thursday, Jan 23, 2025 2:34 am ET")
    assert (row["published"], row["author"]) == ("2025-01-23", "Alfa Bravo")
    assert source_of(row, "published") == ["Thursday, Jan 23, 2025 2:34 am ET"]
    assert source_of(row, "author") == ["By Alfa Bravo"]
    assert "2025" not in row["text"]


@pytest.mark.parametrize("line", ["04/05/2025", "Updated Jan 23, 2025", "2 days ago", "Monday, Jan 23, 2025"])
def test_a_day_in_doubt_stays_null_and_readable(line: str) -> None:
    row = article(line)
    assert row["published"] is None
    assert any(line in row["source_text"][one["start"] : one["end"]] for one in row["removals"])
    assert not any(one["fills"] for one in row["removals"])


@pytest.mark.parametrize("cue", ["Last updated", "Updated:", "Updated on", "Zuletzt aktualisiert am"])
def test_a_date_below_the_word_of_an_update_is_that_of_the_update(cue: str) -> None:
    assert article(cue, "Jan 23, 2025")["published"] is None
    assert article("Jan 21, 2025", cue, "Jan 23, 2025")["published"] == "2025-01-21"
    assert page(f"<div>{cue}</div><div>23 January 2025</div>")["published"] is None
    assert page(f"<div>21 January 2025</div><div>{cue}</div><div>23 January 2025</div>")["published"] == "2025-01-21"


def test_a_line_that_speaks_of_an_update_and_goes_on_announces_no_date() -> None:
    assert article("Updated 2 days ago", "Jan 23, 2025")["published"] == "2025-01-23"


def test_the_date_of_a_comment_below_the_article_is_not_its_day() -> None:
    assert article(tail="January 29, 2025 at 3:15 pm")["published"] is None


def test_what_is_known_stays_and_nothing_claims_to_fill_it() -> None:
    row = article("Jan 23, 2025", tail="Tags: rivers, bridges", published="2025-01-24", tags=["Town"])
    assert (row["published"], row["tags"]) == ("2025-01-24", ["Town"])
    assert {one["fills"] for one in row["removals"]} == {None}


def test_a_tag_list_fills_the_tags_and_without_one_the_list_is_empty() -> None:
    row = article(tail="Tags: rivers, Bridges, old town, bridges")
    assert row["tags"] == ["rivers", "Bridges", "old town"]
    assert source_of(row, "tags") == ["Tags: rivers, Bridges, old town, bridges"]
    assert article()["tags"] == []


def test_a_date_between_the_headline_of_a_page_and_its_body_fills_but_not_one_above() -> None:
    row = page("<div><time datetime='2025-01-23'>23 January 2025</time></div>")
    assert row["published"] == "2025-01-23"
    assert "23 January 2025" in " ".join(source_of(row, "published"))
    assert page()["published"] is None
    assert page("<div>Opening: 23 January 2025</div>")["published"] is None


def test_a_list_beside_a_page_counts_if_it_calls_itself_one_and_is_the_only_one() -> None:
    tags = "<div class='post-tags'>Schlagwörter: <a href='/a'>Fluss</a>, <a href='/b'>Brücke</a></div>"
    assert page(tail=tags)["tags"] == ["Fluss", "Brücke"]
    assert page(tail=tags + tags.replace("Fluss", "Wald"))["tags"] == []
    assert page(tail=tags.replace("Schlagwörter: ", ""))["tags"] == []
    cloud = "".join(f"<li><a href='/{n}'>word {n}</a></li>" for n in range(45))
    assert page(tail=f"<div class='tag-cloud'><h3>Schlagwörter</h3><ul>{cloud}</ul></div>")["tags"] == []


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("\nAlfa lawsuit, Bravo v. Charlie Corp., privacy\n", ["Alfa lawsuit", "Bravo v. Charlie Corp.", "privacy"]),
        ("Alfa, Bravo v. Charlie Corp.", ["Alfa", "Bravo v. Charlie Corp."]),
        ("Tags: rivers; bridges.", ["rivers", "bridges"]),
        ("Filed under:\nRetirement,\nNorth Carolina,\n", ["Retirement", "North Carolina"]),
        ("#rivers #old_town", ["rivers", "old_town"]),
        ("TEMAS QUE APARECEN EN ESTA NOTA\nUno\nDos tres\n", ["Uno", "Dos tres"]),
        ("Tags: climate change", ["climate change"]),
        ("Tags: Politics Economy Berlin Germany", []),  # the page's style told them apart
        ("Tags: PoliticsEconomyBerlin", []),
        ("Filed in: a, b | Tags: c, d", []),
        ("a, one two three four five six seven eight nine", []),
        ("Tags", []),
        ("", []),
    ],
)
def test_a_list_is_taken_apart_where_its_print_tells_how(text: str, items: list[str]) -> None:
    assert stated(text) == items


def test_of_several_lines_the_first_is_lifted_and_a_byline_without_its_date() -> None:
    text = "Bridge stays\nopen\nBy Alfa Bravo.\nBy Charlie Delta, 5 April\n"
    spans = [(0, 17, "title"), (18, 32, "byline"), (33, 58, "byline")]
    removals = [Removal(Span(start, end), reason, "rule/1", "a test") for start, end, reason in spans]
    found = lifted(text, removals, Head(len(text)))
    assert {name: (one.value, one.removals) for name, one in found.items()} == {
        "title": ("Bridge stays open", (0,)),
        "author": ("Alfa Bravo", (1,)),
    }
    assert lifted(text, removals[2:], Head(len(text)))["author"].value == "Charlie Delta"


@pytest.mark.parametrize(
    ("body", "byline", "author"),
    [
        (
            "Der Rat hat am Montag die Brücke für den Verkehr gesperrt.",
            "Von Alfa Bravo und Charlie Delta",
            "Alfa Bravo; Charlie Delta",
        ),
        (
            "Le conseil a fermé le pont et la route est dans un état qui inquiète.",
            "Par Alfa Bravo, journaliste",
            "Alfa Bravo",
        ),
        (
            "Rada zamknęła most, ale nie wie, jak się to skończy i kiedy.",
            "Autor: Alfa Bravo, 5 marca 2024",
            "Alfa Bravo",
        ),
        ("The council has closed the bridge and the road to it.", "Staff Writer", None),
        ("The council has closed the bridge and the road to it.", "Posted on March 5, 2024", None),
    ],
)
def test_a_byline_fills_the_author_in_any_language_with_its_persons_alone(
    body: str, byline: str, author: str | None
) -> None:
    text = f"{byline}\n{body}\n"
    found = lifted(text, [Removal(Span(0, len(byline)), "byline", "rule/1", "a test")], Head(len(text)))
    assert (found["author"].value if "author" in found else None) == author


def test_the_head_ends_at_the_second_block_of_the_body() -> None:
    spans = [(Span(0, 9), "title"), (Span(20, 29), "body"), (Span(40, 49), "body"), (Span(60, 69), "body")]
    assert head_of(spans, [], is_page=False) == Head(40)
    headings = [Span(0, 9), Span(10, 15), Span(30, 35)]
    assert head_of(spans[:2], headings, is_page=True) == Head(20, 15, Span(0, 9))
    assert head_of(spans[:1], [], is_page=False) == Head(0)


def test_the_headline_of_a_page_is_its_title_where_it_states_none() -> None:
    row, known = page(), page(title="Bridge | What the mayor said to a builder")
    assert (row["title"], known["title"]) == (TITLE, "Bridge | What the mayor said to a builder")
    for one in (row, known):
        first = one["blocks"][0]
        assert (one["source_text"][first["start"] : first["end"]], first["zone"]) == (TITLE, "title")
    assert source_of(row, "title") == []


def test_a_notice_of_machine_writing_fills_its_words_and_the_flag() -> None:
    row = article("This article was generated by AI.")
    assert (row["ai_generated"], row["ai_disclosure"]) == (True, "This article was generated by AI.")
    assert source_of(row, "ai_disclosure") == ["This article was generated by AI."]
    known = article("This article was generated by AI.", ai_disclosure="By a machine")
    assert (known["ai_generated"], known["ai_disclosure"]) == (True, "By a machine")
    assert source_of(known, "ai_generated") == ["This article was generated by AI."]
