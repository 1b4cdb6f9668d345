"""What a page states about itself: title, author, date, site, address, licence, language, tags, each with its source.

Where a value stands tells its source: `meta` (meta tags, the title element, `<html lang>`, the canonical link),
`json-ld`, `text` (the visible page), or `url` (the address alone: the day in its path, the publisher's domain where
nothing names it). Address, licence and links to tags are read by trafilatura. What is not stated stays unknown.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from html import unescape

from allegata.ingest.html import ParsedPage
from allegata.ingest.linked_data import letters_of
from allegata.ingest.manifest import form_faults
from allegata.ingest.page_authors import authors_of
from allegata.ingest.page_day import day_of_publication
from allegata.ingest.page_head import TITLE_PARTS, PageHead
from allegata.text.tag_lists import MOST_OF_AN_ARTICLE, each_once, tags_in

# No date after today; without a clock, after this. A crawl knows its own date: give that.
LATEST = "2099-12-31"
# Fewer letters stand in any text by chance.
_LEAST_LETTERS = 4
# Tags of a page's head, and tags that are looked up in its JSON at all; the most of 990 development pages has 195.
_MOST_STATED, _MOST_LOOKED_UP = 200, 1_000
_SITES = (
    "og:site_name",
    "application-name",
    "citation_journal_title",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
)
_SITES_LAST = ("apple-mobile-web-app-title", "copyright", "twitter:site")
_KEYWORDS = ("article:tag", "keywords", "news_keywords", "parsely-tags", "citation_keywords", "dcterms.subject", "tags")
_TAG_LINK, _SECTION_LINK = re.compile("/tag(?:y|ies|s)?/"), re.compile("/categor(?:y|ies|s)?/")
_LICENCES = ("license", "licence", "creative commons", "creativecommons", "cc by", "cc-by")


@dataclass(frozen=True)
class Stated:
    """A value and where the page states it: meta, json-ld, text or url; tags may stand in several places."""

    value: str | list[str]
    source: str


def page_metadata(page: ParsedPage, url: str | None = None, latest: str = LATEST) -> dict[str, Stated]:
    """The manifest fields the page states, but values that no field may have.

    `url`: where it was fetched, `latest`: the day, as YYYY-MM-DD. Raises whatever trafilatura raises; the caller
    reports it with the page.
    """
    if page.tree is None:
        return {}
    from trafilatura.metadata import extract_url

    head = PageHead.of(page, page.tree, url)
    meta, json_ld = _meta_text(page), _json_ld_text(page)
    found: dict[str, Stated] = {}

    def put(field: str, value: str | None, source: str | None = None) -> None:
        if value and value.strip():
            found[field] = Stated(value.strip(), source or _source(value, meta, json_ld))

    site = _publisher(head)
    put("title", _title(head, site))
    if authors := authors_of(head, filter(None, (site, head.domain))):
        put("author", "; ".join(authors[0]), authors[1])
    if day := day_of_publication(head, latest):
        put("published", *day)
    if site:
        put("publisher", site)
    else:
        put("publisher", head.domain, "url")
    put("url", extract_url(page.tree, url))
    put("rights", _rights(head))
    put("language", _declared_language(head), "meta")
    if tags := _tags(_stated_tags(head), page, json_ld):
        found["tags"] = tags
    return {name: one for name, one in found.items() if not form_faults({name: one.value})}


def _title(head: PageHead, site: str | None) -> str | None:
    """The headline of the page, else the title it states, without the name of the site."""
    if head.headline is not None:
        return head.text(head.headline)
    return next((_without_site(title, head, site) for title in head.titles), None)


def _without_site(title: str, head: PageHead, site: str | None) -> str:
    """`title` without the name of the site at its end or its beginning; a dash alone cuts nothing off."""
    domain = head.domain or ""
    names = {letters_of(name) for name in (site or "", domain, domain.rpartition(".")[0], *head.site_headings)} - {""}
    marks = list(TITLE_PARTS.finditer(title))
    if marks and letters_of(title[marks[-1].end() :]) in names:
        return title[: marks[-1].start()]
    if marks and letters_of(title[: marks[0].start()]) in names:
        return title[marks[0].end() :]
    return title


def _publisher(head: PageHead) -> str | None:
    """Who publishes the page, by the first name that is no address."""
    names = [*head.stated(*_SITES[:1]), head.linked.publisher, *head.stated(*_SITES[1:]), *head.stated(*_SITES_LAST)]
    for name in names:
        plain = (name or "").strip().lstrip("@©").strip()
        if plain and any(map(str.isalpha, plain)) and len(plain) <= 100 and not _is_domain(plain):
            return plain
    return next((name.strip() for name in names if name and _is_domain(name.strip()) and "/" not in name), None)


def _is_domain(name: str) -> bool:
    return bool(re.fullmatch(r"(?:https?:)?(?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", name))


def _declared_language(head: PageHead) -> str | None:
    declared = head.tree.get("lang") or head.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    return (declared or next(head.stated("content-language"), "")).strip().lower() or None


def _stated_tags(head: PageHead) -> list[str]:
    """Keywords and sections, of the head if it states them, else of links to tags and categories."""
    from trafilatura.metadata import extract_catstags

    found: list[str] = []
    sections = [*head.linked.tags, *head.stated("article:section")]
    for name, link, stated in (("tag", _TAG_LINK, head.stated(*_KEYWORDS)), ("category", _SECTION_LINK, sections)):
        own = list(stated)
        # Without such a link, its search (2 ms) finds nothing.
        found += own or (extract_catstags(name, head.tree) if link.search(head.page.markup) else [])
    return found


def _rights(head: PageHead) -> str | None:
    from trafilatura.metadata import extract_license

    markup = head.page.markup.lower()  # without such a word, its search (2 ms) finds nothing
    return extract_license(head.tree) if any(word in markup for word in _LICENCES) else None


def stated_title(page: ParsedPage) -> str | None:
    """The title alone, at a hundredth of the cost: `og:title`, else the title element."""
    if page.tree is None:
        return None
    for meta in page.tree.iter("meta"):
        if meta.get("property") == "og:title" and (meta.get("content") or "").strip():
            return str(meta.get("content")).strip()
    return next((str(title.text_content()).strip() for title in page.tree.iter("title")), None)


def _source(value: str, meta: str, json_ld: str) -> str:
    wanted = letters_of(value)
    if wanted and wanted in meta:
        return "meta"
    return "json-ld" if wanted and wanted in json_ld else "text"


def _tags(lists: list[str], page: ParsedPage, json_ld: str) -> Stated | None:
    """The tags and categories of a page, of its head first. Links to tags count only if they are not those of the
    whole site."""
    in_meta = {letters_of(tag) for content in _meta_contents(page) for tag in tags_in(content)}
    found: dict[str, list[str]] = {"meta": [], "json-ld": [], "text": []}
    others: list[tuple[str, str]] = []
    for tag in (tag for text in lists for tag in tags_in(unescape(text))):
        letters = letters_of(tag)
        if letters in in_meta:
            found["meta"].append(tag)
        else:
            others.append((tag, letters))
    for tag, letters in others if len(others) <= _MOST_LOOKED_UP else ():  # each costs the length of the JSON
        in_json = len(letters) >= _LEAST_LETTERS and letters in json_ld
        found["json-ld" if in_json else "text"].append(tag)
    for source, most in (("text", MOST_OF_AN_ARTICLE), ("meta", _MOST_STATED), ("json-ld", _MOST_STATED)):
        if len(found[source]) > most:
            found[source] = []
    tags = each_once(tag for stated in found.values() for tag in stated)
    return Stated(tags, ", ".join(source for source, stated in found.items() if stated)) if tags else None


def _meta_contents(page: ParsedPage) -> list[str]:
    return [element.get("content") or "" for element in page.tree.iter("meta")] if page.tree is not None else []


def _meta_text(page: ParsedPage) -> str:
    """The letters of everything the head of the page states."""
    parts = _meta_contents(page)
    if page.tree is not None:
        parts += [element.get("href") or "" for element in page.tree.iter("link")]
        parts += [element.text or "" for element in page.tree.iter("title")]
    return "\n".join(map(letters_of, parts))


def _json_ld_text(page: ParsedPage) -> str:
    parts: list[str] = []
    for element in page.tree.iter("script") if page.tree is not None else ():
        if (element.get("type") or "").strip().lower() == "application/ld+json":
            text = element.text or ""
            with suppress(ValueError, RecursionError):  # no JSON: its letters are still there
                text = json.dumps(json.loads(text), ensure_ascii=False)  # resolves the escapes
            parts.append(letters_of(text))
    return "\n".join(parts)
