"""A web page to its article: the main content, then what the markup and the words say of its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from allegata.clean.page import Hit, runs
from allegata.clean.rules import biography, keywords
from allegata.clean.web import cues, main_content, marks, site_boilerplate, titles
from allegata.clean.web.page import WebPage, blanks
from allegata.clean.web.site_boilerplate import Site
from allegata.text.blocks import Block
from allegata.text.layers import Notice
from allegata.text.page_blocks import Judgement, PageBlock

# Confidence below which a page is said to be no article.
_NO_ARTICLE = 0.5
# What makes a line a link to another page: linked characters and words; and how many of them, for
# each line of prose, make an index.
_LINKED, _LINK_WORDS, _FEWEST_LINKS, _TO_PROSE = 0.8, 4, 5, 0.75

NAMES = (main_content.NAME, marks.NAME, cues.NAME, titles.NAME, site_boilerplate.NAME)


@dataclass(frozen=True)
class PageFacts:
    """What ingestion learned about a page beside its source text: its blocks, and what the judge says of them."""

    blocks: tuple[PageBlock, ...]
    judgement: Judgement
    title: str | None = None
    site: Site | None = None  # what is known of the other pages of its site


@dataclass(frozen=True)
class WebArticle:
    """The article of a page: its blocks alone, as the rules for blocks see them, and what was decided so far.

    `page` holds blocks `kept[0]`, `kept[1]`, … of the whole page; `decided` counts the blocks of the whole page.
    `headline` is a block of `page`.
    """

    page: WebPage
    kept: tuple[int, ...]
    decided: tuple[tuple[str, Hit], ...]
    headline: int | None = None

    def spread(self, hit: Hit) -> list[Hit]:
        """A hit on `page` as hits on the whole page: one for each run without a gap, there and in what it repeats."""
        return _spread(hit, self.kept)

    def bears_out(self, hit: Hit) -> bool:
        """False for the headline, and if the markup speaks against a rule that only saw words: tags and teasers of a
        page are links.

        Short lines without links are its glossaries, tables, addresses and headings: of the teasers without a link
        that the rule for plain text took from the even development pages, 9 in 10 belonged to the text; tags with a
        label of their own ("Filed under:") need none. A line that says again what stands in another is right there as
        often as not: a table, a forum, a manual. Below "About X" a press release says who X is: of 1,987 development
        pages the box of one hung on that heading alone, and it was text.
        """
        if hit.within or (self.headline is not None and hit.first <= self.headline <= hit.last):
            return False
        if hit.reason == "author_biography":
            return not biography.is_of_a_name(hit)
        if hit.reason not in ("keyword_list", "related_teaser") or keywords.is_labelled(self.page, hit.first):
            return True
        blocks = self.page.facts[hit.first : hit.last + 1]
        return sum(block.linked for block in blocks) >= sum(block.end - block.start for block in blocks) / 2

    def notices(self, left: Sequence[int], confidence: float) -> Iterator[Notice]:
        """That the page, of which the blocks of `page` in `left` stay, may be no article: the judge expects little of
        it, or it lists other pages. Of 1,987 development pages, 8 and 15."""
        if confidence < _NO_ARTICLE:
            what = f"expected F1 of the clean text {confidence:.2f}: an index, a form or a page of parts is no article"
            yield Notice("not_an_article", what)
            return
        lines = [
            index
            for index in left
            if self.page.facts[index].link_density >= _LINKED and blanks(self.page.blocks[index]) + 1 >= _LINK_WORDS
        ]
        prose = sum(self.page.is_prose(index) for index in left)
        if len(lines) >= max(_FEWEST_LINKS, _TO_PROSE * prose):
            what = f"{len(lines)} lines are links to other pages and {prose} are prose: an index of articles is none"
            yield Notice("not_an_article", what)

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
    """The article of a page of `blocks`. Pure: it decides on what judge and markup said."""
    content = main_content.find(blocks, facts.blocks, facts.judgement)
    marked = list(marks.find(content.page))
    page = content.page.without(marked)
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
    return WebArticle(article, kept, tuple(decided), own if headline else None)


def _zone(block: PageBlock) -> str:
    if block.heading:
        return "heading"
    return "list_item" if {"li", "dt", "dd"} & set(block.tags[-2:]) else "body"
