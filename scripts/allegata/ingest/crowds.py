"""Pages that would keep an extractor of others busy for minutes: of many elements, deep inside of one another.

What resiliparse and trafilatura do with an element takes time that grows with its depth. Of depths that sum up to a
million, resiliparse takes 0.4 s, 2 s where a browser opens elements again, and trafilatura 4 s where they are links: a
page of 224 kB took resiliparse 46 s, another of 70 kB 22 s and 1.8 GB. The most of 2,029 development pages is 0.3
million.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from allegata.ingest.html import ParsedPage
from allegata.ingest.tags import nests_more_than_a_tree_shows

if TYPE_CHECKING:
    from lxml.etree import XPath
    from lxml.html import HtmlElement

# The depths of the elements of a page, summed, up to which an extractor is asked.
MOST_DEPTHS = 1_000_000
# Levels; a page of fewer has depths of that size only if its elements are many.
_SHALLOW = 50


def is_crowd(page: ParsedPage) -> bool:
    """True if no extractor should see the page. Of most pages it looks at the number of tags alone."""
    tags = page.markup.count("<")
    if page.tree is None or tags * tags <= 2 * MOST_DEPTHS:
        return False
    return _is_deep(page.tree, tags) or nests_more_than_a_tree_shows(page.markup, MOST_DEPTHS)


def _is_deep(tree: HtmlElement, tags: int) -> bool:
    if tags * _SHALLOW <= MOST_DEPTHS and not _reaches_below()(tree):
        return False
    level, depth, depths = [tree], 1, 0
    while level and depths <= MOST_DEPTHS:
        depths += depth * len(level)
        level, depth = [child for element in level for child in element], depth + 1
    return depths > MOST_DEPTHS


@cache
def _reaches_below() -> XPath:
    from lxml.etree import XPath

    return XPath(f"boolean({'/*' * (_SHALLOW + 1)})")
