"""The page of an article's copies: published ones aligned word by word, removed ones with what the ledger says."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.browse.copies import _changed, aligned
from allegata.cli.app import app
from allegata.recipe.browse import browse
from allegata.recipe.removed_texts import removed_texts
from allegata.schema.version_files import VersionFiles
from allegata.schema.versions import version_folder

TEXT = """Mill recalls flour

A mill in the harbour town has recalled 4,000 bags of flour from all the shops of the county.

Nobody has fallen ill so far, the mill said on Monday, and the rest of the flour is safe to eat.

The bags were filled in June & sold in <b>July</b>, most of them to bakers, said the owner of the mill.
"""
PARAGRAPHS = st.text("ab \n\u4e00\u0e01\u0e34", max_size=40)


def call(*command: object) -> None:
    done = CliRunner().invoke(app, [str(part) for part in command])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The pages of a corpus of three near-copies, of which the curator keeps two; ids by file name."""
    folder = tmp_path_factory.mktemp("copies")
    root = folder / "corpus"
    call("init", root)
    ids = {}
    for name, old, new in (("a", "", ""), ("b", "4,000 bags", "4,400 sacks"), ("c", "Monday", "Sunday")):
        text = (TEXT.replace(old, new) if old else TEXT).encode()
        (folder / f"{name}.txt").write_bytes(text)
        call("add", folder / f"{name}.txt", "--root", root)
        ids[name] = hashlib.sha256(text).hexdigest()[:16]
    decision = {"article_id": ids["a"], "decision": "keep", "reason": "a corrected edition"}  # b stays, as the longest
    (root / "annotations" / "decisions.jsonl").write_text(json.dumps(decision) + "\n")
    call("build", "--root", root)
    browse(root / "corpus", None, folder / "site")
    browse(root / "corpus", None, folder / "beside raw", raw=True)
    return folder / "site", ids


def test_a_near_duplicate_is_shown_beside_the_article_with_the_words_that_differ(site):
    folder, ids = site
    page = lxml.html.parse(folder / "copies" / f"{ids['a']}.html")
    assert [one.text_content().split() for one in page.xpath("//del")] == [["4,000", "bags"]]
    assert [one.text_content().split() for one in page.xpath("//ins")] == [["4,400", "sacks"]]
    assert "in June & sold in <b>July</b>" in page.xpath("//tr[@class='same']")[-1].text_content()
    assert "Here alone: 2 words. There alone: 2 words." in page.xpath("//main")[0].text_content()
    other = lxml.html.parse(folder / "copies" / f"{ids['b']}.html")
    assert [one.text_content().split() for one in other.xpath("//del")] == [["4,400", "sacks"]]
    article = lxml.html.parse(folder / "articles" / f"{ids['a']}.html")
    assert article.xpath(f"//section[@class='copies']//a[@href='../copies/{ids['a']}.html']")


def test_a_removed_copy_is_listed_with_what_the_ledger_says(site):
    folder, ids = site
    rows = [
        row.text_content()
        for path in (folder / "copies").iterdir()
        for row in lxml.html.parse(path).xpath("//section[h2[@id='page:removed']]//tbody/tr")
    ]
    assert len(rows) == 1
    assert ids["c"] in rows[0]
    assert "Jaccard similarity" in rows[0]


def test_a_removed_copy_is_shown_beside_the_article_that_stands_for_it_where_raw_is_read(site):
    folder, ids = site
    (row,) = [
        row
        for path in (folder / "copies").iterdir()
        for row in lxml.html.parse(path).xpath("//section[h2[@id='page:removed']]")
    ]
    assert "allegata browse --raw reads them anew" in " ".join(row.text_content().split())
    pages = [lxml.html.parse(path) for path in (folder.parent / "beside raw" / "copies").iterdir()]
    (beside,) = [one for page in pages for one in page.xpath("//section[h2[contains(., 'which was removed')]]")]
    assert ids["c"] in beside.xpath("./h2")[0].text_content()
    assert ["Sunday"] in [one.text_content().split() for one in beside.xpath(".//ins")]
    assert beside.xpath(".//h2//a") == []
    assert all("--raw" not in page.getroot().text_content() for page in pages)


def test_a_removed_copy_that_raw_lacks_or_has_otherwise_has_no_text(tmp_path, site):
    root = shutil.copytree(site[0].parent / "corpus", tmp_path / "corpus")
    files = {row["id"]: row["file"] for row in map(json.loads, (root / "raw/manifest.jsonl").read_text().splitlines())}
    inputs = VersionFiles(version_folder(root / "corpus", None)).manifest.inputs.values()
    texts = removed_texts(root, inputs)
    assert set(texts(site[1].values())) == set(site[1].values())
    assert texts(["no such article"]) == {}
    assert removed_texts(root, ())(site[1].values()) == {}
    place = root / "raw" / files[site[1]["c"]]
    place.write_text("other bytes")
    assert texts([site[1]["c"]]) == {}
    place.unlink()
    assert texts([site[1]["c"]]) == {}


@given(PARAGRAPHS, PARAGRAPHS)
def test_an_alignment_holds_every_character_of_both_texts_in_order(mine, other):
    rows = list(aligned(mine, other))
    for side, text in (("mine", mine), ("other", other)):
        shown = "".join(piece.text for row in rows for piece in getattr(row, side))
        assert shown.replace("\n", "") == text.replace("\n", "")
    assert all(row.same is not None for row in aligned(mine, mine))


def test_texts_without_blanks_are_compared_character_by_character():
    (row,) = aligned("面粉厂召回四千袋面粉", "面粉厂召回五千袋面粉")
    assert [piece.text for piece in row.mine if piece.changed] == ["四"]
    assert [piece.text for piece in row.other if piece.changed] == ["五"]


@pytest.mark.parametrize(
    ("mine", "other", "here", "there"),
    [
        ("The boats waited an hour.", "The boats waited – an hour!", "", ""),
        ("four sacks", "four  sacks (of flour)", "", "2 words"),
        ("召回四千袋", "召回五千袋。", "1 character", "1 character"),
        ("Nokia 面粉", "Nokia", "2 characters", ""),
        ("Nokia 面", "Samsung 粉", "1 word and 1 character", "1 word and 1 character"),
    ],
)
def test_what_one_text_alone_has_is_counted_in_words_or_in_characters_without_signs(mine, other, here, there):
    rows = list(aligned(mine, other))
    assert [_changed([row.mine for row in rows]), _changed([row.other for row in rows])] == [here, there]


def test_a_passage_too_long_to_compare_word_by_word_differs_as_a_whole():
    (row,) = aligned("one " * 5_000, "two " * 5_000)
    assert [(len(row.mine), row.mine[0].changed), (len(row.other), row.other[0].changed)] == [(1, True), (1, True)]
