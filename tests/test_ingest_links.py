"""A link that is named is followed; one inside a folder that leads out of it is a problem, but where settings allow."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.ingest.manifest import read_manifest
from allegata.recipe.init import init
from allegata.schema.problems import ProblemsFound
from project import tree

OUT = "is a link that leads out of its folder"
ALLOW = "follow-links = true in the settings allows such links"


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """A folder with a file, a folder with a file, and beside it what links may lead to."""
    for name in ("offered/one.txt", "offered/inner/two.txt", "elsewhere/three.txt", "elsewhere/deep/four.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"The ferry of {path.stem} sailed on Monday.\n")
    return tmp_path / "offered"


def stems(root: Path) -> list[str]:
    return sorted(str(row.original_name).partition(".")[0] for row in read_manifest(root / "raw")[0])


# A link in the folder -> what it leads to, and whether that is out of the folder.
LINKS = {
    "a file outside": ("link.txt", "../elsewhere/three.txt"),
    "a file outside, from deeper": ("inner/link.txt", "../../elsewhere/three.txt"),
    "a folder outside": ("link", "../elsewhere"),
    "a link to a link outside": ("link.txt", "hop"),
}


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_out_of_a_folder_is_a_problem_and_nothing_is_added(kind: str, offered: Path, tmp_path: Path) -> None:
    name, target = LINKS[kind]
    (offered / "hop").symlink_to("../elsewhere/three.txt")
    (offered / name).symlink_to(target)
    for given in (offered, offered / "**" / "*"):
        if given == offered or kind != "a folder outside":  # there `**` finds what is behind it
            with pytest.raises(ProblemsFound, match=rf"{name}: {OUT}") as found:
                add([given], tmp_path / "corpus")
            assert ALLOW in str(found.value)
    with pytest.raises(ProblemsFound, match=OUT):
        add([offered / "**" / "*.txt"], tmp_path / "corpus")
    skipped = add([offered], tmp_path / "corpus", skip_bad=True).skipped
    assert [problem.what for problem in skipped] == [OUT]
    assert stems(tmp_path / "corpus") == ["one", "two"]


@pytest.mark.parametrize("kind", LINKS)
def test_where_links_are_allowed_what_is_behind_them_is_added_once(kind: str, offered: Path, tmp_path: Path) -> None:
    name, target = LINKS[kind]
    (offered / "hop").symlink_to("../elsewhere/three.txt")
    (offered / name).symlink_to(target)
    (offered / "again").symlink_to("../elsewhere" if kind == "a folder outside" else ".")
    add([offered], tmp_path / "corpus", follow_links=True)
    assert len(stems(tmp_path / "corpus")) == (4 if kind == "a folder outside" else 3)


def test_a_link_that_is_named_and_one_that_stays_inside_are_followed(offered: Path, tmp_path: Path) -> None:
    (tmp_path / "named.txt").symlink_to("elsewhere/three.txt")
    (tmp_path / "folder").symlink_to("offered")
    (offered / "same.txt").symlink_to("inner/two.txt")
    (offered / "loop").symlink_to(".")
    report = add([tmp_path / "named.txt", tmp_path / "folder"], tmp_path / "corpus")
    assert (len(report.added), len(report.known), report.skipped) == (3, 1, ())


def test_a_link_to_nothing_is_named(offered: Path, tmp_path: Path) -> None:
    (offered / "gone.txt").symlink_to("nothing.txt")
    with pytest.raises(ProblemsFound, match=r"gone\.txt: is a link to nothing"):
        add([offered], tmp_path / "corpus")


def call(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return done.exit_code, done.output


def allow(root: Path) -> None:
    settings = root / "allegata.toml"
    settings.write_text(settings.read_text().replace("# follow-links = true", "follow-links = true"))


@pytest.mark.parametrize("link", ["a file", "a folder", "the manifest", "not listed"])
def test_a_link_out_of_raw_is_read_where_the_settings_allow_it_only(link: str, offered: Path, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    init(root, language=["en"])
    add([offered], root)
    raw, (row, _) = root / "raw", read_manifest(root / "raw")[0]
    name = {"a file": row.file, "a folder": "sub", "the manifest": "manifest.jsonl", "not listed": "more.txt"}[link]
    if link == "a folder":
        (tmp_path / "elsewhere" / row.file).write_bytes((raw / row.file).read_bytes())
        manifest = (raw / "manifest.jsonl").read_text()
        (raw / "manifest.jsonl").write_text(manifest.replace(json.dumps(row.file), json.dumps(f"sub/{row.file}")))
        (raw / row.file).unlink()
        (raw / name).symlink_to(tmp_path / "elsewhere")
    else:
        source = raw / name if link != "not listed" else offered / "one.txt"
        (tmp_path / "store").write_bytes(source.read_bytes())
        (raw / name).unlink(missing_ok=True)
        (raw / name).symlink_to(tmp_path / "store")
    code, output = call("clean", "--root", root)
    assert (code, output.count(OUT)) == (1, 1)
    assert f"raw/{name}: {OUT}" in output
    assert "has changed" not in output
    allow(root)
    code, output = call("clean", "--root", root)
    assert (code, "is not listed" in output) == ((1, True) if link == "not listed" else (0, False))


def test_the_command_follows_links_as_the_settings_say(offered: Path, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    init(root, language=["en"])
    (offered / "link.txt").symlink_to("../elsewhere/three.txt")
    assert call("add", "--root", root, offered)[0] == 1
    allow(root)
    assert call("add", "--root", root, offered)[0] == 0


@pytest.mark.parametrize("name", [".adding/one.txt", ".hidden.txt", "inner/.adding/x.txt", ".allegata.lock"])
def test_no_row_names_what_the_program_deletes(name: str, offered: Path, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    add([offered / "one.txt"], root)
    manifest = root / "raw" / "manifest.jsonl"
    row = json.loads(manifest.read_text())
    (root / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
    os.rename(root / "raw" / row["file"], root / "raw" / name)
    manifest.write_text(json.dumps({**row, "file": name}) + "\n")
    before = tree(root)
    with pytest.raises(ProblemsFound, match=r"is hidden: names that begin with '\.' are the program's own"):
        add([offered / "inner"], root)
    assert {key: data for key, data in tree(root).items() if "lock" not in key} == {
        key: data for key, data in before.items() if "lock" not in key
    }
