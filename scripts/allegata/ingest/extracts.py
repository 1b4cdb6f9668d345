"""What extractors take for the article of a page, as spans of its source text.

trafilatura leads: the best of twenty extractors on two public sets. resiliparse costs a tenth of it and checks
it; where the two disagree, readability is asked as well (one page in eight). Cleaning decides between them. It is the
readability that trafilatura ships and falls back on: F1 .9439 on the unseen half of 990 development pages and .9458 on
all; .9432 and .9462 with the readability-lxml that it was forked from, .9431 and .9456 without a third.
trafilatura's `deduplicate` stays off: it keeps a cache between pages, so its result depends on their order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from importlib.metadata import version

from allegata.ingest.html import ParsedPage, read_page
from allegata.text.alignment import Letters, covered
from allegata.text.page_blocks import Extract, agreement_of_extracts

# Agreement (F1 of characters) below which a third extractor is asked. 128 of 990 development pages.
ASK_A_THIRD = 0.7
# Extractor -> the package that it comes in.
PACKAGES = {"trafilatura": "trafilatura", "resiliparse": "resiliparse", "readability": "trafilatura"}


class ExtractorError(Exception):
    """Every extractor raised on a page: the name and the error of the first."""

    def __init__(self, extractor: str, error: Exception) -> None:
        self.extractor = extractor
        super().__init__(f"{extractor} fails on it with {type(error).__name__}: {str(error)[:120]}")


def extracts(page: ParsedPage, spent: dict[str, float] | None = None) -> tuple[Extract, ...]:
    """What trafilatura, resiliparse and, where they disagree or one of them raises, readability take from `page`.

    An extractor that raises is passed over: those behind it decide. The seconds of CPU time of each extractor are
    added to `spent`. Raises `ExtractorError` if all of them raise. Without elements there is nothing to extract.
    """
    if page.tree is None or not page.source_text:
        return ()
    letters = Letters.of(page.source_text)
    found: list[Extract] = []
    faults: list[ExtractorError] = []

    def extract(name: str, extractor: Callable[[ParsedPage], str]) -> None:
        started = time.process_time()
        try:
            text = extractor(page)
        except Exception as error:  # whatever it is
            faults.append(ExtractorError(name, error))
            return
        if spent is not None:
            spent[name] = spent.get(name, 0.0) + time.process_time() - started
        found.append(Extract(name, _installed(PACKAGES[name]), tuple(covered(letters, text))))

    extract("trafilatura", trafilatura_text)
    extract("resiliparse", resiliparse_text)
    if len(found) < 2 or agreement_of_extracts(*found) < ASK_A_THIRD:
        extract("readability", readability_text)
    if not found:
        raise faults[0]
    return tuple(found)


@cache
def _installed(name: str) -> str:
    """The version of a package: read from its metadata file once, not for every page."""
    return version(name)


def trafilatura_text(page: ParsedPage) -> str:
    """The article by trafilatura, balanced mode, without comments; empty where it finds none."""
    from trafilatura import extract

    with _quiet("trafilatura"):
        return extract(page.tree, include_comments=False, deduplicate=False) or ""


def resiliparse_text(page: ParsedPage) -> str:
    """The article by resiliparse; without image texts and bullets, which are not in the source text."""
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(page.markup, main_content=True, alt_texts=False, list_bullets=False)
    return text


def readability_text(page: ParsedPage) -> str:
    """The article by readability, its markup walked as the page was; empty where it finds none."""
    from trafilatura.readability_lxml import Document

    with _quiet("trafilatura"):
        return read_page(Document(deepcopy(page.tree)).summary()).source_text  # it takes its tree apart


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Without the log lines of a library about pages that hold no article: that is an answer here."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
