"""Blocks that stand on many pages of one site: prompts, notices and slogans that no single page gives away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage
from allegata.text.normal import normalise

NAME = "site_boilerplate/1"

# Two pages may tell one story; a background paragraph may stand in every report on a case. So: three pages,
# and a fifth of all pages of the site.
LEAST_PAGES, LEAST_SHARE = 3, 0.2


@dataclass(frozen=True)
class Site:
    """How many pages of one site there are, and on how many of them each block stands (normalised text)."""

    host: str
    pages: int
    blocks: Mapping[str, int]

    def recurs(self, text: str) -> int:
        """The number of pages `text` stands on if it is boilerplate of the site, else 0."""
        count = self.blocks.get(normalise(text), 0)
        return count if count >= max(LEAST_PAGES, LEAST_SHARE * self.pages) else 0


def host_of(url: str | None) -> str | None:
    """The site of an address, without `www.`; None if it has none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def count_sites(pages: Iterable[tuple[str, WebPage]]) -> dict[str, Site]:
    """The sites of pages given as (host, its article); a block counts once a page, whatever their order."""
    totals: Counter[str] = Counter()
    blocks: dict[str, Counter[str]] = {}
    for host, page in pages:
        totals[host] += 1
        texts = {normalise(page.blocks[index].text) for index in page.free()}
        blocks.setdefault(host, Counter()).update(texts)
    return {
        host: Site(host, totals[host], {text: n for text, n in counts.items() if n >= LEAST_PAGES})
        for host, counts in blocks.items()
    }


def find(page: WebPage, site: Site) -> Iterator[Hit]:
    """The blocks of `page` that are boilerplate of its site."""
    for index in page.free():
        count = site.recurs(page.blocks[index].text)
        if count:
            told = f"stands on {count} of the {site.pages} pages of {site.host}"
            yield Hit(index, index, "site_boilerplate", told)
