from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pyarrow.parquet as pq
import pytest

from allegata.publish import parquet
from allegata.schema.digests import sha256_file
from allegata.schema.labels import REMOVAL_REASONS
from allegata.schema.scheme import default_scheme
from allegata.schema.settings import Settings
from allegata.schema.tables import TABLES
from publish_samples import TEXTS, changed, make_tables, publish, published


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("project")).path


@pytest.fixture(scope="module")
def dataset(version: Path) -> mlc.Dataset:
    return mlc.Dataset(jsonld=str(version / "croissant.json"))


def plain(value):
    """Undo what mlcroissant does to names (paths) and text (bytes)."""
    if isinstance(value, dict):
        return {key.rpartition("/")[2]: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def test_it_validates_as_croissant_1_1_and_misses_only_what_nobody_has_set(dataset):
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    # No clock is read, and nothing is set: these alone may be missing.
    recommended = ("citeAs", "datePublished", "license")
    assert [warning for warning in issues.warnings if not any(name in warning for name in recommended)] == []
    assert "http://mlcommons.org/croissant/1.1" in dataset.metadata.conforms_to
    assert "http://mlcommons.org/croissant/RAI/1.0" in dataset.metadata.conforms_to
    assert dataset.metadata.version == "0.1.0"
    assert dataset.metadata.data_limitations


SETTINGS = Settings(
    name="mill",
    title="The mill",
    subject="one election",
    description="Texts on flour.",
    licence="cc-by-4.0",
    authors=("Quill, Mara",),
    publisher="The archive",
    citation="@misc{mill}",
    homepage="https://example.org/mill",
    published="2026-11-28",
    tags=("flour", "mills"),
)
MODEL = {"id": "m1", "kind": "model", "description": "A model."}


def described(root: Path, **facts: Any) -> dict[str, Any]:
    return json.loads((publish(root, **facts).path / "croissant.json").read_text())


def test_it_validates_without_a_warning_where_the_settings_say_what_is_needed(tmp_path):
    found = described(tmp_path, settings=SETTINGS, annotators=(MODEL,), gold={"a1": ("m1",)})
    metadata = mlc.Dataset(jsonld=str(tmp_path / "corpus" / "v0.1.0" / "croissant.json")).metadata
    assert not metadata.ctx.issues.errors
    assert not metadata.ctx.issues.warnings
    assert (metadata.name, metadata.description, metadata.url) == ("mill", "Texts on flour.", SETTINGS.homepage)
    assert metadata.license == ["https://spdx.org/licenses/CC-BY-4.0.html"]
    assert (metadata.cite_as, metadata.keywords, metadata.in_language) == ("@misc{mill}", ["flour", "mills"], ["en"])
    assert str(metadata.date_published).startswith("2026-11-28")
    assert found["alternateName"] == "The mill"
    assert [(type(who).__name__, who.name) for who in (*metadata.creators, *metadata.publisher)] == [
        ("Person", "Quill, Mara"),
        ("Organization", "The archive"),
    ]


def test_it_says_nothing_that_neither_settings_nor_data_say(tmp_path):
    bare = described(tmp_path / "bare")
    assert (bare["name"], bare["description"][:36]) == ("corpus", "5 articles, as a corpus in which eve")
    absent = {"license", "citeAs", "url", "datePublished", "keywords", "alternateName", "rai:machineAnnotationTools"}
    assert not absent & bare.keys()
    assert bare["rai:dataBiases"] == ["One language, as the publishers of these articles tell it."]
    tables = changed(make_tables(), "articles", "a1", language="de")
    assert described(tmp_path / "several", tables=tables)["rai:dataBiases"] == ["Languages, by articles: en 4, de 1."]
    raw = {name: table.slice(0, 0) if name in ("entities", "claims", "attributions", "time_expressions", "relations",
           "propositions", "disputes", "positions") else table for name, table in make_tables().items()}  # fmt: skip
    for article in TEXTS:
        raw = changed(raw, "articles", article, annotated=False)
    unannotated = described(tmp_path / "raw", tables=raw)
    assert unannotated["rai:dataUseCases"] == ["Study and testing of text cleaning."]
    assert "rai:dataAnnotationProtocol" not in unannotated
    everything = json.dumps([{key: value for key, value in found.items() if key.startswith("rai") or key in
                              ("name", "description")} for found in (bare, unannotated)])  # fmt: skip
    foreign = ("News", "news", "legal", "lawsuit", "Language model", "allegata")
    assert not [word for word in foreign if re.search(rf"\b{word}\b", everything)]


@pytest.mark.parametrize("name", [*TABLES, "ledger"])
def test_mlcroissant_loads_every_record_with_its_split(dataset, version, name, caplog):
    expected = {}
    for path in (version / name).glob("*.parquet"):
        for row in pq.ParquetFile(path).read().to_pylist():
            expected[next(iter(row.values()))] = {"split": path.name.partition("-")[0], **row}
    records = [plain(record) for record in dataset.records(name)]
    key = next(column for column in records[0] if column != "split")
    assert len(records) == len(expected)
    assert {record[key]: record for record in records} == expected
    assert "Could not match" not in caplog.text


@pytest.fixture(scope="module")
def filtered(version: Path) -> mlc.Dataset:
    """Another one for filters: after one, mlcroissant reads what it chose also where no filter is given."""
    return mlc.Dataset(jsonld=str(version / "croissant.json"))


def rows_by_split(version: Path, name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((version / name).glob("*.parquet")):
        split = path.name.partition("-")[0]
        found.setdefault(split, []).extend({"split": split, **row} for row in pq.ParquetFile(path).read().to_pylist())
    return found


@pytest.mark.parametrize("name", [*TABLES, "ledger"])
def test_a_filter_by_split_gives_the_rows_of_that_split_and_no_other(filtered, version, name, caplog):
    for split, expected in rows_by_split(version, name).items():
        records = [plain(record) for record in filtered.records(name, filters={f"{name}/split": split})]
        assert records == expected
    assert "Could not match" not in caplog.text


def test_a_split_in_several_files_is_loaded_and_filtered_whole_in_its_order(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "FILE_WEIGHT", 1)
    monkeypatch.setattr(parquet, "GROUP_WEIGHT", 1)
    version = publish(tmp_path).path
    assert len(list((version / "claims").glob("train-*.parquet"))) == 3
    dataset = mlc.Dataset(jsonld=str(version / "croissant.json"))
    for name in ("claims", "removals", "disputes", "ledger"):
        expected = rows_by_split(version, name)
        records = [plain(record) for record in dataset.records(name)]
        assert {split: [one for one in records if one["split"] == split] for split in expected} == expected
        for split, rows in expected.items():
            chosen = dataset.records(name, filters={f"{name}/split": split})
            assert [plain(record) for record in chosen] == rows


def test_a_split_that_a_table_has_no_rows_in_is_refused_by_name(dataset):
    with pytest.raises(ValueError, match=r"Expected: \(train\)\. Got: test"):
        list(dataset.records("citations", filters={"citations/split": "test"}))


def test_the_splits_say_what_they_are_for(dataset):
    expected = [("train", "cr:TrainingSplit"), ("validation", "cr:ValidationSplit"), ("test", "cr:TestSplit")]
    assert [(row["splits/name"], row["splits/url"]) for row in dataset.records("splits")] == expected
    fields = {one.id: one for one in dataset.metadata.record_sets for one in one.fields}
    assert fields["claims/split"].references.uuid == "splits/name"
    assert not fields["ledger/split"].references.uuid


def test_a_label_names_its_values_and_what_they_mean(dataset):
    kind = next(
        field for one in dataset.metadata.record_sets for field in one.fields if field.id == "claims/claim_type"
    )
    assert "http://mlcommons.org/croissant/Label" in map(str, kind.data_types)
    assert kind.annotations[0].references.uuid == "labels/claims/claim_type/name"
    found = {row["labels/claims/claim_type/name"]: row["labels/claims/claim_type/definition"]
             for row in dataset.records("labels/claims/claim_type")}  # fmt: skip
    assert found == default_scheme().records["claim"]["claim_type"].values
    reasons = [row["labels/removals/reason/name"] for row in dataset.records("labels/removals/reason")]
    assert tuple(reasons) == REMOVAL_REASONS


def test_a_record_set_says_how_many_records_it_has(dataset, version):
    for one in dataset.metadata.record_sets:
        if one.id in (*TABLES, "ledger"):
            assert one.annotations[0].value == sum(map(len, rows_by_split(version, one.id).values()))


def test_every_file_is_listed_with_its_hash_and_size(version):
    listed = {
        part["contentUrl"]: part
        for part in json.loads((version / "croissant.json").read_text())["distribution"]
        if part["@type"] == "cr:FileObject"
    }
    assert listed.keys() == {path.relative_to(version).as_posix() for path in version.glob("*/*.parquet")}
    for name, part in listed.items():
        assert part["sha256"] == sha256_file(version / name)
        assert part["contentSize"] == f"{(version / name).stat().st_size} B"
