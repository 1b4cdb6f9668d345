"""Submissions: a folder with `submission.json` and `predictions.jsonl`, checked whole before anything is scored."""

from __future__ import annotations

import json
import re
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from allegata.benchmark.descriptions import DESCRIPTION, Description, description_faults
from allegata.benchmark.dispute_answers import read_disputes, read_pairs, written_disputes, written_pairs
from allegata.benchmark.tasks import FORMATS, Gold, Kind, Task
from allegata.measures.disputes import ClaimPair, Dispute
from allegata.measures.matching import LabelledSpan
from allegata.schema.file_kinds import utf8_text
from allegata.schema.files import replace_file
from allegata.schema.json_lines import JsonError, json_object, json_value
from allegata.schema.plain_values import is_finite
from allegata.schema.problems import Problem, Problems, ProblemsFound, UsageError
from allegata.schema.published import PublishedCorpus
from allegata.text.spans import Span, span_fault, union

PREDICTIONS = "predictions.jsonl"
PINNED = "pinned.jsonl"  # the same for the test articles of the pinned split
_FIELDS: dict[Kind, frozenset[str]] = {
    "sentences": frozenset({"id", "label", "score"}),
    "spans": frozenset({"id", "spans"}),
    "labels": frozenset({"id", "label"}),
    "disputes": frozenset({"id", "disputes"}),
}
_LABELLED: tuple[Kind, ...] = ("spans", "labels")  # the kinds whose labels are those of the task
_OPTIONAL: dict[Kind, frozenset[str]] = {"disputes": frozenset({"pairs"})}
Complain = Callable[[int | None, str, str], None]  # line, what is wrong, what to do
Parts = dict[str, dict[str, Any]]  # field of `Predictions` -> id -> value
_ID = re.compile(r'"id"\s*:\s*(?=("(?:[^"\\]|\\.)*"))')


@dataclass(frozen=True)
class Predictions:
    """A checked answer to a task: exactly the ids of gold, labels of the task, finite scores.

    `label` and `score` are those of tasks on sentences and labels, `spans` those of span tasks, `disputes` those of
    stories. `pairs` are scores of pairs of claims of a story, higher is more likely opposed, where a system has any.
    """

    label: Mapping[str, str] = field(default_factory=dict)
    score: Mapping[str, float] = field(default_factory=dict)
    spans: Mapping[str, tuple[LabelledSpan, ...]] = field(default_factory=dict)
    disputes: Mapping[str, tuple[Dispute, ...]] = field(default_factory=dict)
    pairs: Mapping[str, Mapping[ClaimPair, float]] = field(default_factory=dict)


def read_predictions(
    path: Path, task: Task, gold: Gold, corpus: PublishedCorpus, name: str = PREDICTIONS
) -> Predictions:
    """The predictions of a file, or of the file `name` of a submission folder.

    Raises UsageError where there is no such file, and ProblemsFound with every fault of every line: what is no
    JSON object, unknown, repeated and missing ids, missing and unknown fields, wrong labels, scores that are not
    finite numbers, spans outside the text, claims outside the story; and of a folder that describes itself, what is
    wrong with that (see `description_faults`). Of a submission to another task or version only that is said: one that
    describes itself so, or none of whose ids, or none of whose labels, is one of the task.

    An id that occurs in a line that is no JSON object is not missing: the line is the fault. A line without a readable
    id may be the answer to one; where more ids are missing than there are such lines, all missing ids are reported.
    """
    file = path / name if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"{file} does not exist: write one line of {FORMATS[task.kind]} for each id")
    described = path.is_dir() and (path / DESCRIPTION).is_file()
    problems = description_faults(path, task, corpus) if described else []
    try:
        predictions = check_predictions(file.read_bytes(), file.name, task, gold, corpus)
    except ProblemsFound as report:
        raise ProblemsFound([*problems, *report.problems]) from None
    if problems:
        raise ProblemsFound(problems)
    return predictions


def check_predictions(raw: bytes, name: str, task: Task, gold: Gold, corpus: PublishedCorpus) -> Predictions:
    """As `read_predictions`, from the bytes of a file that the report calls `name`."""
    task = task.by(corpus.scheme)
    problems = Problems()

    def complain(number: int | None, what: str, fix: str) -> None:
        problems.add(Problem(what, fix, file=name, line=number))

    text = utf8_text(raw, name)
    if isinstance(text, Problem):
        raise ProblemsFound([text])
    rows = _rows(text.removeprefix("\ufeff"), name, task, gold, problems)
    used = [label for _, _, row in rows for label in _labels_of(row)] if task.labels and task.kind in _LABELLED else []
    if len(used) > 1 and not set(used) & set(task.labels):
        raise ProblemsFound([_of_another_task(name, "labels", used, task.labels)])
    texts = corpus.texts if task.kind == "spans" else {}
    found: Parts = {"label": {}, "score": {}, "spans": {}, "disputes": {}, "pairs": {}}
    for number, identity, row in rows:
        for fault, fix in _answer(found, identity, row, task, gold, texts):
            complain(number, f"{identity}: {fault}", fix)
    problems.raise_if_any()
    return Predictions(**found)


def _of_another_task(name: str, what: str, given: Sequence[str], asked: Sequence[str]) -> Problem:
    """The one problem of a file none of whose ids, or none of whose labels, is asked."""
    wrong = (
        f"not one of its {len(set(given))} {what} is in the task (as {_shown(given[0])}; asked: as {_shown(asked[0])})"
    )
    fix = "score it as a submission to its own task, on the version that it was made for (--corpus)"
    return Problem(wrong, fix, file=name)


def _labels_of(row: Mapping[str, Any]) -> Iterator[str]:
    """The labels in an answer, whatever else is wrong with it."""
    spans = row.get("spans")
    for item in (row, *(spans if isinstance(spans, list) else ())):
        if isinstance(item, dict) and isinstance(item.get("label"), str):
            yield item["label"]


def _rows(text: str, name: str, task: Task, gold: Gold, problems: Problems) -> list[tuple[int, str, dict[str, Any]]]:
    """The lines that answer an id of the task for the first time, each with its number and id.

    Raises ProblemsFound with one problem where no id of several is one of the task.
    """

    def complain(number: int | None, what: str, fix: str) -> None:
        problems.add(Problem(what, fix, file=name, line=number))

    form = f"write {FORMATS[task.kind]}"
    found: list[tuple[int, str, dict[str, Any]]] = []
    first_line: dict[str, int] = {}
    named: set[str] = set()  # the ids in lines that are no JSON object
    unnamed = 0  # the number of lines without a readable id
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json_object(line, strict=False, nan=True)  # what is wrong with a score or a span says its field
        except JsonError as error:
            held = _ids_within(line)
            named |= held
            unnamed += not held
            problems.add(error.problem(form, name, number))
            continue
        identity = row.get("id")
        if not isinstance(identity, str):
            unnamed += 1
            complain(number, f"id {_shown(identity)}" if "id" in row else "no id", form)
        elif identity in first_line:
            what = f"duplicate id {_shown(identity)} (first in line {first_line[identity]})"
            complain(number, what, "answer each id once")
        else:
            first_line[identity] = number
            if identity in gold.articles:
                found.append((number, identity, row))
            else:
                complain(number, f"id {_shown(identity)} is not in the task", "take the line out")
    if len(first_line) > 1 and gold.order and not first_line.keys() & gold.articles.keys():
        raise ProblemsFound([_of_another_task(name, "ids", list(first_line), gold.order)])
    missing = sorted(gold.articles.keys() - first_line.keys() - named)
    perhaps = ", or it is in a line whose id cannot be read" if unnamed else ""
    for identity in missing if len(missing) > unnamed else ():
        complain(None, f"id {identity!r} is missing{perhaps}", "answer every id of the task")
    return found


def _answer(
    found: Parts, identity: str, row: dict[str, Any], task: Task, gold: Gold, texts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Put the answer to an id into `found`; what is wrong with it, and what to do."""
    fields, form = _FIELDS[task.kind], f"write {FORMATS[task.kind]}"
    known = fields | _OPTIONAL.get(task.kind, frozenset())
    for extra in sorted(row.keys() - known):
        yield f"unknown field {_shown(extra)}", form
    for lacking in sorted(fields - row.keys()):
        yield f"no {lacking!r}", form
    asked = known & row.keys()
    if "label" in asked:
        if fault := _label_fault(row["label"], task):
            yield fault, f"use one of {', '.join(task.labels)}"
        else:
            found["label"][identity] = _text(row["label"])
    if "score" in asked:
        score = row["score"]
        if not is_finite(score):
            yield f"score {_shown(score)}", "give a finite number"
        else:
            found["score"][identity] = float(score)
    if "spans" in asked:
        spans, faults = _spans(row["spans"], task, texts[identity])
        found["spans"][identity] = tuple(sorted(spans))
        yield from ((fault, form) for fault in faults)
    if "disputes" in asked:
        disputes, faults = read_disputes(row["disputes"], gold.claims[identity], _shown)
        found["disputes"][identity] = tuple(disputes)
        yield from ((fault, form) for fault in faults)
    if "pairs" in asked:
        found["pairs"][identity], faults = read_pairs(row["pairs"], gold.claims[identity], _shown)
        yield from ((fault, form) for fault in faults)


def _ids_within(line: str) -> set[str]:
    """The ids in the text of a line that is no JSON object, such as one that is cut off, or a list of several."""
    found = set()
    for match in _ID.finditer(line):
        try:
            found.add(json_value(match[1]))
        except ValueError:  # an escape or a control character that JSON does not have
            continue
    return found


def _shown(value: object) -> str:
    """A wrong value as the report shows it: cut, however long or deep it is."""
    shown = reprlib.Repr()
    shown.maxstring = shown.maxother = shown.maxlong = 60
    return shown.repr(value)


def _text(label: object) -> str:
    return str(label).lower() if isinstance(label, bool) else str(label)


def _label_fault(label: object, task: Task) -> str | None:
    if task.kind == "sentences":
        return None if isinstance(label, bool) else f"label {_shown(label)} is neither true nor false"
    return None if isinstance(label, str) and label in task.labels else f"label {_shown(label)}"


def _spans(value: object, task: Task, text: str) -> tuple[list[LabelledSpan], list[str]]:
    if not isinstance(value, list):
        return [], ["'spans' is not a list"]
    found, faults = [], []
    for position, item in enumerate(value):
        where = f"span {position}"
        if not isinstance(item, dict) or set(item) != {"label", "segments"}:
            faults.append(f"{where} is not a label with segments")
            continue
        if _label_fault(item["label"], task):
            faults.append(f"{where} has the label {_shown(item['label'])}")
            continue
        segments = item["segments"]
        if not isinstance(segments, list) or not segments or not all(map(_is_pair, segments)):
            faults.append(f"{where} has no list of [start, end]")
            continue
        bad = [fault for start, end in segments if (fault := span_fault(start, end, len(text)))]
        ordered = sorted(segments)
        if not bad and any(left[1] > right[0] for left, right in pairwise(ordered)):
            bad = ["segments overlap"]
        if bad:
            faults += [f"{where}: {fault}" for fault in bad]
            continue
        found.append(LabelledSpan.of(item["label"], *union(Span(start, end) for start, end in segments)))
    return found, faults


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_offset, value))


def _is_offset(value: object) -> bool:
    """An integer that a text could have; one of thousands of digits would fill the report."""
    return type(value) is int and abs(value) < 2**53


def prediction_lines(predictions: Predictions, task: Task, gold: Gold) -> str:
    """The predictions in the format of the task, one line an id that is predicted, in the order of gold."""
    lines = []
    predicted: Mapping[str, object] = {"spans": predictions.spans, "disputes": predictions.disputes}.get(
        task.kind, predictions.label
    )
    for identity in (identity for identity in gold.order if identity in predicted):
        row: dict[str, Any] = {"id": identity}
        if task.kind == "spans":
            row["spans"] = [
                {"label": span.label, "segments": [list(segment) for segment in span.segments]}
                for span in predictions.spans[identity]
            ]
        elif task.kind == "disputes":
            row["disputes"] = written_disputes(predictions.disputes[identity])
            if identity in predictions.pairs:
                row["pairs"] = written_pairs(predictions.pairs[identity])
        elif task.kind == "sentences":
            row |= {"label": predictions.label[identity] == "true", "score": round(predictions.score[identity], 9)}
        else:
            row["label"] = predictions.label[identity]
        lines.append(json.dumps(row, ensure_ascii=False))
    return "".join(line + "\n" for line in lines)


def write_submission(
    folder: Path,
    description: Description,
    predictions: Predictions,
    task: Task,
    gold: Gold,
    pinned: Predictions | None = None,
) -> None:
    """Write a submission folder; the same predictions give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(description), ensure_ascii=False, indent=2)
    replace_file(folder / DESCRIPTION, f"{text}\n".encode())
    replace_file(folder / PREDICTIONS, prediction_lines(predictions, task, gold).encode())
    if pinned is not None:
        replace_file(folder / PINNED, prediction_lines(pinned, task, gold).encode())
