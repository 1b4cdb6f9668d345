"""Site furniture: share bars, navigation words, advertisement marks, credits, copyright lines, logos, badges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page
from allegata.text.blocks import looks_like_heading

NAME = "furniture/1"

_NETWORK = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|reddit|pinterest|telegram|threads|bluesky|mastodon|flipboard|tumblr|pocket|"
    r"instagram|youtube|tiktok|messenger|e-?mail|print|copy link|copy|link|more)"
)
_SHARE = re.compile(
    rf"(?:share|tweet|pin|like|save|print)(?: this)?(?: (?:article|post|story|page|news))?:?(?: (?:on|via|to|with) {_NETWORK})?(?: {_NETWORK})*"
    rf"|(?:share|save|tweet|follow)(?: (?:share|save|tweet))*|{_NETWORK}(?:[ ,|/]+{_NETWORK})+|like this:?(?: like)?(?: loading\.*)?|"
    rf"(?:click to )?(?:share|email|print|tweet)(?: (?:on|a link|this) .{{1,40}})? \(opens in new window\).*|\d[\d.,]*k? (?:shares|views|likes)"
)
_NAVIGATION = re.compile(
    r"skip to (?:main )?content|back to top|toggle navigation|(?:go )?back to (?:home|homepage|all \w+)|"
    r"(?:previous|next)(?: (?:article|post|story))?|home(?: [>»/] .{1,80})+|loading\.*|view (?:all|more)|load more|show more|see all|"
    r"click here(?: for more)?|print this page|listen to (?:this )?article|terms of (?:use|service)(?: \| .*)?|cookie (?:policy|settings)|"
    r"accept (?:all )?cookies"
)
_ADVERTISEMENT = re.compile(
    r"(?:advertisements?|sponsored(?: content| post)?|promoted(?: content)?|ad|adverts?|paid content|partner content|"
    r"(?:story|article|content) continues (?:below|after)(?: (?:this |the )?(?:ad\w*|advertisement|video))?|"
    r"scroll (?:down )?(?:to|for) (?:continue|more).*|continue (?:reading )?below.*|remove ads)"
)
_CREDIT = re.compile(
    r"(?:photo(?:graph)?s?|images?|pictures?|illustration|video|graphic|featured image|cover image)"
    r"(?: (?:credits?|source|courtesy|by|via|from)\b.*|(?: credit)?: .*)|"
    r"\(?(?:credit|photo|image)s?: .{1,100}\)?|.{0,90}(?:getty images|shutterstock|unsplash|istock|adobe stock|ap photo|pexels|pixabay)\)?"
)
_COPYRIGHT = re.compile(r"(?:©|\(c\) (?:19|20)|copyright (?:©|\(c\)|(?:19|20)\d\d)|all rights reserved).{0,200}")


def find(page: Page) -> Iterator[Hit]:
    """Lines that match a pattern from end to end."""
    for index in page.free():
        line, count = page.folded[index].strip(" .!:"), page.word_counts[index]
        if not line or count > 45:
            continue
        if _ADVERTISEMENT.fullmatch(line):
            yield Hit(index, index, "advertisement", f"advertisement mark {line[:60]!r}")
        elif _SHARE.fullmatch(line) or _NAVIGATION.fullmatch(line):
            yield Hit(index, index, "site_furniture", f"share or navigation line {line[:60]!r}")
        elif _COPYRIGHT.fullmatch(line) and not page.reports(index):
            yield Hit(index, index, "site_furniture", f"copyright line {line[:60]!r}")
        elif count <= 20 and _CREDIT.fullmatch(line) and not page.blocks[index].ends_sentence:
            yield Hit(index, index, "credit", f"credit line {line[:60]!r}")


def find_remains(page: Page) -> Iterator[Hit]:
    """Logos, badges and headlines left over between furniture below the article.

    Short lines that are no sentence, after the last prose, with taken blocks above them and taken blocks (or
    the end) below: "AInvest", "PRO". Up to three words are a logo or badge, more are a headline of another page.
    """
    free = [index for index in page.free() if not page.prose or index > page.prose[-1]]
    run: list[int] = []
    for index in [*free, len(page.blocks) + 1]:
        if run and index != run[-1] + 1:
            yield from _between(page, run)
            run = []
        run.append(index)


def _between(page: Page, run: list[int]) -> Iterator[Hit]:
    above, below = run[0] - 1, run[-1] + 1
    if above not in page.taken or (below not in page.taken and below != len(page.blocks)):
        return
    if not all(looks_like_heading(page.blocks[index]) for index in run):
        return
    for index in run:
        few = page.word_counts[index] <= 3
        reason = "site_furniture" if few else "related_teaser"
        yield Hit(index, index, reason, f"line between {page.taken[above]} and {page.taken.get(below, 'the end')}")
