"""What a CAS is made of, whichever file it came from: feature structures, their types, and the members of its views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from allegata.exchange.cas import names

SOFA, VIEW = "uima.cas.Sofa", "uima.cas.View"
_PRIMITIVE = frozenset(
    f"uima.cas.{name}" for name in ("String", "Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double")
)


class References(NamedTuple):
    """The ids of the structures that a feature points to."""

    ids: tuple[int, ...]


Value = str | int | float | bool | tuple[str, ...] | References


@dataclass(frozen=True)
class Structure:
    """A feature structure. `line` is that of its element, None in a JSON file. A feature that is null is not there."""

    id: int
    type: str
    features: Mapping[str, Value]
    line: int | None = None

    @property
    def shown(self) -> str:
        """What it is called in a report."""
        return f"{self.type.rpartition('.')[2]} {self.id}"

    def integer(self, name: str) -> int | None:
        """A feature that is a whole number; None where it is none."""
        return whole_number(self.features.get(name))

    def text(self, name: str) -> str:
        """A feature that is a string; "" where it is none."""
        value = self.features.get(name)
        return value if isinstance(value, str) else ""


def whole_number(value: object) -> int | None:
    """A whole number, or the text of one in ASCII digits; None for anything else."""
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True)
class UimaType:
    """A type: its supertype, and the ranges of its own features; `T[]` is an array of that type."""

    supertype: str
    features: Mapping[str, str]


@dataclass(frozen=True)
class UimaTypes:
    """The types that are not built in, by their names. Empty where a file came without them."""

    types: Mapping[str, UimaType] = field(default_factory=dict)

    def line(self, name: str) -> Iterator[str]:
        """A type and its supertypes, the nearest first."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            yield name
            name = self.types[name].supertype if name in self.types else name

    def is_a(self, name: str, *of: str) -> bool:
        """Whether a type is one of `of`, or below it."""
        return any(one in of for one in self.line(name))

    def range(self, name: str, feature: str) -> str | None:
        """The range of a feature; None where nothing declares it."""
        owners = (self.types[one].features for one in self.line(name) if one in self.types)
        return next((features[feature] for features in owners if feature in features), None)

    def is_primitive(self, its_range: str) -> bool:
        """Whether values of that range are written in place, and not pointed to: also those of string subtypes."""
        return self.is_a(its_range, *_PRIMITIVE)


@dataclass(frozen=True)
class Cas:
    """The structures of a file by id, with their types; the members of the views by the ids of their sofas."""

    structures: Mapping[int, Structure]
    members: Mapping[int, tuple[int, ...]]
    types: UimaTypes

    def targets(self, value: Value | None) -> list[int]:
        """The ids that a feature points to, through an array or list, which is a structure of its own."""
        found: list[int] = []
        waiting = list(reversed(value.ids)) if isinstance(value, References) else []
        seen: set[int] = set()
        while waiting:
            one = waiting.pop()
            structure = self.structures.get(one)
            if structure is None or not _is_collection(structure.type):
                found.append(one)
            elif one not in seen:
                seen.add(one)
                for name in ("tail", "head", "elements"):
                    inner = structure.features.get(name)
                    waiting += reversed(inner.ids) if isinstance(inner, References) else ()
        return found

    def texts(self, value: Value | None) -> tuple[str, ...] | None:
        """The texts of an array of primitive values, in place or pointed to; None where it is none."""
        if isinstance(value, References) and len(value.ids) == 1:
            structure = self.structures.get(value.ids[0])
            if structure and structure.type.startswith("uima.cas.") and structure.type.endswith("Array"):
                value = structure.features.get("elements", ())
        return value if isinstance(value, tuple) and not isinstance(value, References) else None


def _is_collection(type_name: str) -> bool:
    return type_name == names.ARRAY or type_name.endswith(("[]", "FSList"))
