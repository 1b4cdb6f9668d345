"""Potato: what a project looks like, how its pages count, what is read of one, and that its own code takes ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from allegata.exchange.folder import Export, Reading
from allegata.exchange.potato import POTATO
from allegata.exchange.potato_reading import displayed
from allegata.text.documents import OTHER, Annotation, Document, Relation
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, many, round_trip

CLAIMS = (
    Annotation("c1", "claim", "claim", (Span(0, 3), Span(8, 11))),
    Annotation("c2", "claim", "claim", (Span(4, 7),)),
)
DOCUMENT = Document("a-1", "Ada met <Bob>.\r\n", CLAIMS, (Relation("parent", "c2", "c1"),), annotator="ann")


def project(
    tmp_path: Path, config: Any = None, items: list[Any] | None = None, **files: Any
) -> tuple[list[Document], Reading]:
    if config is not None:
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    if items is not None:
        (tmp_path / "items.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in items), encoding="utf-8")
    for user, (name, content) in files.items():
        (tmp_path / "annotation_output" / user).mkdir(parents=True)
        (tmp_path / "annotation_output" / user / name).write_text(json.dumps(content), encoding="utf-8")
    reading = Reading()
    return list(POTATO.read(tmp_path, TYPES, reading)), reading


def state(user: str, spans: Any, **more: Any) -> tuple[str, Any]:
    return "user_state.json", {"user_id": user, "instance_id_to_span_to_value": {"1": spans}, **more}


def span(start: int, end: int, label: str = "PERSON", schema: str = "mention", **more: Any) -> dict[str, Any]:
    return {"schema": schema, "name": label, "title": label, "start": start, "end": end, **more}


ITEM = {"id": "1", "text": "Ada met Bob."}


def test_a_project_has_texts_a_configuration_and_the_work_of_every_annotator(tmp_path: Path) -> None:
    POTATO.write([DOCUMENT], TYPES, Export(tmp_path))
    line = (tmp_path / "data/documents.jsonl").read_bytes()
    assert line.isascii()
    assert json.loads(line)["document"] == "Ada met &lt;Bob&gt;.&#13;\n"
    found = json.loads((tmp_path / "annotation_output/ann/user_state.json").read_text(encoding="utf-8"))
    part = {"start": 8, "end": 11, "text": "<Bo"}
    first = span(0, 3, "claim", "claim", id="c1", target_field="document", additional_parts=[part])
    second = span(4, 7, "claim", "claim", id="c2", target_field="document")
    assert found["instance_id_to_span_to_value"] == {"a-1": [[first, True], [second, True]]}
    (link,) = found["instance_id_to_link_to_value"]["a-1"].values()
    assert (link["link_type"], link["span_ids"], link["direction"]) == ("parent", ["c2", "c1"], "directed")
    config = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))
    assert [one["name"] for one in config["annotation_schemes"]] == [
        "mention",
        "claim",
        "attribution",
        "time",
        "relations",
    ]
    assert {"name": "PERSON", "tooltip": "People."} in config["annotation_schemes"][0]["labels"]


def test_only_attributes_are_lost_and_two_equal_spans_stay_two() -> None:
    twins = [Annotation(name, "claim", "claim", (Span(0, 3),), {"is_quoted": True}) for name in ("a", "b")]
    losses = check_law(POTATO, [Document("d", "Ada met", tuple(twins))])
    assert {one.lost for one in losses} == {"attribute"}


def test_a_machine_is_declared_and_keeps_its_links(tmp_path: Path) -> None:
    machine = replace(DOCUMENT, annotator="tagger", machine=True)
    POTATO.write([machine], TYPES, Export(tmp_path))
    config = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))
    assert config["machine_annotators"]["annotators"] == [{"id": "tagger", "kind": "tool"}]
    (found,) = POTATO.read(tmp_path, TYPES, Reading())
    assert (found.machine, found.annotator, found.relations) == (True, "tagger", DOCUMENT.relations)


def test_predictions_are_of_a_machine(tmp_path: Path) -> None:
    config = {"item_properties": {"id_key": "id", "text_key": "text"}, "pre_annotation": {"field": "guess"}}
    items = [{**ITEM, "guess": {"mention": [{"start": 0, "end": 3, "label": "PERSON"}]}}]
    (found,), _ = project(tmp_path, config, items)
    assert (found.machine, [one.layer for one in found.annotations]) == (True, ["mention"])


def test_every_annotator_is_a_document(tmp_path: Path) -> None:
    link = {"link_type": "knows", "span_ids": ["x", "y"], "direction": "undirected"}
    links = {"instance_id_to_link_to_value": {"1": {"l1": {**link, "id": "l1", "schema": "r"}}}}
    found, reading = project(
        tmp_path,
        items=[ITEM, {"id": "2", "text": "Nobody."}],
        ann=state("ann", [[span(0, 3, id="x"), "true"], [span(8, 11, "Person", "other", id="y"), "true"]], **links),
        ben=state("ben", {"mention": [span(8, 11)]}),
    )
    reading.problems.raise_if_any()
    assert [(one.id, one.annotator, [(of.id, of.layer, of.label) for of in one.annotations]) for one in found] == [
        ("1", "ann", [("x", "mention", "PERSON"), ("y", OTHER, "Person")]),
        ("1", "ben", [("1", "mention", "PERSON")]),
    ]
    assert found[0].relations == (Relation("knows", "x", "y"),)
    assert "nobody has annotated" in str(reading.notices.sorted()[0])


def test_offsets_of_a_plain_text_are_those_of_its_page(tmp_path: Path) -> None:
    text = " a  <b>b</b>\t&amp; \x0bAda < Eve\r\n"
    shown = "".join(" " if text[at] == "\t" else text[at] for at in displayed(text)[:-1])
    assert shown == "a b & Ada < Eve"
    (found,), _ = project(tmp_path, items=[{"id": "1", "text": text}], ann=state("ann", [[span(6, 9), True]]))
    assert found.text == text
    assert found.annotations[0].quote(text) == "Ada"


def test_offsets_of_a_displayed_field_are_its_own(tmp_path: Path) -> None:
    config = {
        "item_properties": {"id_key": "key", "text_key": "body"},
        "instance_display": {"fields": [{"key": "body", "type": "text"}, {"key": "side", "type": "text"}]},
    }
    spans = [[span(4, 7, target_field="body"), True], [span(0, 1, target_field="side"), True]]
    items = [{"key": 1, "body": "a  \tAda", "side": "x"}]
    (found,), reading = project(tmp_path, config, items, ann=state("ann", spans))
    assert [one.quote(found.text) for one in found.annotations] == ["Ada"]
    assert "further field" in str(reading.notices.sorted()[0])


def test_the_older_file_of_an_annotator(tmp_path: Path) -> None:
    text = "\U0001f600 Ada met Bob."
    row = {
        "id": "1",
        "displayed_text": text,
        "label_annotations": {"mood": {"good": "true"}},
        "span_annotations": [
            {"start": 2, "end": 5, "annotation": "PERSON", "span": "Ada"},
            {"start": 11, "end": 14, "annotation": "PERSON", "span": "Bob"},
        ],
        "behavioral_data": {},
    }
    (found,), reading = project(tmp_path, ann=("annotated_instances.jsonl", row))
    assert (found.annotator, [one.quote(text) for one in found.annotations]) == ("ann", ["Ada", "Bob"])
    assert [notice.what.partition(",")[0] for notice in reading.notices.sorted()] == [
        "answer about a text as a whole",
        "span counted in UTF-16 units",
    ]


@pytest.mark.parametrize(
    "spans",
    [
        [3],
        "x",
        [[span(0, 99), True]],
        [[span(3, 0), True]],
        [[span(True, 3), True]],
        [[{"schema": "mention", "start": 0, "end": 3}, True]],
        [[span(0, 3, id="a"), True], [span(4, 7, id="a"), True]],
        [[span(0, 3, additional_parts=[{"start": 4}]), True]],
        [[span(0, 3, text="Eve"), True]],
    ],
)
def test_work_that_is_wrong_is_a_problem_and_the_rest_is_read(spans: Any, tmp_path: Path) -> None:
    found, reading = project(tmp_path, items=[ITEM], bad=state("bad", spans), good=state("good", [[span(0, 3), True]]))
    assert [one.annotator for one in found] == ["good"]
    assert [problem.file for problem in reading.problems.found] == ["annotation_output/bad/user_state.json"]


@pytest.mark.parametrize(
    "config", ["a: [", "a: 2020-13-45", "[" * 5000, "item_properties: 3", "a: \ud800", "? {a: b}\n: c"]
)
def test_a_configuration_that_is_wrong_is_a_problem(config: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(config.encode("utf-8", "surrogatepass"))
    _, reading = project(tmp_path, items=[ITEM], ann=state("ann", []))
    assert [problem.file for problem in reading.problems.found] == ["config.yaml"]


def test_a_text_that_is_not_in_the_data_is_a_problem(tmp_path: Path) -> None:
    found, reading = project(tmp_path, ann=state("ann", []))
    assert not found
    assert "its text is not in the data" in str(reading.problems.found[0])


def test_its_files_are_recognised(tmp_path: Path) -> None:
    assert not POTATO.recognises(tmp_path)
    POTATO.write([DOCUMENT], TYPES, Export(tmp_path))
    assert POTATO.recognises(tmp_path)


def test_hundreds_of_articles_of_thousands_of_spans_come_back() -> None:
    given_ = many()
    found, losses, _ = round_trip(POTATO, given_)
    assert not losses
    assert found == [one.ordered for one in given_]


@settings(deadline=None, max_examples=40)
@given(document=documents())
def test_potatos_own_code_takes_the_state_and_finds_every_span(document: Document) -> None:
    states = pytest.importorskip("potato.user_state_management", reason="potato-annotation is not installed")
    import tempfile

    from potato.export.cli import build_export_context

    with tempfile.TemporaryDirectory() as folder:
        POTATO.write([document], TYPES, Export(Path(folder)))
        context = build_export_context(f"{folder}/config.yaml")
        user = Path(folder) / "annotation_output" / "someone"
        states.InMemoryUserState.load(str(user)).save(str(user))
        (back,) = POTATO.read(Path(folder), TYPES, Reading())
    for record in context.annotations:
        for one in (each for of in record["spans"].values() for each in of):
            assert context.covered_text(document.id, one) == document.text[one["start"] : one["end"]]
    assert [one.segments for one in back.ordered.annotations] == [one.segments for one in document.ordered.annotations]
    assert sorted(back.relations) == sorted(document.relations)
