"""Class and id words that name furniture, and what they say of the blocks of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence

Named = tuple[tuple[str, str], ...]  # (reason, the name that says it), strongest reason first

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


def reasons_of(marks: Sequence[str]) -> list[Named]:
    """What the class and id words of each tag path of a page say.

    The elements around a block are those around its neighbours, so each path adds one element to a known one
    (the depth of a page is bounded where it is read); the words of a page are few.
    """
    known: dict[str, Named] = {"": ()}
    words: dict[str, Named] = {}
    for path in dict.fromkeys(marks):
        _learn(path, known, words)
    return [known[path] for path in marks]


def _learn(path: str, known: dict[str, Named], words: dict[str, Named]) -> None:
    missing = []
    while path not in known:
        missing.append(path)
        path = path.rpartition("/")[0]
    found = known[path]
    for longer in reversed(missing):
        for word in longer.rpartition("/")[2].split():
            said = words.get(word)
            if said is None:
                said = words[word] = _said(word)
            if said:  # what stands further out, or further left, has said it first
                found = tuple(sorted({**dict(said), **dict(found)}.items(), key=lambda item: _ORDER[item[0]]))
        known[longer] = found


def _said(word: str) -> Named:
    """What one class or id word says."""
    found: dict[str, str] = {}
    pieces = _PIECES.findall(word)
    for start, piece in enumerate(pieces):
        if piece not in _FIRST_PIECES:
            continue
        for end in range(start + 1, min(start + _LONGEST, len(pieces)) + 1):
            name = "-".join(pieces[start:end])
            if name in _REASON_OF:
                found.setdefault(_REASON_OF[name], name)
    return tuple(found.items())
