"""What a page states about itself: title, author, date, site, address, licence, language, tags, each with its source.

trafilatura reads the fields; where each value stands tells its source: `meta` (meta tags, the title element,
`<html lang>`, the canonical link), `json-ld`, or `text` (the visible page). What is not stated stays unknown.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from html import unescape

from allegata.ingest.html import ParsedPage
from allegata.ingest.manifest import form_faults
from allegata.text.dates import states_day
from allegata.text.tag_lists import MOST_OF_AN_ARTICLE, each_once, tags_in

# trafilatura's field -> the manifest's
_FIELDS = {
    "title": "title",
    "author": "author",
    "date": "published",
    "sitename": "publisher",
    "url": "url",
    "license": "rights",
}
# htmldate refuses dates after today; without a clock, after this. A crawl knows its own date: give that.
LATEST = "2099-12-31"
# Fewer letters stand in any text by chance.
_LEAST_LETTERS = 4
# Tags of a page's head, and tags that are looked up in its JSON at all; the most of 990 development pages has 195.
_MOST_STATED, _MOST_LOOKED_UP = 200, 1_000


@dataclass(frozen=True)
class Stated:
    """A value and where the page states it: meta, json-ld or text; tags may stand in several places."""

    value: str | list[str]
    source: str


def page_metadata(page: ParsedPage, url: str | None = None, latest: str = LATEST) -> dict[str, Stated]:
    """The manifest fields the page states, but values that no field may have.

    `url`: where it was fetched, `latest`: the day, as YYYY-MM-DD. Raises whatever trafilatura raises; the caller
    reports it with the page.
    """
    if page.tree is None:
        return {}
    from trafilatura.metadata import extract_metadata

    dates = {"original_date": True, "extensive_search": False, "max_date": latest}
    document = extract_metadata(page.tree, default_url=url, date_config=dates, extensive=False)
    meta, json_ld = _meta_text(page), _json_ld_text(page)
    found: dict[str, Stated] = {}
    for field, name in _FIELDS.items():
        value = getattr(document, field)
        if not value or not str(value).strip():
            continue
        source = _source(str(value), meta, json_ld)
        if name == "publisher" and source == "text":
            continue  # trafilatura made it from the address: nobody states it
        if name == "published" and source == "text" and _is_guess(str(value), page):
            continue
        found[name] = Stated(str(value).strip(), source)
    if tags := _tags([*(document.tags or ()), *(document.categories or ())], page, json_ld):
        found["tags"] = tags
    language = page.tree.get("lang") or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    if language and language.strip():
        found["language"] = Stated(language.strip().lower(), "meta")
    return {name: one for name, one in found.items() if not form_faults({name: one.value})}


def stated_title(page: ParsedPage) -> str | None:
    """The title alone, at a hundredth of the cost: `og:title`, else the title element."""
    if page.tree is None:
        return None
    for meta in page.tree.iter("meta"):
        if meta.get("property") == "og:title" and (meta.get("content") or "").strip():
            return str(meta.get("content")).strip()
    return next((str(title.text_content()).strip() for title in page.tree.iter("title")), None)


def _is_guess(published: str, page: ParsedPage) -> bool:
    """True if day and month may have been taken for each other: the page has them as two small numbers only."""
    year, month, day = published[:4], published[5:7], published[8:10]
    if day > "12":
        return False
    # The group has a name because a digit follows: `\1` and `09` would be read as `\109`.
    year_first = rf"{year}(?P<mark>[-/.]?){month}(?P=mark){day}(?!\d)"
    return not (re.search(year_first, page.markup) or states_day(page.source_text, published[:10]))


def _source(value: str, meta: str, json_ld: str) -> str:
    wanted = _letters(value)
    if wanted and wanted in meta:
        return "meta"
    return "json-ld" if wanted and wanted in json_ld else "text"


def _tags(lists: list[str], page: ParsedPage, json_ld: str) -> Stated | None:
    """The tags and categories of a page, of its head first. Links to tags count only if they are not those of the
    whole site."""
    in_meta = {_letters(tag) for content in _meta_contents(page) for tag in tags_in(content)}
    found: dict[str, list[str]] = {"meta": [], "json-ld": [], "text": []}
    others: list[tuple[str, str]] = []
    for tag in (tag for text in lists for tag in tags_in(unescape(text))):
        letters = _letters(tag)
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
    return "\n".join(map(_letters, parts))


def _json_ld_text(page: ParsedPage) -> str:
    parts: list[str] = []
    for element in page.tree.iter("script") if page.tree is not None else ():
        if (element.get("type") or "").strip().lower() == "application/ld+json":
            text = element.text or ""
            with suppress(ValueError, RecursionError):  # no JSON: its letters are still there
                text = json.dumps(json.loads(text), ensure_ascii=False)  # resolves the escapes
            parts.append(_letters(text))
    return "\n".join(parts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
