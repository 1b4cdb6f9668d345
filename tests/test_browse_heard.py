"""The pages as a screen reader has them: the tree of roles, names and states that the browser gives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browse_sites import Corpus, invented


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invented().write(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    context.set_default_timeout(5_000)
    yield context.new_page()
    context.close()


def tree(page: Any) -> list[dict[str, Any]]:
    """What is heard of a page, each with its role, its name, its states, and the names of all that is in it."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def inside(node: dict[str, Any]) -> str:
        name = node.get("name", {}).get("value", "")
        return name or " ".join(inside(by_id[one]) for one in node.get("childIds", ()) if one in by_id)

    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "inside": inside(node),
            **{one["name"]: one["value"].get("value") for one in node.get("properties", ())},
        }
        for node in nodes
        if not node["ignored"]
    ]


def heard(page: Any, role: str) -> list[dict[str, Any]]:
    return [node for node in tree(page) if node["role"] == role]


def test_a_removed_part_is_heard_as_removed(page, site):
    page.goto((site / "articles" / "ferry.html").as_uri())
    removed = [node["inside"] for node in heard(page, "deletion")]
    assert len(removed) == page.locator(".text .source .m.removed").count() > 0
    assert any("r001" in one for one in removed)  # the link to the card that says by which rule


def test_layers_are_check_boxes_with_their_names_and_states(page, site):
    page.goto((site / "articles" / "ferry.html").as_uri())
    before = {node["name"]: node["checked"] for node in heard(page, "checkbox")}
    assert len(before) == page.locator("input[type=checkbox]").count()
    (removed,) = [name for name in before if name.startswith("Removed")]
    assert before[removed] == "true"
    page.get_by_role("checkbox", name=removed).uncheck()
    after = {node["name"]: node["checked"] for node in heard(page, "checkbox")}
    assert after == {**before, removed: "false"}
    assert heard(page, "deletion") == []


def test_the_answer_of_the_search_is_announced(page, site):
    page.goto((site / "index.html").as_uri())
    assert [node["name"] for node in heard(page, "searchbox")] == ["Search texts, claims and names"]
    page.get_by_role("searchbox").type("quill")
    page.get_by_text("1 name, 0 titles, 2 claims, 1 text").wait_for()
    announced = [node["inside"] for node in tree(page) if node.get("live") == "polite"]
    assert "1 name, 0 titles, 2 claims, 1 text" in announced


def test_a_struck_position_is_said_to_be_superseded_and_tables_have_heads(page, site):
    page.goto((site / "stories" / "ferry.html").as_uri())
    found = tree(page)
    assert {"columnheader", "rowheader"} <= {node["role"] for node in found}
    assert any("superseded" in node["name"] for node in found)


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A story of two near-copies in Spanish: a headline, then a line that only one of them has otherwise."""
    corpus = Corpus()
    for name, count in (("a", "diez"), ("b", "doce")):
        text = f"El puente cierra\nLa alcaldesa vio {count} grietas."
        corpus.article(name, text, language="es", title="El puente cierra", story="puente", cluster_id="puente")
        corpus.rows["articles"][-1]["blocks"][0]["zone"] = "heading"
        corpus.claim(name, "c001", f"La alcaldesa vio {count} grietas")
    corpus.dispute("d", "¿Cuántas grietas había?", "contradiction", ("Diez", ["a:c001"]), ("Doce", ["b:c001"]))
    for row in corpus.rows["disputes"]:
        row["story"] = "puente"
    return corpus.write(tmp_path_factory.mktemp("spanish"))


def spoken(page: Any, words: str) -> list[str]:
    """The languages in which the smallest elements are read that are these words, and seen."""
    return page.evaluate(
        """(words) => {
          const says = (one) => one.textContent.trim() === words;
          return [...document.body.querySelectorAll("*")]
            .filter((one) => says(one) && ![...one.children].some(says) && one.checkVisibility())
            .map((one) => one.closest("[lang]").lang);
        }""",
        words,
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("index.html", ["El puente cierra", "¿Cuántas grietas había?"]),
        ("index.html#q=alcaldesa", ["La alcaldesa vio diez grietas.", "La alcaldesa vio diez grietas"]),
        ("index.html#q=puente", ["El puente cierra"]),
        ("stories/puente.html", ["¿Cuántas grietas había?", "Diez", "“La alcaldesa vio diez grietas”"]),
        ("articles/a.html", ["La alcaldesa vio diez grietas"]),
        ("copies/a.html", ["El puente cierra", "diez"]),
    ],
)
def test_words_of_the_data_are_read_in_their_language(page, spanish, path, words):
    page.goto(f"{spanish.as_uri()}/{path}")
    if "#" in path:
        page.locator("#results[aria-busy=false]").wait_for()
    for one in words:
        assert set(spoken(page, one)) == {"es"}, one


def test_headings_of_an_article_are_headings(page, spanish):
    page.goto((spanish / "articles" / "a.html").as_uri())
    assert "El puente cierra" in {node["name"].strip() for node in heard(page, "heading") if node["level"] == 2}


def test_the_name_of_a_card_has_no_words_that_tell_nothing(page, site):
    page.goto((site / "articles" / "ferry.html").as_uri())
    assert "c001 reported fact" in [node["name"] for node in heard(page, "heading")]


@pytest.mark.parametrize("path", ["index.html", "stories/ferry.html", "articles/ferry.html"])
def test_landmarks_are_few_and_each_has_a_name_and_a_heading_that_is_heard(page, site, path):
    page.set_viewport_size({"width": 360, "height": 200})  # what is far below is part of it too
    page.goto((site / path).as_uri())
    headings = {node["name"] for node in heard(page, "heading")}
    regions = [node["name"] for node in heard(page, "region")]
    assert len(set(regions)) == len(regions) > 0
    assert set(regions) <= headings | {"annotations"}


def test_how_many_disputes_a_filter_shows_is_announced(page, site):
    page.goto((site / "stories" / "ferry.html").as_uri())
    page.get_by_label("Kind").select_option("framing")
    assert "1 of 2 disputes" in [node["inside"] for node in tree(page) if node.get("live") == "polite"]


def test_a_link_to_a_claim_is_followed_to_its_card_even_when_another_is_chosen(page, site):
    page.goto((site / "articles" / "ferry.html").as_uri())
    for anchor in ("c001", "c003"):
        page.locator(f".text a[href='#{anchor}']").first.click()
        assert page.evaluate("document.activeElement.id") == anchor
