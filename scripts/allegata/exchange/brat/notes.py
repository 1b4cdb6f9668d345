"""What brat shows as notes: the one that annotators edit, and the one that holds what brat has no place for.

`AnnotatorNotes` is the only note that brat's own dialog edits, one line. Open attributes are in it as
`name: value | name: value`; further words of the annotator may follow behind another ` | `.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allegata.exchange.brat.records import CARRIER, Note
from allegata.exchange.fields import Shape, ShapeError
from allegata.schema.json_lines import json_object
from allegata.text.documents import AttributeValue
from allegata.text.spans import Span

EDITED = "AnnotatorNotes"
_BETWEEN = " | "
_SHORT = {"\\": "\\\\", "|": "\\|", ":": "\\:"}
# Line ends of any kind, tabs and controls, which a line of brat cannot hold, and blanks at an edge, which it drops.
_UNSAFE = re.compile(r"[\\|\x00-\x1f\x7f\x85\u2028\u2029]|^\s|\s$")
_ESCAPE = re.compile(r"\\(?:u((?!d[89a-f])[0-9a-f]{4})|(.))")
_HALVES = re.compile(r"((?:\\.|[^\\:])*):(.*)")
LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # where brat's reader ends a line (`str.splitlines`)


def escaped(text: str, also: str = "") -> str:
    """The text on one line, without what separates fields of a note, or one of the characters `also`."""
    found = _UNSAFE.sub(lambda match: _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}", text)
    return found.replace(also, _SHORT[also]) if also else found


def unescaped(text: str) -> str:
    """What `escaped` made the text of."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


def is_line(text: str) -> bool:
    """Whether a note can hold the text as it is."""
    return text == text.strip() and bool(text) and not any(one in text for one in LINE_BREAKS)


def edited_note(pairs: Iterable[tuple[str, str]], words: str) -> str:
    """The note of open attributes, as pairs of name and value, and of further words."""
    parts = [f"{escaped(name, ':')}: {escaped(value)}" for name, value in pairs]
    return _BETWEEN.join([*parts, *([escaped(words, ":")] if words else [])]) if parts else words


def parted_note(text: str, names: Collection[str]) -> tuple[list[tuple[str, str]], str]:
    """The pairs of such a note whose names are among `names`, and the words that are no pair."""
    pairs: list[tuple[str, str]] = []
    words: list[str] = []
    for part in text.split(_BETWEEN):
        halves = _HALVES.fullmatch(part)
        if halves and (name := unescaped(halves[1].strip())) in names:
            pairs.append((name, unescaped(halves[2].strip())))
        else:
            words.append(part)
    return pairs, unescaped(_BETWEEN.join(words)) if pairs else text


@dataclass(frozen=True)
class Carried:
    """What a span or relation has that brat has no place for; it is in a note of its own.

    What it says of `label` holds for the name that the span has in brat, of `segments` for its fragments there: where
    an annotator changed those, it holds no longer.
    """

    id: str = ""
    name: str = ""
    label: tuple[str, str] = ("", "")
    fragments: tuple[Span, ...] = ()
    segments: tuple[Span, ...] = ()
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self != Carried()

    def text(self) -> str:
        """The text of the note."""
        facts: dict[str, Any] = {"id": self.id} if self.id else {}
        if self.name:
            facts |= {"name": self.name, "layer": self.label[0], "label": self.label[1]}
        if self.fragments:
            facts |= {"fragments": self.fragments, "segments": self.segments}
        if self.attributes:
            facts["attributes"] = dict(self.attributes)
        return json.dumps(facts)


def carried(note: Note) -> Carried:
    """What a note carries. Raises `ShapeError` where it is none of ours."""
    try:
        row = Shape(found := json_object(note.text))
    except ValueError as error:
        raise ShapeError(f"the note {CARRIER} of {note.target} {error}") from None
    fragments, segments = (
        tuple(Span(*pair) for pair in row.pairs(name)) if name in found else () for name in ("fragments", "segments")
    )
    label = (row.text("layer", ""), row.text("label", ""))
    return Carried(row.text("id", ""), row.text("name", ""), label, fragments, segments, row.attributes("attributes"))
