"""doccano: what its file looks like, in which unit it counts, and what is read of its exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.exchange.doccano import DOCCANO
from allegata.exchange.folder import Export, Reading
from allegata.exchange.label_names import LabelNames
from allegata.exchange.units import counter, graphemes, likely_unit
from allegata.exchange.utf16 import Utf16
from allegata.text.documents import OTHER, Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, many, round_trip

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


def read(tmp_path: Path, types: TypeSystem = TYPES, **files: list[Any]) -> tuple[list[Document], Reading]:
    for name, rows in files.items():
        text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    reading = Reading()
    return list(DOCCANO.read(tmp_path, types, reading)), reading


def entity(number: int, label: str, start: int, end: int) -> dict[str, Any]:
    return {"id": number, "label": label, "start_offset": start, "end_offset": end}


def test_a_line_has_entities_and_relations_and_says_how_it_counts(tmp_path: Path) -> None:
    text = "\U0001f600 Ada, Bob"
    claims = tuple(Annotation(name, "claim", "claim", (Span(*at),)) for name, at in (("x", (2, 5)), ("y", (7, 10))))
    time = Annotation("z", "time", "time", (Span(2, 5),))
    DOCCANO.write([Document("a", text, (*claims, time), (Relation("parent", "y", "x"),))], TYPES, Export(tmp_path))
    line = (tmp_path / "all.jsonl").read_bytes()
    assert line.isascii()  # doccano guesses encodings
    assert json.loads(line) == {
        "id": "a",
        "text": text,
        "entities": [entity(1, "claim", 3, 6), entity(2, "time:time", 3, 6), entity(3, "claim", 8, 11)],
        "relations": [{"id": 1, "from_id": 3, "to_id": 1, "type": "parent"}],
        "offset_unit": "utf-16",
        "language": "und",
        "split": "",
    }
    assert [one["text"] for one in json.loads((tmp_path / "span_labels.json").read_text())][2:4] == [
        "mention:time",
        "WORK_OF_ART",
    ]


def test_a_label_has_its_layer_before_it_only_where_two_layers_have_it() -> None:
    names = LabelNames(TYPES)
    assert names.name("mention", "PERSON") == "PERSON"
    assert names.found(names.name("time", "time")) == ("time", "time")
    assert names.found("unknown") == (OTHER, "unknown")


def test_what_is_lost_is_said_span_by_span() -> None:
    spans = (Span(0, 2), Span(5, 7))
    document = Document("a", "ab cd ef", (Annotation("c", "claim", "claim", spans, {"is_quoted": True}),))
    losses = check_law(DOCCANO, [document])
    assert [(one.lost, one.name, one.segments, one.became) for one in losses] == [
        ("attribute", "is_quoted", (), None),
        ("segments", "", (Span(0, 7),), None),
        ("id", "", (), "1"),
    ]


def test_the_older_triples(tmp_path: Path) -> None:
    rows = [{"id": 3, "text": "Ada met Bob.", "label": [[0, 3, "PERSON"], [8, 11, "Person"]], "Comments": ["x"]}]
    (found,), reading = read(tmp_path, all=rows)
    assert [(one.id, one.layer, one.label, one.segments) for one in found.annotations] == [
        ("1", "mention", "PERSON", (Span(0, 3),)),
        ("2", OTHER, "Person", (Span(8, 11),)),
    ]
    assert "comments" in str(reading.notices.sorted()[0])


def test_a_file_for_every_member_is_a_document_for_every_annotator(tmp_path: Path) -> None:
    row = {"id": 1, "text": "Ada met Bob.", "entities": [entity(9, "PERSON", 0, 3)], "relations": []}
    found, reading = read(
        tmp_path, ann=[row], ben=[{**row, "entities": [entity(8, "PERSON", 8, 11)]}], admin=[{**row, "entities": []}]
    )
    assert [(one.annotator, one.annotations[0].segments) for one in found] == [
        ("ann", (Span(0, 3),)),
        ("ben", (Span(8, 11),)),
    ]
    assert "has not labelled" in str(reading.notices.sorted()[0])


def test_the_name_of_the_only_file_with_a_text_is_no_annotator(tmp_path: Path) -> None:
    (found,), _ = read(tmp_path, train=[{"id": 1, "text": "Ada met Bob.", "label": []}])
    assert found.annotator == ""


@pytest.mark.parametrize(("start", "end", "unit"), [(12, 15, "utf-16"), (4, 7, "graphemes"), (9, 12, "code points")])
def test_the_unit_of_a_file_is_found_from_its_words(start: int, end: int, unit: str, tmp_path: Path) -> None:
    text = f"{FAMILY}\r\n, Ada met Eva."
    assert text.index("Ada") == 9
    (found,), reading = read(tmp_path, all=[{"id": 1, "text": text, "label": [[start, end, "PERSON"]]}])
    assert found.annotations[0].quote(text) == "Ada"
    assert f"when it counts {unit}" in str(reading.notices.sorted()[0])


def test_grapheme_clusters() -> None:
    texts = [
        FAMILY,
        "e\u0301",
        "\r\n",
        "\U0001f1e9\U0001f1ea",
        "\U0001f44d\U0001f3fd",
        "\u1112\u1161\u11ab",
        "\u0915\u093f",
        "\u0600a",
        "a",
    ]
    lengths = [len(text) for text in texts]
    assert [len(graphemes(text)) for text in texts] == [2] * len(texts)
    starts = graphemes("".join(texts))
    assert starts == [sum(lengths[:at]) for at in range(len(texts) + 1)]


def test_flags_are_pairs_of_indicators_in_linear_time() -> None:
    assert graphemes("\U0001f1e9" * 5 + "a") == [0, 2, 4, 5, 6]
    assert len(graphemes("\U0001f1e9" * 100_000)) == 50_001


def test_units_of_a_browser() -> None:
    text = "a\U0001f600b"
    count = Utf16(text)
    assert [count.units(at) for at in range(4)] == [0, 1, 3, 4]
    assert [count.code_points(at) for at in range(-1, 6)] == [None, 0, 1, None, 2, 3, None]
    assert counter(text, "graphemes")(4) is None
    assert likely_unit([]) == ("utf-16", False)


BAD = [
    '{"id": 1, "text": "Ada", "entities": [3]}',
    '{"id": 1, "text": "Ada", "entities": [{"id": 1, "label": "P", "start_offset": 0, "end_offset": 9}]}',
    '{"id": 1, "text": "Ada", "entities": [{"id": 1, "label": "P", "start_offset": 2, "end_offset": 1}]}',
    '{"id": 1, "text": "Ada", "entities": [{"id": [[1]], "label": "P", "start_offset": 0, "end_offset": 1}]}',
    '{"id": 1, "text": "Ada", "entities": [], "relations": [{"from_id": 1, "to_id": 2, "type": "x"}]}',
    '{"id": 1, "text": "\U0001f600", "label": [[0, 1, "P"]], "offset_unit": "utf-16"}',
    '{"id": 1, "text": "Ada", "label": [[0, true, "P"]]}',
    '{"id": 1, "text": "Ada", "text": "Bob"}',
    '{"id": {"a": 1}, "text": "Ada"}',
    '{"id": 1, "text": "\\ud800", "label": []}',
    '{"id": 1, "text": ' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"id": ' + "9" * 5000 + ', "text": "Ada"}',
    '{"id": 1}',
    "nothing",
]


@pytest.mark.parametrize("line", BAD, ids=range(len(BAD)))
def test_a_line_that_is_wrong_is_a_problem_and_the_rest_is_read(line: str, tmp_path: Path) -> None:
    good = '{"id": 2, "text": "Bob", "label": [[0, 3, "PERSON"]]}'
    (tmp_path / "all.jsonl").write_text(f"{line}\r\n{good}\r\n", encoding="utf-8-sig")
    reading = Reading()
    assert [one.id for one in DOCCANO.read(tmp_path, TYPES, reading)] == ["2"]
    assert [(problem.file, problem.line) for problem in reading.problems.found] == [("all.jsonl", 1)]


def test_its_files_are_recognised(tmp_path: Path) -> None:
    assert not DOCCANO.recognises(tmp_path)
    DOCCANO.write(many(1, 1), TYPES, Export(tmp_path))
    assert DOCCANO.recognises(tmp_path)


def test_hundreds_of_articles_of_thousands_of_spans_come_back() -> None:
    found, _, _ = round_trip(DOCCANO, many())
    assert sum(len(one.annotations) for one in found) == 2_500
