"""What a page states about itself: title, author, date, site, address, licence, language, each with its source.

trafilatura reads the fields; where each value stands tells its source: `meta` (meta tags, the title element,
`<html lang>`, the canonical link), `json-ld`, or `text` (the visible page). What is not stated stays unknown.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass

from allegata.ingest.html import Page

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
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True)
class Stated:
    """A value and where the page states it: meta, json-ld or text."""

    value: str
    source: str


def page_metadata(page: Page, url: str | None = None, latest: str = LATEST) -> dict[str, Stated]:
    """The manifest fields the page states. `url`: where it was fetched, `latest`: the day, as YYYY-MM-DD.

    Raises whatever trafilatura raises; the caller reports it with the page.
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
        found[name] = Stated(str(value).strip(), source)
    language = page.tree.get("lang") or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    if language and _LANGUAGE.fullmatch(language.strip()):
        found["language"] = Stated(language.strip().lower(), "meta")
    return found


def stated_title(page: Page) -> str | None:
    """The title alone, at a hundredth of the cost: `og:title`, else the title element."""
    if page.tree is None:
        return None
    for meta in page.tree.iter("meta"):
        if meta.get("property") == "og:title" and (meta.get("content") or "").strip():
            return str(meta.get("content")).strip()
    return next((str(title.text_content()).strip() for title in page.tree.iter("title")), None)


def _source(value: str, meta: str, json_ld: str) -> str:
    wanted = _letters(value)
    if wanted and wanted in meta:
        return "meta"
    return "json-ld" if wanted and wanted in json_ld else "text"


def _meta_text(page: Page) -> str:
    """The letters of everything the head of the page states."""
    parts = [element.get("content") or "" for element in page.tree.iter("meta")] if page.tree is not None else []
    if page.tree is not None:
        parts += [element.get("href") or "" for element in page.tree.iter("link")]
        parts += [element.text or "" for element in page.tree.iter("title")]
    return "\n".join(map(_letters, parts))


def _json_ld_text(page: Page) -> str:
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
