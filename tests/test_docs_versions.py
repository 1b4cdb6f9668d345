"""`docs/versions.md` and `docs/work-folder.md` name the files, keys and rules that there are."""

from __future__ import annotations

import re
from dataclasses import fields

from allegata.engine.work import RECEIPT
from allegata.publish import bump
from allegata.publish.card.pages import FOLDER
from allegata.publish.contract import UNDIVIDED
from allegata.publish.sums import OF_COMMANDS
from allegata.recipe.steps import articles, validation
from allegata.schema.files import LOCK
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.versions import RELEASE_MANIFEST, SUMS, latest
from project import ROOT

VERSIONS = (ROOT / "docs" / "versions.md").read_text("utf-8")
WORK = (ROOT / "docs" / "work-folder.md").read_text("utf-8")


def first_column(text: str, header: str) -> list[str]:
    """What the first column of the table with this header names, in backticks."""
    rows = text.split(f"| {header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_the_files_of_a_version_are_those_that_a_publication_writes() -> None:
    folder = latest(ROOT / "corpus")
    there = {path.name for path in folder.iterdir() if path.is_file()}
    named = first_column(VERSIONS, "file")
    assert {name for name in named if "<" not in name} == there
    assert RELEASE_MANIFEST in there
    assert f"`{UNDIVIDED}`" in VERSIONS


def test_the_keys_of_a_manifest_are_all_named() -> None:
    keys = first_column(VERSIONS, f"key of `{RELEASE_MANIFEST}`")
    assert sorted(keys) == sorted(field.name for field in fields(ReleaseManifest))


def test_what_is_beside_the_versions_is_named() -> None:
    beside = VERSIONS.split("## Beside the versions", 1)[1]
    names = set(first_column(beside, "file"))
    there = {path.name + "/" * path.is_dir() for path in (ROOT / "corpus").iterdir() if not path.name.startswith(".")}
    assert names == {name for name in there if not re.fullmatch(r"v\d+\.\d+\.\d+/", name)}
    assert {SUMS, f"{FOLDER}/", *OF_COMMANDS} <= names


def test_the_bumps_are_those_of_the_program() -> None:
    assert first_column(VERSIONS, "bump") == list(reversed(bump.LEVELS))
    assert f"The first version is {bump.FIRST}." in VERSIONS


def test_the_folders_of_a_work_folder_are_those_of_the_steps() -> None:
    steps = [articles.INGESTED, articles.RECURRING, articles.CLEANED, articles.SIGNED, articles.ANNOTATED]
    steps.append(validation.VALIDATED)
    assert first_column(WORK, "in the folder") == ["made-from.json", *(f"{step}/" for step in steps)]
    assert f"`<batch>.{RECEIPT}.arrow`" in WORK
    assert f"`{LOCK}`" in WORK
