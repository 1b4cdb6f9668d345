"""Cleaning of web pages: the article stays, everything else leaves with its reason."""

import random
import re
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pytest

from allegata.clean.stage import clean, decide
from allegata.clean.web.article import PageFacts
from allegata.clean.web.names import reasons_of
from allegata.clean.web.page import blanks
from allegata.ingest.html import read_page
from allegata.ingest.judged import judged
from allegata.ingest.stage import ARTICLE_TABLE
from allegata.recipe.article import page_text
from allegata.text.blocks import find_blocks
from allegata.text.page_blocks import Judgement, PageBlock

SUBJECTS = ["The council", "The mayor", "A local builder", "The school board", "One resident", "The bridge company"]
VERBS = ["approved", "rejected", "discussed", "questioned", "explained", "postponed"]
OBJECTS = [
    "the new plan for the river",
    "a budget of two million",
    "the repair of the old road",
    "changes to the bus line",
]


def sentences(seed: int, count: int) -> str:
    rng = random.Random(seed)
    return " ".join(
        f"{rng.choice(SUBJECTS)} {rng.choice(VERBS)} {rng.choice(OBJECTS)} on day {rng.randint(1, 999)}."
        for _ in range(count)
    )


PARAGRAPHS = [sentences(seed, 3) for seed in range(8)]


def page(*extra: str, before: str = "", title: str = "Council keeps the bridge") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<html><head><title>{title} | Town News</title></head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav>"
        f"<main><h1>{title}</h1>{before}<article class='story'>{body}{''.join(extra)}</article></main>"
        "<footer><p>All rights reserved by Town News Publishing Company.</p></footer></body></html>"
    )


def facts_of(markup: str) -> tuple[str, PageFacts]:
    parsed = read_page(markup)
    return parsed.source_text, PageFacts(parsed.blocks, judged(parsed), "Council keeps the bridge | Town News")


def cleaned(markup: str) -> tuple[str, dict[str, str]]:
    """The clean text, and the reason for every removed line."""
    source, facts = facts_of(markup)
    decided = decide(source, facts)
    removed = {line: one.reason for one in decided.removals for line in one.span.quote(source).split("\n") if line}
    return decided.offsets(source).apply(source), removed


def kept_by_the_judge(markup: str, score: int = 850, without: str = "-") -> tuple[str, dict[str, str]]:
    """As `cleaned`, where the judge gives every block of the article that score, but none to the line `without`."""
    source, facts = facts_of(markup)
    scores = [score if "article" in block.tags or block.heading == 1 else 0 for block in facts.blocks]
    scores = [
        0 if source[block.start : block.end] == without else score
        for block, score in zip(facts.blocks, scores, strict=True)
    ]
    facts = replace(facts, judgement=replace(facts.judgement, scores=tuple(scores)))
    decided = decide(source, facts)
    removed = {line: one.reason for one in decided.removals for line in one.span.quote(source).split("\n") if line}
    return decided.offsets(source).apply(source), removed


def test_the_article_stays_and_the_page_around_it_leaves():
    text, removed = cleaned(page())
    assert [line for line in text.split("\n") if line] == ["Council keeps the bridge", *PARAGRAPHS]
    assert removed["Home"] == "site_furniture"
    assert removed["All rights reserved by Town News Publishing Company."] == "site_furniture"


def test_every_character_is_kept_or_in_one_removal():
    source, facts = facts_of(page("<p>Related: <a href=x>Another story of the town</a></p>"))
    decided = decide(source, facts)
    spans = [removal.span for removal in decided.removals]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert len(decided.offsets(source).apply(source)) + sum(span.length for span in spans) == len(source)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            '<div class="author-box"><p>Jo writes about rivers and has lived in the town for years.</p></div>',
            "author_biography",
        ),
        (
            '<div class="newsletterBox"><p>All the news of the town, every morning in your post.</p></div>',
            "newsletter_prompt",
        ),
        ('<section id="comments"><p>I have always liked that bridge and I hope it stays.</p></section>', "comments"),
        ('<p class="image_copyright">A picture of the bridge by nobody</p>', "credit"),
        ('<p>Lesen Sie auch: <a href="/x">Die Brücke von gestern und heute</a></p>', "related_teaser"),
        ('<p><strong>Lea también:</strong> <a href="/x">El puente de ayer y de hoy</a></p>', "related_teaser"),
        ('<p>Czytaj też: <a href="/x">Most wczoraj i dziś</a></p>', "related_teaser"),
        ("<p>Image credits: Town hall</p>", "credit"),
        ("<p>Follow us on Twitter for more</p>", "site_furniture"),
        ("<p>Your email address will not be published.</p>", "comments"),
    ],
)
def test_furniture_inside_the_article_leaves_with_its_reason(line, reason):
    text, removed = cleaned(page(line, f"<p>{sentences(99, 3)}</p>"))
    gone = {found for line, found in removed.items() if line != "Home"}
    assert gone & {reason, "outside_main_content"}  # the judge may have taken it before a rule saw it
    assert [line for line in text.split("\n") if line] == ["Council keeps the bridge", *PARAGRAPHS, sentences(99, 3)]


@pytest.mark.parametrize(
    "line",
    [
        "Lesen Sie hier nicht weiter, sagte der Bürgermeister, und der Rat stimmte ihm am Abend zu.",
        "Read more slowly, the teacher told the class before the council came to the school.",
        "The newsletter of the council was the subject of the debate on Tuesday evening in town.",
        "Mehr zum Thema wollte der Bürgermeister am Dienstag nicht sagen, das Gespräch war vertraulich.",
    ],
)
def test_sentences_that_resemble_furniture_stay(line):
    text, _ = cleaned(page(f"<p>{line}</p>", f"<p>{sentences(99, 3)}</p>"))
    assert line in text


def test_a_section_that_bears_the_name_of_furniture_and_holds_prose_stays():
    section = f"<p>{sentences(99, 3)}</p><p>{sentences(98, 3)}</p>"
    text, _ = cleaned(page(f"<section id='cookies'>{section}</section>", f"<p>{sentences(97, 3)}</p>"))
    assert sentences(99, 3) in text
    _, removed = cleaned(page("<div class='share'><p>Send it on</p></div>", f"<p>{sentences(97, 3)}</p>"))
    assert "Send it on" in removed


def test_lines_of_code_are_no_furniture_whatever_they_read_like():
    code = ["image: harbour:1.4", "home | news | sport | contact"]
    text, _ = kept_by_the_judge(page(f"<pre>{code[0]}\n{code[1]}</pre>", f"<p>{sentences(97, 3)}</p>"))
    assert all(line in text for line in code)
    text, _ = kept_by_the_judge(page(*(f"<p>{line}</p>" for line in code), f"<p>{sentences(97, 3)}</p>"))
    assert not any(line in text for line in code)


def test_what_stands_below_a_comment_line_is_for_the_judge_to_decide():
    below = [sentences(99, 2), sentences(98, 2)]
    text, removed = kept_by_the_judge(page("<h2>2 comments</h2>", *(f"<p>{line}</p>" for line in below)))
    assert all(line in text for line in below)
    assert removed["2 comments"] == "comments"


def test_a_date_of_which_the_judge_is_sure_stays():
    hours = "Posted on March 4, 2024"
    markup = page(f"<p>{hours}</p>", f"<p>{sentences(97, 3)}</p>")
    assert hours in kept_by_the_judge(markup, 950)[0]
    assert kept_by_the_judge(markup, 600)[1][hours] == "dateline"
    day = page(before="<article><p>March 4, 2024</p></article>")
    assert kept_by_the_judge(day, 950)[1]["March 4, 2024"] == "dateline"  # right below the headline


STEPS = (
    "Open the gate of the lock, wait until the water is level on both sides, and let the boats of the town pass. " * 3
)


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        ("<section><h3>In summer</h3><p>{}</p></section>", "<section><h3>In winter</h3><p>{}</p></section>", True),
        ("<p>{}</p>", "<blockquote><p>{}</p></blockquote>", False),
    ],
)
def test_words_said_again_in_a_place_of_the_same_kind_stay_and_a_quoted_copy_leaves(first, second, stays):
    more = [f"<p>{sentences(90 - n, 4)}</p>" for n in range(8)]
    text, _ = kept_by_the_judge(page(first.format(STEPS), *more, second.format(STEPS), f"<p>{sentences(97, 3)}</p>"))
    assert text.count(STEPS.strip()) == 1 + stays


QUESTIONS = [(f"{n}. What does the council say of lock {n}?", f"<p>{sentences(40 + n, 3)}</p>") for n in range(1, 5)]


@pytest.mark.parametrize(
    ("inside", "line"),
    [
        ("".join(f"<h3>{asked}</h3>{answer}" for asked, answer in QUESTIONS), QUESTIONS[2][0]),
        ("<ul><li>A lock of stone</li><li>A gate of oak</li><li>A wheel of iron</li></ul>", "A gate of oak"),
        ("<table><tr><td>Stone</td></tr><tr><td>Oak gate</td></tr><tr><td>Iron</td></tr></table>", "Oak gate"),
    ],
)
def test_a_line_between_kept_lines_of_its_kind_stays_whatever_the_judge_says(inside, line):
    assert line in kept_by_the_judge(page(inside, f"<p>{sentences(97, 3)}</p>"), without=line)[0]


def test_a_heading_that_has_no_like_or_is_a_link_leaves_with_the_judge():
    alone = page("<h3>Sign the petition</h3>", f"<p>{sentences(97, 3)}</p>")
    assert "petition" not in kept_by_the_judge(alone, without="Sign the petition")[0]
    linked = "".join(f"<h3><a href=x>{asked}</a></h3>{answer}" for asked, answer in QUESTIONS)
    assert QUESTIONS[2][0] not in kept_by_the_judge(page(linked), without=QUESTIONS[2][0])[0]


def test_an_article_that_a_page_holds_twice_is_kept_once():
    text, _ = kept_by_the_judge(page(*(f"<p>{one}</p>" for one in PARAGRAPHS)))
    assert [line for line in text.split("\n") if line] == ["Council keeps the bridge", *PARAGRAPHS]


def test_a_page_named_after_furniture_keeps_its_article():
    text, _ = cleaned(page().replace("class='story'", "class='comments-body'"))
    assert PARAGRAPHS[3] in text


def test_paragraphs_in_a_box_named_after_the_wall_before_them_stay():
    wall = "<p>Subscribe now to read on.</p>"
    box = "".join(f"<p>{one}</p>" for one in PARAGRAPHS[:3])
    rest = "".join(f"<p>{sentences(seed, 6)}</p>" for seed in range(50, 56))
    story = f"<h1>Council keeps the bridge</h1><div class='has-paywall'>{wall}{box}</div>{rest}"
    markup = f"<html><body><article>{story}</article>"
    text, _ = kept_by_the_judge(markup)
    assert all(paragraph in text for paragraph in PARAGRAPHS[:3])
    _, removed = kept_by_the_judge(markup.replace(box, ""))
    assert removed["Subscribe now to read on."] == "paywall"


def test_a_page_longer_than_any_that_the_judge_learned_from_keeps_its_paragraphs():
    body = "".join(f"<p>{PARAGRAPHS[at % 8]} Item {at} was heard by {at % 7} members.</p>" for at in range(5_000))
    links = "".join(f"<li><a href='/{at}'>Session {at}</a></li>" for at in range(50))
    text, _ = cleaned(
        f"<html><body><main><h1>A long session</h1><article>{body}</article></main><ul>{links}</ul></body>"
    )
    assert text.count("was heard by") == 5_000
    assert "Session 7" not in text


def test_the_standfirst_comes_back():
    lead = (
        "After a long debate the council has decided to keep the old bridge open for one more year, to the joy of many."
    )
    text, _ = cleaned(page(before=f"<div class='teaser-text'><p>{lead}</p></div>"))
    assert [line for line in text.split("\n") if line][:3] == ["Council keeps the bridge", lead, PARAGRAPHS[0]]


def test_marks_are_whole_words_of_names():
    assert reasons_of(["main/author-box"])[0][0] == ("author_biography", "author-box")
    assert reasons_of(["story_image_copyright"])[0][0][0] == "credit"
    assert reasons_of(["socialism/authority/dated/tagged/shareholder"])[0] == ()


def table_of(*markups: str, url: str = "https://town.example/{}") -> pa.Table:
    rows = []
    for number, markup in enumerate(markups):
        source, facts = facts_of(markup)
        rows.append(
            {
                "article_id": f"a{number}",
                "media_type": "text/html",
                "language": "en",
                "url": url.format(number),
                "source_text": source,
                "page_blocks": [block.row() for block in facts.blocks],
                "judgement": facts.judgement.row(),
            }
        )
    return pa.Table.from_pylist(rows, schema=ARTICLE_TABLE)


def test_what_recurs_on_many_pages_of_a_site_leaves_with_the_count():
    slogan = "The Town News has told the people of the river the truth since the year the mill was built."
    pages = [
        page(f"<p>{slogan}</p>", f"<p>{sentences(100 + n, 4)}</p>").replace(PARAGRAPHS[0], sentences(n, 9))
        for n in range(3)
    ]
    result = clean(table_of(*[replace_all(markup, n) for n, markup in enumerate(pages)]))
    assert not any(slogan in text for text in result["text"].to_pylist())
    reasons = [
        one for removals in result["removals"].to_pylist() for one in removals if one["reason"] == "site_boilerplate"
    ]
    assert {one["evidence"] for one in reasons} == {"stands on 3 of the 3 pages of town.example"}
    assert "page_blocks" not in result.column_names


def test_a_headline_that_recurs_on_the_pages_of_a_site_stays():
    pages = [replace_all(page(f"<p>{sentences(100 + n, 4)}</p>", title="Letters to the council"), n) for n in range(3)]
    assert all("Letters to the council" in text for text in clean(table_of(*pages))["text"].to_pylist())


def replace_all(markup: str, number: int) -> str:
    """The page with paragraphs of its own."""
    for at, paragraph in enumerate(PARAGRAPHS):
        markup = markup.replace(paragraph, sentences(1000 * (number + 1) + at, 3))
    return markup


def test_editions_of_one_page_are_no_boilerplate_of_their_site():
    pages = [page(f"<p>{sentences(100 + n, 4)}</p>") for n in range(4)]
    alone = [clean(table_of(markup))["text"][0].as_py() for markup in pages]
    assert clean(table_of(*pages))["text"].to_pylist() == alone
    assert all(PARAGRAPHS[0] in text for text in alone)


def test_two_pages_are_no_site():
    slogan = "The Town News has told the people of the river the truth since the year the mill was built."
    pages = [replace_all(page(f"<p>{slogan}</p>", f"<p>{sentences(100 + n, 4)}</p>"), n) for n in range(2)]
    assert all(slogan in text for text in clean(table_of(*pages))["text"].to_pylist())


def test_a_page_that_cannot_be_judged_loses_everything_and_says_so():
    source, facts = facts_of(page())
    decided = decide(source, replace(facts, judgement=Judgement()))
    assert decided.offsets(source).apply(source) == ""
    assert any("nothing on the page can be judged" in removal.evidence for removal in decided.removals)


def test_what_the_judge_takes_says_how_sure_it_is_and_why():
    source, facts = facts_of(page())
    (home,) = [one for one in decide(source, facts).removals if "Home" in one.span.quote(source)]
    assert home.rule == "judge/2"
    assert home.confidence is not None
    assert home.confidence > 0.9
    assert re.fullmatch(r"\d% likely to be of the article, by [a-z, ]+; it stands in <nav>", home.evidence)


def test_zones_follow_the_markup():
    source, facts = facts_of(page("<h2>What happens next</h2>", f"<p>{sentences(99, 4)}</p>"))
    zones = {block.text: zone for block, zone in decide(source, facts).kept}
    assert zones["What happens next"] == "heading"
    assert zones[PARAGRAPHS[0]] == "body"


def test_the_same_page_gives_the_same_text_in_any_company():
    first = page_text(page().encode())
    for number in range(3):
        page_text(replace_all(page(), number).encode())
    assert page_text(page().encode()) == first


def test_a_list_of_words_is_a_tag_list_only_if_it_is_links():
    words = "Rivers, Bridges, Old town, Council, Budget, Traffic"
    linked = ", ".join(f"<a href='/{word}'>{word}</a>" for word in words.split(", "))
    assert words in cleaned(page(f"<p>{words}</p>"))[0]
    assert words not in cleaned(page(f"<p>Tags: {linked}</p>"))[0]


@pytest.mark.parametrize(
    ("prose", "line"),
    [
        ("The council has kept the old bridge, and the mayor was glad that it will stay.", "Filed under: rivers, Bell"),
        ("El consejo ha decidido que el puente viejo se queda, y la alcaldesa lo celebra.", "Archivado en: ríos, Bell"),
        (
            "Der Rat hat die alte Brücke behalten, und die Leute am Fluss sind froh darüber.",
            "Abgelegt unter: Fluss, Bell",
        ),
    ],
)
def test_a_tag_list_that_names_itself_needs_no_links(prose, line):
    lines = [f"{prose} {number} {prose}" for number in range(8)]
    told = "".join(f"<p>{one}</p>" for one in lines)
    text, removed = cleaned(f"<html><body><article><h1>Bell</h1>{told}<p>{line}</p></article></body></html>")
    assert removed[line] == "keyword_list"
    assert lines[-1] in text


@pytest.mark.parametrize("heading", ["About Brookmill Bridges", "Über Brookmill Bridges", "Sobre Brookmill Bridges"])
def test_what_a_release_says_of_its_firm_stays(heading):
    firm = "Brookmill Bridges builds and repairs small bridges in three counties. It employs 40 people."
    text, _ = cleaned(page(f"<p>Brookmill Bridges has welcomed the vote.</p><h3>{heading}</h3><p>{firm}</p>"))
    assert f"{heading}\n\n{firm}" in text


def test_headings_are_counted_by_their_place() -> None:
    from allegata.clean.web.main_content import _kept_headings

    paths = ["div/h2", "div/p", "div/h2", "aside/h3", "div/h2"]
    facts = tuple(PageBlock(at, at + 1, path, "/", 0, 0) for at, path in enumerate(paths))
    assert _kept_headings(facts, [True, True, False, False, True]) == {
        ("div/h2", "/"): (3, 2),
        ("aside/h3", "/"): (1, 0),
    }


def test_blanks_that_do_not_break_are_between_words_too() -> None:
    (block,) = find_blocks("one two\u00a0three")
    assert blanks(block) == 2
