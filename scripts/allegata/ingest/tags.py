"""The tags of a page whose nesting or attributes a parser cannot bear, as the tokenizer of the HTML standard sees them.

A parser compares every attribute of a tag with those before it: 40,000 in one tag take lxml 1.6 s and resiliparse 2.7 s
of CPU time, four times as long as 20,000, and a page of 20 MB has room for two million.
"""

from __future__ import annotations

import re
from collections import Counter
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
# What a browser opens again in every paragraph until its own end tag comes; there is one open <a> at most.
_REOPENED = frozenset(["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"])
_REOPENING = re.compile(r"<(?:[bBiIsSuU]|(?i:big|code|em|font|nobr|small|strike|strong|tt))[\s/>]")
# What needs no end tag: a level or three more beside each that is counted.
_NOT_COUNTED = _VOID.union(
    ["html", "head", "body", "p", "li", "dd", "dt", "thead", "tbody", "tfoot", "tr", "td", "th", "colgroup"],
    ["caption", "option", "optgroup", "rb", "rp", "rt", "rtc"],
)
# In a drawing `<path/>` is closed, as libxml2 has it everywhere.
_DRAWN = frozenset(
    [
        "animate",
        "circle",
        "clippath",
        "defs",
        "ellipse",
        "g",
        "image",
        "line",
        "lineargradient",
        "marker",
        "mask",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "radialgradient",
        "rect",
        "stop",
        "symbol",
        "text",
        "tspan",
        "use",
    ]
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


def nests_more_than_a_tree_shows(markup: str, most: int) -> bool:
    """True if for a browser the elements open at its tags are more than `most`, summed, because of what libxml2 closes:
    `<div/>`, and bold or italic text that the end of a paragraph ends. Looks closer only where there are enough of
    these."""
    unclosed = len(_REOPENING.findall(markup)) + markup.count("/>")
    return unclosed * markup.count("<") > most and _depths(markup, most) > most


def _depths(markup: str, most: int) -> int:
    """The elements that are open at each tag, summed up to a little more than `most`."""
    opened, reopened, left, depths, in_drawing = list[str](), Counter[str](), 0, 0, False
    for token in _TOKEN.finditer(markup):
        end, name, attributes = token.groups()
        depths += len(opened) + left
        if depths > most:
            break
        if not name:
            in_drawing = in_drawing and markup[token.start() + 1] == "!"
            continue
        name, is_closed = name.lower(), attributes[-1:] == "/"
        in_drawing = name in _DRAWN if in_drawing else name == "svg" and not end and not is_closed
        if name in _NOT_COUNTED or (is_closed and in_drawing):
            continue
        if not end:
            opened.append(name)
        elif opened and opened[-1] == name and not reopened[name]:
            opened.pop()
        elif reopened[name]:
            reopened[name] -= 1
            left -= 1
        elif name in opened:
            last = len(opened) - 1 - opened[::-1].index(name)
            if name in _REOPENED:
                del opened[last]
            else:
                inside = [one for one in opened[last:] if one in _REOPENED]
                reopened.update(inside)
                left += len(inside)
                del opened[last:]
    return depths
