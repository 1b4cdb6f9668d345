"""Lines whose markup names them: class and id words such as `author-bio`, `newsletter-box`, `image-copyright`.

A name is believed only if it covers the smaller part of what is left of the page: a page that calls its
article `comments-body` or carries `category-newsletter` on its body keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage, blanks

NAME = "marks/2"
# The share of the page's text one reason may take by names alone.
_MOST = 0.35
# Lines of prose that no share bar or menu holds (the section "Cookies" of a manual), and no prompt to pay: a box called
# `has-paywall` around paragraphs is the article.
_PROSE = {"site_furniture": 2, "paywall": 3}
_SHORT = 14  # words: a byline or date line, not a paragraph in a box called `meta`

# These hold for labels only: a whole article may stand in a box named `author`.
LABELS = frozenset(["byline", "dateline"])


def find(page: WebPage) -> Iterator[Hit]:
    """The blocks whose own markup, or a box around them, is named after furniture."""
    found: dict[str, list[Hit]] = {}
    free = page.free()
    prose = [index for index in free if page.is_prose(index)]
    first, last = (prose[0], prose[-1]) if prose else (len(page.blocks), -1)
    for index in free:
        for reason, name in page.named[index]:
            if reason in LABELS and (first < index < last or not _is_label(page, index)):
                continue
            found.setdefault(reason, []).append(Hit(index, index, reason, f"the markup names it {name!r}"))
            break
    most = _MOST * page.characters()
    for reason, hits in found.items():
        if reason in _PROSE and sum(page.is_prose(hit.first) for hit in hits) >= _PROSE[reason]:
            continue
        if sum(page.blocks[hit.first].span.length for hit in hits) <= most:
            yield from hits


def _is_label(page: WebPage, index: int) -> bool:
    """A byline or date is short, no heading and no sentence."""
    block = page.blocks[index]
    return blanks(block) < _SHORT and not block.ends_sentence and not page.facts[index].heading
