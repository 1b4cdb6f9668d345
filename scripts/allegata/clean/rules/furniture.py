"""Site furniture: share bars, navigation words, advertisement marks, credits, copyright lines, logos, badges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page
from allegata.text.blocks import looks_like_heading

NAME = "furniture/2"

# "copy link" is two of them: as a third name it would double the ways to read a line with every repetition.
_NETWORK = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|reddit|pinterest|telegram|threads|bluesky|mastodon|flipboard|tumblr|pocket|"
    r"instagram|youtube|tiktok|messenger|e-?mail|print|copy|link|more)"
)
_SHARE = re.compile(
    rf"(?:share|tweet|pin|like|save|print)(?: this)?(?: (?:article|post|story|page|news))?:?(?: (?:on|via|to|with) {_NETWORK})?(?: {_NETWORK})*"
    rf"|(?:share|save|tweet|follow)(?: (?:share|save|tweet))*|{_NETWORK}(?:[ ,|/]+{_NETWORK})+|like(?: this)?:?(?: like)?(?: loading\.*)?|"
    rf"(?:click to )?(?:share|email|print|tweet)(?: (?:on|a link|this) .{{1,40}})? \(opens in new window\).*|\d[\d.,]*k? (?:shares|views|likes)"
)
_NAVIGATION = re.compile(
    r"skip to (?:main )?content|back to top|toggle navigation|(?:go )?back to (?:home|homepage|all \w+)|"
    r"(?:previous|next)(?: (?:article|post|story))?|loading\.*|view (?:all|more)|load more|show more|see all|"
    r"click here(?: for more)?|print this page|listen to (?:this )?article|terms of (?:use|service)(?: \| .*)?|(?:blog at|(?:proudly )?powered by|theme:|a wordpress\.com) .{1,60}|rate this:?|cookie (?:policy|settings)|"
    r"accept (?:all )?cookies|(?:(?:log|sign) ?(?:in|up|out)|register|subscribe|start (?:your )?free trial|menu|search|home|go premium|"
    r"my account|watchlist|upgrade)(?:[ |/]+(?:(?:log|sign) ?(?:in|up|out)|register|subscribe|start (?:your )?free trial|menu|search|"
    r"home|go premium|my account|watchlist|upgrade))*|(?:was|did you find) this (?:article|page|post|story|overview|information) (?:helpful|useful)\??|"
    r"(?:yes|no|👍|👎)(?: (?:yes|no|👍|👎))+|rate this (?:article|page|post)|give feedback|ask (?:now|me anything)"
)
_SEPARATOR = re.compile(r"(?= [>»/] .)")  # of a trail of pages, before a part of at most `_PART` characters
_PART = 80
_ADVERTISEMENT = re.compile(
    r"(?:advertisements?|(?:sponsored|ad|promoted): .{1,120}|sponsored(?: content| post)?|promoted(?: content)?|ad|adverts?|paid content|partner content|"
    r"(?:story|article|content) continues (?:below|after)(?: (?:this |the )?(?:ad\w*|advertisement|video))?|"
    r"scroll (?:down )?(?:to|for) (?:continue|more).*|continue (?:reading )?below.*|remove ads|report this ad|about (?:these|this) ads?)"
)
_CREDIT = re.compile(
    r"(?:photo(?:graph)?s?|images?|pictures?|illustration|video|graphic|featured image|cover image)"
    r" (?:credits?|source|courtesy|by|via)\b.*|"
    # A caption may stand in front of its credit.
    r"(?:.{0,160}[.)] )?\(?(?:photo(?:graph)?|image|illustration|credit)s?(?: credit)?: .{1,100}|"
    r".{0,90}(?:getty images|shutterstock|unsplash|istock|adobe stock|ap photo|pexels|pixabay)\)?"
)
# "Credit: Where It Is Due" is a heading; a credit names few words.
_PROSE_CREDIT = re.compile(r"credits?:(?: \S+){6,}")
_COPYRIGHT = re.compile(r"(?:©|\(c\) (?:19|20)|copyright (?:©|\(c\)|(?:19|20)\d\d)|all rights reserved).{0,200}")


def find(page: Page) -> Iterator[Hit]:
    """Lines that match a pattern from end to end."""
    for index in page.free():
        line, count = page.folded[index].strip(" .!:"), page.word_counts[index]
        if not line or count > 45:
            continue
        if _ADVERTISEMENT.fullmatch(line):
            yield Hit(index, index, "advertisement", f"advertisement mark {line[:60]!r}")
        elif _SHARE.fullmatch(line) or (_navigates(line) and (count > 1 or page.outside(index))):
            yield Hit(index, index, "site_furniture", f"share or navigation line {line[:60]!r}")
        elif _COPYRIGHT.fullmatch(line) and not page.reports(index):
            yield Hit(index, index, "site_furniture", f"copyright line {line[:60]!r}")
        elif (
            count <= 30
            and not _PROSE_CREDIT.match(line)
            and _CREDIT.fullmatch(line)
            and not page.blocks[index].ends_sentence
        ):
            yield Hit(index, index, "credit", f"credit line {line[:60]!r}")


def _navigates(line: str) -> bool:
    return _is_trail(line) or bool(_NAVIGATION.fullmatch(line))


def _is_trail(line: str) -> bool:
    """True for `home > section > page`. A pattern would try every way to divide a line of separators."""
    if not line.startswith("home "):
        return False
    begun: list[int] = []  # where a part may begin
    for match in _SEPARATOR.finditer(line, len("home")):
        at = match.start()
        if at == len("home") or any(1 <= at - start <= _PART for start in begun[-_PART:]):
            begun.append(at + 3)
    return any(1 <= len(line) - start <= _PART for start in begun[-_PART:])


def find_remains(page: Page) -> Iterator[Hit]:
    """What is left over below the article.

    Nothing of an article stands below its second copy or its reference list; and short lines directly above a
    second copy belong to the furniture between the two. Else:
    Short lines that are no sentence, after the last prose, with taken blocks above them and taken blocks (or
    the end) below: "AInvest", "PRO". Up to three words are a logo or badge, more are a headline of another page.
    """
    over = _article_over(page)
    for index in page.free():
        if over is not None and index > over[1]:
            yield Hit(index, index, "site_furniture", f"below the {page.taken[over[1]]} that ends the article")
        elif over is not None and index == over[0] - 1 and _is_fragment(page, index):
            yield Hit(index, index, "site_furniture", "between the two copies of the article")
    end = len(page.blocks) if over is None else over[0]
    free = [index for index in page.free() if index < end - 1 and (not page.prose or index > page.prose[-1])]
    run: list[int] = []
    for index in [*free, len(page.blocks) + 1]:
        if run and index != run[-1] + 1:
            yield from _between(page, run)
            run = []
        run.append(index)


def _article_over(page: Page) -> tuple[int, int] | None:
    """First and last block of the second copy or of the reference list, if the article ends with one.

    A second copy ends the article if it is at least half as long as what stays above it.
    """
    ends = [index for index, reason in page.taken.items() if reason in ("repetition", "reference_list")]
    if not ends:
        return None
    first, last = min(ends), max(ends)
    above = sum(page.word_counts[index] for index in page.free() if index < first)
    below = sum(page.word_counts[index] for index in page.free() if index > last)
    copied = sum(page.word_counts[index] for index in ends)
    lists = any(page.taken[index] == "reference_list" for index in ends)
    return (first, last) if (lists or 2 * copied >= above) and 2 * below <= above else None


def _is_fragment(page: Page, index: int) -> bool:
    return page.word_counts[index] <= 5 and not page.blocks[index].ends_sentence and not page.blocks[index].bullet


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
