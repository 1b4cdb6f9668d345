"""What the curator decides against the rules of cleaning: annotations/passages.jsonl, one passage a line.

    {"article_id": "…", "decision": "keep", "start": 120, "end": 164, "text": "…", "reason": "…"}
    {"article_id": "…", "decision": "remove", "start": 0, "end": 9, "text": "…", "label": "byline", "reason": "…"}

`keep` keeps lines that a rule removes, `remove` removes lines that all of them keep, for what the `label` says. A
passage is a line of the source text or several, by its place in code points and by its words: nothing is decided about
a text that has changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.clean.page import Hit, runs
from allegata.schema.fields import Field, field_faults
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.labels import REMOVAL_REASONS
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.wording import number
from allegata.text.blocks import Block, find_blocks
from allegata.text.spans import Span

PASSAGES = "passages.jsonl"
NAME = "passages/1"  # the rule of what a curator removes
KEEP, REMOVE = "keep", "remove"
PASSAGE_FIELDS = {
    "article_id": Field(),
    "decision": Field(choices=(KEEP, REMOVE)),
    "start": Field(int),
    "end": Field(int),
    "text": Field(),
    "label": Field(choices=REMOVAL_REASONS, nullable=True),
    "reason": Field(),
}


@dataclass(frozen=True)
class Passage:
    """Lines of a source text that stay (`label` None), or leave for what the `label` says.

    `line` is where the file says so.
    """

    span: Span
    text: str
    reason: str
    label: str | None
    line: int

    def blocks(self, source_text: str, blocks: Sequence[Block]) -> range:
        """The blocks that the passage names; none where the text is another, or where it cuts a line."""
        if self.span.quote(source_text) != self.text:
            return range(0)
        named = [
            i for i, block in enumerate(blocks) if block.span.start < self.span.end and self.span.start < block.span.end
        ]
        if not named or blocks[named[0]].span.start < self.span.start or self.span.end < blocks[named[-1]].span.end:
            return range(0)
        return range(named[0], named[-1] + 1)


Passages = Mapping[str, Sequence[Passage]]  # by the id of the article


def read_passages(annotations: Path, articles: Collection[str]) -> dict[str, tuple[Passage, ...]]:
    """The passages decided about in `annotations`, by article; none where the file is missing.

    `articles` are those of raw/. Raises `ProblemsFound` with every fault of the file.
    """
    name = f"{annotations.name}/{PASSAGES}"
    data = read_file(annotations / PASSAGES, name)
    if data is None:
        return {}
    lines, problems = parse_json_lines(data, name)
    found: dict[str, list[Passage]] = {}
    for line, row in lines:
        faults = list(_form_faults(row)) or list(_faults(row, articles, found.get(row["article_id"], ())))
        problems += [Problem(what, fix, file=name, line=line) for what, fix in faults]
        if not faults:
            span, reason = Span(row["start"], row["end"]), " ".join(row["reason"].split())
            found.setdefault(row["article_id"], []).append(Passage(span, row["text"], reason, row.get("label"), line))
    if problems:
        raise ProblemsFound(problems)
    return {article: tuple(sorted(passages, key=lambda one: one.span)) for article, passages in sorted(found.items())}


def _form_faults(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    faults = field_faults(row, PASSAGE_FIELDS, "a passage")
    yield from ((fault, "copy place and text of the lines from `allegata clean --explain`") for fault in faults)
    if faults:
        return
    if not any(map(str.isalnum, row["reason"])):
        yield "empty reason", "say why, for who reads the file next"
    if (row["decision"] == REMOVE) != (row.get("label") is not None):
        fix = f"'label' says why a passage leaves, and belongs to '{REMOVE}' alone: one of {', '.join(REMOVAL_REASONS)}"
        removes = row["decision"] == REMOVE
        yield "a passage to remove lacks 'label'" if removes else "a passage to keep has a 'label'", fix
    if not 0 <= row["start"] < row["end"] or row["end"] - row["start"] != len(row["text"]):
        what = f"[{row['start']},{row['end']}) is not as long as 'text': {number(len(row['text']), 'character')}"
        yield what, "give code points of the source text, the end exclusive"


def _faults(row: Mapping[str, Any], articles: Collection[str], before: Iterable[Passage]) -> Iterator[tuple[str, str]]:
    if row["article_id"] not in articles:
        what = f"unknown article {row['article_id']!r}: raw/manifest.jsonl does not list it"
        yield what, "correct the id, or remove the line"
    for other in before:
        if other.span.start < row["end"] and row["start"] < other.span.end:
            yield f"overlaps the passage of line {other.line}", "decide once about each line of an article"


def unfounded(articles: pa.Table, passages: Passages) -> list[Problem]:
    """What is wrong with passages of `articles` (article_id, source_text): the text is another, or a line is cut."""
    problems = []
    for article_id, source_text in zip(
        *(articles[name].to_pylist() for name in ("article_id", "source_text")), strict=True
    ):
        blocks = find_blocks(source_text) if article_id in passages else ()
        for passage in passages.get(article_id, ()):
            if passage.blocks(source_text, blocks):
                continue
            what, fix = "is not the text there", "correct the place, or remove the line"
            if passage.span.quote(source_text) == passage.text:
                what, fix = "is not a whole line of the article, nor several", "begin and end it where lines do"
            what = f"article {article_id!r}: [{passage.span.start},{passage.span.end}) {what}"
            problems.append(Problem(what, fix, file=f"annotations/{PASSAGES}", line=passage.line))
    return problems


def kept_blocks(source_text: str, blocks: Sequence[Block], passages: Iterable[Passage]) -> frozenset[int]:
    """The blocks that stay, whatever a rule says."""
    kept = (passage.blocks(source_text, blocks) for passage in passages if passage.label is None)
    return frozenset(index for indices in kept for index in indices)


def removed_blocks(
    source_text: str, blocks: Sequence[Block], passages: Iterable[Passage], left: Collection[int]
) -> list[tuple[str, Hit]]:
    """Of the blocks in `left` those that the curator removes."""
    return [
        (NAME, Hit(first, last, passage.label, passage.reason))
        for passage in passages
        if passage.label is not None
        for first, last in runs(index for index in passage.blocks(source_text, blocks) if index in left)
    ]


def without_blocks(decided: Iterable[tuple[str, Hit]], kept: Collection[int]) -> list[tuple[str, Hit]]:
    """What was decided, but for the blocks that are kept."""
    return [
        (rule, hit.part(first, last))
        for rule, hit in decided
        for first, last in runs(index for index in range(hit.first, hit.last + 1) if index not in kept)
    ]
