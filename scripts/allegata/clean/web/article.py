"""A web page to its article: the main content, then what the markup and the words say of its blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from allegata.clean.page import Hit, runs
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

    `page` holds blocks `kept[0]`, `kept[1]`, … of the whole page; `decided` counts the blocks of the whole page, and
    `parts` names, by block of `page`, the parts of it that are not the article. `headline` is its block of `page`.
    """

    page: WebPage
    kept: tuple[int, ...]
    decided: tuple[tuple[str, Hit], ...]
    parts: Mapping[int, tuple[Removal, ...]]
    headline: int | None = None

    def spread(self, hit: Hit) -> list[Hit]:
        """A hit on `page` as hits on the whole page: one for each run without a gap, there and in what it repeats."""
        return _spread(hit, self.kept)

    def inside(self, left: Sequence[int]) -> tuple[Removal, ...]:
        """What leaves the blocks of `page` in `left`, which stay."""
        return tuple(removal for index in left for removal in self.parts.get(index, ()))

    def bears_out(self, hit: Hit) -> bool:
        """False if the markup speaks against a rule that only saw words: tags and teasers of a page are links.

        Short lines without links are its glossaries, tables, addresses and headings: of the teasers without a link
        that the rule for plain text took from the even development pages, 9 in 10 belonged to the text. A line that
        says again what stands in another is right there as often as not: a table, a forum, a manual.
        """
        if hit.within or (self.headline is not None and hit.first <= self.headline <= hit.last):
            return False
        if hit.reason not in ("keyword_list", "related_teaser"):
            return True
        blocks = self.page.facts[hit.first : hit.last + 1]
        return sum(block.linked for block in blocks) >= sum(block.end - block.start for block in blocks) / 2

    def zones(self, left: Sequence[int]) -> list[str]:
        """The zone of every block of `page` in `left`, as its markup tells: title, heading, list_item or body."""
        return ["title" if index == self.headline else _zone(self.page.facts[index]) for index in left]


def _spread(hit: Hit, kept: Sequence[int]) -> list[Hit]:
    if hit.repeats is None:
        return [replace(hit, first=first, last=last) for first, last in runs(kept[hit.first : hit.last + 1])]
    hits: list[Hit] = []
    for index in range(hit.first, hit.last + 1):
        one = hit.part(index, index)
        assert one.repeats is not None  # a part of a repetition is one
        first, repeated = kept[index], kept[one.repeats[0]]
        before = hits[-1] if hits else None
        joins = before and before.repeats and not (before.within or one.within)
        if joins and before and before.repeats and (before.last, before.repeats[1]) == (first - 1, repeated - 1):
            hits[-1] = replace(before, last=first, repeats=(before.repeats[0], repeated))
        else:
            hits.append(replace(one, first=first, last=first, repeats=(repeated, repeated)))
    return hits


def find_article(blocks: tuple[Block, ...], facts: PageFacts) -> WebArticle:
    """The article of a page of `blocks`. Pure: it decides on what extractors and markup said, and runs nothing."""
    content = main_content.find(blocks, facts.blocks, facts.extracts)
    marked = list(marks.find(content.page))
    page = content.page.without(marked)
    page = page.bring_back(standfirst.find(page))
    headline = titles.find(replace(page, title=facts.title))
    if headline:
        page = page.bring_back([headline.index])
    decided = [(main_content.NAME, hit) for hit in main_content.outside(content, page)]
    decided += [(marks.NAME, hit) for hit in marked if hit.first in page.taken]
    if headline:
        decided += [(titles.NAME, hit) for hit in headline.copies]
        page = page.without(headline.copies)
    kept = tuple(page.free())
    own = kept.index(headline.index) if headline else -1
    article = WebPage(
        tuple(blocks[index] for index in kept),
        facts=tuple(facts.blocks[index] for index in kept),
        title=facts.title,
    )
    found = [(cues.NAME, cues.find)]
    if facts.site:
        found.append((site_boilerplate.NAME, partial(site_boilerplate.find, site=facts.site)))
    for name, find in found:
        hits = [hit for hit in find(article) if not hit.first <= own <= hit.last]
        decided += [(name, part) for hit in hits for part in _spread(hit, kept)]
        article = article.without(hits)
    parts = {
        index: tuple(
            Removal(part, "outside_main_content", main_content.NAME, content.evidence) for part in content.parts[block]
        )
        for index, block in enumerate(kept)
        if block in content.parts
    }
    return WebArticle(article, kept, tuple(decided), parts, own if headline else None)


def _zone(block: PageBlock) -> str:
    if block.heading:
        return "heading"
    return "list_item" if {"li", "dt", "dd"} & set(block.tags[-2:]) else "body"
