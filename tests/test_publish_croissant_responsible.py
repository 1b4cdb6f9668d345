"""What `croissant.json` says for responsible AI: counted where it can be, stated where only people know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pytest

from allegata.publish import parquet
from allegata.schema.responsible_ai import PROPERTIES, SETTING_OF
from allegata.schema.settings import Settings
from project import ROOT
from publish_samples import TEXTS, changed, make_tables, publish

MODEL = {"id": "m1", "kind": "model", "description": "A model."}
PERSON = {"id": "p1", "kind": "human", "description": "A person."}
OTHER = {"id": "p2", "kind": "human", "description": "A person who annotated nothing."}
# Where mlcroissant 1.1 keeps a property.
ATTRIBUTES = {name: key.replace("-", "_") for name, key in SETTING_OF.items()}


def described(root: Path, stated: dict[str, tuple[str, ...]] | None = None, **facts: Any) -> dict[str, Any]:
    settings = facts.pop("settings", None) or Settings(responsible_ai=stated or {})
    found = json.loads((publish(root, settings=settings, **facts).path / "croissant.json").read_text("utf-8"))
    return {key.removeprefix("rai:"): value for key, value in found.items() if key.startswith("rai:")}


def loaded(root: Path) -> mlc.Metadata:
    return mlc.Dataset(jsonld=str(root / "corpus" / "v0.1.0" / "croissant.json")).metadata


def unannotated() -> dict[str, Any]:
    """The tables of a corpus in two languages that nobody has annotated."""
    made = ("entities", "claims", "attributions", "time_expressions", "relations", "propositions", "disputes",
            "positions", "entity_register")  # fmt: skip
    tables = {name: table.slice(0, 0) if name in made else table for name, table in make_tables().items()}
    for article in TEXTS:
        tables = changed(tables, "articles", article, annotated=False)
    return changed(tables, "articles", "a5", language="de", media_type="text/html", published="2026-03-02")


def test_every_property_that_the_settings_state_is_read_by_the_library_without_a_warning(tmp_path):
    stated = {name: (f"We state {name}.",) for name in PROPERTIES}
    stated["dataCollectionTimeframe"] = ("2026-01-05", "2026-03")
    described(tmp_path, stated, annotators=(MODEL, PERSON), gold={"a1": ("m1",)})
    metadata = loaded(tmp_path)
    assert not metadata.ctx.issues.errors
    assert not [warning for warning in metadata.ctx.issues.warnings if "cardinality" in warning]
    for name in PROPERTIES.keys() - {"dataCollectionTimeframe"}:
        assert f"We state {name}." in str(getattr(metadata, ATTRIBUTES[name])), name
    days = [str(day.date()) for day in metadata.data_collection_timeframe]
    assert sorted(days) == ["2026-01-05", "2026-03-01"]


def test_what_is_stated_comes_first_and_what_was_counted_stays(tmp_path):
    stated = {"dataLimitations": ("Only one town.", "Only spring."), "dataCollection": ("By hand.",)}
    found = described(tmp_path, stated)
    assert found["dataLimitations"][:2] == ["Only one town.", "Only spring."]
    assert found["dataLimitations"][2].startswith("5 articles in one language (en): figures computed on the data")
    assert found["dataCollection"].startswith("By hand. Articles were received as files")


def test_what_is_assumed_gives_way_to_what_is_stated(tmp_path):
    assert described(tmp_path / "a")["dataCollectionType"] == ["Others"]
    stated = {"dataCollectionType": ("Web Scraping",), "dataUseCases": ("Testing.",)}
    found = described(tmp_path / "b", stated)
    assert (found["dataCollectionType"], found["dataUseCases"]) == (["Web Scraping"], ["Testing."])


def test_the_figures_are_those_of_the_rows(tmp_path):
    tables = changed(make_tables(), "articles", "a1", published="2026-03-02T10:00:00+01:00", publisher="The Crumb")
    tables = changed(tables, "articles", "a2", published="2025-12-24", media_type="text/html", publisher="The Crumb")
    tables = changed(tables, "articles", "a3", published="spring 2020", publisher="The Crumb")
    found = described(tmp_path, tables=tables)
    characters = sum(map(len, TEXTS.values())) + 5 * len("Subscribe!\n")
    assert found["dataCollection"].endswith(
        "6 articles came in, 5 kept. 1 removed at deduplicate (exact_duplicate). The ledger has a row for every one of "
        "them."
    )
    assert found["dataCollectionRawData"].startswith(
        f"5 articles of {characters} characters of source text (text/plain 4, text/html 1), from 1 publisher. "
        "Dated 2025-12-24 to 2026-03-02, where a day is stated."
    )
    assert (
        "title (5), author (5), published (2), publisher (2), url (5), rights (5)" in found["dataCollectionMissingData"]
    )
    assert f"5 spans of 55 characters, of {characters} (newsletter_prompt 5)" in found["dataPreprocessingProtocol"][0]
    assert "3 of 5 articles are from one publisher (The Crumb)." in found["dataBiases"]


def test_the_annotation_says_who_made_it_how_often_and_how_alike(tmp_path):
    gold = {"a1": ("m1",), "a2": ("m1",), "a3": ("p1",), "a4": ("p1",)}
    found = described(
        tmp_path,
        annotators=(MODEL, PERSON, OTHER),
        gold=gold,
        passes={"one": ("m1",), "two": ("p1",)},
        passed={"a1": 2, "a2": 2, "a3": 1},
        guidelines={"articles, pass one": ("1.0",), "published": ("1.1",)},
        agreement_in_words=("One and two, 2 annotators on 2 articles: claims: alpha 0.800.",),
    )
    assert found["dataAnnotationProtocol"].startswith("By annotations/GUIDELINES.md (versions 1.0 and 1.1): entities, ")
    assert found["dataAnnotationAnalysis"][0] == "One and two, 2 annotators on 2 articles: claims: alpha 0.800."
    assert found["annotationsPerItem"] == (
        "An item is an article: 1 article has no pass, 1 article has 1 pass, 2 articles have 2 passes beside the "
        "published annotation."
    )
    assert found["annotatorDemographics"] == [
        "2 annotators, by kind in the register of annotators: human 1, model 1.",
        "Of the people no demographics are recorded.",
    ]
    assert found["machineAnnotationTools"] == ["m1: A model."]


def test_an_annotation_by_models_alone_says_so(tmp_path):
    found = described(tmp_path, annotators=(MODEL,), gold={"a1": ("m1",)})
    assert found["annotatorDemographics"] == ["1 annotator, by kind in the register of annotators: model 1."]
    assert found["annotationsPerItem"].endswith("No annotation is by a person.")
    assert "The annotation was made by models, and no person has reviewed it." in found["dataLimitations"]


def test_a_corpus_that_nobody_annotated_says_nothing_of_annotation_and_loads_from_its_shards(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "FILE_WEIGHT", 1)
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1)
    found = described(tmp_path, tables=unannotated())
    of_annotation = {"dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis", "annotationsPerItem",
                     "annotatorDemographics", "machineAnnotationTools"}  # fmt: skip
    unknown = {"dataSocialImpact", "dataCollectionTimeframe"}
    assert found.keys() & PROPERTIES.keys() == PROPERTIES.keys() - of_annotation - unknown
    assert "5 of 5 articles are not annotated." in found["dataCollectionMissingData"]
    assert "Languages, by articles: en 4, de 1." in found["dataBiases"]
    dataset = mlc.Dataset(jsonld=str(tmp_path / "corpus" / "v0.1.0" / "croissant.json"))
    ids = [row["articles/article_id"].decode() for row in dataset.records("articles")]
    assert sorted(ids) == sorted(TEXTS)


def test_people_of_invented_articles_are_invented(tmp_path):
    assert "may name people" in described(tmp_path / "a")["personalSensitiveInformation"][0]
    invented = described(tmp_path / "b", settings=Settings(invented=True))
    assert invented["personalSensitiveInformation"] == ["The people that the articles name are invented."]


def test_people_whose_names_are_replaced_are_counted(tmp_path):
    assert described(tmp_path / "a")["dataManipulationProtocol"].startswith("No text is rewritten. A clean text is")
    replaced = described(tmp_path / "b", redacted=1)["dataManipulationProtocol"]
    assert replaced.startswith(
        "The names of 1 person are replaced by placeholders in texts, layers and metadata; apart"
    )


def test_where_corrections_are_asked_for_is_in_the_maintenance_plan(tmp_path):
    found = described(tmp_path, settings=Settings(contact="mill@example.org"))
    assert found["dataReleaseMaintenancePlan"].endswith("Corrections and removal are asked for at mill@example.org.")


def test_the_documentation_lists_every_property_and_its_setting():
    rows = [
        [cell.strip().strip("`") for cell in line.split("|")[1:3]]
        for line in (ROOT / "docs" / "croissant.md").read_text("utf-8").splitlines()
        if line.startswith("| `rai:")
    ]
    assert rows == [[f"rai:{name}", key] for name, key in SETTING_OF.items()]


@pytest.mark.parametrize("name", sorted(PROPERTIES))
def test_a_setting_is_the_name_of_its_property_in_small_letters(name):
    assert SETTING_OF[name].replace("-", "") == name.lower()
