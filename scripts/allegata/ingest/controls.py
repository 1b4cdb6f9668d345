"""Characters that the parser of HTML reads and XML has not: lxml raises where they are moved in a tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NOT_OF_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
# References to a control or to one of the last two characters of the plane.
_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]))(?![\da-f])", re.IGNORECASE
)


def _has_any(markup: str, data: bytes) -> bool:
    """A quarter of a millisecond for an average page; the pattern of all such characters takes three."""
    return (
        len(data.translate(None, _CONTROLS)) < len(data)
        or any(last in markup for last in "\ufffe\uffff")
        or _REFERENCE.search(data) is not None
    )


def blank_controls(tree: HtmlElement, markup: str, data: bytes) -> None:
    """A blank for every such character in the texts and attributes of `tree`, which was read from `markup`, in UTF-8
    `data`.

    Extractors take trees apart and move texts about: readability and the reader of metadata raised on such pages.
    """
    if not _has_any(markup, data):
        return
    for element in tree.iter():
        for name in ("text", "tail"):
            value = getattr(element, name)
            if value and _NOT_OF_XML.search(value):
                setattr(element, name, _NOT_OF_XML.sub(" ", value))
        for name, value in element.attrib.items():
            if _NOT_OF_XML.search(value):
                element.attrib[name] = _NOT_OF_XML.sub(" ", value)
