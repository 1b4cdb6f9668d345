"""`allegata withdraw`: an article leaves the next version whole, its row of the ledger stays, it does not return."""

from __future__ import annotations

import json
import shutil
from itertools import count
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.publish.manifest import read_manifests
from allegata.publish.pins import read_pins
from allegata.recipe.build import run
from allegata.recipe.verify import verify
from allegata.recipe.withdraw import Withdrawn, withdraw
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.transaction import finish_writing
from allegata.schema.withdrawn import in_force
from invented_corpora import RECALL, annotate, recall, registers
from killing import killed_before_step
from project import Row, read_rows, tree, write_rows

REASON = "its publisher asked for it"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """An annotated corpus with one version."""
    place = tmp_path_factory.mktemp("recall")
    (place / "offered").mkdir()
    ids = recall(place / "corpus", place / "offered")
    registers(place / "corpus", RECALL)
    annotate(place / "corpus", RECALL / "drafts", ids, place / "drafts")
    run(place / "corpus")
    return place / "corpus", ids


def copy(published: tuple[Path, dict[str, str]], place: Path) -> Path:
    return Path(shutil.copytree(published[0], place / "corpus"))


@pytest.fixture(scope="module")
def withdrawn(
    published: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Withdrawn, str]:
    """A copy of it without the article `gazette`, published."""
    root = copy(published, tmp_path_factory.mktemp("withdrawn"))
    found = withdraw(root, [published[1]["gazette"]], REASON, date="2032-05-01")
    why = run(root).release
    assert why
    return root, found, why.why


def rows(root: Path, version: str, table: str) -> list[Row]:
    paths = sorted((root / "corpus" / f"v{version}" / table).glob("*.parquet"))
    return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]


def strings(root: Path, version: str) -> str:
    """Every byte of a version that is text: all cells of all tables, and every other file."""
    folder = root / "corpus" / f"v{version}"
    tables = [repr(pq.ParquetFile(path).read().to_pylist()) for path in sorted(folder.rglob("*.parquet"))]
    return "\n".join(tables + [path.read_text() for path in folder.rglob("*") if path.suffix in (".json", ".md")])


def test_the_next_version_has_no_word_of_it_and_one_row_of_the_ledger(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]]
) -> None:
    root, _, why = withdrawn
    gone = published[1]["gazette"]
    assert why.startswith("major after 1.0.0: 1 article removed")
    folder = root / "corpus" / "v2.0.0"
    (ledger,) = [row for row in rows(root, "2.0.0", "ledger") if gone in row.values()]
    assert ledger["stage"] == ledger["reason"] == "withdrawn"
    assert ledger["evidence"] == f"{REASON} (2032-05-01)"
    for path in folder.rglob("*.parquet"):
        if path.parent.name != "ledger":
            assert gone not in repr(pq.ParquetFile(path).read().to_pylist()), path
    texts = {row["article_id"]: row["text"] for row in rows(root, "1.0.0", "articles")}
    others = "\n".join(text for name, text in texts.items() if name != gone)
    own = [row["text"] for row in rows(root, "1.0.0", "sentences") if row["article_id"] == gone]
    own = [text for text in own if text not in others]
    old, new = (strings(root, version) for version in ("1.0.0", "2.0.0"))
    assert len(own) > 5
    assert all(repr(text)[1:-1] in old for text in own)
    assert not [text for text in own if repr(text)[1:-1] in new]
    verify(root / "corpus")


def test_the_report_says_what_becomes_of_what_other_articles_share_with_it(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]]
) -> None:
    root, found, _ = withdrawn
    gone = published[1]["gazette"]
    assert found.held == {"1.0.0": (gone,)}
    assert "dispute d001 goes" not in "; ".join(found.across)
    assert "dispute d002 goes: nothing is disputed any more" in found.across
    assert "proposition p001 goes: fewer than two members remain" in found.across
    assert f"annotations/gold/{gone}.jsonl" in found.moved
    assert (root / "annotations" / "withdrawn" / "gold" / f"{gone}.jsonl").is_file()


def test_withdrawing_every_article_says_that_no_build_can_follow(
    published: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root = copy(published, tmp_path)
    every = [row["id"] for row in map(json.loads, (root / "raw" / "manifest.jsonl").read_text().splitlines())]
    said = CliRunner().invoke(app, ["withdraw", *every, "--reason", REASON, "--root", str(root)])
    assert said.exit_code == 0, said.output
    assert "no article remains, and a build needs one" in said.output
    assert said.output.rstrip().endswith(f"next: allegata add FILES… --root {root}")


def stop_distributing(corpus: Path, version: str) -> None:
    """What a curator does with a version that holds what was taken out: no folder, and no line in the register."""
    shutil.rmtree(corpus / version)
    lines = (corpus / "SHA256SUMS").read_text().splitlines(keepends=True)
    (corpus / "SHA256SUMS").write_text("".join(line for line in lines if f"  {version}/" not in line))


def test_its_split_is_bound_by_its_line_and_not_by_splits_json(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    gone, split = published[1]["gazette"], read_pins(published[0])[published[1]["gazette"]]
    root = Path(shutil.copytree(withdrawn[0], tmp_path / "corpus"))
    assert gone not in json.loads((root / "corpus" / "splits.json").read_text())
    stop_distributing(root / "corpus", "v1.0.0")
    assert read_pins(root)[gone] == split
    assert in_force(root / "annotations")[gone].split == split
    assert run(root).release is not None
    assert [manifest.version for manifest in read_manifests(root / "corpus")] == ["2.0.0"]
    verify(root / "corpus")


def test_the_raw_file_may_be_there_or_not_for_the_same_bytes(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    gone, root = published[1]["gazette"], copy(published, tmp_path)
    found = withdraw(root, [gone], REASON, date="2032-05-01", delete_raw=True)
    assert f"raw/{gone}.html" in found.deleted
    assert f"annotations/gold/{gone}.jsonl" in found.deleted
    assert not [name for name in tree(root) if gone in name and not name.startswith("corpus/v1.0.0")]
    run(root)
    of = [tree(place / "corpus" / "v2.0.0") for place in (root, withdrawn[0])]
    assert of[0] == of[1]


def test_neither_add_nor_a_near_copy_brings_it_back(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root, ids = copy(published, tmp_path), published[1]
    withdraw(root, [ids["notice"]], REASON, delete_raw=True)
    notices = RECALL / "articles" / "notices.jsonl"
    report = add([notices], root)
    assert [(article_id, why) for _, article_id, why in report.withdrawn] == [(ids["notice"], REASON)]
    text = json.loads(notices.read_text().split("\n")[0])["text"]
    again = tmp_path / "again.txt"
    again.write_text(text.replace("Borea", "Boreal", 1) + "\n\nMore follows.\n")
    (near,) = add([again], root).added
    ledger = {row["article_id"]: row for row in run(root, "validate").ledger_table().to_pylist()}
    assert (ledger[near]["stage"], ledger[near]["reason"]) == ("withdrawn", "near_copy")
    assert ids["notice"] in ledger[near]["evidence"]
    keep = {"article_id": near, "decision": "keep", "reason": "an answer to it"}
    write_rows(root / "annotations" / "decisions.jsonl", [keep])
    build = run(root, "deduplicate")
    assert near in build.members["article_id"].to_pylist()
    assert {row["article_id"]: row["reason"] for row in build.ledger_table().to_pylist()}[near] == "kept"


def test_a_copy_that_it_stood_for_leaves_with_it_and_an_annotated_one_is_asked_about(
    published: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root, ids = copy(published, tmp_path), published[1]
    found = withdraw(root, [ids["coastline"]], REASON, dry_run=True)
    assert found.near.keys() == {ids["wire"]}
    with pytest.raises(UsageError, match=r"annotated, and a near copy .* keep it with a line"):
        withdraw(root, [ids["wire"]], REASON)


def test_a_second_withdrawal_says_which_reason_it_replaces(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]]
) -> None:
    root, gone = withdrawn[0], published[1]["gazette"]
    assert withdrawn[1].again == {}
    assert withdraw(root, [gone], "another", dry_run=True).again == {gone: f"{REASON} (2032-05-01)"}
    said = CliRunner().invoke(app, ["withdraw", gone, "--reason", "another", "--dry-run", "--root", str(root)])
    assert f"{gone} is withdrawn already ({REASON} (2032-05-01))" in said.output


def test_a_dry_run_reports_the_same_and_writes_nothing(
    withdrawn: tuple[Path, Withdrawn, str], published: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root, gone = copy(published, tmp_path), published[1]["gazette"]
    before = tree(root)
    assert withdraw(root, [gone], REASON, date="2032-05-01", dry_run=True) == withdrawn[1]
    assert tree(root) == before


@pytest.mark.parametrize("apart", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_withdrawal_killed_at_any_step_is_whole_or_has_not_begun(
    published: tuple[Path, dict[str, str]], tmp_path: Path, apart: int
) -> None:
    gone, states = published[1]["notice"], set()
    for step in count(1, apart):
        place = tmp_path / str(step)
        place.mkdir()
        root = copy(published, place)
        killed = killed_before_step(step, root, lambda root=root: withdraw(root, [gone], REASON, delete_raw=True))
        finish_writing(root / "annotations")
        raw = (root / "raw" / f"{gone}.txt").is_file()
        gold = (root / "annotations" / "gold" / f"{gone}.jsonl").is_file()
        states.add((raw, gold, gone in in_force(root / "annotations")))
        shutil.rmtree(place)
        if not killed:
            break
    assert states == {(True, True, False), (False, False, True)}


def test_what_is_wrong_is_said_and_nothing_is_written(published: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    root, gone = copy(published, tmp_path), published[1]["gazette"]
    for articles, reason, day in (([], "x", None), ([gone], " ", None), ([gone], "x", "May")):
        with pytest.raises(UsageError):
            withdraw(root, articles, reason, date=day)
    old = tree(root)
    with pytest.raises(ProblemsFound, match="unknown article who: nothing was changed"):
        withdraw(root, [gone, "who"], "x")
    assert tree(root) == old
    write_rows(root / "annotations" / "withdrawn.jsonl", [{"article_id": gone, "sha256": "a", "reason": "", "x": 1}])
    with pytest.raises(ProblemsFound, match=r"withdrawn.jsonl:1: 'x' is not a field of a withdrawal"):
        run(root, "ingest")


def test_the_command_says_what_older_versions_hold_and_what_to_do_about_them(
    published: tuple[Path, dict[str, str]],
) -> None:
    gone = published[1]["gazette"]
    result = CliRunner().invoke(app, ["withdraw", gone, "--reason", REASON, "--dry-run", "--root", str(published[0])])
    assert result.exit_code == 0, result.output
    assert f"corpus/v1.0.0 still holds {gone}" in result.output
    assert "1 article would be withdrawn; nothing was written" in result.output


def test_a_withdrawal_is_taken_back_by_its_line(published: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    root, gone = copy(published, tmp_path), published[1]["gazette"]
    withdraw(root, [gone], REASON)
    path = root / "annotations" / "withdrawn.jsonl"
    write_rows(path, [{**row, "restored": True} for row in read_rows(path)])
    assert gone in run(root, "deduplicate").members["article_id"].to_pylist()
