"""The files that make brat open an export with everything declared.

Source: brat's pages of the configuration and of normalisation, and its readers `projectconfig.py` and
`norm_db_init.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from allegata.exchange.brat.names import RESOURCE, Names
from allegata.exchange.brat.spans import Lines
from allegata.exchange.folder import Export
from allegata.text.documents import LayerType

# brat's server makes its database of the file with the command `tools/norm_db_init.py entities.tsv`; a name that ends
# in `.txt` would be a document.
REGISTER = f"{RESOURCE}.tsv"
_COLOURS = ("#b4d2ff", "#ffd9a8", "#c9e8b5", "#e3c7f2", "#fff0a0", "#f6bcbc", "#b9e6e1", "#d9d9d9")
# `|` parts labels, and what is between `<` and `>` is a macro.
_NOT_SHOWN = str.maketrans({"|": "/", "<": "(", ">": ")"})


@dataclass
class Seen:
    """The names in brat that documents used."""

    labels: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    resources: set[str] = field(default_factory=set)

    def note(self, lines: Lines) -> None:
        """Note the names of the lines of an annotation."""
        self.labels.add(lines.name)
        for mark in lines.marks:
            self.attributes[mark.name] |= set() if mark.value is None else {mark.value}
        self.resources |= {link.resource for link in lines.references}


def write_configuration(names: Names, seen: Seen, out: Export) -> None:
    """The configuration of the declared names, and of those that documents used beside them."""
    labels = [*names.labels.values(), *sorted(seen.labels - set(names.labels.values()))]
    out.write("annotation.conf", _text(_annotation(names, seen)))
    out.write("visual.conf", _text(_visual(names, labels)))
    out.write("tools.conf", _text(_tools(names, seen)))
    out.write("kb_shortcuts.conf", _text(_shortcuts(labels)))
    if names.types.entities:
        register = ((name, " ".join(shown.split())) for name, shown in names.types.entities.items())
        out.write(REGISTER, _text(f"{name}\tname:Name:{shown or name}" for name, shown in register))


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _comment(name: str, definition: str) -> str:
    return f"# {name}: {' '.join(definition.split())}" if definition else f"# {name}"


def _annotation(names: Names, seen: Seen) -> Iterator[str]:
    yield "[entities]"
    for number, layer in enumerate(names.types.layers):
        yield from ["-----"] if number else []
        for label, definition in layer.labels.items():
            yield _comment(label, definition)
            has_link = names.types.entities and names.reference_of(layer.name, label)
            yield (
                f"{names.labels[layer.name, label]}\t<NORM>:{RESOURCE}" if has_link else names.labels[layer.name, label]
            )
    yield from sorted(seen.labels - set(names.labels.values()))
    yield from ("", "[relations]")
    for one in names.types.relations:
        yield _comment(one.label, one.definition)
        ends = (_any_of(names.labels[end] for end in side if end in names.labels) for side in (one.first, one.second))
        yield "{}\tArg1:{}, Arg2:{}".format(names.relations[one.label], *ends)
    for name in sorted(seen.relations - set(names.relations.values())):
        yield f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>"
    yield "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    yield from ("", "[events]", "", "[attributes]")
    yield from _attributes(names, seen)


def _any_of(names: Iterable[str]) -> str:
    return "|".join(names) or "<ENTITY>"


def _attributes(names: Names, seen: Seen) -> Iterator[str]:
    """Attributes with a closed set of values: others are notes."""
    labels: dict[str, list[str]] = {}
    about: dict[str, tuple[LayerType, str]] = {}
    for layer in names.types.layers:
        for one in layer.attributes:
            name = names.attributes[layer.name, one.name]
            if names.values[layer.name, one.name]:
                about.setdefault(name, (layer, one.name))
                of = [label for label in layer.labels if not one.labels or label in one.labels]
                labels.setdefault(name, []).extend(names.labels[layer.name, label] for label in of)
    for name, (layer, attribute) in about.items():
        one, values = names.types.attribute(layer.name, attribute), names.values[layer.name, attribute]
        yield _comment(attribute, one.definition)
        yield from (f"#   {_comment(value, definition)[2:]}" for value, definition in (one.values or {}).items())
        yield f"{name}\tArg:{_any_of(labels[name])}, Value:{'|'.join(values.values())}"
    for name in sorted(seen.attributes.keys() - about.keys()):
        choice = "|".join(sorted(seen.attributes[name]))
        yield f"{name}\tArg:<ENTITY>, Value:{choice}" if choice else f"{name}\tArg:<ENTITY>"


def _visual(names: Names, labels: Iterable[str]) -> Iterator[str]:
    shown = {name: label for (_, label), name in names.labels.items()}
    shown |= {name: label for label, name in names.relations.items()}
    shown |= {name: one[1] for one, name in names.attributes.items() if names.values[one]}
    yield "[labels]"
    for name, label in shown.items():
        yield f"{name} | {' '.join(label.translate(_NOT_SHOWN).split()) or name}"
    yield from ("", "[drawing]")
    yield "SPAN_DEFAULT\tfgColor:black, bgColor:#eeeeee, borderColor:darken"
    yield "ARC_DEFAULT\tcolor:#444444, dashArray:-, arrowHead:triangle-5"
    for number, name in enumerate(labels):
        yield f"{name}\tbgColor:{_COLOURS[number % len(_COLOURS)]}"


def _tools(names: Names, seen: Seen) -> Iterator[str]:
    yield from ("[options]", "Tokens\ttokenizer:whitespace", "Sentences\tsplitter:newline")
    yield from ("Validation\tvalidate:all", "Annotation-log\tlogfile:<NONE>", "", "[search]", "", "[normalization]")
    resources = seen.resources | ({RESOURCE} if names.types.entities else set())
    yield from (f"{name}\t<URL>:" for name in sorted(resources))
    yield from ("", "[annotators]", "", "[disambiguators]")


def _shortcuts(labels: Iterable[str]) -> Iterator[str]:
    """A key of its own for each label: a letter in its name, else a digit."""
    used: set[str] = set()
    for name in labels:
        letters = (one for one in name.upper() if one.isalpha())
        key = next((one for one in (*letters, *"123456789") if one not in used), "")
        if key:
            used.add(key)
            yield f"{key}\t{name}"
