"""The standfirst: the paragraph between headline and body that extractors leave out with the page header.

In half of the missing text of the development pages (even half) it was the first paragraph of the article, in
a box named `teaser-text`, `intro`, `lead` or `excerpt` that extractors take for a teaser of another article.
It comes back only if it stands between the headline and the body and holds a sentence.
"""

from __future__ import annotations

import re

from allegata.clean.web.page import WebPage, blanks

_NAMES = re.compile(
    r"(?<![a-z])(?:intro|intro-?text|introduction|lead|lead-?text|teaser|teaser-?text|vorspann|excerpt|chapo|"
    r"preface|ingress|entradilla|epigraph)(?![a-z])"
)
_BOXES = frozenset(["aside", "nav", "footer", "figure", "figcaption", "form", "table", "ul", "ol", "dl"])
_LEVELS = 4  # the name stands on the line's own element or one of the three boxes around it
_WORDS = 10
_WORDS_UNNAMED = 20
_FARTHEST = 40  # lines between headline and body: date, author, share bar, caption


def find(page: WebPage) -> list[int]:
    """Indices of taken blocks between the headline and the first free block that belong to the text."""
    free = page.free()
    if not free:
        return []
    first = free[0]
    near = range(first, max(-1, first - _FARTHEST), -1)
    headline = next((index for index in near if page.facts[index].heading == 1), None)
    return [] if headline is None else [i for i in range(headline + 1, first) if _belongs(page, i)]


def _belongs(page: WebPage, index: int) -> bool:
    facts, words = page.facts[index], blanks(page.blocks[index]) + 1
    if words < _WORDS or not page.blocks[index].ends_sentence or facts.link_density > 0.3:
        return False
    if _BOXES & set(facts.tags) or page.named[index]:
        return False
    names = "/".join(facts.marks.split("/")[-_LEVELS:]).replace("_", "-")
    return words >= _WORDS_UNNAMED or bool(_NAMES.search(names))
