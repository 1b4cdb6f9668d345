"""The public API: `import allegata` as people write it in their notebooks."""

from __future__ import annotations

import doctest
import os
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allegata
from allegata.ingest.add import add
from allegata.recipe import article, corpus, duplicates
from allegata.recipe.build import run
from allegata.text.spans import Span
from project import ARTICLES, ROOT, copy_root, source_text

PAGE = b"""<html lang="en"><head><title>Mill recalls flour</title><meta name="author" content="Lima Papa">
<meta property="article:published_time" content="2025-03-04"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Mill recalls flour</h1>
<p>A mill has recalled 4,000 bags of flour after a customer found a stone in one of them.</p>
<p>The mill said on Monday that nobody was hurt, and that every bag would be replaced.</p></article>
<footer>We use cookies. <a href="/privacy">Privacy</a></footer></body></html>"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}


def python(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of one page and the five articles, nothing published, with what cleaning makes of it."""
    root = copy_root(tmp_path_factory.mktemp("library"))
    shutil.copytree(ROOT / "corpus", root / "corpus")
    (root / "page.html").write_bytes(PAGE)
    add([root / "page.html"], root)
    return root


def test_every_public_name_is_there_listed_and_documented() -> None:
    assert set(allegata.__all__) <= set(dir(allegata))
    for name in allegata.__all__:
        assert getattr(allegata, name).__doc__
    assert "\n" not in allegata.__version__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'clean_pdf'"):
        allegata.clean_pdf  # noqa: B018
    assert not hasattr(allegata, "recipes")


def test_importing_the_package_costs_next_to_nothing() -> None:
    code = "import os, sys, allegata; print(sum(name.startswith('allegata.') for name in sys.modules)); "
    done = python("-c", code + "print(sum(os.times()[:2]))")
    modules, seconds = done.stdout.split()
    assert int(modules) == 0
    assert float(seconds) < 0.3


@pytest.mark.parametrize("module", [article, duplicates, corpus], ids=lambda module: module.__name__)
def test_the_examples_of_the_docstrings_hold(module: object) -> None:
    done = doctest.testmod(module, extraglobs={"folder": ROOT})  # type: ignore[arg-type]
    assert (done.failed, done.attempted > 4) == (0, True)


def test_the_example_script_runs() -> None:
    done = python(str(ROOT / "examples" / "clean_a_page.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "site_furniture: Home News" in done.stdout


def test_a_page_becomes_the_article_that_add_and_the_build_make_of_it(pages: Path) -> None:
    (built,) = [one for one in allegata.open(pages).articles() if one.id not in ARTICLES]
    alone = allegata.clean_html(PAGE)
    assert (alone.title, alone.author, alone.published) == ("Mill recalls flour", "Lima Papa", "2025-03-04")
    same = {name: value for name, value in vars(built).items() if name != "id"}
    assert same == {name: value for name, value in vars(alone).items() if name != "id"}
    assert alone.id is None


def test_the_text_that_is_measured_is_the_text_of_the_article() -> None:
    assert article.page_text(PAGE) == allegata.clean_html(PAGE).text


@pytest.mark.parametrize("article_id", ARTICLES)
def test_a_plain_text_becomes_the_article_of_the_build(article_id: str) -> None:
    built = next(one for one in allegata.open(ROOT).articles() if one.id == article_id)
    alone = allegata.clean_text(source_text(article_id), built.language)
    assert (alone.text, alone.blocks, alone.sentences) == (built.text, built.blocks, built.sentences)
    # What the manifest states need not be filled from the text.
    assert [replace(removal, fills=None) for removal in alone.removals] == [
        replace(removal, fills=None) for removal in built.removals
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200))
def test_any_text_gives_an_article_whose_parts_fit_together(text: str) -> None:
    found = allegata.clean_text(text, "en")
    assert found.offsets.apply(found.source_text) == found.text
    for part in (*found.blocks, *found.sentences):
        assert part.span.quote(found.text) == part.text
    for removal in found.removals:
        assert removal.span.quote(found.source_text) == removal.text
        assert removal.reason
        assert removal.rule
    kept = {place for span in found.offsets.kept for place in range(*span)}
    removed = {place for removal in found.removals for place in range(*removal.span)}
    assert kept | removed == set(range(len(found.source_text)))
    assert not kept & removed


def test_an_article_can_be_compared_sent_and_shown_in_a_line() -> None:
    found = allegata.clean_html(PAGE)
    assert pickle.loads(pickle.dumps(found)) == found
    assert repr(found).startswith("<Article 'Mill recalls flour', 191 of ")
    assert "\n" not in repr(found)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: allegata.clean_html("<p>x</p>"), "bytes of a page"),  # type: ignore[arg-type]
        (lambda: allegata.clean_html(b"<p>x</p>", url="mill.example"), "http://"),
        (lambda: allegata.clean_text(b"a text"), "not bytes: decode"),  # type: ignore[arg-type]
        (lambda: allegata.clean_text("a\0b"), "NUL"),
        (lambda: allegata.clean_text("a\ud800b"), "half a character"),
        (lambda: allegata.clean_text("a text", "an invented language"), "language"),
        (lambda: allegata.deduplicate("a text"), "several texts"),
        (lambda: allegata.deduplicate({"a": None}), "NoneType"),  # type: ignore[dict-item]
        (lambda: allegata.deduplicate(["a"], prefer=[7]), "no id"),
        (lambda: allegata.open("/"), "allegata init"),
        (lambda: allegata.open(ROOT).tables("9.9.9"), "1.0.0"),
    ],
    ids=range(11),
)
def test_what_cannot_be_done_is_said_in_words(call, words: str) -> None:
    with pytest.raises((allegata.ProblemsFound, allegata.UsageError), match=words):
        call()


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"\xff\xfe", b"<nav><a href='/'>Home</a></nav>"])
def test_a_page_without_an_article_is_an_article_without_text(data: bytes) -> None:
    assert allegata.clean_html(data).text == ""


def test_copies_are_those_of_the_stage(pages: Path) -> None:
    root = pages
    for number, article_id in enumerate((ARTICLES[0], ARTICLES[0], ARTICLES[3])):
        lines = source_text(article_id).split("\n")
        (root / f"copy{number}.txt").write_text("\n".join(lines[number:]) + "\nOne more line, number " + str(number))
    add([root / f"copy{number}.txt" for number in range(3)], root)
    build = run(root, "deduplicate")
    assert build.duplicates is not None
    decided = {row["article_id"]: row for row in build.duplicates.articles.to_pylist()}
    articles = list(allegata.open(root).articles())
    found = allegata.deduplicate(
        {one.id or "": one.text for one in articles},
        published={one.id or "": one.published for one in articles},
        prefer=ARTICLES,
    )
    assert set(found.kept) == {name for name, row in decided.items() if row["kind"] == "unique"}
    assert {(copy.id, copy.kept, copy.similarity, copy.kind) for copy in found.copies} == {
        (name, row["canonical_id"], row["similarity"], row["kind"])
        for name, row in decided.items()
        if row["kind"] != "unique"
    }
    assert len(found.copies) == 3


def test_positions_are_ids_and_what_came_first_stays() -> None:
    words = [" ".join(f"w{number * step}" for number in range(40)) for step in (1, 7)]
    found = allegata.deduplicate([*words, words[1], words[0], "x", "", ""])
    assert found.kept == (0, 1, 4, 5)
    assert [(copy.id, copy.kept) for copy in found.copies] == [(3, 0), (2, 1), (6, 5)]
    assert allegata.deduplicate([]).kept == ()


def test_a_dated_text_and_a_preferred_one_go_before_the_first() -> None:
    text = "The mill recalled four thousand bags of flour on Monday."
    assert allegata.deduplicate([text, text], published={1: "2025-01-01"}).kept == (1,)
    assert allegata.deduplicate([text, text], published={1: "2025-01-01"}, prefer=[0]).kept == (0,)


def test_tables_are_read_when_they_are_asked_for(pages: Path) -> None:
    opened = allegata.open(pages / "raw")  # any folder below the corpus
    assert opened.root == pages
    assert opened.versions[:2] == ("0.1.0", "1.0.0")
    tables = opened.tables("1.2.0")
    assert "claims" in tables
    assert tables["claims"].num_rows > 100
    assert set(opened.splits("1.2.0")) == set(ARTICLES)
    (pages / "corpus" / "v1.2.0" / "claims" / "test-00000-of-00001.parquet").unlink()
    assert tables["claims"].num_rows > 100
    assert list(opened.tables("1.0.0")) == sorted(opened.tables("1.0.0"))


def test_validate_lists_what_is_wrong_and_build_raises_it(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    opened = allegata.open(root)
    (root / "raw" / "stray.txt").write_text("nobody lists it")
    problems = opened.validate()
    assert [problem.file for problem in problems] == ["raw/stray.txt"]
    with pytest.raises(allegata.ProblemsFound, match="stray"):
        opened.build()
    (root / "raw" / "stray.txt").unlink()
    assert opened.validate() == ()
    assert not (root / "corpus").exists()
    release = opened.build()
    assert release.created
    assert opened.versions == (release.version,)
    with pytest.raises(allegata.UsageError, match="corpus-version"):  # these settings pin their version
        opened.build(bump="major")
    assert Span(0, 1).length == 1
