"""A layer on words, flat: for formats in which a word has one label.

Of the annotations of a layer that share words the longest is shown, of equally long ones the first (then by label).
Of a discontinuous annotation the longest segment is shown, of equally long ones the first: a span over all of them
would take in words that were not annotated, and push out what is annotated between them. A word that a segment touches
is in it. What this loses is noted, span by span.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from allegata.exchange.losses import Loss
from allegata.models.bio import OUTSIDE
from allegata.text.blocks import find_blocks
from allegata.text.documents import OTHER, Annotation, Document, TypeSystem
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span

Lose = Callable[[Loss], None]


class Shown(NamedTuple):
    """An annotation in the flat view of its layer: its span, and the indices of its words."""

    annotation: Annotation
    span: Span
    words: range


def layers_of(types: TypeSystem) -> tuple[str, ...]:
    """The layers that a flat view has, in the order of the type system; that of unknown labels where it has none."""
    return tuple(layer.name for layer in types.layers) or (OTHER,)


def longest_segment(annotation: Annotation) -> Span:
    """The longest segment, of equally long ones the first."""
    return min(annotation.segments, key=lambda segment: (-segment.length, segment.start))


def words_at(words: Sequence[Span], segment: Span) -> range:
    """The indices of the words that a segment touches; `words` are in order and disjoint."""
    first = bisect_right(words, segment.start, key=lambda word: word.end)
    return range(first, max(first, bisect_left(words, segment.end, key=lambda word: word.start)))


def flat(document: Document, layer: str, words: Sequence[Span], lose: Lose) -> list[Shown]:
    """What a flat view shows of a layer, in the order of the text; what it does not is a loss."""
    return (levels(document, layer, words, lose, most=1) or [[]])[0]


def levels(
    document: Document, layer: str, words: Sequence[Span], lose: Lose, most: int | None = None
) -> list[list[Shown]]:
    """A layer as flat views, each in the order of the text: an annotation is in the first that has its words free.

    The longest come first, so what lies within another is in a later view. What finds no place in `most` views is a
    loss.
    """
    found: list[Shown] = []
    for annotation in document.annotations:
        if annotation.layer == layer:
            segment = longest_segment(annotation)
            inside = words_at(words, segment)
            if inside:
                span = Span(words[inside[0]].start, words[inside[-1]].end)
                found.append(Shown(annotation, span, inside))
            else:
                lose(Loss(document.id, annotation.id, "annotation", "no word is in it"))
    taken: list[bytearray] = []
    kept: list[list[Shown]] = []
    for one in sorted(found, key=lambda one: (-one.span.length, one.span.start, one.annotation.label)):
        # Those before it are no shorter: one that shares words with it has its first or its last.
        level = next((n for n, row in enumerate(taken) if not (row[one.words[0]] or row[one.words[-1]])), len(taken))
        if level == most:
            why = "it shares words with a longer annotation of its layer, or with one as long that comes first"
            lose(Loss(document.id, one.annotation.id, "annotation", why))
            continue
        if level == len(taken):
            taken.append(bytearray(len(words)))
            kept.append([])
        taken[level][one.words.start : one.words.stop] = b"\x01" * len(one.words)
        kept[level].append(one)
        if one.annotation.segments != (one.span,):
            many = len(one.annotation.segments) > 1
            why = "of several segments the longest is shown" if many else "widened to the borders of words"
            lose(Loss(document.id, one.annotation.id, "segments", why, segments=(one.span,)))
    return [sorted(row, key=lambda one: one.span) for row in kept]


def tags_of(shown: Iterable[Shown], count: int) -> list[str]:
    """IOB2 tags of `count` words."""
    tags = [OUTSIDE] * count
    for one in shown:
        for index in one.words:
            tags[index] = f"I-{one.annotation.label}"
        tags[one.words[0]] = f"B-{one.annotation.label}"
    return tags


def note_the_rest(document: Document, layers: Iterable[str], shown: Iterable[Shown], lose: Lose) -> None:
    """What a tag does not say: note the layers that are not shown, attributes, relations, and what becomes of ids."""
    known = set(layers)
    for annotation in document.annotations:
        if annotation.layer not in known:
            lose(Loss(document.id, annotation.id, "annotation", "its layer is not declared"))
    for relation in document.relations:
        name, first, second = relation
        lose(Loss(document.id, first, "relation", "a tag holds no relation", name=name, target=second))
    for number, one in enumerate(sorted(shown, key=_order), 1):
        annotation = one.annotation
        for name in annotation.attributes:
            lose(Loss(document.id, annotation.id, "attribute", "a tag holds a label only", name=name))
        if annotation.id != _id(number):
            lose(Loss(document.id, annotation.id, "id", "a tag holds no id", became=_id(number)))


def _order(one: Shown) -> tuple[Span, str]:
    return one.span, one.annotation.layer


def _id(number: int) -> str:
    return f"s{number:03}"


def numbered(found: Iterable[tuple[str, str, Span]]) -> tuple[Annotation, ...]:
    """Annotations from layers, labels and spans, with ids in the order of the text."""
    ordered = sorted(found, key=lambda one: (one[2], one[0]))
    return tuple(Annotation(_id(n), layer, label, (span,)) for n, (layer, label, span) in enumerate(ordered, 1))


def sentence_starts(document: Document) -> list[int]:
    """Where the sentences of a document begin."""
    return [
        block.span.start + sentence.start
        for block in find_blocks(document.text)
        for sentence in split_sentences(block.text, document.language)
    ]


def outside(starts: Iterable[int], whole: Iterable[Span]) -> list[int]:
    """The places, in order, that are not inside one of the spans that must stay `whole`."""
    spans = sorted(whole)
    kept, at, end = [], 0, 0
    for start in starts:
        while at < len(spans) and spans[at].start < start:
            end = max(end, spans[at].end)
            at += 1
        if end <= start:
            kept.append(start)
    return kept


def located(text: str, words: Iterable[str]) -> list[Span]:
    """Where words are in a text that has the same letters in the same order, whatever the blanks."""
    places = [at for at, letter in enumerate(text) if not letter.isspace()]
    found, position = [], 0
    for word in words:
        first, position = position, position + sum(not letter.isspace() for letter in word)
        found.append(Span(places[first], places[position - 1] + 1))
    return found


def joined(sentences: Sequence[Sequence[str]]) -> tuple[str, list[list[Span]]]:
    """A text of words with a blank between two, a line a sentence; and where they are in it, sentence by sentence."""
    places, position = [], 0
    for sentence in sentences:
        ends = [position]
        for word in sentence:
            ends.append(ends[-1] + len(word) + 1)
        places.append([Span(start, end - 1) for start, end in pairwise(ends)])
        position = ends[-1]
    return "\n".join(map(" ".join, sentences)), places
