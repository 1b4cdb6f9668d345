"""The charset that a page names in its markup: the prescan of the HTML standard (13.2.3.2 and 2.4.6).

Comments, and text of scripts, styles and titles, are passed over, and attributes are read as tags have them, so that no
description and no example names a charset. Two things differ: the standard looks at 1,024 bytes, and its tokenizer
changes the charset again when a `<meta>` stands further behind, so more is looked at here; and a script is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WINDOW = 1 << 16
_TOKEN = re.compile(rb"<(?:(!--)|(/?[a-zA-Z][^\s/>]*+)|[!/?])")
_ATTRIBUTE = re.compile(
    rb"""[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+)))?""",
)
_COMMENT_END = re.compile(rb"--!?>")
_RAW_TEXT = {
    name: re.compile(rb"</" + name + rb"[\s/>]", re.IGNORECASE)
    for name in (b"script", b"style", b"title", b"textarea", b"xmp", b"iframe", b"noembed", b"noframes")
}
_CONTENT = re.compile(r"""charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']*))""", re.IGNORECASE)
_XML = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,40})["']""")


def named_charsets(data: bytes) -> Iterator[str]:
    """The labels of all `<meta>` of a page that name a charset, in order, and then that of its XML declaration."""
    head = data[:_WINDOW]
    at = 0
    while token := _TOKEN.search(head, at):
        at = token.end()
        comment, name = token.groups()
        if comment:
            end = _COMMENT_END.search(head, token.start() + 2)
        elif name:
            attributes, at = _attributes(head, at)
            if name.lower() == b"meta" and (label := _label(attributes)):
                yield label
            raw_text = _RAW_TEXT.get(name.lower())
            if raw_text is None:
                continue
            end = raw_text.search(head, at)
            at = end.start() if end else len(head)
            continue
        else:
            end = re.compile(b">").search(head, at)
        at = end.end() if end else len(head)
    if declared := _XML.match(head):
        yield declared.group(1).decode("latin-1")


def charset_in(content: str) -> str | None:
    """The label in a `content` attribute or the value of a Content-Type header; None if it names none."""
    found = _CONTENT.search(content)
    return next((part.strip() for part in found.groups() if part and part.strip()), None) if found else None


def _attributes(head: bytes, at: int) -> tuple[dict[str, str], int]:
    """The attributes of the tag whose name ends at `at`, the first of each name, and where they end."""
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(head, at):
        at = found.end()
        name, *values = found.groups()
        value = next((value for value in values if value is not None), b"")
        attributes.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return attributes, at


def _label(attributes: dict[str, str]) -> str | None:
    if label := attributes.get("charset", "").strip():
        return label
    if attributes.get("http-equiv", "").strip().lower() == "content-type":
        return charset_in(attributes.get("content", ""))
    return None
