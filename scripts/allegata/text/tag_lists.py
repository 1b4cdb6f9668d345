"""Printed lists of tags and keywords, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A page prints up to 45 tags of its whole site in a cloud (the default of WordPress); the longest list of one article
# that the development pages print has 14.
MOST_OF_AN_ARTICLE = 20
# Commas and semicolons of Latin, Chinese, Japanese and Arabic script, bars and bullets.
_SEPARATORS = re.compile(r"[,;|•·，；、،؛\n\t]")


def is_divided(text: str) -> bool:
    """True if `text` has a separator of items."""
    return bool(_SEPARATORS.search(text))


def tags_in(text: str) -> list[str]:
    """The items of a list, in order: without the mark of a hashtag, blanks collapsed; what holds no letter and no
    digit is none."""
    items = (" ".join(item.split()).removeprefix("#") for item in _SEPARATORS.split(text))
    return [item.strip() for item in items if any(map(str.isalnum, item))]


def is_tag_list(items: Iterable[object]) -> bool:
    """True if every item is a text with a letter or digit and without outer blanks, and none occurs twice."""
    tags = list(items)
    shaped = all(isinstance(tag, str) and tag == tag.strip() and any(map(str.isalnum, tag)) for tag in tags)
    return shaped and len({str(tag).casefold() for tag in tags}) == len(tags)


def each_once(tags: Iterable[str]) -> list[str]:
    """The tags in order, each in the spelling it has first: case and width make no other tag."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return list(first.values())
