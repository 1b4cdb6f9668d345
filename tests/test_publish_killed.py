"""A publication that is killed: what is published stays loadable, and the next run finishes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from allegata.publish.manifest import read_manifests
from allegata.publish.pins import read_pins
from allegata.publish.splits import assign_splits
from allegata.publish.sums import check_sums
from allegata.schema.digests import sha256_file
from killing import count_steps, killed_before_step
from publish_samples import TEXTS, changed, make_tables, publish, published

TESTS = Path(__file__).parent


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def front_matter(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0])


def write_yaml(path: Path) -> None:
    """The front matter of a README alone, as it stood in a file of its own before 1.3.0."""
    matter = front_matter(path)
    path.write_text(yaml.safe_dump({key: matter[key] for key in ("configs", "dataset_info")}))


def revised() -> dict[str, pa.Table]:
    return changed(make_tables(), "claims", "a4-k0", claim_type="denial")


def assert_consistent(root: Path, versions: set[str]) -> None:
    """Every version is whole, and the configs point only to files that are there, in one of `versions`."""
    corpus = root / "corpus"
    folders = {path.name for path in corpus.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"card"}
    manifests = read_manifests(corpus)
    assert folders == {f"v{manifest.version}" for manifest in manifests}
    for manifest in manifests:
        for facts in manifest.tables.values():
            for file in facts.files:
                assert sha256_file(corpus / f"v{manifest.version}" / file.file) == file.sha256
    former = corpus / ".huggingface.yaml"  # `datasets` reads it first where there is one
    configs = (yaml.safe_load(former.read_text()) if former.exists() else front_matter(corpus / "README.md"))["configs"]
    assert configs[0]["version"] in versions
    for config in configs:
        assert all((corpus / part["path"]).is_file() for part in config["data_files"])
    if not former.exists():
        for link in re.findall(r"\]\((card/[^)]+)\)", (corpus / "README.md").read_text("utf-8")):
            assert (corpus / link).is_file(), link
    json.loads((corpus / "splits.json").read_text())
    for manifest in manifests:
        for config in front_matter(corpus / f"v{manifest.version}" / "README.md")["configs"]:
            assert all((corpus / f"v{manifest.version}" / part["path"]).is_file() for part in config["data_files"])


def said(root: Path) -> tuple[tuple[str, str], ...]:
    return tuple((problem.file, problem.fix) for problem in check_sums(root / "corpus"))


def test_every_file_and_folder_is_flushed_before_the_version_appears(tmp_path, monkeypatch):
    flushed, sync, rename = set(), os.fsync, Path.rename

    def note(handle):
        flushed.add(os.fstat(handle).st_ino)
        sync(handle)

    def check(candidate, place):
        parts = [candidate, *candidate.rglob("*")]
        assert {path for path in parts if path.stat().st_ino not in flushed} == set()
        return rename(candidate, place)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Path, "rename", check)
    place = publish(tmp_path).path
    for path in (place.parent, tmp_path / "dataset_card.md", place.parent / "splits.json"):
        assert path.stat().st_ino in flushed


@pytest.mark.parametrize("apart", [50, pytest.param(1, marks=pytest.mark.slow)])
def test_a_run_killed_at_any_step_leaves_a_loadable_state_and_the_next_run_finishes(tmp_path, monkeypatch, apart):
    # Flushing guards against a dead machine, not a dead process: here it would only cost the time.
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    old, whole = tmp_path / "old", tmp_path / "whole"
    published(old)
    (old / "corpus" / "README.md").replace(old / "corpus" / ".huggingface.yaml")  # as before 1.3.0
    write_yaml(old / "corpus" / ".huggingface.yaml")
    shutil.copytree(old, whole)
    steps = count_steps(whole, lambda: publish(whole, "0.2.0", revised()))
    expected = tree(whole)
    assert "corpus/README.md" in expected
    assert "corpus/.huggingface.yaml" not in expected
    assert steps > 30  # 18 files and 8 folders of the version; then pins, configs and card, each aside and renamed
    seen = set()
    # The many like steps inside the folder aside are sampled; of those from the last of them on each is another case.
    for last in [*range(1, steps - 12, apart), *range(steps - 12, steps + 1)]:
        root = tmp_path / f"killed-{last}"
        shutil.copytree(old, root)
        assert killed_before_step(last, root, lambda root=root: publish(root, "0.2.0", revised()))
        assert_consistent(root, {"0.1.0", "0.2.0"})
        seen.add(said(root))
        publish(root, "0.2.0", revised())
        assert tree(root) == expected, f"killed before step {last}"
    # All is old, all is new, or one sentence says what completes it: nobody is advised to delete the new version.
    complete = ("corpus/v0.2.0", "run `allegata build`, which completes it; download a copy again")
    assert seen == {said(old), said(whole), (complete,)}
    assert said(whole) == ()


def test_what_was_damaged_before_a_publication_was_interrupted_is_still_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    published(tmp_path)
    sums = (tmp_path / "corpus" / "SHA256SUMS").read_bytes()
    publish(tmp_path, "0.2.0", revised())
    (tmp_path / "corpus" / "SHA256SUMS").write_bytes(sums)
    (tmp_path / "corpus" / "v0.1.0" / "scheme.json").write_text("{}")
    assert [problem.file for problem in check_sums(tmp_path / "corpus")] == [
        "corpus/v0.2.0",
        "corpus/v0.1.0/scheme.json",
    ]


KILL = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from publish_samples import changed, make_tables, publish
def hook(event, args):
    if event == "os.rename" and str(args[1]).endswith(sys.argv[3]):
        os._exit(137)
sys.addaudithook(hook)
publish(Path(sys.argv[2]), "0.2.0", changed(make_tables(), "claims", "a4-k0", claim_type="denial"))
"""


@pytest.mark.parametrize(
    ("before", "served"), [("v0.2.0", "0.1.0"), ("README.md", "0.1.0"), ("dataset_card.md", "0.2.0")]
)
def test_a_process_killed_before_a_rename_leaves_a_corpus_that_datasets_loads(tmp_path, monkeypatch, before, served):
    published(tmp_path)
    command = [sys.executable, "-c", KILL, str(TESTS), str(tmp_path), before]
    assert subprocess.run(command, check=False).returncode == 137
    assert_consistent(tmp_path, {served})
    monkeypatch.chdir(tmp_path)
    from datasets import load_dataset

    claims = load_dataset("./corpus", "claims", split="train", cache_dir=str(tmp_path / "cache"))
    assert str(claims.info.version) == served
    publish(tmp_path, "0.2.0", revised())
    assert_consistent(tmp_path, {"0.2.0"})
    assert not list(tmp_path.rglob(".*.partial"))


def without(tables: dict[str, pa.Table], article: str) -> dict[str, pa.Table]:
    keep = pa.compute.field("article_id") != article
    return {name: table.filter(keep) if "article_id" in table.column_names else table for name, table in tables.items()}


def test_a_run_ended_right_after_the_version_appeared_binds_the_next_version_all_the_same(tmp_path, monkeypatch):
    class Ended(BaseException):
        """Not an Exception, so nothing can handle it."""

    def end(path, data):
        raise Ended

    with monkeypatch.context() as patch:
        patch.setattr("allegata.publish.stage.replace_file", end)
        with pytest.raises(Ended):
            publish(tmp_path)
    assert not (tmp_path / "corpus" / "splits.json").exists()
    pins = read_pins(tmp_path)
    assert pins.keys() == TEXTS.keys()
    free = assign_splits({f"a{n}": f"c-a{n}" for n in range(1, 5)}, None, {})
    assert any(free[article] != pins[article] for article in free)  # the next version would move something
    publish(tmp_path, "0.2.0", without(make_tables(), "a5"))
    assert json.loads((tmp_path / "corpus" / "splits.json").read_text()) == read_pins(tmp_path) == pins


def test_only_what_a_killed_publication_left_is_deleted(tmp_path):
    corpus = tmp_path / "corpus"
    ours = [
        corpus / ".v0.2.0.partial" / "claims",
        corpus / ".splits.json.partial",
        tmp_path / ".dataset_card.md.partial",
    ]
    ours += [
        corpus / "card" / ".columns.md.partial",
        corpus / ".SHA256SUMS.partial",
        corpus / ".README.md.partial",
        corpus / "..huggingface.yaml.partial",
    ]
    theirs = [tmp_path / ".download.partial", tmp_path / ".notes.partial" / "a", corpus / ".video.partial"]
    theirs += [corpus / ".v2-draft.partial" / "a", tmp_path / ".v0.2.0.partial" / "a"]
    for path in (*ours, *theirs):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    publish(tmp_path)
    assert [path for path in ours if path.exists()] == []
    assert [path for path in theirs if not path.exists()] == []
