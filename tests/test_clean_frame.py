"""Copied pages of any language: what stands around an article and in it leaves by its place; what looks
so in a text that was not copied stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.clean.stage import clean_source_text

pytestmark = pytest.mark.usefixtures("the_rules_alone")
FRAME, PROMPTS = "frame/2", "prompts/3"

BODY = [
    "The ferry to Scarra will not sail this winter, because its engine broke on the last trip of October.",
    "The council has asked three yards on the mainland for a price, and only one of them has answered so far.",
    "Islanders who need a doctor are flown out from the football pitch, weather permitting, by the coastguard.",
]
TWO_MORE = [
    *BODY[1:],
    "Nobody on the island has seen the engine since, and the yard has not called back for weeks.",
    "The doctor says that she has never been so often in a helicopter as in this one winter.",
]
TITLE = "Scarra ferry stays in harbour until a yard finds an engine"
TOP = ["Skip to content", "The Scarra Lantern", "News | Sport | Weather | Jobs"]
END = ["Read more: Why the lighthouse went dark", "3 comments", "Privacy policy | Contact us | Advertise"]


def kept(*lines: str) -> list[str]:
    """The lines that stay."""
    text = "\n".join(lines)
    return clean_source_text(text).offsets.apply(text).split("\n")


def rules_of(*lines: str) -> dict[str, tuple[str, str]]:
    """Removed lines, each with its rule and reason."""
    text = "\n".join(lines)
    return {
        part.strip(): (removal.rule, removal.reason)
        for removal in clean_source_text(text).removals
        for part in removal.span.quote(text).split("\n")
        if part.strip()
    }


def test_only_the_article_of_a_copied_page_stays() -> None:
    assert kept(*TOP, TITLE, *BODY, *END) == [TITLE, *BODY]


def test_lines_among_furniture_above_the_headline_leave_whatever_they_say() -> None:
    page = [*TOP, "Your window on the western isles since 1904", "Menu", TITLE, *BODY, *END]
    assert rules_of(*page)["Your window on the western isles since 1904"] == (FRAME, "site_furniture")
    assert kept(*page) == [TITLE, *BODY]


def test_a_line_of_more_than_a_dozen_words_is_no_furniture_above_the_headline() -> None:
    line = "Your window on the western isles and their harbours {}day since 1904"
    dozen, longer = line.format(""), line.format("every ")
    assert [len(one.split()) for one in (dozen, longer)] == [12, 13]
    assert kept(*TOP, dozen, "Menu", TITLE, *BODY, *END) == [TITLE, *BODY]
    assert kept(*TOP, longer, "Menu", TITLE, *BODY, *END) == [longer, TITLE, *BODY]


def test_a_line_about_the_writer_is_the_first_of_the_end_and_leaves_with_it() -> None:
    about = "Una Mackie on the western isles"
    page = [*TOP, TITLE, "By Una Mackie", *BODY, about, *END]
    assert kept(*page) == [TITLE, *BODY]
    assert rules_of(*page)[about] == (FRAME, "author_biography")


@pytest.mark.parametrize("label", ["Sport", "Breaking news"])
def test_a_label_that_is_no_name_stays_where_no_other_furniture_is(label: str) -> None:
    assert kept(label, TITLE, *BODY) == [label, TITLE, *BODY]
    assert kept("Business News", TITLE, *BODY) == [TITLE, *BODY]


@pytest.mark.parametrize(("blanks", "leaves"), [(2, True), (3, False)])
def test_a_headline_of_another_article_is_known_where_few_paragraphs_stand_apart(blanks: int, leaves: bool) -> None:
    foreign = "Harbour Board Votes To Close Pier"
    apart = [f"\n{line}" if number <= blanks else line for number, line in enumerate(TWO_MORE, 1)]
    lines = [TITLE, BODY[0], *apart[:3], f"\n{foreign}", "Ministers Deny Secret Budget Talks", *apart[3:]]
    assert (foreign not in kept(*lines)) is leaves


def test_what_the_article_is_about_stays_above_its_headline() -> None:
    assert kept(*TOP, "Ferry", TITLE, *BODY, *END) == ["Ferry", TITLE, *BODY]


def test_a_headline_in_other_words_than_its_article_stays() -> None:
    headline = "Stuck fast, and nobody to call"
    assert kept(*TOP, headline, "The Scarra Lantern, 3 November 2031", "By Una Mackie", *BODY, *END)[0] == headline


def test_news_in_brief_above_the_headline_leaves() -> None:
    flash = "Breaking: Gale warning for all western waters"
    assert rules_of(*TOP, flash, TITLE, *BODY, *END)[flash] == (FRAME, "ticker")


def test_comments_without_names_in_front_leave_below_the_line_that_opens_them() -> None:
    talk = ["Morag", "My grandmother rowed it twice a week and nobody called that a service interruption."]
    page = [*TOP, TITLE, *BODY, "Read more: Why the lighthouse went dark", "2 comments", *talk, *END[2:]]
    assert kept(*page) == [TITLE, *BODY]
    assert all(rules_of(*page)[line][1] == "comments" for line in talk)


def test_prose_of_the_article_below_an_intrusion_stays() -> None:
    page = [*TOP, TITLE, *BODY[:2], "Read more: Why the lighthouse went dark", BODY[2], *END]
    assert kept(*page) == [TITLE, *BODY]


def test_the_box_of_the_bylines_author_leaves_whatever_its_verb() -> None:
    box = "Una Mackie breeds sheepdogs and has missed more ferries than she cares to count."
    page = [*TOP, TITLE, "By Una Mackie", *BODY, *END[:1], box, *END[1:]]
    assert rules_of(*page)[box][1] == "author_biography"


def test_an_article_that_is_about_its_author_stays() -> None:
    """Both lines begin as a box about the author does: there is no article above the second that it could end."""
    said = [
        "Una Mackie breeds sheepdogs and has missed more ferries than she cares to count.",
        "Una Mackie leaves Scarra on the next one, with all of her dogs and most of her books.",
    ]
    assert kept(*TOP, TITLE, "By Una Mackie", *said, *END) == [TITLE, *said]


def test_sources_without_numbers_leave_below_their_heading() -> None:
    sources = ["Sources", "Mackie, U. (2019). Ferries of the western isles. Lantern Press.", "Harbour survey, 2023"]
    assert kept(*TOP, TITLE, *BODY, *sources, *END) == [TITLE, *BODY]
    assert rules_of(*TOP, TITLE, *BODY, *sources, *END)[sources[1]] == (FRAME, "reference_list")


def test_a_table_of_contents_leaves_and_its_headings_stay() -> None:
    heads = ["The engine", "The price", "The doctor"]
    article = [line for pair in zip(heads, BODY, strict=True) for line in pair]
    assert kept(*TOP, TITLE, *heads, *article, *END) == [TITLE, *article]


def test_equal_rows_of_a_table_are_no_contents() -> None:
    rows = ["Scarra", "No sailing", "Holm", "No sailing", "Scarra", "Holm"]
    assert [line for line in kept(*TOP, TITLE, BODY[0], *rows, *BODY[1:], *END) if line in rows] == rows


@pytest.mark.parametrize(
    "prompt",
    [
        "The Lantern carries no adverts: support us from £2 a month",
        "20% off oilskins this weekend with code GALE20",
        "📲 Join the Lantern on WhatsApp, it is free",
    ],
)
def test_prompts_between_paragraphs_leave(prompt: str) -> None:
    page = [*TOP, TITLE, BODY[0], prompt, *BODY[1:], *END]
    assert kept(*page) == [TITLE, *BODY]
    assert rules_of(*page)[prompt][1] in ("newsletter_prompt", "advertisement")


def test_a_paragraph_on_prices_and_members_stays() -> None:
    paragraph = "The ferry costs members of the island trust £2 a month, which the council pays to the harbour yards."
    assert paragraph in kept(*TOP, TITLE, BODY[0], paragraph, *BODY[1:], *END)


def test_an_article_below_a_count_of_comments_stays() -> None:
    assert kept(*TOP, TITLE, "5 comments", *BODY) == [TITLE, *BODY]


LISTS = [
    ["Ingredients", "500 g of flour", "3 eggs", "a pinch of salt", "Mix it well and leave it in the cold overnight."],
    ["Scarra: Mackie; Tulloch, Rendall, Isbister", "Holm: Drever; Linklater, Flett", "Goals: 1-0 Flett (12)"],
    ["Comments from the harbour", "Related questions", "More on the engine", "Yours faithfully", "Una Mackie"],
    ["Monday, 3 November", "9.00 The yard opens", "Tuesday, 4 November", "12.30 The engine is lifted"],
]


@pytest.mark.parametrize("lines", LISTS, ids=["recipe", "line-up", "headings", "timetable"])
def test_lists_of_a_text_that_was_not_copied_stay(lines: list[str]) -> None:
    text = [TITLE, BODY[0], *lines, *BODY[1:]]
    assert kept(*text) == text


@pytest.mark.parametrize("lines", LISTS[:2] + LISTS[3:], ids=["recipe", "line-up", "timetable"])
def test_lists_of_a_copied_page_stay(lines: list[str]) -> None:
    text = [TITLE, BODY[0], *lines, *BODY[1:]]
    assert kept(*TOP, *text, *END) == text


def test_short_lines_above_the_headline_of_a_text_that_was_not_copied_stay() -> None:
    text = ["Dear reader", "Winter timetable", "Pier and slipway", "All vessels", TITLE, *BODY]
    assert kept(*text) == text


def test_one_subheading_among_others_that_is_a_mark_elsewhere_stays() -> None:
    text = [TITLE, BODY[0], "The engine", BODY[1], "Advertisement", BODY[2], "The doctor", BODY[0] + " Again."]
    assert kept(*text) == text


_SPANISH = [
    "Había once relojes en casa de mi abuelo y ninguno daba la misma hora que los otros.",
    "Cuando murió nos los repartimos, y a mí me tocó el de la cocina, que siempre adelanta.",
]
OWN_LINES = [
    ["Essay", "No comments", TITLE, *BODY],  # the headline has two words, the line below it is its standfirst
    [TITLE, BODY[0], "Subscribe now", BODY[1], "Comments", BODY[2], "Share this article", BODY[0] + " Again."],
    ["Essay", TITLE, BODY[0], "The engine", BODY[1], "Your comments", BODY[2]],
    ["Crónica", "Última hora", "La hora del abuelo en once relojes viejos", *_SPANISH],
]


@pytest.mark.parametrize("text", OWN_LINES, ids=["headline", "subheadings", "label and subheading", "Spanish"])
def test_labels_and_subheadings_that_are_all_the_furniture_there_is_stay(text: list[str]) -> None:
    assert kept(*text) == text


def test_the_same_words_on_a_copied_page_leave() -> None:
    text = ["Essay", TITLE, BODY[0], "Subscribe now", BODY[1], BODY[2]]
    assert kept(*text, *END) == [TITLE, *BODY]


def test_rows_with_labels_above_the_end_of_a_page_are_no_headlines() -> None:
    rows = ["Ship data", "Length: 38 metres", "Burden: five tonnes", "Last painted: by the choir"]
    assert kept(*TOP, TITLE, *BODY, *rows, *END) == [TITLE, *BODY, *rows]
    headlines = ["Museum buys a loom", "Poetry: the moth and the lamp", "Baker wins a prize for rye"]
    assert kept(*TOP, TITLE, *BODY, *headlines, *END) == [TITLE, *BODY]


def test_rows_of_figures_above_the_end_of_a_page_are_no_headlines() -> None:
    rows = ["Harbour ward declared", "Reid (Green) 1,840", "Lund (Ind) 902", "Turnout 38.4 %"]
    assert kept(*TOP, TITLE, *BODY, *rows, *END) == [TITLE, *BODY, *rows]
    headlines = ["Museum buys a loom", "Baker wins a prize for rye", "Choir sings again as in 2025"]
    assert kept(*TOP, TITLE, *BODY, *headlines, *END) == [TITLE, *BODY]


PAGES = {
    "sv": (
        ["Hoppa till innehåll", "Skärgårdsbladet", "Nyheter | Sport | Kultur"],
        [
            "Färjan ligger kvar i hamn hela vintern",
            "Färjan till Skarö går inte i vinter, eftersom motorn gick sönder på höstens sista tur.",
        ],
        [
            "Läs också: Fyren som slocknade",
            "Kommentarer (2)",
            "Gun-Britt: Det var bättre på roddbåtarnas tid.",
            "Kontakt | Om cookies",
        ],
    ),
    "el": (
        ["Μετάβαση στο περιεχόμενο", "Ο Φανός", "ΑΡΧΙΚΗ | ΤΟΠΙΚΑ | ΑΘΛΗΤΙΚΑ"],
        [
            "Το καράβι μένει στο λιμάνι όλο τον χειμώνα",
            "Το καράβι της Σκάρας δεν θα ταξιδέψει τον χειμώνα, γιατί η μηχανή χάλασε στο τελευταίο δρομολόγιο.",
        ],
        [
            "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ: Ο φάρος που έσβησε",
            "Σχόλια (1)",
            "Μαρία: Πάλι τα ίδια κάθε χρόνο.",
            "Όροι χρήσης | Επικοινωνία",
        ],
    ),
    "ko": (
        ["본문 바로가기", "등대신문", "뉴스 | 스포츠 | 날씨"],
        [
            "겨우내 항구에 묶인 여객선",
            "스카라 섬으로 가는 여객선은 엔진이 마지막 운항에서 고장 나 이번 겨울 내내 항구를 떠나지 못한다.",
        ],
        [
            "관련기사",
            "불 꺼진 등대의 사연",
            "댓글 2개",
            "섬사람: 노를 젓던 때가 차라리 나았다.",
            "회사소개 | 광고문의 | 이용약관",
        ],
    ),
    "zh": (
        ["跳到主要内容", "灯塔网", "首页 | 新闻 | 体育"],
        [
            "渡轮整个冬天停在港口",
            "开往石屿的渡轮今年冬天不再开航,因为它的发动机在十月最后一班时坏了,岛上的居民只能坐直升机去看医生。",
        ],
        ["相关阅读:熄灭的灯塔", "网友评论(共1条)", "老船工:还不如从前划船的日子。", "关于我们 | 联系我们"],
    ),
    "hi": (
        ["मुख्य सामग्री पर जाएँ", "दीपस्तंभ संवाद", "होम | देश | खेल"],
        ["सर्दी भर बंदरगाह में रहेगी नाव", "द्वीप तक जाने वाली नाव इस सर्दी में नहीं चलेगी क्योंकि उसका इंजन आख़िरी फेरे में टूट गया है।"],
        ["यह भी पढ़ें: बुझा हुआ दीपस्तंभ", "टिप्पणियाँ", "सुरेश: पहले चप्पू से ही आना-जाना होता था।", "संपर्क करें | गोपनीयता नीति"],
    ),
    "he": (
        ["דלג לתוכן", "המגדלור", "ראשי | חדשות | ספורט"],
        [
            "המעבורת תישאר בנמל כל החורף",
            "המעבורת אל האי לא תפליג בחורף הזה, כי המנוע שלה התקלקל בהפלגה האחרונה של אוקטובר.",
        ],
        ["קראו גם: המגדלור שכבה", "תגובות", "משה: פעם היינו חותרים וזה הספיק.", "צור קשר | תנאי שימוש"],
    ),
    "fi": (
        ["Siirry sisältöön", "Majakan Sanomat", "Etusivu | Uutiset | Urheilu"],
        [
            "Lautta pysyy satamassa koko talven",
            "Lautta Skaraan ei kulje tänä talvena, koska sen moottori hajosi lokakuun viimeisellä matkalla.",
        ],
        [
            "Lue myös: Sammunut majakka",
            "Kommentit (1)",
            "Aino: Soutuveneellä pääsi ennen paremmin.",
            "Yhteystiedot | Tietosuoja",
        ],
    ),
    "uk": (
        ["Перейти до основного вмісту", "Маяк", "Головна | Новини | Спорт"],
        [
            "Пором усю зиму стоятиме в порту",
            "Пором на острів цієї зими не ходитиме, бо його двигун зламався під час останнього рейсу в жовтні.",
        ],
        [
            "Читайте також: Маяк, що згас",
            "Коментарі (1)",
            "Оксана: Колись і веслами добре обходилися.",
            "Контакти | Про нас",
        ],
    ),
}


@pytest.mark.parametrize("language", PAGES)
def test_pages_of_other_languages_lose_their_frame_alone(language: str) -> None:
    top, article, end = PAGES[language]
    assert kept(*top, *article, *end) == article


_LINES = st.lists(
    st.sampled_from(
        [
            *BODY,
            "The engine",
            "Una Mackie",
            "Holm 3, Scarra 1",
            "- three eggs",
            "When will it sail?",
            "Mackie: We wait.",
            "Ferry, engine, yard",
            "12.30",
            "Where the money went",
        ]
    ),
    min_size=1,
    unique=True,  # a paragraph that stands twice is furniture to other rules, and so is what stands below it
)


@settings(max_examples=60, deadline=None)
@given(_LINES)
def test_a_text_without_words_of_furniture_loses_nothing_by_its_frame(lines: list[str]) -> None:
    rules = {removal.rule for removal in clean_source_text("\n".join(lines)).removals}
    assert rules.isdisjoint((FRAME, PROMPTS))


def test_foreign_headlines_directly_above_the_end_of_an_article_leave_with_it() -> None:
    headlines = ["Lighthouse keeper paints the door", "Pier cat wins a second prize", "School bus gets new tyres"]
    page = [*TOP, TITLE, *BODY, *headlines, *END]
    assert {rules_of(*page)[line] for line in headlines} == {(FRAME, "related_teaser")}
    assert kept(*page) == [TITLE, *BODY]
