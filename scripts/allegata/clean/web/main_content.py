"""Which blocks of a page are its article: what the extractors say, made whole.

1. The leading extractor is believed unless the second disagrees with it and agrees with a third that finds
   much more: then it stopped in the middle, or took the wrong box, and the third is believed.
2. A block is in the text if most of its characters are; a long block of which a part is, stays with that part.
3. Prose in the very box the text stands in comes back if the second extractor has it too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allegata.clean.page import Hit
from allegata.clean.web.marks import LABELS
from allegata.clean.web.names import Named
from allegata.clean.web.page import WebPage
from allegata.text.blocks import Block
from allegata.text.page_blocks import Extract, PageBlock, agreement_of_extracts
from allegata.text.spans import Span

NAME = "main_content/1"

# Below this agreement of the first two extractors the third may take over, if it agrees with the second and
# has this much more text. Tuned on the even pages of the development set: 8 of 990 pages change hands.
DISAGREE, AGREE, MUCH_MORE = 0.7, 0.7, 1.5
# The share of a block's characters that makes it part of the text. .3 to .9 score the same.
_WHOLE = 0.7
# A part of a block counts from so many characters: a sentence.
_PART = 60
# Boxes that hold no article, whatever they are called.
_TAG_REASONS = {"nav": "site_furniture", "footer": "site_furniture", "form": "site_furniture", "figcaption": "caption"}


@dataclass(frozen=True)
class MainContent:
    """The page with everything outside its article taken, and the parts of kept blocks that lie outside, by block."""

    page: WebPage
    parts: dict[int, list[Span]]
    evidence: str


def believed(extracts: Sequence[Extract]) -> Extract:
    """The extract that is believed."""
    first = extracts[0]
    if len(extracts) < 3 or agreement_of_extracts(first, extracts[1]) >= DISAGREE:
        return first
    third = extracts[2]
    much_more = _length(third) > MUCH_MORE * _length(first)
    return third if much_more and agreement_of_extracts(third, extracts[1]) >= AGREE else first


def find(blocks: tuple[Block, ...], facts: tuple[PageBlock, ...], extracts: Sequence[Extract]) -> MainContent:
    """The article of a page. Without extracts, or with an empty one, all of the page is outside of it."""
    if not extracts:
        everything = dict.fromkeys(range(len(blocks)), "outside_main_content")
        return MainContent(WebPage(blocks, everything, facts=facts), {}, "no extractor finds an article")
    chosen = believed(extracts)
    shares, parts = _cover(blocks, chosen.spans)
    kept = {index for index, share in shares.items() if share >= _WHOLE} | parts.keys()
    taken = {index: "outside_main_content" for index in range(len(blocks)) if index not in kept}
    page = WebPage(blocks, taken, facts=facts)
    if len(extracts) > 1:
        second = extracts[1].spans
        page = page.bring_back(i for i in _siblings(page) if _share(blocks[i].span, second) >= _WHOLE)
    return MainContent(
        page,
        parts,
        f"not in the text that {chosen.extractor} {chosen.version} takes from the page",
    )


def outside(content: MainContent, page: WebPage) -> Iterator[Hit]:
    """What `content` took and `page` did not bring back, as runs, with a finer reason where markup names one."""
    said_of: dict[tuple[str, str], tuple[str, str]] = {}

    def reason_of(index: int) -> tuple[str, str]:
        box = page.facts[index].marks, page.facts[index].path
        if box not in said_of:
            reason, said = _reason(box[1], page.named[index])
            said_of[box] = reason, content.evidence + said
        return said_of[box]

    left = iter(sorted(content.page.taken.keys() & page.taken.keys()))
    first = last = next(left, -1)
    if first < 0:
        return
    reason = reason_of(first)
    for index in left:
        also = reason_of(index)
        if index != last + 1 or also != reason:
            yield Hit(first, last, *reason)
            first, reason = index, also
        last = index
    yield Hit(first, last, *reason)


def _cover(blocks: tuple[Block, ...], spans: Sequence[Span]) -> tuple[dict[int, float], dict[int, list[Span]]]:
    """The covered share of every block that is covered at all; of those covered in part, what lies outside."""
    shares: dict[int, float] = {}
    parts: dict[int, list[Span]] = {}
    starts = [block.span.start for block in blocks]
    covered: dict[int, list[Span]] = {}
    for span in spans:
        for index in range(max(0, bisect_right(starts, span.start) - 1), bisect_left(starts, span.end)):
            own = blocks[index].span
            if span.start < own.end:
                covered.setdefault(index, []).append(Span(max(span.start, own.start), min(span.end, own.end)))
    for index, inside in covered.items():
        block = blocks[index]
        share = shares[index] = sum(span.length for span in inside) / block.span.length
        if share < _WHOLE and any(span.length >= _PART for span in inside):
            parts[index] = list(_gaps(block, [span for span in inside if span.length >= _PART]))
    return shares, parts


def _share(block: Span, spans: Sequence[Span]) -> float:
    """The share of one block's characters that `spans` (sorted, disjoint) cover."""
    at = max(0, bisect_left(spans, block) - 1)
    covered = 0
    while at < len(spans) and spans[at].start < block.end:
        covered += max(0, min(spans[at].end, block.end) - max(spans[at].start, block.start))
        at += 1
    return covered / block.length


def _gaps(block: Block, inside: list[Span]) -> Iterator[Span]:
    """The spans of `block` between those `inside`, without the punctuation that belongs to its neighbours."""
    edges = [block.span.start, *(edge for span in inside for edge in span), block.span.end]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        while start > block.span.start and start < end and _hangs(block, start):
            start += 1
        while end < block.span.end and end > start and _hangs(block, end - 1):
            end -= 1
        if start > block.span.start and end < block.span.end and start < end:
            # One blank stays between what remains on both sides.
            if _is_blank(block, start):
                start += 1
            elif _is_blank(block, end - 1):
                end -= 1
        if start < end:
            yield Span(start, end)


def _hangs(block: Block, position: int) -> bool:
    character = block.text[position - block.span.start]
    return not character.isalnum() and not character.isspace()


def _is_blank(block: Block, position: int) -> bool:
    return block.text[position - block.span.start].isspace()


def _siblings(page: WebPage) -> Iterator[int]:
    """Taken prose in a box (same tags, same marks) that holds two blocks of prose of the text already."""
    boxes = Counter((page.facts[i].marks, page.facts[i].path) for i in page.free() if page.is_prose(i))
    held = {box for box, count in boxes.items() if count >= 2}
    for index in page.taken if held else ():
        facts = page.facts[index]
        if (facts.marks, facts.path) not in held or facts.link_density > 0.3 or page.named[index]:
            continue
        if page.is_prose(index):
            yield index


def _reason(path: str, named: Named) -> tuple[str, str]:
    for reason, name in named:
        if reason not in LABELS:
            return reason, f"; the markup names it {name!r}"
    for tag in path.split("/"):
        if tag in _TAG_REASONS:
            return _TAG_REASONS[tag], f"; it stands in <{tag}>"
    return "outside_main_content", ""


def _length(extract: Extract) -> int:
    return sum(span.length for span in extract.spans)
