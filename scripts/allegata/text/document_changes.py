"""What is not the same in two documents on one text: annotations added, removed, moved or relabelled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from allegata.text.document_pairs import AnnotationPair, paired
from allegata.text.documents import Annotation, AttributeValue, Document

ChangeKind = Literal["added", "removed", "moved", "relabelled"]
CHANGE_KINDS: tuple[ChangeKind, ...] = ("added", "removed", "moved", "relabelled")
Pointers = Mapping[str, tuple[str, ...]]  # label of a relation -> ids of the annotations that it points to


@dataclass(frozen=True)
class FieldChange:
    """A label, attribute or relation that is another; None where it is not set. A relation is what it points to."""

    what: Literal["label", "attribute", "relation"]
    name: str
    first: AttributeValue | None
    second: AttributeValue | None


@dataclass(frozen=True)
class Change:
    """One annotation that is not the same in two documents; None in the one that has it not.

    `quotes` are its words in either, "" where it is not; `why` says more of one that was removed.
    """

    first: Annotation | None
    second: Annotation | None
    quotes: tuple[str, str]
    fields: tuple[FieldChange, ...] = ()
    why: str = ""

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """What happened to it: one of them, or moved and relabelled."""
        if self.first is None or self.second is None:
            return ("added",) if self.first is None else ("removed",)
        moved: tuple[ChangeKind, ...] = ("moved",) if _apart(self.first, self.second) else ()
        return (*moved, "relabelled") if self.fields else moved

    @property
    def shown(self) -> Annotation:
        """The annotation as it is now; as it was where it was removed."""
        found = self.second or self.first
        assert found is not None
        return found


def _apart(a: Annotation, b: Annotation) -> bool:
    """Whether two have other segments; in which order they were annotated says nothing of where they are."""
    return sorted(a.segments) != sorted(b.segments)


def changes(first: Document, second: Document) -> list[Change]:
    """Every annotation that is not the same in two documents on one text, in the order of the text.

    What an annotation is called (its id) is no difference. Annotations of one id are taken for the same where this
    explains the two documents with no more differences than their spans alone do: ids of a tool, or of another
    annotator, may mean something else.
    """
    found = (_changes(first, second, paired(first, second, by_id=by_id)) for by_id in (True, False))
    return min(found, key=lambda them: sum(map(_cost, them)))


def _cost(change: Change) -> int:
    """How much a change explains away: what moved to where it shares nothing is as much as one removed, one added."""
    if change.first is None or change.second is None:
        return 1
    a, b = change.first.hull, change.second.hull
    is_apart = min(a.end, b.end) <= max(a.start, b.start)
    return ("moved" in change.kinds) * (1 + is_apart) + sum(one.what != "relation" for one in change.fields)


def _changes(first: Document, second: Document, pairs: list[AnnotationPair]) -> list[Change]:
    counterpart = {b.id: a.id for a, b in pairs if a and b}
    before, after = _pointers(first), _pointers(second)
    found = []
    for a, b in pairs:
        fields = tuple(_fields(a, b, before[a.id], after[b.id], counterpart)) if a and b else ()
        change = Change(a, b, (a.quote(first.text) if a else "", b.quote(second.text) if b else ""), fields)
        if change.kinds:
            found.append(change)
    return found


def _pointers(document: Document) -> Mapping[str, Pointers]:
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for one in sorted(set(document.relations)):
        found[one.first][one.label] = (*found[one.first].get(one.label, ()), one.second)
    return found


def _fields(
    a: Annotation, b: Annotation, before: Pointers, after: Pointers, counterpart: Mapping[str, str]
) -> Iterator[FieldChange]:
    if a.label != b.label:
        yield FieldChange("label", "label", a.label, b.label)
    for name in sorted(a.attributes.keys() | b.attributes.keys()):
        old, new = a.attributes.get(name), b.attributes.get(name)
        if (type(old), old) != (type(new), new):
            yield FieldChange("attribute", name, old, new)
    for name in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(name, ()), after.get(name, ())
        if set(ours) != {counterpart.get(one) for one in theirs}:
            yield FieldChange("relation", name, ours or None, theirs or None)
