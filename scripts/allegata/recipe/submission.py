"""What a system predicts, as the folder that `allegata score` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allegata.benchmark.descriptions import Description
from allegata.benchmark.submissions import check_predictions, read_predictions, write_submission
from allegata.benchmark.tasks import FORMATS, Kind, gold_of, missing, task_named
from allegata.measures.matching import LabelledSpan
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus


def write_answers(
    corpus: PublishedCorpus,
    task: str,
    answers: Mapping[str, Any],
    folder: Path,
    system: str,
    method: str,
    trained_on: tuple[str, ...],
    seed: int | None,
) -> Path:
    """See `TrainingData.submission`."""
    chosen = task_named(task)
    if why := missing(chosen, corpus):
        raise UsageError(f"{task} cannot be asked: {why}")
    gold = gold_of(chosen, corpus)
    lines = "".join(_line(chosen.kind, identity, answer) for identity, answer in answers.items())
    predictions = check_predictions(lines.encode("utf-8", "surrogatepass"), "answers", chosen, gold, corpus)
    about = Description(task, system, corpus.name, method, trained_on, seed)
    try:
        json.dumps(asdict(about), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        what = "system, method or trained_on holds half a character (a lone surrogate): write whole ones"
        raise UsageError(what) from None
    with TemporaryDirectory() as place:  # checked as it will be scored, before anything is written
        draft = Path(place) / folder.name
        write_submission(draft, about, predictions, chosen, gold)
        read_predictions(draft, chosen, gold, corpus)
    write_submission(folder, about, predictions, chosen, gold)
    return folder


def _line(kind: Kind, identity: str, answer: Any) -> str:
    row = {"id": identity, **_fields(kind, identity, answer)}
    try:
        return json.dumps(row, ensure_ascii=False, default=_plain) + "\n"
    except (TypeError, ValueError, RecursionError) as why:  # names that are no texts, a list in itself
        raise UsageError(
            f"the answer to {identity!r} cannot be written ({why}): "
            "give texts, numbers, true or false, and lists of them"
        ) from None


def _fields(kind: Kind, identity: str, answer: Any) -> Mapping[str, Any]:
    """An answer as the fields that the format of the task has beside the id; a mapping has them already."""
    if isinstance(answer, Mapping):
        return answer
    if kind == "labels":
        return {"label": answer}
    try:
        if kind == "sentences":
            label, score = answer
            return {"label": label, "score": score}
        if kind == "spans":
            return {"spans": [_span(span) for span in answer]}
    except (TypeError, ValueError):
        pass
    raise UsageError(f"the answer to {identity!r} is {answer!r:.60}: give what stands beside the id in {FORMATS[kind]}")


def _span(span: LabelledSpan) -> dict[str, Any]:
    if not isinstance(span, LabelledSpan):
        raise TypeError
    return {"label": span.label, "segments": [[segment.start, segment.end] for segment in span.segments]}


def _plain(value: Any) -> Any:
    """A number or a truth of numpy or torch as Python's own."""
    if hasattr(value, "item"):
        with suppress(ValueError, RuntimeError):  # it is of several
            return value.item()
    raise UsageError(f"an answer holds {value!r:.60}: give texts, numbers, true or false, and lists of them")
