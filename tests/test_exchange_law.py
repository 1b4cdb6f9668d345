"""The round-trip law: what goes out in a format comes in again, up to losses that are listed span by span."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from allegata.annotate.documents import type_system
from allegata.annotate.stage import read_registers
from allegata.exchange.formats import FORMATS
from allegata.recipe.annotated import gold_documents
from allegata.recipe.build import run
from allegata.text.documents import OTHER, Document, TypeSystem
from documents import TYPES, check_law, documents, many
from invented_corpora import RECALL, annotate, recall, registers
from project import ROOT, SCHEME, sampled

# These hold everything: for them the law is the identity.
LOSSLESS = ("spans", "brat", "cas-xmi", "cas-json", "label-studio", "web-annotation")


@pytest.mark.parametrize("name", FORMATS)
@settings(deadline=None, max_examples=60)
@given(document=documents())
def test_generated_documents_come_back(name: str, document: Document) -> None:
    losses = check_law(FORMATS[name], [document])
    assert not losses or name not in LOSSLESS


def gold_of(root: Path) -> tuple[list[Document], TypeSystem]:
    build = run(root, "clean")
    found, faults = read_registers(root / "annotations", build.scheme)
    assert not faults
    return list(gold_documents(build, found, "gold", (), [])), type_system(build.scheme, found.entities)


@cache
def published_gold(folder: str) -> tuple[list[Document], TypeSystem]:
    return gold_of(ROOT / folder)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Document], TypeSystem]:
    """The gold of an invented story in English and German, of pages, archives and lines."""
    place = tmp_path_factory.mktemp("recall")
    (place / "offered").mkdir()
    ids = recall(place / "root", place / "offered")
    registers(place / "root", RECALL)
    annotate(place / "root", RECALL / "drafts", ids, place / "drafts")
    return gold_of(place / "root")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("corpus", sampled([".", "examples/stories", "invented"], ".", "invented"))
def test_gold_comes_back(name: str, corpus: str, request: pytest.FixtureRequest) -> None:
    given_documents, types = request.getfixturevalue("invented") if corpus == "invented" else published_gold(corpus)
    losses = check_law(FORMATS[name], given_documents, types)
    assert not losses or name not in LOSSLESS


def test_the_type_system_of_the_scheme_has_every_label_and_attribute() -> None:
    types = type_system(SCHEME)
    assert {layer.name for layer in types.layers} == {"mention", "attribution", "claim", "time"}
    assert types.attribute("claim", "check_worthiness").values == {"0": _value("0"), "1": _value("1"), "2": _value("2")}
    assert {one.label for one in types.relations} == {"parent", "attribution", "anchor", "cue", "source"}
    assert TYPES.layers_of("time") == ("mention", "time")
    assert TYPES.layer_of("time") == OTHER  # nothing says which


def _value(value: str) -> str:
    return (SCHEME.attributes("claim")["check_worthiness"].values or {})[value]


@pytest.mark.parametrize("name", ["brat", "spans"])
def test_hundreds_of_documents_go_out_and_come_in(name: str) -> None:
    """The other formats have this test in files of their own."""
    given_documents = many()
    start = time.process_time()
    check_law(FORMATS[name], given_documents)
    assert time.process_time() - start < 15
