"""The recipe for one web page: bytes to the article's text, without a corpus around it."""

from __future__ import annotations

from allegata.clean.stage import decide
from allegata.clean.web.article import PageFacts
from allegata.ingest.charset import decode
from allegata.ingest.extracts import extracts
from allegata.ingest.html import read_page
from allegata.ingest.page_metadata import stated_title


def page_text(data: bytes, content_type: str | None = None) -> str:
    """The clean text of a page as the whole build would have it. Raises `ExtractorError`."""
    page = read_page(decode(data, content_type).text)
    facts = PageFacts(page.blocks, extracts(page), stated_title(page))
    return decide(page.source_text, facts).offsets(page.source_text).apply(page.source_text)
