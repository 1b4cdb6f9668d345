"""Author boxes: biographies of writers and of writing bots, after the article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "biography/1"

_HEADING = re.compile(
    r"(?:about the (?:authors?|writer|reporter)|author(?:'s)? bio(?:graphy)?|about me|meet the author|the author)"
)
_ALL_POSTS = re.compile(
    r"(?:view|see|read) (?:all|more)(?: (?:posts|articles|stories))? (?:by|from) .{1,60}|(?:more|all) posts by .{1,60}"
)
_ABOUT = re.compile(r"About ((?:[A-Z][\w'’.-]+ ?){2,4})")
_BOT = re.compile(
    r"(?:i am |i'm |meet .{1,30}, )?(?:an? |the |our )?(?:ai|a\.i\.|virtual|automated|robot) (?:\w+ )?"
    r"(?:agent|assistant|writer|author|reporter|journalist|bot|columnist|analyst|editor)\b"
)
_TRADE = (
    r"(?:reporter|writer|journalist|editor|correspondent|contributor|columnist|blogger|freelancer|author|analyst|strategist|"
    r"copywriter|producer|editor-in-chief|lawyer and writer)"
)
_IS_A = re.compile(
    rf"^(?:[\w.'’-]+ ){{1,5}}(?:is|was|works as|serves as|has been) (?:an? |the |our )?(?:[\w'-]+ ){{0,6}}{_TRADE}\b"
)
_HABIT = re.compile(
    r"\b(?:covers?|covering|appeared in|(?:has |have )?written|writes? (?:about|on|for)|reports? on|specializ\w+|specialis\w+|focus(?:es|ing)? on|passionate|"
    r"follow (?:him|her|them|me)|(?:reach|contact|email) (?:him|her|them|me)|can be reached|years of experience|based in|"
    r"lives in|holds a|graduated|degree in|enjoys|previously (?:worked|wrote|reported)|@\w+)\b"
)
_BYLINE_NAME = re.compile(r"(?:[A-Z][\w'’-]+ ){1,3}[A-Z][\w'’-]+$")


def find(page: Page) -> Iterator[Hit]:
    """Blocks after the last prose that tell who (or what) wrote the article.

    Read from the end, so that several boxes in a row are all found. The signs: a heading "About the author"
    above; a bot that names itself; a trade with a writer's habits; the name of the byline in front.
    """
    authors = _byline_names(page)
    below: set[int] = set()
    hits = []
    for index in reversed(page.free()):
        line = page.folded[index]
        if not line:
            break
        if any(later > index and later not in below for later in page.prose):
            break
        evidence = _evidence(page, index, line, authors)
        if evidence:
            below.add(index)
            hits.append(Hit(index, index, "author_biography", evidence))
    yield from reversed(hits)


def _evidence(page: Page, index: int, line: str, authors: list[str]) -> str | None:
    if _HEADING.fullmatch(line.strip(" :.")):
        return f"heading {line!r}"
    if index and _HEADING.fullmatch(page.folded[index - 1].strip(" :.")):
        return f"below the heading {page.folded[index - 1]!r}"
    if page.word_counts[index] <= 8 and _ALL_POSTS.fullmatch(line.strip(" .→>»")):
        return f"link to the author's posts {line!r}"
    named = _ABOUT.fullmatch(page.blocks[index].text) or (index and _ABOUT.fullmatch(page.blocks[index - 1].text))
    if named and any(named.group(1) in block.text for block in page.blocks if block.text != named.string):
        return f"about {named.group(1)}, who is named elsewhere on the page"
    if page.word_counts[index] > 150:
        return None
    if _BOT.match(line):
        return f"a bot introduces itself: {line[:50]!r}"
    if _IS_A.match(line) and _HABIT.search(line) and not page.quotes(index):
        return f"a writer's trade and habits: {line[:50]!r}"
    name = next((name for name in authors if line.startswith(name.casefold())), None)
    if name and (_IS_A.match(line) or _HABIT.search(line)):
        return f"begins with the byline's name {name!r}"
    return None


def _byline_names(page: Page) -> list[str]:
    """Names at the end of the bylines that earlier rules took."""
    names = []
    for index, reason in sorted(page.taken.items()):
        if reason in ("byline", "generation_notice"):
            match = _BYLINE_NAME.search(page.blocks[index].text)
            if match:
                names.append(match.group())
    return names
