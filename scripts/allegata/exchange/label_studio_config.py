"""The labelling configuration of a Label Studio project: its controls, their names, and how a value is written.

A layer is a `Labels` control, an attribute a control per region (`Choices`, `Number` or `TextArea`), a kind of relation
a `Relation`. Sources: Label Studio 1.23.2, its editor (`mixins/Visibility`, `mixins/PerRegion`, `regions/Result`: which
answers are dropped when an annotation is saved; `core/Tree`: names end at `@`), and `core/label_config.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from allegata.exchange.folder import Reading
from allegata.exchange.label_names import COLOURS
from allegata.schema.problems import Problem
from allegata.text.documents import AttributeType, AttributeValue, Document, TypeSystem, value_text

CONFIG = "config.xml"
TEXT = "text"  # the name of the one object of our projects, and the field of a task that it shows
_EXACT = 2**53  # whole numbers beyond are no numbers of a browser

# -- names ------------------------------------------------------------------------------------------------------------


def control_of(layer: str, attribute: str | None = None) -> str:
    """The name of the control of a layer, or of an attribute of it: percent-encoded, a dot between the two."""
    name = quote(layer, safe="").replace(".", "%2E")
    if attribute is not None:
        return f"{name}.{quote(attribute, safe='').replace('.', '%2E')}"
    return f"%{ord(TEXT[0]):02X}{TEXT[1:]}" if name == TEXT else name


def layer_of(control: str) -> str:
    """The layer of a control of a layer."""
    return unquote(control)


def attribute_of(control: str, layer: str) -> str:
    """The attribute of a control; the name of the control where it is none of ours for that layer."""
    of, dot, attribute = control.partition(".")
    return unquote(attribute) if dot and unquote(of) == layer else control


# What XML cannot hold, `#`, where the editor cuts an id, and `$` at the beginning, which it takes for a field.
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f#\ufffe\uffff]|^\$|%(?=[0-9A-F]{2}|u[0-9A-F]{4})")
_SHOWN = re.compile(r"%(?:u([0-9A-F]{4})|([0-9A-F]{2}))")


def native(text: str) -> str:
    """A label, value or id as Label Studio can hold it: what it cannot is percent-encoded."""
    return _HIDDEN.sub(lambda match: f"%{ord(match[0]):02X}" if match[0] < "\u0100" else f"%u{ord(match[0]):04X}", text)


def actual(text: str) -> str:
    """The label, value or id that `native` wrote so."""

    def decoded(match: re.Match[str]) -> str:
        character = chr(int(match[1] or match[2], 16))
        return character if character == "%" or native(character) != character else match[0]

    return _SHOWN.sub(decoded, text)


# -- values of attributes ---------------------------------------------------------------------------------------------


def control_tag(one: AttributeType) -> str:
    """The tag of the control of an attribute."""
    if one.kind == "bool" or (one.values and one.kind != "list"):
        return "Choices"
    return "Number" if one.kind == "int" else "TextArea"


def answer(one: AttributeType, value: AttributeValue) -> dict[str, Any] | None:
    """The answer of a control that means this value; None where none does."""
    texts = list(value) if isinstance(value, tuple) else [value_text(value)]
    fields: Mapping[str, dict[str, Any]] = {
        "Choices": {"choices": [native(text) for text in texts]},
        "Number": {"number": value},
        "TextArea": {"text": texts},
    }
    found = fields[control_tag(one)]
    back = answered(one, found)
    return found if back == value and type(back) is type(value) else None


def answered(one: AttributeType, field: Mapping[str, Any]) -> AttributeValue | None:
    """The value that an answer means; None where it has none."""
    number = field.get("number", field.get("rating"))
    if isinstance(number, float):
        return int(number) if number.is_integer() and abs(number) <= _EXACT else str(number)
    if isinstance(number, int) and not isinstance(number, bool):
        return number if abs(number) <= _EXACT else None
    texts = list(_texts(field))
    if not texts:
        return None
    if one.kind == "list" or len(texts) > 1:
        return tuple(texts)
    parsed = one.parsed(texts[0])
    return texts[0] if parsed is None else parsed


def _texts(field: Mapping[str, Any]) -> Iterator[str]:
    for name in ("choices", "text", "datetime", "taxonomy"):
        found = field.get(name, [])
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, str):
                yield actual(item) if name == "choices" else item
            elif isinstance(item, list):  # the way to a nested choice
                yield " > ".join(part for part in item if isinstance(part, str))


# -- the file ---------------------------------------------------------------------------------------------------------


class Controls:
    """The controls that documents need: those of the type system, and what they have besides."""

    def __init__(self, types: TypeSystem) -> None:
        self._types = types
        self._labels = {layer.name: dict(layer.labels) for layer in types.layers}
        self._attributes = {(layer.name, one.name): one for layer in types.layers for one in layer.attributes}
        self._values = {key: dict(one.values or {}) for key, one in self._attributes.items()}
        self._relations = {one.label: one.definition for one in types.relations}

    def take(self, document: Document) -> None:
        """Add what a document has."""
        for one in document.annotations:
            self._labels.setdefault(one.layer, {}).setdefault(one.label, "")
            for name, value in one.attributes.items():
                kind = self._attributes.setdefault((one.layer, name), AttributeType(name))
                if control_tag(kind) == "Choices" and not isinstance(value, bool | tuple):
                    self._values.setdefault((one.layer, name), {}).setdefault(str(value), "")
        for relation in document.relations:
            self._relations.setdefault(relation.label, "")

    def xml(self) -> str:
        """The configuration: labels, the text, and for the region that is selected the attributes of its layer."""
        return "\n".join(["<View>", *(f"  {line}" for line in self._lines()), "</View>", ""])

    def _lines(self) -> Iterator[str]:
        colour = 0
        for layer, labels in self._labels.items():
            if not labels:
                continue
            yield _tag("Labels", name=control_of(layer), toName=TEXT, showInline="true", close=">")
            for label, definition in labels.items():
                background = COLOURS[colour % len(COLOURS)]
                colour += 1
                yield "  " + _tag("Label", value=native(label), background=background, hint=definition)
            yield "</Labels>"
        if self._relations:
            yield _tag("Relations", close=">")
            yield from ("  " + _tag("Relation", value=native(label)) for label in self._relations)
            yield "</Relations>"
        yield _tag("Text", name=TEXT, value=f"${TEXT}", granularity="symbol")
        for (layer, _), one in self._attributes.items():
            if self._labels.get(layer):
                yield from self._control(layer, one)

    def _control(self, layer: str, one: AttributeType) -> Iterator[str]:
        # A comma parts labels there, and an answer beside other labels is dropped when the annotation is saved.
        labels = [native(label) for label in one.labels]
        only = {"whenLabelValue": labels[0]} if len(labels) == 1 and "," not in labels[0] else {}
        when = {"visibleWhen": "region-selected", "whenTagName": control_of(layer), **only}
        yield _tag("View", **when, close=">")
        yield "  " + _tag("Header", value=f"{native(one.name)}: {one.definition}".rstrip(": "), size="6")
        shared = {"name": control_of(layer, one.name), "toName": TEXT, "perRegion": "true", **only}
        tag = control_tag(one)
        if tag == "Choices":
            yield "  " + _tag(tag, **shared, choice="single", showInline="true", close=">")
            values = {"true": "", "false": ""} if one.kind == "bool" else self._values[layer, one.name]
            for value, definition in values.items():
                yield "    " + _tag("Choice", value=native(value), hint=definition)
            yield f"  </{tag}>"
        elif tag == "Number":
            yield "  " + _tag(tag, **shared)
        else:
            submissions = {} if one.kind == "list" else {"maxSubmissions": "1"}
            yield "  " + _tag(tag, **shared, editable="true", **submissions)
        yield "</View>"


def _tag(tag: str, /, *, close: str = "/>", **attributes: str) -> str:
    written = (f" {key}={quoteattr(_legal(value))}" for key, value in attributes.items() if value)
    return f"<{tag}{''.join(written)}{close}"


def _legal(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)


def text_fields(path: Path, reading: Reading) -> dict[str, str]:
    """The field of a task that each object of text shows, by its name, from the configurations in a folder.

    A configuration that declares a document type, and with it entities, is refused.
    """
    found: dict[str, str] = {}
    for name, file in reading.files(path, ".xml") if path.is_dir() else []:
        parser = expat.ParserCreate()

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Text" and attributes.get("value", "").startswith("$"):
                found[attributes.get("name", "")] = attributes["value"][1:]

        def refuse(*_: object) -> None:
            raise ValueError("declares a document type, which a labelling configuration does not need")

        parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, refuse
        try:
            parser.Parse(file.read_bytes(), True)
        except (ValueError, LookupError, expat.ExpatError) as error:
            what = str(error) if isinstance(error, ValueError) else f"is not XML: {error}"
            reading.problems.add(Problem(what, "correct the configuration, or take it out", file=name))
    return found
