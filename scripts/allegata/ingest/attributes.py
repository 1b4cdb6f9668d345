"""Tags of too many attributes, before any parser sees them.

A parser compares every attribute of a tag with those before it: 40,000 in one tag took lxml 2.5 s and resiliparse 3.3 s
of CPU time, four times as long as 20,000, and a page of 20 MB has room for two million.
"""

from __future__ import annotations

import re

# Names and values together. The longest list of class words is one value.
MOST_PIECES = 2_000
# Characters. A shorter page is not looked at for brackets inside of quotes: on 330 development pages that took as long
# as to parse them. It has room for some 33,000 attributes.
_LONG_PAGE = 300_000
# A tag as far as the next angle bracket, and as far as the one outside of quotes: parsers differ in what they do about
# a bracket inside of quotes, so both are looked at. No part gives back what it took.
_TO_BRACKET = re.compile(rf"<([a-zA-Z][^\s/<>]*+)[^<>]{{{MOST_PIECES},}}+")
_TO_END = re.compile(r"""<([a-zA-Z][^\s/<>"']*+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)""")
_QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")
_PIECE = re.compile(r"[^\s/=]+")


def within_bounds(markup: str) -> str:
    """`markup` without the attributes of every tag that has more than `MOST_PIECES` names and values. Linear."""
    markup = _TO_BRACKET.sub(_bounded, markup)
    return _TO_END.sub(_bounded, markup) if len(markup) > _LONG_PAGE else markup


def _bounded(tag: re.Match[str]) -> str:
    """The tag, or its name alone. What stands in quotes is one piece, however many words it has."""
    text = tag.group()
    many = len(text) > MOST_PIECES and len(_PIECE.findall(_QUOTED.sub("q", text))) > MOST_PIECES
    return f"<{tag.group(1)}" if many else text
