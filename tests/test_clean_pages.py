"""Sixty pages written for this test by a writer who did not see the rules: precision and recall of removals.

A line of `pages/plain_text.jsonl` is a page: its lines, each with the reason for its removal or null. The rules were
first improved on 18 of the pages; 18 others, unseen, then scored precision .990 and recall .918 of characters. After
that all were used to improve them, so the figures of this test are of development pages. The floors are a gate:
raise them when the rules get better, and lower none without its reason beside it.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from allegata.clean.stage import clean_source_text
from bench.plain_text import run_plain_text

PAGES = Path(__file__).parent / "pages" / "plain_text.jsonl"
_MARKER = re.compile(r"\[\d{1,2}(?:\s*[,–-]\s*\d{1,2})*\]")
FLOORS = {
    "000": (0.995, 0.98),
    "001": (0.995, 0.995),
    "002": (0.995, 0.995),
    # Lowered on purpose, from .98 before there was a judge of lines: of the 81 characters that leave these pages it
    # brings back "Listen to this article".
    "003": (0.995, 0.66),
    "004": (0.995, 0.95),
}


def pages() -> list[dict[str, object]]:
    return [json.loads(line) for line in PAGES.read_text(encoding="utf-8").splitlines()]


@cache
def counts() -> dict[str, tuple[int, int, int]]:
    """Per kind of page: characters rightly removed, wrongly removed, wrongly kept; blanks do not count."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for page in pages():
        lines = page["lines"]
        assert isinstance(lines, list)
        text = "\n".join(line for line, _ in lines)
        gold = bytearray(len(text))
        start = 0
        cites = any(reason == "reference_list" for _, reason in lines)
        for line, reason in lines:
            if reason:
                gold[start : start + len(line)] = b"\1" * len(line)
            elif cites:
                for match in _MARKER.finditer(line):
                    gold[start + match.start() : start + match.end()] = b"\1" * len(match.group())
            start += len(line) + 1
        removed = bytearray(b"\1" * len(text))
        for span in clean_source_text(text).offsets.kept:
            removed[span.start : span.end] = bytes(span.length)
        for position, character in enumerate(text):
            if not character.isspace() and (gold[position] or removed[position]):
                totals[str(page["kind"])][
                    0 if gold[position] and removed[position] else 1 if removed[position] else 2
                ] += 1
    return {kind: (right, wrong, missed) for kind, (right, wrong, missed) in totals.items()}


def test_kept_characters_stand_in_the_source_text_at_their_offset() -> None:
    rng = random.Random(0)
    texts = ["\n".join(line for line, _ in page["lines"]) for page in pages()]  # type: ignore[attr-defined]  # JSON
    cleaned = [(text, clean_source_text(text).offsets) for text in texts]
    for text, offsets in rng.choices(cleaned, k=1000):
        clean = offsets.apply(text)
        position = rng.randrange(len(clean))
        source = offsets.to_source(position)
        assert text[source] == clean[position]
        assert offsets.to_clean(source) == position


@pytest.mark.parametrize("kind", sorted(FLOORS))
def test_removals_reach_the_floors_on_pages_of_this_kind(kind: str) -> None:
    right, wrong, missed = counts()[kind]
    precision, recall = right / (right + wrong), right / (right + missed)
    least_precision, least_recall = FLOORS[kind]
    assert precision >= least_precision, f"kind {kind}: precision {precision:.4f} under its floor {least_precision}"
    assert recall >= least_recall, f"kind {kind}: recall {recall:.4f} under its floor {least_recall}"


# By other writers. The rules were improved with the 40, and the judge of lines learned from all: these are gates, no
# figures. Those of docs/cleaning.md are of pages that no test asks for.
SETS = {
    "plain_text_40": (0.998, 0.970),
    "plain_text_48": (0.985, 0.885),
    "plain_text_185": (0.990, 0.900),
    "plain_text_178": (0.988, 0.876),
}


@pytest.mark.parametrize("name", SETS)
def test_removals_reach_the_floors_on_pages_of_other_writers(name: str) -> None:
    right, wrong, missed = (
        sum(getattr(counts, kind) for counts in run_plain_text(PAGES.with_name(f"{name}.jsonl")).languages.values())
        for kind in ("right", "wrong", "missed")
    )
    least_precision, least_recall = SETS[name]
    assert right / (right + wrong) >= least_precision
    assert right / (right + missed) >= least_recall
