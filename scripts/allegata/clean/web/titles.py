"""The headline above the article: text of it, in zone `title`, as in plain text. Its copies leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage
from allegata.text.normal import for_matching

NAME = "titles/3"  # 2 took the headline out of the text

_FARTHEST = 40  # lines above the first prose: kicker, date, author, share bar, caption
_HEAD = 6  # free blocks that copies may stand in
_LEAST = 8  # letters: "News" is no title
_MOST = 400  # letters: a title is no paragraph
_LINE = 9  # the level of a line that is no heading
# The share of a heading's words that the stated title has as well: sites reword their headlines for search engines.
_ALIKE, _FEWEST = 0.6, 4
_WORD = re.compile(r"[^\W_]+")
# Boxes of a page that hold no headline, but the name of the section or the next article.
_BOXES = frozenset(["nav", "footer", "aside", "form"])


class _Stated(NamedTuple):
    """The stated title, as headings are compared with it."""

    text: str
    letters: str
    words: frozenset[str]

    @classmethod
    def of(cls, title: str) -> Self:
        text = for_matching(title)
        return cls(text, "".join(filter(str.isalnum, text)), frozenset(_WORD.findall(text)))

    def begins_with(self, text: str) -> bool:
        """True if its first words are `text`."""
        return self.text.startswith(text) and not self.text[len(text) : len(text) + 1].isalnum()

    def is_like(self, text: str) -> bool:
        """True if most words of `text` are in it."""
        own = _WORD.findall(text)
        return len(own) >= _FEWEST and sum(word in self.words for word in own) >= _ALIKE * len(own)

    def is_whole(self, letters: str) -> bool:
        """True if `letters` are all of it, or the first part of it without the name of the site."""
        if len(self.letters) < _LEAST:
            return False
        return letters == self.letters or (self.letters.startswith(letters) and len(letters) >= len(self.letters) / 2)


@dataclass(frozen=True)
class Headline:
    """The block that is the headline, and the copies of it in the head of the text."""

    index: int
    copies: tuple[Hit, ...]


def find(page: WebPage) -> Headline | None:
    """The headline above the first prose that is free, whether its own block is free or not.

    The surest of: a heading or line that is the stated title or the whole first part of it (sites add their name:
    "Headline | Paper"); the only first-level heading, if the stated title begins with it or shares most of its words; a
    heading most of whose words are in the stated title; the only first-level heading, if it is not the name of the
    site. Of several the lowest heading level, the lowest on the page.
    """
    free = page.free()
    lines = [index for index in free if not page.facts[index].heading]
    if not lines:
        return None
    # A short text may hold no prose: two sentences of Japanese.
    first = next((index for index in lines if page.is_prose(index)), lines[0])
    stated = _Stated.of(page.title or "")
    only = sum(facts.heading == 1 for facts in page.facts) == 1
    best: tuple[tuple[int, int, int], int] | None = None
    for index in range(max(0, first - _FARTHEST), first):
        level = page.facts[index].heading or _LINE
        sure = _sureness(page, index, first, stated, only=only and level == 1)
        rank = (sure if level < _LINE else sure - 4), -level, index
        if sure and (best is None or rank > best[0]):
            best = rank, index
    if best is None:
        return None
    index = best[1]
    return Headline(index, tuple(_copies(page, index, stated, free)))


def _sureness(page: WebPage, index: int, first: int, stated: _Stated, *, only: bool) -> int:
    """How sure it is that a block above the `first` prose is the headline: 4 to 1, 0 where it is none. `only`: it is
    the only first-level heading."""
    facts, text = page.facts[index], for_matching(page.blocks[index].text)
    letters = "".join(filter(str.isalnum, text))
    only = only and not facts.is_site_link
    begins = only and bool(letters) and stated.begins_with(text)
    if len(letters) > _MOST or (len(letters) < _LEAST and not begins):
        return 0
    if not _BOXES.isdisjoint(_apart(facts.tags, page.facts[first].tags)):
        return 0
    if stated.is_whole(letters):
        return 4
    if begins or (facts.heading and stated.is_like(text)):
        return 3 if only else 2
    return int(only)


def _apart(tags: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """The elements around a block that are not around the other one as well: a form may hold a whole page."""
    same = next((at for at, (one, other) in enumerate(zip(tags, others, strict=False)) if one != other), None)
    return tags[min(len(tags), len(others)) if same is None else same :]


def _copies(page: WebPage, headline: int, stated: _Stated, free: list[int]) -> Iterator[Hit]:
    own = _letters(page.blocks[headline].text)
    for index in free[:_HEAD]:
        if index == headline:
            continue
        if page.is_prose(index) and not page.facts[index].heading:
            return
        letters = _letters(page.blocks[index].text)
        if len(letters) >= _LEAST and (letters == own or stated.is_whole(letters)):
            yield Hit(index, index, "title", f"it is the headline again, which stands in line {headline + 1}")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, for_matching(text)))
