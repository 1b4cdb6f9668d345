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

from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, ProblemsFound

REDACTIONS = "redactions.jsonl"
_FIX = "correct the line, or restore it from version control: allegata redact writes it"
_LISTS = ("names", "shared", "replace", "leave")


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
            lists = {field: tuple(row[field]) for field in _LISTS}
            found.append(Redaction(**{**row, **lists, "places": tuple(Place(**place) for place in row["places"])}))
    if problems:
        raise ProblemsFound(problems)
    return tuple(found)


def render_redactions(redactions: Iterable[Redaction]) -> str:
    """The text of the file."""
    return "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in redactions)


def _faults(row: Mapping[str, Any]) -> list[str]:
    fields = asdict(Redaction("", "", "", ()))
    faults = [f"unknown field {name!r}" for name in sorted(row.keys() - fields.keys())]
    for name in ("person", "entity_id", "placeholder"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            faults.append(f"{name!r} is not text")
    for name in _LISTS:
        value = row.get(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            faults.append(f"{name!r} is no list of texts")
    kinds = {"article_id": str, "start": int, "end": int, "exact": str, "replace": bool}
    places = row.get("places")
    if not isinstance(places, list) or not all(
        isinstance(place, dict) and {name: type(value) for name, value in place.items()} == kinds for place in places
    ):
        faults.append("'places' is no list of places with article_id, start, end, exact and replace")
    return faults
