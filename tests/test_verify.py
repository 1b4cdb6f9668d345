"""`allegata verify`: what was published is proved wherever it lies; one changed byte anywhere is found and named."""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish.digest import table_digest
from allegata.publish.manifest import render_release_manifest
from allegata.publish.sums import check_sums
from allegata.publish.verification import verify_version
from allegata.recipe.build import run
from allegata.recipe.verify import verify
from allegata.schema.digests import sha256_file
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.versions import SUMS
from project import ROOT, copy_root, some


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is published, with nothing beside it."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path_factory.mktemp("copy") / "corpus"))


def test_a_copy_without_raw_is_proved_in_one_line(corpus: Path) -> None:
    said = CliRunner().invoke(app, ["verify", "--corpus", str(corpus)])
    assert said.exit_code == 0, said.output
    assert said.output.startswith("verified 0.1.0, 1.0.0, ")
    assert "are as published (sums, manifests and logical digests); the suites pass on 2." in said.output
    assert said.output.count("\n") == 1


def test_one_version_alone_is_proved_too(corpus: Path) -> None:
    latest = max(corpus.glob("v*.*.*"), key=lambda path: [int(part) for part in path.name[1:].split(".")])
    found = verify(latest)
    assert (found.versions, found.sums, found.without_suites) == ((latest.name[1:],), False, {})
    assert verify(corpus, latest.name[1:]).versions == found.versions


def test_the_sums_are_those_of_the_usual_program(corpus: Path) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("needs sha256sum")
    done = subprocess.run([program, "--check", "--quiet", "--strict", SUMS], cwd=corpus, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


SHARE = pytest.mark.parametrize("share", [24, pytest.param(None, marks=pytest.mark.slow)])


def chosen(folder: Path, share: int | None) -> list[Path]:
    """So many of the files, or all."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return [files[name] for name in some(files, share, "files")]


@SHARE
def test_a_changed_byte_in_any_file_is_found_and_named(corpus: Path, share: int | None) -> None:
    rng = random.Random(7)
    for path in dict.fromkeys((*chosen(corpus, share), corpus / SUMS)):
        before = path.read_bytes()
        at = rng.randrange(len(before))
        path.write_bytes(before[:at] + bytes([before[at] ^ (1 << rng.randrange(8))]) + before[at + 1 :])
        problems = check_sums(corpus)
        path.write_bytes(before)
        name = path.relative_to(corpus.parent).as_posix()
        if path.name == SUMS:
            assert problems
        else:
            assert [problem.file for problem in problems] == [name]


@SHARE
def test_a_changed_byte_of_a_version_alone_is_found(corpus: Path, tmp_path: Path, share: int | None) -> None:
    version = Path(shutil.copytree(corpus / "v2.0.0", tmp_path / "v2.0.0"))
    rng = random.Random(8)
    for path in (path for path in chosen(version, share) if path.name != "manifest.json"):
        before = path.read_bytes()
        at = rng.randrange(len(before))
        path.write_bytes(before[:at] + bytes([before[at] ^ 1]) + before[at + 1 :])
        with pytest.raises(ProblemsFound, match="is not the file that was published"):
            verify(version)
        path.write_bytes(before)
    manifest = version / "manifest.json"
    text = manifest.read_text()
    digest = text.rindex('"digest": "') + len('"digest": "')
    manifest.write_text(text[:digest] + ("0" if text[digest] != "0" else "1") + text[digest + 1 :])
    with pytest.raises(ProblemsFound, match=r"is not what a publication writes|another logical digest"):
        verify(version)


def test_the_sums_are_checked_to_the_last_byte(corpus: Path, tmp_path: Path) -> None:
    shutil.copy(corpus / SUMS, tmp_path / SUMS)
    before = (tmp_path / SUMS).read_bytes()
    first, rest = before.split(b"\n", 1)
    for data in (before + b"\n", before[:-1], b"\n" + before, rest + first + b"\n", before + first + b"\n"):
        (tmp_path / SUMS).write_bytes(data)
        faults = [problem.what for problem in check_sums(tmp_path) if problem.file.endswith(SUMS)]
        assert faults == ["is not as it was written: one line a file, sorted by name"]
    (tmp_path / SUMS).write_bytes(before)
    assert not [problem for problem in check_sums(tmp_path) if problem.file.endswith(SUMS)]


def test_files_too_many_and_too_few_are_named(corpus: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    (copy / "v2.0.0" / "more.txt").write_text("?")
    (copy / "splits.json").unlink()
    (copy / "card" / "notes").mkdir(parents=True)
    (copy / "card" / "notes" / "more.md").write_text("?")
    (copy / "old").mkdir()
    (copy / "old" / "splits.json").write_text("{}")
    (copy / "v2.0.0" / "scheme.json").unlink()
    (copy / "v2.0.0" / "scheme.json").symlink_to("blobs/none")
    with pytest.raises(ProblemsFound) as found:
        verify(copy)
    assert {(problem.file, problem.what) for problem in found.value.problems} == {
        ("corpus/splits.json", f"is missing, but {SUMS} names it"),
        ("corpus/card/notes/more.md", f"is not in {SUMS}"),
        ("corpus/old/splits.json", f"is not in {SUMS}"),
        ("corpus/v2.0.0/more.txt", f"is not in {SUMS}"),
        ("corpus/v2.0.0/scheme.json", "cannot be read: No such file or directory"),
        ("corpus/v2.0.0/more.txt", "the manifest of the version does not name the file"),
    }
    with pytest.raises(UsageError, match=r"holds no version 9\.9\.9; it holds: 0\.1\.0"):
        verify(copy, "9.9.9")


def test_rows_that_break_a_suite_are_found_though_every_digest_fits(tmp_path: Path) -> None:
    root = copy_root(tmp_path, whole=True)
    release = run(root).release
    assert release is not None
    manifest = parse_manifest((release.path / "manifest.json").read_bytes())
    facts = manifest.tables["claims"].splits["train"]
    path = release.path / facts.files[0].file
    table = pq.read_table(path)
    table = table.set_column(
        table.column_names.index("start"), table.schema.field("start"), pc.add(table["start"], pa.scalar(1, pa.int32()))
    )
    pq.write_table(table, path)
    file = replace(facts.files[0], sha256=sha256_file(path), bytes=path.stat().st_size)
    manifest.tables["claims"].splits["train"] = replace(facts, files=(file,), digest=table_digest(table))
    (release.path / "manifest.json").write_bytes(render_release_manifest(manifest))
    with pytest.raises(ProblemsFound, match="claims"):
        verify(release.path)


def test_the_suites_run_on_a_version_of_which_tables_have_no_row(tmp_path: Path) -> None:
    root = copy_root(tmp_path / "root", whole=True)
    shutil.rmtree(root / "annotations" / "passes")
    for path in (root / "annotations" / "gold").iterdir():
        path.unlink()
    for name in ("disputes", "propositions"):
        (root / "annotations" / f"{name}.jsonl").unlink()
    release = run(root).release
    assert release is not None
    assert not (release.path / "claims").exists()
    assert verify(release.path).without_suites == {}


def test_a_rebuild_from_raw_gives_the_same_bytes() -> None:
    said = CliRunner().invoke(app, ["verify", "--corpus", str(ROOT / "corpus"), "--rebuild"])
    assert said.exit_code == 0, said.output
    assert "was made again from raw/, byte for byte" in said.output


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("README.md", "config_name: claims", "config_name: others", "configs are not those of the tables"),
        ("croissant.json", '"version": "2.1.0"', '"version": "9.9.9"', "is of version 9.9.9, not 2.1.0"),
        ("croissant.json", '"name": "claims"', '"name": "others"', "does not describe the table claims"),
    ],
)
def test_a_description_that_the_tables_contradict_is_found_though_every_digest_fits(
    name: str, old: str, new: str, problem: str, corpus: Path, tmp_path: Path
) -> None:
    version = Path(shutil.copytree(corpus / "v2.1.0", tmp_path / "v2.1.0"))
    text = (version / name).read_text("utf-8")
    assert old in text
    (version / name).write_text(text.replace(old, new), "utf-8")
    manifest = parse_manifest((version / "manifest.json").read_bytes())
    manifest = replace(manifest, documents={**manifest.documents, name: sha256_file(version / name)})
    (version / "manifest.json").write_bytes(render_release_manifest(manifest))
    _, problems = verify_version(version, "v2.1.0")
    assert (f"v2.1.0/{name}", problem) in {(one.file, one.what) for one in problems}
