"""The tags of a page whose nesting or attributes a parser cannot bear, as the tokenizer of the HTML standard sees them.

A parser compares every attribute of a tag with those before it: 40,000 in one tag take lxml 1.6 s and resiliparse 2.7 s
of CPU time, four times as long as 20,000, and a page of 20 MB has room for two million.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Characters. A shorter page has room for 25,000 attributes: a second.
_SHORT_PAGE = 100_000
# Pieces of a tag that are few: names, values and the blanks between them.
_FEW = 1_000
# Names whose squares, over all tags of a page, take a parser a second or two.
_MOST_SQUARES = 1_000_000_000

# No part of these gives back what it took, and none looks for its end by trying every character: a page of opening
# brackets, or of scripts without an end, costs no more than its length.
_VALUE = r"""=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)?"""
_PIECE = rf"(?:[^\s/>=]++|{_VALUE}|[\s/]++)"
# The attributes of most tags: as many pieces at most, names and blanks in one go.
_SHORT = rf"[^>=]{{0,60}}+(?:{_VALUE}[^>=]{{0,60}}+){{0,15}}+>"
_RAW_NAMES = ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
_RAW = "|".join(rf"{name}(?=[\s/>]){_PIECE}*+>?(?:[^<]++|<(?!/{name}[\s/>]))*+(?:</{name})?+" for name in _RAW_NAMES)
_IS_RAW = r"[sStTxXiInN](?i:cript|tyle|itle|extarea|mp|frame|oembed|oframes)[\s/>]"
_COMMENT = r"!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)"
# As much of a page as has no tag of many pieces, in one go: half a millisecond on average.
_WITHOUT_MANY = re.compile(
    rf"(?:[^<]++|<(?:(?!{_IS_RAW})/?+[a-zA-Z](?:{_SHORT}|{_PIECE}{{0,{_FEW}}}+(?:>|\Z))|{_COMMENT}|(?i:{_RAW})|/?(?![a-zA-Z])))*+"
)
# One comment, raw text or tag.
_TOKEN = re.compile(
    rf"<(?:(?!{_IS_RAW})(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_PIECE}*+)|{_COMMENT}|(?i:{_RAW}))"
)
_NAME = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)?|([^\s/=]++)""")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


def has_endless_attributes(markup: str) -> bool:
    """True if comparing the attributes of its tags would take a parser seconds. Linear."""
    if len(markup) < _SHORT_PAGE:
        return False
    first = _WITHOUT_MANY.match(markup)
    if first and first.end() == len(markup):
        return False
    squares = 0
    for token in _TOKEN.finditer(markup, first.end() if first else 0):
        attributes = token["attributes"]
        if attributes and len(attributes) > _FEW:
            squares += sum(1 for name in _NAME.finditer(attributes) if name.group(1)) ** 2
    return squares > _MOST_SQUARES


def without_deep_tags(markup: str, deepest: int) -> str:
    """`markup` with a blank for the tags that open deeper than `deepest` elements, and for their end tags.

    Depth is counted over all tags that are not void; a tag left open counts to the end, so the text may lose
    structure, but no character of it.
    """
    return "".join(_shallow(markup, deepest))


def _shallow(markup: str, deepest: int) -> Iterator[str]:
    depth = at = 0
    for token in _TOKEN.finditer(markup):
        end, name, attributes = token.groups()
        if not name or attributes[-1:] == "/" or name.lower() in _VOID:
            continue
        if end:
            depth = max(0, depth - 1)
        inside = depth < deepest
        if not end:
            depth += 1
        if not inside:
            first, last = token.span()
            if first > at:
                yield markup[at:first]
                yield " "
            at = last + (markup[last : last + 1] == ">")
    yield markup[at:]
