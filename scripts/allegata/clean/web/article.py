"""A web page to its article: the main content, then what the markup and the words say of its blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from allegata.clean.page import Hit, runs
from allegata.clean.rules import biography, comments, furniture, keywords
from allegata.clean.web import cues, main_content, marks, site_boilerplate, titles
from allegata.clean.web.page import WebPage, blanks
from allegata.clean.web.site_boilerplate import Site
from allegata.judge.characters import is_dense
from allegata.text.blocks import Block
from allegata.text.layers import Notice
from allegata.text.page_blocks import Judgement, PageBlock

# Confidence below which a page is said to be no article.
_NO_ARTICLE = 0.5
# What makes a line a link to another page: linked characters and words; and how many of them, for
# each line of prose, make an index.
_LINKED, _LINK_WORDS, _FEWEST_LINKS, _TO_PROSE = 0.8, 4, 5, 0.75
# The share of an article that makes its copy a second one, and the score (thousandths) of a line that surely is of it.
_COPIED, _SURE = 0.25, 900
_HEAD = 4  # lines below the headline where day and author stand
# Signs of hits that words around a line gave away, not its own.
_BY_PLACE = (biography.ABOUT_A_NAME, comments.BELOW_AN_OPENING, furniture.BELOW_THE_END)

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
    `headline` is a block of `page`, `scores` has one of the judge for each.
    """

    page: WebPage
    kept: tuple[int, ...]
    decided: tuple[tuple[str, Hit], ...]
    scores: tuple[int, ...]
    headline: int | None = None

    def spread(self, hit: Hit) -> list[Hit]:
        """A hit on `page` as hits on the whole page: one for each run without a gap, there and in what it repeats."""
        return _spread(hit, self.kept)

    def borne_out(self, hits: Iterable[Hit]) -> list[Hit]:
        """What the markup and the judge do not speak against, of the hits of a rule that only saw words.

        The same words in two places of one kind are right there: the steps of a manual, the hours of two stations, the
        organiser of two events; unless they are an article that a page holds twice. Of the lines of four words and
        more of 1,987 development pages 93 of 110 such copies were of the article, and 18 of 433 others.
        """
        found = [hit for hit in hits if self._bears_out(hit)]
        longest = max((self._size(hit.first, hit.last) for hit in found if self._is_twin(hit)), default=0)
        if longest >= _COPIED * self._size(0, len(self.kept) - 1):
            return found
        return [hit for hit in found if not self._is_twin(hit)]

    def _is_twin(self, hit: Hit) -> bool:
        facts = self.page.facts
        return hit.repeats is not None and facts[hit.first].path == facts[hit.repeats[0]].path

    def _size(self, first: int, last: int) -> int:
        return sum(block.end - block.start for block in self.page.facts[first : last + 1])

    def _bears_out(self, hit: Hit) -> bool:
        """Never the headline, nor lines of code.

        Tags and teasers of a page are links: short lines without are its glossaries, tables and headings (of the
        teasers without a link that the rule for plain text took from the even development pages, 9 in 10 belonged to
        the text); tags with a label of their own ("Filed under:") need none. Where the article ends the judge knows
        better: of the lines below a comment section or a second copy 72 of 76 were text, and so were the 9 days
        and names of which it was sure, but those right below a headline. A line that says again what stands in another
        is right there as often as not. Below "About X" a press release says who X is: the box of one of 1,987 pages
        hung on that heading alone, and it was text.
        """
        if hit.within or (self.headline is not None and hit.first <= self.headline <= hit.last):
            return False
        if hit.sign in _BY_PLACE:
            return False
        if "pre" in self.page.facts[hit.first].tags and hit.reason != "repetition":
            return False
        if hit.reason in ("byline", "dateline"):
            return self.scores[hit.first] < _SURE or self._is_below_headline(hit.first)
        if hit.reason not in ("keyword_list", "related_teaser") or keywords.is_labelled(self.page, hit.first):
            return True
        blocks = self.page.facts[hit.first : hit.last + 1]
        return sum(block.linked for block in blocks) >= sum(block.end - block.start for block in blocks) / 2

    def _is_below_headline(self, index: int) -> bool:
        return self.headline is not None and 0 < index - self.headline <= _HEAD

    def notices(self, left: Sequence[int], judgement: Judgement) -> Iterator[Notice]:
        """That the page, of which the blocks of `page` in `left` stay, may be no article: the judge expects little of
        it, or it lists other pages. Of 1,987 development pages, 8 and 18."""
        if judgement.confidence < _NO_ARTICLE:
            expected = f"expected F1 of the clean text {judgement.confidence:.2f}"
            yield Notice("not_an_article", f"{expected}: an index, a form or a page of parts is no article")
            return
        if judgement.listed:
            what = f"it lists {judgement.listed} other pages, with a line or two of each: an index of articles is none"
            yield Notice("not_an_article", what)
            return
        lines = [
            index
            for index in left
            if self.page.facts[index].link_density >= _LINKED and _words(self.page.blocks[index]) >= _LINK_WORDS
        ]
        prose = sum(self.page.is_prose(index) for index in left)
        if len(lines) >= max(_FEWEST_LINKS, _TO_PROSE * prose):
            what = f"{len(lines)} lines are links to other pages and {prose} are prose: an index of articles is none"
            yield Notice("not_an_article", what)

    def zones(self, left: Sequence[int]) -> list[str]:
        """The zone of every block of `page` in `left`, as its markup tells: title, heading, list_item or body."""
        return ["title" if index == self.headline else _zone(self.page.facts[index]) for index in left]


def _words(block: Block) -> int:
    """About how many words a block has: two characters are one in scripts without blanks."""
    return len(block.text) // 2 if is_dense(block.text[0]) else blanks(block) + 1


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


def find_article(blocks: tuple[Block, ...], facts: PageFacts, kept_anyway: Collection[int] = ()) -> WebArticle:
    """The article of a page of `blocks`, those `kept_anyway` among them. Pure: it decides on what judge and markup
    said."""
    content = main_content.find(blocks, facts.blocks, facts.judgement)
    marked = list(marks.find(content.page))
    page = content.page.without(marked)
    headline = titles.find(replace(page, title=facts.title))
    if headline:
        page = page.bring_back([headline.index])
    page = page.bring_back(kept_anyway)
    decided = [(main_content.NAME, hit) for hit in main_content.outside(content, page)]
    decided += [(marks.NAME, hit) for hit in marked if hit.first in page.taken]
    if headline:
        decided += [(titles.NAME, hit) for hit in headline.copies]
        page = page.without(headline.copies).bring_back(kept_anyway)
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
    scores = tuple(facts.judgement.scores[index] for index in kept) if facts.judgement.scores else (0,) * len(kept)
    return WebArticle(article, kept, tuple(decided), scores, own if headline else None)


def _zone(block: PageBlock) -> str:
    if block.heading:
        return "heading"
    return "list_item" if {"li", "dt", "dd"} & set(block.tags[-2:]) else "body"
