"""croissantminer, a reader of Croissant that is no relative of mlcroissant, finds every field that applies.

Not among the packages of the tests, for it asks for old versions of others; docs/croissant.md says how to install it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.schema.responsible_ai import PROPERTIES
from allegata.schema.settings import Settings
from project import ROOT
from publish_samples import publish
from test_publish_croissant import SETTINGS
from test_publish_croissant_responsible import MODEL, PERSON, unannotated

miner = pytest.importorskip("croissantminer.api", reason="needs: pip install --no-deps croissantminer==0.2.0")

STATIC = "isLiveDataset"  # false, which croissantminer 0.2.0 takes for no value
OF_ANNOTATION = {"dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis", "annotationsPerItem",
                 "annotatorDemographics", "machineAnnotationTools"}  # fmt: skip
UNSTATED = {"dataCollectionTimeframe", "dataSocialImpact"}


def missing(file: Path) -> set[str]:
    from croissantminer.croissant import validate

    described = json.loads(file.read_text("utf-8"))
    passed, messages = validate(described)
    assert passed, messages
    found: set[str] = {name.removeprefix("rai:") for name in miner.Extraction("", described, {}).missing}
    assert described[STATIC] is False
    return found - {STATIC}


def test_nothing_is_missing_where_the_settings_say_what_no_program_knows(tmp_path: Path) -> None:
    stated = {name: ("2026-01-05",) if name == "dataCollectionTimeframe" else ("Stated.",)
              for name in (*UNSTATED, "dataAnnotationPlatform")}  # fmt: skip
    values: dict[str, Any] = {**vars(SETTINGS), "responsible_ai": stated}
    facts = {"annotators": (MODEL, PERSON), "gold": {"a1": ("m1",)}, "agreement_in_words": ("Alpha 0.8.",)}
    path = publish(tmp_path, settings=Settings(**values), **facts).path
    assert missing(path / "croissant.json") == set()


def test_without_settings_only_what_no_program_knows_is_missing(tmp_path: Path) -> None:
    path = publish(tmp_path, tables=unannotated()).path
    of_settings = {"url", "license", "creator", "publisher", "datePublished", "citeAs"}
    assert missing(path / "croissant.json") == of_settings | OF_ANNOTATION | UNSTATED
    assert len(PROPERTIES) == 20


@pytest.mark.parametrize("corpus", [ROOT / "corpus", ROOT / "examples" / "stories" / "corpus"], ids=["ours", "stories"])
def test_of_our_own_versions_only_what_nobody_recorded_is_missing(corpus: Path) -> None:
    latest = max(corpus.glob("v*"), key=lambda folder: tuple(map(int, folder.name[1:].split("."))))
    # Nobody recorded when the articles were collected, the corpus has no page, publisher or paper of its own.
    allowed = {"dataCollectionTimeframe", "url", "creator", "publisher", "datePublished", "citeAs"}
    assert missing(latest / "croissant.json") <= allowed
