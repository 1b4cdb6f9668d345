"""The registers that all articles share: entities and annotators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from allegata.annotate.records import ID
from allegata.schema import labels
from allegata.schema.fields import Field, field_faults, filled
from allegata.schema.files import unreadable
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme

ANNOTATOR_FIELDS: dict[str, Field] = {
    "id": Field(),
    "kind": Field(choices=labels.ANNOTATOR_KINDS),
    "description": Field(default=""),
}


def entity_fields(scheme: Scheme) -> dict[str, Field]:
    """The fields of the register of entities; an entity without a label has no mentions."""
    sides = tuple(scheme.sides)
    return {
        "id": ID,
        "name": Field(),
        "label": Field(choices=scheme.values("mention", "label"), nullable=True),
        **({"side": Field(choices=sides, nullable=True)} if sides else {}),
        "description": Field(default=""),
        "wikidata": Field(nullable=True),
        "wikidata_status": Field(choices=labels.WIKIDATA_STATUSES, default="unverified"),
        "wikidata_evidence": Field(nullable=True),
    }


def read_register(
    path: Path, name: str, fields: Mapping[str, Field], key: str = "id"
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rows of a JSON Lines register with all their fields, sorted by `key`, and every fault of it."""
    if problem := unreadable(path, name):
        return [], [problem]
    if not path.is_file():
        return [], [Problem("is missing", "write one JSON object for each entry", file=name)]
    lines, problems = parse_json_lines(path.read_bytes(), name)
    rows: list[dict[str, Any]] = []
    seen: dict[Any, int] = {}
    for number, row in lines:
        faults = field_faults(row, fields, "this register")
        if not faults and (first := seen.setdefault(row[key], number)) != number:
            fault = f"duplicate {key} {row[key]!r} (first in line {first})"
            problems.append(Problem(fault, "rename or delete one", file=name, line=number))
            continue
        known = row.keys() <= fields.keys()
        fix = "correct the line" if known else f"correct the line; its fields are: {', '.join(fields)}"
        problems += [Problem(fault, fix, file=name, line=number) for fault in faults]
        if not faults:
            rows.append(filled(row, fields))
    return sorted(rows, key=lambda row: str(row[key])), problems


def doubtful_ids(path: Path, problems: Sequence[Problem]) -> frozenset[str] | None:
    """The ids of the lines of a register that have `problems`; None where one of them has no id that can be read, so
    that any id may be in it."""
    if not problems:
        return frozenset()
    if not path.is_file() or any(problem.line is None for problem in problems):
        return None
    rows = dict(parse_json_lines(path.read_bytes(), path.name)[0])
    ids = [rows.get(problem.line or 0, {}).get("id") for problem in problems]
    named = [found for found in ids if isinstance(found, str)]
    return frozenset(named) if len(named) == len(ids) else None


def entity_faults(rows: list[dict[str, Any]], name: str) -> list[Problem]:
    """`verified` needs an id and evidence; NIL (not in Wikidata) has no id; `unverified` may have one or not yet. No
    entity has the id of a claimer that is none: the author, or a source that the register does not have."""
    problems = []
    for row in rows:
        fault = None
        if row["wikidata_status"] == "verified" and not (row["wikidata"] and row["wikidata_evidence"]):
            fault = "is verified without a Wikidata id or without evidence"
        elif row["wikidata_status"] == "NIL" and row["wikidata"] is not None:
            fault = "is NIL (not in Wikidata) but has a Wikidata id"
        if fault:
            problems.append(Problem(f"entity {row['id']!r} {fault}", "correct status, id and evidence", file=name))
        if row["id"] in (labels.AUTHOR, labels.UNNAMED):
            problems.append(Problem(f"{row['id']!r} is no id of an entity", "give it another id", file=name))
    return problems
