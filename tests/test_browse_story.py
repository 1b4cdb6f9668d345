"""The page of a story: who takes which position in which article in whose words, what happened when, who is quoted."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from browse_sites import invented

HEADS = ["Ferry sank in minutes", "Slow end of a ferry", "غرقت العبارة ببطء"]  # by day, the one without a day last


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented story, in which the hour is known to be right by now, and a dispute that comes first by its id."""
    corpus = invented()
    positions = {row["position_id"]: row for row in corpus.rows["positions"]}
    positions["how/long-1"]["supersedes"] = ["how/long-0"]
    claims = (["ferry:c002"], ["tide:c001"])
    corpus.dispute("a", "Was it old?", "tension", ("Yes", claims[0]), ("No", claims[1]), story="ferry")
    return corpus.write(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def page(site: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring((site / "stories" / "ferry.html").read_bytes())


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def dispute(page: lxml.html.HtmlElement, name: str) -> lxml.html.HtmlElement:
    (found,) = (row for row in page.xpath("//tbody") if row.get("id") == name)
    return found


def test_the_disputes_are_a_table_with_a_column_an_article(page):
    assert [words(head.xpath("./a")[0]) for head in page.xpath("//table[@class='disputes']/thead/tr/th")] == HEADS
    for row in page.xpath("//tr[@class='words']"):
        assert len(row.xpath("./td")) == len(HEADS)
    how_long = dispute(page, "how%2Flong")
    assert words(how_long.xpath(".//h3")[0]) == "How long did it take?"
    ferry, tide, arabic = how_long.xpath("./tr[@class='words']/td")
    said = [(words(one.xpath("./a")[0]), words(one.xpath("./span")[0])) for one in ferry.xpath(".//blockquote")]
    quill = "Mara Quill, as reported by port office"
    assert said == [("“the ferry”", quill), ("“the ferry, which was built in 1988, sank in ten minutes”", quill)]
    (quote,) = tide.xpath(".//blockquote")
    assert quote.xpath("./a/@href") == ["../articles/tide.html#c001"]
    assert "port office" in words(quote)
    assert words(tide.xpath(".//div")[0]).startswith("position B")
    assert arabic.xpath(".//bdi[@lang='ar']")
    (silent,) = dispute(page, "main").xpath("./tr[@class='words']/td[@class='silent']")
    assert "says nothing of it" in words(silent)


def test_strict_contradictions_come_first(page):
    kinds = [row.get("data-kind") for row in page.xpath("//tbody[@data-kind]")]
    assert kinds[0] == "contradiction"
    assert sorted(kinds) == ["contradiction", "framing", "tension"]
    assert [row.get("class") for row in page.xpath("//table[@class='glance']/tbody/tr")] == kinds


def test_what_has_been_superseded_is_struck_and_says_by_what(page, site):
    first, second = dispute(page, "how%2Flong").xpath(".//ul[@class='answers']/li")
    assert words(first.xpath("./s")[0]) == "Ten minutes"
    assert "superseded by B" in words(first)
    assert not second.xpath("./s")
    glance = page.xpath("//table[@class='glance']/tbody/tr")[0]
    assert [words(cell) for cell in glance.xpath("./td")] == ["position A, superseded", "position B", "position B"]
    assert dispute(page, "how%2Flong").xpath(".//div[contains(@class, 'over')]")
    article = lxml.html.parse(site / "articles" / "tide.html")
    assert [words(one) for one in article.xpath("//section[@id='c001']//s")] == ["Ten minutes"]


def test_the_timeline_has_every_date_with_what_each_article_says_of_it(page):
    (day,) = page.xpath("//ol[@class='timeline']/li")
    assert words(day.xpath("./b")[0]) == "1988"
    (article,) = day.xpath(".//div[@class='of-article']")
    assert words(article.xpath("./p/a")[0]) == HEADS[0]
    assert [one.get("href") for one in article.xpath(".//blockquote/a")] == [
        "../articles/ferry.html#c002",
        "../articles/ferry.html#c003",
    ]


def test_who_is_quoted_is_counted_in_every_article(page):
    rows = page.xpath("//table[@class='claimers']/tbody/tr")
    assert {words(row.xpath("./th")[0]): [words(cell) for cell in row.xpath("./td")] for row in rows} == {
        "port office": ["3", "1", "1", "1"],
        "Mara Quill": ["2", "2", "", ""],
        "the author of each article": ["1", "1", "", ""],
    }
