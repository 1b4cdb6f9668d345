"""Several stories in one corpus, from the manifest to the published version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from datasets import load_dataset

from allegata.ingest.add import add
from allegata.recipe.build import run
from allegata.schema.problems import ProblemsFound
from allegata.schema.published import load_corpus
from project import ARTICLES, Row, copy_root, edit_rows

PLACES = ("Low Marsh", "High Ford", "Nether Wold", "Old Quay", "Long Reach")
EVENTS = ("mill fire", "bridge fall", "ferry strike", "market flood", "school move")


def several_stories(place: Path, stories: int = 5, articles: int = 4) -> Path:
    """A corpus of some stories, none annotated, added as a user would."""
    (place / "allegata.toml").write_text('name = "events"\n')
    for register in ("entities", "annotators"):
        (place / "annotations").mkdir(exist_ok=True)
        (place / "annotations" / f"{register}.jsonl").write_text("")
    for event in EVENTS[:stories]:
        folder = place / "in" / event
        folder.mkdir(parents=True)
        for number in range(articles):
            text = (
                f"The {event} at {PLACES[number]} was on day {number}. {event.title()} number {number + 7}, said one."
            )
            (folder / f"{number}.txt").write_text(f"{text} Report {event} {PLACES[number - 1]} came {number} late.\n")
        add([folder], place, story=event)
    return place


def test_every_story_is_published_whole_in_one_split_and_test_has_one(tmp_path: Path) -> None:
    build = run(several_stories(tmp_path))
    assert build.release is not None
    loaded = load_dataset("parquet", data_dir=str(build.release.path / "articles"))
    told = {split: set(rows["story"]) for split, rows in loaded.items()}
    assert {split: len(stories) for split, stories in told.items()} == {"train": 3, "validation": 1, "test": 1}
    assert set().union(*told.values()) == set(EVENTS)
    corpus = load_corpus(build.release.path)
    assert corpus.left_out  # nobody has annotated them


def test_in_the_next_version_a_story_stays_where_it_is_and_takes_its_new_articles_along(tmp_path: Path) -> None:
    root = several_stories(tmp_path, stories=3)
    before = dict(run(root).splits)
    (root / "more.txt").write_text("What became of it, asked the weekly paper, and answered: nothing at all, so far.\n")
    (added,) = add([root / "more.txt"], root, story=EVENTS[1]).added
    after = run(root, "validate").splits
    assert after.items() >= before.items()
    stories = {row["id"]: row["story"] for row in run(root, "ingest").manifest.rows.to_pylist()}  # type: ignore[union-attr]
    assert {split for name, split in after.items() if stories[name] == EVENTS[1]} == {after[added]}


def test_the_setting_divides_stories_by_article(tmp_path: Path) -> None:
    root = several_stories(tmp_path)
    (root / "allegata.toml").write_text('name = "events"\nsplit-by = "article"\n')
    build = run(root, "annotate")
    stories = build.stories
    assert any(len({build.splits[name] for name in stories if stories[name] == event}) > 1 for event in EVENTS)


def test_every_article_of_an_invented_corpus_says_so(tmp_path: Path) -> None:
    root = several_stories(tmp_path, stories=1)
    assert run(root, "annotate").settings.invented is False
    (root / "allegata.toml").write_text('name = "events"\ninvented = true\n')
    build = run(root)
    assert build.release is not None
    loaded = load_dataset("parquet", data_dir=str(build.release.path / "articles"))
    assert {value for rows in loaded.values() for value in rows["invented"]} == {True}
    assert "all of it invented" in (root / "dataset_card.md").read_text()


def in_stories(name_of: Callable[[str], str | None]) -> Callable[[list[Row]], None]:
    def edit(rows: list[Row]) -> None:
        for row in rows:
            if story := name_of(row["id"]):
                row["story"] = story

    return edit


def test_gold_that_joins_claims_of_two_stories_is_refused_with_both_articles_and_stories(tmp_path: Path) -> None:
    root = copy_root(tmp_path, whole=True)
    edit_rows(root / "raw" / "manifest.jsonl", in_stories(lambda name: "appeal" if name == ARTICLES[4] else None))
    with pytest.raises(ProblemsFound) as error:
        run(root, "annotate")
    text = str(error.value)
    assert "annotations/disputes.jsonl:" in text
    assert f"article {ARTICLES[0]} (no story stated), article {ARTICLES[4]} (story 'appeal')" in text
    places = {Path(str(problem.file)) for problem in error.value.problems}
    assert {place.name for place in places} == {"disputes.jsonl", "propositions.jsonl"}
    assert Path("annotations") in {place.parent for place in places}
    assert Path("annotations/passes/article-order") in {place.parent for place in places}  # a pass is read as strictly


def test_an_unannotated_story_is_not_held_out_while_an_annotated_one_is_free(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    for number in range(8):
        (root / f"{number}.txt").write_text(f"Carts {number} waited at the weir, {number + 3} of them, until noon.\n")
    new = add([str(root / "*.txt")], root).added
    splits = run(root, "annotate").splits
    assert {splits[name] for name in new} == {"train"}
    assert {splits[name] for name in ARTICLES} == {"train", "validation", "test"}
