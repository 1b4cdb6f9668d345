"""Blocks that stand on many pages of one site: prompts, notices and slogans that no single page gives away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage
from allegata.text.normal import normalise

# 1 took the text of an article that stood on three pages, or in three editions; 2 counted blanks, not words.
NAME = "site_boilerplate/3"

# Two pages may tell one story; a background paragraph may stand in every report on a case. So: three pages,
# and a fifth of all pages of the site.
LEAST_PAGES, LEAST_SHARE = 3, 0.2
# Where more of an article recurs, by words, its pages are copies or editions of it: that is for deduplication to see.
MOST_OF_AN_ARTICLE = 1 / 3


@dataclass(frozen=True)
class Site:
    """How many pages of one site there are, and on how many of them its recurring blocks stand.

    `blocks` maps the key of a block to that number; what stands on fewer than `least(pages)` may be left out.
    """

    host: str
    pages: int
    blocks: Mapping[int, int]

    def recurs(self, text: str) -> int:
        """The number of pages `text` stands on if it is boilerplate of the site, else 0."""
        count = self.blocks.get(block_key(self.host, text), 0)
        return count if count >= least(self.pages) else 0


def least(pages: int) -> float:
    """On how many of its pages a site must have a block for it to be boilerplate."""
    return max(LEAST_PAGES, LEAST_SHARE * pages)


def block_key(host: str, text: str) -> int:
    """64 bits for a block of a site (signed): of the host and the normalised text, so that sites of any size can be
    counted without their texts."""
    digest = hashlib.sha256(f"{host}\n{normalise(text)}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "little", signed=True)


def page_keys(host: str, page: WebPage) -> set[int]:
    """The keys of the blocks of a page: each counts once."""
    return {block_key(host, page.blocks[index].text) for index in page.free()}


def host_of(url: str | None) -> str | None:
    """The site of an address, without `www.`; None if it has none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def find(page: WebPage, site: Site) -> Iterator[Hit]:
    """The blocks of `page` that are boilerplate of its site; none where they would be much of the article."""
    words = {index: page.word_counts[index] for index in page.free()}
    counts = {index: count for index in words if (count := site.recurs(page.blocks[index].text))}
    if sum(words[index] for index in counts) > MOST_OF_AN_ARTICLE * sum(words.values()):
        return
    for index, count in counts.items():
        evidence = f"stands on {count} of the {site.pages} pages of {site.host}"
        yield Hit(index, index, "site_boilerplate", evidence)
