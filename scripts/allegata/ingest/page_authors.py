"""Who wrote a page: what its JSON-LD, its meta tags and the lines around its headline state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from allegata.ingest.linked_data import letters_of
from allegata.ingest.page_head import PageHead
from allegata.text.bylines import authors_in, is_cue
from allegata.text.tag_lists import each_once

_METAS = [
    "citation_author",
    "author",
    "article:author",
    "authors",
    "byl",
    "parsely-author",
    "sailthru.author",
    "og:author",
    "og:article:author",
    "dc.creator",
    "dc:creator",
    "dcterms.creator",
    "dc.creator.aut",
    "creator",
    "rbauthors",
    "cxenseparse:author",
    "article.author",
]
_WHOLE = frozenset(("html", "body", "main", "article"))
_LONGEST, _LONGEST_LINE, _MOST_ELEMENTS = 200, 120, 100
_MARKS = re.compile(r"author|byline|by-line|autor\b|auteur")
_NOT_MARKS = re.compile(
    r"bio|about|desc|social|avatar|image|photo|title|role|job|date|time|follow|count|box|list", re.IGNORECASE
)


def authors_of(head: PageHead, sites: Iterable[str]) -> tuple[tuple[str, ...], str] | None:
    """The authors and where they are stated (json-ld, meta, text), or None.

    `sites` are names of the publisher: who bears one is the author only if the page names nobody else.
    """
    own = {letters_of(site) for site in sites} - {""}
    site: tuple[tuple[str, ...], str] | None = None
    for texts, source in _candidates(head):
        names = tuple(each_once(name for text in texts for name in authors_in(text, head.languages, stated=True)))
        if others := tuple(name for name in names if letters_of(name) not in own):
            return others, source
        if names and site is None:
            site = names, source
    return site


def _candidates(head: PageHead) -> Iterator[tuple[list[str], str]]:
    yield list(head.linked.authors), "json-ld"
    for name in _METAS:
        if texts := list(head.stated(name)):
            yield texts, "meta"
    yield from (([text], "meta") for text in _labelled(head))
    yield from (([text], "text") for text in _marked(head))
    yield from (([text], "text") for text in _lines(head))


def _marked(head: PageHead) -> Iterator[str]:
    """The texts of elements that say they name the author, those below the headline first."""
    own = {element: number for number, element in enumerate(head.elements)}
    elements = [one for one, marks in head.named if _MARKS.search(marks) and one.tag not in _WHOLE][:_MOST_ELEMENTS]
    for element in sorted(elements, key=lambda one: own.get(one, len(own))):
        marks = element.get("class") or ""
        surely = "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "")
        if not surely and _NOT_MARKS.search(marks):
            continue
        inner = next(iter(element.xpath(".//*[@itemprop='name' or @rel='author']")), element)
        text = " ".join((inner.get("content") or " ".join(inner.itertext())).split())
        if text and len(text) <= _LONGEST and not head.is_of_others(element):
            yield text


def _labelled(head: PageHead) -> Iterator[str]:
    """What the card for X calls the author: `twitter:label1` "Written by", `twitter:data1` the name."""
    for number in "12":
        label = next(head.stated(f"twitter:label{number}"), "")
        if authors_in(f"{label} Alfa Bravo", head.languages, cued=True) == ("Alfa Bravo",):
            yield from head.stated(f"twitter:data{number}")


def _lines(head: PageHead) -> Iterator[str]:
    """The lines below the headline that begin like a byline and name somebody by two words, and those below a cue that
    stands alone."""
    above = ""
    for block in head.below_headline:
        text = head.page.source_text[block.start : block.end]
        if len(text) <= _LONGEST_LINE and not block.tags[-1].startswith("h"):
            names = authors_in(text, head.languages, cued=True)
            if not names and is_cue(above, head.languages):
                names = authors_in(text, head.languages)
            yield from (name for name in names if " " in name)
        above = text
