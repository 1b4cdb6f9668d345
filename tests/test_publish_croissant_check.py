"""What `allegata verify` finds in a `croissant.json` whose bytes are those of the manifest and whose words are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allegata.publish.croissant.document import CROISSANT
from allegata.publish.verification import verify_version
from project import ROOT
from publish_samples import published, restate

PUBLISHED = [*ROOT.glob("corpus/v*"), *ROOT.glob("examples/stories/corpus/v*")]


@pytest.fixture
def version(tmp_path: Path) -> Path:
    return published(tmp_path).path


def found_after(version: Path, change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The problems of a version whose description was changed, and its manifest and the register with it."""
    described = json.loads((version / CROISSANT).read_bytes())
    change(described)
    restate(version.parent, version.name.removeprefix("v"), CROISSANT, json.dumps(described).encode())
    return [problem.what for problem in verify_version(version, "v")[1]]


def record_set(described: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in described["recordSet"] if one["name"] == name)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda found: None, None),
        (lambda found: found.update(version="9.9.9"), "is of version 9.9.9, not 0.1.0"),
        (lambda found: found.pop("recordSet"), "is not readable as Croissant"),
        (lambda found: found.update(recordSet=["claims"]), "is not readable as Croissant"),
        (lambda found: found["recordSet"].pop(0), "does not describe the table articles"),
        (
            lambda found: record_set(found, "claims")["field"].pop(),
            "the columns of claims are not those that the table has",
        ),
        (
            lambda found: record_set(found, "claims")["annotation"].update(value=6),
            "says another number of rows of claims than the manifest",
        ),
        (lambda found: record_set(found, "splits")["data"].pop(), "the splits are not those of the tables"),
        (
            lambda found: record_set(found, "labels/claims/claim_type")["data"].pop(),
            "the labels of claims.claim_type are not those that the column has",
        ),
        (
            lambda found: found["distribution"][0].update(sha256="0" * 64),
            "says another SHA-256 or size of the file articles/train-00000-of-00001.parquet than the manifest",
        ),
        (
            lambda found: found["distribution"][0].update(contentSize="1 B"),
            "says another SHA-256 or size of the file articles/train-00000-of-00001.parquet than the manifest",
        ),
        (lambda found: found["distribution"].pop(0), "does not name the file articles/train-00000-of-00001.parquet"),
        (
            lambda found: found["distribution"].append({**found["distribution"][0], "contentUrl": "more.parquet"}),
            "names the file more.parquet, which the version has not",
        ),
    ],
)
def test_a_description_that_the_manifest_contradicts_is_named(version, change, problem):
    assert found_after(version, change) == ([problem] if problem else [])


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_published_version_is_contradicted_by_its_manifest(published):
    assert verify_version(published, published.name)[1] == []
