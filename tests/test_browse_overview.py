"""The first page: what became of the text, labels by split, suites, leaderboard, versions, and lists on pages."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import lxml.html
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from allegata.browse import overview
from allegata.publish.manifest import render_release_manifest
from allegata.recipe.browse import browse
from allegata.schema.digests import sha256_file
from allegata.schema.features import yaml_features
from allegata.schema.problems import ProblemsFound
from allegata.schema.release_manifest import FileFacts, ReleaseManifest, SplitFacts, TableFacts
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import class_labels_of
from project import ROOT
from publish_samples import restate
from validate_corpus import tables_of, valid_rows

STORIES = ROOT / "examples" / "stories" / "corpus"
VERSION, BEFORE = "1.4.0", "1.3.0"
LATER = "1.1.0"  # of the two versions


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> lxml.html.HtmlElement:
    made = browse(STORIES, VERSION, tmp_path_factory.mktemp("overview") / "pages")
    return lxml.html.fromstring(made.index.read_bytes())


def table(name: str) -> list[dict]:
    return pq.read_table(STORIES / f"v{VERSION}" / name, partitioning=None).to_pylist()


def rows(page: lxml.html.HtmlElement, label: str) -> dict[str, list[str]]:
    """The cells of a table by the head of their row."""
    return {
        row.find("th").text_content().strip(): [cell.text_content().strip() for cell in row.findall("td")]
        for row in page.xpath(f"//*[@aria-label='{label}']//tbody/tr")
    }


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


def test_the_first_line_counts_mentions_and_entities_by_these_names(page):
    counted = [" ".join(one.text_content().split()) for one in page.xpath("//p[@class='facts']//span")]
    assert [one.split(" ", 1)[1] for one in counted if "entit" in one or "mention" in one] == ["mentions", "entities"]


def test_every_character_is_published_or_removed_for_a_reason(page):
    found = rows(page, "characters by reason")
    removed: Counter[str] = Counter()
    for row in table("removals"):
        removed[row["reason"].replace("_", " ")] += row["source_end"] - row["source_start"]
    total = sum(len(row["source_text"]) for row in table("articles"))
    assert number(found.pop("published")[1]) == total - removed.total()
    assert {reason: number(cells[1]) for reason, cells in found.items()} == removed


def test_every_article_says_how_much_of_it_is_kept(page):
    found = rows(page, "table of articles")
    assert sum(number(cells[2]) + number(cells[3]) for cells in found.values()) == sum(
        len(row["source_text"]) for row in table("articles")
    )
    for bar in page.xpath("//*[@aria-label='table of articles']//*[name()='svg']"):
        assert sum(float(one.get("width")) for one in bar) == pytest.approx(100, abs=0.1)


def test_labels_are_counted_in_every_split(page):
    counted = Counter(row["claim_type"] for row in table("claims"))
    found = rows(page, "claim_type of claims")
    assert {label: number(cells[-2]) for label, cells in found.items()} == counted
    assert all(sum(map(number, cells[:-2])) == counted[label] for label, cells in found.items())
    disputes = rows(page, "kind of disputes")
    assert sum(number(cells[0]) for cells in disputes.values()) == len(table("disputes"))


@pytest.mark.parametrize("broken", [False, True])
def test_every_suite_says_what_fails(broken, tmp_path):
    invented = valid_rows()
    if broken:
        invented["claims"][0]["end"] += 1
    version, tables, labels = tmp_path / "v1.0.0", {}, class_labels_of(default_scheme())
    for name, found in tables_of(invented).items():
        splits = sorted(set(found["split"].to_pylist())) if "split" in found.column_names else []
        facts = {}
        for split in splits or ["train"]:
            part = found.filter(pc.equal(found["split"], split)).drop_columns("split") if splits else found
            path = version / name / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(part, path)
            place = path.relative_to(version).as_posix()
            file = FileFacts(place, sha256_file(path), path.stat().st_size, len(part))
            facts[split] = SplitFacts((file,), file.sha256)
        tables[name] = TableFacts(yaml_features(part.schema, labels.get(name, {})), facts)
    (version / "manifest.json").write_bytes(render_release_manifest(ReleaseManifest("1.0.0", tables)))
    page = lxml.html.fromstring(browse(tmp_path / "v1.0.0", None, tmp_path / "pages").index.read_bytes())
    suites = rows(page, "state of every suite")
    assert number(suites["claims"][0]) == len(invented["claims"])
    assert all(number(cells[1]) for cells in suites.values())
    assert {name for name, cells in suites.items() if "fail" in cells[2]} == ({"claims"} if broken else set())


def test_every_task_of_the_leaderboard_is_there_and_whose_rows_it_was_measured_on(page):
    stored = json.loads((STORIES / "leaderboard.json").read_text())
    for name, task in stored["tasks"].items():
        assert len(rows(page, f"scores of {name}")) == len(task["systems"])
    assert "Measured on version 1.0.0" in page.text_content()


def test_versions_have_their_rows_the_newest_first(page):
    labels = page.xpath("//section[@aria-labelledby='versions']//@aria-label")
    assert labels == [f"tables of {one}" for one in (VERSION, BEFORE, "1.2.2", "1.2.1", "1.2.0", "1.1.0", "1.0.0")]
    assert number(rows(page, f"tables of {BEFORE}")["claims"][1]) == len(table("claims"))


@pytest.fixture
def corpus(two_versions: Path, tmp_path: Path) -> Path:
    return shutil.copytree(two_versions / "corpus", tmp_path / "corpus")


def test_what_a_version_says_that_it_changes_is_shown(corpus, tmp_path):
    facts = {"before": 1822, "after": 1823, "rows": {"added": 2, "removed": 1}, "cells": {}, "labels": {}}
    document = {"format": "allegata-changes/1", "version": LATER, "before": "1.0.0", "least_bump": "minor"}
    document |= {"reason": "claims added", "schema": [], "splits": {}, "articles": {}, "tables": {"claims": facts}}
    restate(corpus, LATER, "changes.json", json.dumps(document).encode())
    page = lxml.html.fromstring(browse(corpus, None, tmp_path / "pages").index.read_bytes())
    assert rows(page, f"tables of {LATER}") == {"claims": ["1,822", "1,823", "2 added1 removed"]}
    assert f"{LATER} these pages after 1.0.0: claims added" in " ".join(page.text_content().split())


def test_agreement_is_shown_by_layer_where_the_version_has_figures(corpus, tmp_path):
    layer = {
        "layer": "claims",
        "alpha": 0.91,
        "prevalence": 0.25,
        "strict_f1": 0.8,
        "partial_f1": None,
        "token_f1": 0.9,
    }
    attribute = {"layer": "claims", "attribute": "claim_type", "n": 1200, "observed": 0.9, "kappa": 0.7, "ac1": 0.8}
    one = {"name": "model-model", "annotators": ["a", "b"], "articles": ["x"], "layers": [{**layer, "spans": 12.5}]}
    document = {"what": "consistency between model passes", "comparisons": [{**one, "attributes": [attribute]}]}
    restate(corpus, LATER, "agreement.json", json.dumps(document).encode())
    page = lxml.html.fromstring(browse(corpus, LATER, tmp_path / "pages").index.read_bytes())
    assert rows(page, "agreement by layer, model-model") == {
        "claims": ["12.5", "0.250", "0.800", "undefined", "0.910", ""]
    }
    assert rows(page, "agreement by attribute, model-model")["claims: claim type"][:2] == ["1,200", "0.900"]
    assert "Consistency between model passes" in page.text_content()
    restate(corpus, LATER, "agreement.json", b'{"what": "x", "comparisons": [{}]}')
    with pytest.raises(ProblemsFound, match="is not what `allegata build` writes"):
        browse(corpus, LATER, tmp_path / "pages")


def test_a_damaged_leaderboard_is_a_problem_and_none_is_not(corpus, tmp_path):
    (corpus / "SHA256SUMS").unlink()  # it would name the file first
    (corpus / "leaderboard.json").write_text('{"tasks": 7}')
    with pytest.raises(ProblemsFound, match="is not what `allegata leaderboard` writes"):
        browse(corpus, None, tmp_path / "pages")
    (corpus / "leaderboard.json").unlink()
    page = lxml.html.fromstring(browse(corpus, None, tmp_path / "pages").index.read_bytes())
    assert not page.xpath("//*[@id='leaderboard']")


def test_one_version_alone_has_an_overview(corpus, tmp_path):
    page = lxml.html.fromstring(browse(corpus / f"v{LATER}", None, tmp_path / "pages").index.read_bytes())
    assert page.xpath("//section[@aria-labelledby='versions']//@aria-label") == [f"tables of {LATER}"]


def test_a_damaged_manifest_of_any_version_is_a_problem(corpus, tmp_path):
    (corpus / "v1.0.0" / "manifest.json").write_text("{")
    with pytest.raises(ProblemsFound, match=r"v1\.0\.0"):
        browse(corpus, None, tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


def test_a_version_of_other_tables_is_asked_nothing(tmp_path):
    page = lxml.html.fromstring(browse(ROOT / "corpus", "0.1.0", tmp_path / "pages").index.read_bytes())
    assert "The suites ask nothing of this version" in page.text_content()


def test_long_lists_are_on_pages_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(overview, "OF_A_PAGE", 20)
    folder = browse(STORIES, VERSION, tmp_path / "pages").index.parent
    found: dict[str, list[str]] = {}
    for path in sorted((folder / "lists").iterdir()):
        page = lxml.html.fromstring(path.read_bytes())
        listed = page.xpath("//table[@class='list']//th/a/@href")
        assert len(listed) <= 20
        found.setdefault(path.name.partition(".")[0], []).extend(listed)
        assert all((path.parent / link).is_file() for link in listed + page.xpath("//nav//a/@href"))
    assert sorted(found["articles"]) == [f"../articles/{path.name}" for path in sorted((folder / "articles").iterdir())]
    assert list(found) == ["articles"]
    first = lxml.html.fromstring((folder / "index.html").read_bytes())
    assert len(first.xpath("//*[@aria-label='table of articles']//tbody/tr")) == 20
    assert len(first.xpath("//nav[@class='parts']//a")) == 3
