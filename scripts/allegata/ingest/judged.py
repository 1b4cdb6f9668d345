"""A parsed page to what the judge says of its blocks. Its facts include what one fast extractor takes for the article;
where it is not sure of a page, trafilatura has a vote.

Folds of the development pages by site, word F1 of articles, documentation and threads of WCXB, F1 of snippets of 990
pages, before any rule: without an extractor .941, .907, .798, .929; with resiliparse, the best single fact about a
block at a tenth of trafilatura's cost, .943, .912, .814, .936. The vote, after the rules: without it articles .9578,
documentation .9251, threads .7953, snippets .9511; of trafilatura with its fallbacks below a confidence of .9 .9585,
.9316, .7940, .9543 for 9.6 ms a page; in its fast mode .9587, .9316, .7971, .9550 for 5.8 ms; that below .85 on pages
of 800 lines at most .9589, .9286, .7939, .9544 for 3.0 ms.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allegata.ingest.crowds import is_crowd
from allegata.ingest.html import ParsedPage
from allegata.ingest.other_articles import listed_articles, other_articles
from allegata.ingest.page_metadata import stated_title
from allegata.judge.features import Layout, bounds, covered_share
from allegata.judge.judge import Judge, best_least, default_judge
from allegata.text.alignment import Letters, covered
from allegata.text.page_blocks import Judgement

# Confidence below which trafilatura is asked, and the weight of its vote.
VOTE_BELOW, VOTE = 0.85, 0.3
# Lines of a page above which it is not asked: it costs most there, and changes least.
MOST_LINES_VOTED = 800


def judged(page: ParsedPage, judge: Judge | None = None) -> Judgement:
    """What `judge`, that of the package if none is given, says of the blocks of `page`, with the vote of trafilatura.

    An extractor that raises, whatever that is, or that the page would keep busy (`is_crowd`), is a fact or a vote less;
    the judgement names it.
    """
    if page.tree is None or not page.source_text:
        return Judgement()
    letters, failed = Letters.of(page.source_text), list[str]()
    seen = layout(page, letters, failed)
    judgement = (judge or default_judge()).judge(seen)
    if judgement.confidence < VOTE_BELOW and len(page.blocks) <= MOST_LINES_VOTED:
        judgement = _voted(judgement, replace(seen, taken=_taken(page, letters, trafilatura_text, failed)))
    listed = listed_articles(page.source_text, page.blocks, page.boxes, judgement)
    return replace(_without_others(page, judgement), failed=tuple(failed), listed=listed)


def _without_others(page: ParsedPage, judgement: Judgement) -> Judgement:
    """The judgement without the other articles of the page."""
    scores, because = list(judgement.scores), list(judgement.because)
    for first, last in other_articles(page.blocks, page.boxes, judgement):
        for index in range(first, last):
            if scores[index] >= judgement.least:
                scores[index], because[index] = 0, "the box of another article"
    return replace(judgement, scores=tuple(scores), because=tuple(because))


def layout(page: ParsedPage, letters: Letters, failed: list[str] | None = None) -> Layout:
    """What the judge sees of a page; `letters` are those of its source text. Errors of the extractor go to `failed`."""
    return Layout(
        page.source_text,
        np.array([block.start for block in page.blocks], np.int64),
        np.array([block.end for block in page.blocks], np.int64),
        np.array([block.linked for block in page.blocks], float),
        page.boxes,
        stated_title(page) or "",
        _taken(page, letters, resiliparse_text, [] if failed is None else failed),
    )


def _taken(
    page: ParsedPage, letters: Letters, extractor: Callable[[ParsedPage], str], failed: list[str]
) -> NDArray[np.int64]:
    text, name = "", extractor.__name__.removesuffix("_text")
    if is_crowd(page):
        failed.append(f"{name}: not asked, the page has too many elements too deep inside of one another")
    else:
        try:
            text = extractor(page)
        except Exception as error:  # whatever it is
            failed.append(f"{name}: {type(error).__name__}: {str(error)[:120]}")
    return bounds([(span.start, span.end) for span in covered(letters, text)])


def _voted(judgement: Judgement, seen: Layout) -> Judgement:
    """The scores with the vote; a block that it turns is kept, or leaves, because of it."""
    scores = np.array(judgement.scores)
    both = np.rint((1 - VOTE) * scores + 1000 * VOTE * covered_share(seen)).astype(int)
    least, _ = best_least(both, seen.ends - seen.starts)
    turned = ((both >= least) != (scores >= judgement.least)).tolist()
    why = ["trafilatura" if other else said for said, other in zip(judgement.because, turned, strict=True)]
    return replace(judgement, scores=tuple(both.tolist()), because=tuple(why), least=least)


def resiliparse_text(page: ParsedPage) -> str:
    """The article by resiliparse; without image texts and bullets, which are not in the source text."""
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(page.markup, main_content=True, alt_texts=False, list_bullets=False)
    return text


def trafilatura_text(page: ParsedPage) -> str:
    """The article by trafilatura, balanced mode, without comments and without the extractors that it falls back on;
    empty where it finds none.

    `deduplicate` stays off: it keeps a cache between pages, so its result depends on their order.
    """
    from trafilatura import extract

    with _quiet("trafilatura"):
        return extract(page.tree, fast=True, include_comments=False, deduplicate=False) or ""


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
