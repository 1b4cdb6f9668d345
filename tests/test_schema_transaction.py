"""Files under annotations/ that belong together are all old or all new, whenever the writer is killed."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest

from allegata.annotate.cross_article import cross_article_files
from allegata.annotate.cross_article_faults import CrossArticle
from allegata.schema.files import holding
from allegata.schema.problems import UsageError
from allegata.schema.scheme import default_scheme
from allegata.schema.transaction import DECIDED, finish_writing
from allegata.schema.transaction import write_files as write_if_unchanged
from allegata.schema.unchanged import Before
from gold_files import read_annotations
from killing import killed_before_step
from project import ARTICLES, copy_root, read_rows, source_text, tree, write_rows

OLD = {"propositions.jsonl": "old", "disputes.jsonl": "old", "passes/a/one.jsonl": "old"}
NEW = dict.fromkeys(OLD, "new") | {"gold/deep/two.jsonl": "new"}


def write_files(folder: Path, files: dict[str, str], **more: object) -> list[Path]:
    """As a command does that begins now."""
    finish_writing(folder)
    return write_if_unchanged(folder, files, Before.of(folder, folder.parent / "raw"), **more)  # type: ignore[arg-type]


def test_a_writer_killed_at_any_step_leaves_all_files_old_or_all_new(tmp_path: Path) -> None:
    old, seen = tmp_path / "old", []
    assert write_files(old, OLD) == sorted(old / name for name in OLD)
    before, after = tree(old), {name: text.encode() for name, text in sorted(NEW.items())}
    for step in count(1):
        folder = Path(shutil.copytree(old, tmp_path / f"killed-{step}"))
        killed = killed_before_step(step, folder, lambda folder=folder: write_files(folder, NEW))
        finish_writing(folder)
        found = {name: data for name, data in tree(folder).items() if not name.startswith(".")}
        seen.append(found == after)
        assert found in (before, after), f"killed before step {step}"
        write_files(folder, NEW)
        assert tree(folder) == after, f"killed before step {step}"
        if not killed:
            break
    assert seen == sorted(seen)  # one step decides
    assert seen.count(False) >= 8  # folders and files that are prepared, the rename
    assert seen.count(True) >= 8  # files that move, folders that go


def test_what_was_decided_may_be_finished_in_several_attempts(tmp_path: Path) -> None:
    decided = tmp_path / "decided"
    write_files(decided / DECIDED, NEW)
    for step in count(1):
        folder = Path(shutil.copytree(decided, tmp_path / f"killed-{step}"))
        killed = killed_before_step(step, folder, lambda folder=folder: finish_writing(folder))
        finish_writing(folder)
        assert tree(folder) == {name: text.encode() for name, text in sorted(NEW.items())}
        assert not (folder / DECIDED).exists()
        if not killed:
            break


def test_disputes_and_propositions_are_never_read_half_old_half_new(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root")
    texts = {article: source_text(article) for article in ARTICLES}
    names = ("propositions.jsonl", "disputes.jsonl")
    rows = {name: read_rows(root / "annotations" / name) for name in names}
    kept = rows["disputes.jsonl"][1:]
    new = cross_article_files(CrossArticle((), tuple(kept)), default_scheme())
    counts = set()
    for step in count(1):
        killed = killed_before_step(step, root, lambda: write_files(root / "annotations", new))
        across = read_annotations(root / "annotations", texts).cross_article
        counts.add((len(across.propositions), len(across.disputes)))
        if not killed:
            break
        for name in names:
            write_rows(root / "annotations" / name, rows[name])
    assert counts == {tuple(len(rows[name]) for name in names), (0, len(kept))}


def test_a_file_that_cannot_be_written_leaves_all_files_as_they_were(tmp_path: Path) -> None:
    write_files(tmp_path, OLD)
    before = tree(tmp_path)
    with pytest.raises(UnicodeEncodeError):
        write_files(tmp_path, {**NEW, "disputes.jsonl": "\ud800"})
    assert tree(tmp_path) == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("blocked", ["disputes.jsonl/x", "gold", "raw/manifest.jsonl/x", "raw/old.txt/x"])
def test_what_could_never_be_put_in_place_is_not_decided(tmp_path: Path, blocked: str) -> None:
    folder = tmp_path / "annotations"
    path = tmp_path / blocked if blocked.startswith("raw") else folder / blocked
    path.parent.mkdir(parents=True)
    path.write_text("in the way")
    before = tree(tmp_path)
    with pytest.raises(UsageError, match=r"is (a|no) folder: move it away; nothing was written"):
        write_files(folder, NEW, beside={"raw/manifest.jsonl": ""}, deleted=["raw/old.txt"])
    finish_writing(folder)
    assert tree(tmp_path) == before
    assert not list(folder.glob(".*"))


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    write_files(tmp_path, OLD)
    before = tree(tmp_path)
    with holding(tmp_path.parent, "command"), pytest.raises(UsageError, match="another command is writing to"):
        write_files(tmp_path, NEW)
    assert tree(tmp_path) == before
