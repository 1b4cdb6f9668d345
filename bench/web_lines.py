"""Web pages as the lines that a reader would copy, for the judge of lines to learn from.

A page with the whole gold text comes in two forms: the text of the whole page, and the gold alone, of which nothing
leaves. Of a page with a few gold strings other lines are known too, those that the judge of pages is sure of: it sees
the markup that the judge of lines does not (distillation: Hinton, Vinyals and Dean 2015). What words weigh is learned
from these pages as well. The trees do not learn from them: what they would learn is the other judge's mistakes.
Log loss on 100 written pages and on whole pages of sites not learned from: without these pages .133 and .186, with
their words .126 and .186; with trees that learn from them too .131 and .183, at a recall four points lower where
precision is .97. The judge of pages learned from all sites of both data sets, those that are put away here too.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from allegata.judge.judge import SURE, default_judge
from bench.cleaning_pages import PageSet, TestPage
from bench.plain_text import UNKNOWN, PlainPage
from bench.train_judge import Example, example

_LEAST_LINES, _MOST_LINES = 8, 400
_LEAST_GOLD, _MOST_GOLD = 5, 120
_TITLE_LIKE = 0.6  # share of the words of a line that are in the title: the gold of web pages has no headline
_SURELY_OUT, _SURE_PAGE = 150, 0.8  # of the judge of pages: thousandths of a line, and the confidence of a page
OTHER = "site_furniture"  # the reason of lines that have no other name


def web_pages(sets: Iterable[PageSet], *, seen: bool) -> list[PlainPage]:
    """Articles with a gold text as plain text, whole and their gold alone: of the half of the sites that is learned
    from (`seen`), or of the other."""
    whole, gold = list[PlainPage](), list[PlainPage]()
    for page in _pages(sets):
        if page.kind != "article" or page.reference.body is None or _is_seen(page) != seen:
            continue
        body = [line for line in page.reference.body.split("\n") if line.strip()]
        if _LEAST_GOLD <= len(body) <= _MOST_GOLD:
            gold.append(PlainPage(f"{page.name} gold", "gold", [(line, None) for line in body], _site(page)))
        if (one := _example(page)) and one.wanted.sum() >= _LEAST_LINES / 2:
            whole.append(_plain_page(page, _by_gold(one)))
    return [*whole, *gold]


def judged_pages(sets: Iterable[PageSet]) -> list[PlainPage]:
    """Pages of which the gold knows some strings, their other lines as the judge of pages has them. A page is left out
    if it names no site, or one whose pages with a gold text are put away."""
    pages = _pages(sets)
    away = {_site(page) for page in pages if page.reference.body is not None and not _is_seen(page)}
    some = (page for page in pages if page.reference.body is None and page.site and page.site not in away)
    return [_plain_page(page, lines) for page in some if (one := _example(page)) and (lines := list(_by_judge(one)))]


def _pages(sets: Iterable[PageSet]) -> list[TestPage]:
    return sorted((p for pages in sets for p in pages.pages), key=lambda one: zlib.crc32(one.name.encode()))


def _site(page: TestPage) -> str:
    return page.site or page.name


def _is_seen(page: TestPage) -> bool:
    return zlib.crc32(_site(page).encode()) % 2 == 0


def _plain_page(page: TestPage, lines: Iterable[tuple[str, str | None]]) -> PlainPage:
    return PlainPage(page.name, "web", list(lines), _site(page))


def _example(page: TestPage) -> Example | None:
    one = example(page)
    return one if one and _LEAST_LINES <= len(one.wanted) <= _MOST_LINES else None


def _lines(one: Example) -> Iterator[tuple[str, bool]]:
    """The text of each line, and whether it resembles the title: no gold holds the headline."""
    seen, title = one.layout, set(one.layout.title.lower().split())
    for start, end in zip(seen.starts.tolist(), seen.ends.tolist(), strict=True):
        text = " ".join(seen.text[start:end].split("\n"))
        words = text.lower().split()
        yield text, len(text) < 250 and sum(word in title for word in words) >= _TITLE_LIKE * len(words)


def _by_gold(one: Example) -> Iterator[tuple[str, str | None]]:
    for (text, is_title), wanted in zip(_lines(one), one.wanted, strict=True):
        yield text, UNKNOWN if is_title else None if wanted else OTHER


def _by_judge(one: Example) -> Iterator[tuple[str, str | None]]:
    """The strings of the gold come first. Nothing of a page that the judge of pages is not sure of."""
    judged = default_judge().judge(one.layout)
    if judged.confidence < _SURE_PAGE:
        return
    for (text, is_title), wanted, weight, score in zip(_lines(one), one.wanted, one.weight, judged.scores, strict=True):
        if weight:
            yield text, None if wanted else OTHER
        elif is_title or _SURELY_OUT < score < SURE:
            yield text, UNKNOWN
        else:
            yield text, None if score >= SURE else OTHER
