"""What this repository allows: the code, the annotations and the corpus each say it once, and say the same."""

from __future__ import annotations

import tomllib

import yaml

from allegata.publish.summary import layer_licence
from allegata.schema.settings import read_settings
from project import ROOT

# What version 1.2.0 of the Citation File Format asks for, and what it knows of what we use.
REQUIRED = {"cff-version", "message", "title", "authors"}
KNOWN = REQUIRED | {"type", "abstract", "keywords", "license", "references", "version", "doi", "url", "repository-code"}


def test_the_citation_file_has_what_its_format_asks_for() -> None:
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert REQUIRED <= found.keys() <= KNOWN
    assert (found["cff-version"], found["type"]) == ("1.2.0", "software")
    (data,) = found["references"]
    assert {"type", "title", "authors"} <= data.keys()
    for author in (*found["authors"], *data["authors"]):
        assert author.keys() == {"name"}  # no person is named whom nothing names


def test_the_citation_file_says_what_the_project_and_the_corpus_say() -> None:
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    settings = read_settings(ROOT)
    assert (found["title"], found["license"]) == (project["name"], project["license"])
    assert (found["references"][0]["title"], found["references"][0]["license"]) == (
        settings.shown,
        layer_licence(settings, "annotations")[0],
    )
    assert layer_licence(settings, "text")[0] == "rights of the publishers"


def test_the_code_has_the_text_of_its_licence_and_the_annotations_a_notice_of_theirs() -> None:
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in (ROOT / "LICENSE").read_text("utf-8")
    notice = (ROOT / "annotations" / "LICENSE").read_text("utf-8")
    assert notice.startswith("SPDX-License-Identifier: CC-BY-4.0\n")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in notice
