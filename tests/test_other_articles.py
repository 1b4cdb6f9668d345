"""Other articles on a page: those that follow its own, and pages that only list others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import allegata
from test_clean_web import PARAGRAPHS, sentences

# Headlines and lines of an invented paper in five languages, with what its links to more say.
NEWS = {
    "en": ("News", "Read more", [
        ("Dam at Orrin Water fails its test", "The owner wrote to the council that the wall moved by a hand."),
        ("School in Harrow closes for a week", "Two classes had been without heating since the storm, parents heard."),
        ("Bridge tolls to rise in spring", "Drivers will pay forty pence more, and cyclists nothing, it is said."),
        ("Library lends out its tools", "Anyone with a card may borrow a drill for three days, and a ladder for one."),
        ("Ferry back after repairs", "The boat had lain in the yard for six weeks because of a crack in the shaft."),
        ("Market moves to the square", "Traders had asked for more room, and for a roof over the fish stalls."),
    ]),
    "de": ("Aktuelles", "Weiterlesen", [
        ("Damm an der Orre besteht Prüfung nicht", "Die Mauer habe sich um vier Millimeter bewegt, hieß es."),
        ("Schule in Harrau schließt eine Woche", "Zwei Klassen waren ohne Heizung, erfuhren die Eltern."),
        ("Brückenmaut steigt im Frühjahr", "Autofahrer zahlen vierzig Cent mehr, Radfahrer zahlen nichts."),
        ("Bücherei verleiht Werkzeug", "Wer einen Ausweis hat, darf eine Bohrmaschine drei Tage behalten."),
        ("Fähre fährt wieder", "Das Boot lag sechs Wochen in der Werft, weil die Welle einen Riss hatte."),
        ("Markt zieht auf den Platz", "Die Händler hatten mehr Raum verlangt und ein Dach über den Ständen."),
    ]),
    "es": ("Noticias", "Leer más", [
        ("La presa del Orrin no pasa la prueba", "El muro se movió cuatro milímetros en una noche, según el dueño."),
        ("La escuela de Harro cierra una semana", "Dos clases estaban sin calefacción desde la tormenta del lunes."),
        ("El peaje del puente sube en primavera", "Los conductores pagarán cuarenta céntimos más que hoy."),
        ("La biblioteca presta herramientas", "Quien tenga carné puede llevarse un taladro tres días."),
        ("El transbordador vuelve al río", "El barco estuvo seis semanas en el astillero por una grieta en el eje."),
        ("El mercado se muda a la plaza", "Los vendedores habían pedido más espacio y un techo para el pescado."),
    ]),
    "ru": ("Новости", "Читать далее", [
        ("Плотина на Орре не прошла проверку", "Стена за одну ночь сдвинулась на четыре миллиметра, сообщил владелец."),
        ("Школа в Харрове закрывается на неделю", "Два класса после бури остались без отопления, узнали родители."),
        ("Проезд по мосту подорожает весной", "Водители заплатят на сорок копеек больше, а велосипедисты ничего."),
        ("Библиотека выдаёт инструменты", "По билету можно взять дрель на три дня, а лестницу на один день."),
        ("Паром снова ходит по реке", "Судно шесть недель простояло на верфи из-за трещины в валу, говорят там."),
        ("Рынок переезжает на площадь", "Торговцы просили больше места и крышу над рыбными рядами города."),
    ]),
    "ja": ("ニュース", "続きを読む", [
        ("オラ川のダム、検査に不合格", "所有者は、壁が一晩で四ミリ動いたと町議会に伝えた。町は住民に説明会を開く。"),
        ("ハロウの学校、一週間休校", "嵐の後、二つの教室で暖房が使えなくなったと校長が保護者に知らせた。"),
        ("橋の通行料、春に値上げ", "車は四十円高くなり、自転車は無料のままだと郡が金曜日に発表した。"),
        ("図書館が工具を貸し出し", "カードがあれば、ドリルを三日間、はしごを一日借りることができる。"),
        ("フェリー、修理を終えて再開", "船は軸のひびのため、六週間造船所に入っていた。再開は月曜日の朝になる。"),
        ("市場、広場へ移転", "商人たちは、より広い場所と魚売り場の屋根を求めていた。"),
    ]),
}  # fmt: skip


def around(language: str, main: str) -> bytes:
    name, _, _ = NEWS[language]
    top = f"<header><a href='/'>Orrin Post</a><nav><ul><li><a href='/a'>{name}</a></li></ul></nav></header>"
    head = f"<title>{name} | Orrin Post</title>"
    footer = "<footer><p>Orrin Post 2031</p></footer>"
    return f"<!doctype html><html lang={language}><head>{head}</head><body>{top}{main}{footer}</body></html>".encode()


def home(language: str) -> bytes:
    name, more, items = NEWS[language]
    cards = "".join(
        f"<article class='card'><h2><a href='/{n}'>{title}</a></h2><p>{line}</p><a href='/{n}'>{more}</a></article>"
        for n, (title, line) in enumerate(items)
    )
    return around(language, f"<main><h1>{name}</h1>{cards}</main>")


def links(language: str) -> bytes:
    name, _, items = NEWS[language]
    lines = "".join(f"<li><a href='/{n}'>{title}</a></li>" for n, (title, _) in enumerate(items))
    return around(language, f"<main><h1>{name}</h1><ul>{lines}</ul></main>")


def posts(language: str) -> bytes:
    _, more, items = NEWS[language]
    text = "".join(
        f"<div class='post'><h2><a href='/{n}'>{title}</a></h2><div class=meta>2031-03-0{n + 1}</div>"
        f"<p>{line} {items[n - 1][1]} {items[n - 2][1]}</p><p><a href='/{n}'>{more}</a></p></div>"
        for n, (title, line) in enumerate(items)
    )
    return around(language, f"<div id=content>{text}</div>")


def results(language: str) -> bytes:
    name, _, items = NEWS[language]
    found = "".join(
        f"<li class=result><h3><a href='/{n}'>{title}</a></h3><div>post.example/{n}</div><p>{line}</p></li>"
        for n, (title, line) in enumerate(items)
    )
    return around(language, f"<main><form><input name=q></form><h1>{name}: Orrin</h1><ol>{found}</ol></main>")


def own(language: str, more: str = "") -> bytes:
    """An article, with `more` behind it."""
    _, _, items = NEWS[language]
    text = "".join(f"<p>{line} {items[n - 1][1]} {items[n - 2][1]}</p>" for n, (_, line) in enumerate(items))
    return around(language, f"<main><article class='story'><h1>{items[0][0]}</h1>{text}</article>{more}</main>")


def kinds(page: bytes) -> list[str]:
    return [notice.kind for notice in allegata.clean_html(page).notices]


@pytest.mark.parametrize("language", NEWS)
@pytest.mark.parametrize("index", [home, links, posts, results])
def test_an_index_of_articles_is_said_to_be_none_in_any_language(index: Callable[[str], bytes], language: str) -> None:
    article = allegata.clean_html(index(language))
    assert [notice.kind for notice in article.notices] == ["not_an_article"]
    assert article.confidence is not None


@pytest.mark.parametrize("language", NEWS)
def test_an_article_above_a_list_of_others_is_one(language: str) -> None:
    _, _, items = NEWS[language]
    cards = "".join(f"<article><h3><a href='/{n}'>{a}</a></h3><p>{b}</p></article>" for n, (a, b) in enumerate(items))
    article = allegata.clean_html(own(language, f"<section>{cards}</section>"))
    assert article.notices == ()
    assert items[0][0] in article.text
    assert items[3][0] not in article.text
    assert article.text.count(items[3][1]) == 3  # of its own three paragraphs, not of the card


SECOND = [sentences(200 + at, 4) for at in range(4)]


def follows(first: str, second: str, level: int = 1) -> str:
    """The clean text of a page of two articles, in boxes with those attributes."""
    texts = [(first, "Council keeps the bridge", PARAGRAPHS), (second, "Ferry sold to the islands", SECOND)]
    boxes = ""
    for box, title, text in texts:
        paragraphs = "".join(f"<p>{one}</p>" for one in text)
        boxes += f"<{box}><header><h{level}>{title}</h{level}></header>{paragraphs}</{box.split()[0]}>"
    return allegata.clean_html(around("en", f"<main>{boxes}</main>")).text


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("article class='post-1 post'", "article class='post-2 post'", 1),
        ("article", "article", 1),
        ("div class='story-block'", "div class='story-block'", 1),
        ("div class='story' data-url='/bridge'", "div class='story' data-url='/ferry'", 2),
        ("section itemid='https://post.example/a'", "section itemid='https://post.example/b'", 3),
    ],
)
def test_an_article_that_follows_in_a_box_of_the_same_template_leaves(first: str, second: str, level: int) -> None:
    text = follows(first, second, level)
    assert all(one in text for one in PARAGRAPHS)
    assert not any(one in text for one in SECOND)


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("div", "div", 1),  # nothing says that they are of one template
        ("section class='part-1'", "section class='part-2'", 1),
        ("div class='row'", "section class='row'", 1),
        ("div class='part'", "div class='part'", 2),  # chapters
        ("div class='part' data-url='/bridge'", "div class='part' data-url='/bridge#two'", 2),  # of one address
    ],
)
def test_a_second_part_of_an_article_stays(first: str, second: str, level: int) -> None:
    text = follows(first, second, level)
    assert all(one in text for one in [*PARAGRAPHS, *SECOND])


def test_a_guide_that_is_made_of_cards_is_kept() -> None:
    cards = "".join(
        f"<article><h3><a href='/{n}'>Harbour house {n}</a></h3><p>{sentences(n, 3)}</p></article>" for n in range(20)
    )
    text = allegata.clean_html(around("en", f"<main><h1>Where to eat</h1><p>{PARAGRAPHS[0]}</p>{cards}</main>")).text
    assert sentences(7, 3) in text


def test_the_box_of_another_article_is_the_reason() -> None:
    page = f"<main><article><h1>One</h1>{''.join(f'<p>{one}</p>' for one in PARAGRAPHS)}</article>"
    page += f"<article><h1>Two</h1><p>{SECOND[0]}</p></article></main>"
    removals = allegata.clean_html(around("en", page)).removals
    assert any("the box of another article" in removal.evidence and SECOND[0] in removal.text for removal in removals)
