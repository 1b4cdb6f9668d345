"""What tells a page that was copied as a whole from a text that is its writer's from end to end, and what its article
speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from allegata.clean.page import Hit, Page
from allegata.clean.rules.menus import items_of
from allegata.text.blocks import looks_like_heading
from allegata.text.script_words import has_no_blanks

# Reasons that only a page has, not a text that was sent or typed; and those that the head of a typed text has too.
OF_A_PAGE = frozenset(
    ("site_furniture", "newsletter_prompt", "comments", "related_teaser", "advertisement", "ticker", "keyword_list")
)
_OF_A_HEAD = frozenset(("byline", "dateline", "credit", "disclosure", "author_biography", "reference_list"))
_HEADINGS = 2  # lines beside a subheading that say that it is one
LEAST = 3.0  # lines of furniture that make a text a copied page; one of a head counts half
LABEL_WORDS, TAGLINE_WORDS = 3, 12
LABEL = "label"  # the sign of a hit that is a word or two above the headline
RELATED = 0.25  # share of the content words of a headline that its article has
_STEM = 5  # letters: as in `teasers`


def is_copied(page: Page) -> bool:
    """True if the page has furniture that no article has: a text without is its writer's from end to end.

    Words above the headline and lines below a repeated one prove nothing alone: other rules took them for their place.
    Where all of it may be labels and subheadings of the article, it counts half.
    """
    repeated = min((index for index, reason in page.taken.items() if reason == "repetition"), default=len(page.blocks))
    of_a_page = [
        index
        for index, reason in page.taken.items()
        if reason in OF_A_PAGE and (reason != "site_furniture" or index < repeated - 1)
    ]
    of_a_head = sum(reason in _OF_A_HEAD for reason in page.taken.values())
    first = page.prose[0] if page.prose else 0
    sure = any(index > first or page.taken[index] != "site_furniture" for index in of_a_page)
    doubtful = all(index < first or _is_subheading(page, index) for index in of_a_page)
    lines = len(of_a_page) / 2 if doubtful else len(of_a_page)
    return sure and lines + of_a_head / 2 >= LEAST


def in_doubt(page: Page, hits: Iterable[Hit]) -> list[Hit]:
    """Those of all `hits` of a text that may as well be lines of it, if that is all the furniture there is: words above
    it that are not the name of a site, and subheadings. A byline or a dateline says that it was copied, and then
    nothing is in doubt. `page` is the page after them.

    One subheading is in doubt beside others, and below words above the text that are; several where their words differ.
    """
    found = {index for index, reason in page.taken.items() if reason in OF_A_PAGE}
    if not found or not page.prose or any(reason in _OF_A_HEAD for reason in page.taken.values()):
        return []
    above = {index for index in found if index < page.prose[0]}
    inside = sorted(found - above)
    if inside:
        headings = [index for index in page.free() if _is_subheading(page, index)]
        differ = len({page.folded[index] for index in inside}) == len(inside) > 1
        of_text = all(_is_subheading(page, index) for index in inside)
        if not of_text or not (differ or len(headings) + len(above) >= _HEADINGS):
            return []
        return [hit for hit in hits if hit.first == hit.last and hit.first in found]
    labels = [hit for hit in hits if hit.first == hit.last and hit.sign == LABEL]
    if {hit.first for hit in labels} != found:
        return []
    words = [word for index in found for word in page.blocks[index].words]
    is_name = len(found) == 1 < len(words) and all(word[0].isupper() for word in words)
    return [] if is_name else labels


def _is_subheading(page: Page, index: int) -> bool:
    """True for a few words between two paragraphs, directly above the second."""
    inside = bool(page.prose) and page.prose[0] < index < page.prose[-1]
    below = inside and index + 1 in page.prose_set
    return below and page.word_counts[index] <= TAGLINE_WORDS and looks_like_heading(page.blocks[index])


class Body:
    """The content words of the lines of an article, by their beginnings, each with the number of its lines.

    Those are the lines from the first prose on that are no labels.
    """

    def __init__(self, page: Page) -> None:
        first = page.prose[0]
        self._page = page
        self._own = {index for index in page.free() if index >= first and page.word_counts[index] > LABEL_WORDS}
        self._lines = Counter(stem for index in self._own for stem in _stems(page.folded[index]))

    def number(self, index: int) -> int:
        """How many content words of a line another line of the article has."""
        own = index in self._own
        return sum(self._lines[stem] > own for stem in _stems(self._page.folded[index]))

    def share(self, index: int) -> float:
        """The same as a share of the content words of the line."""
        return self.number(index) / max(len(_stems(self._page.folded[index])), 1)


def _stems(line: str) -> set[str]:
    """The beginnings of the longer words of a folded line; pairs of letters where words have no blanks between."""
    found = set[str]()
    for word in re.findall(r"[^\W\d_]+", line):
        if has_no_blanks(word[0]):
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) >= _STEM - 1:
            found.add(word[:_STEM])
    return found


def site_words(page: Page) -> set[str]:
    """The words of the name of the site: of the short lines of furniture above the headline that the article and the
    lists of words do not have."""
    first = page.prose[0]
    known = page.words.tiles(("navigation", "items", "lines", "home", "single"), ("sharing", "items", "lines"))
    lines = [
        page.folded[index]
        for index in range(first)
        if page.taken.get(index) == "site_furniture"
        and page.word_counts[index] <= TAGLINE_WORDS
        and len(items_of(page.blocks[index].text)) == 1
        and ":" not in page.folded[index]  # a line of contents
        and not known.fullmatch(page.folded[index])
    ]
    article = {word for index in page.prose for word in page.folded[index].split()}
    return {word for line in lines for word in line.split() if len(word) >= _STEM and word not in article}
