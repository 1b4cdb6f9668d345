"""The pages as a screen reader has them: the tree of roles, names and states that the browser gives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browse_sites import invented


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
