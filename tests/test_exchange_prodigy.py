"""Prodigy: what its file looks like, how it cuts tokens, and what is read of its exports."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from allegata.exchange.folder import Export, Reading
from allegata.exchange.prodigy import PRODIGY, tokens_of
from allegata.text.documents import Annotation, Document, Relation
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, many, round_trip


def read(tmp_path: Path, *rows: Any) -> tuple[list[Document], Reading]:
    (tmp_path / "out.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    reading = Reading()
    return list(PRODIGY.read(tmp_path, TYPES, reading)), reading


def task(*spans: dict[str, Any], text: str = "Ada met Bob.", **more: Any) -> dict[str, Any]:
    return {"text": text, "spans": list(spans), "answer": "accept", **more}


def span(start: int, end: int, label: str = "PERSON") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def test_a_task_has_tokens_spans_and_relations_by_the_last_token_of_their_ends(tmp_path: Path) -> None:
    text = "\U0001f600 Ada Ray left"
    annotations = (Annotation("b", "claim", "claim", (Span(2, 9),)), Annotation("a", "claim", "claim", (Span(10, 14),)))
    PRODIGY.write([Document("d", text, annotations, (Relation("parent", "a", "b"),))], TYPES, Export(tmp_path))
    found = json.loads((tmp_path / "tasks.jsonl").read_text(encoding="utf-8"))
    assert [(one["text"], one["start"], one["end"], one["id"], one["ws"]) for one in found["tokens"]] == [
        ("\U0001f600", 0, 1, 0, True),
        ("Ada", 2, 5, 1, True),
        ("Ray", 6, 9, 2, True),
        ("left", 10, 14, 3, False),
    ]
    first = {"start": 2, "end": 9, "token_start": 1, "token_end": 2, "label": "claim"}
    second = {"start": 10, "end": 14, "token_start": 3, "token_end": 3, "label": "claim"}
    assert found["spans"] == [first, second]
    assert found["relations"] == [{"head": 3, "child": 2, "head_span": second, "child_span": first, "label": "parent"}]
    assert found["meta"]["id"] == "d"
    assert not any(key.endswith("_hash") for key in found)


@given(document=documents())
def test_tokens_are_cut_where_spans_begin_and_end_and_leave_out_single_spaces_only(document: Document) -> None:
    spans = [one.hull for one in document.annotations]
    tokens = tokens_of(document.text, spans)
    assert {one.start for one in spans} <= {token.start for token in tokens}
    assert {one.end for one in spans} <= {token.end for token in tokens}
    gaps = [document.text[a.end : b.start] for a, b in pairwise(tokens)]
    assert set(gaps) <= {"", " "}
    assert (tokens[0].start, tokens[-1].end) == (0, len(document.text))


def test_of_relations_whose_end_has_a_twin_those_of_the_first_remain() -> None:
    claims = [Annotation(name, "claim", "claim", (Span(0, 2),)) for name in ("a", "b")]
    other = Annotation("c", "claim", "claim", (Span(3, 5),))
    relations = (Relation("parent", "c", "a"), Relation("parent", "c", "b"))
    losses = check_law(PRODIGY, [Document("d", "ab cd", (*claims, other), relations)])
    assert [(one.annotation, one.name, one.target) for one in losses if one.lost == "relation"] == [
        ("c", "parent", "b")
    ]


def test_only_accepted_tasks_count_and_every_annotator_is_a_document(tmp_path: Path) -> None:
    found, reading = read(
        tmp_path,
        task(span(0, 3), _session_id="set-ann", _input_hash=1, _task_hash=-2),
        task(span(8, 11), _annotator_id="set-ben", _session_id="set-ben", meta={"id": 7}),
        task(span(0, 3), answer="reject"),
        task(answer="ignore"),
        task(label="NEWS"),
    )
    assert [(one.id, one.annotator, len(one.annotations)) for one in found] == [
        ("out-1", "set-ann", 1),
        ("7", "set-ben", 1),
        ("out-5", "", 0),
    ]
    assert [notice.what for notice in reading.notices.sorted()] == [
        "answer about a text as a whole, which is not read",
        "task with the answer 'ignore', skipped",
        "task with the answer 'reject', skipped",
    ]


def test_spans_and_relations_by_tokens_alone(tmp_path: Path) -> None:
    tokens = [
        {"text": text, "start": start, "end": start + 3, "id": at}
        for at, (text, start) in enumerate([("Ada", 0), ("met", 4), ("Bob", 8)])
    ]
    spans = [{"token_start": 0, "token_end": 1, "label": "PERSON"}, span(8, 11)]
    (found,), reading = read(
        tmp_path, task(*spans, tokens=tokens, relations=[{"head": 0, "child": 2, "label": "knows"}])
    )
    reading.problems.raise_if_any()
    assert found.annotations[0].segments == (Span(0, 7),)
    assert found.relations == (Relation("knows", "1", "2"),)


BAD: list[Any] = [
    task(span(0, 99)),
    task(span(3, 0)),
    task({"start": 0, "end": 3}),
    task({"start": "0", "end": 3, "label": "P"}),
    task({"token_start": 0, "token_end": 5, "label": "P"}),
    task("x"),  # type: ignore[arg-type]
    task(relations=[{"head": 0, "child": 1, "label": "x"}]),
    task(span(0, 3), relations=[{"head_span": span(4, 7), "child_span": span(0, 3), "label": "x"}]),
    task(tokens=3),
    task(meta=[]),
    task(answer=3),
    {"image": "a.png", "spans": []},
    task(text="\ud800"),
]


@pytest.mark.parametrize("row", BAD, ids=range(len(BAD)))
def test_a_task_that_is_wrong_is_a_problem_and_the_rest_is_read(row: Any, tmp_path: Path) -> None:
    found, reading = read(tmp_path, row, task(span(0, 3)))
    assert [one.id for one in found] == ["out-2"]
    assert [(problem.file, problem.line) for problem in reading.problems.found] == [("out.jsonl", 1)]


def test_its_files_are_recognised(tmp_path: Path) -> None:
    assert not PRODIGY.recognises(tmp_path)
    PRODIGY.write(many(1, 1), TYPES, Export(tmp_path))
    assert PRODIGY.recognises(tmp_path)


def test_hundreds_of_articles_of_thousands_of_spans_come_back() -> None:
    found, _, _ = round_trip(PRODIGY, many())
    assert sum(len(one.annotations) for one in found) == 2_500
