"""Plain text in thirteen languages: what leaves an article between its paragraphs and below it, and what looks so."""

from __future__ import annotations

import pytest

from allegata.clean.stage import clean_source_text

BODY = {
    "ar": (
        "سيهدم رصيف القوارب على الضفة الشمالية في الخريف لأن خشبه تعفن في ثلاثة مواضع منه.",
        "وقد أسندت البلدية العمل إلى شركة من القرية المجاورة تريد أن تبدأ في الربيع إن سمح الماء.",
    ),
    "cs": (
        "Molo na severním břehu bude na podzim strženo, protože dřevo je na třech místech shnilé.",
        "Obec práci zadala firmě z vedlejší vsi, která chce začít v květnu, pokud to voda dovolí.",
    ),
    "de": (
        "Der Steg am Nordufer wird im Herbst abgerissen, weil das Holz an drei Stellen morsch ist.",
        "Die Gemeinde hat den Auftrag an eine Firma aus dem Nachbarort vergeben, die im Mai beginnen will.",
    ),
    "en": (
        "The jetty on the north shore will be pulled down in autumn because its timber is rotten in three places.",
        "The parish has given the work to a firm from the next village, which wants to begin in May.",
    ),
    "es": (
        "El embarcadero de la orilla norte se derribará en otoño porque la madera está podrida en tres puntos.",
        "El municipio ha dado la obra a una empresa del pueblo vecino, que quiere empezar en mayo.",
    ),
    "fr": (
        "Le ponton de la rive nord sera démoli à l'automne parce que le bois est pourri en trois endroits.",
        "La commune a confié les travaux à une entreprise du village voisin, qui veut commencer en mai.",
    ),
    "it": (
        "Il pontile della riva nord sarà demolito in autunno perché il legno è marcio in tre punti.",
        "Il comune ha affidato i lavori a una ditta del paese vicino, che vuole cominciare a maggio.",
    ),
    "ja": (
        "北岸の桟橋は、木材が三か所で腐っているため、秋に取り壊されることになりました。",
        "町は隣の村の会社に工事を任せ、水位が許せば五月から始めたいとしています。",
    ),
    "nl": (
        "De steiger aan de noordoever wordt in de herfst afgebroken omdat het hout op drie plaatsen rot is.",
        "De gemeente heeft het werk aan een bedrijf uit het dorp ernaast gegeven, dat in mei wil beginnen.",
    ),
    "pl": (
        "Pomost na północnym brzegu zostanie jesienią rozebrany, bo drewno jest w trzech miejscach spróchniałe.",
        "Gmina powierzyła prace firmie z sąsiedniej wsi, która chce zacząć w maju, jeśli pozwoli na to woda.",
    ),
    "pt": (
        "O pontão da margem norte será demolido no outono porque a madeira está podre em três pontos.",
        "O município entregou a obra a uma empresa da aldeia vizinha, que quer começar em maio.",
    ),
    "ru": (
        "Причал на северном берегу осенью снесут, потому что доски в трёх местах совсем сгнили.",
        "Работу поручили фирме из соседней деревни, которая хочет начать в мае, если позволит вода.",
    ),
    "tr": (
        "Kuzey kıyısındaki iskele, ahşabı üç yerinden çürüdüğü için sonbaharda yıkılacak.",
        "Belediye işi komşu köyden bir şirkete verdi; şirket su izin verirse mayıs ayında başlamak istiyor.",
    ),
}


def decided(language: str, *lines: str) -> list[tuple[str, str]]:
    """Reason and text of what leaves an article of the two paragraphs of `language` and `lines`."""
    text = "\n".join(lines)
    return [(one.reason, one.span.quote(text).strip()) for one in clean_source_text(text).removals]


def part(text: str, first: int, last: int) -> str:
    """Some of the words of a text; without blanks three characters count as one, here."""
    return " ".join(text.split()[first:last]) if " " in text else text[3 * first + 1 : 3 * last + 1]


BETWEEN = [
    ("ar", "اقرأ أيضا: القوارب تعود إلى الضفة الجنوبية", "related_teaser"),
    ("ar", "اشترك في نشرتنا البريدية ليصلك جديد البحيرة", "newsletter_prompt"),
    ("ar", "إعلان", "advertisement"),
    ("cs", "Přečtěte si také: Lodě se vracejí na jižní břeh", "related_teaser"),
    ("cs", "Přihlaste se k odběru newsletteru od jezera", "newsletter_prompt"),
    ("cs", "Inzerce", "advertisement"),
    ("ja", "【関連記事】南岸に貸しボートが戻る", "related_teaser"),
    ("ja", "メールマガジンの登録はこちら", "newsletter_prompt"),
    ("ja", "広告", "advertisement"),
    ("ru", "Читайте также: Лодки возвращаются на южный берег", "related_teaser"),
    ("ru", "Подпишитесь на нашу рассылку о жизни озера", "newsletter_prompt"),
    ("ru", "РЕКЛАМА", "advertisement"),
    ("tr", "İLGİLİ HABER: Tekneler güney kıyısına dönüyor", "related_teaser"),
    ("tr", "Göl bültenimize abone olun", "newsletter_prompt"),
    ("tr", "REKLAM", "advertisement"),
    ("de", "Lesen Sie auch: Neue Boote für den Verleih am Südufer", "related_teaser"),
    ("de", "Anzeige", "advertisement"),
    ("de", "Jetzt unseren Newsletter abonnieren und nichts mehr verpassen", "newsletter_prompt"),
    ("en", "READ MORE: Boats return to the south shore", "related_teaser"),
    ("es", "Lea también: Vuelven las barcas a la orilla sur", "related_teaser"),
    ("es", "Suscríbete a nuestro boletín y recibe las noticias del lago", "newsletter_prompt"),
    ("fr", "À lire aussi : Les barques reviennent sur la rive sud", "related_teaser"),
    ("fr", "La suite après cette publicité", "advertisement"),
    ("fr", "Abonnez-vous à notre newsletter du lac", "newsletter_prompt"),
    ("it", "Leggi anche: Tornano le barche sulla riva sud", "related_teaser"),
    ("it", "Iscriviti alla newsletter del lago", "newsletter_prompt"),
    ("nl", "Lees ook: De boten komen terug op de zuidoever", "related_teaser"),
    ("nl", "Meld je aan voor onze nieuwsbrief", "newsletter_prompt"),
    ("pl", "Czytaj też: Łodzie wracają na południowy brzeg", "related_teaser"),
    ("pl", "Zapisz się na newsletter znad jeziora", "newsletter_prompt"),
    ("pt", "Leia também: Os barcos voltam à margem sul", "related_teaser"),
    ("pt", "Inscreva-se na nossa newsletter do lago", "newsletter_prompt"),
]


@pytest.mark.parametrize(("language", "line", "reason"), BETWEEN)
def test_furniture_between_paragraphs_leaves(language: str, line: str, reason: str) -> None:
    first, second = BODY[language]
    assert decided(language, first, line, second) == [(reason, line)]


BELOW = [
    ("ar", "الكلمات المفتاحية: الرصيف، البحيرة، البلدية", "keyword_list"),
    ("ar", "من نحن   اتصل بنا   سياسة الخصوصية", "site_furniture"),
    ("ar", "أضف تعليقا", "comments"),
    ("cs", "Klíčová slova: molo, jezero, obec", "keyword_list"),
    ("cs", "O nás   Kontakt   Ochrana osobních údajů", "site_furniture"),
    ("cs", "Přidat komentář", "comments"),
    ("ja", "タグ：桟橋　北岸　工事", "keyword_list"),
    ("ja", "会社概要　お問い合わせ　利用規約", "site_furniture"),
    ("ja", "コメントを書く", "comments"),
    ("ru", "Метки: причал, озеро, ремонт", "keyword_list"),
    ("ru", "Контакты   О проекте   Политика конфиденциальности", "site_furniture"),
    ("ru", "Оставить комментарий", "comments"),
    ("tr", "Etiketler: iskele, göl, belediye", "keyword_list"),
    ("tr", "Künye   İletişim   Gizlilik Politikası", "site_furniture"),
    ("tr", "Yorum yaz", "comments"),
    ("de", "Schlagwörter: Steg, Nordufer, Gemeinde", "keyword_list"),
    ("de", "Impressum   Datenschutz   AGB", "site_furniture"),
    ("de", "Schreibe einen Kommentar", "comments"),
    ("en", "Privacy   Cookies   Terms of use", "site_furniture"),
    ("es", "Etiquetas: embarcadero, lago, obras", "keyword_list"),
    ("es", "Aviso legal   Política de cookies   Contacto", "site_furniture"),
    ("es", "Deja un comentario", "comments"),
    ("fr", "Mots-clés : ponton, lac, travaux", "keyword_list"),
    ("fr", "Mentions légales   CGU   Nous contacter", "site_furniture"),
    ("fr", "Laisser un commentaire", "comments"),
    ("it", "Parole chiave: pontile, lago, lavori", "keyword_list"),
    ("it", "Privacy   Contatti   Chi siamo", "site_furniture"),
    ("it", "Lascia un commento", "comments"),
    ("nl", "Trefwoorden: steiger, meer, werken", "keyword_list"),
    ("nl", "Privacybeleid   Contact   Adverteren", "site_furniture"),
    ("nl", "Plaats een reactie", "comments"),
    ("pl", "Słowa kluczowe: pomost, jezioro, remont", "keyword_list"),
    ("pl", "Regulamin   Polityka prywatności   Kontakt", "site_furniture"),
    ("pl", "Dodaj komentarz", "comments"),
    ("pt", "Palavras-chave: pontão, lago, obras", "keyword_list"),
    ("pt", "Termos de uso   Política de privacidade   Contato", "site_furniture"),
    ("pt", "Deixe um comentário", "comments"),
]


@pytest.mark.parametrize(("language", "line", "reason"), BELOW)
def test_furniture_below_the_article_leaves(language: str, line: str, reason: str) -> None:
    assert decided(language, *BODY[language], line) == [(reason, line)]


HEAD = [
    ("ar", "بقلم: سلمى المثال", "نشر في: 3 مارس 2024 - 14:30"),
    ("cs", "Autor: Alma Příkladová", "Zveřejněno 3. března 2024 v 14:30"),
    ("ja", "文：見本花子", "公開日：2024年3月3日 14時30分"),
    ("ru", "Автор: Алма Примерова", "Опубликовано 3 марта 2024, 14:30"),
    ("tr", "Haber: Alma Örnek", "Yayınlanma tarihi: 3 Mart 2024 14:30"),
    ("de", "Von Alma Beispiel", "Veröffentlicht am 3. März 2024, 14:30 Uhr"),
    ("en", "By Alma Example, Lake Reporter", "Published 3 March 2024, 2:30 pm"),
    ("es", "Por Alma Ejemplo", "Publicado el 3 de marzo de 2024 a las 14:30"),
    ("fr", "Par Alma Exemple", "Publié le 3 mars 2024 à 14h30"),
    ("it", "di Alma Esempio", "Pubblicato il 3 marzo 2024 alle 14:30"),
    ("nl", "Door Alma Voorbeeld", "Gepubliceerd op 3 maart 2024 om 14:30 uur"),
    ("pl", "Autor: Alma Przykład", "Opublikowano 3 marca 2024, godz. 14:30"),
    ("pt", "Por Alma Exemplo", "Publicado em 3 de março de 2024 às 14h30"),
]


@pytest.mark.parametrize(("language", "byline", "date"), HEAD)
def test_byline_and_date_below_the_headline_leave_and_the_headline_stays(language: str, byline: str, date: str) -> None:
    gone = decided(language, part(BODY[language][0], 0, 5), byline, date, *BODY[language])
    assert gone == [("byline", byline), ("dateline", date)]


STAYS = [
    ("ar", "اقرأ أيضا ما كتبه الصيادون على جدار الميناء، فهو أصدق من الخطة كلها."),
    ("ar", "كتب سالم على الخشب اسم القارب الذي غرق هنا قبل أربعين عاما."),
    ("cs", "Na mole včera seděli Ilsa, Karel, Gerta, Anton a paní Mlhová, kteří o bourání nestojí."),
    ("cs", "Zpravodaj obce chodí do všech domů už od roku, kdy bylo molo postaveno."),
    ("ja", "桟橋には、釣り人、子ども、犬を連れた夫婦、写真を撮る学生が毎朝のように集まります。"),
    ("ja", "計画への意見は金曜日まで、窓口か郵便で受け付けています。"),
    ("ru", "Рассылка сельсовета приходит в каждый дом, и читают её все, даже те, кто уехал."),
    ("ru", "Комментарии к проекту принимают до пятницы в сельсовете, на бумаге или устно."),
    ("tr", "Belediyenin bülteni bu köyde herkesin evine gelir, okumayan da yoktur."),
    ("tr", "Plana ilişkin yorumlar cuma gününe kadar muhtarlığa verilebiliyor."),
    ("de", "Auf dem Steg saßen gestern Ilse, Karl, Gerda, Anton und Frau Nebel, die den Abriss nicht wollen."),
    ("de", "Mehr zum Thema Holzschutz"),
    ("de", "Wer den Rundbrief der Gemeinde nicht mehr will, meldet sich im Rathaus ab."),
    ("en", "On the jetty sat Ilse, Karl, Gerda, Anton and Mrs Fogg, who do not want it gone."),
    ("en", "Comments on the plan may be handed in until Friday."),
    ("es", "El boletín del municipio llega a todas las casas desde hace un siglo."),
    ("fr", "À lire aussi en mairie, désormais, un petit panneau qui annonce la fin des travaux."),
    ("it", "Non è necessario iscriversi alla newsletter del comune: basta un modulo di carta."),
    ("nl", "Reacties op het plan zijn welkom tot vrijdag, op papier of aan de balie."),
    ("pl", "Biuletyn gminy czytają tu wszyscy, także ci, którzy nie mieszkają nad jeziorem."),
    ("pt", "Os comentários ao plano podem ser entregues até sexta-feira na junta."),
    ("es", "Pell; Agbaje, Eldrick, Stone, Amory; Lister, Marchetti, Hughes; Sleight, Dunne, Fenn"),
]


@pytest.mark.parametrize(("language", "line"), STAYS)
def test_prose_that_resembles_furniture_stays(language: str, line: str) -> None:
    first, second = BODY[language]
    assert decided(language, first, line, second) == []


@pytest.mark.parametrize("dates", [("3 May 2019", "14 June 2021"), ("3. Mai 2019", "14. Juni 2021")])
def test_the_dates_of_a_timeline_stay(dates: tuple[str, str]) -> None:
    language = "de" if "." in dates[0] else "en"
    first, second = BODY[language]
    assert decided(language, first, dates[0], "A lease", dates[1], "A crane", second) == []


@pytest.mark.parametrize("language", sorted(BODY))
def test_a_pull_quote_leaves_and_names_the_words_it_repeats(language: str) -> None:
    first, second = BODY[language]
    quote = part(second, 2, 10)
    text = "\n".join([first, second, f"“{quote}”", first[::-1].replace(".", "") + "."])
    (removal,) = clean_source_text(text).removals
    assert (removal.reason, removal.rule) == ("repetition", "pull_quotes/2")
    assert removal.repeats is not None
    assert removal.repeats.quote(text).strip(" ,") == quote.strip(" ,")


def test_a_headline_and_a_subheading_that_quote_what_follows_stay() -> None:
    first, second = BODY["en"]
    quote = f"“{' '.join(second.split()[2:10])}”"
    assert decided("en", quote, first, quote, second) == []
