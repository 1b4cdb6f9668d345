"""The fields of every gold record, and what is wrong with a record that does not have them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allegata.schema import labels

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Field:
    """One field: its JSON type, its closed label set if it has one, and whether null is a value of it."""

    kind: type = str
    choices: tuple[Any, ...] | None = None
    nullable: bool = False

    def fault(self, value: object) -> str | None:
        """What is wrong with `value`, or None."""
        if value is None:
            return None if self.nullable else "is missing"
        if type(value) is not self.kind:
            return f"is {json.dumps(value, ensure_ascii=False)}, not a {self.kind.__name__}"
        if self.choices and value not in self.choices:
            return f"is {value!r}, not one of {', '.join(map(str, self.choices))}"
        return None


_TEXT, _FLAG, _OPTIONAL = Field(), Field(bool), Field(nullable=True)
_ID = Field()

# record -> the span fields it has (lists of anchors); the first of them must not be empty.
SPAN_FIELDS: dict[str, tuple[str, ...]] = {
    "mention": ("segments",),
    "attribution": ("content", "cue", "source"),
    "claim": ("segments",),
    "time": ("segments",),
}
FIELDS: dict[str, dict[str, Field]] = {
    "mention": {
        "id": _ID,
        "label": Field(choices=labels.ENTITY_LABELS),
        "subtype": Field(choices=labels.ENTITY_SUBTYPES, nullable=True),
        "mention_type": Field(choices=labels.MENTION_TYPES),
        "entity_id": _OPTIONAL,
    },
    "attribution": {
        "id": _ID,
        "source_id": _OPTIONAL,
        "attribution_type": Field(choices=labels.ATTRIBUTION_TYPES),
        "quotation_type": Field(choices=labels.QUOTATION_TYPES),
    },
    "claim": {
        "id": _ID,
        "parent_id": _OPTIONAL,
        "attribution_id": _OPTIONAL,
        "claim_type": Field(choices=labels.CLAIM_TYPES),
        "procedural": _FLAG,
        "verifiable": _FLAG,
        "check_worthiness": Field(int, choices=(0, 1, 2)),
        "factuality_source": Field(choices=labels.FACTUALITIES),
        "factuality_author": Field(choices=labels.FACTUALITIES),
        "polarity": Field(choices=labels.POLARITIES),
        "modality": Field(choices=labels.MODALITIES),
        "claimer_id": _TEXT,
        "claimer_chain": Field(list),
        "object_id": _OPTIONAL,
        "decontextualised": _TEXT,
        "amounts": Field(list),
        "elliptical": _FLAG,
    },
    "time": {
        "id": _ID,
        "type": Field(choices=labels.TIME_TYPES),
        "value": _OPTIONAL,
        "edtf": _OPTIONAL,
        "mod": Field(choices=labels.TIME_MODIFIERS, nullable=True),
        "anchor": _OPTIONAL,
    },
}
# The rows of the two files across articles. A claim is named by its published id, `article:claim`.
PROPOSITION_FIELDS = {"id": _ID, "canonical": _TEXT, "members": Field(list)}
RELATION_FIELDS = {
    "a": _TEXT,
    "b": _TEXT,
    "relation": Field(choices=labels.RELATIONS),
    "conflict_type": Field(choices=labels.CONFLICT_TYPES, nullable=True),
    "strict": Field(bool, nullable=True),
    "note": Field(nullable=True),
}
# Gold record -> the layer column of the article table.
LAYER_OF = {
    "mention": "mentions",
    "attribution": "attributions",
    "claim": "claims",
    "time": "time_expressions",
}


def record_faults(record: Mapping[str, Any]) -> list[str]:
    """Everything wrong with the fields of one record, spans aside."""
    kind = record.get("record")
    if not isinstance(kind, str) or kind not in FIELDS:
        return [f"the record type is {kind!r}, not one of {', '.join(FIELDS)}"]
    fields = FIELDS[kind]
    faults = [f"{name!r} {fault}" for name, field in fields.items() if (fault := field.fault(record.get(name)))]
    known = {"record", *fields, *SPAN_FIELDS[kind]}
    faults += [f"{name!r} is not a field of a {kind}" for name in sorted(record.keys() - known)]
    if faults:
        return faults
    return _mention_faults(record) if kind == "mention" else _claim_faults(record) if kind == "claim" else []


def _mention_faults(record: Mapping[str, Any]) -> list[str]:
    is_value, entity = record["label"] in labels.VALUE_LABELS, record["entity_id"]
    if is_value and entity is not None:
        return [f"a {record['label']} has no entity, but 'entity_id' is {entity!r}"]
    if not is_value and (entity is None or not _SLUG.fullmatch(entity)):
        return [f"'entity_id' is {entity!r}; a {record['label']} needs the id of an entity of the register"]
    return []


def _claim_faults(record: Mapping[str, Any]) -> list[str]:
    faults = []
    chain = record["claimer_chain"]
    if not all(isinstance(claimer, str) for claimer in chain):
        faults.append(f"'claimer_chain' {chain} is not a list of entity ids")
    elif not chain or chain[0] != labels.AUTHOR or chain[-1] != record["claimer_id"]:
        faults.append(f"'claimer_chain' {chain} does not lead from 'author' to the claimer {record['claimer_id']!r}")
    for amount in record["amounts"]:
        good = isinstance(amount, dict) and set(amount) == {"value", "currency"}
        if not good or type(amount["value"]) not in (int, float) or not _CURRENCY.fullmatch(str(amount["currency"])):
            faults.append(f"the amount {amount} is not {{value: number, currency: ISO 4217 code}}")
    return faults
