"""The names that labels, relations, attributes and values go by in brat, and back.

brat takes letters, digits, `-` and `_` in a name (its page of the configuration, "Type names"), and its spans,
relations and attributes share one list of names in `visual.conf`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from allegata.text.documents import AttributeType, TypeSystem

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_NOT_IN_VALUES = re.compile(r"[\s,|<>]")
RESOURCE = "entities"  # the register of entities, among the resources that brat links to
TRUTH = ("true", "false")
_Key = TypeVar("_Key")


def safe_name(name: str) -> str:
    """The name with `_` for what brat does not take."""
    found = _NOT_IN_NAMES.sub("_", name)
    return found if found.strip("-") else f"_{found}"


def closed_values(one: AttributeType) -> tuple[str, ...]:
    """The values of an attribute that brat offers for choice, in their order; none where it is open."""
    if one.kind == "bool":
        return TRUTH
    return tuple(one.values or ()) if one.kind in ("label", "int", "text") else ()


@dataclass(frozen=True)
class Names:
    """Every name of a type system in brat. A name that several ask for is qualified with its layer."""

    types: TypeSystem

    @cached_property
    def labels(self) -> Mapping[tuple[str, str], str]:
        """Of a layer and label."""
        wanted = [(layer.name, label) for layer in self.types.layers for label in layer.labels]
        return _named({one: one[1] for one in wanted}, {one: one[0] for one in wanted}, ())

    @cached_property
    def relations(self) -> Mapping[str, str]:
        """Of the label of a relation."""
        wanted = dict.fromkeys(one.label for one in self.types.relations)
        return _named({one: one for one in wanted}, dict.fromkeys(wanted, "relation"), self.labels.values())

    @cached_property
    def attributes(self) -> Mapping[tuple[str, str], str]:
        """Of a layer and attribute. Two layers share one where all its values are the same."""
        first: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}
        same: dict[tuple[str, str], tuple[str, str]] = {}
        for layer in self.types.layers:
            for one in layer.attributes:
                same[layer.name, one.name] = first.setdefault((one.name, closed_values(one)), (layer.name, one.name))
        taken = {*self.labels.values(), *self.relations.values()}
        wanted = dict.fromkeys(same.values())
        found = _named({one: one[1] for one in wanted}, {one: one[0] for one in wanted}, taken)
        return {one: found[as_] for one, as_ in same.items()}

    @cached_property
    def values(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """Of a layer and attribute: its values for choice."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for layer in self.types.layers:
            for one in layer.attributes:
                stored: dict[str, str] = {}
                for value in closed_values(one):
                    stored[value] = _free(_NOT_IN_VALUES.sub("_", value) or "_", set(stored.values()))
                found[layer.name, one.name] = stored
        return found

    @cached_property
    def _labels_back(self) -> Mapping[str, tuple[str, str]]:
        return {name: one for one, name in self.labels.items()}

    @cached_property
    def _attributes_back(self) -> Mapping[tuple[str, str], str]:
        return {(layer, stored): name for (layer, name), stored in self.attributes.items()}

    @cached_property
    def _any_attribute_back(self) -> Mapping[str, str]:
        return {stored: name for (_, name), stored in self.attributes.items()}

    @cached_property
    def _values_back(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        return {one: {stored: value for value, stored in values.items()} for one, values in self.values.items()}

    @cached_property
    def _relations_back(self) -> Mapping[str, str]:
        return {name: label for label, name in self.relations.items()}

    def label_of(self, name: str) -> tuple[str, str]:
        """The layer and label of a span that brat calls so."""
        return self._labels_back.get(name) or (self.types.layer_of(name), name)

    def relation_of(self, name: str) -> str:
        """The label of a relation that brat calls so."""
        return self._relations_back.get(name, name)

    def attribute_of(self, layer: str, name: str) -> AttributeType:
        """The attribute of a layer that brat calls so; one of text where the layer has none."""
        plain = self._attributes_back.get((layer, name)) or self._any_attribute_back.get(name, name)
        return self.types.attribute(layer, plain)

    def value_of(self, layer: str, name: str, stored: str) -> str:
        """The value of an attribute that brat calls so."""
        return self._values_back.get((layer, name), {}).get(stored, stored)

    @cached_property
    def _declared(self) -> Mapping[str, frozenset[str]]:
        return {layer.name: frozenset(one.name for one in layer.attributes) for layer in self.types.layers}

    def declared(self, layer: str) -> frozenset[str]:
        """The names of the attributes of a layer."""
        return self._declared.get(layer, frozenset())

    def reference_of(self, layer: str, label: str) -> str:
        """The attribute that is a link to the register of entities; "" where a label has none."""
        found = self.types.layer(layer)
        declared = found.attributes_of(label) if found else ()
        return next((one.name for one in declared if one.kind == "reference"), "")


def _named(wanted: Mapping[_Key, str], qualifiers: Mapping[_Key, str], taken: Iterable[str]) -> dict[_Key, str]:
    """A name of its own for each, as near to what it wants as can be."""
    used = set(taken)
    often: dict[str, int] = {}
    for name in wanted.values():
        often[safe_name(name)] = often.get(safe_name(name), 0) + 1
    found: dict[_Key, str] = {}
    for one, name in wanted.items():
        is_own = often[safe_name(name)] == 1 and safe_name(name) not in used
        found[one] = _free(safe_name(name if is_own else f"{qualifiers[one]}-{name}"), used)
        used.add(found[one])
    return found


def _free(name: str, used: set[str]) -> str:
    found, number = name, 1
    while found in used:
        number += 1
        found = f"{name}-{number}"
    return found
