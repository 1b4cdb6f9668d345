"""`allegata report`: every expectation in words, what was found and in which rows, as a page that holds any data."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest
from typer.testing import CliRunner

import browse_sites
from allegata.cli.app import app
from allegata.pages.templates import ASSETS
from allegata.recipe.report import where_shown
from allegata.validate.page import STYLE, report_page
from allegata.validate.report import Failure, Outcome, TableReport, ValidationReport
from allegata.validate.suites import Expectation, Suite
from browser import COLOURS, axe, chromium, photograph

PAGE = (
    "<html><head><title>Mill recalls flour</title></head><body><nav><a href='/'>Home</a> <a href='/b'>Town</a></nav>"
    "<article><h1>Mill recalls flour</h1><p>A mill has recalled {} bags of flour from the shops of the town.</p>"
    "<p>Nobody has fallen ill so far, the mill said on Monday, and the rest of the flour is safe to eat.</p></article>"
    "<footer>Share this article. All rights reserved.</footer></body></html>"
)


def call(*command: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(part) for part in command])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of two pages whose navigation was removed."""
    root = tmp_path / "corpus"
    call("init", root, "--title", "The <b>mill</b>")
    (tmp_path / "one.html").write_text(PAGE.format("4,000"))
    (tmp_path / "two.html").write_text(PAGE.format("some").replace("flour", "sugar").replace("mill", "harbour"))
    call("add", tmp_path / "one.html", tmp_path / "two.html", "--root", root)
    return root


def expect(root: Path, table: str, **expectation: object) -> None:
    """Add an expectation to a suite of the corpus."""
    path = root / "expectations" / f"{table}.json"
    suite = json.loads(path.read_text())
    suite["expectations"].append(expectation)
    path.write_text(json.dumps(suite))


def page_of(root: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring((root / "build" / "report" / "index.html").read_bytes())


def test_a_corpus_that_meets_its_suites_has_a_page_that_says_what_they_expect(corpus):
    said = call("report", "--root", corpus)
    page = page_of(corpus)
    assert str(corpus / "build" / "report" / "index.html") in said
    assert "Every expectation is met" in page.text_content()
    assert "Validation of The <b>mill</b>" in page.text_content()
    for path in (corpus / "expectations").glob("*.json"):
        suite = json.loads(path.read_text())
        (part,) = page.xpath(f"//section[h2[@id='{path.stem}']]")
        words = " ".join(part.text_content().split())
        assert suite["meta"]["notes"] in words
        assert all(" ".join(one["meta"]["notes"].split()) in words for one in suite["expectations"])
    first = (corpus / "build" / "report" / "index.html").read_bytes()
    call("report", "--root", corpus)
    assert (corpus / "build" / "report" / "index.html").read_bytes() == first


def test_rows_that_break_an_expectation_lead_to_their_articles(corpus):
    call("build", "--root", corpus)
    call("browse", "--corpus", corpus / "corpus", "--output", corpus / "build" / "browse")
    expect(
        corpus,
        "removals",
        type="expect_column_values_to_be_in_set",
        kwargs={"column": "reason", "value_set": ["nonesuch"]},
        meta={"notes": "Nothing is navigation <script>alert(1)</script>.", "fix": "look at the rule"},
    )
    call("report", "--root", corpus, code=1)
    page = page_of(corpus)
    (check,) = page.xpath("//section[contains(@class, 'check')]")
    assert "Nothing is navigation <script>alert(1)</script>." in check.text_content()
    assert "To do: look at the rule" in check.text_content()
    links = check.xpath(".//td/a/@href")
    assert links
    for link in links:
        parts = urlsplit(link)
        target = (corpus / "build" / "report" / unquote(parts.path)).resolve()
        assert f' id="{parts.fragment}"' in target.read_text()
    assert not page.xpath("//script | //style | //@style")


def test_a_row_leads_to_its_card_its_article_or_its_dispute(tmp_path):
    pages = browse_sites.invented().write(tmp_path / "build" / "browse")
    where = where_shown(pages, tmp_path / "build" / "report")

    def shown(table: str, article: str, row: str, start: int | None = None) -> str:
        return where(Failure(table, "expect", article, None, row, None, "what", "fix", start), "")

    assert shown("claims", "ferry", "ferry:c001") == "../browse/articles/ferry.html#c001"
    assert shown("sentences", "ferry", "ferry:s001") == "../browse/articles/ferry.html"
    text = browse_sites.invented().text("ferry")
    line, row = text.index("Nobody, the port office adds"), text.index("was on the upper deck")
    for start in (line, row):
        assert shown("sentences", "ferry", "ferry:s001", start) == f"../browse/articles/ferry.html#line:{line}"
    assert shown("claims", "ferry", "ferry:c001", row) == "../browse/articles/ferry.html#c001"
    assert shown("positions", "", "how/long-1") == "../browse/stories/ferry.html#position:how%2Flong-1"
    assert shown("disputes", "", "how/long") == "../browse/stories/ferry.html#how%2Flong"
    assert shown("entity_register", "", "quill") == shown("claims", "unknown", "unknown:c001") == ""


@pytest.mark.parametrize("data", [b"", b" \n", b"\x00\xff\xfe\x00", b"<!doc", b"<!-- cut"], ids=range(5))
def test_a_page_that_is_damaged_has_no_card_to_lead_to(tmp_path, data):
    page = tmp_path / "browse" / "articles" / "ferry.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(data)
    row = Failure("claims", "expect", "ferry", None, "ferry:c001", None, "what", "fix", 7)
    assert where_shown(tmp_path / "browse", tmp_path / "report")(row, "") == "../browse/articles/ferry.html"


def test_without_pages_of_the_corpus_nothing_is_linked_and_a_usage_error_writes_nothing(corpus):
    expect(
        corpus,
        "articles",
        type="expect_column_values_to_be_in_set",
        kwargs={"column": "media_type", "value_set": ["image/png"]},
        meta={"notes": "Pictures.", "fix": "paint"},
    )
    call("report", "--root", corpus, code=1)
    assert "2 rows" in page_of(corpus).xpath("//section[contains(@class, 'check')]//h3")[0].text_content()
    assert page_of(corpus).xpath("//td/a/@href") == []
    (corpus / "mine").mkdir()
    (corpus / "mine" / "note.txt").write_text("mine")
    assert "holds other files" in call("report", "--root", corpus, "--output", corpus / "mine", code=2)


def test_axe_finds_nothing_on_a_page_of_broken_rows(tmp_path):
    page = report_page(*invented(3, HOSTILE), HOSTILE, lambda failure, rows: "a.html")
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(page.replace("<details>", "<details open>"))
    for style in (ASSETS / "pages.css", STYLE):
        shutil.copy(style, tmp_path / "assets")
    with chromium() as running:
        for scheme in ("light", "dark"):
            shown = running.new_context(color_scheme=scheme, viewport={"width": 360, "height": 700}).new_page()
            shown.goto((tmp_path / "index.html").as_uri())
            assert axe(shown, *(() if scheme == "light" else COLOURS)) == []
            assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
            photograph(shown, f"report-{scheme}")


HOSTILE = '</td></section><script>alert("1")</script>\u202e\x1b[31m'


def invented(expectations: int, text: str) -> tuple[ValidationReport, list[Suite]]:
    failures = tuple(
        Failure("claims", "expect_x", f"x{text}", (1, 2), f"x:{row}{text}", text, text, text) for row in range(20)
    )
    asked = tuple(Expectation("expect_x", {"column": f"{n}{text}"}, text, text) for n in range(expectations))
    outcomes = tuple(Outcome("claims", "expect_x", "", 1_000, failures) for _ in asked)
    report = ValidationReport((TableReport("claims", 5, outcomes),))
    return report, [Suite("claims", "expectations/claims.json", text, asked)]


@pytest.mark.parametrize(("expectations", "text"), [(3, HOSTILE), (400, HOSTILE * 400), (3_000, "\u202e" * 5_000)])
def test_hostile_and_endless_texts_are_shown_as_text_and_cut_and_counted(expectations, text):
    page = report_page(*invented(expectations, text), HOSTILE, lambda failure, rows: "a.html")
    assert len(page.encode()) < 1_000_000
    found = lxml.html.fromstring(page)
    assert not found.xpath("//script")
    assert "\u202e" not in page
    assert "\x1b" not in page
    checks = found.xpath("//section[contains(@class, 'check')]")
    shown = found.xpath("//section[contains(@class, 'check')]//tbody/tr")
    more = sum(
        int(one.split()[0].replace(",", "")) for one in found.xpath("//p[@class='note']/text()") if "same way" in one
    )
    assert more + len(shown) == 1_000 * len(checks)
    if expectations == 3:
        assert len(shown) == 60
        assert '</td></section><script>alert("1")</script><U+202E><U+001B>[31m' in checks[0].text_content()
    else:
        rest = [one for one in found.xpath("//p[@class='note']/text()") if "more expectations" in one]
        assert len(checks) + sum(int(one.split()[0].replace(",", "")) for one in rest) == expectations
