"""Label Studio: tasks with annotations and predictions, and the labelling configuration of the project.

Source for offsets: Label Studio 1.23.2, its editor (`tags/object/RichText/domManager.ts`, `view.jsx`): a region of a
`Text` begins and ends in code points, and a carriage return and a line feed count one each. Older versions counted
UTF-16 units (HumanSignal/label-studio#1347). A region is one stretch of text; further segments of an annotation are
regions below the first (`parentID`), as the editor makes them where one region is dragged onto another. Two regions
have one relation with several labels. What no control can hold is in `meta`, which the editor keeps and shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from allegata.exchange.folder import Export, beginnings
from allegata.exchange.format import Format
from allegata.exchange.label_studio_config import CONFIG, TEXT, Controls, answer, control_of, control_tag, native
from allegata.exchange.label_studio_reading import ID, read_label_studio
from allegata.exchange.label_studio_regions import CARRIER, SEGMENT, note_of, resolved
from allegata.text.documents import Annotation, Document, TypeSystem

FILE = "tasks.json"


def write_label_studio(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`tasks.json`, to import, and `config.xml`, the labelling interface to set before.

    The annotations of people are annotations, of whoever imports them: Label Studio refuses a task with an annotator
    that it does not know. Those of machines are predictions.
    """
    controls = Controls(types)
    with out.open(FILE) as file:
        file.write(b"[")
        for number, document in enumerate(documents):
            controls.take(document)
            file.write(b",\n" if number else b"\n")
            file.write(json.dumps(_task(document, types), ensure_ascii=False).encode())
        file.write(b"\n]\n")
    out.write(CONFIG, controls.xml())


def _task(document: Document, types: TypeSystem) -> dict[str, Any]:
    result = [one for annotation in _Regions(document, types) for one in annotation] + _relations(document)
    if document.machine:
        by: dict[str, Any] = {"predictions": [{"model_version": document.annotator or "machine", "result": result}]}
    else:
        by = {"annotations": [{"result": result}]}
    facts = {"language": document.language, "split": document.split, "annotator": document.annotator}
    return {"data": {TEXT: document.text, ID: document.id}, "meta": facts, **by}


class _Regions:
    """The results of the annotations of a document, annotation by annotation."""

    def __init__(self, document: Document, types: TypeSystem) -> None:
        self._document, self._types = document, types
        self._ids = {one.id for one in document.annotations}

    def __iter__(self) -> Iterator[list[dict[str, Any]]]:
        for one in self._document.annotations:
            yield list(self._results(one))

    def _results(self, one: Annotation) -> Iterator[dict[str, Any]]:
        control, label = control_of(one.layer), native(one.label)
        carried: dict[str, Any] = {}
        if resolved(control, label, self._types) != (one.layer, one.label):
            carried["label"] = [control, label, one.layer, one.label]
        answers = dict(self._answers(one))
        beyond = {name: value for name, value in one.attributes.items() if name not in answers}
        if beyond:
            carried["attributes"] = {name: list(v) if isinstance(v, tuple) else v for name, v in beyond.items()}
        for number, segment in enumerate(one.segments):
            place = {"start": segment.start, "end": segment.end, TEXT: segment.quote(self._document.text)}
            meta = carried if number == 0 else {SEGMENT: one.id}
            shared = {
                "id": native(one.id if number == 0 else self._new_id(one.id)),
                "to_name": TEXT,
                **({"meta": {TEXT: [note_of(meta)], CARRIER: meta}} if meta else {}),
                **({"parentID": native(one.id)} if number else {}),
            }
            yield {**shared, "from_name": control, "type": "labels", "value": {**place, "labels": [label]}}
            if number == 0:
                for name, (kind, field) in answers.items():
                    yield {
                        **shared,
                        "from_name": control_of(one.layer, name),
                        "type": kind,
                        "value": {**place, **field},
                    }

    def _answers(self, one: Annotation) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
        for name, value in one.attributes.items():
            kind = self._types.attribute(one.layer, name)
            found = answer(kind, value) if not kind.labels or one.label in kind.labels else None
            if found is not None:
                yield name, (control_tag(kind).lower(), found)

    def _new_id(self, of: str) -> str:
        number = 2
        while (found := f"{of}~{number}") in self._ids:
            number += 1
        self._ids.add(found)
        return found


def _relations(document: Document) -> list[dict[str, Any]]:
    labels: dict[tuple[str, str], list[str]] = {}
    for label, first, second in document.relations:
        labels.setdefault((first, second), []).append(native(label))
    return [
        {"from_id": native(first), "to_id": native(second), "type": "relation", "direction": "right", "labels": found}
        for (first, second), found in labels.items()
    ]


def _recognises(folder: Path) -> bool:
    results = (b'"annotations"', b'"predictions"', b'"completions"', b'"result"')
    return any(
        b'"annotation_id"' in start or (b'"data"' in start and any(key in start for key in results))
        for _, start in beginnings(folder, ".json")
    )


LABEL_STUDIO = Format("label-studio", "Label Studio tasks", write_label_studio, read_label_studio, _recognises)
