"""A clean span of a published article: its source, the blocks that it stands in, and the removals around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from allegata.text.spans import Span

Row = dict[str, Any]


def characters(article: Row, span: Span) -> Row:
    """The characters of a clean span: each run of them with its source, and the blocks that they stand in."""
    runs = []
    for run in article["offset_map"]:
        start, end = max(span.start, run["start"]), min(span.end, run["start"] + run["length"])
        if start < end:
            shift = run["source_start"] - run["start"]
            runs.append(
                {
                    "start": start,
                    "end": end,
                    "source_start": start + shift,
                    "source_end": end + shift,
                    "text": article["text"][start:end],
                }
            )
    return {
        "start": span.start,
        "end": span.end,
        "text": span.quote(article["text"]),
        "runs": runs,
        "blocks": [block for block in article["blocks"] if meets(block, span)],
    }


def meets(row: Row, span: Span) -> bool:
    """Whether a row stands in a clean span, or at the place of an empty one."""
    return bool(row["start"] < max(span.end, span.start + 1) and span.start < row["end"])


def around(removals: Sequence[Row], span: Span) -> Iterator[Row]:
    """The removals inside or at an edge of a clean span, and the nearest before it and after it."""
    before = [one for one in removals if one["position"] <= span.start]
    after = [one for one in removals if one["position"] >= span.end and one not in before]
    inside = [one for one in removals if span.start < one["position"] < span.end]
    nearest = before[-1]["position"] if before else None
    for one in before:
        if one["position"] == nearest:
            yield {**one, "where": "before", "distance": span.start - one["position"]}
    for one in inside:
        yield {**one, "where": "inside", "distance": 0}
    for one in after:
        if one["position"] == after[0]["position"]:
            yield {**one, "where": "after", "distance": one["position"] - span.end}
