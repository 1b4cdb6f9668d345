"""A scheme file, read strictly: every key that nobody would look at is a fault, reported with its line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from allegata.schema import labels
from allegata.schema.plain_values import fits_64_bits
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.scheme import FORMER_RELATION, RECORDS, Attribute, Scheme, Value
from allegata.schema.toml_files import TomlFile

_TYPES: dict[str, type] = {"label": str, "bool": bool, "int": int, "text": str}
_KEYS = ("definition", "use", "type", "values", "default", "required", "enabled")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"0|-?[1-9]\d{0,18}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # Unicode's Cc, Zl, Zp and Cs
# What the program must know of some values of an attribute: roles that several values have, and roles of one value.
_ROLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("mention", "label"): ("without-entity", "with-time"),
    ("claim", "claim_type"): ("neutral",),
    ("claim", "check_worthiness"): ("worthy",),
    ("claim", "factuality_author"): ("uncommitted",),
    ("attribution", "attribution_type"): ("factive",),
    ("dispute", "kind"): ("succession",),
    ("dispute", "about"): ("frame",),
}
SINGLE_ROLES = ("neutral", "uncommitted", "succession", "frame")
# Values that would be taken for another relation of two claims.
_TAKEN = {("dispute", "kind"): (labels.EQUIVALENT, labels.UNRELATED)}
# Attributes that tables, checks and tasks rest on: a corpus chooses their values, not whether they exist.
_NEEDED = {
    ("mention", "label"),
    ("claim", "claim_type"),
    ("time", "type"),
    ("dispute", "kind"),
    ("dispute", "differs"),
}
# Names that a record, its draft or its table has for something else.
_COMMON = frozenset(
    {
        "record", "id", "s", "quote", "nth", "cue_text", "evidence", "segments", "article_id", "sentence_id", "start",
        "end", "source_start", "source_end", "surface", "split", "text", "article", "parent", "element",
    }
)  # fmt: skip
RESERVED: dict[str, frozenset[str]] = {
    "mention": _COMMON
    | {"mention_id", "entity_id", "entity_name", "wikidata", "wikidata_status", "name", "description"},
    "attribution": _COMMON | {"attribution_id", "source_id", "source", "cue", "content"},
    "claim": _COMMON
    | {
        "claim_id", "parent_id", "attribution_id", "claimer_id", "claimer_chain", "decontextualised", "cue",
        "check_worthy", "soft_labels", "passes", "marked",
    },
    "time": _COMMON | {"time_id", "value", "edtf", "anchor"},
    "dispute": _COMMON
    | {
        "dispute_id", "story", "question", "positions", "level", "claim_ids", "article_ids", "note", "claims",
        "canonical", "supersedes",
    },
}  # fmt: skip


def parse_scheme(file: TomlFile, base: Scheme | None = None) -> Scheme:
    """The scheme that a file makes of `base`; without one the file is a whole scheme.

    Raises `ProblemsFound` with everything that is wrong with the file.
    """
    problems: list[Problem] = []
    records: dict[str, dict[str, Attribute]] = {
        record: dict(base.records[record]) if base else {} for record in RECORDS
    }
    sides: Mapping[str, str] = base.sides if base else {}
    for record, attributes in file.values.items():
        if record == "sides":
            faults = list(_definitions(file, attributes, "sides"))
            problems += faults
            sides = sides if faults else dict(attributes)
        elif record not in RECORDS and not (record == FORMER_RELATION and base is None):
            what = f"unknown record {record!r}"
            problems.append(file.problem(what, f"use one of {', '.join((*RECORDS, 'sides'))}", record))
        elif not isinstance(attributes, dict):
            what = f"{record} is not a table of attributes"
            problems.append(file.problem(what, f"write [{record}.ATTRIBUTE]", record))
        else:
            known = records.setdefault(record, {})
            for name, keys in attributes.items():
                # Of the relations of a version before 2.0.0 their labels, not what they meant for one another.
                plain = record == FORMER_RELATION and isinstance(keys, dict)
                keys = {key: keys[key] for key in _KEYS if key in keys} if plain else keys
                problems += _read_attribute(file, record, name, keys, known, base is None)
    if base is None:
        former = FORMER_RELATION in file.values
        needed = {place for place in _NEEDED if not (former and place[0] == "dispute")}
        problems += [
            Problem(f"has no attribute {name!r} of a {record}", "restore the file", file=file.name)
            for record, name in sorted(needed | ({(FORMER_RELATION, "relation")} if former else set()))
            if name not in records.get(record, {})
        ]
    if problems:
        raise ProblemsFound(problems)
    return Scheme(records, sides)


def _read_attribute(
    file: TomlFile, record: str, name: str, keys: Any, known: dict[str, Attribute], whole: bool
) -> list[Problem]:
    """What is wrong with one attribute; where nothing is, it is put among the `known` ones or taken from them."""
    place = (record, name)
    if not isinstance(keys, dict):
        return [file.problem(f"{record}.{name} is not a table", f"write [{record}.{name}]", *place)]
    old = known.get(name)
    if old is None and not whole and name in RESERVED[record]:
        what = f"{name!r} is a column or a field of every {record} and cannot be an attribute"
        return [file.problem(what, "give the attribute another name", *place)]
    if old is None and not _NAME.fullmatch(name):
        what = f"the attribute name {name!r} is not made of small letters, digits and '_'"
        return [file.problem(what, "a name begins with a letter: it becomes the name of a column", *place)]
    problems = list(_key_faults(file, record, name, keys, old, whole))
    if problems:
        return problems
    if keys.get("enabled") is False:
        known.pop(name, None)
        return []
    found = merged(record, name, keys, old)
    problems = list(_value_faults(file, record, keys, found))
    if not problems:
        known[name] = found
    return problems


def _key_faults(
    file: TomlFile, record: str, name: str, keys: Mapping[str, Any], old: Attribute | None, whole: bool
) -> Iterator[Problem]:
    """Keys that nobody knows, and values of keys that are not of their type."""
    place, shown = (record, name), f"{record}.{name}"
    allowed = (*_KEYS, *_ROLES.get(place, ()))
    for key in keys:
        if key not in allowed:
            yield file.problem(f"{shown} has the unknown key {key!r}", f"use one of {', '.join(allowed)}", *place, key)
    for key in ("required", "enabled"):
        if key in keys and not isinstance(keys[key], bool):
            yield file.problem(f"{key} of {shown} is {keys[key]!r}", "write true or false", *place, key)
    if keys.get("enabled") is False and (record, name) in _NEEDED:
        what = f"{shown} cannot be switched off: tables and checks rest on it"
        yield file.problem(what, "remove the line, or choose other values", *place, "enabled")
    kind = keys.get("type", old.type if old else "label" if "values" in keys else None)
    if kind is None and keys.get("enabled") is not False:
        yield file.problem(f"{shown} has no type", f"write type = one of {', '.join(_TYPES)}", *place)
    elif "type" in keys and (not isinstance(kind, str) or kind not in _TYPES):
        yield file.problem(f"{shown} has the type {kind!r}", f"use one of {', '.join(_TYPES)}", *place, "type")
    elif "type" in keys and old and kind != old.type and (record, name) in _NEEDED:
        what = f"{shown} is of type {old.type}, not {kind}: tables and checks rest on it"
        yield file.problem(what, "remove the line", *place, "type")
    for key, what in (("definition", "what it means"), ("use", "what it is good for")):
        if key in keys:
            if fault := _text_fault(keys[key]):
                yield file.problem(f"the {key} of {shown} {fault}", f"say in one line {what}", *place, key)
        elif old is None and keys.get("enabled") is not False and (key == "definition" or not whole):
            yield file.problem(f"{shown} has no {key}", f'write {key} = "…": in one line {what}', *place)
    if "values" in keys:
        yield from _definitions(file, keys["values"], *place, "values")
        if kind in ("bool", "text"):
            what = f"{shown} is of type {kind} and has values"
            yield file.problem(what, 'use type = "label", or remove the values', *place, "values")
        for value in _TAKEN.get(place, ()):
            if isinstance(keys["values"], dict) and value in keys["values"]:
                what = f"the value {value!r} of {shown} is a relation of two claims without a dispute"
                yield file.problem(what, "give it another name", *place, "values", value)
        for value in keys["values"] if kind == "int" and isinstance(keys["values"], dict) else ():
            if not _NUMBER.fullmatch(value) or not fits_64_bits(int(value)):
                what = f"the value {value!r} of {shown} is no whole number of 64 bits"
                yield file.problem(what, "write a number", *place, "values", value)


def _definitions(file: TomlFile, table: Any, *place: str) -> Iterator[Problem]:
    """What is wrong with a table that maps values to definitions."""
    shown = ".".join(place)
    if not isinstance(table, dict):
        yield file.problem(f"{shown} is not a table", f'write [{shown}] and below it VALUE = "definition"', *place)
        return
    seen: dict[str, str] = {}
    for value, definition in table.items():
        first = seen.setdefault(unicodedata.normalize("NFC", value), value)
        if first != value:
            yield file.problem(f"{value!r} of {shown} is {first!r} in other code points", "keep one", *place, value)
        if fault := _text_fault(value) or ("has blanks at its edges" if value != value.strip() else ""):
            yield file.problem(f"the value {value!r} of {shown} {fault}", "write a short label", *place, value)
        if fault := _text_fault(definition):
            yield file.problem(
                f"the definition of {value!r} in {shown} {fault}", "say in one line what it means", *place, value
            )


def _text_fault(value: object) -> str:
    if not isinstance(value, str):
        return f"is {value!r}, not a text"
    if not value.strip():
        return "is empty"
    if _CONTROL.search(value):
        return "has a line break or a control character"
    return ""


def merged(record: str, name: str, keys: Mapping[str, Any], old: Attribute | None) -> Attribute:
    """The attribute with the keys of the file over those of `old`.

    What is inherited and does not fit what the file says goes: values of another type, a default or a role of a value
    that is no longer there, the default of what is now required, and that something is required which has a default.
    """
    kind = keys.get("type", old.type if old else "label")
    values: Mapping[str, str] | None = old.values if old and kind == old.type else None
    values = dict(keys["values"]) if "values" in keys else values
    if kind == "label" and values is None:
        values = {}
    bare = Attribute(name, kind, keys.get("definition", old.definition if old else ""), values)
    default, required = keys.get("default"), bool(keys.get("required", False))
    if old and "default" not in keys and not keys.get("required") and _fits(old.default, bare):
        default = old.default
    if old and "required" not in keys and "default" not in keys:
        required = old.required
    roles = {}
    for role in _ROLES.get((record, name), ()):
        if role in keys:
            given = keys[role]
            roles[role] = tuple(given) if isinstance(given, list) else (given,)
        elif old:
            roles[role] = tuple(value for value in old.roles.get(role, ()) if _fits(value, bare))
    use = keys.get("use", old.use if old else "")
    return replace(bare, default=default, required=required, roles={k: v for k, v in roles.items() if v}, use=use)


def _fits(value: Value | None, attribute: Attribute) -> bool:
    if type(value) is not _TYPES[attribute.type] or (isinstance(value, int) and not fits_64_bits(value)):
        return False
    return attribute.choices is None or value in attribute.choices


def _value_faults(file: TomlFile, record: str, keys: Mapping[str, Any], found: Attribute) -> Iterator[Problem]:
    """A default, a role or a closed set that does not fit the attribute."""
    place, shown = (record, found.name), f"{record}.{found.name}"
    if found.type == "label" and not found.values and "values" not in keys and "type" in keys:
        yield file.problem(f"{shown} is of type label and has no values", f"write [{shown}.values]", *place)
        return
    known = "" if found.choices is None else f"one of {', '.join(map(str, found.choices))}" if found.choices else ""
    if found.default is not None and not _fits(found.default, found):
        what = f"the default of {shown} is {found.default!r}, not {known or f'a value of type {found.type}'}"
        yield file.problem(what, "choose a value of the attribute, or remove the default", *place, "default")
    if found.required and "default" in keys:
        what = f"{shown} is required and has a default"
        yield file.problem(what, "keep one of them: what is required is never unset", *place, "default")
    for role in _ROLES.get((record, found.name), ()):
        if role not in keys:
            continue
        given = keys[role]
        if isinstance(given, list) == (role in SINGLE_ROLES):
            how = "one value" if role in SINGLE_ROLES else "a list of values"
            yield file.problem(f"{role} of {shown} is not {how}", f"write {how}", *place, role)
            continue
        items = given if isinstance(given, list) else [given]
        for number, value in enumerate(items):
            if not _fits(value, found):
                yield file.problem(f"{role} of {shown} has {value!r}, not {known}", "use its values", *place, role)
            elif value in items[:number]:
                yield file.problem(f"{role} of {shown} has {value!r} twice", "keep one", *place, role)
