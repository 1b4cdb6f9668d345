from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from allegata.benchmark.descriptions import PLACEHOLDERS, Description, read_description
from allegata.benchmark.scoring import score_file
from allegata.benchmark.submissions import check_predictions, write_submission
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.measures.matching import LabelledSpan
from allegata.schema.problems import ProblemsFound
from test_benchmark_scoring import CORPUS, _lines, _perfect


def test_every_fault_of_a_submission_is_in_one_sorted_report() -> None:
    task, gold = TASKS["attributed-sentences"], gold_of(TASKS["attributed-sentences"], CORPUS)
    raw = b"\n".join(
        [
            b'{"id": "a.0", "label": "yes", "score": 1}',
            b'{"id": "a.0", "label": true, "score": 1}',
            b'{"id": "a.1", "label": true, "score": NaN}',
            b'{"id": "a.2", "label": true, "score": 1e999}',
            b'{"id": "zz", "label": true, "score": 1}',
            b"not json",
            b'{"id": "b.0", "label": true}',
            b'{"id": "b.1", "label": true, "score": true, "note": 1}',
            b'{"id": "b.1", "id": "b.1"}',
            b"[1]",
            b'{"label": true}',
            b'{"id": 7}',
        ]
    )
    with pytest.raises(ProblemsFound) as found:
        check_predictions(raw, "p.jsonl", task, gold, CORPUS)
    problems = found.value.problems
    # c.0 is missing, or it is one of the lines whose id cannot be read.
    assert [p.line for p in problems] == [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12]
    assert all(p.fix for p in problems)


def test_bad_spans_are_reported_one_by_one() -> None:
    task, gold = TASKS["claim-spans"], gold_of(TASKS["claim-spans"], CORPUS)
    bad: list[object] = [
        {"label": "claim", "segments": [[0, 999]]},
        {"label": "claim", "segments": [[3, 3]]},
        {"label": "claim", "segments": [[0, 5], [4, 8]]},
        {"label": "other", "segments": [[0, 5]]},
        {"label": "claim", "segments": [[0, 5.5]]},
        {"label": "claim", "segments": []},
        {"label": "claim"},
        "span",
    ]
    raw = _lines({"id": "a", "spans": bad}, {"id": "b", "spans": {}}, {"id": "c", "spans": []})
    with pytest.raises(ProblemsFound) as found:
        check_predictions(raw, "p.jsonl", task, gold, CORPUS)
    assert len(found.value.problems) == 9


def test_a_submission_to_another_task_or_made_for_another_version_is_refused(tmp_path: Path) -> None:
    task, other = TASKS["attributed-sentences"], TASKS["check-worthiness"]  # the same ids in the same form
    write_submission(
        tmp_path, Description(task.name, "alfa", "v9", "by hand"), _perfect(task.name), task, gold_of(task, CORPUS)
    )
    with (tmp_path / "predictions.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(ProblemsFound) as found:
        score_file(other, tmp_path, CORPUS)
    assert [problem.what for problem in found.value.problems] == [
        "a submission to 'attributed-sentences', not to 'check-worthiness'; made for corpus 'v9', not 'v0'"
    ]


@pytest.mark.parametrize("version", ["v1.2.0", "1.2.0"])
def test_a_version_is_taken_with_and_without_its_letter(tmp_path: Path, version: str) -> None:
    task, corpus = TASKS["attributed-sentences"], replace(CORPUS, name="v1.2.0")
    description = Description(task.name, "alfa", version, "by hand")
    write_submission(tmp_path, description, _perfect(task.name), task, gold_of(task, corpus))
    assert score_file(task, tmp_path, corpus).official == 1.0


def test_of_a_submission_made_for_another_version_no_id_is_missing(tmp_path: Path) -> None:
    task = TASKS["attributed-sentences"]
    description = Description(task.name, "alfa", "v9", "by hand")
    write_submission(tmp_path, description, _perfect(task.name), task, gold_of(task, CORPUS))
    (tmp_path / "predictions.jsonl").write_text("", "utf-8")
    with pytest.raises(ProblemsFound) as found:
        score_file(task, tmp_path, CORPUS)
    assert len(found.value.problems) == 1
    assert found.value.problems[0].what.startswith("made for corpus 'v9'")


def test_a_description_without_its_fields_is_reported(tmp_path: Path) -> None:
    (tmp_path / "submission.json").write_text('{"task": "claim-spans", "trained_on": 3}', "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_description(tmp_path)
    assert len(found.value.problems) == 4


def test_segments_that_touch_are_one_segment() -> None:
    task, gold = TASKS["claim-spans"], gold_of(TASKS["claim-spans"], CORPUS)
    rows = [{"id": key, "spans": []} for key in "bc"]
    raw = _lines({"id": "a", "spans": [{"label": "claim", "segments": [[4, 9], [0, 4]]}]}, *rows)
    assert check_predictions(raw, "p", task, gold, CORPUS).spans["a"] == (LabelledSpan.of("claim", (0, 9)),)


def test_predictions_for_another_version_are_one_line(tmp_path: Path) -> None:
    task, gold = TASKS["attributed-sentences"], gold_of(TASKS["attributed-sentences"], CORPUS)
    lines = [{"id": f"of another version {n}", "label": True, "score": 1} for n in range(111)]
    with pytest.raises(ProblemsFound) as found:
        check_predictions(_lines(*lines), "p", task, gold, CORPUS)
    (problem,) = found.value.problems
    assert problem.what == "not one of its 111 ids is in the task (as 'of another version 0'; asked: as 'a.0')"


def test_the_placeholders_of_the_example_are_refused_each_by_its_field(tmp_path: Path) -> None:
    example = Description("claim-spans", PLACEHOLDERS["system"], "v1", PLACEHOLDERS["method"], ("DATA SET", "PolNeAR"))
    (tmp_path / "submission.json").write_text(json.dumps(asdict(example)), "utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_description(tmp_path)
    assert [problem.what for problem in found.value.problems] == [
        f"{name!r} is {value!r}, as in the example" for name, value in sorted(PLACEHOLDERS.items())
    ]
