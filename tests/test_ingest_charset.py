"""The charset of a page or a text: by its bytes, its header and its markup, in the order of the HTML standard."""

from __future__ import annotations

import time

import pytest

from allegata.ingest.charset import codec_of, decode_page
from allegata.ingest.meta_charset import named_charsets
from allegata.ingest.plain_text import decode_text

TEXTS = {
    "windows-1251": "Городской совет решил закрыть старый мост.",
    "koi8-r": "Жители узнали об этом только вчера вечером.",
    "windows-1253": "Το συμβούλιο αποφάσισε χθες να κλείσει τη γέφυρα.",
    "iso-8859-2": "Rada miejska zamknęła most, żeby go odnowić w całości.",
    "windows-1252": "La mairie a décidé hier de fermer le pont à cause des dégâts.",
    "iso-8859-9": "Belediye köprüyü kapattı, çünkü ağır taşıtlar geçiyordu.",
    "windows-1255": "העירייה החליטה אתמול לסגור את הגשר הישן",
    "shift_jis": "市議会は昨日、古い橋を閉鎖すると決めた。",
    "gb2312": "市议会昨天决定关闭这座旧桥梁。",
    "euc-kr": "시의회는 어제 오래된 다리를 폐쇄하기로 했다.",
}
SCRIPT = "<script>" + "var steps = [1, 2, 3];" * 2000 + "</script>"


def page(label: str, meta: str, script: str = "") -> bytes:
    codec = codec_of(label)
    assert codec
    text = TEXTS[label]
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={meta}"><title>{text}</title>'
    return f"{head}</head><body>{script}<p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize("script", ["", SCRIPT])
@pytest.mark.parametrize("wrong", ["iso-8859-1", "utf-8", "windows-1256", "shift_jis"])
@pytest.mark.parametrize("label", TEXTS)
def test_of_a_header_and_a_meta_that_differ_the_bytes_decide(label: str, wrong: str, script: str) -> None:
    """Whether the header or the meta is wrong, and however little of the page is text."""
    assert f"<p>{TEXTS[label]}</p>" in decode_page(page(label, wrong, script), f"text/html; charset={label}").text
    assert f"<p>{TEXTS[label]}</p>" in decode_page(page(label, label, script), f"text/html; charset={wrong}").text


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "windows-1253"])
def test_a_page_of_another_script_that_calls_itself_western_is_not_read_as_western(label: str) -> None:
    assert TEXTS[label] in decode_page(page(label, "iso-8859-1", SCRIPT)).text


def test_a_page_of_utf8_with_a_broken_byte_is_utf8_whatever_its_labels_say() -> None:
    data = page("windows-1252", "iso-8859-1").decode("cp1252").encode() + b"<p>caf\xe9"
    decoded = decode_page(data, "text/html; charset=iso-8859-1")
    assert (decoded.charset, decoded.replaced) == ("utf-8", 1)
    assert TEXTS["windows-1252"] in decoded.text


NAMED = {
    "<meta charset=koi8-r>": ["koi8-r"],
    "<META content='text/html; charset = \"koi8-r\"' HTTP-EQUIV = content-type >": ["koi8-r"],
    "<meta/charset='koi8-r'/>": ["koi8-r"],
    "<meta data-x='a > b' charset=koi8-r>": ["koi8-r"],
    "<img alt='<meta charset=big5>'><meta charset=koi8-r>": ["koi8-r"],
    "<!-- <meta charset=big5> --><meta charset=koi8-r>": ["koi8-r"],
    "<!--><meta charset=koi8-r><!-- -->": ["koi8-r"],
    "<!-- a --!><meta charset=koi8-r>": ["koi8-r"],
    "<!-- <meta charset=big5>": [],
    "<meta name=description content='how to write charset=big5'>": [],
    "<meta property=og:title content='text/html; charset=big5'>": [],
    "<meta http-equiv=refresh content='0; url=?charset=big5'>": [],
    "<meta data-charset=big5>": [],
    "<metadata charset=big5>": [],
    "<link charset=big5>": [],
    "<script charset=big5>document.write('<meta charset=big5>')</script>": [],
    "<title><meta charset=big5></title><meta charset=koi8-r>": ["koi8-r"],
    "<meta charset=koi8-r charset=big5>": ["koi8-r"],
    "<meta charset=x-none><meta charset=koi8-r>": ["x-none", "koi8-r"],
    "<?xml version='1.0' encoding='koi8-r'?><p>": ["koi8-r"],
    "<meta charset='koi8-r": [],
}


@pytest.mark.parametrize("markup", NAMED)
def test_only_a_meta_that_names_a_charset_does(markup: str) -> None:
    assert list(named_charsets(markup.encode())) == NAMED[markup]


def test_the_first_charset_that_is_one_counts() -> None:
    data = b"<meta charset=x-none><meta charset=koi8-r><meta charset=windows-1251>" + TEXTS["koi8-r"].encode("koi8-r")
    assert decode_page(data).text.endswith(TEXTS["koi8-r"])


@pytest.mark.alone
@pytest.mark.parametrize(
    "piece", ["<", "<meta ", "<!--", "<a b='", "<script>", "<meta charset", "<x =", "\x00=", "<p>>"]
)
def test_the_charset_of_hostile_markup_is_sought_in_linear_time(piece: str) -> None:
    started = time.process_time()
    decode_page((piece * (2_000_000 // len(piece)) + "é").encode("latin-1"))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("codec", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_text_with_a_byte_order_mark_is_read_by_it(codec: str) -> None:
    assert decode_text("Мост закрыт.\r\nSagt Größe.".encode(codec), "a.txt", "a") == ("Мост закрыт.\nSagt Größe.", [])


def test_a_text_in_utf16_without_a_mark_is_read_where_that_is_stated_and_else_a_problem() -> None:
    data = "Most zamknięty.".encode("utf-16-be")
    assert decode_text(data, "a.txt", "a", "text/plain; charset=utf-16be") == ("Most zamknięty.", [])
    for bad in (data, b"\xff\xfea", "a\0b".encode("utf-16")):
        text, problems = decode_text(bad, "a.txt", "a")
        assert (text, bool(problems)) == ("", True)
