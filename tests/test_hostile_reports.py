"""What stands in the data is text on the pages of `allegata report` and `allegata adjudicate` too, and runs nothing."""

from __future__ import annotations

import shutil

import lxml.html
import pytest

from allegata.annotate.adjudication import compare
from allegata.annotate.adjudication_page import STYLE as ADJUDICATION_STYLE
from allegata.annotate.adjudication_page import article_pages, index_pages
from allegata.annotate.draft import Sentences
from allegata.annotate.gold import GoldArticle
from allegata.annotate.passes import Pass
from allegata.pages.templates import ASSETS
from allegata.schema.scheme import default_scheme
from allegata.schema.visible import visible
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span
from allegata.validate.page import STYLE as REPORT_STYLE
from allegata.validate.page import report_page
from allegata.validate.report import Failure, Outcome, TableReport, ValidationReport
from allegata.validate.suites import Expectation, Suite
from browse_sites import HOSTILE
from browser import Watched, chromium, photograph

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


def written(text: str) -> dict[str, str]:
    """The page of a report, and those of two passes that differ, with `text` in every field that holds one."""
    failure = Failure(text, text, text, (1, 2), text, text, text, text)
    outcome = Outcome(text, text, "", 1, (failure,))
    report = ValidationReport((TableReport(text, 1, (outcome,)),))
    suite = Suite(text, text, text, (Expectation(text, {text: text}, text, text),))
    pages = {"report": report_page(report, [suite], text, lambda failure, rows: "a.html")}
    source = f"{text} and {text}"
    passes = [_pass(text, source, side) for side in "ab"]
    whole = Sentences(source, [Span(0, len(source))], OffsetMap.without([], len(source)))
    compared = compare(passes[0], passes[1], text, whole)
    articles = article_pages(*passes, compared).values()
    pages |= {f"adjudication-{number}": page for number, page in enumerate(articles)}
    return pages | {"adjudication-index": index_pages(*passes, [compared])["index.html"]}


def _pass(text: str, source: str, side: str) -> Pass:
    mention = {
        "record": "mention",
        "id": text,
        "segments": [Span(0, len(text))],
        "label": f"{side}{text}",
        "mention_type": text,
        "entity_id": f"{side}{text}",
    }
    positions = [{"id": text, "canonical": f"{side}{text}", "claims": [text], "supersedes": []}]
    dispute = {"id": text, "question": text, "kind": text, "differs": text, "positions": positions}
    proposition = {"id": text, "canonical": text, "members": [f"{side}{text}"]}
    article = GoldArticle(text, {}, (mention,))
    return Pass(text, frozenset([text]), {text: article}, default_scheme(), [proposition], [dispute])


def elements(page: str) -> set[tuple[str, frozenset[str]]]:
    found = lxml.html.document_fromstring(page)
    return {(one.tag, frozenset(one.keys())) for one in found.iter() if isinstance(one.tag, str)}


@pytest.fixture(scope="module")
def harmless() -> dict[str, set[tuple[str, frozenset[str]]]]:
    """Every element that pages of such data are made of, with its attributes."""
    return {name: elements(page) for name, page in written("harmless").items()}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_string_in_every_field_is_text(text, harmless):
    for name, page in written(text).items():
        assert elements(page) <= harmless[name]
        found = lxml.html.document_fromstring(page)
        assert found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [POLICY]
        assert "".join(visible(text, keep="\n\t").split()) in "".join(found.text_content().split())
        hidden = [one for one in page if one in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b\0"]
        assert hidden == []


def test_a_browser_runs_nothing_of_them_even_without_the_policy(tmp_path):
    """The Content-Security-Policy is switched off, so that the escaping alone is tested."""
    (tmp_path / "assets").mkdir()
    for style in (ASSETS / "pages.css", REPORT_STYLE, ADJUDICATION_STYLE):
        shutil.copy(style, tmp_path / "assets")
    with chromium() as browser:
        context = browser.new_context(bypass_csp=True, viewport={"width": 1200, "height": 800})
        context.add_init_script("window.ran = []; window.hacked = () => window.ran.push(1)")
        watched = Watched(context.new_page())
        for name, page in written(" ".join(HOSTILE)).items():
            (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
            watched.page.goto((tmp_path / f"{name}.html").as_uri())
            assert "<script>hacked()</script>" in watched.page.locator("body").inner_text()
            assert watched.page.evaluate("window.ran") == []
            photograph(watched.page, f"hostile-{name}")
        context.close()
    assert watched.complaints == []
