"""Phrases of furniture by kind, in several languages: each leaves an article; sentences with the same words stay."""

from __future__ import annotations

import pytest

from allegata.clean.stage import clean_source_text
from test_clean_frame import BODY, END, TITLE, TOP, kept, rules_of
from test_clean_furniture_languages import BODY as PARAGRAPHS

# A line of each kind between the two paragraphs of an article in its language.
PHRASES = {
    "cs": ["Zpět na přehled", "Reklamní plocha", "Sdílet recept"],
    "de": [
        "Rezept drucken",
        "Seite als PDF herunterladen",
        "Zurück zur Nachrichtenübersicht",
        "Anzeige – weiterlesen nach der Werbung",
        "Überall, wo es Podcasts gibt",
        "Anmelden, um zu kommentieren",
        "Der Artikel entstand in Zusammenarbeit mit dem Ruderverein.",
    ],
    "en": [
        "Print this recipe",
        "Download this report as a PDF (1.2 MB)",
        "Back to all notices",
        "Advertisement – continue reading below",
        "Listen and subscribe on Spotify or wherever you get your podcasts",
        "Log in to comment",
        "Some of the links on this page earn us a small commission.",
        "This release contains forward-looking statements.",
    ],
    "es": [
        "Imprimir esta receta",
        "Volver a la lista de noticias",
        "Espacio publicitario",
        "Inicia sesión para comentar",
    ],
    "fr": [
        "Imprimer la fiche",
        "Retour à la liste",
        "Espace publicitaire",
        "Article réalisé en partenariat avec la mairie.",
    ],
    "it": ["Stampa articolo", "Torna all'elenco", "Spazio pubblicitario", "Accedi per commentare"],
    "ja": ["このページを印刷する", "一覧へ戻る", "広告スペース"],
    "nl": ["Bewaar dit recept", "Terug naar het overzicht", "Advertentieruimte", "Log in om te reageren"],
    "pl": ["Wydrukuj ten przepis", "Powrót do listy", "Miejsce na reklamę", "Zaloguj się, aby komentować"],
    "pt": ["Imprimir a receita", "Voltar à lista", "Espaço publicitário", "Faça login para comentar"],
    "ru": ["Распечатать статью", "Вернуться к списку", "Рекламное место", "Войдите, чтобы комментировать"],
    "tr": ["Tarifi yazdır", "Listeye dön", "Reklam alanı", "Yorum yapmak için giriş yapın"],
}
# Sentences and headings of an article that begin with the same words.
SENTENCES = {
    "de": [
        "Zurück zur Natur wollte der Verein nie, er wollte nur einen neuen Steg.",
        "Die Anzeige kam nach der Werbung für das Boot, und sie kam anonym.",
        "In diesem Artikel steht nichts, was der Bürgermeister nicht wüsste.",
    ],
    "en": [
        "Print this recipe for a disaster and pin it to the door, one councillor muttered.",
        "Back to the list of rotten jetties it went, for the third year in a row.",
        "The forward-looking statements of the mayor were few, and none came true.",
        "Join 300 volunteers and you will still not have enough hands for this jetty.",
        "Rain – and more rain",
    ],
    "fr": [
        "Retour à la liste des pontons pourris, pour la troisième année de suite, selon le maire.",
        "Chaque jeudi, le meilleur pêcheur du village s'assied au bout du ponton.",
    ],
}


@pytest.mark.parametrize(("language", "line"), [(language, line) for language, own in PHRASES.items() for line in own])
def test_a_usual_phrase_leaves_from_between_two_paragraphs(language: str, line: str) -> None:
    first, second = PARAGRAPHS[language]
    text = "\n".join((first, line, second))
    assert clean_source_text(text).offsets.apply(text).split("\n") == [first, second]


@pytest.mark.parametrize(
    ("language", "line"), [(language, line) for language, own in SENTENCES.items() for line in own]
)
def test_a_sentence_with_the_same_words_stays(language: str, line: str) -> None:
    first, second = PARAGRAPHS[language]
    text = "\n".join((first, line, second))
    assert clean_source_text(text).offsets.apply(text) == text


def test_a_line_that_names_the_headings_below_is_contents() -> None:
    line = "Inside: The engine / The yards / What islanders say"
    headed = [
        part for pair in zip(["The engine", "The yards", "What islanders say"], BODY, strict=True) for part in pair
    ]
    assert line not in kept(*TOP, TITLE, line, *headed, *END)
    assert line in kept(*TOP, TITLE, line, *BODY, *END)  # no headings, no contents


def test_contents_do_not_make_a_heading_below_an_advertisement_the_name_of_the_site() -> None:
    line, heads = (
        "Go to: Engine trouble – Three yards – Doctors by air",
        ["Engine trouble", "Three yards", "Doctors by air"],
    )
    headed = [part for pair in zip(heads, BODY, strict=True) for part in pair]
    headed.insert(headed.index("Three yards"), "Advertisement")
    assert [head for head in heads if head not in kept(*TOP, TITLE, line, *headed, *END)] == []


def test_a_recording_is_no_line_of_the_article_it_is_of() -> None:
    line = "▶ The Scarra ferry and its engine: the radio report (3:12)"
    assert rules_of(*TOP, TITLE, BODY[0], line, *BODY[1:], *END)[line] == ("prompts/2", "related_teaser")


def test_a_count_of_comments_may_have_its_button_behind_a_dash() -> None:
    lines = rules_of(
        *TOP, TITLE, *BODY, "3 comments – Log in to comment", "mo_48: My uncle built that engine.", *END[2:]
    )
    assert lines["3 comments – Log in to comment"][1] == "comments"


def test_a_biography_may_stand_behind_its_heading() -> None:
    line = "About the author: Una Breck writes about ferries and lives in Scarra."
    assert rules_of(TITLE, *BODY, line)[line][1] == "author_biography"


def test_the_issue_of_a_magazine_stands_beside_the_time_it_takes_to_read() -> None:
    line = "March 2024 issue · Reading time: 6 minutes"
    assert rules_of(TITLE, line, *BODY)[line][1] == "dateline"


def test_a_photographer_may_be_named_without_a_colon() -> None:
    first, second = PARAGRAPHS["ru"]
    text = "\n".join((first, "Фото Ильи Снегова", "Фото года на причале", second))
    assert "Фото Ильи Снегова" not in clean_source_text(text).offsets.apply(text)
    assert "Фото года на причале" in clean_source_text(text).offsets.apply(text)


def test_a_menu_may_end_in_a_question() -> None:
    first, second = PARAGRAPHS["fr"]
    text = "\n".join(("Plats · Desserts · Qui suis-je ?", first, second))
    assert clean_source_text(text).offsets.apply(text).split("\n") == [first, second]


def test_a_bulleted_summary_beside_the_byline_is_of_the_article() -> None:
    bullet = "• No bids from abroad"
    assert bullet in kept(*TOP, TITLE, bullet, "By Una Breck", *BODY, *END)


def test_who_made_a_podcast_is_said_in_several_sentences() -> None:
    line = "Produced by Una Breck. Sound design: Mo Tarr. Theme music by The Lost Oars of Scarra."
    assert line not in kept(*TOP, TITLE, *BODY, line, *END)
