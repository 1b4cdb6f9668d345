"""What lines of brat's annotation files say, each kind of line as a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from allegata.measures.matching import LabelledSpan
from allegata.text.spans import Span

CARRIER = "allegata"  # the kind of the notes that hold what brat has no place for

Place = tuple[str, int]  # file, line


class TextBound(NamedTuple):
    """A `T` line: its fragments in the order of the line. A fragment may be empty, as brat allows."""

    label: str
    fragments: tuple[Span, ...]
    place: Place


class Event(NamedTuple):
    """An `E` line: the arguments are pairs of role and id."""

    label: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]
    place: Place


class Link(NamedTuple):
    """An `R` line, or two neighbours in a `*` line."""

    id: str
    label: str
    first: str
    second: str
    place: Place


class Mark(NamedTuple):
    """An `A` or `M` line; `value` is None where it has none."""

    name: str
    target: str
    value: str | None
    place: Place


class Note(NamedTuple):
    """A `#` line."""

    kind: str
    target: str
    text: str
    place: Place


class Reference(NamedTuple):
    """An `N` line: an entry of a resource."""

    target: str
    resource: str
    entry: str
    place: Place


@dataclass(frozen=True)
class BratDocument:
    """What the annotation files of one text hold: what has an id by its id."""

    text_bounds: Mapping[str, TextBound] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    links: Sequence[Link] = ()
    marks: Sequence[Mark] = ()
    notes: Sequence[Note] = ()
    references: Sequence[Reference] = ()

    @cached_property
    def spans(self) -> Mapping[str, LabelledSpan]:
        """The text-bound annotations, triggers of events among them, as spans with a label."""
        return {name: LabelledSpan.of(one.label, *one.fragments) for name, one in self.text_bounds.items()}
