"""The recipe for one web page: bytes to the article's text, without a corpus around it."""

from __future__ import annotations

import time

from allegata.clean.stage import decide
from allegata.clean.web.article import PageFacts
from allegata.ingest.extracts import extracts
from allegata.ingest.page_metadata import stated_title
from allegata.ingest.web_page import read_bytes
from allegata.schema.problems import ProblemsFound

OWN = "alignment and rules"


def page_text(data: bytes, content_type: str | None = None, spent: dict[str, float] | None = None) -> str:
    """The clean text of a page as the whole build would have it.

    Raises `ExtractorError`, and `ProblemsFound` if the page is too large or has too many lines. `spent` gathers seconds
    of CPU time: of each extractor by its name, and of all that is ours behind them, `OWN`: their texts found in the
    page, and every rule.
    """
    page, problem = read_bytes(data, content_type, "the page", "")
    if page is None:
        raise ProblemsFound([problem] if problem else [])
    started, extractors = time.process_time(), dict[str, float]()
    facts = PageFacts(page.blocks, extracts(page, extractors), stated_title(page))
    text = decide(page.source_text, facts).offsets(page.source_text).apply(page.source_text)
    if spent is not None:
        own = time.process_time() - started - sum(extractors.values())
        for name, seconds in {**extractors, OWN: own}.items():
            spent[name] = spent.get(name, 0.0) + seconds
    return text
