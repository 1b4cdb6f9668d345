"""What a tagger of PolNeAR finds, by role and kind of span: where it is weak is not seen in one figure a role."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allegata.measures.matching import LabelledSpan, tokens
from allegata.models.annotated import AnnotatedFile
from allegata.schema.markup import markdown_table
from allegata.text.spans import Span

LONG = 40  # words: one content in twenty has more
_PRONOUNS = re.compile(
    "he|she|they|it|we|i|you|who|which|that|those|these|this|some|others|him|her|them|us|me|his|their|its"
)
# Words of what opens a source without a verb: "according to", "in the eyes of", a colon, a dash.
_WITHOUT_VERB = re.compile(
    r"according|to|in|for|by|from|of|on|per|via|with|the|a|an|as|['’]s|eyes?|views?|words?|opinion|account|\W"
)


@dataclass
class Found:
    """How many gold spans there are of a kind, how many were found with both ends, and how many with another."""

    gold: int = 0
    exact: int = 0
    overlap: int = 0


def kinds_of(file: AnnotatedFile, span: LabelledSpan) -> list[str]:
    """The kinds of a gold span: `all`, and what makes it hard."""
    words = [word.quote(file.text).lower() for part in span.segments for word in tokens_of(file.text, part)]
    kinds = ["all"]
    if len(span.segments) > 1:
        kinds.append("discontinuous")
    contents = (other for other in file.spans if other.label == "Content" and other is not span)
    if any(_inside(span, other) for other in contents):
        kinds.append("inside a content")
    if span.label == "Content" and len(words) > LONG:
        kinds.append(f"more than {LONG} words")
    if span.label == "Source" and len(words) == 1 and _PRONOUNS.fullmatch(words[0]):
        kinds.append("a pronoun")
    if span.label == "Cue" and all(map(_WITHOUT_VERB.fullmatch, words)):
        kinds.append("without a verb")
    return kinds


def tokens_of(text: str, part: Span) -> list[Span]:
    """The words of a part of a text."""
    return [Span(part.start + word.start, part.start + word.end) for word in tokens(part.quote(text))]


def _inside(span: LabelledSpan, other: LabelledSpan) -> bool:
    return all(any(o.start <= s.start and s.end <= o.end for o in other.segments) for s in span.segments)


def _cut_at_lines(text: str, span: LabelledSpan) -> list[Span]:
    """The pieces of a span as the protocol has them: runs of words that no end of a line divides."""
    pieces: list[Span] = []
    for part in span.segments:
        start = part.start
        for line in re.split(r"(?<=\n)", part.quote(text)):
            words = tokens(line)
            if words:
                pieces.append(Span(start + words[0].start, start + words[-1].end))
            start += len(line)
    return pieces


def found_by_kind(
    files: Sequence[AnnotatedFile], predicted: Sequence[Iterable[LabelledSpan]]
) -> dict[tuple[str, str], Found]:
    """Role and kind -> what was found of its gold spans. A span of several pieces is found if every piece of it is; its
    pieces are those of the protocol, cut at the ends of lines."""
    table: dict[tuple[str, str], Found] = defaultdict(Found)
    for file, spans in zip(files, predicted, strict=True):
        flat: dict[str, set[Span]] = defaultdict(set)
        for span in spans:
            flat[span.label].update(span.segments)
        for gold in file.spans:
            there = flat[gold.label]
            exact = there.issuperset(_cut_at_lines(file.text, gold))
            touched = exact or any(piece.overlaps(part) for piece in there for part in gold.segments)
            for kind in kinds_of(file, gold):
                one = table[gold.label, kind]
                one.gold += 1
                one.exact += exact
                one.overlap += touched and not exact
    return dict(table)


def kinds_table(found: dict[tuple[str, str], Found]) -> str:
    """The counts as a Markdown table; the largest kind of each role first."""
    order = sorted(found, key=lambda key: (key[0], -found[key].gold, key[1]))
    rows = [
        [role, kind, f"{one.gold:,}", *(f"{100 * n / one.gold:.1f}" for n in (one.exact, one.overlap))]
        for role, kind in order
        for one in [found[role, kind]]
    ]
    return markdown_table(["role", "gold spans", "number", "found exactly, %", "with another end, %"], rows)
