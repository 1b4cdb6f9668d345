"""The corpus of this repository, with every version it ever had: what `cp corpus/* elsewhere` takes along loads."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

import pytest
from datasets import load_dataset

from allegata.publish.manifest import read_manifests
from allegata.recipe.build import run
from project import ROOT, copy_root, tree

NEXT = "99.0.0"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which the next version was published beside those of the repository."""
    folder = copy_root(tmp_path_factory.mktemp("clone"), whole=True)
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    (folder / "corpus" / ".huggingface.yaml").write_text("configs: []\n", encoding="utf-8")
    settings = (folder / "pyproject.toml").read_text("utf-8").split("\n")
    lines = [f'corpus-version = "{NEXT}"' if line.startswith("corpus-version") else line for line in settings]
    (folder / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
    build = run(folder)
    assert build.release is not None
    assert build.release.version == NEXT
    return folder


@pytest.fixture(scope="module")
def copied(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("elsewhere") / "taken along"
    place.mkdir()
    subprocess.run(f"cp -r {shlex.quote(str(root / 'corpus'))}/* {shlex.quote(str(place))}", shell=True, check=True)
    return place


def test_the_versions_before_stay_byte_for_byte(root: Path) -> None:
    for folder in (ROOT / "corpus").glob("v*"):
        assert tree(root / "corpus" / folder.name) == tree(folder)


@pytest.mark.slow  # test_publish_loading loads a sample of the same, also from copies
def test_a_copy_loads_every_table_of_the_new_version_and_one_of_each_before_with_all_rows(
    copied: Path, tmp_path: Path
) -> None:
    """Each call reads the front matter of all versions: all tables of all of them (tests/test_publish_loading.py) take
    minutes."""
    manifests = read_manifests(copied)
    assert len(manifests) > 1
    named = dict(manifests[-1].tables)
    for at, manifest in enumerate(manifests):
        tables = sorted(name for name, facts in manifest.tables.items() if facts.splits)
        name = tables[at % len(tables)]
        named[f"{name}-v{manifest.version}"] = manifest.tables[name]
    for config, facts in named.items():
        if facts.splits:
            loaded = load_dataset(str(copied), config, cache_dir=str(tmp_path))
            assert {split: len(rows) for split, rows in loaded.items()} == {
                split: rows.rows for split, rows in facts.splits.items()
            }


def test_the_folder_of_the_new_version_loads_alone(root: Path, tmp_path: Path) -> None:
    place = shutil.copytree(root / "corpus" / f"v{NEXT}", tmp_path / "alone")
    facts = read_manifests(root / "corpus")[-1].tables
    for table in facts:
        loaded = load_dataset(str(place), table, cache_dir=str(tmp_path / "cache"))
        assert sum(map(len, loaded.values())) == facts[table].rows


def test_the_card_says_of_this_corpus_what_its_settings_say(root: Path) -> None:
    card = (root / "corpus" / "README.md").read_text("utf-8")
    for line in ("license: other", "license_name: rights-of-the-publishers", "- legal", "- machine-generated"):
        assert f"\n{line}\n" in card
    assert "5 articles about one lawsuit, as a corpus" in card
    assert "The copyright in the articles remains with their publishers" in " ".join(card.split())
    outside = (root / "dataset_card.md").read_text("utf-8").partition("\n---\n")[2]
    assert card.partition("\n---\n")[2] == outside.replace("](corpus/", "](")
