"""Label Studio: what its files look like, what is read of its exports, and that its own code takes ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.exchange.folder import Export, Reading
from allegata.exchange.label_studio import LABEL_STUDIO
from allegata.exchange.label_studio_config import actual, native
from allegata.text.documents import OTHER, Annotation, AttributeType, Document, LayerType, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, many, round_trip

TEXT = "Ada \U0001f600 said:\r\nAcme won."
DOCUMENT = Document(
    "a-1",
    TEXT,
    (
        Annotation("c1", "claim", "claim", (Span(0, 3), Span(13, 21)), {"factuality": "CT+", "is_quoted": True}),
        Annotation("m1", "mention", "ORG", (Span(13, 17),), {"entity_id": "acme"}),
    ),
    language="en",
)


def export(document: Document, folder: Path, types: TypeSystem = TYPES) -> Path:
    LABEL_STUDIO.write([document], types, Export(folder))
    return folder


def read(*rows: Any, types: TypeSystem = TYPES, tmp_path: Path) -> tuple[list[Document], Reading]:
    (tmp_path / "export.json").write_text(json.dumps(list(rows)), encoding="utf-8")
    reading = Reading()
    return list(LABEL_STUDIO.read(tmp_path, types, reading)), reading


def region(name: str, start: int, end: int, *labels: str, control: str = "mention", **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": list(labels), **more.pop("value", {})}
    return {"id": name, "from_name": control, "to_name": "text", "type": "labels", "value": value, **more}


def task(*results: Any, text: str = "Ada met Bob and Eve.", **more: Any) -> dict[str, Any]:
    return {"id": 7, "data": {"text": text}, "annotations": [{"id": 1, "result": list(results), **more}]}


def test_a_task_has_a_result_for_every_segment_and_every_attribute(tmp_path: Path) -> None:
    (found,) = json.loads((export(DOCUMENT, tmp_path) / "tasks.json").read_text(encoding="utf-8"))
    assert found["data"] == {"text": TEXT, "document_id": "a-1"}
    results = found["annotations"][0]["result"]
    assert [(one["id"], one["from_name"], one["type"]) for one in results] == [
        ("c1", "claim", "labels"),
        ("c1", "claim.factuality", "choices"),
        ("c1", "claim.is_quoted", "choices"),
        ("c1~2", "claim", "labels"),
        ("m1", "mention", "labels"),
        ("m1", "mention.entity_id", "textarea"),
    ]
    assert results[0]["value"] == {"start": 0, "end": 3, "text": "Ada", "labels": ["claim"]}
    assert results[3]["parentID"] == "c1"
    # Code points, the emoji one; a carriage return and a line feed count one each.
    assert results[4]["value"]["start"] == 13


def test_the_configuration_declares_layers_labels_attributes_and_relations(tmp_path: Path) -> None:
    config = (export(DOCUMENT, tmp_path) / "config.xml").read_text(encoding="utf-8")
    assert '<Labels name="mention" toName="text"' in config
    assert '<Choices name="claim.factuality" toName="text" perRegion="true"' in config
    assert '<TextArea name="claim.claimer_chain" toName="text" perRegion="true" editable="true"/>' in config
    assert '<TextArea name="attribution.source_id" toName="text" perRegion="true" whenLabelValue="content"' in config
    assert '<Relation value="parent"/>' in config


def test_what_no_control_holds_is_in_meta_and_shown(tmp_path: Path) -> None:
    odd = replace(DOCUMENT, annotations=(Annotation("x", "new", "ORG", (Span(0, 3),), {"n": 2**60, "list": ("a",)}),))
    (found,) = json.loads((export(odd, tmp_path) / "tasks.json").read_text(encoding="utf-8"))
    meta = found["annotations"][0]["result"][0]["meta"]
    assert meta["text"] == ["kept for allegata: label, attributes"]
    check_law(LABEL_STUDIO, [odd])


@given(st.text(max_size=20))
def test_every_label_and_id_has_a_native_form(text: str) -> None:
    assert actual(native(text)) == text
    assert not set(native(text)) & set("#\x00\x0b\x7f\ufffe")


def test_layers_labels_and_attributes_of_any_name_come_back() -> None:
    names = ("text", "a.b", "x,y", "$f", 'q"<&>', "\x0b", "é #1", "%41", "a\nb")
    types = TypeSystem(
        tuple(LayerType(name, dict.fromkeys(names, ""), tuple(map(AttributeType, names))) for name in names)
    )
    annotations = tuple(
        Annotation(f"{name}{number}", name, names[number], (Span(0, 3),), {names[number]: "v"})
        for number, name in enumerate(names)
    )
    assert check_law(LABEL_STUDIO, [replace(DOCUMENT, annotations=annotations)], types) == []


def test_two_labels_of_one_relation_and_every_direction(tmp_path: Path) -> None:
    regions = [region("a", 0, 3, "PERSON"), region("b", 8, 11, "PERSON")]
    joins = [
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["cue", "source"]},
        {"type": "relation", "from_id": "a", "to_id": "a", "direction": "left", "labels": ["parent"]},
        {"type": "relation", "from_id": "b", "to_id": "b", "direction": "bi"},
        {"type": "relation", "from_id": "b", "to_id": "a", "direction": "left", "labels": ["x"]},
    ]
    (found,), reading = read(task(*regions, *joins), tmp_path=tmp_path)
    reading.problems.raise_if_any()
    assert found.relations == (
        Relation("cue", "a", "b"),
        Relation("source", "a", "b"),
        Relation("parent", "a", "a"),
        Relation("relation", "b", "b"),
        Relation("relation", "b", "b"),
        Relation("x", "a", "b"),
    )


def test_a_region_dragged_onto_another_of_its_label_is_a_segment(tmp_path: Path) -> None:
    regions = [
        region("a", 0, 3, "PERSON"),
        region("b", 8, 11, "PERSON", parentID="a"),
        region("c", 16, 19, "ORG", parentID="a"),
    ]
    (found,), reading = read(task(*regions), tmp_path=tmp_path)
    assert [one.segments for one in found.annotations] == [(Span(0, 3), Span(8, 11)), (Span(16, 19),)]
    assert "region below another" in str(reading.notices.sorted()[0])


def test_a_segment_stays_one_when_the_first_is_deleted(tmp_path: Path) -> None:
    export(DOCUMENT, tmp_path)
    (found,) = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    rest = [one for one in found["annotations"][0]["result"] if one["id"] == "c1~2"]
    del rest[0]["parentID"]  # as the editor does
    found["annotations"][0]["result"] = rest
    (tmp_path / "back").mkdir()
    (back,), _ = read(found, tmp_path=tmp_path / "back")
    assert [(one.id, one.segments) for one in back.annotations] == [("c1", (Span(13, 21),))]


def test_every_annotator_is_a_document_and_a_prediction_is_of_a_machine(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "data": {"text": "Ada met Bob."},
        "annotations": [
            {"id": 1, "completed_by": {"id": 3, "email": "one@example.org"}, "result": [region("a", 0, 3, "PERSON")]},
            {"id": 2, "completed_by": 4, "result": []},
            {"id": 3, "completed_by": 5, "was_cancelled": True, "result": [region("a", 0, 3, "PERSON")]},
        ],
        "predictions": [{"model_version": "tagger-2", "result": [region("p", 8, 11, "PERSON")]}, 12],
        "drafts": [{"result": []}],
    }
    found, reading = read(row, tmp_path=tmp_path)
    assert [(one.id, one.annotator, one.machine, len(one.annotations)) for one in found] == [
        ("7", "one@example.org", False, 1),
        ("7", "4", False, 0),
        ("7", "tagger-2", True, 1),
    ]
    assert [one.what.partition(",")[0] for one in reading.notices.sorted()] == [
        "annotation that was cancelled",
        "draft",
        "prediction or draft that the export only names",
    ]


def test_quotes_of_a_version_that_counted_utf_16_convert_its_offsets(tmp_path: Path) -> None:
    text = "\U0001f600\U0001f600 Ada met Bob."
    old = task(region("a", 5, 8, "PERSON", value={"text": "Ada"}), text=text)
    (found,), reading = read(old, tmp_path=tmp_path)
    assert found.annotations[0].quote(text) == "Ada"
    assert "counted UTF-16" in str(reading.notices.sorted()[0])


def test_a_quote_that_is_not_there_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = task(region("a", 0, 3, "PERSON", value={"text": "Eve"}), region("b", 8, 11, "PERSON", value={"text": "Bob"}))
    (found,), reading = read(rows, tmp_path=tmp_path)
    assert [one.id for one in found.annotations] == ["b"]
    assert "is 'Ada' in the text, not 'Eve'" in str(reading.problems.found[0])


def test_a_quote_as_the_editor_writes_it_fits(tmp_path: Path) -> None:
    text = "Ada\r\nmet  Bob."
    (found,), reading = read(
        task(region("a", 0, 14, "PERSON", value={"text": "Ada\\n\\nmet Bob."}), text=text), tmp_path=tmp_path
    )
    assert not reading.problems.found
    assert found.annotations[0].segments == (Span(0, 14),)


def test_a_region_with_several_labels_is_an_annotation_for_each(tmp_path: Path) -> None:
    (found,), _ = read(task(region("a", 0, 3, "PERSON", "ORG")), tmp_path=tmp_path)
    assert [(one.id, one.label) for one in found.annotations] == [("a", "PERSON"), ("a+", "ORG")]


def test_labels_of_another_project_and_its_field_of_text(tmp_path: Path) -> None:
    (tmp_path / "interface.xml").write_text('<View><Text name="t" value="$body"/></View>', encoding="utf-8")
    row = task(region("a", 0, 3, "Person", control="ner"))
    row["data"] = {"title": "News", "body": "Ada met Bob."}
    (found,), _ = read(row, types=TypeSystem(), tmp_path=tmp_path)
    assert found.text == "Ada met Bob."
    assert [(one.layer, one.label) for one in found.annotations] == [(OTHER, "Person")]


def test_answers_of_every_control(tmp_path: Path) -> None:
    place = {"start": 0, "end": 3}

    def of(control: str, kind: str, **value: Any) -> dict[str, Any]:
        return {"id": "a", "from_name": control, "to_name": "text", "type": kind, "value": {**place, **value}}

    rows = task(
        region("a", 0, 3, "PERSON"),
        of("sure", "choices", choices=["yes"]),
        of("kinds", "choices", choices=["x", "y"]),
        of("stars", "rating", rating=4),
        of("age", "number", number=3.5),
        of("day", "datetime", datetime="2020-01-02"),
        of("note", "textarea", text=["one", "two"]),
        of("tree", "taxonomy", taxonomy=[["a", "b"]]),
        {"id": "z", "from_name": "whole", "to_name": "text", "type": "choices", "value": {"choices": ["good"]}},
    )
    (found,), reading = read(rows, tmp_path=tmp_path)
    assert found.annotations[0].attributes == {
        "sure": "yes",
        "kinds": ("x", "y"),
        "stars": 4,
        "age": "3.5",
        "day": "2020-01-02",
        "note": ("one", "two"),
        "tree": "a > b",
    }
    assert "answer that is of no region" in str(reading.notices.sorted()[0])


def test_json_min_is_read_as_far_as_it_holds(tmp_path: Path) -> None:
    row = {
        "text": "Ada met Bob.",
        "id": 5,
        "ner": [{"start": 0, "end": 3, "text": "Ada", "labels": ["PERSON"]}],
        "mood": [{"start": 0, "end": 3, "text": "Ada", "choices": ["good", "calm"]}],
        "annotator": 2,
        "annotation_id": 9,
    }
    (found,), reading = read(row, tmp_path=tmp_path)
    assert (found.id, found.annotator) == ("5", "2")
    assert [(one.layer, one.attributes) for one in found.annotations] == [("mention", {"mood": ("good", "calm")})]
    assert "JSON_MIN" in str(reading.notices.sorted()[0])


def test_a_file_of_a_target_storage_is_one_annotation(tmp_path: Path) -> None:
    row = {"id": 3, "result": [region("a", 0, 3, "PERSON")], "task": {"id": 9, "data": {"text": "Ada."}}}
    (found,), _ = read(row, tmp_path=tmp_path)
    assert (found.id, len(found.annotations)) == ("9", 1)


DEEP = "[" * 100_000 + "]" * 100_000
BAD = {
    "no JSON": b"[{",
    "deep": DEEP.encode(),
    "deep within": b'[{"data": {"text": "a"}, "annotations": [{"result": ' + DEEP.encode() + b"}]}]",
    "equal keys": b'[{"data": {"text": "a"}, "data": {"text": "b"}, "annotations": []}]',
    "NaN": b'[{"data": {"text": "a"}, "annotations": [{"result": [], "lead_time": NaN}]}]',
    "huge number": b'[{"data": {"text": "a"}, "annotations": [{"result": [], "id": ' + b"9" * 5000 + b"}]}]",
    "no object": b'[1, "x", null]',
    "no text": b'[{"data": {"a": 1}, "annotations": []}]',
    "two texts": b'[{"data": {"a": "x", "b": "y"}, "annotations": []}]',
    "text of another type": b'[{"data": {"text": 3}, "annotations": []}]',
    "half a character": b'[{"data": {"text": "\\ud800 a"}, "annotations": [{"result": []}]}]',
    "not UTF-8": b'[{"data": {"text": "\xff"}}]',
}
BAD_RESULTS: dict[str, Any] = {
    "no object": 3,
    "no type": {"id": "a", "value": {"start": 0, "end": 1}},
    "offsets of another type": region("a", True, 3, "PERSON"),
    "reversed": region("a", 3, 0, "PERSON"),
    "outside": region("a", 0, 10**30, "PERSON"),
    "a region of HyperText": region("a", 0, 1, "PERSON", value={"start": "/div[1]/text()[1]", "startOffset": 0}),
    "labels of another type": region("a", 0, 1, value={"labels": [3]}),
    "a relation to nothing": {"type": "relation", "from_id": "a", "to_id": "b"},
    "an unlabelled region": region("a", 0, 1),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_wrong_is_a_problem(name: str, tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_bytes(BAD[name])
    reading = Reading()
    assert list(LABEL_STUDIO.read(tmp_path, TYPES, reading)) == []
    assert {problem.file for problem in reading.problems.found} == {"tasks.json"}


@pytest.mark.parametrize("name", BAD_RESULTS)
def test_a_result_that_is_wrong_is_a_problem_and_the_rest_is_read(name: str, tmp_path: Path) -> None:
    (found,), reading = read(task(BAD_RESULTS[name], region("good", 8, 11, "PERSON")), tmp_path=tmp_path)
    assert [one.id for one in found.annotations] == ["good"]
    assert len(reading.problems.found) == 1


@pytest.mark.parametrize(
    "config",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><View>&b;</View>',
        "<View><Text",
        "<View>" * 100_000,
        "\ufeff",
    ],
)
def test_a_configuration_that_is_wrong_is_a_problem(config: str, tmp_path: Path) -> None:
    (tmp_path / "config.xml").write_text(config, encoding="utf-8")
    _, reading = read(task(), tmp_path=tmp_path)
    assert [problem.file for problem in reading.problems.found] == ["config.xml"]


def test_its_files_are_recognised(tmp_path: Path) -> None:
    assert not LABEL_STUDIO.recognises(tmp_path)
    assert LABEL_STUDIO.recognises(export(DOCUMENT, tmp_path))


def test_hundreds_of_articles_of_thousands_of_spans_come_back() -> None:
    given_ = many()
    found, losses, _ = round_trip(LABEL_STUDIO, given_)
    assert not losses
    assert found == [one.ordered for one in given_]


@settings(deadline=None, max_examples=40)
@given(document=documents())
def test_label_studios_own_code_takes_the_configuration_and_every_annotation(document: Document) -> None:
    interface = pytest.importorskip("label_studio_sdk.label_interface", reason="label-studio-sdk is not installed")
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        export(document, Path(folder))
        tool = interface.LabelInterface((Path(folder) / "config.xml").read_text(encoding="utf-8"))
        (found,) = json.loads((Path(folder) / "tasks.json").read_text(encoding="utf-8"))
    tool.validate()
    for annotation in found["annotations"]:
        assert tool.validate_annotation(annotation)
        assert tool.validate_prediction({"model_version": "x", **annotation}, return_errors=True) == []
