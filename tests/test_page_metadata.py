# ruff: noqa: E501  (markup, a case a line)
"""A page's author, day, title and publisher are those of its own article, wherever and in whatever language it states
them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from allegata.ingest.html import read_page
from allegata.ingest.page_metadata import page_metadata

TITLES = {
    "de": "Alte Brücke bleibt gesperrt",
    "en": "Old bridge stays closed",
    "es": "El viejo puente sigue cerrado",
    "fr": "Le vieux pont reste fermé",
    "it": "Il vecchio ponte resta chiuso",
    "nl": "Oude brug blijft dicht",
    "pl": "Stary most pozostaje zamknięty",
    "pt": "A velha ponte continua fechada",
}
PROSE = {
    "de": "Der Rat hat am Montag beschlossen, die Brücke bis zum Ende des Jahres zu sperren, weil die Kosten der Arbeiten "
    "höher sind, als es in den ersten Plänen für das Werk stand.",
    "en": "The council decided on Monday to close the bridge until the end of the year, because the costs of the repair "
    "are higher than had been foreseen in the first plan.",
    "es": "El consejo decidió el lunes cerrar el puente hasta el final del año, porque los costes de la obra son más altos "
    "de lo que se había previsto en el primer plan de la ciudad.",
    "fr": "Le conseil a décidé lundi de fermer le pont jusqu'à la fin de l'année, parce que les coûts des travaux sont plus "
    "élevés que ce qui était prévu dans le premier plan.",
    "it": "Il consiglio ha deciso lunedì di chiudere il ponte fino alla fine dell'anno, perché i costi dei lavori sono più "
    "alti di quanto era previsto nel primo piano della città.",
    "nl": "De raad heeft maandag besloten om de brug tot het einde van het jaar te sluiten, omdat de kosten van het werk "
    "hoger zijn dan in het eerste plan was voorzien.",
    "pl": "Rada zdecydowała w poniedziałek, że most do końca roku jest zamknięty, ponieważ koszty remontu są wyższe niż to, "
    "co było w pierwszym planie na ten rok i co się z nim wiąże.",
    "pt": "O conselho decidiu na segunda-feira fechar a ponte até ao fim do ano, porque os custos da obra são mais altos do "
    "que se tinha previsto no primeiro plano da cidade.",
}


def linked(value: Any) -> str:
    """A script of JSON-LD."""
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


def found(
    below: str = "",
    head: str = "",
    tail: str = "",
    language: str = "en",
    above: str = "",
    h1: str | None = "",
    url: str | None = None,
) -> dict[str, Any]:
    """The metadata of a page: `head` in its head, `above` and `below` at its headline, `tail` behind its prose."""
    heading = "" if h1 is None else f"<h1>{h1 or TITLES[language]}</h1>"
    title = "" if "<title>" in head else f"<title>{TITLES[language]}</title>"
    prose = f"<p>{PROSE[language]}</p>" * 3
    page = read_page(
        f'<html lang="{language}"><head>{title}{head}</head><body><div><article><header>{above}{heading}{below}</header>'
        f"{prose}{tail}</article></div></body></html>"
    )
    return {name: one.value for name, one in page_metadata(page, url).items()}


@pytest.mark.parametrize(
    ("language", "below", "author", "published"),
    [
        ("de", "<div>Veröffentlicht am 14. Februar 2019, 12:30 Uhr</div><div>Zuletzt aktualisiert: 30. November 2023</div>", None, "2019-02-14"),
        ("de", "<p>Von Greta Lund, Redakteurin</p><p>Stand: 30. November 2023</p>", "Greta Lund", None),
        ("en", "<p>Last updated</p><p>Nov 30, 2023</p><p>Written by</p><p>Greta Lund</p>", "Greta Lund", None),
        ("en", "<p>Updated <time datetime='2023-11-30'>30 November 2023</time></p>", None, None),
        ("es", "<p>Por María de la Cruz</p><p>Actualizado el 30 de noviembre de 2023</p>", "María de la Cruz", None),
        ("fr", "<div>Publié le 14 février 2019 à 08h30 par Greta Lund</div>", "Greta Lund", "2019-02-14"),
        ("it", "<p>di Maria Rossi</p><p>Pubblicato il 14 febbraio 2019 alle 9:15</p>", "Maria Rossi", "2019-02-14"),
        ("nl", "<p>Door Jan van der Berg</p><p><span>Laatst gewijzigd:</span> <time datetime='2023-11-30'>30 november 2023</time></p>", "Jan van der Berg", None),
        ("pl", "<p>Autor: Jan Kowalski</p><p>Opublikowano: 14 lutego 2019</p><p>Aktualizacja: 30 listopada 2023</p>", "Jan Kowalski", "2019-02-14"),
        ("pt", "<p>Por João da Silva, jornalista</p><p>14 de fevereiro de 2019 às 12h30</p>", "João da Silva", "2019-02-14"),
        ("pl", "<div class='author-date'>14 lutego 2019</div>", None, "2019-02-14"),
        ("en", "<div class='author'>Posted on March 5, 2024 by Greta Lund</div>", "Greta Lund", "2024-03-05"),
        ("de", "<span class='author'>Chefredakteurin</span>", None, None),
    ],
)  # fmt: skip
def test_the_lines_at_the_headline_name_the_author_and_the_day_but_not_that_of_an_update(
    language: str, below: str, author: str | None, published: str | None
) -> None:
    stated = found(below, "<meta property='article:modified_time' content='2023-11-30'>", language=language)
    assert (stated.get("author"), stated.get("published")) == (author, published)


@pytest.mark.parametrize(
    "tail",
    [
        "<aside><h3><a href='/x'>Other news</a></h3><a rel='author' href='/s'>Samir Holt</a><time datetime='2023-01-01'>1 January 2023</time></aside>",
        "<section><article><h3><a href='/x'>A mill burned</a></h3><span class='author'>Samir Holt</span> <time class='published' datetime='2023-01-01'>1 January 2023</time></article></section>",
        "<ul><li><a href='/x'><h4>A mill burned</h4></a><span class='byline'>By Samir Holt</span></li></ul>",
        "<div><div><a href='/x'>A mill burned</a><span class='author'>Samir Holt</span></div></div>",
        "<div class='comments'><div><span class='author'>reader7</span> <time datetime='2018-09-02'>2 September 2018</time></div></div>",
        "<p>The mill burned on <time datetime='1998-05-03'>3 May 1998</time> and nobody was hurt.</p>",
    ],
)  # fmt: skip
def test_other_articles_comments_and_the_story_itself_give_no_author_and_no_day(tail: str) -> None:
    assert not {"author", "published"} & set(found(tail=tail))


def test_a_day_in_a_sentence_of_the_standfirst_is_that_of_the_story() -> None:
    assert "published" not in found("<p>On <time datetime='1998-05-03'>3 May 1998</time> the mill burned.</p>")


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ({"@graph": [{"@type": "Person", "name": "Pavel Strand"}, {"@type": "Person", "name": "Nadia Voss"}]}, None),
        (
            {
                "@graph": [
                    {"@type": "Person", "@id": "#accused", "name": "Pavel Strand"},
                    {"@type": "Person", "@id": "#1", "name": "Greta Lund"},
                    {"@type": "NewsArticle", "author": {"@id": "#1"}, "mentions": {"@id": "#accused"}},
                ]
            },
            "Greta Lund",
        ),
        ([{"@type": "NewsArticle", "author": ["#1"]}, {"@id": "#1", "@type": "Person", "name": "Greta Lund"}], "Greta Lund"),
        ({"@type": "TechArticle", "author": {"@type": "Person", "name": "Lund, Greta"}}, "Greta Lund"),
        ({"@type": "Article", "author": {"givenName": "Bo", "familyName": "Ek"}}, "Bo Ek"),
        ({"@type": "Article", "author": {"name": "Greta Lund, Political Editor"}}, "Greta Lund"),
        ({"@type": "Article", "author": [{"name": "Greta Lund, reporter"}, "Samir Holt"]}, "Greta Lund; Samir Holt"),
        ({"@type": "WebPage", "author": {"name": "Greta Lund"}, "reviewedBy": {"name": "Samir Holt"}}, "Greta Lund"),
        ({"@type": "Article", "author": {"name": "Greta Lund"}, "comment": [{"author": {"name": "reader7"}}]}, "Greta Lund"),
        ({"@type": "ItemList", "itemListElement": [{"@type": "Article", "author": "Samir Holt"}]}, None),
        (
            [
                {"@type": "NewsArticle", "headline": "A mill burned", "author": "Samir Holt"},
                {"@type": "NewsArticle", "headline": "Old bridge stays closed", "author": "Greta Lund"},
            ],
            "Greta Lund",
        ),
        ('//<![CDATA[\n{"@type": "Article", "author": "Greta Lund"}\n//]]>', "Greta Lund"),
        ('/*<![CDATA[*/{"@type": "Article", "author": "Greta Lund"}/*]]>*/', "Greta Lund"),
        ('<!--\n{"@type": "Article", "author": "Greta Lund"}\n-->', "Greta Lund"),
        ('{"@type": "Article", "author": {"name": "Greta Lund",}, };', "Greta Lund"),
        ('{"@type": "Article", "author": ', None),
        ('{"@type": "Article", "author": {"name": {"name": 1}}, "headline": [3], "@id": []}', None),
    ],
)  # fmt: skip
def test_the_authors_of_json_ld_are_those_of_the_article(value: Any, author: str | None) -> None:
    assert found(head=linked(value)).get("author") == author


@pytest.mark.parametrize(
    ("head", "below", "url", "day"),
    [
        ("<meta property='article:published_time' content='2019-02-14T08:00:00Z'>", "", "https://a.example/2023/11/30/x", "2019-02-14"),
        ("", "<p>Published May 8, 2018</p>", "https://a.example/2018/05/18/x", "2018-05-08"),
        ("", "", "https://a.example/2018/05/18/x", "2018-05-18"),
        ("", "", "https://a.example/story/20180518", None),
        ("<meta name='last-modified' content='2023-11-30'><meta property='og:updated_time' content='2023-11-30'>", "", None, None),
        (linked({"@graph": [{"@type": "WebPage", "datePublished": "2019-02-14", "dateModified": "2023-11-30"}]}), "", None, "2019-02-14"),
        ("", "<time itemprop='datePublished' datetime='2019-02-14'>14 February</time>", None, "2019-02-14"),
        ("<meta property='article:published_time' content='1970-01-01'>", "", None, None),
    ],
)  # fmt: skip
def test_the_day_that_is_stated_goes_before_the_address_and_an_update_is_none(
    head: str, below: str, url: str | None, day: str | None
) -> None:
    assert found(below, head, url=url).get("published") == day


@pytest.mark.parametrize(
    ("head", "h1", "title"),
    [
        ("<title>AT&amp;T - court hears appeal on the bridge</title>", None, "AT&T - court hears appeal on the bridge"),
        ("<title>Brücke: Gericht prüft - und sperrt</title>", None, "Brücke: Gericht prüft - und sperrt"),
        ("<title>Old bridge closed | Valley Post</title><meta property='og:site_name' content='Valley Post'>", None, "Old bridge closed"),
        ("<title>Old bridge closed | Valley Post</title>", "Valley Post", "Old bridge closed"),
        ("<title>Bridge - Handbook of the town (3.1)</title>", "Bridge", "Bridge"),
        ("<title>Old bridge stays closed: what we know so far - Valley Post</title>", "Old bridge stays closed", "Old bridge stays closed"),
    ],
)  # fmt: skip
def test_a_title_loses_the_name_of_its_site_and_nothing_else(head: str, h1: str | None, title: str) -> None:
    assert found(head=head, h1=h1)["title"] == title


def test_a_publisher_is_a_domain_only_where_nothing_else_names_it_and_its_source_says_so() -> None:
    site = "<meta property='og:site_name' content='valley.example'>"
    url = "https://www.valley.example/a"
    assert found(head=site + linked({"@type": "WebSite", "name": "Valley Post"}), url=url)["publisher"] == "Valley Post"
    page = read_page(f"<html><body><h1>{TITLES['en']}</h1><p>{PROSE['en']}</p></body></html>")
    stated = page_metadata(page, url)["publisher"]
    assert (stated.value, stated.source) == ("valley.example", "url")


def test_the_site_is_the_author_only_where_the_page_names_nobody_else() -> None:
    head = "<meta property='og:site_name' content='Greta Lund'><meta name='author' content='Greta Lund'>"
    assert found(head=head)["author"] == "Greta Lund"
    assert found("<p>By Samir Holt</p>", head)["author"] == "Samir Holt"


@pytest.mark.parametrize(
    "markup",
    [
        "<h1>a b</h1>" * 20_000,
        "<p><span class='author'><a href='/x'>A mill burned</a> Samir Holt</span></p>" * 10_000,
        "<p><time class='published' datetime='2019'>x</time></p>" * 20_000,
        "<div>" * 150 + "<p><time itemprop='datePublished'>x</time></p>" * 10_000,
        linked('{"' + '\\"' * 300_000),
        linked(" " * 600_000 + "]]>"),
        linked("[" * 100_000),
        linked("{" + '"a": [,' * 100_000),
        "<meta property='og:title' content='a b c'>" * 10_000,
    ],
)
def test_a_hostile_page_costs_no_more_than_its_length(markup: str) -> None:
    page = read_page(f"<html><body>{markup}<p>{PROSE['en']}</p></body></html>")
    started = time.process_time()
    page_metadata(page)
    assert time.process_time() - started < 5
