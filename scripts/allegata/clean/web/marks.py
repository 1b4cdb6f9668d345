"""Lines whose markup names them: class and id words such as `author-bio`, `newsletter-box`, `image-copyright`.

A name is believed only if it covers the smaller part of what is left of the page: a page that calls its
article `comments-body` or carries `category-newsletter` on its body keeps it.
"""

from __future__ import annotations

import re

from allegata.clean.web.view import Hit, Line, View

RULE = "marks/1"
# The share of the page's text one reason may take by names alone.
_MOST = 0.35
_SHORT = 14  # words: a byline or date line, not a paragraph in a box called `meta`

# (reason, only short lines, words). The words stand between anything but letters.
_NAMES: tuple[tuple[str, bool, str], ...] = (
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
_COMPILED = tuple(
    (reason, short, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for reason, short, words in _NAMES
)


def find(view: View) -> list[Hit]:
    """The lines whose own markup, or a box around them, is named after furniture."""
    found: dict[str, list[Hit]] = {}
    cache: dict[str, tuple[tuple[str, bool, str], ...]] = {}
    for line in view.left():
        marks = line.block.marks
        if marks not in cache:
            cache[marks] = _reasons(marks)
        for reason, short, name in cache[marks]:
            if short and not _short(line, view):
                continue
            hit = Hit(line.index, reason, RULE, f"the markup names it {name!r}")
            found.setdefault(reason, []).append(hit)
            break
    return [hit for hits in found.values() if _believable(hits, view) for hit in hits]


def _short(line: Line, view: View) -> bool:
    """A byline or date stands above the article or below it, and is no sentence."""
    outside = line.index < view.first_prose or line.index > view.last_prose
    return outside and line.words <= _SHORT and not line.ends_sentence and not line.block.heading


def _reasons(marks: str) -> tuple[tuple[str, bool, str], ...]:
    found = []
    text = marks.replace("_", "-")
    for reason, short, pattern in _COMPILED:
        match = pattern.search(text)
        if match:
            found.append((reason, short, match.group()))
    return tuple(found)


def _believable(hits: list[Hit], view: View) -> bool:
    taken = sum(len(view.lines[hit.index].text) for hit in hits)
    return taken <= _MOST * view.characters


def is_marked(line: Line) -> bool:
    """True if the line's markup names it as furniture of any kind."""
    return bool(_reasons(line.block.marks))
