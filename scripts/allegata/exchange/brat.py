"""The brat standoff format, read with tolerance: what can be repaired is counted, what cannot is reported.

Source: the format page of brat (T, R, E, A, M, N, #, * lines). Offsets count code points of the text file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from allegata.exchange.common import articles_table, decoded, files_of, imported_article, read_text, report_equal_names
from allegata.measures.matching import LabelledSpan
from allegata.schema.imported import Imported, Notices
from allegata.schema.problems import Problem, Problems
from allegata.schema.tables import ENTITIES, SEGMENTS
from allegata.text.spans import span_fault

_SPAN = re.compile(r"(T\S*)\t(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)(?:\t(.*))?$")
_EVENT = re.compile(r"(E\S*)\t(\S+?):(\S+)((?: \S+:\S+)*)\s*$")
_RELATION = re.compile(r"(R\S*)\t(\S+) Arg1:(\S+) Arg2:(\S+)\s*$")
_OTHER = re.compile(r"[AMN#]\S*\t|\*\t")

# Our mention table, as far as a span with a label tells.
EXTERNAL_ENTITIES = pa.schema(
    [ENTITIES.field(name) for name in ("mention_id", "article_id", "start", "end", "surface", "label")]
)
EXTERNAL_SPANS = pa.schema(
    [
        pa.field("span_id", pa.string(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("annotator", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("segments", SEGMENTS, nullable=False),
    ]
)
EXTERNAL_RELATIONS = pa.schema(
    [
        pa.field("relation_id", pa.string(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("annotator", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("first", pa.string(), nullable=False),
        pa.field("second", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class BratDocument:
    """Spans, events (type and role arguments) and binary relations of one `.ann` file, by their brat ids."""

    spans: Mapping[str, LabelledSpan] = field(default_factory=dict)
    events: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=dict)
    relations: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


def _solid(text: str) -> str:
    """The text without blanks: brat writes blanks between segments and in place of line breaks."""
    return "".join(text.split())


def parse_brat(text: str, ann: str, file: str, notices: Notices, problems: Problems) -> BratDocument:
    """One `.ann` file against its text.

    Counted as notices: quotes broken over lines, quotes that differ from the text (offsets are trusted),
    notes and attribute lines that are not read. Problems: lines of no known form, offsets outside the text,
    segments that overlap, repeated ids, arguments that point nowhere.
    """
    spans: dict[str, LabelledSpan] = {}
    events: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {}
    relations: dict[str, tuple[str, str, str]] = {}
    quotes: dict[str, str] = {}
    covered: dict[str, str] = {}
    last = ""

    def complain(number: int, what: str, fix: str) -> None:
        problems.add(Problem(what, fix, file=file, line=number))

    pointers: list[tuple[int, str]] = []
    ids: set[str] = set()
    faulty: set[str] = set()  # what points to them is no fault of its own
    if not ann.strip():
        notices.add("annotation file without an annotation", file)
    for number, line in enumerate(ann.split("\n"), start=1):
        if not line.strip():
            continue
        known = _SPAN.match(line) or _EVENT.match(line) or _RELATION.match(line)
        if known and known[1] in ids:
            complain(number, f"{known[1]} occurs twice", "give each annotation an id of its own")
        ids |= {known[1]} if known else set()
        if match := _SPAN.match(line):
            name, label, offsets, quote = match.groups()
            segments = [tuple(map(int, part.split())) for part in offsets.split(";")]
            fault = next((f for s, e in segments if (f := span_fault(s, e, len(text)))), None)
            if not fault and any(left[1] > right[0] for left, right in pairwise(sorted(segments))):
                fault = "segments overlap"
            if fault:
                complain(number, f"{name}: {fault}", "give the text that the file was annotated on")
                faulty.add(name)
                continue
            spans[name] = LabelledSpan.of(label, *((s, e) for s, e in segments))
            covered[name] = "".join(text[s:e] for s, e in segments)  # in the order of the line, as its quote
            quotes[name] = quote or ""
            last = name
        elif match := _EVENT.match(line):
            arguments = tuple((role, target) for role, _, target in (part.partition(":") for part in match[4].split()))
            events[match[1]] = (match[2], ((match[2], match[3]), *arguments))
            pointers += [(number, target) for _, target in events[match[1]][1]]
            last = ""
        elif match := _RELATION.match(line):
            relations[match[1]] = (match[2], match[3], match[4])
            pointers += [(number, match[3]), (number, match[4])]
            last = ""
        elif _OTHER.match(line):
            notices.add("note or attribute line that is not read", file)
            last = ""
        elif last and _solid(line) in _solid(covered[last]):
            quotes[last] += " " + line
            notices.add("quote broken over several lines, joined", file)
        else:
            complain(number, f"no line of brat: {line[:40]!r}", "correct the line or take it out")
            faulty.add(line.split(maxsplit=1)[0])
    for number, target in pointers:
        if target not in spans and target not in events and target not in faulty:
            complain(number, f"it points to {target}, which is not in the file", "take the line out")
    for name, quote in quotes.items():
        if quote and _solid(quote) != _solid(covered[name]):
            notices.add("quote that differs from the text at its offsets; the offsets are kept", file)
    return BratDocument(spans, events, relations)


def segment_rows(span: LabelledSpan, text: str) -> list[dict[str, object]]:
    """The segments of a span as rows of our schema."""
    return [
        {
            "start": segment.start,
            "end": segment.end,
            "source_start": segment.start,
            "source_end": segment.end,
            "surface": segment.quote(text),
        }
        for segment in span.segments
    ]


def _one_line_end(raw: str, ann: str, file: str, notices: Notices) -> str:
    """A text with `\\n` line ends in which the offsets of `ann` hold as they did in the file.

    An offset counts `\\r\\n` as two: a blank takes the place of the `\\r`. Where the line ends were changed after the
    annotation it counts one: whichever makes more of the quotes right.
    """
    if "\r" not in raw:
        return raw
    two, one = raw.replace("\r\n", " \n").replace("\r", "\n"), raw.replace("\r\n", "\n").replace("\r", "\n")
    notices.add("text with line ends of its own, read with `\\n`", file)

    def right(text: str) -> int:
        found = (match for line in ann.split("\n") if (match := _SPAN.match(line)))
        return sum(
            _solid("".join(text[int(s) : int(e)] for s, _, e in (part.partition(" ") for part in m[3].split(";"))))
            == _solid(m[4] or "")
            for m in found
        )

    return two if right(two) >= right(one) else one


def read_brat(path: Path) -> Imported:
    """`articles`, `spans`, `entities` and `relations` of a folder of `.txt` and `.ann` files of the same names.

    `entities` are the spans of one piece, as our mention table has them; events go to no table and are counted.

    Raises UsageError where there is no `.ann`, and ProblemsFound with every fault of every file.
    """
    notices, problems = Notices(), Problems()
    articles, spans, entities, relations = [], [], [], []
    files = files_of(path, "**/*.ann")
    report_equal_names([file.relative_to(path) for file in files if path.is_dir()], problems)
    for file in files:
        source = file.with_suffix(".txt")
        if not source.is_file():
            problems.add(Problem("it has no text beside it", f"put {source.name} into the folder", file=file.name))
            continue
        text, ann = decoded(source.read_bytes(), source.name, notices), read_text(file, notices)
        faults = [item for item in (text, ann) if isinstance(item, Problem)]
        problems.extend(faults)
        if isinstance(text, Problem) or isinstance(ann, Problem):
            continue
        text = _one_line_end(text, ann, source.name, notices)
        document = parse_brat(text, ann, file.name, notices, problems)
        articles.append(imported_article(file.stem, source.name, text))
        for name, span in document.spans.items():
            spans.append(
                {
                    "span_id": f"{file.stem}.{name}",
                    "article_id": file.stem,
                    "annotator": "",
                    "label": span.label,
                    "segments": segment_rows(span, text),
                }
            )
            if len(span.segments) == 1:
                start, end = span.hull
                quote = {"start": start, "end": end, "surface": text[start:end], "label": span.label}
                entities.append({"mention_id": f"{file.stem}.{name}", "article_id": file.stem, **quote})
        for _ in document.events:
            notices.add("event, which no table of ours can hold, left out", file.name)
        for name, (label, first, second) in document.relations.items():
            relations.append(
                {
                    "relation_id": f"{file.stem}.{name}",
                    "article_id": file.stem,
                    "annotator": "",
                    "label": label,
                    "first": f"{file.stem}.{first}",
                    "second": f"{file.stem}.{second}",
                }
            )
    problems.raise_if_any()
    return Imported(
        {
            "articles": articles_table(articles),
            "entities": pa.Table.from_pylist(entities, schema=EXTERNAL_ENTITIES),
            "spans": pa.Table.from_pylist(spans, schema=EXTERNAL_SPANS),
            "relations": pa.Table.from_pylist(relations, schema=EXTERNAL_RELATIONS),
        },
        notices.sorted(),
    )
