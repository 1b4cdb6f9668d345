"""An annotation as lines of brat, and back: each thing in the place that brat has for it, the rest in one note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from allegata.exchange.brat.names import RESOURCE, Names, closed_values, safe_name
from allegata.exchange.brat.notes import EDITED, LINE_BREAKS, Carried, carried, edited_note, is_line, parted_note
from allegata.exchange.brat.records import CARRIER, Mark, Note, Place, Reference
from allegata.exchange.fields import ShapeError
from allegata.text.documents import Annotation, AttributeType, AttributeValue, value_text
from allegata.text.spans import Span, span_fault, union

NOWHERE: Place = ("", 0)
LINK = "Reference"  # the kind of every `N` line, and the attribute that links to other resources go by


@dataclass
class Lines:
    """The lines of one annotation, or what another program wrote of one: its name in brat, and what points to it."""

    name: str
    fragments: tuple[Span, ...]
    place: Place = NOWHERE
    marks: list[Mark] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


# -- spans ------------------------------------------------------------------------------------------------------------


def fragments_of(segments: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Segments as brat stores them: in the order of the text, disjoint, and none across the end of a line.

    brat does the same to a span that is marked over line breaks, and drops the blanks beside them (`__create_span` in
    its `annotator.py`). Segments of nothing but line breaks are one empty fragment.
    """
    ordered = sorted(segments)
    if any(first.end > second.start for first, second in pairwise(ordered)):
        ordered = union(ordered)
    found = [piece for segment in ordered for piece in _pieces(segment, text)]
    return tuple(found) or (Span(ordered[0].start, ordered[0].start),)


def _pieces(segment: Span, text: str) -> Iterable[Span]:
    quote = segment.quote(text)
    at = segment.start
    lines = quote.splitlines(keepends=True)
    for number, line in enumerate(lines):
        start, end = at, at + len(line)
        at = end
        if number or len(lines) > 1 or line[-1:] in LINE_BREAKS:
            start += (len(line) - len(line.lstrip())) * (number > 0)
            is_cut = number < len(lines) - 1 or line[-1] in LINE_BREAKS
            end -= (len(line) - len(line.rstrip())) * is_cut
        if start < end:
            yield Span(start, end)


def segments_of(fragments: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Fragments as segments: those that only the end of a line parts are one."""
    found: list[Span] = []
    for one in fragments:
        between = text[found[-1].end : one.start] if found else ""
        if between.isspace() and any(end in between for end in LINE_BREAKS):
            found[-1] = Span(found[-1].start, one.end)
        else:
            found.append(one)
    return tuple(found)


# -- out --------------------------------------------------------------------------------------------------------------


def lines_of_annotation(annotation: Annotation, brat_id: str, text: str, names: Names) -> tuple[Lines, Carried]:
    """The lines of an annotation, and what they do not say of it."""
    layer, label = annotation.layer, annotation.label
    name = names.labels.get((layer, label)) or safe_name(label)
    lines = Lines(name, fragments_of(annotation.segments, text))
    pairs: list[tuple[str, str]] = []
    rest: dict[str, AttributeValue] = {}
    for attribute, value in annotation.attributes.items():
        piece, more = _piece(annotation, attribute, brat_id, names)
        edited = [Note(EDITED, brat_id, edited_note(more, ""), NOWHERE)] if more else []
        said, _ = attributes_of(replace(piece, notes=[*piece.notes, *edited]), layer, label, names)
        if said == {attribute: value}:
            lines.marks += piece.marks
            lines.references += piece.references
            lines.notes += piece.notes
            pairs += more
        else:
            rest[attribute] = value
    words = rest.get(EDITED)
    note = edited_note(pairs, words) if isinstance(words, str) and words else ""
    if is_line(note) and parted_note(note, names.declared(layer)) == (pairs, words):
        del rest[EDITED]
    else:
        note = edited_note(pairs, "")
    if note:
        lines.notes.append(Note(EDITED, brat_id, note, NOWHERE))
    is_named = names.label_of(name) == (layer, label)
    is_whole = segments_of(lines.fragments, text) == annotation.segments
    return lines, Carried(
        "" if annotation.id == brat_id else annotation.id,
        "" if is_named else name,
        ("", "") if is_named else (layer, label),
        () if is_whole else lines.fragments,
        () if is_whole else annotation.segments,
        rest,
    )


def _piece(annotation: Annotation, attribute: str, brat_id: str, names: Names) -> tuple[Lines, list[tuple[str, str]]]:
    """The lines that may say one attribute, and the pairs of the edited note; none where brat has no place for it."""
    layer, value = annotation.layer, annotation.attributes[attribute]
    lines = Lines("", ())
    several = value if isinstance(value, tuple) else (value,)
    texts = [value_text(one) for one in several]
    stored = names.values.get((layer, attribute), {}).get(texts[0]) if texts else None
    if not texts or (attribute == EDITED and attribute not in names.declared(layer)):
        return lines, []
    if stored:
        lines.marks.append(Mark(names.attributes[layer, attribute], brat_id, stored, NOWHERE))
    elif attribute == names.reference_of(layer, annotation.label) and is_word(texts[0]):
        lines.references.append(Reference(brat_id, RESOURCE, texts[0], NOWHERE))
    elif attribute in names.declared(layer):
        return lines, [(attribute, text) for text in texts]
    elif attribute == LINK:
        for resource, _, entry in (text.partition(":") for text in texts):
            if is_word(resource) and is_word(entry):
                lines.references.append(Reference(brat_id, resource, entry, NOWHERE))
    elif safe_name(attribute) == attribute and (value is True or is_word(texts[0])):
        lines.marks.append(Mark(attribute, brat_id, None if value is True else texts[0], NOWHERE))
    elif is_word(attribute) and is_line(texts[0]) and attribute != CARRIER:
        lines.notes.append(Note(attribute, brat_id, texts[0], NOWHERE))
    return lines, []


def is_word(text: str) -> bool:
    """Whether the text is one field of a line."""
    return len(text.split()) == 1 and not any(one.isspace() for one in text)


# -- in ---------------------------------------------------------------------------------------------------------------

Fault = tuple[Place, str]


def annotation_of(brat_id: str, lines: Lines, text: str, names: Names) -> tuple[Annotation | None, list[Fault]]:
    """The annotation of lines, and what is wrong with them; None where they cover nothing."""
    faults: list[Fault] = []
    extra = Carried()
    for note in lines.notes:
        if note.kind == CARRIER:
            try:
                extra = carried(note)
            except ShapeError as error:
                faults.append((note.place, str(error)))
    layer, label = extra.label if extra.name == lines.name and any(extra.label) else names.label_of(lines.name)
    segments = segments_of(lines.fragments, text)
    if extra.fragments == lines.fragments:
        segments = extra.segments
    wrong = next((fault for one in segments if (fault := span_fault(*one, len(text)))), None)
    if wrong or not segments:
        return None, [*faults, (lines.place, f"{brat_id}: {wrong}")]
    attributes, more = attributes_of(lines, layer, label, names)
    known = {**extra.attributes, **attributes}
    return Annotation(extra.id or brat_id, layer, label, segments, known), [*faults, *more]


def attributes_of(lines: Lines, layer: str, label: str, names: Names) -> tuple[dict[str, AttributeValue], list[Fault]]:
    """The attributes that lines say, and those that are no value of their attribute."""
    found: dict[str, list[AttributeValue]] = {}
    faults: list[Fault] = []
    declared = names.declared(layer)

    def add(one: AttributeType, value: str | bool, place: Place) -> None:
        is_flag = one.kind == "bool" or one.name not in declared
        parsed = one.parsed(value) if isinstance(value, str) else value if is_flag else None
        if parsed is None:
            shown = "no value" if value is True else repr(value)
            faults.append((place, f"{one.name} has {shown}, which is none of the kind {one.kind}"))
        elif one.name in found and one.name in declared and one.kind != "list":
            faults.append((place, f"{one.name} is given twice"))
        else:
            found.setdefault(one.name, []).append(parsed)

    for mark in lines.marks:
        one = names.attribute_of(layer, mark.name)
        choice = closed_values(one)
        implied = choice[0] if len(choice) == 1 else True
        stored = implied if mark.value is None else names.value_of(layer, one.name, mark.value)
        add(one, stored, mark.place)
    for link in lines.references:
        name = names.reference_of(layer, label) if link.resource == RESOURCE else ""
        add(AttributeType(name or LINK), link.entry if name else f"{link.resource}:{link.entry}", link.place)
    for note in lines.notes:
        pairs, words = parted_note(note.text, declared) if note.kind == EDITED else ([], note.text)
        for name, value in pairs:
            add(names.types.attribute(layer, name), value, note.place)
        if words and note.kind != CARRIER:
            add(AttributeType(note.kind), words, note.place)
    return {name: _together(values) for name, values in found.items()}, faults


def _together(values: Sequence[AttributeValue]) -> AttributeValue:
    """The value of an attribute that is said once, or several times."""
    if len(values) == 1:
        return values[0]
    return tuple(text for one in values for text in (one if isinstance(one, tuple) else (value_text(one),)))
