"""The planted stories: the disputes of the corpus are those of the sheets, and the same command builds it."""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections import Counter
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from datasets import load_dataset

from allegata.publish.pins import read_pins
from allegata.recipe.build import run
from allegata.schema.published import PublishedTables
from project import ROOT, read_rows

STORIES = ROOT / "examples" / "stories"
VERSION = STORIES / "corpus" / "v1.1.0"
SHEETS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((STORIES / "sheets").glob("*.toml"))}


@cache
def _plant() -> ModuleType:
    spec = spec_from_file_location("plant", STORIES / "plant.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["plant"] = module_from_spec(spec)  # where its dataclasses look for it
    spec.loader.exec_module(module)
    return module


@cache
def _rows(table: str) -> list[dict[str, Any]]:
    return list(PublishedTables(VERSION)[table].to_pylist())


def test_there_are_twelve_stories_in_as_many_trades_and_two_are_not_in_english() -> None:
    assert len(SHEETS) == 12
    assert len({sheet["trade"] for sheet in SHEETS.values()}) == 12
    languages = Counter(sheet["language"] for sheet in SHEETS.values())
    assert (languages["en"], len(languages)) == (10, 3)
    assert all(5 <= len(sheet["article"]) <= 7 for sheet in SHEETS.values())
    assert all(sheet["near_miss"] for sheet in SHEETS.values())


def test_the_articles_have_a_length_of_news_and_each_story_has_a_copy_that_is_found() -> None:
    assert all(150 <= len(row["text"].split()) <= 500 for row in _rows("articles"))
    story_of = {row["id"]: row["story"] for row in read_rows(STORIES / "raw" / "manifest.jsonl")}
    removed = Counter(story_of[row["article_id"]] for row in _rows("ledger") if row["status"] == "removed")
    assert removed == dict.fromkeys(SHEETS, 1)


def test_every_article_says_that_it_is_invented() -> None:
    assert all(row["invented"] for row in _rows("articles"))
    manifest = read_rows(STORIES / "raw" / "manifest.jsonl")
    assert all("invented" in row["rights"] for row in manifest)
    assert {row["story"] for row in manifest} == set(SHEETS)


def test_every_place_of_a_sheet_is_quoted_and_every_quote_is_of_the_sheet() -> None:
    for story, sheet in SHEETS.items():
        said = {
            (dispute["id"], position["id"], place["article"], place["by"])
            for dispute in sheet["dispute"]
            for position in dispute["position"]
            for place in position["said_in"]
        }
        quoted = {
            (row["dispute"], row["position"], row["article"], row["by"])
            for row in read_rows(STORIES / "realised" / f"{story}.jsonl")
            if "dispute" in row
        }
        assert quoted == said, story


def test_the_disputes_of_the_corpus_are_those_that_the_sheets_plant() -> None:
    planted = _plant().plant(STORIES)
    assert (STORIES / "annotations" / "disputes.jsonl").read_text("utf-8") == "".join(_plant().lines(planted.disputes))
    of_sheets = {f"{story}-{one['id']}" for story, sheet in SHEETS.items() for one in sheet["dispute"]}
    reached = {row["id"] for row in planted.disputes}
    assert reached <= of_sheets
    # What does not reach the corpus would be said, a sentence for each: here all does.
    assert (of_sheets - reached, planted.lost) == (set(), ())


def test_the_claims_of_a_near_miss_do_not_contradict_each_other() -> None:
    import allegata

    articles = {article.id: article for article in allegata.open(STORIES).articles()}
    names = {Path(row["original_name"]).stem: row["id"] for row in read_rows(STORIES / "raw" / "manifest.jsonl")}
    gold = _plant().annotated(STORIES, {name: article.source_text for name, article in articles.items()})
    halves: dict[tuple[str, str], set[str]] = {}
    for story in SHEETS:
        for row in read_rows(STORIES / "realised" / f"{story}.jsonl"):
            if "near_miss" in row and (start := articles[names[row["article"]]].text.find(row["quote"])) >= 0:
                article = articles[names[row["article"]]]
                span = article.offsets.span_to_source(allegata.Span(start, start + len(row["quote"])))
                claims = gold.get(article.id, [])
                if claim := _plant().claim_at(frozenset(range(span.start, span.end)), claims):
                    halves.setdefault((story, row["near_miss"]), set()).add(claim.id)
    pairs = {frozenset(claims): name for name, claims in halves.items() if len(claims) == 2}
    assert len(pairs) > 30
    related = {frozenset((row["claim_a"], row["claim_b"])): row["relation"] for row in _rows("relations")}
    assert {name: related[pair] for pair, name in pairs.items() if related.get(pair) == "contradiction"} == {}


def test_a_fourth_of_the_articles_is_annotated_twice() -> None:
    once = {path.stem for path in (STORIES / "annotations" / "gold").glob("*.jsonl")}
    twice = {path.stem for path in (STORIES / "annotations" / "passes" / "second").glob("*.jsonl")}
    assert twice <= once
    assert len(twice) == len(once) // 4


def test_the_published_version_is_what_a_build_makes(tmp_path: Path) -> None:
    root = shutil.copytree(STORIES, tmp_path / "stories")  # a version that is not there would be published
    release = run(root).release
    assert release is not None
    assert not release.created


def test_it_loads(tmp_path: Path) -> None:
    for name in ("claims", "disputes", "positions", "relations"):
        loaded = load_dataset(str(STORIES / "corpus"), name, cache_dir=str(tmp_path))
        assert sum(split.num_rows for split in loaded.values()) == len(_rows(name))


def test_a_story_is_kept_whole_by_its_split() -> None:
    splits = read_pins(STORIES)
    of_story: dict[str, set[str]] = {}
    for row in _rows("articles"):
        of_story.setdefault(row["story"], set()).add(splits[row["article_id"]])
    assert {story: len(found) for story, found in of_story.items()} == dict.fromkeys(SHEETS, 1)
    assert set().union(*of_story.values()) == {"train", "validation", "test"}
