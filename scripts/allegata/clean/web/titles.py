"""The title above the article: it is in the metadata, so it leaves the text."""

from __future__ import annotations

from collections.abc import Iterator

from allegata.clean.page import Hit, fold
from allegata.clean.web.page import WebPage

NAME = "titles/1"

_HEAD = 6  # free blocks: headings and labels that may stand above the title
_LEAST = 8  # letters: "News" is no title


def find(page: WebPage) -> Iterator[Hit]:
    """Blocks above the first prose that are the stated title, or the whole first part of it.

    Sites add their name to the stated title ("Headline | Paper"), so the block may be a beginning of it.
    """
    stated = _letters(page.title or "")
    if len(stated) < _LEAST:
        return
    for index in page.free()[:_HEAD]:
        if page.is_prose(index) and not page.facts[index].heading:
            return
        letters = _letters(page.blocks[index].text)
        if len(letters) >= _LEAST and (letters == stated or (stated.startswith(letters) and _most(letters, stated))):
            yield Hit(index, index, "title", f"it is the stated title {(page.title or '')[:80]!r}")


def _most(part: str, whole: str) -> bool:
    return len(part) >= len(whole) / 2


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))
