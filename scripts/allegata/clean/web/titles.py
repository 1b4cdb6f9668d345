"""The title above the article: it is in the metadata, so it leaves the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage
from allegata.text.normal import for_matching

NAME = "titles/2"

_HEAD = 6  # free blocks: headings and labels that may stand above the title
_LEAST = 8  # letters: "News" is no title
# The share of a heading's words that the stated title has as well: sites reword their headlines for search engines.
_ALIKE, _FEWEST = 0.6, 4
_WORD = re.compile(r"[^\W_]+")


def find(page: WebPage) -> Iterator[Hit]:
    """Blocks above the first prose that are the stated title, the whole first part of it, or a wording of it.

    Sites add their name to the stated title ("Headline | Paper"), so the block may be a beginning of it. The only
    first-level heading that is left is the title whatever the page states.
    """
    evidence = f"it is the stated title {(page.title or '')[:80]!r}"
    stated, words = _letters(page.title or ""), set(_WORD.findall(for_matching(page.title or "")))
    for index in page.free()[:_HEAD]:
        level = page.facts[index].heading
        if page.is_prose(index) and not level:
            return
        letters = _letters(page.blocks[index].text)
        if len(letters) < _LEAST:
            continue
        if len(stated) >= _LEAST and (
            letters == stated or (stated.startswith(letters) and len(letters) >= len(stated) / 2)
        ):
            yield Hit(index, index, "title", evidence)
        elif level == 1 and sum(facts.heading == 1 for facts in page.facts) == 1:
            yield Hit(index, index, "title", "it is the only first-level heading, above the text")
        elif level and len(own := _WORD.findall(for_matching(page.blocks[index].text))) >= _FEWEST:
            shared = sum(word in words for word in own) / len(own)
            if shared >= _ALIKE:
                yield Hit(index, index, "title", f"{shared:.0%} of its words are in the stated title {evidence[24:]}")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, for_matching(text)))
