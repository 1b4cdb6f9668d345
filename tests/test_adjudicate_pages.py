from __future__ import annotations

import re
import shutil
from dataclasses import replace
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.annotate import adjudication_page
from allegata.annotate.adjudication import Compared, compare, text_report
from allegata.annotate.adjudication_across import across_differences
from allegata.annotate.adjudication_page import STYLE, TEMPLATES, article_pages, index_pages
from allegata.annotate.draft import Sentences
from allegata.annotate.gold import GoldArticle
from allegata.annotate.marked_text import Labelled, boxed
from allegata.annotate.passes import Pass
from allegata.cli.app import app
from allegata.pages.templates import ASSETS, environment
from allegata.recipe import compare as recipe
from allegata.recipe.build import read_corpus
from allegata.schema.problems import UsageError
from allegata.schema.scheme import default_scheme
from allegata.schema.visible import HIDDEN, visible
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span
from browser import COLOURS, axe, chromium, photograph
from hostile_strings import STEERING
from project import ARTICLES, ROOT, Row, copy_root, edit_rows, tree

PASSES = ROOT / "annotations" / "passes"
FIRST, SECOND = "article-order", "short-1"  # the two that differ most
STYLES = {"pages.css", "adjudication.css"}
LIST = "pages.json"
VOID = {"meta", "br", "link"}


class Page(HTMLParser):
    """Checks that elements nest, and collects text, elements and addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def classes(self) -> list[str]:
        return [attributes.get("class") or "" for _, attributes in self.found]


def _mention(name: str, start: int, end: int, **fields: object) -> dict[str, object]:
    return {
        "record": "mention",
        "id": name,
        "segments": [Span(start, end)],
        "label": "ORG",
        "mention_type": "NAM",
        "entity_id": "acme",
        **fields,
    }


def _compared(text: str, a: list[dict[str, object]], b: list[dict[str, object]]) -> tuple[Pass, Pass, Compared]:
    first, second = (
        Pass(name, frozenset([f"model-{name}"]), {"x": GoldArticle("x", {}, tuple(records))}, default_scheme())
        for name, records in (("a", a), ("b", b))
    )
    whole = Sentences(text, [Span(0, len(text))], OffsetMap.without([], len(text)))
    return first, second, compare(first, second, "x", whole)


@cache
def _pages() -> dict[str, str]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        written = recipe.adjudicate(read_corpus(ROOT), PASSES / FIRST, PASSES / SECOND, Path(folder))
        assert {path.name for path in (Path(folder) / "assets").iterdir()} == STYLES | {LIST}
        return {path.name: path.read_text(encoding="utf-8") for path in written}


def test_there_is_a_page_an_article_an_index_and_a_report() -> None:
    assert set(_pages()) == {"index.html", "adjudication.txt", *(f"{article}.html" for article in ARTICLES)}


@pytest.mark.parametrize("name", ["index.html", *(f"{article}.html" for article in ARTICLES)])
def test_a_page_nests_and_loads_nothing(name: str) -> None:
    page = Page(_pages()[name])
    assert not {"script", "style", "img", "iframe", "object"} & {tag for tag, _ in page.found}
    assert {attributes["href"] for tag, attributes in page.found if tag == "link"} == {f"assets/{x}" for x in STYLES}
    for tag, attributes in page.found:
        assert not {"src", "srcset", "style", "onclick"} & attributes.keys()
        if tag == "link":
            continue
        href = attributes.get("href")
        assert href is None or href.startswith("#") or href in _pages()
    assert "default-src 'none'" in _pages()[name]


def test_every_difference_of_the_report_stands_on_its_page() -> None:
    corpus = read_corpus(ROOT)
    a, b = recipe.two_passes(corpus, PASSES / FIRST, PASSES / SECOND)
    for article_id, sentences in corpus.sentences.items():
        compared = compare(a, b, article_id, sentences)
        text = Page(_pages()[f"{article_id}.html"]).text
        for item in compared.differences:
            assert item.a in text
            assert item.b in text
            assert f"{article_id} s{item.sentence} {item.record} {item.id} {item.field}" in _pages()["adjudication.txt"]
    index = Page(_pages()["index.html"]).text
    for item in across_differences(a, b):
        assert item.what in index
        assert item.what in _pages()["adjudication.txt"]


def test_an_article_of_one_pass_alone_is_set_aside_by_name(tmp_path: Path) -> None:
    corpus = read_corpus(ROOT)
    for name in (f"{ARTICLES[0]}.jsonl", "disputes.jsonl"):
        (tmp_path / "short").mkdir(exist_ok=True)
        shutil.copy(PASSES / FIRST / name, tmp_path / "short")
    edit_rows(tmp_path / "short" / "disputes.jsonl", lambda rows: rows.clear())
    written = recipe.adjudicate(corpus, PASSES / FIRST, tmp_path / "short", tmp_path / "out")
    assert {path.name for path in written} == {"index.html", "adjudication.txt", f"{ARTICLES[0]}.html"}
    a, b = recipe.two_passes(corpus, PASSES / FIRST, tmp_path / "short")
    aside = f"Set aside: {', '.join(ARTICLES[1:])} (not in short)."
    for name in ("index.html", "adjudication.txt"):
        assert aside in (tmp_path / "out" / name).read_text(encoding="utf-8")
    inside = [row for row in a.disputes or () if all(ARTICLES[0] in c for p in row["positions"] for c in p["claims"])]
    found = across_differences(a, b)
    assert {item.id for item in found if item.record == "dispute"} >= {row["id"] for row in inside}
    assert not any(other in item.a for item in found for other in ARTICLES[1:])
    assert not across_differences(a, a.within([ARTICLES[0]]))
    shutil.rmtree(tmp_path / "short")
    (tmp_path / "short").mkdir()
    shutil.copy(PASSES / FIRST / f"{ARTICLES[1]}.jsonl", tmp_path / "short")
    (tmp_path / "other").mkdir()
    shutil.copy(PASSES / FIRST / f"{ARTICLES[2]}.jsonl", tmp_path / "other")
    with pytest.raises(UsageError, match="no article is in both"):
        recipe.adjudicate(corpus, tmp_path / "short", tmp_path / "other", tmp_path / "out")


def test_both_passes_of_a_sentence_show_the_same_text() -> None:
    corpus = read_corpus(ROOT)
    for article_id, sentences in corpus.sentences.items():
        text = Page(_pages()[f"{article_id}.html"]).text
        for span in sentences.spans:
            words = span.quote(sentences.text).split()
            assert words[0] in text


def test_kinds_of_difference_are_told_apart() -> None:
    text = "Acme sued Bolt and Corp"
    a = [_mention("m001", 0, 4), _mention("m002", 10, 14), _mention("m003", 19, 23)]
    b = [_mention("m001", 0, 4, label="GPE"), _mention("m002", 10, 14, mention_type="NOM"), _mention("m003", 5, 9)]
    first, second, compared = _compared(text, a, b)
    assert {(item.id, item.field, item.kind) for item in compared.differences} == {
        ("m001", "label", "differs"),
        ("m002", "mention_type", "differs"),
        ("m003", "span", "only in A"),
        ("m003", "span", "only in B"),
    }
    page = Page(_page(article_pages(first, second, compared)))
    assert "m003 ORG only in A" in page.text
    assert "m003 ORG only in B" in page.text
    assert "m001 GPE ≠" in page.text
    assert sum("only" in classes.split() for classes in page.classes()) == 3  # one in the legend


def test_a_moved_span_is_one_difference_of_one_record() -> None:
    _, _, compared = _compared("The Acme firm", [_mention("m001", 4, 8)], [_mention("m001", 0, 8)])
    assert [(item.field, item.a, item.b) for item in compared.differences] == [("segments", "Acme", "The Acme")]


def _claim(name: str, start: int, end: int, parent: str | None) -> dict[str, object]:
    from allegata.annotate.records import Records

    fields: dict[str, object] = dict.fromkeys(Records(default_scheme()).fields["claim"])
    return {**fields, "record": "claim", "id": name, "segments": [Span(start, end)], "parent_id": parent}


def test_other_names_of_the_same_records_are_no_difference() -> None:
    a = [_claim("c001", 0, 9, None), _claim("c002", 4, 9, "c001")]
    b = [_claim("c007", 0, 9, None), _claim("c009", 4, 9, "c007")]
    assert _compared("Acme sues", a, b)[2].differences == ()
    b[1]["parent_id"] = None
    (item,) = _compared("Acme sues", a, b)[2].differences
    assert (item.field, item.a, item.b) == ("parent_id", "c001 “Acme sues”", "null")


def _page(pages: dict[str, str]) -> str:
    (only,) = pages.values()
    return only


def test_hostile_text_stays_text() -> None:
    text = "</span><script>alert('1')</script> & \"<b onclick='x'>"
    records = [_mention("<i>", 0, 8, entity_id="<script>x</script>"), _mention("m2", 9, 20)]
    first, second, compared = _compared(text, records, [_mention("<i>", 0, 8)])
    evil = Pass("<script>", frozenset(["'\"<img src=x>"]), first.articles, first.scheme)
    for html in (_page(article_pages(evil, second, compared)), _page(index_pages(evil, second, [compared]))):
        page = Page(html)
        assert not {"script", "img", "i"} & {tag for tag, _ in page.found}
    assert text in Page(_page(article_pages(evil, second, compared))).text.replace("<i> ORG ≠", "").replace(
        "m2 ORG only in A", ""
    )


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1, max_size=12), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6))
def test_marks_that_nest_or_cross_never_break_the_page_or_lose_text(text: str, pairs: list[tuple[int, int]]) -> None:
    marks = [
        Labelled(Span(min(pair), min(max(pair), len(text))), "claim", "", "")
        for pair in pairs
        if text[min(pair) : max(pair)].strip("\n")
    ]
    template = environment(TEMPLATES).get_template("adjudication_parts.html")
    page = Page(str(template.module.boxes(boxed(text, marks))))
    assert page.text == visible(text, keep="\n\t")
    assert sum(tag == "b" for tag, _ in page.found) == len(marks)


def test_three_hundred_marks_over_one_another_are_no_trouble() -> None:
    text = "x" * 600
    marks = [Labelled(Span(start, 600 - start), "claim", "", f"c{start}") for start in range(300)]
    template = environment(TEMPLATES).get_template("adjudication_parts.html")
    page = Page(str(template.module.boxes(boxed(text, marks))))
    assert [name for name in page.classes() if name.endswith("high0")] == ["mark claim same high0"]
    assert page.text.count("x") == 600


def test_no_page_is_large_and_every_sentence_is_on_one_of_them() -> None:
    line = '"<&>" said it rained in <b>town</b> & "left". '
    text, size = line * 1_000, len(line)
    first, second, compared = _compared(text, [_mention(f"m{n}", n * size, n * size + 5) for n in range(1_000)], [])
    spans = [Span(n * size, (n + 1) * size - 1) for n in range(1_000)]
    compared = compare(first, second, "x", Sentences(text, spans, compared.sentences.offsets))
    pages = article_pages(first, second, compared)
    assert len(pages) > 1
    assert max(len(page.encode()) for page in pages.values()) < 1_000_000
    sections = {name: re.findall(r'<section id="(s\d+)"', page) for name, page in pages.items()}
    assert [one for found in sections.values() for one in found] == [
        f"s{number}" for number in range(1, len(compared.sentences.spans) + 1)
    ]
    for name, page in pages.items():
        for path, anchor in re.findall(r'<a href="([^"#]*)#(s\d+)"', page):
            assert anchor in sections[unquote(path) or name]
    many = index_pages(first, second, [replace(compared, article_id=f"a<{n}>{line}") for n in range(3_000)])
    assert len(many) > 1
    assert max(len(page.encode()) for page in many.values()) < 1_000_000
    assert sum(page.count('href="a%25') for page in many.values()) == 3_000


def test_a_sentence_of_a_megabyte_is_cut_and_no_word_of_it_is_lost() -> None:
    text = '"<&>" was the name ' * 60_000
    first, second, compared = _compared(text, [_mention("m001", 0, len(text)), _mention("m002", 5, 9)], [])
    pages = article_pages(first, second, compared)
    assert len(pages) > 5
    assert max(len(page.encode()) for page in pages.values()) < 1_000_000
    read = [Page(page) for page in pages.values()]
    marked = "".join(re.findall(r'data-pass="B">(.*?)</div>', "".join(pages.values()), re.S))
    assert unescape(marked).split() == text.split()
    assert "only in A" in read[0].text
    ids = [attributes["id"] for page in read for tag, attributes in page.found if tag == "section"]
    assert ids == ["s1", *(f"s1.{part + 1}" for part in range(1, len(ids)))]


@pytest.mark.parametrize("kind", ["mention", "crossing", "outside"])
def test_a_sentence_of_very_many_records_is_cut_and_no_difference_of_it_is_lost(kind: str) -> None:
    text = "word " * 6_000
    if kind == "crossing":
        records = [_mention(f"m{n}", n * 5, n * 5 + 5_000) for n in range(600)]
    else:
        records = [_mention(f"m{n}", n * 5, n * 5 + 4) for n in range(6_000)]
    first, second, compared = _compared(text, records, [])
    if kind == "outside":
        nowhere = Sentences(text, [], compared.sentences.offsets)
        compared = compare(first, second, "x", nowhere)
    pages = article_pages(first, second, compared)
    assert len(pages) > 1
    assert max(len(page.encode()) for page in pages.values()) < 1_000_000
    whole = "".join(pages.values())
    differing = re.findall(r"<td>mention (m\d+)</td><td>span: only in A</td>", whole)
    assert sorted(differing) == sorted(one["id"] for one in records)
    ids = re.findall(r'<section id="([^"]+)"', whole)
    assert len(ids) == len(set(ids))


def test_the_links_to_what_differs_are_counted_where_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adjudication_page, "_LINKS", 3)
    text = "No. " * 5
    first, second, compared = _compared(text, [_mention(f"m{n}", n * 4, n * 4 + 2) for n in range(5)], [])
    spans = [Span(n * 4, n * 4 + 3) for n in range(5)]
    compared = compare(first, second, "x", Sentences(text, spans, compared.sentences.offsets))
    page = Page(_page(article_pages(first, second, compared)))
    assert "1 (1) 2 (1) 3 (1) and 2 more" in " ".join(page.text.split())


def test_no_difference_is_said_so() -> None:
    first, second, compared = _compared("Acme", [_mention("m001", 0, 4)], [_mention("m001", 0, 4)])
    assert "do not differ" in _page(article_pages(first, second, compared))
    assert text_report(first, second, [compared]).endswith("0 differences in records, 0 in propositions and disputes\n")


@pytest.mark.parametrize("name", STEERING)
def test_the_text_report_holds_nothing_that_steers_a_terminal(name: str) -> None:
    first, second, compared = _compared("Acme", [_mention("m001", 0, 4)], [_mention(f"m{name}", 0, 4)])
    report = text_report(replace(first, name=name), second, [replace(compared, article_id=name)])
    assert report.startswith(f"A: {visible(name)}\nB: ")
    assert not HIDDEN.search(report.replace("\n", ""))


def _shuffle(rows: list[Row]) -> None:
    """Everything but the header turned round."""
    rows[1:] = rows[:0:-1]


def test_the_pages_are_the_same_bytes_whatever_the_order_of_the_records(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root", whole=True)
    for path in (root / "annotations" / "passes" / SECOND).glob("0*.jsonl"):
        edit_rows(path, _shuffle)
    command = [
        "adjudicate",
        *(str(root / "annotations" / "passes" / name) for name in (FIRST, SECOND)),
        "--root",
        str(root),
    ]
    for name in ("one", "two"):
        done = CliRunner().invoke(app, [*command, "--output", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    made = {name: data.decode() for name, data in tree(tmp_path / "one").items()}
    assert made == _pages() | {f"assets/{name}": made[f"assets/{name}"] for name in (*STYLES, LIST)}


def test_a_browser_shows_the_pages_and_axe_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for style in (ASSETS / "pages.css", STYLE):
        shutil.copy(style, tmp_path / "assets")
    pages = _pages()
    names = ("index.html", min((f"{article}.html" for article in ARTICLES), key=lambda name: len(pages[name])))
    for name in names:
        (tmp_path / name).write_text(pages[name].replace("<details>", "<details open>"), encoding="utf-8")
    with chromium() as running:
        for scheme in ("light", "dark"):
            page = running.new_context(color_scheme=scheme, viewport={"width": 360, "height": 700}).new_page()
            for name in names:
                page.goto((tmp_path / name).as_uri())
                # Of what axe looks for, the scheme changes colours and nothing else.
                assert axe(page, *(() if scheme == "light" else COLOURS)) == []
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                kind = "adjudication-index" if name == "index.html" else "adjudication"
                photograph(page, f"{kind}-{scheme}")


def _disputing(name: str, claims: list[dict[str, object]], *disputes: tuple[str, str, list[list[str]]]) -> Pass:
    rows = []
    for number, (question, kind, positions) in enumerate(disputes, 1):
        answers = [
            {
                "id": letter,
                "canonical": f"Answer {letter}.",
                "claims": [f"x:{claim}" for claim in position],
                "supersedes": [],
            }
            for letter, position in zip("ab", positions, strict=True)
        ]
        rows.append(
            {"id": f"d{number}", "question": question, "kind": kind, "differs": "numeric", "positions": answers}
        )
    article = GoldArticle("x", {}, tuple(claims))
    return Pass(name, frozenset(), {"x": article}, default_scheme(), disputes=rows)


def test_disputes_are_brought_together_by_the_spans_of_their_claims() -> None:
    ours = [_claim("c1", 0, 4, None), _claim("c2", 5, 9, None), _claim("c3", 10, 14, None)]
    theirs = [_claim("c7", 0, 4, None), _claim("c8", 5, 9, None), _claim("c1", 10, 14, None)]
    first = _disputing(
        "a", ours, ("How many?", "contradiction", [["c1"], ["c2"]]), ("When?", "update", [["c1"], ["c3"]])
    )
    second = _disputing("b", theirs, ("What number?", "tension", [["c8"], ["c7"]]))
    found = [(item.what, item.field, item.kind) for item in across_differences(first, second)]
    assert found == [("How many?", "kind", "differs"), ("When?", "", "only in A")]
    assert [item.kind for item in across_differences(second, first)] == ["differs", "only in B"]
    assert across_differences(first, first) == []


def test_a_claim_that_the_other_pass_lacks_is_not_another_of_the_same_name() -> None:
    both = [_claim("c1", 0, 4, None), _claim("c2", 5, 9, None)]
    first = _disputing("a", [*both, _claim("c3", 10, 14, None)], ("How?", "tension", [["c1"], ["c2", "c3"]]))
    second = _disputing("b", [*both, _claim("c3", 20, 24, None)], ("How?", "tension", [["c1"], ["c2", "c3"]]))
    assert [(item.field, item.kind) for item in across_differences(first, second)] == [("positions", "differs")]


def test_passes_differ_in_which_position_supersedes_which() -> None:
    claims = [_claim("c1", 0, 4, None), _claim("c2", 5, 9, None)]
    first, second = (
        _disputing(name, claims, ("Open?", "update", positions))
        for name, positions in (("a", [["c1"], ["c2"]]), ("b", [["c2"], ["c1"]]))
    )
    assert across_differences(first, second) == []  # the ids of positions say nothing
    for found in (first, second):
        assert found.disputes
        found.disputes[0]["positions"][1]["supersedes"].append("a")
    (only,) = across_differences(first, second)
    assert (only.field, only.a, only.b) == ("supersedes", "Answer b. > Answer a.", "Answer b. > Answer a.")


def test_gold_and_a_pass_are_named_as_the_documentation_names_them(tmp_path: Path) -> None:
    root = ["--root", str(ROOT)]
    names = ["gold", f"passes/{FIRST}"]
    shown = CliRunner().invoke(app, ["adjudicate", *names, *root, "--output", str(tmp_path / "out")])
    assert shown.exit_code == 0, shown.output
    measured = CliRunner().invoke(app, ["agreement", *names, *root, "--json"])
    assert measured.exit_code == 0, measured.output


def test_a_version_is_compared_by_an_export_of_it_and_the_refusal_says_so() -> None:
    refused = CliRunner().invoke(app, ["agreement", "gold", "v1.0.0", "--root", str(ROOT)])
    assert refused.exit_code == 2
    assert "or files of a tool, as an export of a version" in " ".join(refused.output.split())
