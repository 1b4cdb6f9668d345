from __future__ import annotations

import json
from pathlib import Path

import mlcroissant as mlc
import pyarrow.parquet as pq
import pytest

from allegata.publish.manifest import sha256_file
from allegata.schema.tables import TABLES
from publish_samples import publish


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


def test_it_validates_as_croissant_1_1_without_errors(dataset):
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    # No clock is read, the texts are not ours to license, and there is no paper: nothing else may be missing.
    recommended = ("citeAs", "datePublished", "license")
    assert [warning for warning in issues.warnings if not any(name in warning for name in recommended)] == []
    assert "http://mlcommons.org/croissant/1.1" in dataset.metadata.conforms_to
    assert "http://mlcommons.org/croissant/RAI/1.0" in dataset.metadata.conforms_to
    assert dataset.metadata.version == "0.1.0"
    assert dataset.metadata.data_limitations


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
