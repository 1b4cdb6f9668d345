"""A web page to its article: the main content, then what the markup and the words say of its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from allegata.clean.page import Hit
from allegata.clean.web import cues, main_content, marks, site_boilerplate, standfirst, titles
from allegata.clean.web.page import WebPage
from allegata.clean.web.site_boilerplate import Site
from allegata.text.blocks import Block
from allegata.text.layers import Removal
from allegata.text.page_blocks import Extract, PageBlock

NAMES = (main_content.NAME, marks.NAME, cues.NAME, titles.NAME, site_boilerplate.NAME)


@dataclass(frozen=True)
class PageFacts:
    """What ingestion learned about a page beside its source text."""

    blocks: tuple[PageBlock, ...]
    extracts: tuple[Extract, ...]
    title: str | None = None
    site: Site | None = None  # what is known of the other pages of its site


@dataclass(frozen=True)
class WebArticle:
    """The article of a page: its blocks alone, as the rules for blocks see them, and what was decided so far.

    `page` holds blocks `kept[0]`, `kept[1]`, … of the whole page; `decided` counts the blocks of the whole page.
    """

    page: WebPage
    kept: tuple[int, ...]
    decided: tuple[tuple[str, Hit], ...]
    inside: tuple[Removal, ...]  # parts of kept blocks

    def spread(self, hit: Hit) -> list[Hit]:
        """A hit on `page` as hits on the whole page: one for each run without a gap."""
        return _spread(hit, self.kept)

    def bears_out(self, hit: Hit) -> bool:
        """False if the markup speaks against a rule that only saw words: the tags of a page are links.

        Short lines without links are its glossaries, tables and addresses: of 4 such lists that the rule for
        plain text took from the development pages, all belonged to the text.
        """
        if hit.reason != "keyword_list":
            return True
        blocks = self.page.facts[hit.first : hit.last + 1]
        return sum(block.linked for block in blocks) >= sum(block.end - block.start for block in blocks) / 2

    def zones(self, left: Sequence[int]) -> list[str]:
        """The zone of every block of `page` in `left`, as its markup tells: heading, list_item or body."""
        return [_zone(self.page.facts[index]) for index in left]


def _spread(hit: Hit, kept: Sequence[int]) -> list[Hit]:
    hits: list[Hit] = []
    repeats = (kept[hit.repeats[0]], kept[hit.repeats[1]]) if hit.repeats else None
    for index in kept[hit.first : hit.last + 1]:
        if hits and hits[-1].last == index - 1:
            hits[-1] = replace(hits[-1], last=index)
        else:
            hits.append(Hit(index, index, hit.reason, hit.evidence, repeats))
    return hits


def find_article(blocks: tuple[Block, ...], facts: PageFacts) -> WebArticle:
    """The article of a page of `blocks`. Pure: it decides on what extractors and markup said, and runs nothing."""
    content = main_content.find(blocks, facts.blocks, facts.extracts)
    marked = list(marks.find(content.page))
    page = content.page.without(marked)
    page = page.bring_back(standfirst.find(page))
    decided = [(main_content.NAME, hit) for hit in main_content.outside(content, page)]
    decided += [(marks.NAME, hit) for hit in marked if hit.first in page.taken]
    kept = tuple(page.free())
    article = WebPage(
        tuple(blocks[index] for index in kept),
        facts=tuple(facts.blocks[index] for index in kept),
        title=facts.title,
    )
    for name, find in ((titles.NAME, titles.find), (cues.NAME, cues.find)):
        hits = list(find(article))
        decided += [(name, part) for hit in hits for part in _spread(hit, kept)]
        article = article.without(hits)
    if facts.site:
        hits = list(site_boilerplate.find(article, facts.site))
        decided += [(site_boilerplate.NAME, part) for hit in hits for part in _spread(hit, kept)]
        article = article.without(hits)
    inside = [
        Removal(part, "outside_main_content", main_content.NAME, content.evidence)
        for index in article.free()
        for part in content.parts.get(kept[index], ())
    ]
    return WebArticle(article, kept, tuple(decided), tuple(inside))


def _zone(block: PageBlock) -> str:
    if block.heading:
        return "heading"
    return "list_item" if {"li", "dt", "dd"} & set(block.tags[-2:]) else "body"
