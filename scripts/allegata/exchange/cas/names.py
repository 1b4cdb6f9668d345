"""What layers, attributes and relations are called in a UIMA type system, and back.

A name of UIMA is of letters, digits and underscores and begins with a letter; the part before the last dot is its
package. Layers lie in `webanno.custom`, where INCEpTION puts those that a project makes.
"""

from __future__ import annotations

import keyword
import re

PACKAGE = "webanno.custom"
RELATIONS = f"{PACKAGE}.relation"  # a package of its own: a relation may be called as a layer is
SEGMENTS = f"{PACKAGE}.segment"
SEGMENT = f"{SEGMENTS}.Segment"  # the second segment of an annotation and those after it
CHARACTER = f"{SEGMENTS}.Character"  # a character of the text that XML 1.0 cannot hold

ANNOTATION, TOP, ARRAY = "uima.tcas.Annotation", "uima.cas.TOP", "uima.cas.FSArray"
DOCUMENT = "uima.tcas.DocumentAnnotation"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
STRING, INTEGER, BOOLEAN, STRINGS = "uima.cas.String", "uima.cas.Integer", "uima.cas.Boolean", "uima.cas.StringArray"

LABEL = "label"
ID = "allegata_id"
MORE = "allegata_more"  # JSON: what the features cannot hold
PARTS = "allegata_segments"
CODE = "code"
SOURCE, TARGET = "Governor", "Dependent"  # INCEpTION knows the ends of a relation by these names

# Of the annotation itself; those that INCEpTION's code generation (`JCas`) and cassis use; and Python's words, as
# cassis makes classes of types.
_RESERVED = {
    *(
        LABEL,
        ID,
        MORE,
        PARTS,
        SOURCE,
        TARGET,
        "begin",
        "end",
        "sofa",
        "type",
        "self",
        "xmiID",
        "elements",
        "get",
        "set",
    ),
    *("address", "coveredText", "CAS", "view", "id", "start"),
    *keyword.kwlist,
}
_ESCAPED = re.compile(r"[^A-Za-z0-9_]|_(?=x[0-9A-F]{4,6}_)")
_ESCAPE = re.compile(r"_x([0-9A-F]{4,6})_")
SUBSTITUTE = "\ufffd"  # for what XML cannot hold
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encoded(name: str) -> str:
    """A name of UIMA for any text: `_x0020_` for a blank (ISO 9075-14), `X_` before what does not begin with a letter.

    `decoded` is the inverse.
    """
    escaped = _ESCAPED.sub(_escape, name)
    return escaped if escaped[:1].isalpha() and not escaped.startswith("X_") else f"X_{escaped}"


def _escape(match: re.Match[str]) -> str:
    return f"_x{ord(match[0]):04X}_"


def decoded(name: str) -> str:
    """The text that `encoded` made the name of; a name that it did not make, as it is."""
    found = _ESCAPE.sub(_character, name.removeprefix("X_"))
    return found if encoded(found) == name or feature_name(found) == name else name


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def feature_name(attribute: str) -> str:
    """The name of the feature of an attribute; one that is taken has its first character escaped."""
    if attribute in _RESERVED:
        return f"X__x{ord(attribute[0]):04X}_{_ESCAPED.sub(_escape, attribute[1:])}"
    return encoded(attribute)


def layer_type(layer: str) -> str:
    """The type of the annotations of a layer."""
    return f"{PACKAGE}.{encoded(layer)}"


def relation_type(label: str) -> str:
    """The type of the relations of a label."""
    return f"{RELATIONS}.{encoded(label)}"


def link_type(layer: str) -> str:
    """The type of the links from the annotations of a layer to their further segments."""
    return f"{SEGMENTS}.{encoded(layer)}Link"


def is_xml(text: str) -> bool:
    """Whether XML 1.0 can hold the text (XML 1.0, production 2)."""
    return not _NO_XML.search(text)


def no_xml(text: str) -> list[int]:
    """Where the characters are that XML 1.0 cannot hold."""
    return [match.start() for match in _NO_XML.finditer(text)]


def as_xml(text: str) -> str:
    """The text with U+FFFD for what XML 1.0 cannot hold."""
    return _NO_XML.sub(SUBSTITUTE, text)


def character(code: str) -> str | None:
    """The character of a code point `U+000B` that XML 1.0 cannot hold; None for any other text, and surrogates."""
    if not re.fullmatch(r"U\+[0-9A-F]{4,6}", code) or int(code[2:], 16) > 0x10FFFF:
        return None
    found = chr(int(code[2:], 16))
    return None if is_xml(found) or 0xD800 <= ord(found) < 0xE000 else found
