"""What the fields of a record may be: one place says what is wrong with a value, and what a missing one means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from allegata.schema.plain_values import fits_64_bits, shown
from allegata.schema.scheme import Attribute

# Published ids join those of an article, a record and a position with ":", "." and "+": an id holds no ":" and no "+".
_IDENTIFIER = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True)
class Field:
    """One field: its JSON type, its closed set of values if it has one, and what it means where it is null or missing.

    That is its default, or null where it is `nullable`; otherwise it is a fault. An `identifier` is the id of the row;
    `each` is the type of the items of a list.
    """

    kind: type = str
    choices: tuple[Any, ...] | None = None
    nullable: bool = False
    default: Any = None
    identifier: bool = False
    each: type | None = None

    @classmethod
    def of(cls, attribute: Attribute) -> Field:
        """The field of an attribute of the scheme."""
        kind = {"bool": bool, "int": int}.get(attribute.type, str)
        return cls(kind, attribute.choices, attribute.nullable, attribute.default)

    def value(self, given: object) -> Any:
        """What a field with the value `given` means."""
        return self.default if given is None else given

    def fault(self, value: object) -> str | None:
        """What is wrong with `value`, or None."""
        if value is None:
            if self.nullable or self.default is not None:
                return None
            return f"is missing: one of {', '.join(map(str, self.choices))}" if self.choices else "is missing"
        if type(value) is not self.kind:
            return f"is {shown(value)}, not a {self.kind.__name__}"
        if isinstance(value, list) and self.each and any(type(item) is not self.each for item in value):
            return f"is {shown(value)}, not a list of {self.each.__name__}"
        if self.identifier and isinstance(value, str) and not _IDENTIFIER.fullmatch(value):
            return f"is {value!r}: an id is made of letters, digits, '.', '_' and '-'"
        if isinstance(value, int) and not fits_64_bits(value):
            return f"is {value}, which does not fit in 64 bits"
        if self.choices is not None and value not in self.choices:
            return (
                f"is {value!r}, not one of {', '.join(map(str, self.choices)) or 'no values: its label set is empty'}"
            )
        return None


def field_faults(row: Mapping[str, Any], fields: Mapping[str, Field], of: str) -> list[str]:
    """What is wrong with the fields of a row of `of`, those it should not have among them."""
    faults = [f"{name!r} {fault}" for name, field in fields.items() if (fault := field.fault(row.get(name)))]
    unknown = ((name, get_close_matches(name, fields, 1)) for name in sorted(row.keys() - fields.keys()))
    return faults + [
        f"{name!r} is not a field of {of}" + (f"; {near[0]!r} is" if near else "") for name, near in unknown
    ]


def filled(row: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The row with every field, unset ones as they are meant."""
    return {name: field.value(row.get(name)) for name, field in fields.items()}
