"""The leaderboard in the card: figures are computed, stale ones never shown, the same from command and publication."""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allegata.benchmark.baselines.registry import run_baseline
from allegata.benchmark.submissions import write_submission
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.cli.app import app
from allegata.publish.card.leaderboard import (
    LEADERBOARD,
    leaderboard_section,
    leaderboard_text,
    read_leaderboard_facts,
    tables_digest,
)
from allegata.publish.card.pages import Links
from allegata.publish.manifest import read_manifests
from allegata.publish.measured import install_leaderboard
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.published import load_corpus
from allegata.schema.release_manifest import ReleaseManifest
from project import tree
from publish_samples import publish, published


@pytest.fixture
def root(tmp_path: Path) -> Path:
    published(tmp_path)
    return tmp_path


def manifest_of(root: Path) -> ReleaseManifest:
    return read_manifests(root / "corpus")[-1]


def system(name: str, low: float, high: float, *scores: float | None, p: float | None = None) -> dict[str, Any]:
    return {
        "system": name,
        "method": "by hand",
        "trained_on": [],
        "predictions": "5" * 64,
        "seed": 0,
        "score": (low + high) / 2,
        "interval": [low, high],
        "articles": {f"a{index}": value for index, value in enumerate(scores)},
        "across": [0.1, 0.9],
        "pinned": None,
        "p": p,
    }


def facts_of(manifest: ReleaseManifest) -> dict[str, Any]:
    best, floor = system("alfa", 0.5, 0.7, 0.4, 0.9, None), system("floor", 0.1, 0.2, 0.3, 0.0, None, p=0.25)
    task = {"question": "Which?", "measure": "F1", "pinned": ["a2"], "interval": "by hand", "across": "t", "test": "p"}
    return {
        "version": manifest.version,
        "tables": tables_digest(manifest),
        "scorer": {"name": "scorer/1", "sources": "7" * 64, "commit": "c" * 40},
        "tasks": {"claim-spans": {**task, "systems": [best, floor]}},
    }


def test_a_version_without_a_leaderboard_says_what_the_tasks_are_and_no_figure(root: Path) -> None:
    manifest = manifest_of(root)
    section = leaderboard_section(None, manifest, Links())
    assert "## Benchmark" in section
    assert "leaderboard of" not in section
    assert "Official measure" not in section
    assert section in (root / "dataset_card.md").read_text("utf-8")
    assert (
        leaderboard_section(None, manifest, Links(), annotated=False) == "<!-- leaderboard -->\n<!-- /leaderboard -->"
    )
    assert read_leaderboard_facts(root) is None


def test_the_command_writes_what_the_next_publication_writes(root: Path) -> None:
    corpus = load_corpus(root / "corpus" / "v0.1.0")
    submissions = root / "submissions"
    for name in ("length", "majority"):
        task = TASKS["attributed-sentences"]
        run = run_baseline(name, task, corpus)
        folder = submissions / task.name / name
        write_submission(folder, run.description, run.predictions, task, gold_of(task, corpus), run.pinned)
    done = CliRunner().invoke(app, ["leaderboard", str(submissions), "--corpus", str(root / "corpus")])
    assert done.exit_code == 0, done.output
    written = (root / "dataset_card.md").read_bytes()
    page = (root / "corpus" / "card" / "leaderboard.md").read_bytes()
    shown, wrote = done.stdout.strip().split("\nwrote ", 1)
    assert shown in page.decode()
    written_names = {Path(line).relative_to(root).as_posix() for line in wrote.split("\nwrote ")}
    cards = {"dataset_card.md", "corpus/README.md", "corpus/card/leaderboard.md"}
    assert written_names == {*cards, LEADERBOARD, "corpus/SHA256SUMS"}
    facts = (root / LEADERBOARD).read_bytes()
    publish(root, leaderboard=read_leaderboard_facts(root))
    assert (root / "dataset_card.md").read_bytes() == written
    assert (root / "corpus" / "card" / "leaderboard.md").read_bytes() == page
    again = CliRunner().invoke(app, ["leaderboard", str(submissions), "--corpus", str(root / "corpus")])
    assert again.exit_code == 0
    assert (root / LEADERBOARD).read_bytes() == facts


def test_a_part_of_the_stored_leaderboard_is_compared_and_replaces_it_only_when_asked(root: Path) -> None:
    corpus, places = load_corpus(root / "corpus" / "v0.1.0"), {}
    for name, systems in (("attributed-sentences", ("length", "majority")), ("claim-spans", ("lead",))):
        task = TASKS[name]
        for chosen in systems:
            run = run_baseline(chosen, task, corpus)
            places[name, chosen] = root / "all" / name / chosen
            write_submission(
                places[name, chosen], run.description, run.predictions, task, gold_of(task, corpus), run.pinned
            )

    def call(folder: str, *more: str) -> Any:
        return CliRunner().invoke(app, ["leaderboard", str(root / folder), "--corpus", str(root / "corpus"), *more])

    assert call("all").exit_code == 0
    kept = root / "part" / "attributed-sentences" / "length"
    shutil.copytree(places["attributed-sentences", "length"], kept)
    before = tree(root / "corpus") | {"card": (root / "dataset_card.md").read_bytes()}
    refused = call("part")
    assert refused.exit_code == 2, refused.output
    for named in (
        "attributed-sentences (floor majority)",
        "claim-spans (whole task, 1 system)",
        "--no-card",
        "--replace",
    ):
        assert named in refused.output
    shown = call("part", "--no-card")
    assert shown.exit_code == 0, shown.output
    beside = shown.stdout.split("Beside the published leaderboard")[1]
    assert re.search(r"\| floor length \| .* \| scored here \|", beside)
    assert re.search(r"\| floor majority \| .* \| published \|", beside)
    assert tree(root / "corpus") | {"card": (root / "dataset_card.md").read_bytes()} == before
    assert call("part", "--replace").exit_code == 0
    assert list(read_leaderboard_facts(root)["tasks"]) == ["attributed-sentences"]


def test_only_printing_leaves_the_card_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allegata.models.extras._TRANSFORMER", ("left_out",))  # it would train for minutes
    before = (root / "dataset_card.md").read_bytes()
    submissions = root / "submissions"
    call = ["leaderboard", str(submissions), "--corpus", str(root / "corpus"), "--baselines", "--no-card"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    assert "## entities" in done.stdout
    assert "entities, baseline transformer: left out, left_out is not installed" in done.stdout
    assert (root / "dataset_card.md").read_bytes() == before
    assert not (root / LEADERBOARD).exists()


def test_figures_of_another_version_or_of_other_rows_are_never_shown(root: Path) -> None:
    manifest = manifest_of(root)
    for field, value, named in (("version", "0.0.9", "version 0.0.9"), ("tables", "0" * 64, "other rows")):
        stale = {**facts_of(manifest), field: value}
        section = leaderboard_section(stale, manifest, Links())
        assert f"is of {named} and is not shown" in section
        assert "alfa" not in section
        with pytest.raises(UsageError, match="--no-card"):
            install_leaderboard(root, stale)


def test_what_the_articles_can_show_is_computed_from_the_scores(root: Path) -> None:
    facts = facts_of(manifest_of(root))
    section = leaderboard_text(facts)
    assert "between 0.200 (claim-spans) and 0.200 (claim-spans) wide" in section
    assert "the 3 scores of the first system lie between 0.500" in section
    assert "in 1 of 1 tasks the first two systems do not differ at p < 0.05 (claim-spans)" in section
    assert "in 0 of 1 tasks the first system is ahead of the last in every article" in section
    assert "never give less than 0.2500" in section
    other = copy.deepcopy(facts)
    best, floor = other["tasks"]["claim-spans"]["systems"]
    best.update(interval=[0.5, 0.9], articles={"a0": 0.4, "a1": 0.5, "a2": 0.6})
    floor.update(p=0.01, articles={"a0": 0.1, "a1": 0.1, "a2": 0.1})
    changed = leaderboard_text(other)
    assert "between 0.400 (claim-spans) and 0.400" in changed
    assert "in 0 of 1 tasks the first two systems do not differ at p < 0.05." in changed
    assert "in 1 of 1 tasks the first system is ahead" in changed


def test_every_article_and_its_range_stand_beside_the_mean_and_undefined_is_said(root: Path) -> None:
    row = next(line for line in leaderboard_text(facts_of(manifest_of(root))).splitlines() if line.startswith("| alfa"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == [
        "alfa", "0.600", "0.500 to 0.700", "0.400", "0.900", "undefined", "0.400 to 0.900", "0.650, 0.100 to 0.900",
        "none", "", "`555555555555`",
    ]  # fmt: skip


def test_the_scorer_is_named_with_its_sources_and_its_commit_if_there_is_one(root: Path) -> None:
    manifest = manifest_of(root)
    facts = facts_of(manifest)
    assert "scorer/1, sources `777777777777`, last changed by commit `cccccccccccc`." in leaderboard_text(facts)
    facts["scorer"]["commit"] = None
    assert "sources `777777777777`. Each article" in leaderboard_text(facts)


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"version": "0.1.0"}'])
def test_a_damaged_leaderboard_is_refused_by_name(root: Path, damage: str) -> None:
    (root / LEADERBOARD).write_text(damage, "utf-8")
    with pytest.raises(ProblemsFound, match=r"corpus/leaderboard\.json"):
        read_leaderboard_facts(root)


def test_a_card_without_a_place_for_it_is_left_alone(root: Path) -> None:
    (root / "dataset_card.md").write_text("# By hand\n", "utf-8")
    with pytest.raises(UsageError, match="no place for a leaderboard"):
        install_leaderboard(root, facts_of(manifest_of(root)))
    assert not (root / LEADERBOARD).exists()


def test_a_card_that_is_not_utf8_is_reported_and_left_alone(root: Path) -> None:
    (root / "dataset_card.md").write_bytes(b"\xff")
    with pytest.raises(ProblemsFound, match=r"dataset_card\.md:1:1: is not UTF-8 at byte 0"):
        install_leaderboard(root, facts_of(manifest_of(root)))
    assert not (root / LEADERBOARD).exists()


def test_stored_facts_are_read_back_as_they_were(root: Path) -> None:
    facts = facts_of(manifest_of(root))
    install_leaderboard(root, facts)
    assert read_leaderboard_facts(root) == facts
    assert json.loads((root / LEADERBOARD).read_text("utf-8")) == facts


def test_a_leaderboard_of_stories_says_that_stories_were_held_out(root: Path) -> None:
    manifest = manifest_of(root)
    facts = facts_of(manifest)
    facts["tasks"]["claim-spans"]["held_out"] = "story"
    section = leaderboard_text(facts)
    assert "Each story is predicted by what was trained without any of its articles." in section
    assert "What 3 stories can and cannot show." in section
    assert "swaps whole articles" not in section
    assert "Each article is predicted without" in leaderboard_text(facts_of(manifest))


def test_the_best_floor_stands_beside_the_best_system_and_whether_it_is_clearly_below(root: Path) -> None:
    manifest = manifest_of(root)
    facts = facts_of(manifest)
    assert "What reading is worth" not in leaderboard_text(facts)  # stored before there were floors
    task = facts["tasks"]["claim-spans"]
    task["systems"][1]["system"] = "floor zone"
    task["floor"] = {
        "floor": "floor zone",
        "system": "alfa",
        "difference": 0.45,
        "p": 0.25,
        "clear": False,
        "test": "t",
    }
    section = leaderboard_text(facts)
    assert "| claim-spans | F1 | 0.150 (zone) | 0.600 (alfa) | +0.450 | 0.2500 | no |" in section
    assert "Not clear here: claim-spans." in section
    task["floor"]["clear"] = True
    assert "Not clear here" not in leaderboard_text(facts)


def test_disputes_are_scored_by_story_where_the_other_tasks_are_scored_by_article(root: Path) -> None:
    manifest = manifest_of(root)
    facts = facts_of(manifest)
    story = system("bravo", 0.2, 0.4, 0.3)
    story |= {"articles": {"no story stated": 0.3}, "interval": None, "across": None}
    story["trained_on"] = ["towns v1.0.0"]
    facts["tasks"]["disputes"] = {**facts["tasks"]["claim-spans"], "held_out": "story", "systems": [story]}
    facts["tasks"]["disputes"] |= {"interval": None, "across": None}
    section = leaderboard_text(facts)
    assert "What 3 articles can and cannot show." in section
    assert "in 1 of 1 tasks the first two systems" in section
    assert "| bravo, trained on towns v1.0.0 too | 0.300 | none | 0.300 |" in section
    assert "Interval: none, 1 story: too few distinct resamples." in section
