from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pyarrow.parquet as pq
import pytest

from allegata.publish.manifest import sha256_file
from allegata.schema.settings import Settings
from allegata.schema.tables import TABLES
from publish_samples import TEXTS, changed, make_tables, publish


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("project")).path


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
    name="mill", title="The mill", subject="one election", description="Texts on flour.", licence="cc-by-4.0",
    citation="@misc{mill}", homepage="https://example.org/mill", published="2026-11-28", tags=("flour", "mills"),
)  # fmt: skip
MODEL = {"id": "m1", "kind": "model", "description": "A model."}
PERSON = {"id": "p1", "kind": "human", "description": "A person."}


def described(root: Path, **facts: Any) -> dict[str, Any]:
    return json.loads((publish(root, **facts).path / "croissant.json").read_text())


def test_it_validates_without_a_warning_where_the_settings_say_what_is_needed(tmp_path):
    found = described(tmp_path, settings=SETTINGS, annotators=(MODEL, PERSON), gold={"a1": ("m1",)})
    metadata = mlc.Dataset(jsonld=str(tmp_path / "corpus" / "v0.1.0" / "croissant.json")).metadata
    assert not metadata.ctx.issues.errors
    assert not metadata.ctx.issues.warnings
    assert (metadata.name, metadata.description, metadata.url) == ("mill", "Texts on flour.", SETTINGS.homepage)
    assert metadata.license == ["https://spdx.org/licenses/CC-BY-4.0.html"]
    assert (metadata.cite_as, metadata.keywords, metadata.in_language) == ("@misc{mill}", ["flour", "mills"], ["en"])
    assert str(metadata.date_published).startswith("2026-11-28")
    assert found["alternateName"] == "The mill"
    assert found["rai:machineAnnotationTools"] == ["m1: A model."]  # not the person, who annotated nothing
    assert found["rai:dataBiases"] == ["One story, in one language, as the publishers of these articles tell it."]
    assert found["rai:dataLimitations"][0].startswith("5 articles that tell one story, in one language (en): figures")


def test_it_says_nothing_that_neither_settings_nor_data_say(tmp_path):
    bare = described(tmp_path / "bare")
    assert (bare["name"], bare["description"][:36]) == ("corpus", "5 articles, as a corpus in which eve")
    absent = {"license", "citeAs", "url", "datePublished", "keywords", "alternateName", "rai:machineAnnotationTools"}
    assert not absent & bare.keys()
    assert bare["rai:dataBiases"] == ["One language, as the publishers of these articles tell it."]
    tables = changed(make_tables(), "articles", "a1", language="de")
    assert "rai:dataBiases" not in described(tmp_path / "several", tables=tables)
    raw = {name: table.slice(0, 0) if name in ("entities", "claims", "attributions", "time_expressions", "relations",
           "propositions", "disputes", "positions") else table for name, table in make_tables().items()}  # fmt: skip
    for article in TEXTS:
        raw = changed(raw, "articles", article, annotated=False)
    unannotated = described(tmp_path / "raw", tables=raw)
    assert unannotated["rai:dataUseCases"] == ["Study and testing of text cleaning."]
    assert "rai:dataAnnotationProtocol" not in unannotated
    everything = json.dumps([{key: value for key, value in found.items() if key.startswith("rai") or key in
                              ("name", "description")} for found in (bare, unannotated)])  # fmt: skip
    assert not [
        word for word in ("News", "news", "legal", "lawsuit", "Language model", "allegata") if word in everything
    ]


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
