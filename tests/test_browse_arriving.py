"""What is seen of a page when it is opened: at the place that its address names, and all of it on a narrow screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from browse_sites import Corpus, invented


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invented().write(tmp_path_factory.mktemp("pages"))


def test_a_page_that_is_opened_at_a_claim_does_not_roll_there(browser, site):
    context = browser.new_context(viewport={"width": 360, "height": 300}, reduced_motion="no-preference")
    page = context.new_page()
    page.goto((site / "articles" / "crowded.html").as_uri() + "#c299")
    first = page.evaluate("scrollY")
    page.wait_for_timeout(700)
    assert page.evaluate("scrollY") == first > 0
    context.close()


@pytest.mark.parametrize("width", [360, 1200])
def test_a_page_that_is_opened_at_a_claim_shows_the_way_back_to_everything(browser, site, width):
    context = browser.new_context(viewport={"width": width, "height": 600}, reduced_motion="reduce")
    page = context.new_page()
    page.goto((site / "articles" / "crowded.html").as_uri() + "#c150")
    page.wait_for_timeout(100)
    button, cards = page.locator("button.all").bounding_box(), page.locator(".cards").bounding_box()
    assert cards["y"] <= button["y"] < 600
    context.close()


def test_on_a_narrow_screen_every_column_of_the_glance_and_of_the_list_of_articles_is_seen(browser, tmp_path):
    corpus = invented()
    for number in range(3):
        corpus.article(
            f"x{number}",
            "Nothing of it.",
            story="ferry",
            publisher="Seaboard News Service of the Harbour",
            published="2031-05-05",
        )
    folder = corpus.write(tmp_path)
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    for path, table in (("stories/ferry.html", ".glance"), ("index.html", ".list")):
        page.goto((folder / path).as_uri())
        page.locator(table).scroll_into_view_if_needed()
        wide = page.locator(table).evaluate(
            "(one) => one.closest('.scroll').scrollWidth - one.closest('.scroll').clientWidth"
        )
        assert wide <= 1, table
    context.close()


def test_a_citation_and_the_blank_before_it_are_removed_but_not_struck(browser, tmp_path):
    corpus = Corpus()
    corpus.article("a", "The ferry sank [1] at noon.")
    corpus.claim("a", "c001", "The ferry sank [1] at noon")
    corpus.span("citations", "citation_id", "a", "z001", "[1]", marker="[1]", url="https://example.org", position=1)
    corpus.span("removals", "removal_id", "a", "r001", " [1]", text=" [1]", reason="citation_marker", rule="x")
    corpus.span("removals", "removal_id", "a", "r002", "noon", text="noon", reason="caption", rule="x")
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto((corpus.write(tmp_path) / "articles" / "a.html").as_uri())
    struck = page.locator("del.m").evaluate_all(
        "all => all.map(one => [one.lastChild.textContent, getComputedStyle(one).textDecorationLine])"
    )
    assert struck == [[" ", "none"], ["[1]", "none"], ["noon", "line-through"]]
    context.close()
