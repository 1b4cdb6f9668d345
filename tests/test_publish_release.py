"""A publication: created once, proved equal ever after, never changed, and refused in one report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from allegata.publish.contents import write_tables
from allegata.publish.digest import table_digest
from allegata.publish.manifest import read_manifests
from allegata.schema.digests import combined_digest, sha256_file
from allegata.schema.files import holding
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.tables import TABLES
from allegata.schema.versions import version_key
from publish_samples import TEXTS, changed, make_ledger, make_tables, publish, published

TESTS = Path(__file__).parent


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def revised() -> dict[str, pa.Table]:
    return changed(make_tables(), "claims", "a4-k0", claim_type="denial")


def test_a_new_version_is_created_and_the_same_build_again_proves_it_equal(tmp_path):
    first = publish(tmp_path)
    before = tree(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    again = publish(tmp_path)
    assert (first.created, again.created) == (True, False)
    assert first.path == again.path == tmp_path / "corpus" / "v0.1.0"
    assert first.files == again.files
    assert tree(tmp_path) == before
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == times


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from publish_samples import batches, make_ledger, make_tables, publish, shuffled
seed = int(sys.argv[3])
tables = {name: shuffled(table, seed) for name, table in make_tables().items()}
names = list(tables)[::-1] if seed else list(tables)
inputs = {"raw/a1.txt": "1" * 64, "raw/a2.txt": "2" * 64}
inputs = dict(sorted(inputs.items(), reverse=bool(seed)))
tables = {name: tables[name] for name in names}
publish(Path(sys.argv[2]), tables=tables, ledger=shuffled(make_ledger(), seed), inputs=inputs)
"""


def test_bytes_do_not_depend_on_hash_seed_time_zone_locale_or_row_order(tmp_path):
    results = []
    for seed, zone, locale in (
        ("0", "UTC", "C"),
        ("1", "Asia/Kathmandu", "tr_TR.UTF-8"),
        ("77", "", "C.UTF-8"),
    ):
        root = tmp_path / seed
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "0"}
        subprocess.run([sys.executable, "-c", SCRIPT, str(TESTS), str(root), seed], env=env, check=True)
        results.append(tree(root))
    assert results[0] == results[1] == results[2]
    assert str(tmp_path).encode() not in b"".join(results[0].values())


def test_publishing_imports_no_slow_library():
    code = "import sys, allegata.publish.stage; print({'datasets', 'pandas', 'mlcroissant'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_the_manifest_holds_hashes_digests_and_what_the_caller_said(tmp_path):
    place = published(tmp_path).path
    manifest = read_manifests(tmp_path / "corpus")[0]
    assert manifest.inputs == {"raw/a1.txt": "1" * 64}
    assert manifest.algorithms["sentences"] == {"name": "by line", "version": 1}
    assert manifest.writers == {"pyarrow": pa.__version__}
    assert manifest.documents == {
        name: sha256_file(place / name) for name in ("README.md", "changes.json", "croissant.json", "scheme.json")
    }
    assert list(manifest.tables) == [*TABLES, "ledger"]
    stored = json.loads((place / "manifest.json").read_bytes())["tables"]
    for name, facts in manifest.tables.items():
        for file in facts.files:
            assert sha256_file(place / file.file) == file.sha256
        assert stored[name]["digest"] == facts.digest
    ledger = manifest.tables["ledger"].splits["full"].digest
    assert ledger == table_digest(make_ledger())
    assert manifest.tables["ledger"].digest == combined_digest({"full": ledger})


def test_an_existing_version_never_changes_and_the_report_says_what_differs(tmp_path):
    published(tmp_path)
    before = tree(tmp_path)
    tables = revised()
    tables["removals"] = tables["removals"].slice(1)
    extra = {**tables["citations"].to_pylist()[0], "citation_id": "a1-q1"}
    rows = pa.Table.from_pylist([extra], schema=TABLES["citations"])
    tables["citations"] = pa.concat_tables([tables["citations"], rows])
    with pytest.raises(ProblemsFound) as found:
        publish(tmp_path, tables=tables, inputs={"raw/a1.txt": "9" * 64})
    report = str(found.value)
    assert "corpus/v0.1.0/claims: 1 row changed: a4-k0" in report
    assert "corpus/v0.1.0/removals: 1 row removed: a1-r0" in report
    assert "corpus/v0.1.0/citations: 1 row added: a1-q1" in report
    assert "3 files: the bytes differ from this build\n" in report
    assert "2 files: states other settings, annotators or rows than this build\n" in report
    assert "\n    corpus/v0.1.0/claims/train-00000-of-00001.parquet\n" in report
    assert "inputs/raw/a1.txt" in report
    assert "sentences" not in report
    assert 'set corpus-version = "0.2.0" in allegata.toml or [tool.allegata] (minor), or remove the line' in report
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("claims/train-00000-of-00001.parquet", b"PAR1", "claims: is not readable as Parquet"),
        ("manifest.json", None, "v0.1.0/manifest.json: is missing, but SHA256SUMS names it"),
        ("manifest.json", b'{"version": "0.1.0"}', "v0.1.0/manifest.json: is not the file that SHA256SUMS names"),
        ("../v0.0.9/x", b"", "v0.0.9/manifest.json: is missing"),
        ("croissant.json", None, "croissant.json: this build makes a file the version lacks"),
        ("README.md", None, "README.md: this build makes a file the version lacks"),
        ("README.md", b"hello", "README.md: states other settings, annotators or rows than this build"),
        ("notes.txt", b"hello", "notes.txt: this build does not make the file"),
    ],
)
def test_a_tampered_version_is_reported(tmp_path, name, damage, message):
    path = published(tmp_path).path / name
    path.unlink(missing_ok=True)
    if damage is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(damage)
    with pytest.raises(ProblemsFound, match=message):
        publish(tmp_path)


def test_a_file_written_by_another_writer_is_reported_as_equal_rows_in_other_bytes(tmp_path):
    path = published(tmp_path).path / "claims" / "train-00000-of-00001.parquet"
    pa.parquet.write_table(pa.parquet.ParquetFile(path).read(), path)
    with pytest.raises(ProblemsFound, match="the rows are the same, the bytes are not"):
        publish(tmp_path)


def test_a_second_version_leaves_the_first_alone_and_takes_the_plain_names(tmp_path):
    published(tmp_path)
    before = tree(tmp_path / "corpus" / "v0.1.0")
    assert publish(tmp_path, "0.2.0", revised()).created
    assert tree(tmp_path / "corpus" / "v0.1.0") == before
    configs = yaml.safe_load((tmp_path / "corpus" / "README.md").read_text("utf-8").split("\n---\n")[0])["configs"]
    names = [config["config_name"] for config in configs]
    tables = [*TABLES, "ledger"]
    assert names == [*tables, *(f"{name}-v{version}" for version in ("0.2.0", "0.1.0") for name in tables)]
    assert [config["config_name"] for config in configs if config.get("default")] == ["articles"]
    assert "version 0.2.0: " in (tmp_path / "dataset_card.md").read_text()


def test_rebuilding_an_older_version_proves_it_and_changes_nothing(tmp_path):
    published(tmp_path)
    publish(tmp_path, "0.2.0", revised())
    before = tree(tmp_path)
    assert not publish(tmp_path, "0.1.0").created
    assert tree(tmp_path) == before


@pytest.mark.parametrize("version", ["1", "v0.1.0", "0.1", "0.1.0-rc1", "01.0.0", "../0.1.0", ""])
def test_a_version_that_is_not_three_numbers_is_refused_before_anything_is_written(tmp_path, version):
    with pytest.raises(UsageError, match=r"X\.Y\.Z"):
        publish(tmp_path, version)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["corpus/README.md", "corpus/splits.json", "corpus/card/labels.md", "dataset_card.md"])
def test_a_file_that_is_edited_while_a_version_is_published_is_not_replaced(tmp_path, monkeypatch, name):
    published(tmp_path)
    before = tree(tmp_path)

    def edit_and_write(contents, folder):
        candidate = write_tables(contents, folder)
        (tmp_path / name).write_text((tmp_path / name).read_text() + "an edit\n")
        return candidate

    monkeypatch.setattr("allegata.publish.stage.write_tables", edit_and_write)
    with pytest.raises(UsageError, match=f"{name} was changed while the command ran: nothing was written"):
        publish(tmp_path, None, revised())
    assert tree(tmp_path) == {**before, name: before[name] + b"an edit\n"}


def test_a_new_version_must_be_newer(tmp_path):
    publish(tmp_path, "0.10.0")
    with pytest.raises(UsageError, match=r"older than the published 0\.10\.0"):
        publish(tmp_path, "0.9.0")
    assert version_key("0.10.0") > version_key("0.9.0")


def test_pins_are_written_and_a_published_article_cannot_be_moved(tmp_path):
    published(tmp_path)
    pins = json.loads((tmp_path / "corpus" / "splits.json").read_text())
    assert pins.keys() == TEXTS.keys()
    moved = {article: "test" if split == "train" else "train" for article, split in pins.items()}
    with pytest.raises(ProblemsFound, match="never moves") as found:
        publish(tmp_path, "0.2.0", splits=moved)
    assert len(found.value.problems) == len(TEXTS)


def test_an_article_that_leaves_the_corpus_keeps_its_pin(tmp_path):
    published(tmp_path)
    before = (tmp_path / "corpus" / "splits.json").read_bytes()
    tables = {
        name: table.filter(pa.compute.field("article_id") != "a5") if "article_id" in table.column_names else table
        for name, table in make_tables().items()
    }
    publish(tmp_path, "0.2.0", tables)
    assert (tmp_path / "corpus" / "splits.json").read_bytes() == before


@pytest.mark.parametrize("content", ["[]", "{", '{"a": 1}', ""])
def test_a_broken_pins_file_is_a_problem_not_a_fresh_start(tmp_path, content):
    published(tmp_path)
    (tmp_path / "corpus" / "splits.json").write_text(content)
    with pytest.raises(ProblemsFound, match=r"corpus/splits\.json"):
        publish(tmp_path)


def test_tables_that_break_the_contract_are_refused_in_one_report(tmp_path):
    tables = make_tables()
    tables = changed(tables, "claims", "a4-k0", claim_id="a1-k0")
    tables["sentences"] = tables["sentences"].drop_columns("zone")
    tables["entities"] = tables["entities"].set_column(3, "start", pa.array(["x", "y"]))
    nulls = pa.nulls(len(tables["removals"]), pa.string())
    place = tables["removals"].column_names.index("rule")
    tables["removals"] = tables["removals"].set_column(place, "rule", nulls)
    tables["moods"] = tables.pop("citations")
    with pytest.raises(ProblemsFound) as found:
        publish(tmp_path, tables=tables)
    report = str(found.value)
    for part in (
        "claims.claim_id repeats: a1-k0",
        "table sentences has columns too many () or too few (zone)",
        "entities.start is not int32",
        "removals.rule has 5 nulls",
        "table moods is not in the schema",
        "table citations is missing",
    ):
        assert part in report
    assert tree(tmp_path) == {}


def test_rows_of_an_article_without_a_split_are_refused(tmp_path):
    with pytest.raises(ProblemsFound, match="a5: rows of table articles have an article without a split"):
        publish(tmp_path, splits=dict.fromkeys(("a1", "a2", "a3", "a4"), "train"))


def test_a_table_without_rows_is_in_the_manifest_and_nowhere_else(tmp_path):
    tables = make_tables()
    tables["citations"] = tables["citations"].slice(0, 0)
    result = publish(tmp_path, tables=tables)
    assert not any("citations" in name for name in result.files)
    assert read_manifests(tmp_path / "corpus")[0].tables["citations"].splits == {}
    for folder in (tmp_path / "corpus", result.path):
        text = (folder / "README.md").read_text("utf-8")
        assert "config_name: citations" not in text
        line = next(line for line in text.splitlines() if line.startswith("Without rows, and so not there to load:"))
        assert " `citations`. `datasets` cannot" in line


def test_two_publications_at_once_are_refused(tmp_path):
    with holding(tmp_path, "command"), pytest.raises(UsageError, match="another command is writing to"):
        publish(tmp_path)


def test_a_pin_that_contradicts_a_published_version_is_a_problem(tmp_path):
    published(tmp_path)
    path = tmp_path / "corpus" / "splits.json"
    (tmp_path / "corpus" / "SHA256SUMS").unlink()  # it would name the file first
    pins = json.loads(path.read_text())
    path.write_text(json.dumps({**pins, "a5": "train" if pins["a5"] == "test" else "test"}))
    with pytest.raises(ProblemsFound, match=r"a5: is published in split .* according to corpus/splits\.json"):
        publish(tmp_path)


@pytest.mark.parametrize("version", ["0.2.0", "0.3.0"])
def test_every_file_of_every_other_version_is_compared_with_its_manifest_in_one_report(tmp_path, version):
    for older in ("0.0.1", "0.1.0", "0.2.0"):
        publish(tmp_path, older)
    corpus = tmp_path / "corpus"
    flipped = corpus / "v0.0.1" / "claims" / "train-00000-of-00001.parquet"
    data = bytearray(flipped.read_bytes())
    data[len(data) // 2] ^= 1
    flipped.write_bytes(data)
    (corpus / "v0.1.0" / "croissant.json").unlink()
    (corpus / "v0.1.0" / "notes.txt").write_text("hello")
    before = tree(tmp_path)
    with pytest.raises(ProblemsFound) as found:
        publish(tmp_path, version)
    assert [problem.file for problem in found.value.problems] == [
        "corpus/v0.0.1/claims/train-00000-of-00001.parquet",
        "corpus/v0.1.0/croissant.json",
        "corpus/v0.1.0/notes.txt",
    ]
    assert tree(tmp_path) == before
