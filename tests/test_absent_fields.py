"""A field that is not there means what the scheme says that null means: of every field of every kind of record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from allegata.annotate.cross_article import DISPUTES, PROPOSITIONS, read_cross_article
from allegata.annotate.records import KINDS, POSITION_FIELDS, PROPOSITION_FIELDS, SPAN_FIELDS, Records
from allegata.annotate.registers import ANNOTATOR_FIELDS, entity_fields, read_register
from allegata.benchmark.descriptions import DESCRIPTION_FIELDS, read_description
from allegata.clean.curated_lines import CURATED_FIELDS, read_curated_lines
from allegata.dedup.decisions import DECISION_FIELDS, read_decisions
from allegata.ingest.manifest import ManifestRow, read_manifest
from allegata.schema.fields import Field
from allegata.schema.problems import Problem, ProblemsFound
from allegata.schema.redactions import PLACE_FIELDS, REDACTION_FIELDS, read_redactions
from allegata.schema.scheme import Attribute, Scheme, default_scheme
from allegata.schema.withdrawn import WITHDRAWAL_FIELDS, read_withdrawn
from project import manifest_row, write_rows

Row = dict[str, Any]
Read = Callable[[Path, Row], tuple[object, list[str]]]  # a folder and a row -> what it means, and what is wrong with it
OWN = (
    Attribute("own_label", "label", "ours", {"a": "a", "b": "b"}),
    Attribute("own_flag", "bool", "ours", default=False),
    Attribute("own_number", "int", "ours", required=True),
    Attribute("own_text", "text", "ours"),
)


def scheme() -> Scheme:
    """The packaged scheme with an attribute of every type for every kind of record."""
    base, own = default_scheme(), {attribute.name: attribute for attribute in OWN}
    return replace(base, records={kind: {**known, **own} for kind, known in base.records.items()}, sides={"mill": "it"})


SCHEME = scheme()
FORMS = Records(SCHEME)


@dataclass(frozen=True)
class Kind:
    """A kind of record: its fields, a row with all of them, and its reader."""

    fields: Mapping[str, Field]
    row: Row
    read: Read


def of_gold(kind: str) -> Kind:
    known = {"claimer_id": "holm", "claimer_chain": ["author", "holm"], "label": "PERSON", "entity_id": "holm"}
    row = {name: known.get(name, value(field)) for name, field in FORMS.fields[kind].items()}
    spans = {name: [] for name in SPAN_FIELDS[kind]}
    return Kind(FORMS.fields[kind], row, lambda _, given: FORMS.read({"record": kind, **spans, **given}, "they say"))


def value(field: Field) -> Any:
    """A value that a field takes."""
    return field.choices[-1] if field.choices else {str: "x", int: 3, bool: True, list: [], dict: {}}[field.kind]


def texts(problems: Iterable[Problem]) -> list[str]:
    return [problem.what for problem in problems]


def of_file(read: Callable[[Path], object]) -> Callable[[str], Read]:
    """The reader of a row that is alone in a file of this name, in a folder."""

    def named(name: str) -> Read:
        def of_row(folder: Path, row: Row) -> tuple[object, list[str]]:
            write_rows(folder / name, [row])
            try:
                return read(folder), []
            except ProblemsFound as found:
                return None, texts(found.problems)

        return of_row

    return named


def register(known: Mapping[str, Field]) -> Read:
    def read(folder: Path, row: Row) -> tuple[object, list[str]]:
        write_rows(folder / "register.jsonl", [row])
        rows, problems = read_register(folder / "register.jsonl", "register.jsonl", known)
        return rows, texts(problems)

    return read


CLAIMS = {"one:c1": 0, "two:c1": 1}
POSITIONS = [
    {"id": "a", "canonical": "It did.", "claims": ["one:c1"], "supersedes": []},
    {"id": "b", "canonical": "It did not.", "claims": ["two:c1"], "supersedes": ["a"]},
]
DISPUTE = {name: value(field) for name, field in FORMS.dispute_fields.items()}
DISPUTE |= {"question": "Did it?", "positions": POSITIONS}


def across(name: str, whole: Callable[[Row], Row] = dict) -> Read:
    def read(folder: Path, row: Row) -> tuple[object, list[str]]:
        write_rows(folder / name, [whole(row)])
        found, problems = read_cross_article(folder, CLAIMS, SCHEME)
        return found, texts(problems)

    return read


def manifest(folder: Path, row: Row) -> tuple[object, list[str]]:
    write_rows(folder / "manifest.jsonl", [row])
    rows, problems = read_manifest(folder)
    return rows, texts(problems)


def description(folder: Path, row: Row) -> tuple[object, list[str]]:
    (folder / "submission.json").write_text(json.dumps(row))
    try:
        return read_description(folder), []
    except ProblemsFound as found:
        return None, texts(found.problems)


STATED = {"url": "https://example.org/a", "published": "2031-05-03", "language": "en", "tags": ["a"], "story": "mill"}
_KINDS_OF_METADATA = {"bytes": int, "ai_generated": bool, "tags": list, "metadata_source": dict}
MANIFEST_FIELDS = {
    one.name: Field(_KINDS_OF_METADATA.get(one.name, str), nullable=one.default is None) for one in fields(ManifestRow)
}
PLACE = {"article_id": "one", "start": 0, "end": 1, "exact": "x", "replace": True}
REDACTION = {"person": "Ada", "entity_id": "p1", "placeholder": "[P]", "names": ["Ada"], "places": [PLACE]}
REDACTION |= {name: ["A"] for name in ("shared", "replace", "leave")}
DESCRIPTION = {"task": "t", "system": "s", "corpus": "1.0.0", "method": "m", "trained_on": ["x"], "seed": 3}
RECORDS: dict[str, Kind] = {
    **{kind: of_gold(kind) for kind in KINDS},
    "entity": Kind(
        entity_fields(SCHEME),
        {name: value(field) for name, field in entity_fields(SCHEME).items()},
        register(entity_fields(SCHEME)),
    ),
    "annotator": Kind(
        ANNOTATOR_FIELDS, {"id": "a", "kind": "human", "description": "reads"}, register(ANNOTATOR_FIELDS)
    ),
    "proposition": Kind(
        PROPOSITION_FIELDS, {"id": "p", "canonical": "They say so.", "members": [*CLAIMS]}, across(PROPOSITIONS)
    ),
    "dispute": Kind(FORMS.dispute_fields, DISPUTE, across(DISPUTES)),
    "position": Kind(
        POSITION_FIELDS, POSITIONS[1], across(DISPUTES, lambda row: {**DISPUTE, "positions": [POSITIONS[0], row]})
    ),
    "decision": Kind(
        DECISION_FIELDS,
        {"article_id": "one", "decision": "keep", "reason": "why"},
        of_file(lambda folder: read_decisions(folder, {"one": None}))("decisions.jsonl"),
    ),
    "curated lines": Kind(
        CURATED_FIELDS,
        {"article_id": "one", "decision": "keep", "start": 0, "end": 3, "text": "The", "label": None, "reason": "why"},
        of_file(lambda folder: read_curated_lines(folder, {"one"}))("curated_lines.jsonl"),
    ),
    "withdrawal": Kind(
        WITHDRAWAL_FIELDS,
        {"article_id": "one", "sha256": "0" * 64, "reason": "why", "date": "2031-05-03", "split": "train",
         "signature": "2:0", "restored": True},
        of_file(read_withdrawn)("withdrawn.jsonl"),
    ),
    "redaction": Kind(REDACTION_FIELDS, REDACTION, of_file(read_redactions)("redactions.jsonl")),
    "place": Kind(
        PLACE_FIELDS,
        PLACE,
        lambda folder, row: of_file(read_redactions)("redactions.jsonl")(folder, {**REDACTION, "places": [row]}),
    ),
    "manifest row": Kind(
        MANIFEST_FIELDS,
        {name: value(field) for name, field in MANIFEST_FIELDS.items()} | manifest_row("one", b"x") | STATED,
        manifest,
    ),
    "description of a submission": Kind(DESCRIPTION_FIELDS, DESCRIPTION, description),
}  # fmt: skip
CASES = [(kind, name) for kind, known in RECORDS.items() for name in known.fields]


@pytest.mark.parametrize("kind", RECORDS)
def test_a_row_with_every_field_is_read(tmp_path: Path, kind: str) -> None:
    assert RECORDS[kind].row.keys() == RECORDS[kind].fields.keys()
    found, faults = RECORDS[kind].read(tmp_path, RECORDS[kind].row)
    assert (bool(found), faults) == (True, [])


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_missing_field_is_a_null_one_and_a_fault_where_the_scheme_says_so(
    tmp_path: Path, kind: str, name: str
) -> None:
    known = RECORDS[kind]
    field = known.fields[name]
    absent = known.read(tmp_path, {key: one for key, one in known.row.items() if key != name})
    null = known.read(tmp_path, {**known.row, name: None})
    assert absent == null
    if (kind, name) == ("mention", "entity_id"):  # null of a value alone: its label says which
        assert absent[1]
    elif field.nullable or field.default is not None:
        assert not [fault for fault in absent[1] if f"{name!r} is missing" in fault]
    else:
        assert any(repr(name) in fault for fault in absent[1])


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_field_of_another_type_is_a_fault_that_names_it(tmp_path: Path, kind: str, name: str) -> None:
    known = RECORDS[kind]
    for other in ("x", 3, 2.5, True, [], {}):
        if type(other) is not known.fields[name].kind:
            _, faults = known.read(tmp_path, {**known.row, name: other})
            assert any(repr(name) in fault for fault in faults), (other, faults)
