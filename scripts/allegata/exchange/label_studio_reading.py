"""Tasks of Label Studio as documents: its JSON and JSON_MIN exports, files of a target storage, and tasks to import.

Sources: Label Studio 1.23.2, `data_export/serializers.py`, `tasks/serializers.py`, and its editor
(`stores/Annotation/Annotation.js`, `stores/RelationStore.js`, `tags/object/RichText/domManager.ts`); for JSON_MIN
label-studio-sdk 2.1.2, `converter/converter.py` and `converter/utils.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.folder import Reading
from allegata.exchange.json_rows import rows_of_files
from allegata.exchange.label_studio_config import TEXT, text_fields
from allegata.exchange.label_studio_regions import Results
from allegata.exchange.spans_only import whole_characters
from allegata.schema.problems import Problem
from allegata.text.documents import Document, TypeSystem

ID = "document_id"
_WITH_RESULTS = ("annotations", "completions", "predictions")


def read_label_studio(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """A document for every annotation and prediction of every `.json` file.

    Cancelled annotations, drafts, tasks without annotation and what no document holds are notices.
    """
    fields = text_fields(path, reading)
    for name, number, row in rows_of_files(path, reading, ".json"):
        where = f"{name}, task {number}"

        def complain(what: str, name: str = name, number: int = number) -> None:
            reading.problems.add(Problem(f"task {number}: {what}", "correct the task, or take it out", file=name))

        try:
            task = _Task(Shape(row), f"{Path(name).stem}-{number}", fields, where, reading)
            for annotation in task.annotations():
                results = Results(annotation.values, task.text, types, reading.notices, where)
                document = results.document(task.bare(annotation))
                for fault in results.faults:
                    complain(fault)
                yield whole_characters(document)
        except ShapeError as error:
            complain(str(error))


class _Task:
    """One task in any of the forms, as its text and a list of annotations, each with its `result`."""

    def __init__(self, row: Shape, name: str, fields: Mapping[str, str], where: str, reading: Reading) -> None:
        self._row, self._where, self._reading = row, where, reading
        if isinstance(row.values.get("result"), list) and isinstance(row.values.get("task"), dict):
            inner = row.row("task")  # a file of a target storage: one annotation, its task within
            self._row = Shape({**inner.values, "annotations": [row.values]})
        self._is_min = "data" not in self._row.values
        self._data = self._row if self._is_min else self._row.row("data")
        self._meta = self._row.row("meta") if isinstance(self._row.values.get("meta"), dict) else Shape({})
        self.text = _text_of(self._data, fields)
        self.id = self._data.name(ID, "") or self._data.name("id", "") or self._row.name("id", name)

    def annotations(self) -> Iterator[Shape]:
        """The annotations and predictions that count, in the order of the task."""
        if self._is_min:
            if any(key in self._row.values for key in ("annotator", "annotation_id")):
                self._note("record of JSON_MIN, which has no ids, no relations and not every attribute: export JSON")
                yield Shape({"result": list(_results_of_min(self._row)), **self._row.values})
            else:
                self._note("task without annotation, skipped")
            return
        found = 0
        for kind in _WITH_RESULTS:
            for item in self._row.items(kind):
                if isinstance(item, int):
                    self._note("prediction or draft that the export only names, skipped")
                    continue
                if not isinstance(item, dict):
                    raise ShapeError(f"{kind!r} holds something that is no object")
                found += 1
                if item.get("was_cancelled") or item.get("skipped"):
                    self._note("annotation that was cancelled, skipped")
                    continue
                if item.get("draft"):
                    self._note("draft, skipped")
                yield Shape({**item, "machine": kind == "predictions"})
        if self._row.values.get("drafts"):
            self._note("draft, skipped")
        if not found:
            self._note("task without annotation, skipped")

    def bare(self, annotation: Shape) -> Document:
        """The document of an annotation, without its spans."""
        machine = annotation.flag("machine")
        by = annotation.values.get("completed_by", annotation.values.get("annotator"))
        if isinstance(by, dict):
            by = by.get("email") or by.get("username") or by.get("id")
        if machine:
            by = annotation.values.get("model_version")
        if not isinstance(by, str | int | None):
            raise ShapeError("who made an annotation is neither a name nor a number")
        annotator = str(by) if by not in (None, "") else self._meta.text("annotator", "")
        language, split = self._meta.text("language", "und"), self._meta.text("split", "")
        return Document(self.id, self.text, (), (), language, annotator, machine, split)

    def _note(self, what: str) -> None:
        self._reading.notices.add(what, self._where)


def _text_of(data: Shape, fields: Mapping[str, str]) -> str:
    named = [field for field in (*fields.values(), TEXT) if isinstance(data.values.get(field), str)]
    if named:
        return data.text(named[0])
    texts = [key for key, value in data.values.items() if isinstance(value, str) and key not in (ID, "id")]
    if len(texts) != 1:
        what = "none of them" if not texts else f"each of {', '.join(sorted(texts))}"
        raise ShapeError(f"which field is the text is not clear: {what} is one; put the project's config.xml beside it")
    return data.text(texts[0])


def _results_of_min(row: Shape) -> Iterator[dict[str, Any]]:
    """The regions of a JSON_MIN record: what has a place is one; an answer is of the first region at its place."""
    places: dict[tuple[object, object], str] = {}
    for is_label in (True, False):
        for control, items in row.values.items():
            for number, item in enumerate(items if isinstance(items, list) else []):
                if (
                    not isinstance(item, dict)
                    or "start" not in item
                    or isinstance(item.get("labels"), list) != is_label
                ):
                    continue
                place = (str(item["start"]), str(item.get("end")))
                region = f"{control} {number + 1}"
                if is_label:
                    places.setdefault(place, region)
                kind = "labels" if is_label else "textarea" if isinstance(item.get("text"), list) else "choices"
                found = region if is_label else places.get(place, region)
                yield {"id": found, "from_name": control, "type": kind, "value": item}
