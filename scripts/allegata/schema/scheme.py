"""The scheme of a corpus: the attributes of its records, their label sets with definitions, their defaults.

A scheme is data. `annotations/scheme.toml` of a corpus says what differs from the packaged `default_scheme.toml`, and a
published version carries its own whole scheme in `scheme.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from allegata.schema import labels
from allegata.schema.problems import Problem, ProblemsFound

SCHEME = "scheme.toml"
PUBLISHED_SCHEME = "scheme.json"
RECORDS = ("mention", "attribution", "claim", "time", "dispute")
FORMER_RELATION = "relation"  # the record of versions before 2.0.0 that related two claims
Type = Literal["label", "bool", "int", "text"]
Value = str | bool | int


@dataclass(frozen=True)
class Attribute:
    """One attribute of a record.

    `values` maps each value of a closed set, as text, to its definition, in the order of the labels; None for an open
    one. An unset attribute means `default`; without one it is a fault where the attribute is `required`, else null.
    `roles` maps what the program must know of some values (`without-entity`, `factive`, …) to these values. `use` says
    what the attribute is good for.
    """

    name: str
    type: Type
    definition: str
    values: Mapping[str, str] | None = None
    default: Value | None = None
    required: bool = False
    roles: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    use: str = ""

    @property
    def nullable(self) -> bool:
        """Whether null is a value of it."""
        return not self.required and self.default is None

    @property
    def choices(self) -> tuple[Value, ...] | None:
        """The values of a closed set, as numbers where they are; None for an open one."""
        if self.values is None:
            return None
        return tuple(int(value) for value in self.values) if self.type == "int" else tuple(self.values)


@dataclass(frozen=True)
class Scheme:
    """The attributes of every kind of record (`RECORDS`) by name, in order, and the sides of the story."""

    records: Mapping[str, Mapping[str, Attribute]]
    sides: Mapping[str, str] = field(default_factory=dict)

    def attributes(self, record: str) -> Mapping[str, Attribute]:
        """The attributes of a kind of record, in order."""
        return self.records[record]

    def has(self, record: str, attribute: str) -> bool:
        """Whether the record has the attribute."""
        return attribute in self.records[record]

    def values(self, record: str, attribute: str) -> tuple[str, ...]:
        """The closed set of an attribute as texts, in order; empty for an open one, or one the record has not."""
        found = self.records[record].get(attribute)
        return tuple(found.values or ()) if found else ()

    def default(self, record: str, attribute: str) -> Value | None:
        """What an unset field means; None for null."""
        return self.records[record][attribute].default

    def role(self, record: str, attribute: str, role: str) -> tuple[Any, ...]:
        """The values of an attribute that have a role; empty where none has."""
        found = self.records[record].get(attribute)
        return found.roles.get(role, ()) if found else ()

    @property
    def relaxed(self) -> Scheme:
        """The same with nothing required: a machine's proposal may leave unset what people have to say."""
        records = {
            record: {name: replace(attribute, required=False) for name, attribute in attributes.items()}
            for record, attributes in self.records.items()
        }
        return replace(self, records=records)

    @property
    def value_labels(self) -> tuple[str, ...]:
        """The labels of mentions that are values and name no entity."""
        return self.role("mention", "label", "without-entity")

    @property
    def relation(self) -> Attribute:
        """How two claims are related: a proposition holds both, the kinds of disputes (the strongest first), or none.

        Of a version before 2.0.0, which had no disputes, it is the attribute that its annotators chose.
        """
        if former := self.records.get(FORMER_RELATION, {}).get("relation"):
            return former
        values = {
            labels.EQUIVALENT: "One proposition holds both: they say the same.",
            **(self.records["dispute"]["kind"].values or {}),
            labels.UNRELATED: "No proposition and no dispute holds both: sampled.",
        }
        return Attribute("relation", "label", "How the two claims are related.", values, required=True)

    def document(self) -> dict[str, Any]:
        """The whole scheme in the form of a scheme file, for JSON."""
        return {
            **{
                record: {name: _document(attribute) for name, attribute in attributes.items()}
                for record, attributes in self.records.items()
            },
            **({"sides": dict(self.sides)} if self.sides else {}),
        }

    @property
    def digest(self) -> str:
        """sha256 of everything the scheme says, the order of its labels included."""
        return hashlib.sha256(json.dumps(self.document(), ensure_ascii=False).encode()).hexdigest()


def _document(attribute: Attribute) -> dict[str, Any]:
    from allegata.schema.scheme_file import SINGLE_ROLES

    found: dict[str, Any] = {"definition": attribute.definition, "type": attribute.type}
    if attribute.use:
        found["use"] = attribute.use
    if attribute.default is not None:
        found["default"] = attribute.default
    if attribute.required:
        found["required"] = True
    found |= {
        role: values[0] if role in SINGLE_ROLES else list(values) for role, values in attribute.roles.items() if values
    }
    return found if attribute.values is None else {**found, "values": dict(attribute.values)}


def read_scheme(annotations: Path) -> Scheme:
    """The scheme of the corpus whose annotations are in the folder; the default one where it has no scheme.toml.

    Raises `ProblemsFound` with everything that is wrong with the file, line by line.
    """
    from allegata.schema.files import read_file
    from allegata.schema.scheme_file import parse_scheme
    from allegata.schema.toml_files import read_toml

    path = annotations / SCHEME
    if read_file(path, f"{annotations.name}/{SCHEME}") is None:
        return default_scheme()
    file = read_toml(path, f"{annotations.name}/{SCHEME}")
    if isinstance(file, Problem):
        raise ProblemsFound([file])
    return parse_scheme(file, default_scheme())


@cache
def default_scheme() -> Scheme:
    """The packaged scheme, for any story in any trade."""
    import tomllib

    from allegata.schema.scheme_file import parse_scheme
    from allegata.schema.toml_files import TomlFile, key_lines

    text = files("allegata.schema").joinpath("default_scheme.toml").read_text(encoding="utf-8")
    return parse_scheme(TomlFile("default_scheme.toml", tomllib.loads(text), key_lines(text)))


def scheme_of(document: Mapping[str, Any], name: str = PUBLISHED_SCHEME) -> Scheme:
    """The scheme that `Scheme.document` wrote. Raises `ProblemsFound` where it is damaged."""
    from allegata.schema.scheme_file import parse_scheme
    from allegata.schema.toml_files import TomlFile

    return parse_scheme(TomlFile(name, document))
