"""What a version says of its changes, the changelog made of it, and the steps that a publication refuses."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.publish import stage
from allegata.publish.diff.changelog import CHANGELOG, CHANGES, check_changelog, check_changes, render_changelog
from allegata.publish.manifest import read_manifests
from allegata.publish.sums import render_sums
from allegata.recipe.verify import verify
from allegata.schema.digests import sha256_file
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.release_manifest import parse_manifest
from allegata.schema.scheme import Attribute, Scheme, default_scheme
from allegata.schema.tables import tables_of
from allegata.schema.versions import SUMS
from project import ROOT
from publish_samples import changed, make_tables, publish, published, restate

Tables = dict[str, pa.Table]
SECRET = "The mill of Mara Quill expects to win."


def revised() -> Tables:
    """The tables with another label, another text and another name."""
    tables = changed(make_tables(), "claims", "a4-k0", claim_type="denial", decontextualised=SECRET)
    return changed(tables, "entity_register", "mill", description="the mill of Mara Quill")


def document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / CHANGES).read_bytes())
    return found


def test_a_version_says_what_differs_from_the_one_before_and_no_word_of_a_text(tmp_path: Path) -> None:
    first, second = published(tmp_path, None), publish(tmp_path, None, revised())
    assert document(first.path) == {"format": "allegata-changes/1", "version": "1.0.0", "before": None}
    found = document(second.path)
    tables = found.pop("tables")
    assert found == {
        "format": "allegata-changes/1",
        "version": "1.1.0", "before": "1.0.0", "least_bump": "minor",
        "reason": "annotations differ in claims, entity_register", "schema": [], "splits": {}, "articles": {},
    }  # fmt: skip
    assert tables["claims"] == {
        "before": 5, "after": 5, "rows": {"relabelled": 1, "changed": 1},
        "cells": {"claim_type": {"relabelled": 1}, "decontextualised": {"changed": 1}},
        "labels": {"claim_type": [{"old": "prediction", "new": "denial", "count": 1}]},
    }  # fmt: skip
    assert tables["sentences"] == {"before": 10, "after": 10, "rows": {}, "cells": {}, "labels": {}}
    for name in (second.path / CHANGES, tmp_path / "corpus" / CHANGELOG):
        assert b"Mara Quill" not in name.read_bytes()
    manifest = parse_manifest((second.path / "manifest.json").read_bytes())
    assert manifest.documents[CHANGES] == sha256_file(second.path / CHANGES)


def test_what_a_version_says_stays_however_a_later_program_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, None)
    before = (publish(tmp_path, None, revised()).path / CHANGES).read_bytes()
    monkeypatch.setattr(stage, "changes_document", lambda *_: {"counted": "otherwise"})
    for version in (None, "1.1.0"):
        again = publish(tmp_path, version, revised())
        assert (again.version, again.created, (again.path / CHANGES).read_bytes()) == ("1.1.0", False, before)


def test_the_changelog_is_made_of_what_the_versions_say(tmp_path: Path) -> None:
    published(tmp_path, None)
    publish(tmp_path, None, revised(), bump="major")
    path = tmp_path / "corpus" / CHANGELOG
    written = path.read_text()
    assert written.partition("## ")[2] == (
        "2.0.0\n\n"
        "A major step after 1.0.0 (minor fits): annotations differ in claims, entity_register.\n\n"
        "| table | rows before | after | added | removed | moved | renamed | relabelled | changed |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| `claims` | 5 | 5 | 0 | 0 | 0 | 0 | 1 | 1 |\n"
        "| `entity_register` | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 1 |\n\n"
        "- `claims.claim_type`: `prediction` to `denial` (1).\n"
        "- Cells of `claims`: `decontextualised` (1).\n"
        "- Cells of `entity_register`: `description` (1).\n\n"
        "## 1.0.0\n\nThe first version.\n"
    )
    assert f"{sha256_file(path)}  {CHANGELOG}\n" in (tmp_path / "corpus" / SUMS).read_text()
    path.unlink()
    assert not publish(tmp_path, None, revised()).created
    assert path.read_text() == written


def test_versions_that_say_nothing_of_their_changes_are_compared_for_it(tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))
    manifests = [one for one in read_manifests(corpus) if one.version in ("1.3.0", "2.0.0", "2.1.0")]
    said = render_changelog(corpus, manifests).decode()
    assert [line for line in said.splitlines() if line.startswith("## ")] == ["## 2.1.0", "## 2.0.0", "## 1.3.0"]
    assert "A minor step after 2.0.0: column articles.confidence added." in said
    assert "A major step after 1.3.0: " in said
    assert "- New tables: `disputes`, `positions`." in said
    assert "`claims.claim_type`: `legal_demand` to `demand` (8), " in said
    assert render_changelog(corpus, manifests).decode() == said


def restated(corpus: Path, version: str, **facts: Any) -> None:
    """Give a version other changes, with manifest and sums that fit."""
    folder = corpus / f"v{version}"
    data = json.dumps(document(folder) | facts, indent=2, ensure_ascii=False).encode() + b"\n"
    restate(corpus, version, CHANGES, data)
    (corpus / CHANGELOG).write_bytes(render_changelog(corpus, read_manifests(corpus)))
    (corpus / SUMS).write_bytes(render_sums(corpus, read_manifests(corpus)))


def test_what_a_version_says_is_counted_again_and_the_changelog_rendered_again(tmp_path: Path) -> None:
    published(tmp_path, None)
    publish(tmp_path, None, revised())
    corpus = tmp_path / "corpus"

    def problems() -> list[str]:
        manifests = read_manifests(corpus)
        assert check_changes(corpus, manifests[1:]) == []  # alone it has nothing to be compared with
        return [
            problem.statement() for problem in (*check_changes(corpus, manifests), *check_changelog(corpus, manifests))
        ]

    assert problems() == []
    restated(corpus, "1.1.0", reason="hardly anything")
    assert problems() == ["corpus/v1.1.0/changes.json: is not what differs from the version before"]
    restated(corpus, "1.1.0", reason="annotations differ in claims, entity_register")
    assert problems() == []
    (corpus / CHANGELOG).write_text("# Changelog\n\nNothing.\n")
    assert problems() == ["corpus/CHANGELOG.md: is not what the versions say of their changes"]


def scheme_with(**claim: Attribute | None) -> Scheme:
    """The default scheme with some attributes of claims replaced, or left out."""
    records = default_scheme().records
    attributes = {name: claim.get(name, one) for name, one in records["claim"].items()}
    kept = {name: one for name, one in attributes.items() if one is not None}
    return replace(default_scheme(), records={**records, "claim": kept})


def claims_of(scheme: Scheme) -> Tables:
    schema = tables_of(scheme)["claims"]
    return {**make_tables(), "claims": make_tables()["claims"].select(schema.names).cast(schema)}


POLARITY = default_scheme().records["claim"]["polarity"]
NO_POLARITY = scheme_with(polarity=None)
TEXTS = scheme_with(polarity=replace(POLARITY, type="text", values=None))
MORE = scheme_with(polarity=replace(POLARITY, values={**(POLARITY.values or {}), "unclear": "neither"}))
FEWER = scheme_with(polarity=replace(POLARITY, values={"affirmative": "said to be so"}))


@pytest.mark.parametrize(
    ("new", "bump", "needed", "why"),
    [
        ({"tables": changed(make_tables(), "claims", "a4-k0", claim_type="denial")}, "patch", "minor",
         "annotations differ in claims"),
        ({"tables": changed(make_tables(), "removals", "a4-r0", reason="byline")}, "patch", "minor",
         "labels differ in removals.reason"),
        ({"tables": changed(make_tables(), "sentences", "a4-s0", zone="title")}, "patch", "minor",
         "labels differ in sentences.zone"),
        ({"tables": make_tables(), "scheme": MORE}, "patch", "minor", "labels of claims.polarity added"),
        ({"tables": make_tables(), "scheme": FEWER}, "minor", "major",
         "column claims.polarity has lost or renumbered labels"),
        ({"tables": claims_of(NO_POLARITY), "scheme": NO_POLARITY}, "minor", "major",
         "column claims.polarity dropped"),
        ({"tables": claims_of(TEXTS), "scheme": TEXTS}, "minor", "major",
         "column claims.polarity has another type"),
    ],
)  # fmt: skip
def test_a_step_that_is_too_small_is_refused_with_the_one_that_fits(
    tmp_path: Path, new: dict[str, Any], bump: Any, needed: str, why: str
) -> None:
    published(tmp_path, None)
    with pytest.raises(UsageError) as asked:
        publish(tmp_path, None, bump=bump, **new)
    assert f"--bump {bump} is smaller than what has changed since 1.0.0, which is {needed}: {why}" in str(asked.value)
    assert f"give --bump {needed}, or leave it out" in str(asked.value)
    pinned, fits = {"patch": "1.0.1", "minor": "1.1.0"}[bump], {"minor": "1.1.0", "major": "2.0.0"}[needed]
    with pytest.raises(UsageError, match=f'set corpus-version = "{fits}"'):
        publish(tmp_path, pinned, **new)
    assert [path.name for path in (tmp_path / "corpus").glob("v*")] == ["v1.0.0"]
    assert publish(tmp_path, None, **new).version == fits


@pytest.mark.parametrize("bump", [None, "major"])
def test_an_article_that_would_change_its_split_is_refused_whatever_the_step(tmp_path: Path, bump: Any) -> None:
    published(tmp_path, None)
    splits = json.loads((tmp_path / "corpus" / "splits.json").read_bytes())
    other = "test" if splits["a3"] == "train" else "train"
    with pytest.raises(ProblemsFound, match=f"a3: would move from {splits['a3']} to {other}") as found:
        publish(tmp_path, None, bump=bump, splits={**splits, "a3": other})
    assert "a published article never moves" in str(found.value)
    assert [path.name for path in (tmp_path / "corpus").glob("v*")] == ["v1.0.0"]


def test_the_working_state_is_compared_and_nothing_is_published(tmp_path: Path) -> None:
    def call(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, [*arguments])
        return done.exit_code, done.output

    root, text = tmp_path / "harbour", tmp_path / "quay.txt"
    corpus = ("--corpus", str(root / "corpus"))
    text.write_text("Bridge shut since May\n\nBrackwater Bridge has been shut since 3 May. It may open in June.\n")
    assert call("init", str(root))[0] == 0
    assert call("add", str(text), "--root", str(root))[0] == 0
    code, said = call("build", "--root", str(root))
    assert code == 0, said
    assert call("diff", "1.0.0", *corpus) == (0, "1.0.0 -> working\nno difference\n")
    with (root / "allegata.toml").open("a", encoding="utf-8") as settings:
        settings.write('\ncorpus-version = "1.0.0"\n')
    text.write_text("Quay floods\n\nThe quay of Dunmore was under water on Monday, and nobody had warned the town.\n")
    assert call("add", str(text), "--root", str(root))[0] == 0
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    code, said = call("diff", "1.0.0", "working", *corpus)
    assert code == 1, said
    assert "least bump that fits: minor: 1 article added: " in said
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before

    settings = root / "allegata.toml"
    settings.write_text(settings.read_text("utf-8").replace('\ncorpus-version = "1.0.0"', ""), "utf-8")
    assert call("build", "--root", str(root))[0] == 0
    assert verify(root / "corpus", rebuild=root).rebuilt == "1.1.0"
    restated(root / "corpus", "1.1.0", reason="hardly anything")
    with pytest.raises(ProblemsFound, match=r"corpus/v1\.1\.0/changes\.json: is not what differs from the version be"):
        verify(root / "corpus")
    (root / "raw" / "manifest.jsonl").write_text("{\n")
    code, said = call("diff", "1.0.0", *corpus)
    assert (code, "raw/manifest.jsonl:1" in said) == (1, True), said
