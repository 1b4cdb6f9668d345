"""Spans as BIO tags on words, and back. Flat by nature: what BIO cannot say is left out by a fixed rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allegata.measures.matching import LabelledSpan, tokens
from allegata.text.blocks import find_blocks
from allegata.text.spans import Span

OUTSIDE = "O"


@dataclass(frozen=True)
class Paragraph:
    """One line of a text: its words as spans of the whole text, and a BIO tag a word (empty if unknown).

    `known` are tags that a dictionary gives the words, empty without one.
    """

    words: tuple[Span, ...]
    texts: tuple[str, ...]
    tags: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def paragraphs(
    text: str, spans: Iterable[LabelledSpan] | None = None, known: Iterable[LabelledSpan] = ()
) -> list[Paragraph]:
    """The non-blank lines of a text, tagged with `spans` if they are given, and with what a dictionary has `known`."""
    found = []
    ordered = sorted(spans, key=_longest_first) if spans is not None else None
    listed = sorted(known, key=_longest_first)
    for block in find_blocks(text):
        start = block.span.start
        words = tuple(Span(start + word.start, start + word.end) for word in tokens(block.text))
        tags = () if ordered is None else tuple(encode(words, ordered))
        marks = tuple(encode(words, listed)) if listed else ()
        found.append(Paragraph(words, tuple(word.quote(text) for word in words), tags, marks))
    return found


def _longest_first(span: LabelledSpan) -> tuple[int, int, str]:
    return (span.segments[0].start, -span.hull.end, span.label)


def encode(words: Sequence[Span], spans: Iterable[LabelledSpan]) -> list[str]:
    """A tag for every word. Segments become spans of their own; a word that a segment touches is in it.

    Where segments share a word, the one that comes first in `spans` has it and the other is left out.
    """
    tags = [OUTSIDE] * len(words)
    for span in spans:
        for segment in span.segments:
            inside = [index for index, word in enumerate(words) if word.overlaps(segment)]
            if inside and all(tags[index] == OUTSIDE for index in inside):
                for index in inside:
                    tags[index] = f"I-{span.label}"
                tags[inside[0]] = f"B-{span.label}"
    return tags


# Marks of other schemes than BIO that open a span (IOBES, BILOU), and that close one.
_OPENS, _CLOSES = frozenset("BSU"), frozenset("ESLU")


def decode_tags(words: Sequence[Span], tags: Sequence[str]) -> list[LabelledSpan]:
    """Maximal runs of one label, a `B-` opening a new one; an `I-` without its `B-` opens one too (IOB1).

    The tags may be of IOBES or BILOU as well: `S-` and `U-` are a span, `E-` and `L-` the last word of one.
    """
    spans: list[LabelledSpan] = []
    label, start, end = "", 0, 0
    for word, tag in zip((*words, Span(0, 0)), (*tags, OUTSIDE), strict=True):
        mark, _, name = tag.partition("-")
        if label and (mark in _OPENS or mark == OUTSIDE or name != label):
            spans.append(LabelledSpan.of(label, (start, end)))
            label = ""
        if mark != OUTSIDE:
            if not label:
                label, start = name, word.start
            end = word.end
        if label and mark in _CLOSES:
            spans.append(LabelledSpan.of(label, (start, end)))
            label = ""
    return spans


def tag_set(labels: Iterable[str]) -> tuple[str, ...]:
    """`O` and the two tags of each label: an `I-` tag follows its `B-` tag in the tuple."""
    return (OUTSIDE, *(f"{mark}-{label}" for label in labels for mark in "BI"))
