"""What the card of a build says of its passes: who is compared with whom, and what people have seen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from allegata.annotate.agreement_report import Aside, Comparison
from allegata.annotate.agreement_tables import about_articles
from allegata.recipe.build import run
from project import ARTICLES, copy_root, edit_rows, read_rows, write_rows

KINDS = {"m1": "model", "m2": "model", "judge": "model", "person": "human"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The gold of the corpus, adjudicated by a machine, and no pass."""
    place = copy_root(tmp_path, whole=True)
    annotations = place / "annotations"
    shutil.rmtree(annotations / "passes")
    rows = [{"id": name, "kind": kind, "description": "Somebody."} for name, kind in KINDS.items()]
    write_rows(annotations / "annotators.jsonl", rows)
    for path in (annotations / "gold").iterdir():
        edit_rows(path, lambda rows: rows[0].update(annotators=["judge"]))
    return place


def _pass(root: Path, name: str, who: str, articles: tuple[str, ...] = ARTICLES, guidelines: str | None = None) -> None:
    folder = root / "annotations" / "passes" / name
    folder.mkdir(parents=True)
    for article in articles:
        shutil.copy(root / "annotations" / "gold" / f"{article}.jsonl", folder)
        version = guidelines or read_rows(folder / f"{article}.jsonl")[0]["guidelines"]
        edit_rows(folder / f"{article}.jsonl", lambda rows, of=version: rows[0].update(annotators=[who], guidelines=of))


def _card(root: Path) -> str:
    run(root)
    pages = [root / "corpus" / "card" / f"{name}.md" for name in ("agreement", "annotators")]
    return "\n".join(path.read_text(encoding="utf-8") for path in (root / "dataset_card.md", *pages))


def test_versions_of_the_guidelines_are_side_by_side_and_people_have_a_row_before_there_are_any(root: Path) -> None:
    for name, who, version in (("a", "m1", "9.0"), ("b", "m2", "9.0"), ("s", "m1", "short-1"), ("t", "m2", "short-1")):
        _pass(root, name, who, guidelines=version)
    card = _card(root)
    rows = [line.split(" | ")[0] for line in card.split("| compared | ")[1].split("\n\n")[0].splitlines()[2:]]
    assert rows == [
        "| model-model, guidelines 9.0",
        "| model-model, guidelines short-1",
        "| people: none yet",
    ]
    assert "machine-annotated, not yet seen by people" in card
    assert "against" not in "".join(rows)
    (stored,) = (root / "corpus").glob("v*/agreement.json")
    found = json.loads(stored.read_text())
    assert [one["name"] for one in found["comparisons"]] == [row.removeprefix("| ") for row in rows[:2]]
    assert found["what"] == "consistency between model passes"
    for one in found["comparisons"]:  # the same pass twice
        assert one["articles"] == sorted(ARTICLES)
        assert {row["alpha"] for row in one["layers"]} == {1.0}
        assert {row["observed"] for row in one["attributes"]} == {1.0}
        assert {"claims", "attributions"} <= {row["layer"] for row in one["layers"]}


def test_a_pass_by_a_person_stands_beside_those_of_machines(root: Path) -> None:
    _pass(root, "a", "m1")
    _pass(root, "b", "m2")
    _pass(root, "h", "person", ARTICLES[:2])
    card = _card(root)
    assert "| human-model, guidelines" in card
    assert "people: none yet" not in card
    assert f"Set aside: {', '.join(ARTICLES[2:])} (not in h)." in card
    assert "annotated by people and machines" in card


def test_of_many_articles_the_first_are_named_and_the_others_counted() -> None:
    articles = tuple(f"a{number:02}" for number in range(12))
    aside = tuple(Aside(f"b{number:02}", "not in x") for number in range(11))
    found = Comparison(("2.0",), "model-model", ("x", "y"), articles, aside, True, (), (), (), ())
    assert about_articles(found) == (
        f"x, y, on the articles that every one of them has: {', '.join(articles[:10])} and 2 more. "
        f"Set aside: {', '.join(item.article_id for item in aside[:10])} and 1 more (not in x)."
    )


def test_where_one_pass_annotates_a_part_again_it_is_compared_with_what_is_published(root: Path) -> None:
    _pass(root, "second", "m1", ARTICLES[:1])
    card = _card(root)
    assert "1 of 5 annotated articles was annotated twice, in a pass and by others" in card
    assert "gold, second, on the articles that every one of them has: " + ARTICLES[0] in card
    assert "adjudicated" not in card
    assert "The figures cover 1 of 5 annotated articles." in card
