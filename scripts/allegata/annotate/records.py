"""What a gold record looks like by the scheme: its fields, what an unset one means, and what is wrong with a record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allegata.schema import labels
from allegata.schema.fields import Field, field_faults, filled
from allegata.schema.scheme import Scheme
from allegata.text.sentence_ends import as_sentence

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
FIX = "correct the record: annotations/GUIDELINES.md describes its fields, annotations/scheme.toml what differs"


_TEXT, _OPTIONAL = Field(), Field(nullable=True)
ID = Field(identifier=True)

# record -> the span fields it has (lists of anchors); the first of them must not be empty.
SPAN_FIELDS: dict[str, tuple[str, ...]] = {
    "mention": ("segments",),
    "attribution": ("content", "cue", "source"),
    "claim": ("segments",),
    "time": ("segments",),
}
# The fields of a record in the order in which they are written. None stands for an attribute of the scheme, if it has
# it, and `*` for those attributes that only this corpus has.
_ORDER: dict[str, dict[str, Field | None]] = {
    "mention": {"id": ID, "label": None, "mention_type": None, "*": None, "entity_id": _OPTIONAL},
    "attribution": {"id": ID, "source_id": _OPTIONAL, "*": None},
    "claim": {
        "id": ID,
        "parent_id": _OPTIONAL,
        "attribution_id": _OPTIONAL,
        "claim_type": None,
        "check_worthiness": None,
        "factuality_source": None,
        "factuality_author": None,
        "polarity": None,
        "claimer_id": _TEXT,
        "claimer_chain": Field(list, nullable=True),
        "decontextualised": _OPTIONAL,
        "*": None,
    },
    "time": {
        "id": ID,
        "type": None,
        "value": _OPTIONAL,
        "edtf": _OPTIONAL,
        "mod": None,
        "*": None,
        "anchor": _OPTIONAL,
    },
}
# The rows of the two files across articles. A claim is named by its published id, `article:claim`.
PROPOSITION_FIELDS = {"id": ID, "canonical": _TEXT, "members": Field(list)}
POSITION_FIELDS = {"id": ID, "canonical": _TEXT, "claims": Field(list), "supersedes": Field(list, default=())}
# Gold record -> the layer column of the article table.
LAYER_OF = {
    "mention": "mentions",
    "attribution": "attributions",
    "claim": "claims",
    "time": "time_expressions",
}
KINDS = tuple(LAYER_OF)


@dataclass(frozen=True)
class Records:
    """The records of a corpus with a scheme."""

    scheme: Scheme

    @cached_property
    def fields(self) -> Mapping[str, Mapping[str, Field]]:
        """The fields of every kind of record, in the order in which they are written, spans aside."""
        return {kind: self._fields(kind) for kind in KINDS}

    def _fields(self, kind: str) -> dict[str, Field]:
        attributes = {name: Field.of(attribute) for name, attribute in self.scheme.attributes(kind).items()}
        found: dict[str, Field] = {}
        for name, field in _ORDER[kind].items():
            if name == "*":
                found |= {own: field for own, field in attributes.items() if own not in _ORDER[kind]}
            elif field is not None:
                found[name] = field
            elif name in attributes:
                found[name] = attributes[name]
        return found

    @cached_property
    def dispute_fields(self) -> Mapping[str, Field]:
        """The fields of a dispute."""
        attributes = {name: Field.of(attribute) for name, attribute in self.scheme.attributes("dispute").items()}
        return {"id": ID, "question": _TEXT, **attributes, "positions": Field(list), "note": _OPTIONAL}

    def read(self, record: Mapping[str, Any], quote: str) -> tuple[dict[str, Any], list[str]]:
        """The record with every field, unset ones as the scheme means them, and everything wrong with it, spans aside.

        `quote` are the words that its first span field quotes: an unset `decontextualised` is these as a sentence, an
        unset `claimer_chain` leads from the author to the claimer at once.
        """
        kind = record.get("record")
        if not isinstance(kind, str) or kind not in self.fields:
            return {}, [f"the record type is {kind!r}, not one of {', '.join(self.fields)}"]
        fields = self.fields[kind]
        given = {name: value for name, value in record.items() if name not in ("record", *SPAN_FIELDS[kind])}
        faults = field_faults(given, fields, f"a {kind}")
        found = {"record": kind, **filled(record, fields)}
        if kind == "claim":
            _fill_claim(found, quote)
        if faults:
            return found, faults
        return found, self._mention_faults(found) if kind == "mention" else _claim_faults(
            found
        ) if kind == "claim" else []

    def proposed(self, record: Mapping[str, Any], source_text: str) -> dict[str, Any]:
        """A machine's record (spans in the source text) by the scheme: a value that the scheme has not is unset."""
        kind = record["record"]
        fields, spans = self.fields[kind], SPAN_FIELDS[kind]
        known = {name: record.get(name) for name, field in fields.items() if not field.fault(record.get(name))}
        quote = " ".join(span.quote(source_text) for span in record[spans[0]])
        found, _ = self.read({"record": kind, **known}, quote)
        return {**found, **{name: record[name] for name in spans}}

    def _mention_faults(self, record: Mapping[str, Any]) -> list[str]:
        is_value, entity = record["label"] in self.scheme.value_labels, record["entity_id"]
        if is_value and entity is not None:
            return [f"a {record['label']} has no entity, but 'entity_id' is {entity!r}"]
        if not is_value and (entity is None or not _SLUG.fullmatch(entity)):
            given = "is missing" if entity is None else f"is {entity!r}"
            return [f"'entity_id' {given}; a {record['label']} needs the id of an entity of the register"]
        return []


def _fill_claim(claim: dict[str, Any], quote: str) -> None:
    if claim["claimer_chain"] is None:
        claim["claimer_chain"] = list(dict.fromkeys((labels.AUTHOR, claim["claimer_id"])))
    if claim["decontextualised"] is None:
        claim["decontextualised"] = as_sentence(quote)


def _claim_faults(record: Mapping[str, Any]) -> list[str]:
    faults = []
    chain = record["claimer_chain"]
    if not all(isinstance(claimer, str) for claimer in chain):
        faults.append(f"'claimer_chain' {chain} is not a list of entity ids")
    elif not chain or chain[0] != labels.AUTHOR or chain[-1] != record["claimer_id"]:
        faults.append(f"'claimer_chain' {chain} does not lead from 'author' to the claimer {record['claimer_id']!r}")
    return faults
