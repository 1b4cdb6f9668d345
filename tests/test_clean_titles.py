"""The headline of a web page stays in the text, in zone `title`; its copies leave, and nothing else takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import allegata
from allegata.clean.web import titles as titles_rule
from allegata.recipe.article import Article

# A headline and two paragraphs, each in a language of its own.
STORIES = {
    "en": (
        "Dam at Orrin Water fails its test",
        "The dam at Orrin Water failed a test on Monday, the owner said in a letter that he sent to the council.",
        "Engineers lowered the lake by two metres after the test, and they closed the road below it for a week.",
    ),
    "de": (
        "Der Damm an der Orre hält der Prüfung nicht stand",
        "Der Damm an der Orre hat eine Prüfung am Montag nicht bestanden, wie der Besitzer dem Rat in Briefen schrieb.",
        "Fachleute senkten den See danach um zwei Meter, und sie sperrten die Straße darunter für eine ganze Woche.",
    ),
    "fr": (
        "Le barrage de l'Orre échoue à son essai",
        "Le barrage de l'Orre a échoué à un essai lundi, a écrit le propriétaire dans une lettre envoyée au conseil.",
        "Les ingénieurs ont abaissé le lac de deux mètres, puis ils ont fermé la route en aval pendant une semaine.",
    ),
}  # fmt: skip
LANGUAGES = pytest.mark.parametrize("language", STORIES)


def cleaned(language: str, body: str, *, title: str = "", above: str = "") -> Article:
    """The article of a page: `body` with `{h}` for the headline and `{p}` for the paragraphs, `above` before it."""
    headline, *paragraphs = STORIES[language]
    prose = "".join(f"<p>{paragraph} {paragraph[:-1]}, again.</p>" for paragraph in paragraphs)
    return allegata.clean_html(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body>{above}{body.format(h=headline, p=prose)}</body></html>".encode()
    )


def titles(article: Article) -> list[str]:
    return [block.text for block in article.blocks if block.zone == "title"]


def removed(article: Article) -> dict[str, str]:
    """The reason of every removed line."""
    lines: Iterator[tuple[str, str]] = (
        (line.strip(), removal.reason) for removal in article.removals for line in removal.text.split("\n")
    )
    return {line: reason for line, reason in lines if line}


@LANGUAGES
@pytest.mark.parametrize(
    "body",
    [
        "<article><h1>{h}</h1>{p}</article>",
        "<header class='page-header'><h1>{h}</h1></header><article>{p}</article>",  # outside the main content
        "<div class='promo'><h1>{h}</h1></div><main>{p}</main>",
        "<main><p>Ressort 7</p><h1>{h}</h1><p>3.3.2031</p>{p}</main>",  # below a kicker
        "<main><time>3.3.2031, 14:05</time><h1>{h}</h1>{p}</main>",
        "<form action='/'><nav><a href='/'>A</a></nav><main><h1>{h}</h1>{p}</main></form>",  # a form around it all
        "<main><h2>{h}</h2>{p}</main>",
        "<main><div class='t'>{h}</div>{p}</main>",  # a line that is the stated title
    ],
)
def test_the_headline_is_the_title_of_the_text_wherever_it_stands_above_it(language: str, body: str) -> None:
    headline = STORIES[language][0]
    article = cleaned(language, body, title=f"{headline} | Orre 24")
    assert titles(article) == [headline]
    assert article.text.startswith(headline) or "Ressort" in article.text
    assert headline not in removed(article)
    assert [sentence.zone for sentence in article.sentences if sentence.text in headline] == ["title"]


@pytest.mark.parametrize(
    ("language", "stated"),
    [
        ("en", "Orrin Water: dam fails a safety test"),
        ("de", "Damm an der Orre hält nicht stand - Prüfung"),
        ("fr", "Orre : le barrage échoue à son grand essai"),
    ],
)
@pytest.mark.parametrize("level", [1, 2])
def test_a_heading_that_words_the_stated_title_otherwise_is_the_headline(
    language: str, stated: str, level: int
) -> None:
    article = cleaned(language, f"<main><h{level}>{{h}}</h{level}>{{p}}</main>", title=stated)
    assert titles(article) == [STORIES[language][0]]


@LANGUAGES
def test_a_page_without_a_stated_title_has_its_only_first_level_heading_and_that_is_its_title(language: str) -> None:
    article = cleaned(language, "<main><h1>{h}</h1>{p}</main>")
    assert titles(article) == [STORIES[language][0]]
    assert article.title == STORIES[language][0]


def test_a_heading_that_shares_little_with_the_stated_title_is_a_heading() -> None:
    article = cleaned("en", "<main><h2>What the owner wrote to them</h2>{p}</main>", title="Dam fails its test")
    assert titles(article) == []


@pytest.mark.parametrize(
    ("language", "headline", "stated"),
    [
        ("en", "DAM SHUT", "DAM SHUT: fury at the lake of fear"),
        ("de", "Zu!", "Zu! Der Damm und seine Folgen"),
        ("fr", "大坝未通过检测", "大坝未通过检测"),
    ],
)
def test_a_short_headline_is_one_if_the_stated_title_begins_with_it(language: str, headline: str, stated: str) -> None:
    assert titles(cleaned(language, f"<main><h1>{headline}</h1>{{p}}</main>", title=stated)) == [headline]
    assert titles(cleaned(language, f"<main><h1>{headline}</h1>{{p}}</main>", title="The Orrin 24")) == []


@LANGUAGES
@pytest.mark.parametrize(
    "copy",
    ["<p>{h}</p>", "<h2>{h}</h2>", "<div class='crumb'>{h}</div>"],
)
def test_copies_of_the_headline_above_the_text_leave_as_title(language: str, copy: str) -> None:
    headline = STORIES[language][0]
    article = cleaned(language, f"<main>{copy}<h1>{{h}}</h1>{copy}{{p}}</main>", title=f"{headline} | Orre 24")
    assert titles(article) == [headline]
    assert article.text.count(headline) == 1
    copies = [removal for removal in article.removals if removal.text.strip() == headline]
    kept_by_the_judge = [removal for removal in copies if removal.rule == titles_rule.NAME]
    assert all(removal.reason == "title" for removal in kept_by_the_judge)
    assert all(removal.evidence.startswith("it is the headline again") for removal in kept_by_the_judge)
    assert len(copies) == 2


@LANGUAGES
@pytest.mark.parametrize(
    ("above", "heading"),
    [
        ("<header><h1><a href='/'>Orre Aktuell 24</a></h1></header>", "h2"),  # a link to the first page
        ("<header><h1>Orre Aktuell 24</h1></header>", "h2"),
        ("<header><h1>Orre Aktuell 24</h1></header>", "h1"),
        ("<nav><h2>{h}</h2></nav><aside><h1>{h}</h1></aside>", "h1"),
    ],
)
def test_the_name_of_the_site_and_what_stands_in_a_menu_are_no_headline(
    language: str, above: str, heading: str
) -> None:
    headline = STORIES[language][0]
    body = f"<main><{heading}>{{h}}</{heading}>{{p}}</main>"
    article = cleaned(language, body, above=above.format(h=headline), title=f"{headline} | Orre Aktuell 24")
    assert titles(article) == [headline]
    assert article.text.startswith(headline)


@LANGUAGES
def test_a_linked_name_of_the_site_is_no_headline_where_nothing_else_is_one(language: str) -> None:
    article = cleaned(language, "<main>{p}</main>", above="<header><h1><a href='/'>Orre Aktuell 24</a></h1></header>")
    assert titles(article) == []
    assert "Orre Aktuell" not in article.text


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "Share this article"),  # site furniture
        ("en", "Read more: the dam that failed its test"),  # a teaser
        ("en", "By the way, the dam"),  # a byline
        ("en", "<a href='/d'>Read more: the dam that failed</a>"),  # a cue of web pages
        ("de", "Kommentare zum Damm an der Orre"),  # comments
        ("de", "Lesen Sie auch: der Damm hält nicht"),
        ("fr", "Newsletter : abonnez-vous au barrage"),
        ("fr", "À lire aussi : le barrage échoue"),
    ],
)
def test_no_rule_takes_the_headline(language: str, headline: str) -> None:
    body = f"<article><h1>{headline}</h1>{{p}}<h2>{headline}</h2><p>{headline}</p></article>"
    assert titles(cleaned(language, body)) == [re.sub("<.*?>", "", headline)]


@LANGUAGES
def test_a_headline_that_the_text_says_again_stays_and_so_does_the_text(language: str) -> None:
    headline, paragraph, _ = STORIES[language]
    body = f"<main><h1>{{h}}</h1><p>{headline}. {paragraph}</p>{{p}}<h2>{headline}</h2>{{p}}</main>"
    article = cleaned(language, body, title=headline)
    assert titles(article) == [headline]
    assert f"{headline}. {paragraph}" in article.text
