"""Which blocks of a page are its article: those that the judge finds likely enough to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from allegata.clean.page import Hit
from allegata.clean.web.marks import LABELS
from allegata.clean.web.names import Named
from allegata.clean.web.page import WebPage
from allegata.text.blocks import Block
from allegata.text.page_blocks import Judgement, PageBlock

NAME = "judge/2"

_ITEMS = frozenset(("li", "tr", "td", "th", "dt", "dd"))
# Headings of one kind of place, the share of the others that are kept, the share of one that is linked at most.
_FEWEST, _MOST, _LINKED = 3, 0.6, 0.5
# The lines of the longest page that the judge learned from. On longer ones the share of a line in its page is smaller
# than any that it knows, and of 5,000 like paragraphs it lost half: there what stands in one place of the markup stays
# or leaves together, by the share of its characters that are kept.
_LONGEST, _OF_A_PLACE = 2_602, 0.25
# Boxes that hold no article, whatever they are called.
_TAG_REASONS = {"nav": "site_furniture", "footer": "site_furniture", "form": "site_furniture", "figcaption": "caption"}


@dataclass(frozen=True)
class MainContent:
    """The page with everything outside its article taken, and what the judge said of it."""

    page: WebPage
    judgement: Judgement


def find(blocks: tuple[Block, ...], facts: tuple[PageBlock, ...], judgement: Judgement) -> MainContent:
    """The article of a page. Without scores all of the page is outside of it."""
    scores = judgement.scores or (0,) * len(blocks)
    kept = [score >= judgement.least for score in scores]
    alike = _kept_headings(facts, kept)
    for index in range(1, len(kept) - 1):
        if not kept[index] and kept[index - 1] and kept[index + 1]:
            kept[index] = _is_between_items(facts, index) or _is_like_kept_headings(facts[index], alike)
    if len(blocks) > _LONGEST:
        kept = _by_places(blocks, facts, kept)
    taken = {index: "outside_main_content" for index, is_kept in enumerate(kept) if not is_kept}
    return MainContent(WebPage(blocks, taken, facts=facts), judgement)


def _by_places(blocks: tuple[Block, ...], facts: tuple[PageBlock, ...], kept: list[bool]) -> list[bool]:
    """Lines of a place (a path of elements) of which enough is kept are kept, but for those that are mostly links."""
    total: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for block, fact, is_kept in zip(blocks, facts, kept, strict=True):
        total[fact.path] += block.span.length
        own[fact.path] += block.span.length * is_kept
    enough = {path for path, length in total.items() if own[path] >= _OF_A_PLACE * length}
    return [
        is_kept or (fact.path in enough and fact.link_density < _LINKED)
        for fact, is_kept in zip(facts, kept, strict=True)
    ]


def _is_between_items(facts: tuple[PageBlock, ...], index: int) -> bool:
    """True for an item of a list, or a row of a table, between those of it: 65 lines of 1,987 development pages."""
    before, item, after = facts[index - 1 : index + 2]
    own = item.path, item.marks
    return item.tags[-1] in _ITEMS and own == (before.path, before.marks) == (after.path, after.marks)


def _kept_headings(facts: tuple[PageBlock, ...], kept: list[bool]) -> dict[tuple[str, str], tuple[int, int]]:
    """How many headings stand in each kind of place, and how many of them are kept."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for block, is_kept in zip(facts, kept, strict=True):
        if block.heading:
            number, own = found.get((block.path, block.marks), (0, 0))
            found[block.path, block.marks] = number + 1, own + is_kept
    return found


def _is_like_kept_headings(block: PageBlock, alike: dict[tuple[str, str], tuple[int, int]]) -> bool:
    """True for a heading most of whose like are kept: a question among others. Of 21 such lines between kept ones of
    the development pages 20 were of the article."""
    number, own = alike.get((block.path, block.marks), (0, 0))
    return number >= _FEWEST and own >= _MOST * (number - 1) and block.link_density < _LINKED


def outside(content: MainContent, page: WebPage) -> Iterator[Hit]:
    """What `content` took and `page` did not bring back, as runs, with a finer reason where markup names one.

    The confidence and the evidence of a run are those of its longest block.
    """
    said_of: dict[tuple[str, str], tuple[str, str]] = {}

    def reason_of(index: int) -> tuple[str, str]:
        box = page.facts[index].marks, page.facts[index].path
        if box not in said_of:
            said_of[box] = _reason(box[1], page.named[index])
        return said_of[box]

    left = iter(sorted(content.page.taken.keys() & page.taken.keys()))
    first = last = next(left, -1)
    if first < 0:
        return
    reason = reason_of(first)
    for index in left:
        also = reason_of(index)
        if index != last + 1 or also != reason:
            yield _hit(content, first, last, *reason)
            first, reason = index, also
        last = index
    yield _hit(content, first, last, *reason)


def _hit(content: MainContent, first: int, last: int, reason: str, said: str) -> Hit:
    judged = content.judgement
    if not judged.scores:
        return Hit(first, last, reason, "nothing on the page can be judged" + said)
    longest = max(range(first, last + 1), key=lambda index: content.page.blocks[index].span.length)
    score = judged.scores[longest] / 1000
    evidence = f"{score:.0%} likely to be of the article, by {judged.because[longest]}{said}"
    return Hit(first, last, reason, evidence, confidence=round(1 - score, 3))


def _reason(path: str, named: Named) -> tuple[str, str]:
    for reason, name in named:
        if reason not in LABELS:
            return reason, f"; the markup names it {name!r}"
    for tag in path.split("/"):
        if tag in _TAG_REASONS:
            return _TAG_REASONS[tag], f"; it stands in <{tag}>"
    return "outside_main_content", ""
