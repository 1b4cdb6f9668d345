"""`allegata browse`: every character and every row of a version is on its pages, and every link leads somewhere."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.browse.story import _Ordered
from allegata.cli.app import app
from allegata.pages.segments import Mark, lines
from allegata.pages.templates import environment, outside
from allegata.recipe.browse import browse
from allegata.schema.problems import UsageError
from allegata.text.spans import Span
from browse_sites import Corpus
from project import ROOT

CORPORA = [ROOT / "corpus", ROOT / "examples" / "stories" / "corpus"]
SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=12)


@pytest.fixture(scope="module", params=CORPORA, ids=["lawsuit", "stories"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder of the pages, and that of the version they show."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    browse(request.param, None, folder)
    latest = max(request.param.glob("v*"), key=lambda path: [int(part) for part in path.name[1:].split(".")])
    return folder, latest


def parsed(folder: Path) -> dict[Path, lxml.html.HtmlElement]:
    return {path: lxml.html.fromstring(path.read_bytes()) for path in sorted(folder.rglob("*.html"))}


def table(version: Path, name: str) -> list[dict]:
    return pq.read_table(version / name, partitioning=None).to_pylist() if (version / name).is_dir() else []


@given(text=st.text("ab \n", max_size=12), spans=SPANS)
def test_lines_hold_every_character_once_and_every_mark_where_it_stands(text, spans):
    marks = [Mark(Span(min(pair), max(pair)), "x", str(number)) for number, pair in enumerate(spans)]
    found = list(lines(text, marks))
    assert "\n".join("".join(one.text for one in segments) for _, segments in found) == text
    begun: list[str] = []
    open_marks: set[str] = set()
    for offset, segments in found:
        for one in segments:
            here = {
                mark.anchor for mark in marks if mark.span.start <= offset and offset + len(one.text) <= mark.span.end
            }
            assert {mark.anchor for mark in one.marks} == {a for a in here if not _empty(marks[int(a)], text)}
            begun += [mark.anchor for mark in one.starting]
            if one.marks:
                open_marks = (open_marks | {mark.anchor for mark in one.starting}) - {mark.anchor for mark in one.ended}
                assert open_marks == {mark.anchor for mark in one.marks}
            offset += len(one.text)
    assert len(begun) == len(set(begun))
    shown = [str(n) for n, mark in enumerate(marks) if not _empty(mark, text) and mark.span.quote(text).strip("\n")]
    assert sorted(begun) == sorted(shown)


def test_a_mark_that_begins_with_a_line_break_begins_on_the_next_line():
    whole, after = Mark(Span(1, 5), "removed", "r1"), Mark(Span(2, 4), "name", "m1")
    (_, [before]), (_, [both, rest]) = lines("a\nbcd", [whole, after])
    assert (before.marks, both.starting, rest.starting) == ((), (whole, after), ())


def _empty(mark: Mark, text: str) -> bool:
    return mark.span.start == mark.span.end or mark.span.end > len(text)


def test_the_whole_source_text_stands_on_the_page_of_its_article(site):
    folder, version = site
    for article in table(version, "articles"):
        page = lxml.html.parse(folder / "articles" / f"{article['article_id']}.html")
        for mark in page.xpath("//a[contains(concat(' ', @class, ' '), ' at ')]"):
            mark.drop_tree()
        seen = [line.text_content() for line in page.xpath("//article//span[@class='source']")]
        assert seen == [line for line in article["source_text"].split("\n") if line]


def test_every_row_has_a_card_and_every_card_a_mark(site):
    folder, version = site
    for name, key in (("claims", "claim_id"), ("attributions", "attribution_id"), ("removals", "removal_id")):
        for row in table(version, name):
            page = parsed_page(folder, row["article_id"])
            anchor = row[key].removeprefix(f"{row['article_id']}:")
            assert len(page.xpath(f"//section[@id='{anchor}']")) == 1
            assert page.xpath(f"//*[contains(concat(' ', @data-on, ' '), ' {anchor} ')]")


PAGES: dict[Path, lxml.html.HtmlElement] = {}


def parsed_page(folder: Path, article: str) -> lxml.html.HtmlElement:
    path = folder / "articles" / f"{article}.html"
    if path not in PAGES:
        PAGES[path] = lxml.html.fromstring(path.read_bytes())
    return PAGES[path]


def test_every_link_leads_to_a_page_and_a_place_on_it(site):
    folder, _ = site
    pages = parsed(folder)
    ids = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    for path, page in pages.items():
        assert len(page.xpath("//@id")) == len(ids[path]), path
        for address in page.xpath("//a/@href | //link/@href | //script/@src"):
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path, address)
            assert not parts.fragment or parts.fragment in ids[target], (path, address)


def test_nothing_is_loaded_from_elsewhere_and_no_style_or_script_stands_in_a_page(site):
    for path, page in parsed(site[0]).items():
        loaded = page.xpath("//@src | //link/@href")
        assert all(not urlsplit(address).scheme and not address.startswith("//") for address in loaded), path
        assert not page.xpath("//@style | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")
        (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy.startswith("default-src 'none'; script-src 'self'")
        for link in page.xpath("//a[starts-with(@href, 'http')]"):
            assert "noreferrer" in link.get("rel")


def test_every_dispute_stands_on_the_page_of_its_story_contradictions_first(site):
    folder, version = site
    rows = [row for path in sorted((folder / "stories").iterdir()) for row in _kinds(path)]
    assert sorted(name for name, _ in rows) == sorted(row["dispute_id"] for row in table(version, "disputes"))
    for path in (folder / "stories").iterdir():
        strict = [kind == "contradiction" for _, kind in _kinds(path)]
        assert strict == sorted(strict, reverse=True)


def _kinds(path: Path) -> list[tuple[str, str]]:
    return [
        (row.get("id"), row.get("data-kind"))
        for row in lxml.html.fromstring(path.read_bytes()).xpath("//tbody[@data-kind]")
    ]


def test_the_same_version_gives_the_same_bytes(site, tmp_path):
    folder, version = site
    browse(version.parent, version.name, tmp_path / "again")
    found = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = {
        path.relative_to(tmp_path / "again"): path.read_bytes()
        for path in (tmp_path / "again").rglob("*")
        if path.is_file()
    }
    assert found == again
    assert max(map(len, found.values())) < 1_000_000


def test_a_version_before_disputes_has_pages_too(tmp_path):
    made = browse(ROOT / "corpus", "0.1.0", tmp_path / "old")
    assert made.files > 5


def test_the_author_and_who_is_not_named_are_called_so_and_are_no_entities(tmp_path):
    corpus = Corpus()
    for name, who in (("one", "author"), ("two", "author"), ("three", "unnamed"), ("four", "mara")):
        corpus.article(name, f"The ferry sank in {name}.", story="s")
        corpus.claim(name, "c1", "The ferry sank", claimer_id=who)
    corpus.add("entity_register", entity_id="mara", name="Mara Quill", label="PERSON")
    claims = [f"{name}:c1" for name in ("one", "two", "three", "four")]
    corpus.dispute("d", "Did it?", "tension", ("Yes", claims[:2]), ("No", claims[2:]), story="s")
    folder = corpus.write(tmp_path)
    page = lxml.html.parse(folder / "stories" / "s.html")
    assert page.xpath("//select[@name='entity']/option/text()") == ["all", "Mara Quill"]
    rows = page.xpath("//section[@aria-labelledby='page:claimers']//tbody/tr/th")
    assert [row.text_content() for row in rows] == [
        "the author of each article",
        "Mara Quill",
        "claimers who are not named",
    ]
    said = [one.text_content() for one in page.xpath("//blockquote/span[@class='who']")]
    assert sorted(set(said)) == ["Mara Quill", "somebody who is not named", "the author"]
    script = (folder / "search" / "claims-0.js").read_text("utf-8")
    assert '"the author"' in script
    assert '"unnamed"' not in script


@given(outer=SPANS, inner=SPANS)
def test_rows_inside_a_span_are_found_as_if_all_were_compared(outer, inner):
    rows = [{"source_start": min(pair), "source_end": max(pair)} for pair in inner]
    for pair in outer:
        span = {"source_start": min(pair), "source_end": max(pair)}
        compared = [row for row in rows if span["source_start"] <= row["source_start"] <= row["source_end"]]
        compared = [row for row in compared if row["source_end"] <= span["source_end"]]
        assert list(_Ordered(rows).inside(span)) == sorted(compared, key=lambda row: row["source_start"])


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        browse(ROOT / "corpus", None, tmp_path)
    with pytest.raises(UsageError, match="holds no version"):
        browse(ROOT / "corpus", "9.9.9", tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_says_where_to_look_and_needs_no_settings(tmp_path):
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    said = CliRunner().invoke(
        app, ["browse", "--corpus", str(tmp_path / "corpus"), "--output", str(tmp_path / "pages")]
    )
    assert said.exit_code == 0, said.output
    assert str(tmp_path / "pages" / "index.html") in said.output


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-->]]></style></textarea>",
    "\u202egnp.exe",
    "{{ 7 * 7 }}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(text, tmp_path):
    (tmp_path / "one.html").write_text('<p title="{{ value }}">{{ value }}</p>')
    page = lxml.html.fromstring(environment(tmp_path).get_template("one.html").render(value=text))
    assert page.tag == "p"
    assert not len(page)
    assert page.text == text.replace("\u202e", "<U+202E>")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "http:", "file:///etc", "http://[", None]
)
def test_only_addresses_of_the_web_are_links(url):
    assert outside(url) == ""
    assert outside("https://example.org/a?b") == "https://example.org/a?b"


def test_a_page_grows_with_its_claims_and_not_with_how_they_overlap_or_how_many_share_a_dispute(tmp_path):
    sizes = []
    for count in (100, 200):
        corpus = Corpus()
        corpus.article("one", " ".join(f"word{number:03}" for number in range(2 * count)))
        for number in range(count):
            corpus.claim("one", f"c{number:03}", corpus.text("one")[8 * number : 8 * (number + count) - 1])
        claims = [f"one:c{number:03}" for number in range(count)]
        corpus.dispute("d1", "What is it?", "contradiction", ("This", claims[::2]), ("That", claims[1::2]))
        sizes.append(len((corpus.write(tmp_path / str(count)) / "articles" / "one.html").read_bytes()))
    assert sizes[1] < 2.3 * sizes[0]


def test_a_card_says_where_a_pass_says_something_else_than_what_is_published(tmp_path):
    corpus = Corpus()
    corpus.article("a", "One. Two. Three.")
    told = {"claim_type": "reported_fact", "checkable": True, "claimer_id": "author"}
    one = {"pass": "x", "annotators": "x", "same_span": True}
    for own, quote, passes, votes in (
        ("c001", "One", [one, one], {"claim_type": {"reported_fact": 2}}),
        ("c002", "Two", [one, {**one, "same_span": False}], {"claim_type": {"opinion": 1, "reported_fact": 1}}),
        ("c003", "Three", [], {}),
    ):
        labels = [
            {"attribute": name, "value": value, "passes": count}
            for name, found in votes.items()
            for value, count in found.items()
        ]
        marked = sum(one["same_span"] for one in passes)
        corpus.claim("a", own, quote, passes=passes, soft_labels=labels, marked=marked, **told)
    page = lxml.html.fromstring((corpus.write(tmp_path) / "articles" / "a.html").read_bytes())
    said = [one.text_content() for one in page.xpath("//section/dl//dt[. = 'passes']/following-sibling::dd")]
    assert said[0] == "2 passes have it"
    assert said[1] == "2 passes have it, 1 with exactly these words; claim type opinion: 1, reported_fact: 1"
    assert said[2] == "0 passes have it"
