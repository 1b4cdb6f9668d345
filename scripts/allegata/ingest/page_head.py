"""The head of a page: its meta tags, what JSON-LD states, its headline, and the elements around that."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from allegata.ingest.html import ParsedPage
from allegata.ingest.linked_data import LinkedArticle, letters_of, linked_article
from allegata.text.page_blocks import PageBlock
from allegata.text.words import ALWAYS, languages, written_languages

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WORD = re.compile(r"\w+")
# Words of a line that is prose: the article has begun. Lines between the headline and it, at most.
_PROSE_WORDS, _MOST_LINES, _MOST_METAS, _MOST_ELEMENTS = 25, 20, 1_000, 500
_MOST_TITLES, _MOST_CANDIDATES, _MOST_LETTERS = 50, 200, 300
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Lines above the headline that may hold its day.
_LINES_ABOVE = 6
# Between the parts of a title, one of which may be the site.
TITLE_PARTS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*\|\s*|(?<=\w):\s+")
_TITLES = (
    "og:title",
    "twitter:title",
    "citation_title",
    "dc.title",
    "parsely-title",
    "sailthru.title",
    "headline",
    "title",
)
_LANGUAGE_SAMPLE = 2_000
# Of the words of a heading, the share that a stated title must have, and of its words, the share of the heading.
_LIKE, _LIKE_BACK = 0.5, 0.35
# Parts of a page that are not its article's head: what they name is of other articles, or of who comments.
_ASIDE_TAGS = frozenset(("aside", "nav", "footer", "form"))
_ASIDE_MARKS = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-\S+|repl(?:y|ies)|related|recommend\w*|sidebar|widget|teasers?|promo|popular|trending|"
    r"more-\S+|read-?next|latest|footer|carousel|(?<!author.)cards?|listing)(?=$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageHead:
    """What the head of a page states, and where its headline stands."""

    page: ParsedPage
    tree: HtmlElement
    address: str | None
    metas: Mapping[str, tuple[str, ...]]  # by name, property and itemprop in lower case
    title_element: str | None
    linked: LinkedArticle

    @classmethod
    def of(cls, page: ParsedPage, tree: HtmlElement, address: str | None) -> PageHead:
        """Read the head of `page`; `address` is where it was fetched."""
        metas: dict[str, list[str]] = {}
        for element in tree.iter("meta"):
            content = " ".join((element.get("content") or "").split())
            names = {(element.get(key) or "").strip().lower() for key in ("name", "property", "itemprop")}
            if (element.get("http-equiv") or "").lower() == "content-language":
                names.add("content-language")
            if content and not (element.get("itemprop") and is_aside(element)):
                for name in sorted(names - {""}):
                    metas.setdefault(name, []).append(content)
            if len(metas) > _MOST_METAS:
                break
        titles = [title for name in _TITLES for title in metas.get(name, ())]
        element = next(tree.iter("title"), None)
        title_element = " ".join(str(element.text_content()).split()) if element is not None else ""
        scripts = [one.text or "" for one in tree.iter("script") if _is_json_ld(one)]
        canonical = address or _canonical(tree, metas)
        linked = linked_article(scripts, canonical, [*titles, title_element])
        return cls(
            page, tree, canonical, {name: tuple(found) for name, found in metas.items()}, title_element or None, linked
        )

    def stated(self, *names: str) -> Iterator[str]:
        """The contents of the meta tags with `names`, in that order."""
        for name in names:
            yield from self.metas.get(name, ())

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles that the head states, the likeliest first."""
        titles = [*self.stated("og:title"), self.linked.headline, *self.stated(*_TITLES[1:]), self.title_element]
        return tuple(title for title in titles if title)[:_MOST_TITLES]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages whose words may stand on the page: by its text, whatever it declares; all where none shows."""
        text, half = self.page.source_text, len(self.page.source_text) // 2
        words = _WORD.findall((text[:_LANGUAGE_SAMPLE] + " " + text[half : half + _LANGUAGE_SAMPLE]).casefold())
        found = written_languages(words)
        is_english = (self.tree.get("lang") or ALWAYS).lower().startswith(ALWAYS)
        return found if len(found) > 1 or is_english else languages()

    @property
    def site_headings(self) -> tuple[str, ...]:
        """The first-level headings that are the name of the site."""
        return tuple(heading for heading in map(self.text, self._headings) if self._is_site(heading))

    @cached_property
    def _headings(self) -> tuple[int, ...]:
        found = (number for number, block in enumerate(self.page.blocks) if "h1" in block.path.split("/"))
        return tuple(islice(found, _MOST_TITLES))

    @cached_property
    def headline(self) -> int | None:
        """The number of the block that is the headline: the first-level heading likest to a stated title, else a block
        that is one, else the only first-level heading that is not the name of the site."""
        first = TITLE_PARTS.split(self.title_element or "")[0]
        wanted = [set(_WORD.findall(title.casefold())) for title in (*self.titles, first)]
        headings = [number for number in self._headings if not self._is_site(self.text(number))]
        best, headline = 0.0, None
        for number in headings:
            words = set(_WORD.findall(self.text(number).casefold()))
            for title in wanted:
                both = len(words & title)
                if words and title and both / len(words) >= _LIKE and both / len(title) >= _LIKE_BACK:
                    score = both / len(words) * both / len(title)
                    if score > best:
                        best, headline = score, number
        if headline is not None:
            return headline
        whole = [letters_of(title) for title in self.titles]
        for number, block in enumerate(self.page.blocks):
            if block.end - block.start < 300 and block.link_density < 0.5:
                text = letters_of(self.text(number))
                if len(text) > 12 and any(title.startswith(text) and len(text) >= 0.5 * len(title) for title in whole):
                    return number
        if len(headings) != 1 or self.page.blocks[headings[0]].is_site_link:
            return None
        if whole and letters_of(self.text(headings[0])) in whole[-1]:
            return None  # the name of the site behind the title is part of `<title>`
        return headings[0] if len(self.text(headings[0]).split()) > 2 else None

    def _is_site(self, heading: str) -> bool:
        """True if `heading` is the last and shorter part of the title element, and nothing else that is a title."""
        parts = TITLE_PARTS.split(self.title_element or "")
        plain = letters_of(heading)
        if len(parts) < 2 or plain != letters_of(parts[-1]) or len(plain) >= len(letters_of("".join(parts[:-1]))):
            return False
        return all(plain not in letters_of(title) for title in self.titles if title != self.title_element)

    @cached_property
    def headline_element(self) -> HtmlElement | None:
        """The element of the headline."""
        if self.headline is None:
            return None
        block, wanted = self.page.blocks[self.headline], letters_of(self.text(self.headline))
        for element in islice(self.tree.iter(block.tags[-1] if block.tags else "h1", "h1"), _MOST_CANDIDATES):
            if (not block.line or element.sourceline == block.line) and wanted in letters_of(
                str(element.text_content())
            ):
                return element
        return None

    @cached_property
    def elements(self) -> tuple[HtmlElement, ...]:
        """The elements between the headline and the first paragraph of prose, in the order of the page."""
        found: list[HtmlElement] = []
        if self.headline_element is None:
            return ()
        begun = False
        for element in self.tree.iter():
            if element is self.headline_element:
                begun = True
            elif begun and isinstance(element.tag, str):
                if element.tag == "p" and len(str(element.text_content()).split()) >= _PROSE_WORDS:
                    break
                found.append(element)
                if len(found) > _MOST_ELEMENTS:
                    break
        return tuple(found)

    @cached_property
    def _own(self) -> frozenset[HtmlElement]:
        return frozenset(self.elements)

    @cached_property
    def named(self) -> tuple[tuple[HtmlElement, str], ...]:
        """The elements with a class, a relation or a property, each with all its words in lower case."""
        found: list[tuple[HtmlElement, str]] = []
        for element in self.tree.iter():
            if isinstance(element.tag, str) and (attributes := element.attrib):
                get = attributes.get
                words = f"{get('class', '')} {get('rel', '')} {get('itemprop', '')}"
                if len(words) > 2:
                    found.append((element, words.lower()))
        return tuple(found)

    @cached_property
    def _around_headline(self) -> frozenset[HtmlElement]:
        above = self.headline_element
        return frozenset(above.iterancestors()) if above is not None else frozenset()

    def is_of_others(self, element: HtmlElement) -> bool:
        """True for an element of other articles, of comments or of the site: by its names, or because it stands in a
        box without the headline that has a linked heading of its own."""
        if is_aside(element, self._around_headline, tags=element not in self._own):
            return True
        text = letters_of(str(element.text_content())[:_MOST_LETTERS])
        parent = element.getparent()
        if parent is not None and parent not in self._around_headline and element not in self._own:
            for link in islice(parent.iter("a"), _MOST_TITLES):
                words = str(link.text_content()).split()
                if len(words) > 1 and text not in letters_of(" ".join(words)) and link not in element.iterancestors():
                    return True
        outermost = None
        for box in element.iterancestors():
            if box in self._around_headline or box.tag in ("body", "main"):
                break
            outermost = box
        return any(text not in heading for heading in self._linked_headings.get(outermost, ()))

    @cached_property
    def _linked_headings(self) -> Mapping[HtmlElement | None, tuple[str, ...]]:
        """The letters of the headings that are or hold a link, by each element around them."""
        found: dict[HtmlElement | None, tuple[str, ...]] = {}
        for heading in islice(self.tree.iter(*_HEADINGS), _MOST_CANDIDATES):
            above = list(heading.iterancestors())
            if next(heading.iter("a"), None) is not None or any(one.tag == "a" for one in above):
                letters = letters_of(str(heading.text_content())[:_MOST_LETTERS])
                for box in above:
                    found[box] = (*found.get(box, ())[:_MOST_TITLES], letters)
        return found

    def text(self, number: int) -> str:
        """The text of a block."""
        block = self.page.blocks[number]
        return self.page.source_text[block.start : block.end]

    @cached_property
    def below_headline(self) -> tuple[PageBlock, ...]:
        """The blocks between the headline and the first that is prose: where day and author stand."""
        if self.headline is None:
            return ()
        found: list[PageBlock] = []
        for number in range(self.headline + 1, min(self.headline + 1 + _MOST_LINES, len(self.page.blocks))):
            block = self.page.blocks[number]
            if len(self.text(number).split()) >= _PROSE_WORDS and found and block.link_density < 0.5:
                break
            found.append(block)
        return tuple(found)

    @cached_property
    def above_headline(self) -> tuple[PageBlock, ...]:
        """The blocks above the headline in its own box: within three elements of it, and not right in the body."""
        if self.headline is None:
            return ()
        own = self.page.blocks[self.headline]
        depth = max(2, len(own.tags) - 3)
        box = (own.tags[:depth], own.marks.split("/")[:depth])
        above = self.page.blocks[max(0, self.headline - _LINES_ABOVE) : self.headline]
        return tuple(
            one for one in above if len(own.tags) > 2 and (one.tags[:depth], one.marks.split("/")[:depth]) == box
        )

    @cached_property
    def domain(self) -> str | None:
        """The host of the page's address without `www.`."""
        try:
            host = urlsplit(self.address or "").hostname or ""
        except ValueError:
            return None
        return host.removeprefix("www.") or None


def is_aside(element: HtmlElement, around: Collection[HtmlElement] = (), *, tags: bool = True) -> bool:
    """True inside a part of the page whose names, and `tags`, say that it is of other articles, comments, the site.

    A box that is `around` the headline as well is none of those, whatever it calls itself.
    """
    at: HtmlElement | None = element
    while at is not None and at not in around:
        if tags and at.tag in _ASIDE_TAGS:
            return True
        marks = f"{at.get('class') or ''} {at.get('id') or ''}"
        if at.tag not in ("html", "body") and len(marks) > 2 and _ASIDE_MARKS.search(marks[:500]):
            return True
        if (at.get("itemtype") or "").endswith(("Comment", "Review", "UserComments")):
            return True
        at = at.getparent()
    return False


def _is_json_ld(element: HtmlElement) -> bool:
    return (element.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json"


def _canonical(tree: HtmlElement, metas: Mapping[str, list[str]]) -> str | None:
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (link.get("href") or "").startswith("http"):
            return str(link.get("href")).strip()
    return next((url for url in metas.get("og:url", ()) if url.startswith("http")), None)
