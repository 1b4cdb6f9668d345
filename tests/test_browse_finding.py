"""Search in a real browser: what it finds, by keyboard, in any script, and how soon; and the pages that lists fill."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allegata.browse import overview
from allegata.recipe.browse import browse
from bench.browse import write_version
from browse_sites import invented
from browser import COLOURS, Watched, axe, first_paint, photograph
from project import sampled

# Milliseconds from the change of the query until the first thing found is in the page. Nothing else talks with the page
# meanwhile: what a driver asks of it then keeps it from the answer for 20 to 60 ms.
ANSWERED = """word => new Promise((resolve) => {
  const query = document.getElementById("query"), results = document.getElementById("results");
  const start = performance.now();
  new MutationObserver(() => results.querySelector("li") && resolve(performance.now() - start))
    .observe(results, { childList: true });
  query.value = word;
  query.dispatchEvent(new Event("input"));
})"""
LONGEST = 100


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented pages with two articles a list, and an article that is nearly another."""
    corpus = invented()
    text = corpus.text("tide")
    corpus.article("ebb", text.replace("an hour", "half an hour"), story="ferry", cluster_id="k", title="洪水 in Ebb")
    for row in corpus.rows["articles"]:
        row["cluster_id"] = "k" if row["article_id"] in ("tide", "ebb") else row["article_id"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overview, "OF_A_PAGE", 2)
        return corpus.write(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(5_000)
    watched = Watched(context.new_page())
    yield watched.page
    context.close()
    assert watched.complaints == []


def found(page: Any) -> list[str]:
    page.locator("#results[aria-busy=false]").wait_for(state="attached")
    return page.locator("#results h2").all_inner_texts()


def test_words_are_found_in_names_claims_and_texts_and_lead_to_their_place(page, site):
    page.goto((site / "index.html").as_uri())
    query = page.get_by_role("searchbox")
    query.focus()
    page.keyboard.type("QUILL")
    page.get_by_text("1 name, 0 titles, 2 claims, 1 text").wait_for()
    assert found(page) == ["Names 1", "Claims 2", "Texts 1"]
    assert not page.locator("#overview").is_visible()
    assert page.locator("#results mark").first.inner_text() == "Quill"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/ferry.html#entity:quill")
    page.locator(".card.chosen").wait_for()
    page.go_back()
    page.get_by_text("1 name, 0 titles, 2 claims, 1 text").wait_for()  # the query is part of the address
    page.locator("#results section").nth(2).locator(".line a").first.click()
    page.wait_for_url("**/articles/ferry.html#line:*")
    assert "Mara Quill" in page.locator("p:target").inner_text()


def test_what_is_called_so_comes_first_and_arrows_lead_through_the_answer(page, tmp_path):
    corpus = invented()
    corpus.article(
        "road", "The mill road, Lake Mill and the mill were flooded.", title="Road to the mill", story="ferry"
    )
    corpus.article("mill", "No word of it.", title="Mill", story="ferry")
    for own, (entity, quote) in enumerate({"a": "mill road", "b": "Lake Mill", "c": "mill"}.items()):
        corpus.add("entity_register", entity_id=entity, name=quote.title(), label="ORG", description="")
        corpus.span("entities", "mention_id", "road", f"m{own}", quote, entity_id=entity, label="ORG")
    page.goto((corpus.write(tmp_path) / "index.html").as_uri())
    query = page.get_by_role("searchbox")
    query.fill("mill")
    page.get_by_text("3 names, 2 titles, 0 claims").wait_for()
    assert found(page) == ["Names 3", "Titles 2", "Texts 2"]
    heads = page.locator("#results section li > p:first-child bdi").all_inner_texts()
    assert heads == ["Mill", "Mill Road", "Lake Mill", "Mill", "Road to the mill", "Mill", "Road to the mill"]
    query.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('li').querySelector('bdi').innerText") == "Mill Road"
    page.keyboard.press("Escape")
    assert query.evaluate("one => one === document.activeElement")


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("sank ten", ["Claims 2", "Texts 1"]),
        ("minut", ["Titles 1", "Claims 2", "Texts 1"]),
        ("العبارة", ["Titles 1", "Claims 1", "Texts 1"]),
        ("洪水", ["Titles 1", "Texts 1"]),
        ("no such words", []),
        ("<script>", []),
        (")(*[", []),
    ],
)
def test_every_script_is_searched_and_nothing_of_a_query_is_markup(asked, kinds, page, site):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("searchbox").fill(asked)
    page.wait_for_timeout(50)
    page.locator("#found:not(:empty)").wait_for()
    assert found(page) == kinds
    page.get_by_role("searchbox").fill("")
    page.locator("#overview").wait_for()
    assert found(page) == []


def test_axe_finds_nothing_on_answers_lists_and_copies(page, site):
    pages = {"search": "index.html#q=ferry", "list": "lists/articles.1.html", "copies": "copies/tide.html"}
    for name, path in pages.items():
        where, _, anchor = path.partition("#")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto("about:blank")
            page.goto((site / where).as_uri() + (f"#{anchor}" if anchor else ""))
            if anchor:
                page.locator("#results mark").first.wait_for()
            assert axe(page, *(() if scheme == "light" else COLOURS)) == [], name
            photograph(page, f"{name}-{scheme}")
        page.set_viewport_size({"width": 360, "height": 800})
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, name
        page.set_viewport_size({"width": 1200, "height": 800})
    assert page.locator("del, ins").all_inner_texts() == ["half "]


@pytest.mark.parametrize("asked", ["!", "—", "😀"])
def test_a_query_without_a_word_reads_no_script(asked, page, site):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("searchbox").fill(asked)
    page.get_by_text("Search for a word or a number.").wait_for()
    assert page.evaluate("[...document.scripts].filter(one => /words-/.test(one.src)).length") == 0


def test_a_script_that_could_not_be_read_is_read_again_and_what_was_found_before_is_not_shown(browser, site, tmp_path):
    folder = shutil.copytree(site, tmp_path / "pages")
    words = folder / "search" / "words-0.js"
    context = browser.new_context()
    context.set_default_timeout(5_000)
    shown = context.new_page()
    shown.goto((folder / "index.html").as_uri())
    words.rename(folder / "away.js")
    shown.evaluate("document.getElementById('results').append('from before')")
    shown.get_by_role("searchbox").fill("ferry")
    shown.get_by_text("search/words-0.js cannot be read: make the pages again").wait_for()
    assert shown.locator("#results").inner_text() == ""
    (folder / "away.js").rename(words)
    shown.get_by_role("searchbox").fill("ferry ")
    shown.locator("#results section").first.wait_for()
    context.close()


@pytest.fixture(scope="module", params=sampled([250, 1_000], 250))
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a thousand articles with 35,000 spans, or of a quarter of them."""
    folder = tmp_path_factory.mktemp("many")
    write_version(folder / "v1.0.0", request.param)
    return browse(folder / "v1.0.0", None, folder / "pages").index.parent


@pytest.mark.alone
def test_the_first_answer_comes_at_once_for_every_word_among_hundreds_of_articles(browser, many):
    """Ten words, each asked as soon as a fresh page is there; its best page counts: a busy machine is not a slow page.

    An answer takes the main thread of the page 30 ms of CPU time, its layout and painting included. At a load of 9 on
    two cores 22 of 30 pages took less than 100 ms, and the best page of the slowest word 95; before the address was
    changed after painting 12 of 30, and 110.
    """
    words = (many / "search" / "texts-0.js").read_text("utf-8").split()[1:400:40]
    assert len(words) == 10
    for word in words:
        times: list[float] = []
        while len(times) < 20 and not any(time < LONGEST for time in times):
            context = browser.new_context()
            watched = Watched(context.new_page())
            watched.page.goto((many / "index.html").as_uri())
            times.append(watched.page.evaluate(ANSWERED, word))
            context.close()
            assert watched.complaints == []
        assert min(times) < LONGEST, (word, times)


@pytest.mark.alone
def test_the_largest_page_of_hundreds_of_articles_is_painted_within_a_second(browser, many):
    largest = max(many.rglob("*.html"), key=lambda path: path.stat().st_size)
    assert max(path.stat().st_size for path in many.rglob("*") if path.is_file()) < 1_000_000
    times: list[float] = []
    while len(times) < 20 and not any(time < 1000 for time in times):  # a busy machine is not a slow page
        context = browser.new_context()
        page = context.new_page()
        page.goto(largest.as_uri())
        times.append(first_paint(page))
        context.close()
    assert min(times) < 1000, times
