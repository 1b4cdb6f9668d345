"""A document whose text changed in a tool, put back onto the text that it is of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

from allegata.text.alignment import increasing
from allegata.text.anchors import TELLING, make_anchor, resolve
from allegata.text.documents import Annotation, Document
from allegata.text.spans import Span

_EFFORT = 40_000  # pairs of lines, or of words, that are compared all with all
_WORDS = re.compile(r"\S+\s*|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class _Block(NamedTuple):
    """So many characters are the same from these places on."""

    start: int
    other: int
    length: int


def reanchored(document: Document, text: str) -> tuple[Document, int, list[tuple[Annotation, str]]]:
    """The document on `text`, how many annotations moved, and those whose place is not found, each with the reason.

    A segment inside a long stretch that both texts have moves with it; any other is found by its quote and context
    (`allegata.text.anchors`). What is not found is not in the document that is returned, nor are its relations.
    """
    blocks = _common(document.text, text)
    starts = [block.start for block in blocks]
    moved = 0
    kept: list[Annotation] = []
    lost: list[tuple[Annotation, str]] = []
    for annotation in document.annotations:
        found: list[Span] = []
        for segment in annotation.segments:
            at = bisect_right(starts, segment.start) - 1
            span, how = _shifted(segment, blocks[at]) if at >= 0 else None, ""
            if span is None:
                span, how = resolve(make_anchor(segment, document.text), text)
            if span is None:
                lost.append((annotation, how))
                break
            found.append(span)
        else:
            moved += tuple(found) != annotation.segments
            kept.append(replace(annotation, segments=tuple(found)))
    ids = {annotation.id for annotation in kept}
    relations = tuple(one for one in document.relations if {one.first, one.second} <= ids)
    return replace(document, text=text, annotations=tuple(kept), relations=relations), moved, lost


def _shifted(segment: Span, block: _Block) -> Span | None:
    if block.length < TELLING or segment.end > block.start + block.length:
        return None
    return Span(segment.start - block.start + block.other, segment.end - block.start + block.other)


def _common(one: str, other: str) -> list[_Block]:
    """The stretches that two texts have in common, in the order of both: whole lines first, then words between."""
    blocks: list[_Block] = []
    lines, others = _LINES.findall(one), _LINES.findall(other)
    at, at_other = _offsets(lines), _offsets(others)
    start = start_other = 0
    for i, j, count in _matching(lines, others):
        gap, gap_other = one[start : at[i]], other[start_other : at_other[j]]
        blocks += [_Block(start + a, start_other + b, length) for a, b, length in _common_words(gap, gap_other)]
        blocks.append(_Block(at[i], at_other[j], at[i + count] - at[i]))
        start, start_other = at[i + count], at_other[j + count]
    merged: list[_Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last and (last.start + last.length, last.other + last.length) == (block.start, block.other):
            merged[-1] = last._replace(length=last.length + block.length)
        elif block.length:
            merged.append(block)
    return merged


def _common_words(one: str, other: str) -> list[_Block]:
    words, others = _WORDS.findall(one), _WORDS.findall(other)
    at, at_other = _offsets(words), _offsets(others)
    return [_Block(at[i], at_other[j], at[i + count] - at[i]) for i, j, count in _matching(words, others)]


def _matching(parts: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """So many parts are the same from these two places on, in order; last the ends of both. Where comparing all with
    all takes too long: at the start, at the end, and what stands once in each."""
    first, last, other = 0, len(parts), len(others)
    if last * other <= _EFFORT:
        yield from SequenceMatcher(None, parts, others, autojunk=False).get_matching_blocks()
        return
    while first < min(last, other) and parts[first] == others[first]:
        first += 1
    while first < min(last, other) and parts[last - 1] == others[other - 1]:
        last, other = last - 1, other - 1
    yield 0, 0, first
    once, once_other = _once(parts, first, last), _once(others, first, other)
    at, at_other = first, first
    for i, j in increasing([(place, once_other[part]) for part, place in once.items() if part in once_other]):
        for a, b, count in _between(parts[at:i], others[at_other:j]):
            yield at + a, at_other + b, count
        yield i, j, 1
        at, at_other = i + 1, j + 1
    for a, b, count in _between(parts[at:last], others[at_other:other]):
        yield at + a, at_other + b, count
    yield last, other, len(parts) - last
    yield len(parts), len(others), 0


def _between(parts: Sequence[str], others: Sequence[str]) -> Iterable[tuple[int, int, int]]:
    if not 0 < len(parts) * len(others) <= _EFFORT:
        return ()
    return SequenceMatcher(None, parts, others, autojunk=False).get_matching_blocks()


def _once(parts: Sequence[str], first: int, last: int) -> dict[str, int]:
    """What stands once among `parts[first:last]`, and where, in order."""
    counts = Counter(parts[first:last])
    return {parts[place]: place for place in range(first, last) if counts[parts[place]] == 1}


def _offsets(parts: Sequence[str]) -> list[int]:
    """Where each part begins, and where the last one ends."""
    return list(accumulate(map(len, parts), initial=0))
