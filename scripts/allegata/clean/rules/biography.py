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
# Two to four capitalised words, or two run together; written so that no line can be divided in many ways.
_ABOUT = re.compile(
    r"About ((?:[A-Z][\w'’.-]++(?: [A-Z][\w'’.-]++){1,3}|(?=[A-Z][\w'’.-]+[A-Z][\w'’.-])[A-Z][\w'’.-]++) ?)"
)
_MOST_ABOUT = 100  # names that are looked for on a page: each costs its length
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
    prose, named = list(page.prose), dict[str, bool]()
    hits = []
    for index in reversed(page.free()):
        line = page.folded[index]
        if not line or (prose and prose[-1] > index):
            break
        evidence = _evidence(page, index, line, authors, named)
        if evidence:
            if prose and prose[-1] == index:
                prose.pop()
            hits.append(Hit(index, index, "author_biography", evidence))
    yield from reversed(hits)


def _evidence(page: Page, index: int, line: str, authors: dict[str, str], known: dict[str, bool]) -> str | None:
    if _HEADING.fullmatch(line.strip(" :.")):
        return f"heading {line!r}"
    if index and _HEADING.fullmatch(page.folded[index - 1].strip(" :.")):
        return f"below the heading {page.folded[index - 1]!r}"
    if page.word_counts[index] <= 8 and _ALL_POSTS.fullmatch(line.strip(" .→>»")):
        return f"link to the author's posts {line!r}"
    named = _ABOUT.fullmatch(page.blocks[index].text) or (index and _ABOUT.fullmatch(page.blocks[index - 1].text))
    if named and _is_elsewhere(page, named, known):
        return f"about {named.group(1)}, who is named elsewhere on the page"
    if page.word_counts[index] > 150:
        return None
    if _BOT.match(line):
        return f"a bot introduces itself: {line[:50]!r}"
    if _IS_A.match(line) and _HABIT.search(line) and not page.quotes(index):
        return f"a writer's trade and habits: {line[:50]!r}"
    if line.startswith(tuple(authors)) and (_IS_A.match(line) or _HABIT.search(line)):
        name = next(name for folded, name in authors.items() if line.startswith(folded))
        return f"begins with the byline's name {name!r}"
    return None


def _is_elsewhere(page: Page, named: re.Match[str], known: dict[str, bool]) -> bool:
    """True if another line has the name; `known` are the lines asked about already."""
    line, name = named.string, named.group(1)
    if line not in known:
        asked = len(known) < _MOST_ABOUT
        known[line] = asked and any(name in block.text for block in page.blocks if block.text != line)
    return known[line]


def _byline_names(page: Page) -> dict[str, str]:
    """Names at the end of the bylines that earlier rules took, by their folded form."""
    names: dict[str, str] = {}
    for index, reason in sorted(page.taken.items()):
        if reason in ("byline", "generation_notice"):
            match = _BYLINE_NAME.search(page.blocks[index].text)
            if match:
                names.setdefault(match.group().casefold(), match.group())
    return names
