"""A web page to its article: the main content, then what the markup and the words say of its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from allegata.clean.page import Hit
from allegata.clean.web import cues, main_content, marks, standfirst, titles
from allegata.clean.web.page import WebPage
from allegata.text.blocks import Block
from allegata.text.layers import Removal
from allegata.text.page_blocks import Extract, PageBlock

NAMES = (main_content.NAME, marks.NAME, cues.NAME, titles.NAME)


@dataclass(frozen=True)
class PageFacts:
    """What ingestion learned about a page beside its source text."""

    blocks: tuple[PageBlock, ...]
    extracts: tuple[Extract, ...]
    title: str | None = None


@dataclass(frozen=True)
class WebArticle:
    """The blocks that are left of a page, by index, and why the others are not."""

    kept: tuple[int, ...]
    decided: tuple[tuple[str, Hit], ...]
    inside: tuple[Removal, ...]  # parts of kept blocks

    @classmethod
    def whole(cls, count: int) -> WebArticle:
        """All of a text of `count` blocks, which is no web page."""
        return cls(tuple(range(count)), (), ())

    def spread(self, hit: Hit) -> list[Hit]:
        """A hit on the kept blocks as hits on the blocks of the page: one for each run without a gap."""
        hits: list[Hit] = []
        repeats = (self.kept[hit.repeats[0]], self.kept[hit.repeats[1]]) if hit.repeats else None
        for index in self.kept[hit.first : hit.last + 1]:
            if hits and hits[-1].last == index - 1:
                hits[-1] = replace(hits[-1], last=index)
            else:
                hits.append(Hit(index, index, hit.reason, hit.evidence, repeats))
        return hits


def find_article(blocks: Sequence[Block], facts: PageFacts) -> WebArticle:
    """The article of a page of `blocks`. Pure: it decides on what extractors and markup said, and runs nothing."""
    content = main_content.find(tuple(blocks), facts.blocks, facts.extracts)
    decided: list[tuple[str, Hit]] = []

    def take(page: WebPage, name: str, hits: list[Hit]) -> WebPage:
        decided.extend((name, hit) for hit in hits)
        return page.without(hits)

    page = replace(content.page, title=facts.title)
    page = take(page, marks.NAME, list(marks.find(page)))
    page = page.bring_back(standfirst.find(page))
    decided.extend((main_content.NAME, hit) for hit in main_content.outside(content, page))
    page = take(page, titles.NAME, list(titles.find(page)))
    page = take(page, cues.NAME, list(cues.find(page)))
    left = page.free()
    spans = [blocks[index].span for index in left]
    inside = [part for part in content.parts if any(span.contains(part) for span in spans)]
    return WebArticle(
        tuple(left),
        tuple(decided),
        tuple(Removal(part, "outside_main_content", main_content.NAME, content.evidence) for part in inside),
    )


def assign_zones(kept: Sequence[int], facts: PageFacts) -> list[str]:
    """The zone of every kept block, as its markup tells: heading, list_item or body."""
    return [_zone(facts.blocks[index]) for index in kept]


def _zone(block: PageBlock) -> str:
    if block.heading:
        return "heading"
    return "list_item" if {"li", "dt", "dd"} & set(block.tags[-2:]) else "body"
