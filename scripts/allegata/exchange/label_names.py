"""Labels of several layers as names of one list, for tools that have no layers."""

from __future__ import annotations

from collections.abc import Mapping

from allegata.text.documents import TypeSystem

COLOURS = ("#1565c0", "#2e7d32", "#c62828", "#6a1b9a", "#ef6c00", "#00838f", "#4e342e", "#ad1457", "#827717")


class LabelNames:
    """The name of every label: the label itself, with its layer before it only where two layers have it."""

    def __init__(self, types: TypeSystem) -> None:
        self._types = types
        labels = {label for layer in types.layers for label in layer.labels}
        self._names: dict[tuple[str, str], str] = {}
        for layer in types.layers:
            for label in layer.labels:
                name = label if len(types.layers_of(label)) == 1 else f"{layer.name}:{label}"
                while name != label and name in labels:
                    name += "'"
                self._names[layer.name, label] = name
        self._of_name = {name: of for of, name in self._names.items()}

    @property
    def definitions(self) -> Mapping[str, str]:
        """The names with the definitions of their labels, in the order of the type system."""
        return {
            self._names[layer.name, label]: definition
            for layer in self._types.layers
            for label, definition in layer.labels.items()
        }

    def name(self, layer: str, label: str) -> str:
        """The name of a label of a layer; the label itself where the type system has it not."""
        return self._names.get((layer, label), label)

    def found(self, name: str) -> tuple[str, str]:
        """The layer and label of a name."""
        if name in self._of_name:
            return self._of_name[name]
        return self._types.layer_of(name), name


def layer_named(name: str, label: str, types: TypeSystem) -> str:
    """The layer of a label that a tool has under a name: the layer of that name, or else that of the label alone."""
    return types.layer_of(label) if types.layer(name) is None else name
