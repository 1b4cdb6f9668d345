"""A web page of raw/: bytes to its source text, its blocks, and what the judge says of them."""

from __future__ import annotations

import re
from dataclasses import asdict
from html import unescape
from html.entities import html5
from typing import Any
from unicodedata import combining

from allegata.ingest.advice import beyond, leave_out, too_large
from allegata.ingest.charset import decode_page
from allegata.ingest.html import ParsedPage, read_page
from allegata.ingest.judged import judged
from allegata.ingest.manifest import ManifestRow
from allegata.ingest.page_walk import BeyondLimitError, TooCrowdedError
from allegata.schema.file_kinds import not_text
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem
from allegata.schema.wording import number
from allegata.text.normal import MOST_MARKS, has_endless_marks

# References by number, and those by name to combining characters, as `html` reads them.
_MARKS = "|".join(sorted(name for name, text in html5.items() if any(map(combining, text))))
_REFERENCE = re.compile(rf"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|{_MARKS})")


def read(data: bytes, row: ManifestRow, file: str, limits: Limits = DEFAULTS) -> tuple[dict[str, Any], list[Problem]]:
    """The columns `source_text`, `page_blocks`, `judgement` and `notices` of a page, and what is wrong with it: it is
    too large, has too many lines, or its charset leaves unreadable characters behind."""
    page, problem = read_bytes(data, row.media_type, file, row.id, limits)
    if page is None:
        return {"source_text": ""}, [problem] if problem else []
    columns = {
        "source_text": page.source_text,
        "page_blocks": [block.row() for block in page.blocks],
        "judgement": judged(page).row(),
        "notices": [asdict(notice) for notice in page.notices],
    }
    return columns, [problem] if problem else []


def read_bytes(
    data: bytes, content_type: str | None, file: str, article_id: str, limits: Limits = DEFAULTS
) -> tuple[ParsedPage | None, Problem | None]:
    """The parsed page, or what keeps it from being read; both for a page read with losses."""
    if problem := too_large(data, file, article_id, limits) or not_text(data, file, article_id):
        return None, problem
    decoded = decode_page(data, content_type)
    if has_endless_marks(unescape(decoded.text) if _writes_marks(decoded.text) else decoded.text):
        return None, _endless(file, article_id)
    try:
        page = read_page(decoded.text, limits)
    except BeyondLimitError as error:
        return None, beyond(error.excess, file, article_id)
    except TooCrowdedError as error:
        fix = f"a page of that size is no article; {leave_out(article_id)}"
        return None, Problem(str(error), fix, file=file, article_id=article_id)
    if has_endless_marks(page.source_text):  # each in an element of its own
        return None, _endless(file, article_id)
    if page.hides_all:
        what = f"shows {len(page.source_text):,} characters, and hides {page.unread:,} in dialogs, menus or templates"
        fix = f"save it as a browser shows it, or {leave_out(article_id)}"
        return page, Problem(what, fix, file=file, article_id=article_id)
    # A few broken bytes are common and harmless; a wrong charset breaks one character in fifty and more.
    if decoded.replaced > max(20, len(decoded.text) // 200):
        what = f"is not {decoded.charset} ({decoded.source}): {number(decoded.replaced, 'place')} cannot be read"
        fix = "name the right charset in its media_type (text/html; charset=...)"
        return page, Problem(what, fix, file=file, article_id=article_id)
    return page, None


def _writes_marks(markup: str) -> bool:
    """True if a character reference stands for a combining character, or for nothing: few pages need `unescape`, which
    reads every reference."""
    return any(not text or any(map(combining, text)) for text in map(unescape, set(_REFERENCE.findall(markup))))


def _endless(file: str, article_id: str) -> Problem:
    what = f"has more than {MOST_MARKS:,} combining characters in a row"
    return Problem(what, f"no script is written so; {leave_out(article_id)}", file=file, article_id=article_id)
