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

# Reasons in order of strength, each with the names that tell it: words between hyphens, underscores, digits or
# capitals. `author-box` stands for `author_box`, `authorBox` and `authorbox` as well.
_NAMES: dict[str, str] = {
    "comments": (
        "comment comments comment-list comment-body comment-text comment-item comment-form comment-content "
        "comment-area comment-section comment-respond disqus kommentar kommentare comentario comentarios "
        "commentaire commentaires"
    ),
    "author_biography": (
        "author-box author-bio author-info author-desc author-description author-card author-profile author-about "
        "author-personalinfo about-author about-the-author saboxplugin autor-box autor-info autor-profil "
        "autoren-box autoren-info autoren-profil bio-box post-author entry-author info-container"
    ),
    "newsletter_prompt": (
        "newsletter newsletters mailing-list mc4wp mailchimp subscribe subscription abo-box steady sign-up"
    ),
    "related_teaser": (
        "related relacionado relacionada relacionados relacionadas read-also read-next see-also also-read recommended "
        "recommendations more-stories more-articles more-news yarpp related-posts outbrain taboola next-story "
        "next-post next-article linklist teaser-list most-read most-popular trending wp-embedded-content"
    ),
    "paywall": "paywall form-account regwall piano-container piano-inline",
    "site_furniture": (
        "share sharing sharedaddy share-bar share-button share-buttons share-links share-tools social social-media "
        "social-links social-share addtoany addthis breadcrumb breadcrumbs pagination pager sd-rating cookie cookies "
        "consent borlabs popup popmake pum-content content-blocker siguenos follow-us print-only toolbar mobile-nav "
        "submenu"
    ),
    "advertisement": "advert adverts advertisement advertising sponsored werbung affiliate-text adsbygoogle publicidad",
    "disclosure": "disclosure disclaimer",
    "credit": (
        "copyright copyright-text image-credit image-credits image-copyright image-source photo-credit photo-credits "
        "photo-source picture-credit picture-source media-credit media-copyright bild-quelle bild-nachweis credit "
        "credits"
    ),
    "caption": (
        "image-caption image-description photo-caption photo-description picture-caption img-caption media-caption "
        "media-description gallery-caption caption-small caption-text bildunterschrift photo-overlay"
    ),
    "keyword_list": (
        "post-tags article-tags entry-tags story-tags post-tag article-tag entry-tag article-keywords tags-list "
        "tags-links tags-cloud taglist tag-cloud"
    ),
    "byline": "byline by-line author authors author-name autor",
    "dateline": (
        "date datum dateline date-line date-wrapper date-time published timestamp posted-on reading-time entry-meta "
        "entry-info entry-date post-meta post-info post-date article-meta article-info article-date"
    ),
}
# These hold for labels only: a whole article may stand in a box named `author`.
LABELS = frozenset(["byline", "dateline"])
_ORDER = {reason: order for order, reason in enumerate(_NAMES)}
_REASON_OF = {
    spelling: reason
    for reason in reversed(_NAMES)  # the stronger reason wins a name that stands in two
    for name in _NAMES[reason].split()
    for spelling in (name, name.replace("-", ""))
}
_FIRST_PIECES = frozenset(name.partition("-")[0] for name in _REASON_OF)
_LONGEST = 3  # words of a name
_PIECES = re.compile(r"[a-z]+|[^\W\d_a-z]+")


def find(page: WebPage) -> Iterator[Hit]:
    """The blocks whose own markup, or a box around them, is named after furniture."""
    found: dict[str, list[Hit]] = {}
    free = page.free()
    prose = [index for index in free if page.is_prose(index)]
    first, last = (prose[0], prose[-1]) if prose else (len(page.blocks), -1)
    for index in free:
        for reason, name in reasons(page.facts[index].marks):
            if reason in LABELS and (first < index < last or not _is_label(page, index)):
                continue
            found.setdefault(reason, []).append(Hit(index, index, reason, f"the markup names it {name!r}"))
            break
    most = _MOST * page.characters()
    for hits in found.values():
        if sum(page.blocks[hit.first].span.length for hit in hits) <= most:
            yield from hits


@lru_cache(maxsize=8192)
def reasons(marks: str) -> tuple[tuple[str, str], ...]:
    """What the class and id words of a tag path say: (reason, the name that says it), strongest first.

    The elements around a block are those around its neighbours, so each path adds one element to a known one
    (the depth of a page is bounded where it is read).
    """
    around, _, element = marks.rpartition("/")
    known = reasons(around) if around else ()
    said = _said(element) if element else ()
    if not said:
        return known
    found = dict(known)
    for reason, name in said:
        found.setdefault(reason, name)
    return tuple(sorted(found.items(), key=lambda item: _ORDER[item[0]]))


@lru_cache(maxsize=8192)
def _said(element: str) -> tuple[tuple[str, str], ...]:
    """The same of one element."""
    found: dict[str, str] = {}
    for word in element.split():
        pieces = _PIECES.findall(word)
        for start, piece in enumerate(pieces):
            if piece not in _FIRST_PIECES:
                continue
            for end in range(start + 1, min(start + _LONGEST, len(pieces)) + 1):
                name = "-".join(pieces[start:end])
                if name in _REASON_OF:
                    found.setdefault(_REASON_OF[name], name)
    return tuple(found.items())


def is_marked(marks: str) -> bool:
    """True if class or id words name furniture of any kind."""
    return bool(reasons(marks))


def _is_label(page: WebPage, index: int) -> bool:
    """A byline or date is short, no heading and no sentence."""
    block = page.blocks[index]
    return blanks(block) < _SHORT and not block.ends_sentence and not page.facts[index].heading
