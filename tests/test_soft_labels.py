"""What the blind passes say of the claims of the gold."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from allegata.annotate.gold import GoldArticle
from allegata.annotate.soft_labels import soft_labels
from allegata.recipe.build import run
from allegata.schema.problems import ProblemsFound
from allegata.schema.published import load_corpus
from allegata.schema.scheme import default_scheme
from allegata.text.spans import Span
from project import ARTICLES, copy_root, edit_rows, read_rows


def article(*claims: tuple[int, int, dict[str, Any]]) -> GoldArticle:
    records = tuple(
        {
            "record": "claim",
            "id": f"c{number}",
            "segments": [Span(start, end)],
            "claim_type": "reported_fact",
            "check_worthiness": None,
            "factuality_source": "CT+",
            "factuality_author": "CT+",
            "polarity": "affirmative",
            "claimer_id": "author",
            **values,
        }
        for number, (start, end, values) in enumerate(claims, 1)
    )
    return GoldArticle("x", {"guidelines": "2.0", "annotators": ["reader", "second"]}, records)


def test_each_value_is_there_with_the_number_of_passes_that_gave_it() -> None:
    gold = article((0, 10, {}), (20, 30, {}))
    passes = {
        "b": article((0, 10, {"claim_type": "opinion"}), (20, 30, {})),
        "a": article((0, 10, {"claim_type": "opinion", "check_worthiness": 2})),
        "c": article((2, 10, {"claimer_id": "mill"})),
    }
    found = soft_labels(gold, passes, default_scheme())
    labels = {(row["attribute"], row["value"]): row["passes"] for row in found["c1"]["soft_labels"]}
    assert labels == {
        ("claim_type", "opinion"): 2,
        ("claim_type", "reported_fact"): 1,
        ("check_worthiness", "2"): 1,  # the others stated none
        ("factuality_source", "CT+"): 3,
        ("polarity", "affirmative"): 3,
        ("claimer_id", "author"): 2,
        ("claimer_id", "mill"): 1,
    }
    assert [row["value"] for row in found["c1"]["soft_labels"]][:2] == ["opinion", "reported_fact"]
    assert (found["c1"]["marked"], found["c2"]["marked"]) == (2, 1)
    assert found["c1"]["passes"] == [
        {"pass": name, "annotators": "reader second", "same_span": same}
        for name, same in (("a", True), ("b", True), ("c", False))
    ]
    assert [one["pass"] for one in found["c2"]["passes"]] == ["b"]


def test_an_equal_span_is_taken_before_a_longer_one_and_a_claim_of_a_pass_has_one_say() -> None:
    gold = article((0, 30, {}), (0, 10, {}))
    found = soft_labels(gold, {"a": article((0, 10, {"claim_type": "opinion"}))}, default_scheme())
    assert found["c1"] == {"soft_labels": [], "passes": [], "marked": 0}
    assert found["c2"]["marked"] == 1
    assert soft_labels(gold, {}, default_scheme())["c2"] == {"soft_labels": [], "passes": [], "marked": None}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The gold, a pass that is the same by its guidelines, and one by others."""
    place = copy_root(tmp_path, whole=True)
    passes = place / "annotations" / "passes"
    shutil.rmtree(passes)
    for name in ("same", "short"):
        shutil.copytree(place / "annotations" / "gold", passes / name)
        for path in (passes / name).iterdir() if name == "short" else ():
            edit_rows(path, lambda rows: rows[0].update(guidelines="short-1.0"))
    return place


def test_a_build_counts_the_passes_that_follow_the_guidelines_of_the_gold(root: Path) -> None:
    (root / "annotations" / "passes" / "same" / f"{ARTICLES[4]}.jsonl").unlink()
    build = run(root)
    assert build.release is not None
    rows = load_corpus(build.release.path).table("claims").to_pylist()
    assert {row["article_id"]: row["marked"] for row in rows} == {
        name: None if name == ARTICLES[4] else 1 for name in ARTICLES
    }
    for row in rows:
        said = {label["attribute"]: (label["value"], label["passes"]) for label in row["soft_labels"]}
        if row["article_id"] != ARTICLES[4]:
            assert said["claim_type"] == (row["claim_type"], 1)
            assert said["claimer_id"] == (row["claimer_id"], 1)
            assert row["passes"] == [{"pass": "same", "annotators": "adjudicator", "same_span": True}]


def test_a_pass_that_has_an_article_twice_is_refused(root: Path) -> None:
    folder = root / "annotations" / "passes" / "same"
    shutil.copy(folder / f"{ARTICLES[0]}.jsonl", folder / "again.jsonl")
    assert len(read_rows(folder / "again.jsonl")) > 1
    with pytest.raises(ProblemsFound, match=r"annotates '000_\w+', as annotations/passes/same/\w+.jsonl does"):
        run(root, "annotate")


@pytest.mark.parametrize("name", ["same", "short"])
@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"annotators": 5}, "'annotators' is not a list of ids"),
        ({"annotators": ["nobody"]}, "the annotator 'nobody' is not registered"),
        ({"guidelines": 2}, "'guidelines' is 2, not a string"),
        ({"article_id": "nothing"}, "there is no article 'nothing'"),
    ],
)
def test_a_pass_is_read_as_strictly_as_the_gold_whatever_guidelines_it_follows(
    root: Path, name: str, header: dict[str, Any], says: str
) -> None:
    path = root / "annotations" / "passes" / name / f"{ARTICLES[0]}.jsonl"
    edit_rows(path, lambda rows: rows[0].update(header))
    with pytest.raises(ProblemsFound) as error:
        run(root, "annotate")
    assert f"annotations/passes/{name}/{ARTICLES[0]}.jsonl:1: " in str(error.value)
    assert says in str(error.value)


def test_a_claimer_of_a_pass_is_of_the_register(root: Path) -> None:
    def edit(rows: list[dict[str, Any]]) -> None:
        claim = next(row for row in rows if row["record"] == "claim")
        claim.update(claimer_id="nobody", claimer_chain=["author", "nobody"], attribution_id=None)

    edit_rows(root / "annotations" / "passes" / "short" / f"{ARTICLES[0]}.jsonl", edit)
    with pytest.raises(ProblemsFound, match="claimer_id 'nobody' is no entity of the register"):
        run(root, "annotate")


def test_a_fault_of_what_a_pass_says_across_articles_is_named_with_its_folder(root: Path) -> None:
    disputes = root / "annotations" / "passes" / "same" / "disputes.jsonl"
    disputes.write_text('{"id": "d1"}\n')
    with pytest.raises(ProblemsFound, match=r"annotations/passes/same/disputes\.jsonl:1: "):
        run(root, "annotate")
