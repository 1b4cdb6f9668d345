"""People whose names are replaced wherever they would be published: annotations/redactions.jsonl, one a line.

    {"person": "…", "entity_id": "person-1", "placeholder": "[Person 1]", "names": ["…"], "shared": [],
     "replace": [], "leave": [], "places": [{"article_id": "…", "start": 0, "end": 5, "exact": "…", "replace": true}]}

`allegata redact` writes it. `names` are all that the person is known by, `shared` the words of them that name others
too. What is in doubt is decided by the characters as they stand (`replace`, `leave`) or by place: offsets count the
source text of raw/, before anything is replaced.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from allegata.schema.fields import Field, field_faults, filled
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, ProblemsFound

REDACTIONS = "redactions.jsonl"
_FIX = "correct the line, or restore it from version control: allegata redact writes it"
_LISTS = ("names", "shared", "replace", "leave")
REDACTION_FIELDS = {
    "person": Field(),
    "entity_id": Field(),
    "placeholder": Field(),
    "names": Field(list, each=str),
    **{name: Field(list, each=str, default=()) for name in ("shared", "replace", "leave")},
    "places": Field(list, each=dict, default=()),
}
PLACE_FIELDS = {
    "article_id": Field(),
    "start": Field(int),
    "end": Field(int),
    "exact": Field(),
    "replace": Field(bool),
}


@dataclass(frozen=True)
class Place:
    """What was decided of one place of a source text."""

    article_id: str
    start: int
    end: int
    exact: str
    replace: bool


@dataclass(frozen=True)
class Redaction:
    """One person: `person` is what the curator called them, `entity_id` and `placeholder` what is published instead."""

    person: str
    entity_id: str
    placeholder: str
    names: tuple[str, ...]
    shared: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def read_redactions(annotations: Path) -> tuple[Redaction, ...]:
    """Every redaction, in the order of the file; none where it is missing. Raises `ProblemsFound`."""
    name = f"{annotations.name}/{REDACTIONS}"
    lines, problems = parse_json_lines(read_file(annotations / REDACTIONS, name) or b"", name)
    found = []
    for number, row in lines:
        if faults := _faults(row):
            problems += [Problem(fault, _FIX, file=name, line=number) for fault in faults]
        else:
            row = filled(row, REDACTION_FIELDS)
            lists = {field: tuple(row[field]) for field in _LISTS}
            found.append(Redaction(**{**row, **lists, "places": tuple(Place(**place) for place in row["places"])}))
    if problems:
        raise ProblemsFound(problems)
    return tuple(found)


def render_redactions(redactions: Iterable[Redaction]) -> str:
    """The text of the file."""
    return "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in redactions)


def _faults(row: Mapping[str, Any]) -> list[str]:
    if faults := field_faults(row, REDACTION_FIELDS, "a redaction"):
        return faults
    empty = [f"{name!r} is empty" for name in ("person", "entity_id", "placeholder") if not row[name].strip()]
    places = [
        f"place {number}: {fault}"
        for number, place in enumerate(row.get("places") or (), 1)
        for fault in field_faults(place, PLACE_FIELDS, "a place")
    ]
    return [*empty, *places]
