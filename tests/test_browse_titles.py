"""What a curator calls a story heads its page; it is in no version."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import lxml.html
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from allegata.browse.version import Version
from allegata.cli.app import app
from allegata.recipe.browse import browse
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.settings import SETTINGS, read_settings
from allegata.schema.versions import version_folder
from project import ROOT, tree

STORIES = ROOT / "examples" / "stories"
TITLE = "Die “Fähre” <b>sinkt</b>"
TEXT = "The ferry sank in ten minutes.\n\nNobody was on the upper deck, the port office says on Monday.\n"


def call(*command: object) -> str:
    done = CliRunner().invoke(app, [str(part) for part in command])
    assert done.exit_code == 0, done.output
    return done.output


def heads(folder: Path) -> dict[str, str]:
    """The heading of the page of every story."""
    pages = {path.name: lxml.html.parse(path) for path in (folder / "stories").iterdir()}
    return {name: page.xpath("//h1")[0].text_content() for name, page in pages.items()}


def test_a_story_is_called_as_the_settings_say_on_every_page(tmp_path):
    folder = browse(STORIES / "corpus", None, tmp_path / "pages").index.parent
    titles = read_settings(STORIES).story_titles
    assert heads(folder) == {f"{story}.html": title for story, title in titles.items()}
    first = lxml.html.parse(folder / "index.html")
    assert {one.text_content() for one in first.xpath("//ul[@class='stories']//a")} == set(titles.values())
    for path in (folder / "articles").iterdir():
        _, story = lxml.html.parse(path).xpath("//header//nav[@aria-label='pages']/a")
        assert story.text_content() in titles.values()


def test_a_title_changes_no_byte_of_a_version_and_without_one_the_name_is_the_title(tmp_path):
    root = tmp_path / "corpus"
    call("init", root)
    (tmp_path / "one.txt").write_text(TEXT)
    call("add", tmp_path / "one.txt", "--root", root, "--story", "slow-ferry")
    call("build", "--root", root)
    before = tree(root / "corpus")
    assert heads(browse(root / "corpus", None, tmp_path / "pages").index.parent) == {"slow-ferry.html": "Slow ferry"}
    with (root / SETTINGS).open("a", encoding="utf-8") as settings:
        settings.write(f"\n[story-titles]\nslow-ferry = '{TITLE}'\nno-such-story = 'None'\n")
    call("build", "--root", root)
    assert tree(root / "corpus") == before
    assert heads(browse(root / "corpus", None, tmp_path / "pages").index.parent) == {"slow-ferry.html": TITLE}


def test_a_version_from_elsewhere_has_nothing_of_the_corpus_that_it_lies_in(tmp_path):
    (tmp_path / SETTINGS).write_text("no settings at all")
    version = shutil.copytree(version_folder(STORIES / "corpus", None), tmp_path / "downloaded")
    found = heads(browse(version, None, tmp_path / "pages").index.parent)
    assert set(found.values()).isdisjoint(read_settings(STORIES).story_titles.values())
    with pytest.raises(UsageError, match="is no version in corpus/ of a corpus"):
        browse(version, None, tmp_path / "pages", raw=True)


def test_a_title_of_a_story_that_there_is_not_is_named(tmp_path, two_versions):
    root = tmp_path / "corpus"
    shutil.copytree(two_versions / "corpus", root / "corpus")
    (root / SETTINGS).write_text("story-titles.'no such story' = 'None'\n")
    assert browse(root / "corpus", None, tmp_path / "pages").strange_titles == ("no such story",)
    assert "names no story of this version: 'no such story'" in call(
        "browse", "--corpus", root / "corpus", "--output", tmp_path / "pages"
    )


@pytest.mark.parametrize("story", ["a b", "a.b", "\u00e9", '"', "\\", "a-b"])
def test_the_cure_of_a_title_that_is_none_is_a_line_of_the_settings(story, tmp_path):
    (tmp_path / SETTINGS).write_text(f"[story-titles]\n{json.dumps(story)} = 7\n")
    with pytest.raises(ProblemsFound) as found:
        read_settings(tmp_path)
    (problem,) = found.value.problems
    (tmp_path / SETTINGS).write_text(problem.fix.removeprefix("write ").removesuffix(", or remove the line"))
    assert read_settings(tmp_path).story_titles == {story: "…"}


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("story-titles = 'x'", "story-titles is not a table"),
        ("story-titles.x = ' '", "the title of the story 'x' is ' '"),
        ("story-titles.x = 7", "the title of the story 'x' is 7"),
        ('story-titles.x = "a\\u0007"', "has a control character"),
    ],
)
def test_a_title_that_is_none_is_a_problem_of_its_line(written, what, tmp_path):
    (tmp_path / SETTINGS).write_text(f"name = 'x'\n{written}\n")
    with pytest.raises(ProblemsFound) as found:
        read_settings(tmp_path)
    (problem,) = found.value.problems
    assert what in problem.what
    assert (problem.file, problem.line) == (SETTINGS, 2)
    assert "story-titles." in problem.fix


def test_an_article_without_a_title_is_called_as_the_headline_in_its_text():
    ids, zones = ["a", "a", "b"], ["title", "body", "body"]
    sentences = {"article_id": ids, "zone": zones, "text": ["Ferry sinks", "It sank at noon.", "Rain fell."]}
    asked = SimpleNamespace(
        tables={"sentences": pa.table(sentences)}, articles={"a": {"title": None}, "b": {"title": ""}}
    )
    assert Version._openings.func(asked) == {"a": "Ferry sinks", "b": "Rain fell."}
