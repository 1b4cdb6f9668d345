"""Prodigy: JSON Lines with a task a line, its tokens, spans and relations.

Source: the documentation of Prodigy, "Annotation interfaces" (spans, relations) and "Loaders and input data"; that a
relation names the last token of its spans, explosion/projects, `rel_component/scripts/parse_data.py`. Offsets count the
characters of a Python string, as spaCy does. What a person marks is tokens, so those here are cut where a span begins
or ends. Overlapping spans need the interface `spans_manual`; `ner_manual` has none. There are no hashes: Prodigy adds
them when it loads the file.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

from allegata.exchange.fields import Shape, ShapeError
from allegata.exchange.folder import Export, Reading, beginnings
from allegata.exchange.format import Format
from allegata.exchange.json_rows import rows_of_files
from allegata.exchange.label_names import LabelNames
from allegata.exchange.spans_only import numbered, span_of, spans_only, whole_characters
from allegata.schema.problems import Problem
from allegata.text.documents import Annotation, Document, TypeSystem
from allegata.text.spans import Span

FILE, CONFIG = "tasks.jsonl", "prodigy.json"
_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
_MARKS = (b'"_input_hash"', b'"_task_hash"', b'"_view_id"', b'"answer"', b'"tokens"')


def write_prodigy(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`tasks.jsonl`, and `prodigy.json` with the labels for the command line of a recipe."""
    names = LabelNames(types)
    with out.open(FILE) as file:
        for document in documents:
            shown_ = spans_only(document, names, out.lose, "Prodigy", relations_by_place=True)
            file.write(json.dumps(_row(shown_, names), ensure_ascii=False).encode() + b"\n")
    labels = {"labels": list(names.definitions), "relation_labels": [one.label for one in types.relations]}
    out.write(CONFIG, json.dumps({"custom": labels}, indent=2, ensure_ascii=False) + "\n")


def _row(document: Document, names: LabelNames) -> dict[str, Any]:
    tokens = tokens_of(document.text, [one.hull for one in document.annotations])
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    spans = {
        one.id: {
            "start": one.hull.start,
            "end": one.hull.end,
            "token_start": bisect_left(starts, one.hull.start),
            "token_end": bisect_left(ends, one.hull.end),
            "label": names.name(one.layer, one.label),
        }
        for one in document.annotations
    }
    relations = [
        {
            "head": spans[first]["token_end"],
            "child": spans[second]["token_end"],
            "head_span": spans[first],
            "child_span": spans[second],
            "label": label,
        }
        for label, first, second in document.relations
    ]
    return {
        "text": document.text,
        "meta": {"id": document.id, "language": document.language, "split": document.split},
        "tokens": [
            {"text": token.quote(document.text), **token._asdict(), "id": at, "ws": token.end + 1 == following}
            for at, (token, following) in enumerate(zip(tokens, [*starts[1:], 0], strict=True))
        ],
        "spans": list(spans.values()),
        "relations": relations,
        "answer": "accept",
        **({"_annotator_id": document.annotator} if document.annotator else {}),
    }


def tokens_of(text: str, spans: Sequence[Span]) -> list[Span]:
    """Words, marks and runs of blanks, cut wherever a span begins or ends.

    A single space between two of them is a token only where a span begins or ends with it.
    """
    cuts = sorted({edge for span in spans for edge in span})
    firsts, lasts = {span.start for span in spans}, {span.end for span in spans}
    tokens = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        is_between = match[0] == " " and start > 0 and end < len(text)
        if is_between and start not in firsts and end not in lasts:
            continue
        inner = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        tokens += [Span(*pair) for pair in pairwise([start, *inner, end])]
    return tokens


def read_prodigy(path: Path, types: TypeSystem, reading: Reading) -> Iterator[Document]:
    """The tasks that were accepted, or not yet answered, of every `.jsonl` file.

    A document for every annotator (`_annotator_id`, or the session of `_session_id`). Rejected and ignored tasks, and
    answers about a text as a whole, are notices.
    """
    names = LabelNames(types)
    for name, number, values in rows_of_files(path, reading, ".jsonl"):
        row, where = Shape(values), f"{name}:{number}"
        try:
            if (answer := row.text("answer", "accept")) != "accept":
                reading.notices.add(f"task with the answer {answer!r}, skipped", where)
                continue
            if values.get("label") or values.get("accept") or values.get("options"):
                reading.notices.add("answer about a text as a whole, which is not read", where)
            yield whole_characters(_document(row, f"{PurePosixPath(name).stem}-{number}", names))
        except ShapeError as error:
            reading.problems.add(Problem(str(error), "correct the line", file=name, line=number))


def _document(row: Shape, number: str, names: LabelNames) -> Document:
    text, meta = row.text("text"), row.row("meta")
    tokens = [(one.number("start"), one.number("end")) for one in row.rows("tokens")]
    found: dict[tuple[int, int, str], Annotation] = {}
    annotations = []
    for one in row.rows("spans"):
        layer, label = names.found(one.text("label"))
        span = _span(one, tokens, text)
        annotation = Annotation("", layer, label, (span,))
        key = (*span, one.text("label"))
        annotations.append((key if key not in found else object(), annotation))
        found.setdefault(key, annotation)
    ends = _Ends(found, tokens, text)
    relations = [
        (one.text("label", "relation"), ends.key(one, "head"), ends.key(one, "child")) for one in row.rows("relations")
    ]
    shown_, between = numbered(annotations, relations)
    annotator = row.name("_annotator_id", "") or row.name("_session_id", "")
    document_id = meta.name("id", row.name("id", number))
    language, split = meta.text("language", "und"), meta.text("split", "")
    return Document(document_id, text, shown_, between, language, annotator, split=split)


def _span(one: Shape, tokens: Sequence[tuple[int, int]], text: str) -> Span:
    if "start" in one.values and "end" in one.values:
        return span_of(one.number("start"), one.number("end"), text)
    first, last = one.number("token_start"), one.number("token_end")
    if not 0 <= first <= last < len(tokens):
        raise ShapeError(f"the tokens [{first},{last}] are not in the text")
    return span_of(tokens[first][0], tokens[last][1], text)


class _Ends:
    """The spans of a task, by which a relation names its ends: place and label, place, or a token of it."""

    def __init__(
        self, found: Mapping[tuple[int, int, str], Annotation], tokens: Sequence[tuple[int, int]], text: str
    ) -> None:
        self._found, self._tokens, self._text = found, tokens, text

    def key(self, relation: Shape, end: str) -> tuple[int, int, str]:
        """The key of the span at one end. Raises `ShapeError` where there is none."""
        if relation.values.get(f"{end}_span") is not None:
            named = relation.row(f"{end}_span")
            span, label = _span(named, self._tokens, self._text), named.text("label", "")
            fitting = [key for key in self._found if key[:2] == span and label in ("", key[2])]
        else:
            at = relation.number(end)
            if not 0 <= at < len(self._tokens):
                raise ShapeError(f"{end!r} is the token {at}, which is not in the text")
            start, stop = self._tokens[at]
            touching = [key for key in self._found if key[0] <= start and stop <= key[1]]
            fitting = [key for key in touching if key[1] == stop] or touching
        if not fitting:
            raise ShapeError(f"{end!r} of the relation {relation.text('label', '')!r} is on no span of the task")
        return fitting[0]


def _recognises(folder: Path) -> bool:
    lines = (start.partition(b"\n")[0] for _, start in beginnings(folder, ".jsonl"))
    return any(b'"text"' in line and b'"spans"' in line and any(mark in line for mark in _MARKS) for line in lines)


PRODIGY = Format("prodigy", "Prodigy JSON Lines", write_prodigy, read_prodigy, _recognises)
