"""Pages made to break a cleaner: each is cleaned or refused with a reason, in bounded time and memory."""

import codecs
import json
import subprocess
import sys
import time
import zlib
from functools import partial
from itertools import pairwise
from pathlib import Path

import brotli
import pytest

from allegata.clean.stage import decide
from allegata.clean.web.article import PageFacts
from allegata.ingest import crowds, rendering
from allegata.ingest.add import add
from allegata.ingest.charset import decode_page
from allegata.ingest.crowds import is_crowd
from allegata.ingest.html import read_page
from allegata.ingest.judged import judged
from allegata.ingest.page_metadata import page_metadata
from allegata.ingest.warc import Fetched, PassedOver, read_warc
from allegata.ingest.web_page import read_bytes
from allegata.recipe.article import page_text
from allegata.schema.limits import DEFAULTS
from allegata.schema.problems import ProblemsFound
from allegata.text.normal import MOST_MARKS, has_endless_marks
from project import sampled
from test_clean_web import PARAGRAPHS
from test_ingest_add import PAGE, archive, http, record

TESTS = Path(__file__).parent
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def article(inside: str = "", head: str = "", body: str = BODY) -> str:
    return f"<html><head><title>Council</title>{head}</head><body><article>{inside}{body}</article></body></html>"


SCRIPTS = {
    "in the title": article(head="<title>x<script>SPY</script></title>"),
    "in a drawing": article("<svg><text>SPY</text><script>SPY</script></svg>"),
    "in an attribute": article("<img alt='<script>SPY</script>' onload='SPY()'><a title=\"<script>SPY\" href='x'></a>"),
    "in a comment": article("<!-- <script>SPY</script> --><!-- a --!><!-- <script>SPY</script>-->"),
    "around character data": article("<script>//<![CDATA[\nSPY\n//]]></script><style><![CDATA[SPY]]></style>"),
    "in character data of a drawing": article("<svg><![CDATA[SPY]]></svg>"),
    "closed in a string": article("<script>var a = '<\\/script>SPY';</script>"),
    "in a script": article("<script><!--<script>SPY</script>--></script>"),
    "in upper case": article("<SCRIPT TYPE=module>SPY</SCRIPT >"),
    "in a template": article("<template><script>SPY</script><p>SPY</p></template>"),
    "in a text area that is hidden": article("<textarea hidden><script>SPY</script></textarea>"),
    "unclosed, behind the article": article() + "<script>SPY " * 3,
    "unclosed, in the head": "<head><script>SPY</head>" + article(),
}


@pytest.mark.parametrize("case", SCRIPTS)
def test_no_script_gets_into_the_text_wherever_it_stands(case):
    text = page_text(SCRIPTS[case].encode())
    assert "SPY" not in text
    if case != "unclosed, in the head":  # there everything is script, for a browser too
        assert all(paragraph in text for paragraph in PARAGRAPHS)


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<html>",
        "<body>",
        "<frameset><frame src=x></frameset>",
        "<?xml version='1.0'?>",
        "<!doctype html>",
        "\0" * 99,
    ],
)
def test_a_page_without_a_body_has_no_text_and_raises_nothing(markup):
    assert page_text(markup.encode()).strip("\0\ufffd") == ""


def test_zero_width_and_bidirectional_characters_stay_where_they_were():
    marked = [paragraph.replace(" the ", " \u2066the\u2069 ").replace("ri", "r\u200bi") for paragraph in PARAGRAPHS]
    page = read_page(article(body="".join(f"<p>{paragraph}</p>" for paragraph in marked)))
    offsets = decide(page.source_text, PageFacts(page.blocks, judged(page))).offsets(page.source_text)
    text = offsets.apply(page.source_text)
    assert all(paragraph in text for paragraph in marked)
    assert all(text[at] == page.source_text[offsets.to_source(at)] for at in range(len(text)))


def test_entities_are_one_character_each_in_source_and_text():
    entities = "".join(f"<p>{paragraph.replace(' ', '&#32;').replace('e', '&#x65;')}</p>" for paragraph in PARAGRAPHS)
    assert page_text(article(body=entities).encode()) == page_text(article().encode())


def test_a_wrong_charset_is_read_right_or_reported(tmp_path):
    paragraphs = "".join(f"<p>Größe über Straße: {paragraph}</p>" for paragraph in PARAGRAPHS)
    data = article(head="<meta charset=shift_jis>", body=paragraphs).encode()
    assert "Größe über Straße" in page_text(data, "text/html; charset=utf-16")
    (tmp_path / "a.html").write_bytes(b"<meta charset=utf-8><p>" + bytes(range(128, 255)) * 40)
    with pytest.raises(ProblemsFound, match="cannot be read"):
        add([tmp_path / "a.html"], tmp_path / "corpus")


HOSTILE = {
    "nested": "<div>" * 20_000 + BODY + "</div>" * 20_000,
    "nested, then a name without an end": BODY + "<div>" * 300 + "<" + "a" * 100_000,
    "inline": "<p>" + "<b><i>" * 5_000 + PARAGRAPHS[0],
    "brackets": BODY + "<" * 100_000,
    "attributes": BODY + "<div " + "a=b " * 20_000 + ">",
    "lists": BODY + "<ul>" + "<li><a href=x>A link of the site</a>" * 2_000,
    "cells": BODY + "<table>" + "<tr><td>7<td>cell" * 1_000,
    "lines": BODY + "<pre>" + "a\n" * 5_000,
    "headings": "<h1>Council keeps the bridge</h1>" * 1_000 + BODY,
    "repeated": BODY * 50,
    "one line": "<p>" + " ".join(PARAGRAPHS) * 100,
    "marks": "<div class='" + "share-bar author-box " * 5_000 + "'>" + BODY + "</div>",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_every_character_of_a_hostile_page_is_kept_or_removed_in_bounded_time(case):
    started = time.process_time()
    page = read_page(decode_page(HOSTILE[case].encode()).text)
    decided = decide(page.source_text, PageFacts(page.blocks, judged(page), "Council keeps the bridge"))
    spans = [removal.span for removal in decided.removals]
    assert all(one.end <= following.start for one, following in pairwise(spans))
    text = decided.offsets(page.source_text).apply(page.source_text)
    assert len(text) + sum(span.length for span in spans) == len(page.source_text)
    assert time.process_time() - started < 20  # a quarter of a second at most on a quiet machine, or it is quadratic


def test_a_page_above_the_limit_is_refused_unread(tmp_path):
    with (tmp_path / "large.html").open("wb") as file:
        file.truncate(DEFAULTS.article_bytes * 10)  # 200 MB, of holes
    with pytest.raises(ProblemsFound, match="200,000,000 bytes"):
        add([tmp_path / "large.html"], tmp_path / "corpus")
    with pytest.raises(ProblemsFound, match="20,000,001 bytes"):
        page_text(bytes(DEFAULTS.article_bytes + 1))


def test_a_page_of_too_many_lines_is_refused():
    with pytest.raises(ProblemsFound, match="more than the 30,000 lines"):
        page_text(("<pre>" + "a\n" * 30_001).encode())


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ("<p>" + "word <a href=x>link</a> " * 200_000, "20,000 that line-elements"),
        ("<table><tr>" + "<td>c" * 200_000, "20,000 that line-elements"),
        ("<table><tr>" + "<td><p>c" * 50_000, "20,000 that line-elements"),
        ("<p><b></b></p>" * 101_000, "200,000 elements that page-elements"),
    ],
)
def test_a_page_of_too_many_elements_is_refused_before_an_extractor_sees_it(body, limit):
    started = time.process_time()
    with pytest.raises(ProblemsFound, match=f"more than the {limit}"):
        page_text(article(body).encode())
    assert time.process_time() - started < 10  # a second; extracted, the first three take more than a minute each


def test_a_page_of_many_links_on_a_line_is_read():
    page = read_page("<p>" + "<a href=x>link</a> " * 19_000)
    assert page.blocks[0].linked == page.source_text.count("link") * 4 == 19_000 * 4


def test_long_class_names_do_not_multiply_with_the_blocks_inside():
    page = read_page(f"<div class='{'x ' * 100_000}'>" * 100 + "<p>a" * 2_000)
    assert sum(len(block.marks) + len(block.path) for block in page.blocks) <= 100_000_000


def packed_without_header(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", brotli.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", packed_without_header(PAGE)),
        ("identity", PAGE),
    ],
)
def test_packed_bodies_are_unpacked(tmp_path, encoding, body):
    path = archive(tmp_path / "a.warc", record(http(body, "Content-Type: text/html", f"Content-Encoding: {encoding}")))
    assert [one.data for one in read_warc(path)] == [PAGE]


@pytest.mark.parametrize(
    ("encoding", "pack"), [("br", partial(brotli.compress, quality=1)), ("deflate", zlib.compress)]
)
def test_a_bomb_of_any_packing_is_reported(tmp_path, encoding, pack):
    body = http(pack(bytes(DEFAULTS.article_bytes + 1)), "Content-Type: text/html", f"Content-Encoding: {encoding}")
    (problem,) = read_warc(archive(tmp_path / "a.warc", record(body)))
    assert "decompresses to more than the 20,000,000 bytes" in problem.what


@pytest.mark.parametrize("kind", ["application/pdf", "application/json", "text/css", "multipart/form-data", ""])
def test_responses_that_are_no_pages_are_passed_over_and_counted(tmp_path, kind):
    path = archive(tmp_path / "a.warc", record(http(b"x", f"Content-Type: {kind}")), record(http(PAGE)))
    passed, page = read_warc(path)
    assert isinstance(passed, PassedOver)
    assert isinstance(page, Fetched)


MEMORY = """
from allegata.models.threads import peak_memory
from allegata.recipe.article import page_text
from test_hostile_pages import article
def peak(pages):
    for number in pages:
        page_text(article(f"<p>Number {number}</p>").encode() * 20)
    return peak_memory() // 1024
first = peak(range(40))
print(first, peak(range(40, 160)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says how much memory a process itself has had")
def test_peak_memory_does_not_grow_with_the_number_of_pages():
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True, cwd=TESTS)
    first, last = map(int, done.stdout.split())
    assert (last - first) / 1024 < 6  # MB; 120 pages of 50 kB that stayed would be more


MANY = " ".join(f"a{n}=1" for n in range(100_000))


@pytest.mark.alone
@pytest.mark.parametrize(
    "tag",
    [
        f"<div {MANY}>",
        f"<div x='>' {MANY}>",
        f"<div x='<' {MANY}>",
        f"<div x='\"' {MANY}>",
        "<div " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">",
        "<div " + "".join(f"a{n}='>'" for n in range(100_000)) + ">",
    ],
)
def test_a_tag_of_very_many_attributes_is_refused_at_once(tag):
    started = time.process_time()
    with pytest.raises(ProblemsFound, match="tens of thousands of attributes"):
        page_text(article(tag).encode())
    assert time.process_time() - started < 5  # a fifth of a second; the parser alone took 15 and more


@pytest.mark.parametrize(
    "around", ["<script>{}</script>", "<!-- {} -->", "<style>/* {} */</style>", "<textarea hidden>{}</textarea>"]
)
def test_what_is_no_tag_is_never_taken_for_one(around):
    script = "for(i=0;i<n;i++){it='s'} " + " ".join(f"a{n} = 1" for n in range(60_000)) + " don't <div " + MANY
    markup = article(around.format(script.replace("-->", "")))
    assert len(markup) > 500_000
    assert page_text(markup.encode()) == page_text(article().encode())


def test_an_apostrophe_behind_a_comparison_of_a_script_swallows_nothing():
    script = "<script>for(var i=0;i<n;i++){x='y'}" + "var s = 1;\n" * 30_000 + "</script>"
    paragraphs = "".join(f"<p>It's the council's day, number {n}: {text}</p>" for n, text in enumerate(PARAGRAPHS * 9))
    page = read_page(f"<body>{script}<article>{paragraphs}</article>")
    assert page.source_text == read_page(f"<body><article>{paragraphs}</article>").source_text


def test_a_page_too_deep_for_the_parser_loses_no_character():
    deep = "<div title='a > b'>" * 3_000 + "<script>if (a<b) {'</div>'}</script><!-- <p> -->deep &lt;b&gt; text"
    page = read_page(f"<p>before</p>{deep}{'</div>' * 3_000}<p>after, and <b>bold</b></p>")
    assert page.source_text.split() == ["before", "deep", "<b>", "text", "after,", "and", "bold"]


def test_a_tag_of_many_words_in_one_attribute_keeps_it():
    page = read_page(f"<body><p class='{'word ' * 300}last' title='{'word ' * 100_000}'>The mill burned.</p></body>")
    assert page.blocks[0].marks.endswith("last")


def test_tags_beyond_number_are_not_looked_up_one_by_one_in_the_json_of_a_page():
    links = "".join(f"<a href='/tag/{n}'>topic {n}, theme {n}</a>" for n in range(15_000))
    json_ld = f"<script type='application/ld+json'>{json.dumps({'x': 'The mill burned down. ' * 200_000})}</script>"
    page = read_page(
        f"<html><head>{json_ld}</head><body><h1>Mill</h1><div class='tags'><p>{links}</p></div></body></html>"
    )
    started = time.process_time()
    assert "tags" not in page_metadata(page)
    assert time.process_time() - started < 10  # two seconds; one by one it took half a minute and more


@pytest.mark.parametrize("label", ["idna", "punycode", "rot13", "hex", "undefined", "unicode_escape", "mbcs", "x-none"])
def test_a_label_that_names_no_charset_of_pages_raises_nothing(label):
    data = f"<meta charset='{label}'><p>Caf\xe9, mill, d\xe9j\xe0 vu, \\x3cscript></p>".encode("latin-1")
    assert " vu, \\x3cscript></p>" in decode_page(data).text  # the accents are guessed, escapes are not read


@pytest.mark.parametrize("charset", ["utf-32", "utf-32-le", "utf-32-be", "utf-16", "utf-16-le", "utf-16-be"])
def test_wide_characters_are_read_by_their_mark_or_their_first_bytes(charset):
    data = "<p>Caf\xe9 and mill</p>".encode(charset)
    if charset == "utf-32-le":
        data = codecs.BOM_UTF32_LE + data
    if charset == "utf-32-be":
        data = codecs.BOM_UTF32_BE + data
    if charset.startswith("utf-16-"):
        data = "<!DOCTYPE html><p>Caf\xe9 and mill</p>".encode(charset)
    assert read_page(decode_page(data).text).source_text == "Caf\xe9 and mill"


MARKS = "\u0301\u0316" * 100_000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", f"<p>The mill a{MARKS}"),
        ("a.html", "<p>The mill a" + "&#769;&#x316;" * 100_000),
        ("a.html", "<p>The mill a" + "&tdot;&DownBreve;&#790;" * 50_000),
        ("a.html", "<p>The mill a" + "<b>&#769;</b><i>&#x316;</i>" * 9_000),
        ("a.txt", f"The mill a{MARKS}"),
    ],
)
def test_combining_characters_without_an_end_are_refused_at_once(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    started = time.process_time()
    report = add([tmp_path / name], tmp_path, skip_bad=True)
    assert time.process_time() - started < 5  # normalised, it would take 40 s
    assert "combining characters in a row" in str(report.skipped[0])


@pytest.mark.parametrize("before", [0, 1, 500, 999, 1000, 1001])
def test_a_run_of_marks_is_measured_wherever_it_stands(before):
    run = "\u0301" * MOST_MARKS
    assert not has_endless_marks("x" * before + run + "x" + run)
    assert has_endless_marks("x" * before + run + "\u0316" + "x" * 10)
    assert has_endless_marks("x" * before + run + "\u0316")


def test_runs_of_nearly_too_many_marks_cost_no_more_than_their_length():
    started = time.process_time()
    assert not has_endless_marks(("\u0301" * (MOST_MARKS - 1) + "x") * 5_000)
    assert time.process_time() - started < 5  # half a second


def test_marks_of_a_script_are_no_fault(tmp_path):
    (tmp_path / "a.html").write_text("<p>" + "\u0e01\u0e34\u0e48 e\u0301\u0316" * 3000, encoding="utf-8")
    assert len(add([tmp_path / "a.html"], tmp_path).added) == 1


def streamed(pairs: list[tuple[int, int]]) -> str:
    """Parts that each hold the place of another: (its number, the number of the place in it)."""
    return "".join(f'<div hidden id="S:{n:x}"><template id="B:{inner:x}"></template></div>' for n, inner in pairs)


def test_the_language_of_an_element_is_looked_up_once_however_many_quotations_are_below_it(monkeypatch):
    asked, language = [], rendering._language
    monkeypatch.setattr(rendering, "_language", lambda element, around: asked.append(1) or language(element, around))
    read_page(article("<div>" * 60 + "<q>a</q>" * 300))
    assert 300 <= len(asked) < 300 + 60 + 50  # it was each of the 60 for each of the 300


# Shapes whose depths sum up to more than DEPTHS, harmless at this size.
DEPTHS = 5_000
DEEP = {
    "headings, deep": "<div>" * 60 + "<h2>a heading</h2>" * 150,
    "links, deep": "<div>" * 60 + "<a href=/x>a link</a><br>" * 150,
    "links, deep, on few lines": "<div>" * 60 + "<a href=/x>a link</a> " * 150,
    "links, deep, hidden": BODY + "<noscript>" + "<div>" * 60 + "<a href=/x>a link</a><br>" * 150,
    "times, deep": "<div>" * 60 + "<time>3 May</time><br>" * 150,
    "open for a browser": "<div/>" * 100 + "<a href=x>link</a><br>" * 100,
    "open for a browser, names of drawings": "<svg><path/></svg><path/>" * 100 + "<a href=x>link</a><br>" * 100,
    "open for a browser behind a drawing": "<svg><p>" + "<path/>" * 100 + "<a href=x>link</a><br>" * 100,
    "opened again": "".join(f"<p><i a={n}>word</p>" for n in range(150)),
    "opened again, all in each": "<p>" + "".join(f"<b a={n}>" for n in range(60)) + "</p>" + "<p>word</p>" * 150,
    "opened again, boxes": "".join(f"<div><i a={n}><b>x</div>" for n in range(150)),
    "opened again, with end tags that are none": "".join(
        f"<p><i a={n}>x</p><!--</i>--><x a='</i>'>" for n in range(150)
    ),
}
CROWDS = {
    "classes": "".join(f"<p class='c{n} sr-{n} a-b-c'>word {n}</p>" for n in range(90_000)),
    "one class": f"<p class='{'a-' * 2_000_000}'>x",
    "one style": f"<p style='clip{' ' * 3_000_000}'>x",
    "links on lines": "".join(f"<a href=/{n}>link</a><br>" for n in range(90_000)),
    "links": "<p>" + "<a href=x>link</a> " * 200_000,
    "opening tags": "<a" * 4_000_000,
    "opening scripts": "<script>x</scrip " * 1_000_000,
    "open comments": "<!-- " * 1_000_000,
    "open quotes": '<p a="' * 1_000_000,
    "attributes of every tag": ("<p " + " ".join(f"a{n}=1" for n in range(2_000)) + ">x</p>") * 1_000,
    "quotations": "<div>" * 60 + "<q>a</q>" * 15_000,
    "quotations in paragraphs": "<div>" * 2 + "<p><q>a</q>" * 80_000,
    "quotations without words": ("<q><i></i>" * 900 + "</q>" * 900) * 100,
    "hidden boxes": ("<div hidden><p>" + "A hidden sentence of some length. " * 3 + "</div>") * 30_000,
    "hidden in hidden": "<div hidden>" * 1_900 + BODY * 200,
    "more to read": ("<article>" + BODY + "<div style='display:none'>" + BODY + "</div></article>") * 3_000,
    "a chain of parts": streamed([(n, n + 1) for n in range(30_000)]),
    "a chain of parts, from its end": streamed([(n + 1, n) for n in range(30_000)]),
    "parts in themselves": streamed([(n, n) for n in range(10_000)]),
    "shadow roots": "<x-y><template shadowrootmode=open><slot></slot></template>a</x-y>" * 20_000,
    "shadow roots in shadow roots": "<x-y><template shadowrootmode=open>" * 900 + "<p>a" * 10_000,
    "noscript in noscript": "<noscript>" * 1_900 + "x" * 1_000_000,
    "20 MB of text": "<p>" + "word and word. " * 1_300_000,
    "20 MB of tags": "<div>" * 3_990_000,
}


@pytest.mark.alone
@pytest.mark.parametrize(
    "case",
    sampled(
        CROWDS,
        "one class",
        "links on lines",
        "open quotes",
        "quotations",
        "hidden in hidden",
        "a chain of parts",
        "shadow roots in shadow roots",
        "20 MB of tags",
    ),
)
def test_the_walk_of_a_crowded_page_takes_seconds_or_is_refused(case):
    started = time.process_time()
    page, problem = read_bytes(CROWDS[case].encode(), None, "a.html", "")
    assert page or problem
    assert time.process_time() - started < 5 * 2  # 5 on a quiet machine, most take one


@pytest.mark.parametrize("case", DEEP)
def test_a_page_that_would_keep_an_extractor_busy_is_judged_without_and_says_so(case, monkeypatch):
    page = read_page(article(f"<div>{DEEP[case]}</div>"))
    assert judged(page).failed == ()
    monkeypatch.setattr(crowds, "MOST_DEPTHS", DEPTHS)
    failed = judged(page).failed
    assert failed[0] == "resiliparse: not asked, the page has too many elements too deep inside of one another"


@pytest.mark.parametrize(
    "part",
    [
        "<p><i>word</i> and <b>word</b></p>",
        "<p>word<img src=x /><br/>word</p>",
        "<div><span>word</div>",
        "<ul><li><i class=x></i><a href=x><strong>word</strong></a></ul>",
        "<p><em>word</p></em>",
        "<div><font size=1><b>word</b></font></div>",
        f"<svg><!-- a --><g>{'<path d=x /><circle /><text>7</text>' * 9}</g></svg>",
    ],
)
def test_pages_of_many_elements_that_are_closed_are_no_crowd(part):
    page = read_page(article(part * 4_000))
    assert page.markup.count("<") > 10_000
    assert not is_crowd(page)


def test_text_with_a_control_character_that_a_browser_has_elsewhere_is_moved_all_the_same():
    head = f"<html><head><title>Council</title><article>{BODY}</article>"
    text = page_text(f"{head}\x0fbody text</html>".encode())
    assert PARAGRAPHS[0] in text
    assert PARAGRAPHS[-1] in text
