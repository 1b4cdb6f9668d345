"""Fields of JSON that came from outside: each is what it should be, or the row is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allegata.schema.plain_values import fits_64_bits, shown
from allegata.text.documents import AttributeValue


class ShapeError(ValueError):
    """A row is not of the form of its format; the text says what is wrong with it."""


@dataclass(frozen=True)
class Shape:
    """An object of JSON. Every method raises `ShapeError` where the field is not what is asked for."""

    values: Mapping[str, Any]

    def _get(self, name: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        value = self.values.get(name, default)
        if value is None:
            value = default
        is_bool = isinstance(value, bool) and kind in (int, (int, float), (str, int))
        if value is None:
            raise ShapeError(f"{name!r} is missing")
        if not isinstance(value, kind) or is_bool:
            raise ShapeError(f"{name!r} is {shown(value)}, not {what}")
        if isinstance(value, int) and not fits_64_bits(value):
            raise ShapeError(f"{name!r} is {shown(value)}, which does not fit in 64 bits")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A string."""
        found: str = self._get(name, str, "a string", default)
        return found

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        found: int = self._get(name, int, "a whole number", default)
        return found

    def name(self, name: str, default: str | None = None) -> str:
        """A string, or a whole number as one: tools name things by either."""
        return str(self._get(name, (str, int), "a string or a whole number", default))

    def flag(self, name: str) -> bool:
        """True or false; false where it is missing."""
        found: bool = self._get(name, bool, "true or false", False)
        return found

    def row(self, name: str) -> Shape:
        """An object; empty where it is missing."""
        return Shape(self._get(name, dict, "an object", {}))

    def items(self, name: str) -> list[Any]:
        """A list; empty where it is missing."""
        found: list[Any] = self._get(name, list, "a list", [])
        return found

    def rows(self, name: str) -> Iterator[Shape]:
        """A list of objects; empty where it is missing."""
        for item in self.items(name):
            if not isinstance(item, dict):
                raise ShapeError(f"{name!r} holds {shown(item)}, not an object")
            yield Shape(item)

    def texts(self, name: str) -> list[str]:
        """A list of strings; empty where it is missing."""
        found = self.items(name)
        if not all(isinstance(item, str) for item in found):
            raise ShapeError(f"{name!r} is {shown(found)}, not a list of strings")
        return found

    def attributes(self, name: str) -> dict[str, AttributeValue]:
        """An object of strings, whole numbers of 64 bits, true, false and lists of strings; null is skipped."""
        found: dict[str, AttributeValue] = {}
        for key, value in self.row(name).values.items():
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                found[key] = tuple(value)
            elif isinstance(value, str) or (isinstance(value, int) and fits_64_bits(value)):
                found[key] = value
            elif value is not None:
                raise ShapeError(f"{name!r} has {key!r} with {shown(value)}, which is no value of an attribute")
        return found

    def pairs(self, name: str) -> list[tuple[int, int]]:
        """A list of pairs of whole numbers, at least one."""
        found = self.items(name)
        good = all(isinstance(item, list) and [type(number) for number in item] == [int, int] for item in found)
        if not found or not good:
            raise ShapeError(f"{name!r} is {shown(found)}, not a list of pairs of offsets")
        return [(item[0], item[1]) for item in found]
