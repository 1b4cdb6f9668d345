"""Teasers by their words and their links: what says "read also" and is, for the larger part, a link.

A cue of any language (`text/words/LANG.toml`, table `teasers`) counts only with a second sign: a colon or arrow after
it and a link behind that, a line that is a link as a whole, or links below it. Prompts,
credits and comment forms are found by the rules for plain text, which see a web page next.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage
from allegata.text.words import Opening, every_language

NAME = "cues/2"

_MOST_WORDS = 40
# Share of a line that is linked: behind a mark, without one, and of a list.
_MARKED, _BARE, _LISTED = 0.25, 0.8, 0.8


@cache
def _cued() -> Opening:
    form = r"[\W_]{{0,4}}(?:{0})(?P<mark>\s*[:\">→|]+|\s+-)?\s*(?P<rest>.*)"
    return every_language().opening(form, "teasers", "cues", "labels")


@cache
def _alone() -> Opening:
    return every_language().opening(r"[\W_]{{0,4}}(?:{0})[\s:.!?\">→-]*", "teasers", "cues")


def find(page: WebPage) -> Iterator[Hit]:
    """Blocks that open with a cue and are links; the links listed below a lone cue that is none itself."""
    free = page.free()
    listed = -1  # the block that continues a list of teasers
    for order, index in enumerate(free):
        line, linked = page.folded[index], page.facts[index].link_density
        if not line or page.word_counts[index] > _MOST_WORDS:
            continue
        following = free[order + 1] if order + 1 < len(free) else -1
        introduces = following < 0 or page.facts[following].link_density >= _LISTED
        if linked < _MARKED and not introduces:
            continue
        if index == listed and linked >= _LISTED:
            yield Hit(index, index, "related_teaser", f"a link listed below a teaser cue, {linked:.0%} linked")
            listed = following
            continue
        cue = _cued().fullmatch(line)
        if cue and _alone().fullmatch(line):  # most lines have no cue, and ask for no second pattern of all languages
            if introduces:
                yield Hit(index, index, "related_teaser", f"teaser cue {line[:60]!r}")
                listed = -1 if linked >= _LISTED else following  # a link by itself introduces nothing
        elif cue and cue["rest"] and linked >= (_MARKED if cue["mark"] else _BARE):
            yield Hit(index, index, "related_teaser", f"teaser cue {line[:40]!r}, {linked:.0%} of the line is linked")
