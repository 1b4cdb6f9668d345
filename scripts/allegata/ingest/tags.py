"""The tags of a page whose nesting or attributes a parser cannot bear, as the tokenizer of the HTML standard sees them.

A parser compares every attribute of a tag with those before it: 40,000 in one tag take lxml 1.6 s and resiliparse 2.7 s
of CPU time, four times as long as 20,000, and a page of 20 MB has room for two million.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Characters. A shorter page has room for 25,000 attributes: a second.
_SHORT_PAGE = 100_000
# What may be a tag of very many names and values: no script or comment is looked for, which takes a fifth of the time.
_MANY = 500
_MAY_BE_MANY = re.compile(
    rf"""<[a-zA-Z](?:[\s/]++[^\s/>=]*+|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+)|[^\s/>=]++){{{_MANY},}}+"""
)
# Names whose squares, over all tags of a page, take a parser a second or two.
_MOST_SQUARES = 1_000_000_000
# A comment, an element of raw text, or a tag; no part gives back what it took. It begins with one literal, which is
# what makes the search fast.
_TOKEN = re.compile(
    r"""<(?:!--(?:-?>|.*?(?:--!?>|\Z))|(?P<raw>(?i:script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>]))"""
    r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']?))*+>?.*?(?:</(?i:(?P=raw))(?=[\s/>])|\Z)|"""
    r"""(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']?))*+))""",
    re.DOTALL,
)
_PIECE = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++)|[^\s/=]++""")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


def has_endless_attributes(markup: str) -> bool:
    """True if comparing the attributes of its tags would take a parser seconds. Linear."""
    if len(markup) < _SHORT_PAGE or not _MAY_BE_MANY.search(markup):
        return False
    squares = 0
    for token in _TOKEN.finditer(markup):
        attributes = token["attributes"]
        if attributes and len(attributes) > _MANY:
            squares += sum(1 for piece in _PIECE.finditer(attributes) if piece.group()[0] != "=") ** 2
    return squares > _MOST_SQUARES


def without_deep_tags(markup: str, deepest: int) -> str:
    """`markup` without the tags that open deeper than `deepest` elements, and without their end tags.

    Depth is counted over all tags that are not void; a tag left open counts to the end, so the text may lose
    structure, but no character of it.
    """
    return "".join(_shallow(markup, deepest))


def _shallow(markup: str, deepest: int) -> Iterator[str]:
    depth = at = 0
    for token in _TOKEN.finditer(markup):
        name = token["name"]
        if not name or name.lower() in _VOID or token["attributes"].endswith("/"):
            continue
        if token["end"]:
            depth = max(0, depth - 1)
        inside = depth < deepest
        if not token["end"]:
            depth += 1
        if not inside:
            yield markup[at : token.start()]
            yield " "
            at = token.end() + (markup[token.end() : token.end() + 1] == ">")
    yield markup[at:]
