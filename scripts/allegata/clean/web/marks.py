"""Lines whose markup names them: class and id words such as `author-bio`, `newsletter-box`, `image-copyright`.

A name is believed only if it covers the smaller part of what is left of the page: a page that calls its
article `comments-body` or carries `category-newsletter` on its body keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from allegata.clean.page import Hit
from allegata.clean.web.page import WebPage, blanks

NAME = "marks/1"
# The share of the page's text one reason may take by names alone.
_MOST = 0.35
_SHORT = 14  # words: a byline or date line, not a paragraph in a box called `meta`

# (reason, only short lines, words). The words stand between anything but letters.
_WORDS: tuple[tuple[str, bool, str], ...] = (
    (
        "comments",
        False,
        r"comments?|comment-?(?:list|body|text|item|form|content|area|section|respond)|commentlist|disqus|"
        r"kommentare?|comentarios?|commentaires?|qa-comment",
    ),
    (
        "author_biography",
        False,
        r"author-?(?:box|bio|info|desc|description|card|profile|about|personal-?info)|about-(?:the-)?author|"
        r"saboxplugin|autoren?-?(?:box|info|profil)|bio-?box|post-author|entry-author|infocontainer",
    ),
    (
        "newsletter_prompt",
        False,
        r"newsletters?|mailing-list|mc4wp|mailchimp|subscribe|subscription|abo-?box|steady-[a-z]+|sign-?up",
    ),
    (
        "related_teaser",
        False,
        r"related|relacionad[oa]s?|read-?(?:also|next)|see-also|also-read|recommended|recommendations|"
        r"more-(?:stories|articles|news)|yarpp|jp-relatedposts|outbrain|taboola|next-?(?:story|post|article)|"
        r"linklist|teaser-?list|most-?(?:read|popular)|trending|wp-embedded-content",
    ),
    (
        "paywall",
        False,
        r"paywall|form-account|regwall|piano-?(?:container|inline)",
    ),
    (
        "site_furniture",
        False,
        r"share|sharing|sharedaddy|share-?(?:bar|buttons?|links?|tools?)|social|social-?(?:media|links?|share)|"
        r"addtoany|addthis|breadcrumbs?|pagination|pager|sd-rating|cookie|cookies|consent|borlabs-?cookie|"
        r"popup|popmake|pum-content|content-blocker|siguenos|follow-?us|print-?only|toolbar|mobile-?nav|submenu",
    ),
    (
        "advertisement",
        False,
        r"adverts?|advertisement|advertising|sponsored|werbung|affiliate-?text|adsbygoogle|publicidad",
    ),
    ("disclosure", False, r"(?:editorial-)?disclosure|disclaimer"),
    (
        "credit",
        False,
        r"copyright|copyright-?text|(?:image|photo|picture|media|bild)-?(?:credits?|copyright|source)|bildnachweis|credits?",
    ),
    (
        "caption",
        False,
        r"(?:image|photo|picture|img|media|gallery)-?(?:caption|description)|caption-(?:small|text)|"
        r"wp-caption-text|bildunterschrift|photo-overlay",
    ),
    (
        "keyword_list",
        False,
        r"(?:post|article|entry|story)-?(?:tags?|keywords)|tags-?(?:list|links|cloud)|taglist|tag-cloud",
    ),
    ("byline", True, r"by-?line|author|authors|author-?name|autor"),
    (
        "dateline",
        True,
        r"date|datum|date-?(?:line|wrapper|time)|published|timestamp|posted-?on|reading-?time|"
        r"(?:entry|post|article)-?(?:meta|info|date)",
    ),
)
_COMPILED = tuple((reason, short, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for reason, short, words in _WORDS)
_ANY = re.compile("|".join(pattern.pattern for _, _, pattern in _COMPILED))


def find(page: WebPage) -> Iterator[Hit]:
    """The blocks whose own markup, or a box around them, is named after furniture."""
    found: dict[str, list[Hit]] = {}
    free = page.free()
    prose = [index for index in free if page.is_prose(index)]
    first, last = (prose[0], prose[-1]) if prose else (len(page.blocks), -1)
    for index in free:
        for reason, short, name in reasons(page.facts[index].marks):
            if short and (first < index < last or not _is_label(page, index)):
                continue
            found.setdefault(reason, []).append(Hit(index, index, reason, f"the markup names it {name!r}"))
            break
    most = _MOST * page.characters()
    for hits in found.values():
        if sum(page.blocks[hit.first].span.length for hit in hits) <= most:
            yield from hits


@lru_cache(maxsize=4096)
def reasons(marks: str) -> tuple[tuple[str, bool, str], ...]:
    """What the class and id words say: (reason, holds for short lines only, the word), strongest first."""
    found: dict[int, str] = {}
    for element in marks.split("/"):
        for order, name in _said(element) if element else ():
            found.setdefault(order, name)
    return tuple((*_COMPILED[order][:2], found[order]) for order in sorted(found))


@lru_cache(maxsize=4096)
def _said(element: str) -> tuple[tuple[int, str], ...]:
    """The same of one element. The elements around a block are those around its neighbours: cached."""
    text = element.replace("_", "-")
    if not _ANY.search(text):  # nine elements in ten: one search instead of thirteen
        return ()
    matches = ((order, pattern.search(text)) for order, (_, _, pattern) in enumerate(_COMPILED))
    return tuple((order, match.group()) for order, match in matches if match)


def is_marked(marks: str) -> bool:
    """True if class or id words name furniture of any kind."""
    return bool(reasons(marks))


def _is_label(page: WebPage, index: int) -> bool:
    """A byline or date is short, no heading and no sentence."""
    block = page.blocks[index]
    return blanks(block) < _SHORT and not block.ends_sentence and not page.facts[index].heading
