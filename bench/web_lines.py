"""Web pages as the lines that a reader would copy, for the judge of lines to learn from.

A page with the whole gold text comes in two forms: the text of the whole page, and the gold alone, of which nothing
leaves. Of a page with a few gold strings the lines that the judge of pages is sure of are known too: it sees the markup
that the judge of lines does not (distillation: Hinton, Vinyals and Dean 2015). What words weigh is learned from those
in a dozen languages; the trees do not learn from them, for what they would learn is the other judge's mistakes.
Measured on 100 written pages and on whole pages of sites not learned from, log loss: without these words .133 and .186,
with them .126 and .186, with trees that learn from them too .131 and .183 at a recall four points lower where precision
is .97.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from allegata.judge.judge import default_judge
from bench.cleaning_pages import PageSet, TestPage
from bench.plain_text import UNKNOWN, PlainPage
from bench.train_judge import Example, example

_LEAST_LINES, _MOST_LINES = 8, 400
_LEAST_GOLD, _MOST_GOLD = 5, 120
_TITLE_LIKE = 0.6  # share of the words of a line that are in the title: the gold of web pages has no headline
_SURE_OUT, _SURE_IN, _SURE_PAGE = 150, 800, 0.8  # of the judge of pages: thousandths of a line, confidence of a page
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
            whole.append(_named(page, _by_gold(one)))
    return [*whole, *gold]


def taught_pages(sets: Iterable[PageSet]) -> list[PlainPage]:
    """Pages of which the gold knows some strings, on sites whose pages with a gold text are not put away: their lines
    by those strings and by the judge of pages."""
    pages = _pages(sets)
    away = {_site(page) for page in pages if page.reference.body is not None and not _is_seen(page)}
    some = (page for page in pages if page.reference.body is None and _site(page) not in away)
    return [_named(page, lines) for page in some if (one := _example(page)) and (lines := list(_by_judge(one)))]


def _pages(sets: Iterable[PageSet]) -> list[TestPage]:
    return sorted((p for pages in sets for p in pages.pages), key=lambda one: zlib.crc32(one.name.encode()))


def _site(page: TestPage) -> str:
    return page.site or page.name


def _is_seen(page: TestPage) -> bool:
    return zlib.crc32(_site(page).encode()) % 2 == 0


def _named(page: TestPage, lines: Iterable[tuple[str, str | None]]) -> PlainPage:
    return PlainPage(page.name, "web", list(lines), _site(page))


def _example(page: TestPage) -> Example | None:
    one = example(page)
    return one if one and _LEAST_LINES <= len(one.wanted) <= _MOST_LINES else None


def _texts(one: Example) -> list[str]:
    seen = one.layout
    spans = zip(seen.starts.tolist(), seen.ends.tolist(), strict=True)
    return [" ".join(seen.text[start:end].split("\n")) for start, end in spans]


def _by_gold(one: Example) -> Iterator[tuple[str, str | None]]:
    """Lines that resemble the title are of unknown kind."""
    title = set(one.layout.title.lower().split())
    for text, wanted in zip(_texts(one), one.wanted, strict=True):
        words = text.lower().split()
        is_title = len(text) < 250 and sum(word in title for word in words) >= _TITLE_LIKE * len(words)
        yield text, UNKNOWN if is_title else None if wanted else OTHER


def _by_judge(one: Example) -> Iterator[tuple[str, str | None]]:
    """Nothing of a page that the judge of pages is not sure of."""
    judged = default_judge().judge(one.layout)
    if judged.confidence < _SURE_PAGE:
        return
    for text, wanted, weight, score in zip(_texts(one), one.wanted, one.weight, judged.scores, strict=True):
        is_of_article = bool(wanted) if weight else score >= _SURE_IN
        is_known = weight or score >= _SURE_IN or score <= _SURE_OUT
        yield text, UNKNOWN if not is_known else None if is_of_article else OTHER
