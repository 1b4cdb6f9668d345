"""`allegata remove`: articles go with everything that names them, all or nothing; and a clone gets other articles."""

from __future__ import annotations

import json
import shutil
from itertools import count
from pathlib import Path

import pytest
from datasets import load_dataset
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.manifest import read_manifests
from allegata.recipe.build import run
from allegata.recipe.remove import Removed, remove
from allegata.schema.files import holding
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.settings import read_settings
from allegata.schema.transaction import finish_writing
from killing import killed_before_step
from project import ARTICLES, ROOT, copy_root, read_rows, tree, write_rows

GONE = ARTICLES[4]
SETTINGS = read_settings(ROOT)


def latest_version() -> str:
    return read_manifests(ROOT / "corpus")[-1].version


def corpus(place: Path) -> Path:
    """A copy of the corpus, with a proposal and decisions."""
    root = copy_root(place)
    for kind in ("gold", "drafts", "entities"):
        path = root / "annotations" / "proposals" / kind / f"{GONE}.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("{}\n")
    decisions = [{"article_id": name, "decision": "keep", "reason": "seen"} for name in (GONE, ARTICLES[0])]
    write_rows(root / "annotations" / "decisions.jsonl", decisions)
    return root


def files(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(root).items() if "/." not in name}


@pytest.fixture(scope="module")
def without_one(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Removed]:
    root = corpus(tmp_path_factory.mktemp("corpus"))
    return root, remove(root, [GONE])


def test_no_file_names_the_article_any_more_and_the_rest_is_as_it_was(
    without_one: tuple[Path, Removed], tmp_path: Path
) -> None:
    root, removed = without_one
    before, after = files(corpus(tmp_path)), files(root)
    assert removed.articles == (GONE,)
    assert removed.files == tuple(sorted(before.keys() - after.keys()))
    assert not [name for name in after if GONE in name]
    assert not [name for name, data in after.items() if f'"{GONE}' in data.decode() and name != "pyproject.toml"]
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {*removed.records, "raw/manifest.jsonl"}
    for name in (name for name in removed.records if not name.endswith(("/propositions.jsonl", "/disputes.jsonl"))):
        assert set(after[name].split(b"\n")) <= set(before[name].split(b"\n"))


def test_a_dispute_keeps_the_positions_and_a_position_the_claims_of_other_articles(tmp_path: Path) -> None:
    def position(name: str, *articles: str, supersedes: tuple[str, ...] = ()) -> dict[str, object]:
        claims = [f"{article}:c001" for article in articles]
        return {"id": name, "canonical": "So.", "claims": claims, "supersedes": list(supersedes)}

    root, other = copy_root(tmp_path), ARTICLES[0]
    rows = [
        {"id": "d1", "positions": [position("a", other, GONE), position("b", ARTICLES[1], supersedes=("a",))]},
        {"id": "d2", "positions": [position("a", other), position("b", GONE)]},
        {"id": "d3", "positions": [position("a", other), position("b", GONE), position("c", other, supersedes=("b",))]},
        {"id": "d4", "positions": [position("a", other), position("b", ARTICLES[1])]},
    ]
    write_rows(root / "annotations" / "disputes.jsonl", rows)
    removed = remove(root, [GONE])
    assert read_rows(root / "annotations" / "disputes.jsonl") == [
        {"id": "d1", "positions": [position("a", other), position("b", ARTICLES[1], supersedes=("a",))]},
        {"id": "d3", "positions": [position("a", other), position("c", other)]},
        rows[3],
    ]
    assert removed.records["annotations/disputes.jsonl"] == 3


def test_a_dispute_says_through_a_position_that_is_gone_which_state_replaces_which(tmp_path: Path) -> None:
    def position(name: str, article: str, *supersedes: str) -> dict[str, object]:
        return {"id": name, "canonical": "So.", "claims": [f"{article}:c001"], "supersedes": list(supersedes)}

    root, (first, second, third) = copy_root(tmp_path), ARTICLES[:3]
    rows = [
        {"id": "d1", "kind": "update", "positions": [position("a", first), position("b", GONE, "a")]},
        {
            "id": "d2",
            "kind": "update",
            "positions": [position("a", first), position("b", GONE, "a"), position("c", second, "b")],
        },
        {  # of what replaces another nothing remains: it is no update any more
            "id": "d3",
            "kind": "update",
            "positions": [position("a", first), position("b", GONE, "a"), position("c", third)],
        },
    ]
    write_rows(root / "annotations" / "disputes.jsonl", rows)
    assert remove(root, [GONE]).records["annotations/disputes.jsonl"] == 3
    assert read_rows(root / "annotations" / "disputes.jsonl") == [
        {"id": "d2", "kind": "update", "positions": [position("a", first), position("c", second, "a")]}
    ]


@pytest.mark.parametrize("gone", [ARTICLES[4:], ARTICLES[2:]])
def test_a_proposition_keeps_its_members_in_other_articles_where_these_are_two(
    tmp_path: Path, gone: tuple[str, ...]
) -> None:
    root = copy_root(tmp_path)
    remove(root, gone)
    expected, before = [], read_rows(ROOT / "annotations" / "propositions.jsonl")
    for row in before:
        members = [member for member in row["members"] if not member.startswith(gone)]
        expected += [{**row, "members": members}] if len(members) > 1 else []
    assert read_rows(root / "annotations" / "propositions.jsonl") == expected
    assert 0 < len(expected) < len(before)


def test_the_corpus_without_it_builds(without_one: tuple[Path, Removed]) -> None:
    assert sorted(run(without_one[0], "validate").splits) == list(ARTICLES[:4])


def test_a_removal_killed_at_any_step_is_whole_or_has_not_begun(tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(ROOT / "raw", old / "raw")
    (old / "annotations" / "gold").mkdir(parents=True)
    shutil.copy(ROOT / "annotations" / "gold" / f"{GONE}.jsonl", old / "annotations" / "gold")
    shutil.copy(ROOT / "annotations" / "propositions.jsonl", old / "annotations")
    (old / "allegata.toml").write_text('name = "events"\n')
    whole = Path(shutil.copytree(old, tmp_path / "whole"))
    remove(whole, [GONE])
    seen = []
    for step in count(1):
        root = Path(shutil.copytree(old, tmp_path / f"killed-{step}"))
        killed = killed_before_step(step, root, lambda root=root: remove(root, [GONE]))
        finish_writing(root / "annotations")
        seen.append(files(root) == files(whole))
        assert seen[-1] or files(root) == files(old), f"killed before step {step}"
        if not seen[-1]:
            remove(root, [GONE])
            assert files(root) == files(whole), f"killed before step {step}"
        if not killed:
            break
    assert seen == sorted(seen)
    assert {True, False} == set(seen)


@pytest.mark.parametrize(
    ("articles", "everything", "says"),
    [
        (["nobody", ARTICLES[0], "b"], False, "raw/manifest.jsonl: unknown articles b, nobody: nothing was changed"),
        ([], False, "name the articles to remove, or add --all"),
        ([ARTICLES[0]], True, "name the articles to remove, or add --all"),
    ],
)
def test_a_wrong_call_changes_nothing(tmp_path: Path, articles: list[str], everything: bool, says: str) -> None:
    root = copy_root(tmp_path)
    before = files(root)
    with pytest.raises((UsageError, ProblemsFound), match=says):
        remove(root, articles, everything=everything)
    assert files(root) == before


def test_a_file_that_cannot_be_read_is_reported_and_nothing_is_removed(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    with (root / "annotations" / "relations.jsonl").open("a") as file:
        file.write("{\n")
    before = files(root)
    with pytest.raises(ProblemsFound, match=r"annotations/relations.jsonl:\d+:2: is not JSON"):
        remove(root, [GONE])
    assert files(root) == before


def test_it_waits_for_nobody_who_writes_to_the_corpus(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    before = files(root)
    with holding(root, "run"), pytest.raises(UsageError, match=f"another command is writing to {root.name}/"):
        remove(root, [GONE])
    assert files(root) == before


def test_the_articles_of_a_clone_are_replaced_by_others_with_three_commands(tmp_path: Path) -> None:
    clone = copy_root(tmp_path / "clone")
    for name in ("corpus", "dataset_card.md"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, clone / name)
    versions = {name: data for name, data in files(clone).items() if name.startswith("corpus/v")}
    (clone / "pyproject.toml").write_text(  # what is published, whichever version comes next here
        (ROOT / "pyproject.toml").read_text().replace(f'"{SETTINGS.corpus_version}"', f'"{latest_version()}"')
    )
    pins = json.loads((clone / "corpus" / "splits.json").read_text())
    told = (
        "The ferry at Old Quay stopped at noon. Eleven carts waited until the evening, said the pilot.",
        "Nobody crossed the river on Friday, and the market opened without its apples for the first time.",
        "A new rope costs forty marks. The council will vote about it when the mayor is back from the coast.",
    )
    for number, text in enumerate(told):
        (tmp_path / f"{number}.txt").write_text(f"{text}\n")

    def called(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments, "--root", str(clone)])
        assert done.exit_code == 0, done.output
        return done.output

    said = called("remove", "--all")
    assert "5 articles removed" in said
    for old in ("pyproject.toml: subject", "annotations/GUIDELINES.md", "pyproject.toml: corpus-version"):
        assert old in said.replace("\n", " ")
    rules = {path.name for kind in ("md", "toml") for path in (ROOT / "annotations").glob(f"*.{kind}")}
    assert {path.name for path in (clone / "annotations").rglob("*") if path.is_file()} == {
        "entities.jsonl", "annotators.jsonl", "LICENSE", *rules
    }  # fmt: skip
    called("add", str(tmp_path / "*.txt"))
    called("build")
    after = files(clone)
    assert {name: data for name, data in after.items() if name in versions} == versions
    (new,) = {name.split("/")[1] for name in after if name.startswith("corpus/v")} - {
        name.split("/")[1] for name in versions
    }
    rows = load_dataset("parquet", data_dir=str(clone / "corpus" / new / "articles"))
    assert sum(len(part) for part in rows.values()) == 3
    assert json.loads((clone / "corpus" / "splits.json").read_text()).items() >= pins.items()
