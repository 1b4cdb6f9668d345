"""Gold files: one JSON Lines file an article, source-text offsets and the quote with its context.

The first line names the article, the digest of its source text and who annotated by which guidelines. Every
other line is a record. A text that has moved is re-anchored by quote and context, or refused with a list.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from allegata.annotate.records import FIX, KINDS, SPAN_FIELDS, Records
from allegata.schema.files import unreadable
from allegata.schema.json_lines import json_object, parse_json_lines
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme
from allegata.text.anchors import Anchor, is_anchor, make_anchor, resolve
from allegata.text.spans import Span

FORMAT = "allegata-gold/1"
_HEADER_FIELDS = ("record", "format", "article_id", "source_sha256", "guidelines", "annotators")


@dataclass(frozen=True)
class GoldArticle:
    """The records of one article. Span fields hold lists of `Span`.

    `moved` counts re-anchored spans; `changed` says that the source text is another than the annotated one, wherever
    its spans stand.
    """

    article_id: str
    header: Mapping[str, Any]
    records: tuple[Mapping[str, Any], ...]
    moved: int = 0
    changed: bool = False

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The records of one kind, in the order of the text."""
        return [record for record in self.records if record["record"] == kind]

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of its claims, in the order of the text."""
        return tuple(claim["id"] for claim in self.of("claim"))


def source_digest(source_text: str) -> str:
    """sha256 (hex) of a source text."""
    return hashlib.sha256(source_text.encode("utf-8", "surrogatepass")).hexdigest()


def header_of(path: Path) -> Mapping[str, Any]:
    """The first line of a gold file; empty where it is no JSON object, or the file cannot be read."""
    if unreadable(path, path.name):
        return {}
    with path.open("rb") as file:
        head = next((line for line in file if line.strip()), b"")
    lines, _ = parse_json_lines(head, path.name)
    return lines[0][1] if lines else {}


@dataclass(frozen=True)
class GoldFile:
    """A gold file as far as it can be read: `article` has the records without a fault, which are in `lines`.

    `ids` are those of all records by kind; None where a line cannot be read, so that any id may be in it.
    """

    article: GoldArticle
    lines: tuple[int, ...]
    ids: Mapping[str, Collection[str]] | None
    problems: tuple[Problem, ...]


def read_gold(
    path: Path, name: str, source_texts: Mapping[str, str], scheme: Scheme
) -> tuple[GoldArticle | None, list[Problem]]:
    """One gold file, anchored to its source text; None where it has faults. `name` is how the report calls the file.

    What a record does not say means what the scheme says.
    """
    found = read_gold_file(path, name, source_texts, scheme)
    return None if found.problems else found.article, list(found.problems)


def read_gold_file(path: Path, name: str, source_texts: Mapping[str, str], scheme: Scheme) -> GoldFile:
    """The same with every fault of every line: one that cannot be read, and a wrong header, hide no other.

    Where the header does not say of which article it is, spans are not compared with a text.
    """
    if problem := unreadable(path, name):
        return GoldFile(GoldArticle("", {}, ()), (), None, (problem,))
    lines, problems = parse_json_lines(path.read_bytes(), name)
    if not lines and not problems:
        problems = [Problem("is empty", "write its header line, or remove the file", file=name)]
    unread = bool(problems)
    begins = min((problem.line or 0 for problem in problems), default=None)
    header = lines.pop(0) if lines and (begins is None or lines[0][0] < begins) else None
    text, article_id = None, ""
    if header:
        if fault := _header_fault(header[1], source_texts):
            problems.append(Problem(fault, "correct the first line of the file", file=name, line=header[0]))
        else:
            article_id = header[1]["article_id"]
            text = source_texts[article_id]
    records, numbers, ids, moved = [], [], {kind: set[str]() for kind in SPAN_FIELDS}, 0
    seen: dict[str, int] = {}
    forms = Records(scheme)
    for number, line in lines:
        place = Problem("", FIX, file=name, article_id=article_id, line=number)
        record, count, faults = _record(line, number, text, forms, seen, place)
        if isinstance(line.get("id"), str) and line.get("record") in KINDS:
            ids[line["record"]].add(line["id"])
        moved += count
        problems += faults
        if not faults:
            records.append(record)
            numbers.append(number)
    changed = text is not None and header is not None and header[1]["source_sha256"] != source_digest(text)
    article = GoldArticle(article_id, header[1] if text is not None and header else {}, tuple(records), moved, changed)
    return GoldFile(article, tuple(numbers), None if unread else ids, tuple(problems))


def _record(
    line: Mapping[str, Any], number: int, text: str | None, forms: Records, seen: dict[str, int], place: Problem
) -> tuple[dict[str, Any], int, list[Problem]]:
    """The record of a line, how many of its spans have moved, and everything wrong with it; `seen` has the lines of the
    ids before."""
    anchored, faults = forms.read(line, _quoted(line))
    if not faults and (first := seen.setdefault(anchored["id"], number)) != number:
        faults = [f"duplicate id {anchored['id']!r} (first in line {first})"]
    problems = [replace(place, what=fault) for fault in faults]
    moved = 0
    kind = line.get("record")
    fields = SPAN_FIELDS.get(kind, ()) if isinstance(kind, str) else ()
    for field in fields:
        anchored[field], count, faulty = _anchor(line.get(field), text, field, place)
        moved += count
        problems += faulty
    if fields and not line.get(fields[0]):
        problems.append(replace(place, what=f"{fields[0]!r} has no span", fix="add the span"))
    return anchored, moved, problems


def _quoted(record: Mapping[str, Any]) -> str:
    """The words that the first span field of a record quotes; empty where it does not say."""
    names = SPAN_FIELDS.get(record.get("record", ""), ("",)) if isinstance(record.get("record"), str) else ("",)
    anchors = record.get(names[0])
    items = anchors if isinstance(anchors, list) else []
    return " ".join(item["exact"] for item in items if isinstance(item, dict) and isinstance(item.get("exact"), str))


def _header_fault(header: Mapping[str, Any], source_texts: Mapping[str, str]) -> str | None:
    if header.get("record") != "article":
        return "the first line is no header: its record is not 'article'"
    missing = [name for name in _HEADER_FIELDS if name not in header]
    if missing:
        return f"the header lacks {', '.join(missing)}"
    for name in _HEADER_FIELDS:
        if name != "annotators" and type(header[name]) is not str:
            return f"{name!r} is {json.dumps(header[name], ensure_ascii=False)}, not a string"
    if not isinstance(header["annotators"], list) or not all(type(name) is str for name in header["annotators"]):
        return "'annotators' is not a list of ids"
    if header["format"] != FORMAT:
        return f"the format is {header['format']!r}; this program reads {FORMAT!r}"
    if header["article_id"] not in source_texts:
        article = header["article_id"]
        return f"there is no article {article!r}: raw/ does not hold it, or cleaning or deduplication removed it"
    return None


def _anchor(value: object, text: str | None, field: str, place: Problem) -> tuple[list[Span], int, list[Problem]]:
    """The spans of a field in `text`, how many have moved, and everything wrong with them."""
    if not isinstance(value, list | None):
        return [], 0, [replace(place, what=f"{field!r} is no list of spans", fix="write a list")]
    spans, moved, problems = [], 0, []
    for item in value or ():
        if not is_anchor(item):
            what = f"{field!r} has a span without start, end, exact, prefix and suffix"
            problems.append(replace(place, what=what, fix="give the offsets and the quote"))
        elif text is not None:
            anchor = Anchor(**item)
            span, how = resolve(anchor, text)
            if span is None:
                what = f"{field!r} {anchor.exact[:60]!r}: {how}"
                fix = "correct the quote and its context, or take the record out"
                problems.append(replace(place, what=what, fix=fix, span=(anchor.start, anchor.end)))
            else:
                moved += how != "exact" or span.end != anchor.end
                spans.append(span)
    return spans, moved, problems


def gold_lines(article: GoldArticle, source_text: str, scheme: Scheme) -> Iterable[str]:
    """The lines of the gold file of `article`, offsets and quotes taken from `source_text`."""
    fields = Records(scheme).fields
    header = {**article.header, "source_sha256": source_digest(source_text)}
    yield json.dumps({name: header[name] for name in _HEADER_FIELDS}, ensure_ascii=False)
    for record in article.records:
        kind = record["record"]
        row: dict[str, Any] = {"record": kind, "id": record["id"]}
        for field in reversed(SPAN_FIELDS[kind]):
            row[field] = [asdict(make_anchor(span, source_text)) for span in record[field]]
        row.update({name: record.get(name) for name in fields[kind] if name != "id"})
        yield json.dumps(row, ensure_ascii=False)


def corrected_file(
    article: GoldArticle,
    records: Sequence[Mapping[str, Any]],
    touched: Collection[str],
    annotator: str,
    path: Path | None,
    source_text: str,
    scheme: Scheme,
) -> str:
    """The gold file of `article` with other `records`, and `annotator` among its annotators.

    The lines in `path` of records that are not `touched` stay byte for byte, if their spans are where they say.
    """
    who = article.header["annotators"]
    header = {**article.header, "annotators": [*who, *([annotator] if annotator not in who else [])]}
    lines = list(gold_lines(replace(article, header=header, records=tuple(records)), source_text, scheme))
    kept: dict[str, str] = {}
    if path and not article.changed and not article.moved:
        for line in path.read_text("utf-8").split("\n"):
            row = json_object(line.encode()) if line.strip() else {}
            if row.get("id") and row["id"] not in touched:
                kept[row["id"]] = line
    ids = [None, *(record["id"] for record in records)]
    return "".join(f"{kept.get(name or '', line)}\n" for name, line in zip(ids, lines, strict=True))
