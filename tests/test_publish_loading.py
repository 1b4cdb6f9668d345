"""What a user of the corpus does, through the libraries a user has, without a network."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import socket
import subprocess
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, load_dataset
from datasets.exceptions import DatasetGenerationError
from datasets.features import List

from allegata.publish.manifest import read_manifests
from allegata.schema.labels import SPLITS
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import TABLES, class_labels_of
from project import sampled
from publish_samples import TEXTS, changed, make_tables, publish, published


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions: 0.1.0 calls a claim of a4 a prediction, 0.2.0 a denial."""
    root = tmp_path_factory.mktemp("project")
    published(root, "0.1.0")
    publish(root, "0.2.0", changed(make_tables(), "claims", "a4-k0", claim_type="denial"))
    return root


@pytest.fixture(autouse=True)
def in_project_offline(project, monkeypatch):
    def refuse(*_):
        raise AssertionError("a published corpus loads without a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(project)


@pytest.fixture
def load(tmp_path):
    def load(*args, **kwargs):
        return load_dataset("./corpus", *args, cache_dir=str(tmp_path / "cache"), **kwargs)

    return load


def strings(dataset, table):
    """The rows as they are on disk: label numbers back to label strings."""
    rows = [dict(row) for row in dataset]
    for column in class_labels_of(default_scheme()).get(table, {}):
        for row in rows:
            if row[column] is not None:
                row[column] = dataset.features[column].int2str(row[column])
    return rows


def claim_type(dataset, claim_id):
    return next(row["claim_type"] for row in strings(dataset, "claims") if row["claim_id"] == claim_id)


def test_the_default_is_the_articles_of_the_latest_version(load):
    articles = load()
    assert list(articles) == list(SPLITS)
    assert {row["article_id"]: row["text"] for split in SPLITS for row in articles[split]} == TEXTS
    assert str(articles["train"].info.version) == "0.2.0"


@pytest.mark.parametrize("name", sampled(TABLES, "articles", "claims", "attributions", "disputes", "entity_register"))
@pytest.mark.parametrize("streaming", [False, True])
def test_every_table_gives_back_the_rows_that_were_published(load, name, streaming):
    published = changed(make_tables(), "claims", "a4-k0", claim_type="denial")[name]
    loaded = load(name, streaming=streaming)
    rows = [row for split in loaded.values() for row in strings(split, name)]
    key = TABLES[name].names[0]
    assert sorted(rows, key=lambda row: row[key]) == published.to_pylist()
    assert next(iter(loaded.values())).features.arrow_schema.names == TABLES[name].names


def test_a_table_is_loaded_by_split_and_slice(load):
    assert [row["article_id"] for row in load("sentences", split="test")] == ["a3", "a3"]
    assert len(load("claims", split="train[:2]+test")) == 3


def test_the_ledger_is_one_split(load):
    # Not "all": datasets refuses a split of that name.
    assert len(load("ledger", split="full")) == len(TEXTS) + 1


def test_an_older_version_is_loaded_by_config_name(load):
    old, new = load("claims-v0.1.0", split="train"), load("claims", split="train")
    assert claim_type(old, "a4-k0") == "prediction"
    assert claim_type(new, "a4-k0") == "denial"
    assert claim_type(load("claims-v0.2.0", split="train"), "a4-k0") == "denial"
    assert str(old.info.version) == "0.1.0"


def test_label_columns_are_class_labels_and_span_columns_lists_of_structs(load):
    entities = load("entities", split="train")
    assert entities.features["label"] == ClassLabel(names=list(default_scheme().values("mention", "label")))
    assert entities[0]["label"] == default_scheme().values("mention", "label").index("ORG")
    assert entities["wikidata"][0] is None
    assert isinstance(load("claims", split="train").features["segments"], List)


def test_a_split_in_which_a_table_has_no_row_does_not_exist_for_it(load):
    assert list(load("citations")) == ["train"]
    with pytest.raises(ValueError, match="Unknown split"):
        load("citations", split="test")


@pytest.mark.parametrize(("groups", "reason"), [(0, "corresponds to no data"), (1, "BatchSize must be greater than 0")])
def test_datasets_cannot_load_an_empty_split(tmp_path, caplog, groups, reason):
    """Why. Once this fails, write the empty files and list the splits: `configs.loadable` names what was tried."""
    schema = pa.schema([("a", pa.string())])
    for split in ("train", "test"):
        with pq.ParquetWriter(tmp_path / f"{split}.parquet", schema) as writer:
            for _ in range(groups if split == "test" else 1):
                writer.write_table(pa.table({"a": ["x"] if split == "train" else []}, schema))
    assert pq.ParquetFile(tmp_path / "test.parquet").num_row_groups == groups
    files = {split: str(tmp_path / f"{split}.parquet") for split in ("train", "test")}
    with pytest.raises((ValueError, DatasetGenerationError)) as error:
        load_dataset("parquet", data_files=files, cache_dir=str(tmp_path / "cache"))
    assert reason in f"{error.value} {caplog.text}"


@pytest.mark.parametrize("name", ["sentences", "entities", "claims"])
def test_every_span_quotes_its_article(load, name):
    texts = {row["article_id"]: row for split in load().values() for row in split}
    for split in load(name).values():
        for row in split:
            article = texts[row["article_id"]]
            spans = [row, *row.get("segments", []), *row.get("cue", [])]
            for span in spans:
                quote = span["text"] if name == "sentences" else span["surface"]
                assert article["text"][span["start"] : span["end"]] == quote
                assert article["source_text"][span["source_start"] : span["source_end"]] == quote


@pytest.mark.parametrize("name", TABLES)
def test_pandas_polars_and_duckdb_read_the_same_rows_with_label_strings(name):
    folder, key = f"corpus/v0.1.0/{name}", TABLES[name].names[0]
    expected = make_tables()[name].sort_by(key)
    assert pl.read_parquet(f"{folder}/*.parquet").sort(key).to_dicts() == expected.to_pylist()
    rows = duckdb.sql(f"FROM '{folder}/*.parquet' ORDER BY {key}").to_arrow_table()
    assert rows.to_pylist() == expected.to_pylist()
    frame = pd.read_parquet(folder, dtype_backend="pyarrow").sort_values(key)
    assert pa.Table.from_pandas(frame, schema=TABLES[name], preserve_index=False).to_pylist() == expected.to_pylist()


def test_a_rewritten_corpus_of_the_same_name_is_not_served_from_the_old_cache(load, tmp_path, monkeypatch):
    def publish_in(folder, version, evidence):
        publish(tmp_path / folder, version, changed(make_tables(), "removals", "a4-r0", evidence=evidence))
        monkeypatch.chdir(tmp_path / folder)

    def loaded():
        return {row["removal_id"]: row["evidence"] for row in load("removals", split="train")}["a4-r0"]

    file = Path("corpus/v0.1.0/removals/train-00000-of-00001.parquet")
    publish_in("one", "0.1.0", "imperative lime")
    size = file.stat().st_size
    assert loaded() == "imperative lime"
    # Another project: same folder name, version, cache and even file size; only the content differs.
    publish_in("two", "0.1.0", "imperative lima")
    assert file.stat().st_size == size
    assert loaded() == "imperative lima"
    # The next version under the same plain name.
    publish_in("two", "0.10.0", "imperative mood")
    assert loaded() == "imperative mood"


VERSIONS = ("0.1.0", "0.2.0")
TABLE_NAMES = [*TABLES, "ledger"]


def rows_of(version_folder, table):
    """The rows of a version as its Parquet files have them, by id."""
    rows = [
        row for path in (version_folder / table).glob("*.parquet") for row in pq.ParquetFile(path).read().to_pylist()
    ]
    return {next(iter(row.values())): row for row in rows}


def loaded_rows(path, config, table, cache):
    """The rows that `load_dataset` finds, by id, from an empty cache."""
    loaded = load_dataset(str(path), config, cache_dir=str(cache))
    return {next(iter(row.values())): row for split in loaded.values() for row in strings(split, table)}


@pytest.mark.parametrize("how", ["another name", "a symlink", "another folder to work in", "cp corpus/* elsewhere"])
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_copy_of_the_corpus_loads_every_table_of_every_version(project, tmp_path, monkeypatch, how, every):
    place = tmp_path / ("corpus" if how == "another folder to work in" else "Copy of the mill (2)")
    place.mkdir()
    # As the shell expands it: without dotfiles.
    subprocess.run(f"cp -r {shlex.quote(str(project / 'corpus'))}/* {shlex.quote(str(place))}", shell=True, check=True)
    given = place
    if how == "a symlink":
        given = tmp_path / "link"
        given.symlink_to(place, target_is_directory=True)
    elif how == "another folder to work in":
        monkeypatch.chdir(tmp_path)
        given = "./corpus"
    elif how == "another name":
        (tmp_path / "deep" / "er").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "deep" / "er")
        given = "../../Copy of the mill (2)"
    names = {
        f"{table}{of}": (table, of[2:] or VERSIONS[-1]) for table in TABLE_NAMES for of in ("", "-v0.1.0", "-v0.2.0")
    }
    shares = {"cp corpus/* elsewhere": 12, "another name": 4, "a symlink": 4, "another folder to work in": 4}
    chosen = names if every else random.Random(how).sample(list(names), shares[how])
    for name in chosen:
        table, version = names[name]
        assert loaded_rows(given, name, table, tmp_path / "cache") == rows_of(place / f"v{version}", table)


@pytest.mark.parametrize("name", ["v0.2.0", "elsewhere", "link"])
def test_the_folder_of_a_version_loads_alone(project, tmp_path, monkeypatch, name):
    place = tmp_path / ("real" if name == "link" else name)
    shutil.copytree(project / "corpus" / "v0.2.0", place)
    if name == "link":
        (tmp_path / name).symlink_to(place, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    for table in TABLE_NAMES if name == "v0.2.0" else ("articles", "claims", "ledger"):
        assert loaded_rows(f"./{name}", table, table, tmp_path / "cache") == rows_of(place, table)
    articles = load_dataset(f"./{name}", cache_dir=str(tmp_path / "cache"))
    assert list(articles) == list(SPLITS)
    assert str(articles["train"].info.version) == "0.2.0"
    features = load_dataset(f"./{name}", "entities", split="train", cache_dir=str(tmp_path / "cache")).features
    assert features["label"] == ClassLabel(names=list(default_scheme().values("mention", "label")))


def test_the_same_version_number_of_another_corpus_is_not_served_from_the_cache(tmp_path, monkeypatch):
    found = []
    for folder, evidence in (("one", "imperative lime"), ("two", "imperative lima")):
        publish(tmp_path / folder, "0.1.0", changed(make_tables(), "removals", "a4-r0", evidence=evidence))
        rows = loaded_rows(tmp_path / folder / "corpus" / "v0.1.0", "removals", "removals", tmp_path / "cache")
        found.append(rows["a4-r0"]["evidence"])
    assert found == ["imperative lime", "imperative lima"]


def test_a_former_dotfile_with_configs_is_deleted(tmp_path):
    published(tmp_path, "0.1.0")
    former = tmp_path / "corpus" / ".huggingface.yaml"
    former.write_text("configs: []\n")
    publish(tmp_path, "0.1.0")
    assert not former.exists()


def test_a_wrong_row_count_is_noticed_by_the_loader(load, project, tmp_path, monkeypatch):
    shutil.copytree(project, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    path = Path("corpus/v0.2.0/claims/train-00000-of-00001.parquet")
    table = pq.ParquetFile(path).read()
    pq.write_table(table.slice(1), path)
    with pytest.raises(Exception, match=r"num_examples"):
        load("claims")


def test_the_manifests_describe_the_files(project):
    for manifest in read_manifests(project / "corpus"):
        for facts in manifest.tables.values():
            for file in facts.files:
                path = project / "corpus" / f"v{manifest.version}" / file.file
                assert path.stat().st_size == file.bytes
                assert pq.ParquetFile(path).metadata.num_rows == file.rows
