"""The lines of brat's `.ann` files, read with tolerance: what can be repaired is counted, what cannot is reported.

What each line may hold is said on brat's page of the standoff format, and by what its own reader takes
(`server/src/annotation.py`). Offsets count code points of the text file, line ends and a byte order mark among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from allegata.exchange.brat.moved import covered, moved, solid
from allegata.exchange.brat.records import CARRIER, BratDocument, Event, Link, Mark, Note, Place, Reference, TextBound
from allegata.schema.imported import Notices
from allegata.schema.problems import Problem, Problems
from allegata.text.spans import Span, span_fault

_OFFSETS = re.compile(r"[0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*")
# An `N` line names its target first, or as the BioNLP shared task of 2013 did, which brat reads as well.
_TARGET, _ENTRY = "Annotation:", "Referent:"


def lines_of(ann: str) -> list[str]:
    """The lines of an annotation file. A quote may hold other breaks than those that end its line."""
    return [line.removesuffix("\r") for line in (ann if "\n" in ann else ann.replace("\r", "\n")).split("\n")]


def text_bound_of(line: str) -> tuple[str, str, list[tuple[int, int]], str] | None:
    """Id, label, fragments and quote of a `T` line; None where it is none."""
    name, data, quote = (*line.split("\t", 2), "", "")[:3]
    label, _, offsets = data.rstrip().partition(" ")
    if name[:1] != "T" or not label or not _OFFSETS.fullmatch(offsets):
        return None
    pairs = (part.split(" ") for part in offsets.split(";"))
    return name, label, [(int(start), int(end)) for start, end in pairs], quote


def parse_brat(
    text: str,
    parts: Sequence[tuple[str, str]],
    notices: Notices,
    problems: Problems,
    offsets: Mapping[int, int] | None = None,
) -> BratDocument:
    """The annotation files of one text, each as name and content, one below the other.

    `offsets` are the code points of the offsets in them, where they count something else. Counted as notices: files
    without an annotation, quotes broken over lines, spans moved to where their quote is. Problems: lines of no
    known form, offsets outside the text, fragments that overlap, quotes that are not in the text, repeated ids,
    arguments that point nowhere.
    """
    parser = _Parser(text, offsets, notices, problems)
    for file, ann in parts:
        parser.read(file, ann)
    return parser.finished()


@dataclass
class _Parser:
    text: str
    offsets: Mapping[int, int] | None
    notices: Notices
    problems: Problems
    text_bounds: dict[str, TextBound] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    quotes: dict[str, str] = field(default_factory=dict)
    expected: tuple[str, int] | None = None  # the words of the last span, and how far its quote has come
    outside: dict[str, str] = field(default_factory=dict)  # what lies outside the text, until its quote is looked for
    ids: set[str] = field(default_factory=set)  # of what other lines point to
    faulty: set[str] = field(default_factory=set)  # what points to them is no fault of its own

    def complain(self, place: Place, what: str, fix: str) -> None:
        self.problems.add(Problem(what, fix, file=place[0], line=place[1]))

    def read(self, file: str, ann: str) -> None:
        if not ann.strip():
            self.notices.add("annotation file without an annotation", file)
        last = ""  # the annotation whose quote the next line may go on
        for number, line in enumerate(lines_of(ann), start=1):
            if not line.strip():
                continue
            place = (file, number)
            if bound := text_bound_of(line):
                last = bound[0] if self.text_bound(*bound, place) else ""
                self.expected = None
            elif self.other(line, place):
                last = ""
            elif last and self.goes_on(last, line):
                self.quotes[last] += " " + line
                self.notices.add("quote broken over several lines, joined", file)
            else:
                self.complain(place, f"no line of brat: {line[:40]!r}", "correct the line or take it out")
                self.faulty.add(line.split(maxsplit=1)[0])
                last = ""

    def goes_on(self, name: str, line: str) -> bool:
        """Whether the line goes on with the quote of an annotation: brat breaks one that is moved over line ends."""
        if self.expected is None:
            words, begun = solid(covered(self.text_bounds[name].fragments, self.text)), solid(self.quotes[name])
            self.expected = (words, len(begun) if words.startswith(begun) else len(words))
        words, at = self.expected
        more = solid(line)
        self.expected = (words, at + len(more))
        return words.startswith(more, at)

    def is_new(self, name: str, place: Place) -> bool:
        if name in self.ids:
            self.complain(place, f"{name} occurs twice", "give each annotation an id of its own")
            return False
        self.ids.add(name)
        return True

    def text_bound(self, name: str, label: str, pairs: Sequence[tuple[int, int]], quote: str, place: Place) -> bool:
        if not self.is_new(name, place):
            return False
        fragments, fault = self.fragments(pairs)
        if fault and not (fragments and quote.strip()):
            self.complain(place, f"{name}: {fault}", "give the text that the file was annotated on")
            self.faulty.add(name)
            return False
        if fault:
            self.outside[name] = fault
        self.text_bounds[name] = TextBound(label, fragments, place)
        self.quotes[name] = quote
        return True

    def fragments(self, pairs: Sequence[tuple[int, int]]) -> tuple[tuple[Span, ...], str | None]:
        """The fragments in code points, and what is wrong with them; none where no place in a text can be meant."""
        if self.offsets is not None:
            points = [(self.offsets.get(start, -1), self.offsets.get(end, -1)) for start, end in pairs]
            lost = next((pair for pair, found in zip(pairs, points, strict=True) if -1 in found), None)
            if lost:
                return (), f"[{lost[0]},{lost[1]}) lies outside the text, or begins or ends within a character"
            pairs = points
        reversed_one = next((pair for pair in pairs if pair[0] > pair[1]), None)
        if reversed_one:
            return (), span_fault(*reversed_one, len(self.text))
        if any(first[1] > second[0] for first, second in pairwise(sorted(pairs))):
            return (), "fragments overlap"
        outside = (span_fault(start, end, len(self.text)) for start, end in pairs if end > len(self.text))
        return tuple(Span(start, end) for start, end in pairs), next(outside, None)

    def other(self, line: str, place: Place) -> bool:
        """Whether it is a line of another kind than `T`, which is noted then."""
        name, data, tail = (*line.split("\t", 2), "", "")[:3]
        fields = data.split()
        if len(fields) < (1 if name[:1] == "E" else 2):
            return False
        label, *rest = fields
        if name[:1] == "E" and (pairs := _pairs(fields)):
            if self.is_new(name, place):
                self.events[name] = Event(*pairs[0], pairs[1:], place)
        elif name[:1] == "R" and (pairs := _pairs(rest)) and len(pairs) == 2:
            if pairs[0][0] == pairs[1][0]:
                self.complain(place, f"{name}: both arguments are {pairs[0][0]}", "name them Arg1 and Arg2")
                self.faulty.add(name)
            elif self.is_new(name, place):
                self.links.append(Link(name, label, pairs[0][1], pairs[1][1], place))
        elif name == "*" and len(rest) > 1:
            self.links += [Link("*", label, first, second, place) for first, second in pairwise(rest)]
        elif name[:1] in ("A", "M"):
            value = data.rstrip().split(" ", 2)[2:]
            self.marks.append(Mark(label, rest[0], value[0] if value else None, place))
        elif name[:1] == "N" and (found := _referred(rest)):
            self.references.append(Reference(*found, place))
        elif name[:1] == "#" and len(rest) == 1:
            self.notes.append(Note(label, rest[0], tail.strip(), place))
        else:
            return False
        return True

    def finished(self) -> BratDocument:
        self.check_quotes()
        placed = {note.target for note in self.notes if note.kind == CARRIER}
        for name, one in list(self.text_bounds.items()):
            if any(not fragment.length for fragment in one.fragments) and name not in placed:
                self.drop(name, "it covers no character", "mark the words that are meant")
        for place, target in self.pointers():
            if target not in self.ids and target not in self.faulty:
                self.complain(place, f"it points to {target}, which is not in the file", "take the line out")
        return BratDocument(self.text_bounds, self.events, self.links, self.marks, self.notes, self.references)

    def check_quotes(self) -> None:
        """Put spans where their quotes are, and report those that are nowhere."""
        wrong: dict[str, tuple[Sequence[Span], str]] = {}
        right: list[int] = []
        for name, one in self.text_bounds.items():
            quote = self.quotes[name]
            if name in self.outside or (quote and not self.is_quoted(one, quote)):
                wrong[name] = (one.fragments, quote)
            elif quote:
                right.append(one.fragments[0].start)
        found = moved(self.text, right, wrong) if wrong else {}
        for name, (_, quote) in wrong.items():
            one = self.text_bounds[name]
            if name in found:
                self.text_bounds[name] = one._replace(fragments=found[name])
                # The quote says what is meant, for a text that was edited moves every offset behind it.
                self.notices.add("span whose text is not at its offsets, moved to its quote", _said(name, one.place))
            else:
                what = self.outside.get(name) or f"its text is not {quote[:40]!r}"
                self.drop(name, what, "give the text that the file was annotated on")

    def is_quoted(self, one: TextBound, quote: str) -> bool:
        """Whether the quote is that of the fragments; brat takes more behind it for a remark."""
        words = " ".join(fragment.quote(self.text) for fragment in one.fragments)
        return solid(quote) == solid(words) or (quote.startswith(words) and quote[len(words)].isspace())

    def drop(self, name: str, what: str, fix: str) -> None:
        self.complain(self.text_bounds.pop(name).place, f"{name}: {what}", fix)
        self.ids.discard(name)
        self.faulty.add(name)

    def pointers(self) -> Iterator[tuple[Place, str]]:
        for event in self.events.values():
            yield event.place, event.trigger
            yield from ((event.place, target) for _, target in event.arguments)
        for link in self.links:
            yield link.place, link.first
            yield link.place, link.second
        for mark in self.marks:
            yield mark.place, mark.target
        for note in self.notes:
            yield note.place, note.target
        for reference in self.references:
            yield reference.place, reference.target


def _said(name: str, place: Place) -> str:
    return f"{place[0]}:{place[1]} {name}"


def _pairs(fields: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Fields `ROLE:ID`; empty where one is none."""
    pairs = tuple((role, target) for role, _, target in (part.partition(":") for part in fields))
    return pairs if all(role and target for role, target in pairs) else ()


def _referred(fields: Sequence[str]) -> tuple[str, str, str] | None:
    """Target, resource and entry of the fields of an `N` line that follow its kind."""
    if len(fields) != 2:
        return None
    target, entry = sorted(fields, key=lambda part: part.startswith(_ENTRY))
    resource, _, name = entry.removeprefix(_ENTRY).partition(":")
    target = target.removeprefix(_TARGET)
    return (target, resource, name) if target and resource and name else None
