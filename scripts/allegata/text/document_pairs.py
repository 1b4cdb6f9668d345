"""Which annotation of one document is which of another: the same, relabelled, moved, or only in one of the two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from allegata.text.documents import Annotation, Document, place
from allegata.text.spans import Span

AnnotationPair = tuple[Annotation | None, Annotation | None]


def paired(first: Document, second: Document, *, by_id: bool) -> list[AnnotationPair]:
    """Every annotation of either document once, beside its counterpart of the other, in the order of the text.

    Counterparts are of one layer. In this order they are taken, one to one: of one id, where ids mean the same in both
    (`by_id`); equal in all but the id; of one label and the same segments; of the same segments; of one label and
    overlapping, those that share most of their characters first (Dice).
    """
    a, b = sorted(first.annotations, key=place), sorted(second.annotations, key=place)
    keys: list[Callable[[Annotation], Hashable]] = [lambda one: (one.layer, one.id)] if by_id else []
    keys += [
        lambda one: (one.layer, one.label, one.segments, frozenset(one.attributes.items())),
        lambda one: (one.layer, one.label, one.segments),
        lambda one: (one.layer, one.segments),
    ]
    pairs: list[AnnotationPair] = []
    for key in keys:
        a, b, found = _taken(a, b, key)
        pairs += found
    a, b, found = _overlapping(a, b)
    pairs += [*found, *((one, None) for one in a), *((None, one) for one in b)]
    return sorted(pairs, key=lambda pair: min(place(one) for one in pair if one))


_Matched = tuple[list[Annotation], list[Annotation], list[AnnotationPair]]


def _taken(a: Sequence[Annotation], b: Sequence[Annotation], key: Callable[[Annotation], Hashable]) -> _Matched:
    """What remains of both, and the pairs of equal keys, in order."""
    waiting: dict[Hashable, list[Annotation]] = defaultdict(list)
    for one in reversed(b):
        waiting[key(one)].append(one)
    pairs: list[AnnotationPair] = []
    rest = []
    for one in a:
        if others := waiting.get(key(one)):
            pairs.append((one, others.pop()))
        else:
            rest.append(one)
    remaining = {id(one) for others in waiting.values() for one in others}
    return rest, [one for one in b if id(one) in remaining], pairs


def _overlapping(a: Sequence[Annotation], b: Sequence[Annotation]) -> _Matched:
    """The same for those of one layer and label that share characters: greedily, the best first."""
    found = []
    active: list[int] = []
    begins = 0
    order = sorted(range(len(b)), key=lambda at: b[at].hull.start)
    for i, one in enumerate(a):  # in the order of the text
        hull = one.hull
        while begins < len(order) and b[order[begins]].hull.start < hull.end:
            active.append(order[begins])
            begins += 1
        active = [at for at in active if b[at].hull.end > hull.start]
        for at in active:
            other = b[at]
            if (one.layer, one.label) == (other.layer, other.label) and (score := _dice(one, other)):
                found.append((-score, i, at))
    pairs: list[AnnotationPair] = []
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    for _, i, at in sorted(found):
        if i not in taken_a and at not in taken_b:
            pairs.append((a[i], b[at]))
            taken_a.add(i)
            taken_b.add(at)
    return (
        [one for i, one in enumerate(a) if i not in taken_a],
        [one for at, one in enumerate(b) if at not in taken_b],
        pairs,
    )


def _dice(one: Annotation, other: Annotation) -> float:
    """Twice the characters that two annotations share over the characters of both."""
    shared = sum(max(0, min(x.end, y.end) - max(x.start, y.start)) for x in one.segments for y in other.segments)
    return 2 * shared / (_length(one.segments) + _length(other.segments))


def _length(segments: Sequence[Span]) -> int:
    return sum(segment.length for segment in segments)
