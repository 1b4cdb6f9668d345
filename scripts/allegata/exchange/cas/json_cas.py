"""CAS as JSON ("JSON serialization of the Apache UIMA CAS", draft 0.4, SPECIFICATION of uima-uimaj-io-jsoncas).

Keywords begin with `%`; `@` marks a reference, `^` an offset, `#` a number that JSON cannot write. Offsets are UTF-16
units: the draft leaves the unit open, and Java and cassis write those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allegata.exchange.cas.structures import Cas, References, Structure, UimaType, UimaTypes, Value, whole_number
from allegata.exchange.folder import Reading
from allegata.schema.json_lines import JsonError, json_object
from allegata.schema.problems import Problem

TYPES, STRUCTURES, VIEWS = "%TYPES", "%FEATURE_STRUCTURES", "%VIEWS"
_FIX = "export it as UIMA CAS JSON"


def read_json_cas(data: bytes, name: str, reading: Reading) -> Cas | None:
    """The CAS of a JSON file; None where it is none. A structure that cannot be read is a problem, and skipped."""
    try:
        found = json_object(data)
    except JsonError as error:
        reading.problems.add(error.problem(_FIX, name))
        return None
    if not isinstance(found.get(STRUCTURES), list | dict):
        reading.problems.add(Problem(f"has no {STRUCTURES}: it is no CAS", _FIX, file=name))
        return None
    structures: dict[int, Structure] = {}
    nameless = 0
    for row in _rows(found[STRUCTURES]):
        its_id = whole_number(row.get("%ID")) if isinstance(row, dict) else None
        kind = row.get("%TYPE") if isinstance(row, dict) else None
        if its_id is None or not isinstance(kind, str):
            nameless += 1
        elif its_id in structures:
            what = f"has several feature structures of the %ID {its_id}"
            reading.problems.add(Problem(what, "export the file again", file=name))
        else:
            structures[its_id] = Structure(its_id, kind, _features(row))
    if nameless:
        what = f"has {nameless} feature structures without %ID and %TYPE"
        reading.problems.add(Problem(what, "export the file again", file=name))
    return Cas(structures, _members(found.get(VIEWS)), UimaTypes(_types(found.get(TYPES))))


def _rows(found: list[Any] | dict[str, Any]) -> list[Any]:
    """The structures, which an earlier draft has as an object by id."""
    if isinstance(found, list):
        return found
    return [{"%ID": key, **row} if isinstance(row, dict) else row for key, row in found.items()]


def _features(row: Mapping[str, Any]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    is_references = str(row["%TYPE"]).endswith(("[]", "FSArray"))
    for key, value in row.items():
        if key == "%ELEMENTS":
            elements = value if isinstance(value, list) else [value]
            found["elements"] = _references(elements) if is_references else tuple(map(_text, elements))
        elif key.startswith("@"):
            found[key[1:]] = _references([value])
        elif not key.startswith("%") and isinstance(value, str | int | float):
            found[key.lstrip("^#")] = value
    return found


def _references(values: list[Any]) -> References:
    return References(tuple(number for number in map(whole_number, values) if number is not None))


def _text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _members(views: object) -> dict[int, tuple[int, ...]]:
    found = {}
    for view in views.values() if isinstance(views, dict) else ():
        sofa = whole_number(view.get("%SOFA")) if isinstance(view, dict) else None
        if sofa is not None and isinstance(view.get("%MEMBERS"), list):
            found[sofa] = _references(view["%MEMBERS"]).ids
    return found


def _types(types: object) -> dict[str, UimaType]:
    found = {}
    for name, row in types.items() if isinstance(types, dict) else ():
        if isinstance(row, dict):
            ranges = {
                key: str(feature.get("%RANGE"))
                for key, feature in row.items()
                if not key.startswith("%") and isinstance(feature, dict)
            }
            found[name] = UimaType(str(row.get("%SUPER_TYPE")), ranges)
    return found
