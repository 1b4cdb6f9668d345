"""Lists that only a page has: a table of contents, and sources without numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from allegata.clean.page import Hit, Page
from allegata.clean.rules.copied import LEAST, is_copied
from allegata.text.normal import for_matching

_SOURCE_WORDS = 45
_CONTENTS_WORDS, _LEAST_ITEMS = 60, 2
# Between what a line of contents names: "In this review: The verdict / How we tested", "Inhalt: 1. Anreise 2. Essen".
_NAMED = re.compile(r"\s{2,}|\s[/|·•›–—-]\s|(?:^|\s)\d{1,2}[.)]\s")
_STRIP = " .:?!"
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def find_contents(page: Page) -> Iterator[Hit]:
    """A table of contents near the top: lines in a row that stand once more below, in their order, each above prose; or
    one line behind a colon of two such headings or more."""
    for index in lines_of_headings(page, filter(page.in_head, page.free())):
        yield Hit(index, index, "site_furniture", "a line of the headings below")
    places: dict[str, list[int]] = {}
    for index in page.free():
        places.setdefault(page.folded[index], []).append(index)
    begun: list[tuple[int, int]] = []  # each line, and where it stands once more
    for index in [*(index for index in page.free() if page.in_head(index)), len(page.blocks)]:
        first, second = index, -1
        if index < len(page.blocks) and page.folded[index] and len(places[page.folded[index]]) == 2:
            first, second = places[page.folded[index]]
        heads = first == index and second + 1 in page.prose_set
        if begun and not (heads and index == begun[-1][0] + 1 and second > begun[-1][1]):
            if len(begun) > 1 and begun[0][1] > begun[-1][0]:
                yield Hit(begun[0][0], begun[-1][0], "site_furniture", "lines that are the headings below")
            begun = []
        if heads:
            begun.append((index, second))


def lines_of_headings(page: Page, indices: Iterable[int]) -> Iterator[int]:
    """Those of the lines whose items, behind a colon, are mostly lines further down."""
    last = {page.folded[line].strip(_STRIP): line for line in page.free()}
    for index in indices:
        _, colon, rest = page.blocks[index].text.partition(":")
        if not colon or page.word_counts[index] > _CONTENTS_WORDS:
            continue
        items = [for_matching(item).strip(_STRIP) for item in _NAMED.split(rest) if any(map(str.isalpha, item))]
        named = sum(last.get(item, -1) > index for item in items)
        if named >= _LEAST_ITEMS and 2 * named >= len(items):
            yield index


def find_sources(page: Page) -> Iterator[Hit]:
    """Printed sources behind or below a word for them, down to the next furniture."""
    headings = page.words.pattern("references", "headings")
    at = 0
    free = page.free()
    while at < len(free):
        index = free[at]
        label, _, rest = page.folded[index].partition(":")
        begins = (
            index > page.prose[0] and page.word_counts[index] <= _SOURCE_WORDS and headings.fullmatch(label.strip())
        )
        at += 1
        if not begins or (rest.strip() and not _YEAR.search(rest)):
            continue
        last = index
        while at < len(free) and free[at] == last + 1 and _YEAR.search(page.blocks[free[at]].text):
            last = free[at]
            at += 1
        sure = last > index + 1 or (rest.strip() and is_copied(page)) or (last > index and is_copied(page))
        if sure and _is_near_the_end(page, last):
            yield Hit(index, last, "reference_list", f"sources below or behind {label.strip()!r}")


def _is_near_the_end(page: Page, index: int) -> bool:
    """True if furniture or the end of the page is at most `LEAST` lines below."""
    below = range(index + 1, index + 2 + int(LEAST))
    return any(line >= len(page.blocks) or line in page.taken for line in below)
