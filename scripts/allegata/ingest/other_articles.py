"""Other articles on a page, which the judge takes for more of its own: those that follow it, of the same template
(infinite scroll), cards that list others below it, and pages that are nothing but a list of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from allegata.judge.characters import is_dense
from allegata.text.page_blocks import Boxes, Judgement, PageBlock

# What is prose: characters, and the share of them in links; the lines of it that an article has at least.
_PROSE, _MOST_LINKED, _FEWEST = 80, 0.5, 3
_MOST_HEADINGS = 5  # of the first level that may be that of the page's own article
# A card: lines and characters at most, the share of its heading that is a link, and how much of what stands above them
# all cards hold at most. More is a page of cards: the restaurants of a guide.
_CARD_LINES, _CARD, _LINKED, _CARDS = 6, 900, 0.9, 0.5

# A list: its items at least, characters of an item on average and of its longest line at most, the share of the text
# that stands in items, and of the items that say something; of a title: characters and share in links; a link that
# stands oftener ("Read more") is none.
_FEWEST_ITEMS, _ITEM, _LONGEST, _SHARE = 5, 300, 700, 0.8
_LEAST_TITLE, _LEAST_DENSE, _TITLE_LINKED, _OFTEN = 12, 6, 0.6, 3


def other_articles(blocks: Sequence[PageBlock], boxes: Boxes, judgement: Judgement) -> list[tuple[int, int]]:
    """The blocks `[first, last)` of each other article.

    An article follows if a box after that of the first has the same tag and class words and a heading of the same
    level: the first, or any if both name their addresses, and those differ. Of 1,987 development
    pages one has such, and 120 a list of cards, of which the judge kept 4; no line that a gold asks for stands in any.
    Two first-level headings alone say nothing: cutting there took 768 lines that a gold asks for, and 77 that it does
    not.
    """
    # Most pages cost nothing.
    several = boxes.tags.count("article") > 1 or boxes.tags.count("h1") > 1 or len(boxes.addresses) > 1
    if not several or not judgement.scores:
        return []
    page = _Page(blocks, boxes, judgement)
    return [*page.following(), *page.cards()]


def listed_articles(text: str, blocks: Sequence[PageBlock], boxes: Boxes, judgement: Judgement) -> int:
    """How many other pages a page lists, if it is nothing else: an index, a list of posts, results of a search.

    Its text stands in boxes beside each other, each of which has one link that may be a title, and a line or two. Of
    1,987 development pages that is said of one, whose F1 is .71.
    """
    size = [block.end - block.start for block in blocks]
    kept = [length * (score >= judgement.least) for length, score in zip(size, judgement.scores, strict=False)]
    if not kept or max(kept) > _LONGEST:
        return 0
    links = [text[block.start : block.end] if _may_be_title(text, block) else "" for block in blocks]
    often = Counter(links)
    titles = [0, *accumulate(bool(link) and often[link] < _OFTEN for link in links)]
    words = [0, *accumulate(kept)]
    said = [0, *accumulate(0 if link else length for link, length in zip(links, kept, strict=True))]
    lists: dict[tuple[int, str], list[int]] = {}
    for at in (at for at in range(len(blocks)) if titles[at + 1] > titles[at]):
        box, item = boxes.of_block[at], -1
        while box >= 0 and titles[boxes.last[box]] - titles[boxes.first[box]] == 1:
            item, box = box, boxes.parent[box]
        if item >= 0 and box >= 0:
            lists.setdefault((box, boxes.tags[item]), []).append(item)
    for items in lists.values():
        bounds = [(boxes.first[item], boxes.last[item]) for item in items]
        held = sum(words[last] - words[first] for first, last in bounds)
        speaking = sum(said[last] > said[first] for first, last in bounds)
        if (
            len(items) >= _FEWEST_ITEMS
            and held >= _SHARE * words[-1]
            and speaking >= _SHARE * len(items)
            and held <= _ITEM * len(items)
        ):
            return len(items)
    return 0


def _may_be_title(text: str, block: PageBlock) -> bool:
    """True for a line that is a link, mostly, and longer than a word or two."""
    length = block.end - block.start
    least = _LEAST_DENSE if is_dense(text[block.start]) else _LEAST_TITLE
    return length >= least and block.linked >= _TITLE_LINKED * length


class _Page:
    def __init__(self, blocks: Sequence[PageBlock], boxes: Boxes, judgement: Judgement) -> None:
        self._blocks, self._boxes = blocks, boxes
        kept = [score >= judgement.least for score in judgement.scores]
        size = [block.end - block.start for block in blocks]
        prose = (
            is_kept and length >= _PROSE and block.linked < _MOST_LINKED * length and not block.heading
            for is_kept, length, block in zip(kept, size, blocks, strict=True)
        )
        self._prose = [0, *accumulate(prose)]  # lines of it before each block
        self._size = [0, *accumulate(size)]
        self._kept = [0, *accumulate(length * is_kept for length, is_kept in zip(size, kept, strict=True))]

    @cached_property
    def _inside(self) -> dict[int, list[int]]:
        """The boxes right in each box."""
        found: dict[int, list[int]] = {}
        for box, around in enumerate(self._boxes.parent):
            found.setdefault(around, []).append(box)
        return found

    def _between(self, sums: Sequence[int], first: int, last: int) -> int:
        return sums[last] - sums[first]

    def following(self) -> list[tuple[int, int]]:
        """Articles behind the first one, in boxes like its own."""
        boxes = self._boxes
        headings = [first for first, tag in zip(boxes.first, boxes.tags, strict=True) if tag == "h1"]
        headings = [index for index in headings if index < len(self._blocks) and self._blocks[index].heading == 1]
        if len(headings) < 2 and len(set(boxes.addresses.values())) < 2:
            return []
        for heading in headings[:_MOST_HEADINGS] or self._headings(0, len(self._blocks))[:1]:
            level, box = self._blocks[heading].heading, boxes.of_block[heading]
            while box >= 0:
                if self._between(self._prose, boxes.first[box], boxes.last[box]) >= _FEWEST:
                    found = [
                        (boxes.first[other], boxes.last[other])
                        for other in self._behind(box)
                        if self._is_another(box, other, level)
                    ]
                    if found:
                        return found
                box = boxes.parent[box]
        return []

    def _behind(self, box: int) -> Iterator[int]:
        """The boxes after `box`, beside it, that are made like it."""
        beside = self._inside[self._boxes.parent[box]]
        return (other for other in beside if other > box and self._template(other) == self._template(box))

    def _template(self, box: int) -> tuple[str, tuple[str, ...]]:
        """The tag and the class and id words of a box, of an `<article>` without numbers: `post-1204`."""
        tag, words = self._boxes.tags[box], self._boxes.names[box].split()
        return tag, tuple(word for word in words if tag != "article" or not any(map(str.isdigit, word)))

    def _is_another(self, box: int, other: int, level: int) -> bool:
        first, last = self._boxes.first[other], self._boxes.last[other]
        if not self._between(self._prose, first, last):
            return False
        if not any(self._blocks[index].heading == level for index in self._headings(first, last)):
            return False
        own, its = self._boxes.addresses.get(box), self._boxes.addresses.get(other)
        if own and its:
            return own != its
        tag, words = self._template(other)
        return level == 1 and bool(words or tag == "article")

    def _headings(self, first: int, last: int) -> list[int]:
        return [index for index in range(first, last) if self._blocks[index].heading]

    def cards(self) -> list[tuple[int, int]]:
        """`<article>` boxes at the end that are a linked heading and a few lines."""
        cards = [card for card in self._outermost("article") if self._is_card(*card)]
        inside = sum(self._between(self._prose, *card) for card in cards)
        while cards and self._prose[-1] - self._prose[cards[0][0]] > inside:
            inside -= self._between(self._prose, *cards.pop(0))
        held = sum(self._between(self._kept, *card) for card in cards)
        if not cards or self._prose[cards[0][0]] < _FEWEST or held > _CARDS * self._kept[cards[0][0]]:
            return []
        return cards

    def _outermost(self, tag: str) -> Iterator[tuple[int, int]]:
        end = 0
        for first, last, own in zip(self._boxes.first, self._boxes.last, self._boxes.tags, strict=True):
            if own == tag and first >= end and last > first:
                yield first, last
                end = last

    def _is_card(self, first: int, last: int) -> bool:
        if last - first > _CARD_LINES or self._between(self._size, first, last) > _CARD:
            return False
        headings = self._headings(first, last)
        return 1 <= len(headings) <= 2 and self._blocks[headings[0]].link_density >= _LINKED
