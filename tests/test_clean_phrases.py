"""Phrases of furniture by kind, in several languages: each leaves an article; sentences with the same words stay."""

from __future__ import annotations

import pytest

from allegata.clean.stage import clean_source_text
from test_clean_frame import BODY, END, PROMPTS, TITLE, TOP, kept, rules_of
from test_clean_furniture_languages import BODY as PARAGRAPHS

pytestmark = pytest.mark.usefixtures("the_rules_alone")

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
        "Dieser Artikel entstand in Zusammenarbeit mit dem Ruderverein.",
        "Das Boot wurde uns für diesen Bericht kostenlos zur Verfügung gestellt.",
        "Abonnieren Sie uns auf Spotify, Deezer und Apple Podcasts",
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
        "If you buy a rope through this page, we may receive a small commission.",
        "Follow us on Spotify, YouTube and Apple Podcasts",
        "Join over 300 other readers who get our free newsletter",
    ],
    "es": [
        "Imprimir esta receta",
        "Volver a la lista de noticias",
        "Espacio publicitario",
        "Inicia sesión para comentar",
        "Escucha el podcast en Spotify y Apple Podcasts",
        "Este artículo ha sido realizado en colaboración con el puerto.",
    ],
    "fr": [
        "Imprimer la fiche",
        "Retour à la liste",
        "Espace publicitaire",
        "Cet article a été réalisé en partenariat avec la mairie.",
        "Abonnez-vous sur Spotify, Deezer ou Apple Podcasts",
    ],
    "it": [
        "Stampa articolo",
        "Torna all'elenco",
        "Spazio pubblicitario",
        "Accedi per commentare",
        "Ascolta il podcast su Spotify",
    ],
    "ja": ["このページを印刷する", "一覧へ戻る", "広告スペース"],
    "nl": [
        "Bewaar dit recept",
        "Terug naar het overzicht",
        "Advertentieruimte",
        "Log in om te reageren",
        "Abonneer je op Spotify of Deezer",
    ],
    "pl": ["Wydrukuj ten przepis", "Powrót do listy", "Miejsce na reklamę", "Zaloguj się, aby komentować"],
    "pt": ["Imprimir a receita", "Voltar à lista", "Espaço publicitário", "Faça login para comentar"],
    "ru": [
        "Распечатать статью",
        "Вернуться к списку",
        "Рекламное место",
        "Войдите, чтобы комментировать",
        "Слушайте нас на YouTube",
    ],
    "tr": ["Tarifi yazdır", "Listeye dön", "Reklam alanı", "Yorum yapmak için giriş yapın"],
}
# Sentences and headings of an article that begin with the same words.
SENTENCES = {
    "cs": ["Film vznikl ve spolupráci s policií.", "Banka za převod účtuje malou provizi."],
    "de": [
        "Diese Sendung wurde präsentiert von Rudi Carrell und lief zehn Jahre.",
        "Einige Links im Verein bringen uns zum Lachen.",
        "Das Interview wird für den Minister zum Problem.",
        "Der Text ist für die Richter eindeutig.",
        "Der Beitrag wird nur alle zwei Jahre erhöht.",
        "Kein Spam mehr im Postfach: Behörde greift durch",
        "Jede Woche verschickt die Partei einen Newsletter an ihre Mitglieder.",
        "Zurück zur Natur wollte der Verein nie, er wollte nur einen neuen Steg.",
        "Die Anzeige kam nach der Werbung für das Boot, und sie kam anonym.",
        "In diesem Artikel steht nichts, was der Bürgermeister nicht wüsste.",
        "Die Masken wurden den Schulen kostenlos zur Verfügung gestellt.",
        "Das Video entstand in Zusammenarbeit mit der Polizei.",
        "Die Ausgabe wurde unterstützt von drei Stiftungen.",
        "Folgen Sie dem Richter auf Spotify, und Sie hören ein anderes Land.",
        "Foto Verein Nord",
    ],
    "en": [
        "The documents can be republished, the court decided on Friday.",
        "The story was supported by three witnesses who saw the ship leave.",
        "Some of the links between the islands make us a laughing stock.",
        "The links between islands pay us nothing.",
        "If you buy a share in the ship, I may receive a fee, the broker admitted.",
        "This report contains forward-looking statements, which the auditors called reckless.",
        "Members can vote on Saturday, and the result will be known on Sunday.",
        "Members get a vote in May.",
        "Not a member of the club, he waited outside.",
        "This article is made possible by a mistake of the printer.",
        "Follow us on a journey through the islands",
        "Find us on a Saturday night and we will be dancing, they wrote.",
        "Enter your email and lose your savings: how the fraud works",
        "Print this recipe for a disaster and pin it to the door, one councillor muttered.",
        "Back to the list of rotten jetties it went, for the third year in a row.",
        "The forward-looking statements of the mayor were few, and none came true.",
        "Join 300 volunteers and you will still not have enough hands for this jetty.",
        "Rain – and more rain",
        "The minister travelled as a guest of a Russian oligarch, the inquiry found.",
        "If you buy a house there, the agents receive a fee of five percent.",
        "The prospectus contains forward-looking statements, the regulator noted.",
        "The bank takes a small fee when a pound becomes a euro.",
        "Find the show on Spotify, and you find a country arguing with itself.",
        "Watch the new film on Spotify",
        "Listen to the judge on Spotify: a decision and its long shadow",
        "Join 300 fellow sceptics and read the letter of the council",
    ],
    "es": [
        "Los terrenos nos fueron cedidos gratuitamente por el ayuntamiento.",
        "Este programa está patrocinado por el gobierno, denunció la oposición.",
        "Cada lunes el alcalde escribe en Facebook.",
        "Los terrenos fueron cedidos gratuitamente por el ayuntamiento en 1998.",
        "Escucha a los jueces en Spotify y verás que nadie ha entendido nada.",
        "El banco cobra una pequeña comisión por cada recibo.",
        "Foto Oficial Presidencial",
    ],
    "fr": [
        "Les bateaux nous ont été prêtés gratuitement par la région.",
        "Pour accéder à la plage, il faut s'inscrire.",
        "Pour soutenir les pêcheurs, il faut des dons.",
        "Cet article est réservé aux hommes, disait le règlement.",
        "Chaque jeudi, le maire envoie une newsletter aux pêcheurs.",
        "Chaque matin, le maire écrit sur Facebook.",
        "Chaque semaine, la communauté se réunit.",
        "Retour à la liste des pontons pourris, pour la troisième année de suite, selon le maire.",
        "Chaque jeudi, le meilleur pêcheur du village s'assied au bout du ponton.",
        "Les masques ont été fournis gratuitement par la région.",
        "L'agence touche une commission sur chaque planche.",
        "Écoutez les pêcheurs sur Spotify et vous comprendrez le ponton.",
    ],
    "it": [
        "Ogni lunedì il sindaco scrive su Facebook.",
        "Se acquisti una casa, la commissione è del tre per cento.",
        "Ascolta i pescatori su Spotify e capirai il pontile.",
        "Foto Ricordo Storica",
    ],
    "nl": [
        "De tests worden door de gemeente gratis ter beschikking gesteld.",
        "Luister naar de rechter op Spotify en je hoort een ander land.",
        "Foto Museum Rotterdam",
    ],
    "pl": [
        "Ten film powstał przy wsparciu rządu.",
        "W każdy poniedziałek burmistrz pisze na Facebooku.",
        "Film powstał we współpracy z policją.",
        "Bank pobiera za to niewielką prowizję.",
    ],
    "pt": [
        "Estas imagens podem ser reproduzidas apenas com ordem do juiz.",
        "Todo dia o prefeito escreve no Facebook.",
        "O terreno foi cedido gratuitamente pela junta em 1998.",
        "O banco cobra uma pequena comissão.",
    ],
    "ru": [
        "Материал подготовлен при поддержке прокуратуры и лёг в основу дела.",
        "Каждое утро рыбаки читают телеграм-канал мэра.",
        "Текст подготовлен совместно с юристами министерства.",
        "Фото Большой Победы",
    ],
    "tr": [
        "Her pazar köy telegram üzerinden toplanıyor.",
        "Acenteler her satıştan komisyon alıyor.",
        "Mirastan küçük bir pay aldı.",
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


@pytest.mark.parametrize(
    "line",
    [
        "▶ The Scarra ferry and its engine: the radio report (3:12)",
        "🎧 Podcast: winter without the Scarra ferry 24:10",
        "► Gale over the western lighthouse (1:20)",
    ],
)
def test_a_recording_is_no_line_of_the_article_it_is_of(line: str) -> None:
    assert rules_of(*TOP, TITLE, BODY[0], line, *BODY[1:], *END)[line] == (PROMPTS, "related_teaser")


@pytest.mark.parametrize(
    "line",
    [
        "🥇 Kelvin Kiptum 2:00:35",
        "⚽ Scotland v Norway, Hampden Park, 20:45",
        "★ Choir at the town hall 19:30",
        "→ Ferry leaves Scarra at 7:15",
        "✔ Doors open at the old mill 18:30",
        "▶ The ferry to Scarra broke its engine (3:12)",  # of the article, and no word for a recording
        "Save £300 a year",
        "£5 off every fare",
        "Book today or stay on land",
        "No room at the inn: book your table by noon",
        "Terms and conditions apply",
        "Early bird",
        "Every Monday at the town hall",
        "Every week a new list",
        "Join the march at the harbour at 14:30",
        "▶ Radio interview with the mayor, 20:45",
        "🔊 Watch the choir at the town hall 19:30",
        "► Recording of the will begins at 14:30",
    ],
)
def test_one_sign_of_a_prompt_is_not_enough_in_a_copied_page(line: str) -> None:
    assert line in kept(*TOP, TITLE, BODY[0], line, *BODY[1:], *END)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("cs", "Hasiči v akci"),
        ("tr", "Aşı kampanyası köylerde"),
        ("de", "Wenig Wohnungen im Angebot"),
        ("es", "Suelo público en oferta"),
        ("it", "Terreni in offerta"),
        ("ru", "Скидки для пенсионеров отменят"),
        ("nl", "Grond in de aanbieding"),
        ("fr", "Terrains en promotion"),
        ("en", "Capital at risk"),
    ],
)
def test_a_word_of_an_offer_that_articles_have_is_one_sign_in_a_copied_page(language: str, line: str) -> None:
    first, second = PARAGRAPHS[language]
    assert line in kept(*TOP, TITLE, first, line, second, *END)


@pytest.mark.parametrize(
    ("line", "reason"), [("Save £300 a year at lanternshop.example", None), ("Sign up and save £300 a year", "")]
)
def test_words_of_an_offer_are_one_sign(line: str, reason: str | None) -> None:
    assert (line in kept(*TOP, TITLE, BODY[0], line, *BODY[1:], *END)) == (reason is None)


@pytest.mark.parametrize(
    ("line", "rule"),
    [("Watch The Lantern", None), ("The Lantern by e-mail", (PROMPTS, "newsletter_prompt"))],
)
def test_two_signs_of_a_prompt_are_enough(line: str, rule: tuple[str, str] | None) -> None:
    assert rules_of(*TOP, TITLE, BODY[0], line, *BODY[1:], *END).get(line) == rule


def test_a_heading_about_a_company_is_of_a_copied_page_only() -> None:
    heading = "About the group"
    assert kept(TITLE, *BODY[:2], heading, BODY[2]) == [TITLE, *BODY[:2], heading, BODY[2]]
    about = "The Western Lines group runs nine ships."
    lines = rules_of(*TOP, TITLE, *BODY, heading, about, *END)
    assert lines[heading] == lines[about]
    assert (lines[about][0].partition("/")[0], lines[about][1]) == ("biography", "site_furniture")


def test_a_section_about_the_company_of_the_article_stays() -> None:
    lines = ["About the company", "The ferry to Scarra and its engine belong to the company, and so does the winter."]
    assert kept(*TOP, TITLE, *BODY, *lines, *END) == [TITLE, *BODY, *lines]


@pytest.mark.parametrize(
    "heading",
    [
        "The author",
        "About me",
        "Who writes this",
        "Meet the author",
        "Die Autorin",
        "Quién soy",
        "La autora",
        "L'autore",
        "Chi scrive",
        "Autor",
        "Kim jestem",
        "Kto pisze",
        "Quem escreve",
        "Автор",
    ],
)
def test_a_heading_that_may_be_of_the_article_and_no_sign_of_a_biography_below_it_stay(heading: str) -> None:
    assert kept(TITLE, *BODY[:2], heading, BODY[2]) == [TITLE, *BODY[:2], heading, BODY[2]]


def test_below_the_mark_of_an_advertisement_a_line_is_no_photographer() -> None:
    first, second = PARAGRAPHS["nl"]
    assert "Foto Museum Rotterdam" in kept(first, "Advertentie", "Foto Museum Rotterdam", second)


@pytest.mark.parametrize("buttons", [("Subscribe now", "Share this article"), ("Advertisement", "Sign up here")])
def test_a_byline_says_that_the_buttons_of_a_short_copy_are_buttons(buttons: tuple[str, str]) -> None:
    lines = [BODY[0], buttons[0], BODY[1], buttons[1], BODY[2]]
    assert kept(TITLE, "By Una Breck", *lines) == [TITLE, *BODY]
    assert kept(TITLE, *lines) == [TITLE, *lines]  # nothing else says that it was copied


def test_a_dated_sentence_below_a_heading_is_no_comment() -> None:
    said = ["The premier wrote on 3 May: We will build it.", "Her rival said in 2019: Never."]
    for line in said:
        assert kept(TITLE, *BODY, "Comments", line) == [TITLE, *BODY, "Comments", line]
    written = ["Anna Bos wrote on 3 May: About time.", "Reply Report"]
    assert kept(*TOP, TITLE, *BODY, "Comments", *written) == [TITLE, *BODY]


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


@pytest.mark.parametrize(
    ("language", "line"),
    [("ru", "Фото Ильи Снегова"), ("nl", "Foto Anne-Marie Bos"), ("nl", "Foto J. Kos"), ("es", "Foto Ana O'Shea")],
)
def test_a_photographer_may_be_named_without_a_colon_beside_furniture(language: str, line: str) -> None:
    first, second = PARAGRAPHS[language]
    assert kept(first, "Facebook | WhatsApp | Twitter", line, second) == [first, second]
    assert kept(first, line, second) == [first, line, second]


def test_a_noun_with_a_small_letter_is_no_photographer() -> None:
    first, second = PARAGRAPHS["ru"]
    assert "Фото года на причале" in kept(first, "Facebook | WhatsApp | Twitter", "Фото года на причале", second)


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
