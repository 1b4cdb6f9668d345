"""Menus, trails and share bars: lines of items that are no sentence; and rows of figures, which look like them."""

from __future__ import annotations

import re

from allegata.clean.page import Page
from allegata.text.blocks import looks_like_heading
from allegata.text.normal import for_matching, narrow
from allegata.text.script_words import find_words
from allegata.text.words import Words

# What stands between the items of a line: wide gaps, bars, dots, arrows.
_BETWEEN = re.compile(r"\s{2,}|[\t\u3000]\s*|\s*[|·•∙⋅›»→‹«⟩]\s*|\s[>/]\s")
_SIGNS = frozenset("\t\u3000|·•∙⋅›»→‹«⟩>/")
_SEPARATOR = re.compile(r"(?= [>»›/] .)")  # of a trail of pages, before a part of at most `_PART` characters
_PART = 80
_MOST_WORDS = 5  # of an item
_TITLE_WORDS = 3
_FIGURE = re.compile(r"(?<![\d.,])(?!(?:19|20)\d\d$)\d[\d.,]*(?:\s?[%‰])?$")


def ends_in_a_figure(text: str) -> bool:
    """True for a row of a table: "Turnout 38.4 %". A year is none: a headline may end in one."""
    return _FIGURE.search(text) is not None


def items_of(text: str) -> list[str]:
    """The items of a line, by wide gaps, bars, dots and arrows between them; what has no letter is none."""
    return [item for item in _BETWEEN.split(narrow(text)) if any(map(str.isalpha, item))]


def is_trail(line: str, words: Words) -> bool:
    """True for `home > section > page`. A pattern would try every way to divide a line of separators."""
    home = words.pattern("navigation", "home").match(line)
    if not home:
        return False
    begun: list[int] = []  # where a part may begin
    for match in _SEPARATOR.finditer(line, home.end()):
        at = match.start()
        if at == home.end() or any(1 <= at - start <= _PART for start in begun[-_PART:]):
            begun.append(at + 3)
    return any(1 <= len(line) - start <= _PART for start in begun[-_PART:])


def is_menu(page: Page, index: int, *, beside: bool) -> bool:
    """True for a line of short items of which two, and half of them, are known of menus; or, `beside` the article, for
    one of three items, or of two with a known one, whatever their words."""
    block = page.blocks[index]
    stops = block.ends_sentence
    if (stops and block.text[-1] != "?") or not ("  " in block.text or _SIGNS & set(narrow(block.text))):
        return False
    items = items_of(block.text)
    if len(items) < 2 or any(item.endswith((".", ":", ",")) for item in items):
        return False
    known = page.words.tiles(("navigation", "items", "home"), ("sharing", "items"))
    others = [item for item in items if not known.fullmatch(for_matching(item))]
    count = len(items) - len(others)
    if any(max(len(item.split()), len(find_words(item))) > _MOST_WORDS for item in others):
        return False
    if count >= 2 and 2 * count >= len(items):
        return True
    numbers = any(2 * sum(map(str.isdigit, item)) > len(item) for item in items)
    return beside and not numbers and not stops and (len(items) >= 3 or count > 0)


def title_place(page: Page) -> int:
    """The block that is the title, as far as lines tell: the last but those below a byline that has the shape of one
    before the first prose; the first prose if there is none."""
    end = page.prose[0] if page.prose else len(page.blocks)
    shaped = [
        index
        for index in range(end)
        if index not in page.taken
        and page.word_counts[index] >= _TITLE_WORDS
        and not is_menu(page, index, beside=True)
        and (looks_like_heading(page.blocks[index], most_words=30) or page.blocks[index].text[-1] in '?!»”"“')
    ]
    longest = max(shaped, key=lambda index: (page.word_counts[index], -index), default=None)
    return end if longest is None else longest
