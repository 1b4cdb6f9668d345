"""Class and id words that name furniture, and what they say of the blocks of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from allegata.text.words import every_language

Named = tuple[tuple[str, str], ...]  # (reason, the name that says it), strongest reason first

# Reasons in order of strength. The names that tell them are words between hyphens, underscores, digits or capitals:
# `author-box` stands for `author_box`, `authorBox` and `authorbox` as well.
_ORDER = {
    reason: order
    for order, reason in enumerate(
        (
            "comments",
            "author_biography",
            "newsletter_prompt",
            "related_teaser",
            "paywall",
            "site_furniture",
            "advertisement",
            "disclosure",
            "credit",
            "caption",
            "keyword_list",
            "byline",
            "dateline",
        )
    )
}
_LONGEST = 3  # words of a name
# A class or id of more words is the anchor of a heading: `what-share-of-teenagers-sleeps-badly`.
_MOST_PIECES = 5
_PIECES = re.compile(r"[a-z]+|[^\W\d_a-z]+")


@cache
def _reason_of() -> Mapping[str, str]:
    """The reason that each name tells, in any language; the stronger one of a name that stands in two."""
    words = every_language()
    return {
        spelling: reason
        for reason in reversed(_ORDER)
        for name in words.entries("markup", reason)
        for spelling in (name, name.replace("-", ""))
    }


@cache
def _first_pieces() -> frozenset[str]:
    return frozenset(name.partition("-")[0] for name in _reason_of())


def reasons_of(marks: Sequence[str]) -> list[Named]:
    """What the class and id words of each tag path of a page say.

    The elements around a block are those around its neighbours, so each path adds one element to a known one
    (the depth of a page is bounded where it is read); words are few.
    """
    known: dict[str, Named] = {"": ()}
    for path in dict.fromkeys(marks):
        _learn(path, known)
    return [known[path] for path in marks]


def _learn(path: str, known: dict[str, Named]) -> None:
    missing = []
    while path not in known:
        missing.append(path)
        path = path.rpartition("/")[0]
    found = known[path]
    for longer in reversed(missing):
        for word in longer.rpartition("/")[2].split():
            said = _said(word)
            # What stands further out, or further left, has said it first.
            if said and not dict(said).keys() <= dict(found).keys():
                found = tuple(sorted({**dict(said), **dict(found)}.items(), key=lambda item: _ORDER[item[0]]))
        known[longer] = found


@lru_cache(maxsize=1 << 14)
def _said(word: str) -> Named:
    """What one class or id word says."""
    pieces = _PIECES.findall(word)
    if len(pieces) > _MOST_PIECES or _first_pieces().isdisjoint(pieces):
        return ()
    found: dict[str, str] = {}
    reason_of = _reason_of()
    for start in range(len(pieces)):
        for end in range(start + 1, min(start + _LONGEST, len(pieces)) + 1):
            name = "-".join(pieces[start:end])
            if name in reason_of:
                found.setdefault(reason_of[name], name)
    return tuple(found.items())
