"""Language: seeded, bounded, and `und` rather than a guess."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from allegata.clean import language
from allegata.clean.language import UNDETERMINED, detect_language, language_of
from allegata.clean.stage import clean_source_text
from allegata.recipe.about import algorithms
from allegata.text.layers import Notice
from many_scripts import INVISIBLE, PASSAGES, sprinkled

GERMAN = (
    "Das Gericht hörte am Montag, dass die Reederei elf Jahre lang zwei Logbücher geführt hatte, und vertagte sich."
)
ENGLISH = "The tribunal heard on Monday that the company kept two sets of logs for eleven years, and it then adjourned."


@pytest.mark.parametrize(
    "text", ["", "   ", "2024-09-18 12:30", "Paris 2024", "!!! ???", "https://a.example/b", "hello"]
)
def test_short_or_letterless_text_is_undetermined(text: str) -> None:
    assert detect_language(text) == UNDETERMINED


def test_a_paragraph_is_detected() -> None:
    assert detect_language(GERMAN) == "de"


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    first = detect_language(GERMAN)
    detect_language(ENGLISH)
    assert detect_language(GERMAN) == first


@pytest.mark.parametrize("look", language.LOOKS, ids=str)
def test_only_a_bounded_sample_is_read(look: language.Look) -> None:
    assert len(language.sample("a" * 10_000_000, look.sample)) <= look.sample + 1


def test_an_ordinary_text_needs_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "LOOKS", ())
    assert detect_language(GERMAN) == "de"


def test_a_text_in_two_languages_is_in_that_of_most_of_it() -> None:
    assert detect_language(f"{ENGLISH} " * 2 + f"{GERMAN} " * 40) == "de"  # half of the first sample is English


def test_the_manifest_names_how_the_language_was_found() -> None:
    found = str(algorithms()["language"])
    for look in language.LOOKS:
        assert f"{look.sample} code points" in found
    assert f"langdetect {version('langdetect')}, seed 0" in found
    assert f"py3langid {version('py3langid')}" in found


# Of none of them langdetect has a profile: with certainty it calls them Spanish, English, Russian, Turkish …
WITHOUT_PROFILE = {
    "eu": "Auzitegiak astelehenean atzeratu zuen harrobiari buruzko erabakia, lekukoak oraindik entzun ez dituelako.",
    "ga": "Chuir an chúirt an cinneadh faoin gcairéal siar Dé Luain, mar nár éisteadh leis na finnéithe go fóill.",
    "gl": "O tribunal aprazou o luns a decisión sobre a canteira, porque as testemuñas aínda non foron escoitadas.",
    "is": "Dómstóllinn frestaði á mánudag ákvörðun um námuna, því að vitnin höfðu ekki enn verið kölluð fyrir réttinn.",
    "kk": "Сот дүйсенбіде карьер туралы шешімді кейінге қалдырды, өйткені куәгерлер әлі тыңдалған жоқ еді.",
    "ky": "Сот дүйшөмбү күнү карьер боюнча чечимди кийинкиге калтырды, анткени күбөлөр азырынча угула элек болчу.",
    "mn": "Шүүх даваа гарагт карьерын тухай шийдвэрээ хойшлуулсан, учир нь гэрчүүдийг хараахан сонсоогүй байна.",
    "be": "Суд у панядзелак адклаў рашэнне аб кар’еры, таму што сведкаў яшчэ не заслухалі ў гэтай справе цалкам.",
    "az": "Məhkəmə bazar ertəsi karxana ilə bağlı qərarı təxirə saldı, çünki şahidlər hələ dinlənilməyib.",
    "mt": "Il-qorti ddifferiet nhar it-Tnejn id-deċiżjoni dwar il-barriera, għax ix-xhieda għadhom ma nstemgħux.",
    "ps": "محکمې د دوشنبې په ورځ د کان په اړه پریکړه وځنډوله، ځکه چې شاهدان لا تر اوسه نه دي اورېدل شوي او اسناد نشته.",
}


@pytest.mark.parametrize("name", WITHOUT_PROFILE)
def test_a_language_that_langdetect_does_not_know_is_told_by_the_other(name: str) -> None:
    assert detect_language(WITHOUT_PROFILE[name]) == name
    assert detect_language(WITHOUT_PROFILE[name].upper()) == name
    assert language_of(WITHOUT_PROFILE[name], "en-US") == name


# Nothing here tells Tibetan from Dzongkha.
@pytest.mark.parametrize("name", PASSAGES)
def test_a_passage_is_detected_in_any_script_in_capitals_and_with_invisible_characters(name: str) -> None:
    language = UNDETERMINED if name == "bo" else name
    for text in (
        PASSAGES[name],
        PASSAGES[name].upper(),
        *(sprinkled(PASSAGES[name], m, 3) for m in INVISIBLE.values()),
    ):
        assert detect_language(text) == language


CAPITALS = {
    "fr": "LE TRIBUNAL A REPORTÉ LUNDI SA DÉCISION SUR LA CARRIÈRE, PARCE QUE LES TÉMOINS N’ONT PAS ÉTÉ ENTENDUS.",
    "nl": "DE RECHTBANK HEEFT MAANDAG HET BESLUIT OVER DE GROEVE UITGESTELD, OMDAT DE GETUIGEN NIET ZIJN GEHOORD.",
    "sv": "DOMSTOLEN SKÖT I MÅNDAGS UPP BESLUTET OM STENBROTTET, EFTERSOM VITTNENA INTE HADE HÖRTS I MÅLET ÄNNU.",
    "uk": "СУД У ПОНЕДІЛОК ВІДКЛАВ РІШЕННЯ ЩОДО КАР’ЄРУ, ОСКІЛЬКИ СВІДКІВ ЩЕ НЕ ЗАСЛУХАЛИ В ЦІЙ СПРАВІ ПОВНІСТЮ.",
}


@pytest.mark.parametrize("name", CAPITALS)
def test_text_in_capitals_is_detected(name: str) -> None:
    assert detect_language(CAPITALS[name]) == name


@pytest.mark.parametrize("text", ["ᐃᓄᐃᑦ ᓄᓇᖓᓐᓂ ᐃᓅᓯᖃᑦᑎᐊᕐᓂᖅ " * 6, "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⵓⵜⵍⴰⵢⵜ ⵏ ⵉⵎⴰⵣⵉⵖⵏ " * 6])
def test_a_script_that_nothing_here_knows_is_undetermined(text: str) -> None:
    assert detect_language(text) == UNDETERMINED


def test_tigrinya_yiddish_and_assamese_are_told_by_their_letters() -> None:
    assert detect_language("እቲ ቤት ፍርዲ ነቲ ውሳነ ኣብ ሰኑይ ኣመሓላሊፍዎ፡ ምስክር ስለዘይተሰምዐ ኢዩ ይብል ዋና ዳኛ ቐዳማይ። " * 2) == "ti"
    assert (
        detect_language(
            "דער געריכט האָט מאָנטיק אָפּגעלייגט דעם באַשלוס, ווײַל מען האָט נאָך נישט געהערט די עדות אין קאָרט. " * 2
        )
        == "yi"
    )
    assert (
        detect_language("আদালতে সোমবাৰে সিদ্ধান্ত পিছুৱাই দিছে, কিয়নো সাক্ষীসকলৰ কথা এতিয়ালৈকে শুনা হোৱা নাই বুলি কৈছে। " * 2) == "as"
    )


@pytest.mark.parametrize("stated", ["en-US", "en", "fr-CA", "und", "ENG", "en_us", "{{lang}}"])
def test_a_stated_language_that_the_text_contradicts_is_not_believed(stated: str) -> None:
    assert language_of(GERMAN, stated) == "de"
    assert language_of(PASSAGES["ka"], stated) == "ka"


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        (ENGLISH, "en-US", "en"),
        (GERMAN, "ger", "de"),
        (GERMAN, None, "de"),
        (PASSAGES["zh"], "zh-Hant-TW", "zh"),
        ("Hello", "pt-BR", "pt"),  # too short to tell
        ("Hello", None, UNDETERMINED),
        (
            "Retten utsatte mandag avgjørelsen om steinbruddet, fordi vitnene ennå ikke var blitt hørt i saken.",
            "nb",
            "nb",
        ),
        ("Sud je u ponedeljak odložio odluku o kamenolomu, jer svedoci još nisu saslušani u tom predmetu.", "sr", "sr"),
    ],
)
def test_what_is_stated_counts_without_its_region_where_the_text_says_no_other(
    text: str, stated: str | None, language: str
) -> None:
    assert language_of(text, stated) == language


def test_a_stated_language_that_is_not_believed_is_a_notice() -> None:
    notices = {stated: clean_source_text(GERMAN, stated).notices for stated in ("en-US", "de-AT", "ger", "und", None)}
    assert notices.pop("en-US") == (Notice("other_language", "the text is in 'de', 'en-US' is stated"),)
    assert set(notices.values()) == {()}
