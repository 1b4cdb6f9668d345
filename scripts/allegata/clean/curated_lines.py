"""What the curator decides against the rules of cleaning: annotations/curated_lines.jsonl, one decision a line.

    {"article_id": "…", "decision": "keep", "start": 120, "end": 164, "text": "…", "reason": "…"}
    {"article_id": "…", "decision": "remove", "start": 0, "end": 9, "text": "…", "label": "byline", "reason": "…"}

`keep` keeps lines that a rule removes, `remove` removes lines that all rules keep, for what the `label` says. Each is
about one line of the source text or several, by place in code points and by text: it never meets a text that has
changed since. Blanks at both ends do not matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.clean.page import Hit, runs
from allegata.schema.fields import Field, field_faults
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.labels import REMOVAL_REASONS
from allegata.schema.problems import Problem, ProblemsFound
from allegata.text.blocks import Block, find_blocks
from allegata.text.redaction import Redactor
from allegata.text.spans import Span

CURATED_LINES = "curated_lines.jsonl"
NAME = "curator/1"  # the rule of what a curator removes
KEEP, REMOVE = "keep", "remove"
# These say more than that a text leaves: what it repeats, what it cites.
_LABELS = tuple(r for r in REMOVAL_REASONS if r not in ("repetition", "citation_marker", "reference_list"))
_OF_PLACES = ("'start'", "'end'", "'text' is missing")
CURATED_FIELDS = {
    "article_id": Field(),
    "decision": Field(choices=(KEEP, REMOVE)),
    "start": Field(int),
    "end": Field(int),
    "text": Field(),
    "label": Field(choices=_LABELS, nullable=True),
    "reason": Field(),
}


@dataclass(frozen=True)
class CuratedLines:
    """Lines of a source text that stay (`label` None), or leave for what the `label` says.

    `line` is where the file says so.
    """

    span: Span
    text: str
    reason: str
    label: str | None
    line: int

    @property
    def decision(self) -> list[object]:
        """What is decided, without where that is written."""
        return [*self.span, self.text, self.reason, self.label]

    def stand_in(self, source_text: str) -> bool:
        """Whether the text is at its place, blanks at its ends apart."""
        return self.span.quote(source_text).strip() == self.text.strip() != ""


Curated = Mapping[str, Sequence[CuratedLines]]  # by the id of the article


def read_curated_lines(annotations: Path, articles: Collection[str]) -> dict[str, tuple[CuratedLines, ...]]:
    """The decisions in `annotations` by article; none where the file is missing.

    `articles` are those of raw/. Raises `ProblemsFound` with every fault of the file.
    """
    found, problems = curated_and_faults(annotations, articles)
    if problems:
        raise ProblemsFound(problems)
    return found


def curated_and_faults(
    annotations: Path, articles: Collection[str]
) -> tuple[dict[str, tuple[CuratedLines, ...]], list[Problem]]:
    """The same with the faults of the other lines, for who looks at the texts of these too."""
    name, known = f"{annotations.name}/{CURATED_LINES}", frozenset(articles)
    data = read_file(annotations / CURATED_LINES, name)
    if data is None:
        return {}, []
    lines, problems = parse_json_lines(data, name)
    found: dict[str, list[CuratedLines]] = {}
    for line, row in lines:
        faults = list(_faults(row, known))
        problems += [Problem(what, fix, file=name, line=line) for what, fix in faults]
        if not faults:
            reason = " ".join(row["reason"].split())
            one = CuratedLines(Span(row["start"], row["end"]), row["text"], reason, row.get("label"), line)
            found.setdefault(row["article_id"], []).append(one)
    curated = {article: tuple(sorted(ones, key=lambda one: one.span)) for article, ones in sorted(found.items())}
    for ones in curated.values():
        for one, other in pairwise(ones):
            if one.span.overlaps(other.span):
                first, second = sorted((one.line, other.line))
                what = f"overlaps the decision of line {first}"
                problems.append(Problem(what, "decide once about each line of an article", file=name, line=second))
    return curated, problems


def _faults(row: Mapping[str, Any], articles: Collection[str]) -> Iterator[tuple[str, str]]:
    form = "copy place and text of the lines from `allegata clean --json --explain ARTICLE`"
    if faults := field_faults(row, CURATED_FIELDS, "a decision about lines"):
        for fault in faults:
            yield fault, form if fault.startswith(_OF_PLACES) else "correct the field: docs/cleaning.md has an example"
        return
    if row["article_id"] not in articles:
        what = f"unknown article {row['article_id']!r}: raw/manifest.jsonl does not list it"
        yield what, "correct the id, or remove the line"
    if not any(map(str.isalnum, row["reason"])):
        yield "empty reason", "say why: it is the evidence of the removal"
    if (row["decision"] == REMOVE) != (row.get("label") is not None):
        what = "lines to remove lack 'label'" if row["decision"] == REMOVE else "lines to keep have a 'label'"
        yield what, f"'label' says what is removed, and belongs to '{REMOVE}' alone: one of {', '.join(_LABELS)}"
    if not 0 <= row["start"] < row["end"]:
        yield f"[{row['start']},{row['end']}) is no place in a text", form


def in_raw_text(articles: pa.Table, curated: Curated, redactor: Redactor) -> tuple[Curated, list[Problem]]:
    """The decisions about `articles` (article_id, source_text) with places in their texts, and a problem for each that
    has no place there.

    Where names are redacted a place may count the text of raw/ or the redacted one, which is what people see.
    """
    placed: dict[str, list[CuratedLines]] = {}
    problems: list[Problem] = []
    if not curated:
        return placed, problems
    for article_id, text in zip(*(articles[name].to_pylist() for name in ("article_id", "source_text")), strict=True):
        if article_id not in curated:
            continue
        moved = redactor.article(article_id, text).source.moved
        shown, blocks = moved.text(text), find_blocks(text)
        for one in curated[article_id]:
            if not one.stand_in(text) and one.stand_in(shown):
                span = Span(moved.back(one.span.start), moved.back(one.span.end, end=True))
                one = replace(one, span=span, text=span.quote(text))
            if blocks_of(one, text, blocks):
                placed.setdefault(article_id, []).append(one)
                continue
            what, fix = "is another text", "correct the place, or remove the line"
            if one.stand_in(text):
                what, fix = "does not begin and end where lines do", "name whole lines"
            what = f"article {article_id!r}: [{one.span.start},{one.span.end}) {what}"
            problems.append(Problem(what, fix, file=f"annotations/{CURATED_LINES}", line=one.line))
    return placed, problems


def blocks_of(one: CuratedLines, source_text: str, blocks: Sequence[Block]) -> range:
    """The blocks that a decision is about; none where the text is another or a line is cut. `blocks` are in order."""
    if not one.stand_in(source_text):
        return range(0)
    first = bisect_right(blocks, one.span.start, key=lambda block: block.span.end)
    end = bisect_left(blocks, one.span.end, key=lambda block: block.span.start)
    cut = first >= end or blocks[first].span.start < one.span.start or one.span.end < blocks[end - 1].span.end
    return range(0) if cut else range(first, end)


def kept_blocks(source_text: str, blocks: Sequence[Block], lines: Iterable[CuratedLines]) -> frozenset[int]:
    """The blocks that stay, whatever a rule says."""
    kept = (blocks_of(one, source_text, blocks) for one in lines if one.label is None)
    return frozenset(index for indices in kept for index in indices)


def removals(
    source_text: str, blocks: Sequence[Block], lines: Iterable[CuratedLines], places: Mapping[int, int]
) -> list[Hit]:
    """What the curator removes, as hits on a page that has some of the `blocks`: `places` maps those to its own."""
    return [
        Hit(first, last, one.label, one.reason)
        for one in lines
        if one.label is not None
        for first, last in runs(places[i] for i in blocks_of(one, source_text, blocks) if i in places)
    ]


def without_blocks(decided: Iterable[tuple[str, Hit]], kept: Collection[int]) -> list[tuple[str, Hit]]:
    """What was decided about all blocks that are not `kept`."""
    return [
        (rule, hit.part(first, last))
        for rule, hit in decided
        for first, last in runs(index for index in range(hit.first, hit.last + 1) if index not in kept)
    ]
