"""Checks of single spans against the text they lie in, and of the spans of one article with each other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allegata.validate.checks.finding import Finding, where
from allegata.validate.lookups import Bools, Ints, Lookups, TextName
from allegata.validate.rows import MISSING, integers, texts

CITATION_MARKER_AT_EDGE = r"^\[\d{1,4}\]|\[\d{1,4}\]$"
_CHUNK = 1 << 16  # rows held as Python objects at a time


def lie_inside_text(rows: pa.Table, corpus: Lookups, *, start: str, end: str, text: TextName) -> list[Finding]:
    """0 <= start < end <= length of the text."""
    article, starts, ends = integers(rows, "article"), integers(rows, start), integers(rows, end)
    known = article >= 0
    length = np.zeros(len(article), dtype=np.int64)
    length[known] = corpus.lengths(text)[article[known]]
    outside = known & ((starts < 0) | (ends > length))
    return [
        *where(outside, f"it lies outside {text}"),
        *where(known & ~outside & (starts >= ends), "it is empty or reversed"),
    ]


def quote_text(rows: pa.Table, corpus: Lookups, *, start: str, end: str, surface: str, text: TextName) -> list[Finding]:
    """`text[start:end] == surface`, character by character."""
    article, starts, ends = integers(rows, "article"), integers(rows, start), integers(rows, end)
    surfaces = texts(rows, surface)
    bad: list[int] = []
    current, content = -1, ""
    for first in range(0, len(article), _CHUNK):
        part = slice(first, first + _CHUNK)
        columns = (article[part].tolist(), starts[part].tolist(), ends[part].tolist())
        for row, (number, s, e, quote) in enumerate(zip(*columns, surfaces[part].to_pylist(), strict=True), first):
            if number != current:
                current, content = number, corpus.text(number, text) if number >= 0 else ""
            if content[s:e] != quote and number >= 0:
                bad.append(row)
    if not bad:
        return []
    return [Finding(np.array(bad, dtype=np.int64), f"its {surface} is not what {text} says there")]


def map_to_source(
    rows: pa.Table, corpus: Lookups, *, start: str, end: str, source_start: str, source_end: str
) -> list[Finding]:
    """The offset map takes the clean span to exactly the source span."""
    article, starts, ends = integers(rows, "article"), integers(rows, start), integers(rows, end)
    known = np.flatnonzero((article >= 0) & (starts >= 0) & (ends > starts))
    first = corpus.to_source(article[known], starts[known])
    last = corpus.to_source(article[known], ends[known] - 1)
    agree = (first == integers(rows, source_start)[known]) & (last + 1 == integers(rows, source_end)[known])
    moved = (first < 0) | (last < 0) | ~agree
    mask = np.zeros(len(article), dtype=np.bool_)
    mask[known] = moved
    return where(mask, "the offset map takes its clean offsets elsewhere than its source offsets say")


def have_clean_edges(rows: pa.Table, corpus: Lookups, *, surface: str, markers: bool) -> list[Finding]:
    """No blank at an edge and, if `markers`, no citation marker either (Unicode blanks)."""
    surfaces = texts(rows, surface)
    blank = pc.not_equal(pc.utf8_trim_whitespace(surfaces), surfaces)
    found = where(_mask(blank), "a blank stands at its edge")
    if markers:
        marker = pc.match_substring_regex(surfaces, CITATION_MARKER_AT_EDGE)
        found += where(_mask(marker), "a citation marker stands at its edge")
    return found


def follow_one_another(
    rows: pa.Table, corpus: Lookups, *, start: str, end: str, within: str, alike: bool = False
) -> list[Finding]:
    """In the order of the rows, every span starts where the one before it ended, or later; if `alike`, it may also be
    the same span.

    `within` is the column that says which spans belong together: `article`, or `parent` for the elements of
    one nested list.
    """
    group, starts, ends = integers(rows, within), integers(rows, start), integers(rows, end)
    order = np.argsort(group, kind="stable")
    group, starts, ends = group[order], starts[order], ends[order]
    early = np.zeros(len(group), dtype=np.bool_)
    same = (starts[1:] == starts[:-1]) & (ends[1:] == ends[:-1]) if alike else np.False_
    early[order[1:]] = (group[1:] == group[:-1]) & (starts[1:] < ends[:-1]) & ~same
    return where(early, "it overlaps the one before it, or is out of order")


def be_hull(rows: pa.Table, corpus: Lookups, *, start: str, end: str, nested: str) -> list[Finding]:
    """The span reaches exactly from its first segment to its last."""
    first, last = integers(rows, f"{nested}.start"), integers(rows, f"{nested}.end")
    none = first == MISSING
    wrong = ~none & ((first != integers(rows, start)) | (last != integers(rows, end)))
    return [
        *where(none, f"it has no {nested}"),
        *where(wrong, f"it is not the hull of its {nested}"),
    ]


def avoid_removals(
    rows: pa.Table, corpus: Lookups, *, source_start: str, source_end: str, allow: list[str]
) -> list[Finding]:
    """No source code point of the span was removed, for any reason but those in `allow`.

    Removals that overlap a span: those that start before its end, less those that end before its start.
    """
    article = integers(rows, "article")
    known = np.flatnonzero(article >= 0)
    removals = corpus.removals
    forbidden = _mask(pc.invert(pc.is_in(corpus.removal_reasons, value_set=pa.array(allow, pa.large_string()))))
    line = {
        name: np.sort(corpus.on_line(removals.article, values, "source_text")[forbidden])
        for name, values in (("start", removals.start), ("end", removals.end))
    }
    begin = corpus.on_line(article[known], integers(rows, source_start)[known], "source_text")
    stop = corpus.on_line(article[known], integers(rows, source_end)[known], "source_text")
    begun = np.searchsorted(line["start"], stop, side="left")
    over = np.searchsorted(line["end"], begin, side="right")
    mask = np.zeros(len(article), dtype=np.bool_)
    mask[known] = begun > over
    return where(mask, "part of it was removed from the text")


def stand_at_position(rows: pa.Table, corpus: Lookups, *, position: str, source_start: str) -> list[Finding]:
    """`position` is the clean offset at which the removed source span closed up."""
    article, positions = integers(rows, "article"), integers(rows, position)
    source = integers(rows, source_start)
    known = np.flatnonzero((article >= 0) & (source >= 0))
    mask = np.zeros(len(article), dtype=np.bool_)
    mask[known] = positions[known] != kept_before(corpus, article[known], source[known])
    return where(mask, f"its {position} is not where its source offsets fall in the clean text")


def kept_before(corpus: Lookups, article: Ints, source: Ints) -> Ints:
    """How many code points of its article before each source position are kept: its clean position."""
    kept = corpus.kept
    line = corpus.on_line(kept.article, kept.start, "source_text")
    order = np.argsort(line, kind="stable")
    # A run of no length stands before the first: an article, and a group of articles, may begin with a removal.
    starts = np.concatenate(([0], line[order]))
    lengths = np.concatenate(([0], (kept.end - kept.start)[order]))
    before_run = np.cumsum(lengths) - lengths

    def before(position: Ints) -> Ints:
        at = corpus.on_line(article, position, "source_text")
        run = np.searchsorted(starts, at, side="right") - 1
        counted: Ints = before_run[run] + np.minimum(at - starts[run], lengths[run])
        return counted

    return before(source) - before(np.zeros_like(source))


def _mask(values: pa.Array) -> Bools:
    mask: Bools = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return mask
