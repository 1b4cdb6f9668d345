"""The source text of a page: what is visible, one block element a line, whatever the page is like."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.ingest.charset import codec_of, decode_page
from allegata.ingest.html import read_page
from allegata.text.blocks import find_blocks


def text_of(markup: str) -> str:
    return read_page(markup).source_text


def test_each_block_element_is_a_line_and_a_blank_line_parts_paragraphs():
    assert text_of("<div>one</div><div>two</div><p>three</p><p>four") == "one\ntwo\n\nthree\n\nfour"


def test_blanks_collapse_except_in_preformatted_text():
    assert text_of("<p>a \n\t b</p><pre>c\n  d</pre>") == "a b\n\nc\nd"


def test_inline_elements_do_not_break_a_line_and_br_does():
    assert text_of("<p>be<b>fore</b> <i>and</i><br>after</p>") == "before and\nafter"


def test_cells_of_a_row_are_parted_by_tabs():
    assert text_of("<table><tr><th>a<th>b<tr><td>1<td>2</table>") == "a\tb\n1\t2"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<template><p>x</p></template>",
        "<noscript>x</noscript>",
        "<p hidden>x</p>",
        '<div style="color:red; DISPLAY : none">x</div>',
        "<svg><text>x</text></svg>",
        "<select><option>x</select>",
        "<dialog>x</dialog>",
        "<iframe>x</iframe>",
        "<!-- x -->",
        '<input type="hidden" value="x">',
    ],
)
def test_what_no_reader_sees_is_not_text(hidden):
    assert text_of(f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a<script>var x = '</p>'</script>b</p>", "ab"),
        ("<table><script>1</script><tr><td>x</table>", "x"),
        ("<html><script></html><body><p>x</script><p>y", "y"),
        ("<title>t<script>s</script></title><p>x", "x"),
    ],
)
def test_scripts_in_odd_places_leave_the_text_around_them(markup, text):
    assert text_of(markup) == text


def test_a_page_for_readers_without_scripts_is_read():
    body = "<p>" + "A sentence of the article. " * 30 + "</p>"
    assert text_of(f"<noscript>{body}</noscript>").startswith("A sentence of the article.")


@pytest.mark.parametrize("markup", ["", "   ", "<!-- only -->", "<html></html>", "<head><title>t</title></head>"])
def test_a_page_without_a_body_has_an_empty_text(markup):
    page = read_page(markup)
    assert (page.source_text, page.blocks) == ("", ())


def test_text_without_any_element_is_text():
    assert text_of("just words") == "just words"


def test_entities_are_their_characters_and_never_half_a_surrogate():
    text = text_of("<p>&lt;b&gt; &amp;amp; caf&eacute; &#x80; &#xD800; &#0; &bogus;</p>")
    assert text.startswith("<b> &amp; café €")
    assert text.encode("utf-8")


def test_zero_width_and_bidirectional_characters_stay():
    kept = "a\u200bb\u00adc \u202eright\u202c \u2066x\u2069 \u200fy"
    assert text_of(f"<p>{kept}</p>") == kept


@pytest.mark.alone
def test_a_hundred_thousand_nested_tags_lose_no_text_and_no_time():
    started = time.monotonic()
    page = read_page("<p>before</p>" + "<div>" * 100_000 + "deep" + "</div>" * 100_000 + "<p>after</p>")
    assert [line for line in page.source_text.split("\n") if line] == ["before", "deep", "after"]
    assert time.monotonic() - started < 10


def test_blocks_know_their_tags_marks_links_and_line():
    markup = (
        '<html><body>\n<div class="newsBox main">\n<ul id="toc"><li><a href="/x">linked</a> and not</li></ul></div>'
    )
    (block,) = read_page(markup).blocks
    assert (block.path, block.marks, block.line) == ("div/ul/li", "news-box main/toc/", 3)
    assert block.linked == len("linked")


def test_headings_are_known():
    assert [block.heading for block in read_page("<h2><span>a</span></h2><p>b</p>").blocks] == [2, 0]


_TAGS = "<p> </p> <br> <td> <table> </table> <script> </script> <a%20href=x> </a> <pre> <li> <h1> <!-- --> < &amp;"
_PIECES = st.sampled_from([*_TAGS.replace("%20", " ").split(" "), "text ", "\n", "\u00a0", "\u200b", "\u2028"])


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_blocks_are_the_non_blank_lines_of_the_text(markup):
    page = read_page(markup)
    lines = [(block.span.start, block.span.end) for block in find_blocks(page.source_text)]
    assert lines == [(block.start, block.end) for block in page.blocks]
    assert all(0 <= block.linked <= block.end - block.start for block in page.blocks)


GERMAN = "Die Straße führt über Köln nach Düsseldorf – schön. " * 20


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "", "no-such-charset"])
def test_utf8_is_read_as_such_whatever_the_page_says(declared):
    data = f'<meta charset="{declared}"><p>{GERMAN}'.encode()
    decoded = decode_page(data, f"text/html; charset={declared}")
    assert (decoded.charset, decoded.replaced) == ("utf-8", 0)
    assert GERMAN in decoded.text


def test_a_byte_order_mark_goes_before_the_header():
    data = b"\xff\xfe" + "<p>é".encode("utf-16-le")
    assert decode_page(data, "text/html; charset=utf-8").text == "<p>é"


def test_utf16_without_a_mark_is_seen():
    assert decode_page("<html>é".encode("utf-16-be")).text == "<html>é"


def test_the_header_goes_before_the_meta_tag():
    data = b'<meta charset="iso-8859-2"><p>' + "čeština".encode("cp1250")
    decoded = decode_page(data, "text/html; charset=windows-1250")
    assert (decoded.source, decoded.text[-7:]) == ("header", "čeština")


def test_latin1_means_windows_1252():
    decoded = decode_page(b'<meta charset="iso-8859-1"><p>\x84Zitat\x93 \x96 \x80 5 \xfc')
    assert decoded.text.endswith("„Zitat“ – € 5 ü")


def test_japanese_in_seven_bits_is_not_taken_for_ascii():
    data = '<meta charset="iso-2022-jp"><p>日本語'.encode("iso2022_jp")
    assert decode_page(data).text.endswith("日本語")


def test_an_undeclared_charset_is_guessed():
    data = ("<p>" + "Тихий океан, море и берег. Суд вынес решение по делу компании. " * 20).encode("cp1251")
    decoded = decode_page(data)
    assert decoded.source == "guess"
    assert "Тихий океан" in decoded.text


def test_a_wrong_declared_charset_is_found_out():
    data = b'<meta charset="shift_jis"><p>' + "čeština je krásný jazyk, žluťoučký kůň ".encode("cp1250") * 30
    decoded = decode_page(data)
    assert decoded.source == "guess"
    assert "čeština je krásný jazyk" in decoded.text


def test_one_broken_byte_does_not_turn_utf8_into_mojibake():
    decoded = decode_page(f"<p>{GERMAN}".encode() + b"\xff" + b"<p>more")
    assert (decoded.charset, decoded.replaced) == ("utf-8", 1)
    assert GERMAN in decoded.text


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_become_a_text_that_can_be_stored(data):
    assert read_page(decode_page(data).text).source_text.encode("utf-8") is not None


def test_russian_that_calls_itself_western_is_not_read_as_western():
    data = b'<meta charset="iso-8859-1"><p>' + ("Суд вынес решение по делу компании, море и берег. " * 40).encode(
        "cp1251"
    )
    assert "Суд вынес решение" in decode_page(data).text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("ISO-8859-1", "cp1252"),
        (" latin1 ", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("shift_jis", "cp932"),
        ("windows-31j", "cp932"),
        ("euc-kr", "cp949"),
        ("windows-874", "cp874"),
        ("big5", "big5hkscs"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16le", "utf-16-le"),
        ("cp437", "cp437"),
        ("utf-7", None),
        ("rot13", None),
        ("no-such-charset", None),
    ],
)
def test_a_label_means_what_browsers_read_by_it(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>she said <q>no</q>.", "she said “no”."),
        ("<p lang=de>sie sagte <q>nein, <q>nie</q> nein</q>", "sie sagte „nein, ‚nie‘ nein“"),
        ("<html lang=fr-FR><p>il dit <q><b>non</b></q>", "il dit «non»"),
        ("<html lang=ja><p>彼は<q>いや</q>と言った", "彼は「いや」と言った"),
        ("<p><q>“no”</q> and <q></q>", "“no” and “”"),
    ],
)
def test_a_quotation_has_the_marks_of_its_language(markup, text):
    assert text_of(markup) == text


@pytest.mark.parametrize(
    "unseen",
    [
        "<span class=sr-only>, opens new tab</span>",
        "<span class='x visually-hidden'>, neues Fenster</span>",
        "<span class=screen-reader-text>, nueva ventana</span>",
        "<span class='govuk-visually-hidden'>x</span>",
        "<span style='position:absolute; clip: rect(0px, 0px, 0px, 0px); width:1px'>x</span>",
        "<span style='clip-path: inset(50%)'>x</span>",
        "<span style='position:absolute;left:-9999px'>x</span>",
    ],
)
def test_what_only_screen_readers_read_is_not_text(unseen):
    assert text_of(f"<p>according to a <a href=x>filing{unseen}</a> in court") == "according to a filing in court"


@pytest.mark.parametrize("name", ["sr-onlyish", "main-content", "screen", "hidden-gems", "readers"])
def test_a_class_that_only_looks_like_it_hides_nothing(name):
    assert text_of(f"<p>a <b class='{name}'>b</b> c") == "a b c"


@pytest.mark.parametrize("tag", ["time", "label", "data", "button", "abbr", "x-term", "span"])
def test_an_element_in_a_sentence_stays_in_its_line(tag):
    assert text_of(f"<p>On <{tag}>Monday</{tag}> it <i><{tag}>rai</{tag}>ned</i>.") == "On Monday it rained."


def test_buttons_without_a_sentence_behind_them_are_lines():
    assert text_of("<div><button>Share</button><button>Save</button></div>") == "Share\nSave"
    assert text_of("<div>We use cookies. <button>Accept</button></div>") == "We use cookies.\nAccept"


def test_a_closed_details_is_readable():
    assert text_of("<details><summary>More</summary><p>The rest.</p></details>") == "More\n\nThe rest."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The river rose by two metres on Friday night.", "Nobody was hurt."),
        ("Der Fluss stieg in der Nacht um zwei Meter an.", "„Niemand“ wurde verletzt."),
        ("नदी का जलस्तर शुक्रवार की रात को दो मीटर तक बढ़ गया।", "कोई घायल नहीं हुआ।"),
    ],
)
@pytest.mark.parametrize("tag", ["span", "story-p", "font"])
def test_sentences_in_sibling_elements_without_a_blank_are_paragraphs(first, second, tag):
    assert text_of(f"<div><{tag}>{first}</{tag}><{tag}>{second}</{tag}></div>") == f"{first}\n{second}"


@pytest.mark.parametrize(
    "pieces",
    [["A", "B"], ["U.", "S."], ["The river ro", "se."], ["regex.", "IGNORECASE and more"], ["x" * 50 + ".", "«"]],
)
def test_pieces_of_a_word_stay_together(pieces):
    assert text_of("<p>" + "".join(f"<span>{piece}</span>" for piece in pieces)) == "".join(pieces)


@pytest.mark.parametrize(
    "page",
    [
        "<html><head><title>t</title></head></html><body><p>one</p><p>two</p></body>",
        "<html><body><p>one</p></body></html><body><p>two</p></body></html>",
        "<html><body><p>one</p></body></html><p>two",
        "<html><body><p>one</p></body></html>two",
        "<html><head></head></html><p>one</p><html><body><p>two</p>",
        "<html><body><p>one</p></html></html><html><head><meta name=a></head><body class=x>two</body></html>",
        "<p>one</p></body></html><div>two</div></html>",
    ],
)
def test_what_stands_behind_the_end_of_the_page_is_in_it(page):
    assert text_of(page).split() == ["one", "two"]


@pytest.mark.parametrize(
    "page",
    [
        "<html lang=de><title>t</title><main><p>one</p><p>two</p></main>",
        "<title>t</title><meta charset=utf-8><article>one</article><link rel=x><p>two</p>",
        "<!doctype html><html><head><title>t</title><header>one</header>two<script>x</script>",
        "<title>t</title><style>b{}</style><x-page><div>one</div></x-page><section>two</section></html>",
        "<head><title>t</title><main>one</main></head><body>two</body>",
    ],
)
def test_a_page_whose_body_has_no_tag_of_its_own_is_read_as_browsers_do(page):
    parsed = read_page(page)
    assert parsed.source_text.split() == ["one", "two"]
    assert next(parsed.tree.iter("title")).getparent().tag == "head"
