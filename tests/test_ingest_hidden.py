"""Hidden text: an article that a script shows later is read and reported, dialogs and menus stay hidden."""

import pytest

from allegata.ingest.add import add
from allegata.ingest.html import read_page
from allegata.recipe.article import clean_html
from allegata.schema.problems import ProblemsFound

GERMAN = "Der Stadtrat hat am Montag den Bau der neuen Brücke beschlossen, die im Herbst {} beginnen soll."
SPANISH = "El ayuntamiento aprobó el lunes el proyecto del puente número {}, que comenzará en otoño."
JAPANESE = (
    "市議会は月曜日に新しい橋の建設を承認し、工事は秋に始まる予定であると市長が記者会見で{}番目に述べたと発表した。"
)


def article(sentence: str, first: int = 0, last: int = 6) -> str:
    return "".join(f"<p>{sentence.format(n)} {sentence.format(n + 50)}</p>" for n in range(first, last))


NAV = "<nav><a href=/>Start</a> <a href=/b>Politik</a></nav>"


@pytest.mark.parametrize("sentence", [GERMAN, SPANISH, JAPANESE])
@pytest.mark.parametrize(
    "page",
    [
        '<html style="display:none"><body>{}',
        '<html class="x" hidden><body>{}',
        '<body style="visibility: hidden">{}',
        "<body>" + NAV + "<main hidden>{}</main><footer>Impressum</footer>",
        "<body><h1>Brücke</h1><div id=c style='opacity:0;visibility:hidden'>{}</div><p>12 Kommentare",
        "<body>" + NAV + "<div style='display:none'><section hidden>{}</section></div>",
        "<body style='display:none'><main hidden>{}</main>",
        "<body>" + NAV + "<article style='clip:rect(0,0,0,0);position:absolute'>{}</article>",
    ],
)
def test_an_article_that_the_markup_hides_is_read_and_reported(page, sentence):
    body = article(sentence)
    read = read_page(page.format(body))
    shown = read_page(body).source_text
    assert shown in read.source_text
    assert read.shown >= len(shown)
    (notice,) = read.notices
    assert (notice.kind, f"{read.shown:,} characters" in notice.text) == ("hidden_text", True)


@pytest.mark.parametrize(
    "box",
    [
        "<div id=cookie-wall hidden>{}</div>",
        "<dialog>{}</dialog>",
        "<div style='display:none' role=dialog>{}</div>",
        "<div style='display:none' aria-modal=true>{}</div>",
        "<div class='newsletterPopup' style='display:none'>{}</div>",
        "<div id=consentBox><div><div class=top-center style='display:none'>{}</div></div></div>",
        "<div style='display:none'><input type=checkbox name='cookieGroup[]'>{}</div>",
        "<amp-lightbox hidden>{}</amp-lightbox>",
        "<header><div style='display:none'>{}</div></header>",
        "<footer><div hidden>{}</div></footer>",
        "<nav><div hidden>{}</div></nav>",
        "<div style='display:none'><a href=/x>{}</a></div>",
    ],
)
def test_dialogs_menus_and_cookie_walls_stay_hidden(box):
    hidden = "<p>Wir und unsere 800 Partner speichern Daten auf Ihrem Gerät und lesen sie aus.</p>" * 4
    body = f"<body>{NAV}<article>{article(GERMAN)}</article>{box.format(hidden)}"
    page = read_page(body)
    assert "Partner" not in page.source_text
    assert (page.shown, page.notices) == (0, ())


@pytest.mark.parametrize("data", ['{{"a": "{}"}}', '[["{}"]]', "&lt;p>{}&lt;/p>", "UGRpdiBjbGFzcz0ic3At" * 40 + "{}"])
def test_data_of_scripts_stay_hidden(data):
    box = data.format(GERMAN.format(1) * 20)
    assert read_page(f"<body><p>Kurz</p><div style='display:none'>{box}</div>").source_text == "Kurz"


def test_a_copy_of_what_is_visible_stays_hidden():
    body = article(SPANISH)
    page = read_page(f"<body><article>{body}</article><article style='display:none'>{body * 3}</article>")
    assert page.source_text == read_page(f"<article>{body}</article>").source_text


@pytest.mark.parametrize("sentence", [GERMAN, SPANISH, JAPANESE])
@pytest.mark.parametrize(
    "page",
    [
        "<article><section>{}<a href=#>Mehr lesen</a></section><section style='display:none'>{}</section></article>",
        "<main><div>{}<button>Leer más</button><div hidden>{}</div></div></main>",
        "<article>{}<div class=rest style='display:none'>{}</div><p>Teilen</p></article>",
    ],
)
def test_what_read_more_shows_is_read(page, sentence):
    read = read_page("<body>" + NAV + page.format(article(sentence, 0, 5), article(sentence, 5, 7)))
    assert read_page(article(sentence, 5, 7)).source_text in read.source_text
    assert read.shown


def test_the_rest_of_a_paragraph_is_read_in_its_line():
    sentence = "Die Brücke wird im Herbst gebaut, sagte die Bürgermeisterin am Montag."
    rest = "Danach ist die Straße für ein Jahr gesperrt, und der Verkehr wird über die alte Furt geführt, hieß es."
    page = read_page(f"<article><p>{sentence} <span style='display:none'>{rest}</span></p></article>")
    assert page.source_text == f"{sentence} {rest}"


def test_a_page_that_hides_all_in_a_template_is_a_problem(tmp_path):
    (tmp_path / "a.html").write_text(f"<body><p>.</p><template>{article(GERMAN)}</template>")
    with pytest.raises(ProblemsFound, match=r"a.html: shows 1 characters, and hides 1,\d\d\d in"):
        add([tmp_path / "a.html"], tmp_path / "corpus")


def test_a_page_with_a_large_dialog_says_that_it_was_not_read():
    page = read_page(f"<body><p>{GERMAN.format(1)}</p><p>Ende der kurzen Meldung</p><dialog>{article(GERMAN)}</dialog>")
    assert "were not read" in page.notices[0].text


def test_cleaning_carries_the_notice():
    markup = f"<body><main hidden><h1>Brücke beschlossen</h1>{article(GERMAN)}</main>"
    cleaned = clean_html(f"<meta charset=utf-8>{markup}".encode())
    assert [notice.kind for notice in cleaned.notices] == ["hidden_text"]
    assert GERMAN.format(3) in cleaned.text


STREAM = '<script>$RC("B:0","S:0")</script>'


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (f'<p>a</p><template id="B:0"></template><p>z</p><div hidden id="S:0"><p>b</p></div>{STREAM}', "a b z"),
        (
            '<p>a</p><template id="B:1"></template><p>z</p><div hidden id="S:0"><p>b</p></div>'
            '<script>$RC=function(a,b){};$RC("B:1","S:0")</script>',
            "a b z",
        ),
        (
            f'<template id="B:0"></template><p>z</p><div hidden id="S:0"><p>b</p><template id="P:1"></template></div>'
            f'<div hidden id="S:1"><p>c</p></div><script>$RS("S:1","P:1")</script>{STREAM}',
            "b c z",
        ),
        ('<template id="B:a"></template><p>z</p><div hidden id="S:a"><p>b</p></div>', "b z"),
        ('<p>z</p><div hidden id="S:2"><p>b</p></div>', "z b"),
        (
            '<table><tbody><template id="P:4"></template></tbody></table><p>z</p>'
            '<table hidden><tbody id="S:4"><tr><td>b</table><script>$RS("S:4","P:4")</script>',
            "b z",
        ),
        (f'<p>a</p><div hidden id="S:0"><p>b</p><template id="B:0"></template></div>{STREAM}', "a b"),
    ],
)
def test_streamed_parts_stand_in_their_places(page, text):
    assert read_page(f"<body>{page}").source_text.split() == text.split()


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<x-y><template shadowrootmode=open><p>in</p></template></x-y><p>z", "in z"),
        ("<x-y>lost<template shadowrootmode=closed><p>in</p></template></x-y>", "in"),
        (
            "<x-y><b>light</b> text<template shadowrootmode=open><i>a</i> <slot></slot> <i>z</i></template></x-y>",
            "a light text z",
        ),
        (
            "<x-y><template shadowrootmode=open><h1><slot name=t>none</slot></h1><slot>fallback</slot></template>"
            "<b slot=t>Title</b></x-y>",
            "Title fallback",
        ),
        (
            "<x-y><template shadowRootMode=open><p>a <slot name=s></slot></p><q-z><template shadowrootmode=open>"
            "<p>[<slot></slot>]</p></template>inner</q-z></template><u slot=s>one</u><u slot=s>two</u></x-y>",
            "a onetwo [inner]",
        ),
        ("<x-y><template shadowrootmode=open><p>a</p></template><template shadowrootmode=open>b</template></x-y>", "a"),
        ("<x-y><template><p>in</p></template></x-y><p>z", "z"),
    ],
)
def test_a_shadow_root_is_what_its_host_shows(page, text):
    assert read_page(f"<body>{page}").source_text.split() == text.split()
